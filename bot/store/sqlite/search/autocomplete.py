"""Articles by what is typed of their title so far.

The last word may be unfinished. The index gives the titles with a word that begins with three letters newest first,
one by one; for any other beginning it would first join the entries of all words that begin so, tens of thousands in a
large archive. So fewer letters are asked for as every three that follow upon them. More are looked for among the titles
that have the first three, and one letter, or few beside other words, among those that hold the rest: that nearly always
finds enough in the first hundred. Where it doesn't, the beginning is rare, and the index has few entries to join.
"""

from __future__ import annotations

import heapq
import re
import sqlite3
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Final

from bot.news.article import ShelfId
from bot.news.search import Completion
from bot.store.sqlite.archive.rows import shelf_ids
from bot.store.sqlite.file.sql import as_list, plain
from bot.store.sqlite.index.vocabulary import LAST, PREFIX_FROM
from bot.store.sqlite.search.filters import FULL
from bot.text.clean import clean
from bot.text.words import fold, words_of

LONGEST_LABEL: Final = 100
"""UTF-16 units: Discord's limit for a choice."""

STEP: Final = 100
PATIENCE: Final = 400
"""After each `STEP` titles it is given up if more than `PATIENCE` would be looked at in all: in a million articles
these take 1 ms, and the index 2 ms at most for what is rarer. Other servers' titles count too: they take as long."""

PATIENCE_BESIDE_WORDS: Final = 1000
"""For one letter: of each title that holds the other words the index would ask hundreds of beginnings."""

MOST_BEGINNINGS: Final = 1000
"""News has some hundreds for a letter; who makes up more must not make everybody wait."""

_MOST_WORDS: Final = 16
_LONGEST_TYPED: Final = 300
_IS_SEEN: Final = f"{FULL} AND a.shelf_id IN (SELECT value FROM json_each(?2))"
_BY_TITLE: Final = f"""
    SELECT a.article_id, a.title FROM title_text AS t CROSS JOIN article AS a ON a.row_id = t.rowid
    WHERE t.title_text MATCH ?1 AND {_IS_SEEN} ORDER BY t.rowid DESC LIMIT ?3
"""
_HOLDING: Final = f"""
    SELECT a.article_id, CASE WHEN {_IS_SEEN} THEN a.title END
    FROM title_text AS t CROSS JOIN article AS a ON a.row_id = t.rowid WHERE t.title_text MATCH ?1 ORDER BY t.rowid DESC
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

Title = tuple[str, str | None]
"""An article's id, and its title; None where it must not be seen."""


def complete_titles(
    connection: sqlite3.Connection, shelves: Sequence[ShelfId], typed: str, limit: int
) -> tuple[Completion, ...]:
    """Implement `SearchStore.complete_articles`."""
    seen = shelf_ids(connection, shelves)
    words = words_of(typed[:_LONGEST_TYPED])[:_MOST_WORDS]
    if words:
        found = _find(connection, seen, words[:-1], words[-1], limit)
    else:
        found = list(islice(_newest(connection, seen), limit))
    return tuple([_completion(article_id, title or "") for article_id, title in found])


def _find(
    connection: sqlite3.Connection, seen: Sequence[int], others: Sequence[str], begun: str, limit: int
) -> list[Title]:
    """The newest titles with all of the other words and one that begins so."""
    held = [f'"{word}"' for word in others]
    patience = PATIENCE_BESIDE_WORDS if held and len(begun) == 1 else PATIENCE
    for titles in _promising(connection, seen, held, begun):
        found = _look_through(titles, begun, limit, patience)
        if found is not None:
            return found
    match = " AND ".join([*held, _beginning(connection, begun)])
    return plain(connection).execute(_BY_TITLE, (match, as_list(seen), limit)).fetchall()


def _promising(
    connection: sqlite3.Connection, seen: Sequence[int], held: Sequence[str], begun: str
) -> Iterator[Iterator[Title]]:
    """The titles to look through for a word that begins so, newest first; then others, if these are too many."""
    if len(begun) > PREFIX_FROM:
        yield _holding(connection, seen, [*held, f'"{begun[:PREFIX_FROM]}" *'])
    elif len(begun) < PREFIX_FROM and held:
        yield _holding(connection, seen, held)
    else:
        if len(begun) > 1:
            yield _holding(connection, seen, [*held, _beginning(connection, begun)])
        if not held:
            yield _newest(connection, seen)


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


def _holding(connection: sqlite3.Connection, seen: Sequence[int], match: Sequence[str]) -> Iterator[Title]:
    """The titles that match all of these, newest first, also those that must not be seen."""
    return plain(connection).execute(_HOLDING, (" AND ".join(match), as_list(seen)))


def _look_through(titles: Iterator[Title], begun: str, limit: int, patience: int) -> list[Title] | None:
    """The first of these titles with a word that begins so; None where it takes too many to find enough."""
    begins = re.compile(rf"(?<![^\W_]){re.escape(begun)}")
    found: list[Title] = []
    for looked_at, (article_id, title) in enumerate(titles):
        if looked_at and not looked_at % STEP and len(found) * patience < limit * looked_at:
            return None
        if title and (begun in title.lower() or not title.isascii()) and begins.search(fold(title)):
            found.append((article_id, title))
            if len(found) == limit:
                break
    return found


def _completion(article_id: str, title: str) -> Completion:
    units = clean(title).encode("utf-16-le")[: 2 * LONGEST_LABEL]
    return Completion(label=units.decode("utf-16-le", errors="ignore") or article_id, value=article_id)
