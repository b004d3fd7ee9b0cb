"""Making the text indexes anew, where they were made by other rules or never finished, and laying them out for reading.

Articles are read in steps of a transaction each, so that another process which writes needn't wait for all of it; what
is stopped half-way goes on where it was. What is written meanwhile is in the index already and passed over.
"""

from __future__ import annotations

import sqlite3
from functools import partial
from typing import Final

import structlog

from bot.clock import Clock
from bot.store.sqlite.file.database import Database
from bot.store.sqlite.index.spelling import add_missing_spellings
from bot.store.sqlite.index.text_index import drop_all_texts, index_rules, index_texts

log = structlog.get_logger(__name__)

STEP: Final = 3_000
"""Articles a transaction: some 200 ms."""

WORDS: Final = 4_000
"""Words a transaction that are kept for spelling, each under some nine hashes."""

SAID_EVERY_S: Final = 5.0

PAGES: Final = 400
"""Pages of an index that are merged in a transaction: some 20 ms."""

_INDEXES: Final = ("article_text", "title_text")
_FIRST: Final = -(2**63)
_MISSING: Final = """
    SELECT a.row_id, a.title, a.excerpt, a.is_stub FROM article AS a
    WHERE a.row_id > ?1 AND NOT EXISTS (SELECT 1 FROM article_words AS w WHERE w.row_id = a.row_id)
    ORDER BY a.row_id LIMIT ?2
"""


def is_index_current(connection: sqlite3.Connection) -> bool:
    """True where the indexes were made by the rules that this program has, and hold every article."""
    row = connection.execute("SELECT made_by, is_whole FROM text_index").fetchone()
    return row is not None and row["made_by"] == index_rules() and bool(row["is_whole"])


async def rebuild_index(database: Database, clock: Clock) -> None:
    """Make the indexes anew from the articles, or finish that; says how far it is every few seconds."""
    articles = await database.write(begin_rebuild)
    done, after, said_at = 0, _FIRST, clock.uptime()
    while step := await database.write(partial(rebuild_step, after=after)):
        done, after = done + len(step), step[-1]
        if clock.uptime() - said_at >= SAID_EVERY_S:
            said_at = clock.uptime()
            log.info("making the text index anew", done=done, of=articles)
    word: str | None = ""
    while word is not None:
        word = await database.write(partial(add_missing_spellings, after=word, at_most=WORDS))
    await merge_index(database)
    await database.write(lambda connection: connection.execute("UPDATE text_index SET is_whole = 1"))


async def merge_index(database: Database) -> None:
    """Join the parts that an index grows by, step by step: with fewer of them a search reads less."""
    for index in _INDEXES:
        pages = -PAGES  # below zero: also parts of which there are few
        while await database.write(partial(_merge, index=index, pages=pages)):
            pages = PAGES


def begin_rebuild(connection: sqlite3.Connection) -> int:
    """Forget what other rules made; how many articles there are to read."""
    row = connection.execute("SELECT made_by FROM text_index").fetchone()
    if row is None or row["made_by"] != index_rules():
        drop_all_texts(connection)
        connection.execute("DELETE FROM text_index")
        connection.execute("INSERT INTO text_index (made_by, is_whole) VALUES (?, 0)", (index_rules(),))
    return int(connection.execute("SELECT count(*) FROM article").fetchone()[0])


def rebuild_step(connection: sqlite3.Connection, after: int, *, at_most: int = STEP) -> list[int]:
    """Index the next articles that aren't yet, but for how words are spelled; their row ids."""
    cursor = connection.cursor()
    cursor.row_factory = None
    texts = cursor.execute(_MISSING, (after, at_most)).fetchall()
    index_texts(connection, texts, is_spelled=False)
    return [row_id for row_id, *_ in texts]


def _merge(connection: sqlite3.Connection, index: str, pages: int) -> bool:
    """Merge some pages; False where nothing was left to merge."""
    before = connection.total_changes
    connection.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('merge', ?)", (pages,))
    return connection.total_changes - before >= 2  # noqa: PLR2004 - as FTS5 says: one is the command itself
