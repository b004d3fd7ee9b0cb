"""How common words are: read from the text indexes themselves, so that nothing can fall out of step."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Final

from bot.store.sqlite.rows import as_list

MOST_BEGUN: Final = 50
"""Words that a prefix begins, of which the articles are counted."""

LAST: Final = "\U0010ffff"
"""Sorts after every letter: the end of the words that a prefix begins."""

_STEMS: Final = """
    SELECT v.term, v.doc FROM json_each(?) AS wanted CROSS JOIN article_vocabulary AS v ON v.term = wanted.value
"""
_BEGUN: Final = """
    SELECT ifnull(sum(doc), 0) FROM (
        SELECT doc FROM article_vocabulary WHERE term >= ?1 AND term < ?2 AND term <> ?3 LIMIT ?4)
"""


def count_articles(connection: sqlite3.Connection) -> int:
    """The number of indexed articles, stubs included."""
    count: int = connection.execute("SELECT count(*) FROM article").fetchone()[0]
    return count


def count_stems(connection: sqlite3.Connection, stems: Iterable[str]) -> dict[str, int]:
    """In how many articles each stem occurs; 0 for those that occur in none."""
    wanted = list(dict.fromkeys(stems))
    found = dict(connection.execute(_STEMS, (as_list(wanted),)).fetchall())
    return {each: found.get(each, 0) for each in wanted}


def count_begun(connection: sqlite3.Connection, prefix: str, *, but: str) -> int:
    """In how many articles the first `MOST_BEGUN` stems that a prefix begins occur, those of `but` not counted."""
    count: int = connection.execute(_BEGUN, (prefix, prefix + LAST, but, MOST_BEGUN)).fetchone()[0]
    return count
