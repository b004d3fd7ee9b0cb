"""Articles for the words of a query: candidates from the text index, ranked by `bot.news.ranking`.

The newest `MOST` with all the words are counted and the newest `RANKED` of them compared; where they don't fill the
answer, some hundreds with most of the words are.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import pairwise
from typing import Final

from bot.news.ranking import rank_texts
from bot.news.search import SearchQuery, Sort
from bot.store.sqlite.candidates import Candidates, Hit
from bot.store.sqlite.deadline import Deadline
from bot.store.sqlite.filters import Filters
from bot.store.sqlite.query_words import Words
from bot.store.sqlite.rows import as_list
from bot.store.sqlite.stored_texts import read_texts
from bot.store.sqlite.vocabulary import count_words, read_totals

MOST: Final = 1000
"""Matches that are counted."""

RANKED: Final = 300
"""The newest matches with all the words that are compared; older ones follow, newest first."""

WORTH: Final = 0.1
"""What holds less than half of the words is shown from this relevance on: it says what the best ones say."""

_IDS: Final = """
    SELECT a.row_id, a.article_id FROM json_each(?) AS wanted CROSS JOIN article AS a ON a.row_id = wanted.value
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Rows for a query, best first.

    Attributes:
        row_ids: Each once.
        has_more: There are more than `row_ids`, of which no count was taken.
        is_broadened: None of them has all the words.
    """

    row_ids: Sequence[int]
    has_more: bool
    is_broadened: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rank:
    held: int
    relevance: float


_NOT_RANKED: Final = _Rank(held=0, relevance=-1.0)
"""Less than any that was compared: the newest were."""


def find_articles(
    connection: sqlite3.Connection,
    query: SearchQuery,
    words: Words,
    filters: Filters,
    *,
    now: datetime,
    limit: int,
    deadline: Deadline,
) -> Found:
    """The answer; broader than asked for where fewer than `limit` articles have all the words."""
    candidates = Candidates(connection=connection, words=words, filters=filters, deadline=deadline)
    # The best by score may be anywhere; the newest stand first, and relevance favours them.
    strict = candidates.with_all(-1 if query.sort == "score" else MOST)
    some: dict[int, Hit] = {}
    if not strict or (query.sort == "relevance" and len(strict) < limit):
        some = candidates.with_some(but=strict)
    ranked: Mapping[int, _Rank] = {}
    if some or query.sort == "relevance":
        newest = list(strict.values())[:RANKED]
        ranked = _rank(connection, [*newest, *some.values()], words, now)
    chosen = [*strict.values(), *_worth(some, ranked, words)]
    row_ids = _in_order(connection, chosen, strict, ranked, query.sort, limit)
    has_more = candidates.has_more or len(row_ids) > MOST
    return Found(row_ids=row_ids[:MOST], has_more=has_more, is_broadened=not strict)


def _rank(connection: sqlite3.Connection, hits: Sequence[Hit], words: Words, now: datetime) -> dict[int, _Rank]:
    texts = read_texts(connection, {hit[0]: hit[1] for hit in hits})
    ranking = rank_texts(
        texts,
        words.ranked,
        typed=words.typed,
        totals=read_totals(connection),
        count=partial(count_words, connection),
        now_s=now.timestamp(),
    )
    ranks = zip(texts.keys.tolist(), ranking.held.tolist(), ranking.relevance.tolist(), strict=True)
    return {row_id: _Rank(held=held, relevance=relevance) for row_id, held, relevance in ranks}


def _worth(some: Mapping[int, Hit], ranked: Mapping[int, _Rank], words: Words) -> list[Hit]:
    """Those of some of the words that are worth showing: with half of them, or with as many as any."""
    most = max((ranked[row_id].held for row_id in some), default=0)
    half = min(most, (len(words.ranked) + 1) // 2)
    return [hit for row_id, hit in some.items() if ranked[row_id].held >= half or ranked[row_id].relevance >= WORTH]


def _in_order(
    connection: sqlite3.Connection,
    hits: Sequence[Hit],
    strict: Mapping[int, Hit],
    ranked: Mapping[int, _Rank],
    sort: Sort,
    limit: int,
) -> list[int]:
    """The rows, best first; of equals the newer one, then the one with the lower id."""
    weights: dict[Sort, Callable[[Hit], tuple[float, ...]]] = {
        "relevance": lambda hit: (hit[0] not in strict, -ranked.get(hit[0], _NOT_RANKED).relevance, -hit[1]),
        "newest": lambda hit: (-hit[1],),
        "score": lambda hit: (-hit[2], -hit[1]),
    }
    weighed = sorted((weights[sort](hit), hit[0]) for hit in hits)
    tied = _tied(weighed, limit)
    ids = dict(connection.execute(_IDS, (as_list(tied),)).fetchall()) if tied else {}
    return [row_id for _, row_id in sorted(weighed, key=lambda each: (each[0], ids.get(each[1], "")))]


def _tied(weighed: Sequence[tuple[tuple[float, ...], int]], limit: int) -> list[int]:
    """The rows whose order among those shown isn't settled by what they weigh."""
    last = weighed[min(limit, len(weighed)) - 1][0] if weighed and limit else ()
    shown = [each for each in weighed if each[0] <= last]
    return list(dict.fromkeys(row_id for a, b in pairwise(shown) if a[0] == b[0] for row_id in (a[1], b[1])))
