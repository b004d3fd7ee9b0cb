"""Autocomplete: articles by the typed beginning of their title.

Titles with all words as typed come first: a longer word can still be typed on, a whole one can't. Among equals the
newest come first; a title dated ahead is completed from its moment on.

The last word may be unfinished. For a prefix of three letters the index gives the titles one by one, newest first; for
any other length it would first merge the entries of all words with the prefix, tens of thousands in a large archive. So
fewer letters are expanded to all prefixes of three letters that they begin. For more letters, the titles with the first
three are filtered; for one letter, or few letters beside other words, the titles with the other words are. That nearly
always finds enough in the first hundred titles. If not, the prefix is rare, and the index has few entries to merge.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from typing import Final

from bot.news.search import Completion
from bot.store.sqlite.file.moments import as_micros
from bot.store.sqlite.file.sql import plain
from bot.store.sqlite.index.view import Part, View
from bot.store.sqlite.index.vocabulary import LAST, PREFIX_FROM
from bot.store.sqlite.search.filters import FULL
from bot.text.clean import clean
from bot.text.language.scripts import is_sign
from bot.text.words import fold_words, words_of

LONGEST_LABEL: Final = 100
"""UTF-16 units: Discord's limit for a choice."""

STEP: Final = 100
PATIENCE: Final = 400
"""After each `STEP` titles filtering stops if it would take more than `PATIENCE` titles in all: in a million articles
these take 1 ms, and the index at most 2 ms for rarer prefixes. Hidden articles count too: they take as long."""

PATIENCE_BESIDE_WORDS: Final = 1000
"""For one letter beside other words: the index would expand it to hundreds of prefixes."""

MOST_PREFIXES: Final = 1000
"""Prefixes of three letters per typed letter: news has some hundreds; invented words must not slow everyone down."""

_MOST_WORDS: Final = 16
_LONGEST_TYPED: Final = 300
_IS_SEEN: Final = f"{FULL} AND a.published_at <= ?3 AND a.shelf_id = ?2"
_BY_TITLE: Final = f"""
    SELECT a.row_id, a.article_id, a.title FROM title_text AS t CROSS JOIN article AS a ON a.row_id = t.rowid
    WHERE t.title_text MATCH ?1 AND {_IS_SEEN} ORDER BY t.rowid DESC LIMIT ?4
"""
_HOLDING: Final = f"""
    SELECT a.row_id, a.article_id, CASE WHEN {_IS_SEEN} THEN a.title END
    FROM title_text AS t CROSS JOIN article AS a ON a.row_id = t.rowid WHERE t.title_text MATCH ?1 ORDER BY t.rowid DESC
"""
_NEWEST: Final = f"""
    SELECT a.article_id, a.title, -a.published_at FROM article AS a INDEXED BY article_newest
    WHERE a.shelf_id = ? AND {FULL} AND a.published_at <= ? ORDER BY a.published_at DESC, a.article_id
"""

# From one prefix of three letters to the next, skipping the words in between. A stem begins with the first three
# letters of its word, or is the word.
_PREFIXES: Final = f"""
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
"""An article's id, and its title; None if the reader must not see it."""


def complete_titles(view: View, typed: str, limit: int, *, now: datetime) -> tuple[Completion, ...]:
    """Implement `SearchStore.complete_articles`."""
    seen = _Seen(view=view, now=as_micros(now))
    words = words_of(typed[:_LONGEST_TYPED])[:_MOST_WORDS]
    if words:
        whole = seen.by_title(_held(words), limit)
        begun = _find(seen, words[:-1], words[-1], limit) if len(whole) < limit else []
        found = list(dict.fromkeys([*whole, *begun]))[:limit]
    else:
        found = list(islice(seen.newest(), limit))
    return tuple([_completion(article_id, title or "") for article_id, title in found])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What a reader may see: the titles of a view, published by now (in microseconds)."""

    view: View
    now: int

    def by_title(self, match: Sequence[str], limit: int) -> list[Title]:
        """Find the newest titles that match all terms."""
        runs = [self._run(_BY_TITLE, part, match, limit) for part in self.view.parts]
        return list(islice(_newest_first(runs), limit))

    def holding(self, match: Sequence[str]) -> Iterator[Title]:
        """Iterate over the titles that match all terms, newest first, including those the reader must not see."""
        return _newest_first([self._run(_HOLDING, part, match) for part in self.view.parts])

    def _run(self, sql: str, part: Part, match: Sequence[str], *limit: int) -> Iterator[tuple[int, str, str | None]]:
        asked = (" AND ".join(match), part.shelf_id, self.now, *limit)
        return ((part.key(row_id), *title) for row_id, *title in plain(part.connection).execute(sql, asked))

    def newest(self) -> Iterator[Title]:
        """Iterate over all titles, newest first."""
        asked = [(part, (part.shelf_id, self.now)) for part in self.view.parts]
        runs = [plain(part.connection).execute(_NEWEST, values) for part, values in asked]
        in_order = heapq.merge(*runs, key=lambda row: (row[2], row[0])) if len(runs) > 1 else chain(*runs)
        return ((article_id, title) for article_id, title, _ in in_order)


def _newest_first(runs: Sequence[Iterator[tuple[int, str, str | None]]]) -> Iterator[Title]:
    """Merge runs of keys and titles, each newest first."""
    merged = heapq.merge(*runs, key=lambda row: -row[0]) if len(runs) > 1 else chain(*runs)
    return ((article_id, title) for _, article_id, title in merged)


def _held(words: Iterable[str]) -> list[str]:
    return [f'"{word}"' for word in words]


def _find(seen: _Seen, others: Sequence[str], begun: str, limit: int) -> list[Title]:
    """Find the newest titles with all other words and a word with the prefix."""
    held = _held(others)
    patience = PATIENCE_BESIDE_WORDS if held and len(begun) == 1 else PATIENCE
    for titles in _promising(seen, held, begun):
        found = _filter(titles, begun, limit, patience)
        if found is not None:
            return found
    return seen.by_title([*held, _prefix_match(seen.view, begun)], limit)


def _promising(seen: _Seen, held: Sequence[str], begun: str) -> Iterator[Iterator[Title]]:
    """Yield the titles to filter by the prefix, newest first; then another set, if these take too many."""
    if len(begun) > PREFIX_FROM:
        yield seen.holding([*held, f'"{begun[:PREFIX_FROM]}" *'])
    elif len(begun) < PREFIX_FROM and held:
        yield seen.holding(held)
    else:
        if len(begun) > 1:
            yield seen.holding([*held, _prefix_match(seen.view, begun)])
        if not held:
            yield seen.newest()


def _prefix_match(view: View, begun: str) -> str:
    """Build the FTS5 expression for words with the prefix."""
    whole = f'"{begun}" *'
    if len(begun) >= PREFIX_FROM:
        return whole
    asked = (begun, begun + LAST, LAST, MOST_PREFIXES + 1)
    known = dict.fromkeys(row[0] for part in view.parts for row in part.connection.execute(_PREFIXES, asked))
    terms = [f'"{each}"' if len(each) < PREFIX_FROM else f'"{each}" *' for each in known]
    return f"({' OR '.join(terms)})" if 0 < len(terms) <= MOST_PREFIXES else whole


def _filter(titles: Iterator[Title], begun: str, limit: int, patience: int) -> list[Title] | None:
    """Filter titles by a word with the prefix; None if finding enough takes too many."""
    # A run of signs has its words anywhere.
    begins = re.compile(re.escape(begun) if is_sign(begun) else rf"(?<![^\W_]){re.escape(begun)}")
    found: list[Title] = []
    for looked_at, (article_id, title) in enumerate(titles):
        if looked_at and not looked_at % STEP and len(found) * patience < limit * looked_at:
            return None
        if title and (begun in title.lower() or not title.isascii()) and begins.search(fold_words(title)):
            found.append((article_id, title))
            if len(found) == limit:
                break
    return found


def _completion(article_id: str, title: str) -> Completion:
    units = clean(title).encode("utf-16-le")[: 2 * LONGEST_LABEL]
    return Completion(label=units.decode("utf-16-le", errors="ignore") or article_id, value=article_id)
