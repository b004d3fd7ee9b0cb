"""Rebuild text indexes that other rules made or that are incomplete, and merge their segments.

Each step is a transaction of its own, so that another process that writes needn't wait for the whole rebuild; an
interrupted rebuild resumes where it was. Articles written meanwhile are indexed already and skipped.
"""

from __future__ import annotations

import sqlite3
from functools import partial
from typing import Final

import structlog

from bot.clock import Clock
from bot.store.sqlite.file.database import Database
from bot.store.sqlite.index.spelling import add_missing_spellings, keeps_all_spellings
from bot.store.sqlite.index.text_index import drop_all_texts, index_rules, index_texts

log = structlog.get_logger(__name__)

STEP: Final = 3_000
"""Articles per transaction: about 200 ms."""

WORDS: Final = 4_000
"""Words per transaction added for spelling, each under about nine hashes."""

REPORT_EVERY_S: Final = 5.0

PAGES: Final = 400
"""Index pages merged per transaction: about 20 ms."""

_ALL_SPELLINGS: Final = "+"
"""Ends the name of the rules of a file that has the words of single titles (`spelling.keeps_all_spellings`)."""

_INDEXES: Final = ("article_text", "title_text")
_FIRST: Final = -(2**63)
_MISSING: Final = """
    SELECT a.row_id, a.title, a.excerpt, a.is_stub FROM article AS a
    WHERE a.row_id > ?1 AND NOT EXISTS (SELECT 1 FROM article_words AS w WHERE w.row_id = a.row_id)
    ORDER BY a.row_id LIMIT ?2
"""


def is_index_current(connection: sqlite3.Connection) -> bool:
    """Return True if this program's rules made the indexes and every article is in them."""
    row = connection.execute("SELECT made_by, is_whole FROM text_index").fetchone()
    return row is not None and row["made_by"] == _rules_of(connection) and bool(row["is_whole"])


async def rebuild_index(database: Database, clock: Clock) -> None:
    """Rebuild the indexes from the articles, or resume that; progress is logged every few seconds."""
    articles = await database.write(begin_rebuild)
    done, after, reported_at = 0, _FIRST, clock.uptime()
    while step := await database.write(partial(rebuild_step, after=after)):
        done, after = done + len(step), step[-1]
        if clock.uptime() - reported_at >= REPORT_EVERY_S:
            reported_at = clock.uptime()
            log.info("rebuilding the text index", done=done, of=articles)
    word: str | None = ""
    while word is not None:
        word = await database.write(partial(add_missing_spellings, after=word, at_most=WORDS))
    await merge_index(database)
    await database.write(lambda connection: connection.execute("UPDATE text_index SET is_whole = 1"))


async def merge_index(database: Database) -> None:
    """Merge an index's segments step by step: with fewer of them a search reads less."""
    for index in _INDEXES:
        pages = -PAGES  # negative: merge even few segments
        while await database.write(partial(_merge, index=index, pages=pages)):
            pages = PAGES


def begin_rebuild(connection: sqlite3.Connection) -> int:
    """Empty indexes that other rules made; return the number of articles to index."""
    row = connection.execute("SELECT made_by FROM text_index").fetchone()
    rules = _rules_of(connection)
    if row is None or row["made_by"] != rules:
        drop_all_texts(connection)
        connection.execute("DELETE FROM text_index")
        connection.execute("INSERT INTO text_index (made_by, is_whole) VALUES (?, 0)", (rules,))
    return int(connection.execute("SELECT count(*) FROM article").fetchone()[0])


def rebuild_step(connection: sqlite3.Connection, after: int, *, at_most: int = STEP) -> list[int]:
    """Index the next articles without their spellings; return their row ids."""
    cursor = connection.cursor()
    cursor.row_factory = None
    texts = cursor.execute(_MISSING, (after, at_most)).fetchall()
    index_texts(connection, texts, is_spelled=False)
    return [row_id for row_id, *_ in texts]


def _rules_of(connection: sqlite3.Connection) -> str:
    return index_rules() + (_ALL_SPELLINGS if keeps_all_spellings(connection) else "")


def _merge(connection: sqlite3.Connection, index: str, pages: int) -> bool:
    """Merge some pages; False if nothing was left to merge."""
    before = connection.total_changes
    connection.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('merge', ?)", (pages,))
    return connection.total_changes - before >= 2  # noqa: PLR2004 - as FTS5 documents: one is the command itself
