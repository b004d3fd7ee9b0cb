"""Articles by what is typed of their title so far.

The last word may be unfinished. The index gives the titles with a word that begins with three letters newest first,
one by one; for any other beginning it would first join the entries of all words that begin so, tens of thousands in a
large archive. So fewer letters are asked for as every three that follow upon them. More are looked for in the newest
titles that hold the rest, and so are few of them where that is quicker: it nearly always finds enough in the first
hundred. Where it doesn't, the beginning is rare, and the index has few entries to join.
"""

from __future__ import annotations

import heapq
import re
import sqlite3
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Final

from bot.news.article import ShelfId
from bot.news.clean import clean
from bot.news.search import Completion
from bot.news.words import fold, words_of
from bot.store.sqlite.filters import FULL
from bot.store.sqlite.rows import as_list, plain, shelf_ids
from bot.store.sqlite.vocabulary import LAST, PREFIX_FROM

LONGEST_LABEL: Final = 100
"""UTF-16 units: Discord's limit for a choice."""

PATIENCE: Final = 300
"""Titles that are looked at before the index is asked: in a million articles either takes some 2 ms at most then."""

MOST_BEGINNINGS: Final = 1000
"""News has some hundreds for a letter; who makes up more must not make everybody wait."""

_MOST_WORDS: Final = 16
_LONGEST_TYPED: Final = 300
_BY_TITLE: Final = f"""
    SELECT a.article_id, a.title FROM title_text AS t CROSS JOIN article AS a ON a.row_id = t.rowid
    WHERE t.title_text MATCH ?1 AND {FULL} AND a.shelf_id IN (SELECT value FROM json_each(?2))
    ORDER BY t.rowid DESC LIMIT ?3
"""
_NEWEST: Final = f"""
    SELECT a.article_id, a.title, -a.published_at FROM article AS a INDEXED BY article_newest
    WHERE a.shelf_id = ? AND {FULL} ORDER BY a.published_at DESC, a.article_id
"""

# From one beginning of three letters to the next, without a look at the words in between. A stem begins with the first
# three letters of its word, or is the word.
_BEGINNINGS: Final = f"""
    WITH RECURSIVE begun (stem) AS (
        SELECT min(stem) FROM word WHERE stem >= ?1 AND stem < ?2
        UNION ALL SELECT (
            SELECT min(stem) FROM word WHERE stem < ?2 AND stem > CASE
                WHEN length(begun.stem) < {PREFIX_FROM} THEN begun.stem
                ELSE substr(begun.stem, 1, {PREFIX_FROM}) || ?3 END
        ) FROM begun WHERE begun.stem IS NOT NULL
    )
    SELECT substr(stem, 1, {PREFIX_FROM}) FROM begun WHERE stem IS NOT NULL LIMIT ?4
"""

Title = tuple[str, str]
"""An article's id, and its title."""


def complete_titles(
    connection: sqlite3.Connection, shelves: Sequence[ShelfId], typed: str, limit: int
) -> tuple[Completion, ...]:
    """See `SearchStore.complete_articles`."""
    seen = shelf_ids(connection, shelves)
    words = words_of(typed[:_LONGEST_TYPED])[:_MOST_WORDS]
    if words:
        found = _find(connection, seen, words[:-1], words[-1], limit)
    else:
        found = list(islice(_newest(connection, seen), limit))
    return tuple(_completion(*title) for title in found)


def _find(
    connection: sqlite3.Connection, seen: Sequence[int], others: Sequence[str], begun: str, limit: int
) -> list[Title]:
    """The newest titles with all of the other words and one that begins so."""
    held = [f'"{word}"' for word in others]
    at_hand = _at_hand(connection, seen, held, begun)
    found = None if at_hand is None else _look_through(at_hand, begun, limit)
    if found is None:
        found = list(_holding(connection, seen, [*held, _beginning(connection, begun)], limit))
    return found


def _at_hand(
    connection: sqlite3.Connection, seen: Sequence[int], held: Sequence[str], begun: str
) -> Iterator[Title] | None:
    """The titles to look through for a word that begins so, newest first; None where the index is as quick at once."""
    if len(begun) > PREFIX_FROM:
        return _holding(connection, seen, [*held, f'"{begun[:PREFIX_FROM]}" *'])
    if len(begun) < PREFIX_FROM and held:
        return _holding(connection, seen, held)
    return _newest(connection, seen) if len(begun) == 1 else None


def _beginning(connection: sqlite3.Connection, begun: str) -> str:
    """What the index is asked for words that begin so."""
    whole = f'"{begun}" *'
    if len(begun) >= PREFIX_FROM:
        return whole
    asked = (begun, begun + LAST, LAST, MOST_BEGINNINGS + 1)
    known = [row[0] for row in connection.execute(_BEGINNINGS, asked)]
    terms = [f'"{each}"' if len(each) < PREFIX_FROM else f'"{each}" *' for each in known]
    return f"({' OR '.join(terms)})" if 0 < len(terms) <= MOST_BEGINNINGS else whole


def _newest(connection: sqlite3.Connection, seen: Sequence[int]) -> Iterator[Title]:
    """All titles, newest first."""
    runs = [plain(connection).execute(_NEWEST, (shelf,)) for shelf in seen]
    in_order = heapq.merge(*runs, key=lambda row: (row[2], row[0])) if len(runs) > 1 else chain(*runs)
    return ((article_id, title) for article_id, title, _ in in_order)


def _holding(
    connection: sqlite3.Connection, seen: Sequence[int], match: Sequence[str], limit: int = -1
) -> Iterator[Title]:
    """The titles that match all of these, newest first."""
    return plain(connection).execute(_BY_TITLE, (" AND ".join(match), as_list(seen), limit))


def _look_through(titles: Iterator[Title], begun: str, limit: int) -> list[Title] | None:
    """The first of these titles with a word that begins so; None where it takes too long to find enough."""
    begins = re.compile(rf"(?<![^\W_]){re.escape(begun)}")
    found: list[Title] = []
    for looked_at, (article_id, title) in enumerate(titles):
        if looked_at == PATIENCE:
            return None
        if (begun in title.lower() or not title.isascii()) and begins.search(fold(title)):
            found.append((article_id, title))
            if len(found) == limit:
                break
    return found


def _completion(article_id: str, title: str) -> Completion:
    units = clean(title).encode("utf-16-le")[: 2 * LONGEST_LABEL]
    return Completion(label=units.decode("utf-16-le", errors="ignore") or article_id, value=article_id)
