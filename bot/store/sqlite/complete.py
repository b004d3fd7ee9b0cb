"""Articles by what is typed of their title so far.

The last word may be unfinished. From three letters on the index knows which titles have a word that begins so; of one
or two letters it would have to join the entries of thousands of words. So then the newest titles are looked at one by
one, which nearly always finds enough in the first hundred; where these letters turn out to be rare the index is asked
after all, for then it has few entries to join.
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
from bot.store.sqlite.rows import as_list, shelf_ids
from bot.store.sqlite.vocabulary import PREFIX_FROM, read_totals

LONGEST_LABEL: Final = 100
"""UTF-16 units: Discord's limit for a choice."""

STEP: Final = 100
PATIENCE: Final = 1000
"""Titles that are looked at before it is asked whether to go on; more where other words made them few."""

ENTRIES: Final = 12
"""One of them costs as much as so many entries of the index."""

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

Title = tuple[str, str]
"""An article's id, and its title."""


def complete_titles(
    connection: sqlite3.Connection, shelves: Sequence[ShelfId], typed: str, limit: int
) -> tuple[Completion, ...]:
    """See `SearchStore.complete_articles`."""
    seen = shelf_ids(connection, shelves)
    words = words_of(typed[:_LONGEST_TYPED])[:_MOST_WORDS]
    found: list[Title] | None = None
    if not words:
        found = list(islice(_newest(connection, seen), limit))
    elif len(words[-1]) < PREFIX_FROM:
        others = words[:-1]
        titles = _holding(connection, seen, others) if others else _newest(connection, seen)
        articles, patience = read_totals(connection).articles, PATIENCE if others else STEP
        found = _look_through(titles, words[-1], limit, articles, patience)
    if found is None:
        found = list(_holding(connection, seen, words[:-1], words[-1], limit))
    return tuple(_completion(*title) for title in found)


def _newest(connection: sqlite3.Connection, seen: Sequence[int]) -> Iterator[Title]:
    """All titles, newest first."""
    runs = [_plain(connection).execute(_NEWEST, (shelf,)) for shelf in seen]
    in_order = heapq.merge(*runs, key=lambda row: (row[2], row[0])) if len(runs) > 1 else chain(*runs)
    return ((article_id, title) for article_id, title, _ in in_order)


def _holding(
    connection: sqlite3.Connection, seen: Sequence[int], words: Sequence[str], begun: str = "", limit: int = -1
) -> Iterator[Title]:
    """The titles with all of these words and one that begins so, newest first."""
    match = " AND ".join([*(f'"{word}"' for word in words), *([f'"{begun}" *'] if begun else [])])
    return _plain(connection).execute(_BY_TITLE, (match, as_list(seen), limit))


def _plain(connection: sqlite3.Connection) -> sqlite3.Cursor:
    """A cursor whose rows are plain tuples: thousands may be looked at."""
    cursor = connection.cursor()
    cursor.row_factory = None
    return cursor


def _look_through(titles: Iterator[Title], begun: str, limit: int, articles: int, patience: int) -> list[Title] | None:
    """The first of these titles with a word that begins so; None where the index will have found them sooner."""
    begins = re.compile(rf"(?<![^\W_]){re.escape(begun)}")
    found: list[Title] = []
    for looked_at, title in enumerate(titles):
        if looked_at >= patience and not looked_at % STEP:
            share = len(found) / looked_at
            if share * share * articles < limit * ENTRIES:
                return None
        if begins.search(fold(title[1])):
            found.append(title)
            if len(found) == limit:
                break
    return found


def _completion(article_id: str, title: str) -> Completion:
    units = clean(title).encode("utf-16-le")[: 2 * LONGEST_LABEL]
    return Completion(label=units.decode("utf-16-le", errors="ignore") or article_id, value=article_id)
