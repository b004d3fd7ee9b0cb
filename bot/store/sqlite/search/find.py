"""Articles for the words of a query: retrieved from the text index, ranked by `bot.text.ranking.relevance`.

The `COMPARED` most promising articles are read and ranked. If few may have all of the words, these are among them and
the ranking finds out which have. If many may, SQLite finds and counts the newest `MOST`, and the newest of those are
compared with the most promising articles that lack a word. The best article with all the words comes first, however
old; behind it words and age decide together. Putting all articles with every word first costs .007 of A* in time:
today's article that lacks a word is meant more often than one from years ago that has it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.news.search import SearchQuery, Sort
from bot.store.sqlite.file.deadline import Deadline
from bot.store.sqlite.file.sql import Table
from bot.store.sqlite.index.stored_texts import read_texts, writes
from bot.store.sqlite.index.view import KEYS_PER_SECOND, View
from bot.store.sqlite.search.filters import Filters
from bot.store.sqlite.search.postings import NO_HITS, Hits, in_order
from bot.store.sqlite.search.query_words import TEXTS, Words
from bot.store.sqlite.search.retrieval import Retrieval
from bot.text.ranking.relevance import Ranking, rank_texts
from bot.text.ranking.score_parts import ScoreParts
from bot.text.ranking.story_evidence import first_reports
from bot.text.term_frequencies import NO_TEXTS, Texts

MOST: Final = 1000
"""Matches counted at most."""

COMPARED: Final = 120
"""Articles read and compared. Twice as many take a fifth longer and find no more (A* .858 and .907, not .860 and .908);
150 find .02 more of the first ten of a full scan of a million articles."""

LACKING: Final = 80
"""Articles that lack a word, at least, if any of them are compared."""

ENOUGH: Final = 0.7
"""An article that lacks words is shown if those it has are this share of the query's rarity (the sum of the IDFs),"""

RELEVANT: Final = 0.07
"""or if it is this relevant beside the best,"""

WORTH: Final = 3
"""or if it is one of the best that lack words."""

NOT_RANKED: Final = -1.0
"""The relevance of articles that were not compared, lower than any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Rows for a query, best first.

    Attributes:
        row_ids: Each once.
        has_more: True if there are more, uncounted, than `row_ids`.
        is_broadened: True if none of them has all the words.
        texts: Of the articles that were compared.
        parts: By row id, what the relevance of each compared article consists of; empty if not asked for.
    """

    row_ids: Sequence[int]
    has_more: bool
    is_broadened: bool
    texts: Texts = NO_TEXTS
    parts: Mapping[int, ScoreParts] = field(default_factory=dict)


def find_articles(
    view: View,
    query: SearchQuery,
    words: Words,
    filters: Filters,
    *,
    now: datetime,
    limit: int,
    deadline: Deadline,
    explains: bool = False,
) -> Found:
    """Find articles for a query, broadened if fewer than `limit` articles have all the words."""
    retrieval = Retrieval(view=view, words=words, filters=filters, deadline=deadline)
    chosen = _choose(retrieval, query.sort, now, limit)
    hits = Hits.of(np.concatenate((chosen.strict, chosen.some)))
    has_all = np.arange(len(hits)) < len(chosen.strict)
    relevance = np.full(len(hits), NOT_RANKED)
    is_worth = np.ones(len(hits), dtype=bool)
    texts = NO_TEXTS
    parts: dict[int, ScoreParts] = {}
    if len(chosen.some) or query.sort == "relevance":
        # The newest with all the words, and all that lack one.
        compared = np.flatnonzero((np.arange(len(hits)) < COMPARED) | ~has_all)
        texts = read_texts(view, hits.rows[compared], hits.published[compared])
        ranking = _rank(view, texts, words, now)
        relevance[compared] = ranking.relevance
        if explains and ranking.explanation:
            parts = {int(row): ranking.explanation.of(place) for place, row in enumerate(hits.rows[compared])}
        if chosen.is_mixed:
            has_all[compared] = ranking.has_all
        is_worth[compared] = _is_worth(ranking, ~has_all[compared])
    weights = {
        "relevance": (_behind_best(relevance, has_all), -relevance, -hits.published),
        "newest": (-hits.published,),
        "score": (-hits.scores, -hits.published),
    }[query.sort]
    shown = np.flatnonzero(is_worth)
    order = in_order(view, hits.rows[shown], [weight[shown] for weight in weights], limit)
    has_more = retrieval.has_more or len(order) > MOST
    row_ids = hits.rows[shown][order][:MOST].tolist()
    return Found(row_ids=row_ids, has_more=has_more, is_broadened=not has_all.any(), texts=texts, parts=parts)


def one_of_each_story(view: View, row_ids: Sequence[int], compared: Texts) -> tuple[list[int], list[int]]:
    """Keep the first report of each story, by row; return how many others of its story each one had as well.

    Args:
        view: What is searched.
        row_ids: Best first.
        compared: Texts that needn't be read again (`Found.texts`).
    """
    rows = np.array(row_ids, dtype=np.int64)
    totals = view.totals()
    firsts = first_reports(
        _texts_of(view, rows, compared), totals=totals, count=partial(view.count_frequencies, totals=totals)
    )
    kept, reports = np.unique(firsts, return_counts=True)
    return rows[kept].tolist(), (reports - 1).tolist()


def _texts_of(view: View, rows: NDArray[np.int64], compared: Texts) -> Texts:
    order = np.argsort(compared.keys)
    places = np.searchsorted(compared.keys, rows, sorter=order)
    if not len(order) or not np.array_equal(compared.keys[order[np.minimum(places, len(order) - 1)]], rows):
        return read_texts(view, rows, rows // KEYS_PER_SECOND * 1_000_000)
    return compared.select(order[places])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Chosen:
    """The articles to compare.

    Attributes:
        strict: Articles with all the words, newest first.
        some: Others, the most promising first.
        is_mixed: True if `some` has all articles with all the words, and only reading them shows which these are.
    """

    strict: Table
    some: Table
    is_mixed: bool = False


def _choose(retrieval: Retrieval, sort: Sort, now: datetime, limit: int) -> _Chosen:
    words = retrieval.words
    has_parts = len(words.groups) + bool(words.phrased) > 1
    is_worth = retrieval.is_worth_pooling()
    pool = retrieval.pool() if has_parts and sort == "relevance" and (is_worth or retrieval.is_long()) else None
    if (
        pool
        and is_worth
        and pool.has_all
        and words.index == TEXTS
        and np.count_nonzero(pool.may_have_all) <= COMPARED - LACKING
    ):
        some = retrieval.most_promising(pool, now, COMPARED, all_first=True)
        return _Chosen(strict=NO_HITS, some=some, is_mixed=True)
    # The best by score may be anywhere; the newest come first, and relevance favours them.
    strict = retrieval.with_all(-1 if sort == "score" else MOST, pool if words.index == TEXTS else None)
    is_enough = len(strict) >= limit if sort == "relevance" else len(strict) > 0
    if is_enough or not has_parts:
        return _Chosen(strict=strict, some=NO_HITS)
    room = max(LACKING, COMPARED - len(strict))
    some = retrieval.most_promising(pool or retrieval.pool(), now, room, but=strict[:, 0])
    return _Chosen(strict=strict, some=some)


def _behind_best(relevance: NDArray[np.float64], has_all: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return 0 for the best article with all the words and its equals, 1 for all others."""
    is_best = has_all & (relevance == relevance[has_all].max(initial=NOT_RANKED))
    return np.where(is_best, 0, 1)


def _rank(view: View, texts: Texts, words: Words, now: datetime) -> Ranking:
    totals = view.totals()
    return rank_texts(
        texts,
        words.ranked,
        typed=words.typed,
        totals=totals,
        count=partial(view.count_frequencies, totals=totals),
        writes=partial(writes, view, words.written),
        now_s=now.timestamp(),
        is_urgent=words.is_urgent,
    )


def _is_worth(ranking: Ranking, lacking: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Select the articles with all the words or a good share of them, and the best of the others."""
    bar = np.sort(ranking.relevance[lacking])[-WORTH:].min(initial=1.0)
    bar = min(bar, RELEVANT * ranking.relevance.max(initial=0.0))
    return np.asarray(~lacking | (ranking.shares >= ENOUGH) | (ranking.relevance >= bar))
