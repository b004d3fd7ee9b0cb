"""How common words are, in how many articles each stands: kept beside the text index, in its transactions."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable
from typing import Final

from bot.news.ranking import telling_length
from bot.news.texts import Totals
from bot.store.sqlite.rows import as_list

LAST: Final = "\U0010ffff"
"""Sorts after every letter: the end of the words that a prefix begins."""

_STEMS: Final = """
    SELECT word.stem, word.articles FROM json_each(?) AS wanted CROSS JOIN word ON word.stem = wanted.value
"""
_BEGUN: Final = """
    SELECT stem, articles FROM word WHERE stem >= ?1 AND stem < ?2 ORDER BY articles DESC, stem LIMIT ?3
"""
_ADD: Final = """
    INSERT INTO word (stem, articles) VALUES (?1, ?2)
    ON CONFLICT (stem) DO UPDATE SET articles = articles + excluded.articles
"""


def read_totals(connection: sqlite3.Connection) -> Totals:
    """The number of indexed articles, stubs included, and of their words."""
    row = connection.execute("SELECT articles, words FROM text_total WHERE total_id = 1").fetchone()
    return Totals(articles=row["articles"], words=row["words"])


def count_stems(connection: sqlite3.Connection, stems: Iterable[str]) -> dict[str, int]:
    """In how many articles each stem occurs; 0 for those that occur in none."""
    wanted = list(dict.fromkeys(stems))
    found = dict(connection.execute(_STEMS, (as_list(wanted),)).fetchall())
    return {each: found.get(each, 0) for each in wanted}


def begun_stems(connection: sqlite3.Connection, prefix: str, most: int) -> dict[str, int]:
    """The most frequent stems that begin so, with the number of their articles."""
    return dict(connection.execute(_BEGUN, (prefix, prefix + LAST, most)).fetchall())


def count_in(connection: sqlite3.Connection, texts: Iterable[list[str]]) -> None:
    """Count the stems of texts that enter the index."""
    _count(connection, texts, 1)


def count_out(connection: sqlite3.Connection, texts: Iterable[list[str]]) -> None:
    """Count the stems of texts that leave the index."""
    gone = _count(connection, texts, -1)
    connection.executemany("DELETE FROM word WHERE stem = ? AND articles <= 0", [(each,) for each in gone])


def forget_all(connection: sqlite3.Connection) -> None:
    """Begin with nothing counted."""
    connection.execute("DELETE FROM word")
    connection.execute("UPDATE text_total SET articles = 0, words = 0 WHERE total_id = 1")


def _count(connection: sqlite3.Connection, texts: Iterable[list[str]], sign: int) -> Iterable[str]:
    counts: Counter[str] = Counter()
    articles = words = 0
    for stems in texts:
        counts.update(set(stems))
        articles += 1
        words += telling_length(stems)
    if articles:
        connection.executemany(_ADD, [(each, sign * count) for each, count in sorted(counts.items())])
        totals = (sign * articles, sign * words)
        connection.execute(
            "UPDATE text_total SET articles = articles + ?, words = words + ? WHERE total_id = 1", totals
        )
    return counts.keys()
