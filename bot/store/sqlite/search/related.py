"""SQLite implementation of `RelatedStore`: explicit edges, and similar articles (`similar`)."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

from typing_extensions import override

from bot.news.article import Article, ArticleId, ShelfId
from bot.news.stories.story import Edge
from bot.store.port.related import RelatedStore, Similar
from bot.store.sqlite.archive.lookup import find_now
from bot.store.sqlite.archive.seen import articles_of, facts_of
from bot.store.sqlite.archive.ties import Tie, find_ties
from bot.store.sqlite.file.sql import storable
from bot.store.sqlite.index.view import View
from bot.store.sqlite.search.similar import find_similar
from bot.store.sqlite.shelves.files import StoreFiles


class SqliteRelatedStore(RelatedStore):
    """SQLite implementation of `RelatedStore`."""

    def __init__(self, files: StoreFiles) -> None:
        self._shelves = files.shelves

    @override
    async def explicit_coverage(self, shelves: Sequence[ShelfId], article: ArticleId) -> tuple[Article, ...]:
        return await self._shelves.read(shelves, lambda view: _read_explicit(view, article))

    @override
    async def edges_among(self, shelves: Sequence[ShelfId], ids: Sequence[ArticleId]) -> tuple[Edge, ...]:
        # Of two seeds that name one another, the larger weight.
        return await self._shelves.read(shelves, lambda view: _read_edges(view, ids))

    @override
    async def similar(
        self,
        shelves: Sequence[ShelfId],
        article: Article,
        *,
        beside: Sequence[ArticleId] = (),
        is_dated: bool = True,
        limit: int = 10,
    ) -> Similar:
        return await self._shelves.read(
            shelves, lambda view: find_similar(view, article, beside, is_dated=is_dated, limit=limit)
        )

    @override
    async def word_counts(self, shelves: Sequence[ShelfId], words: Sequence[str]) -> tuple[int, Mapping[str, int]]:
        # Stems are those of `bot.text.words.stem`.

        def read(view: View) -> tuple[int, Mapping[str, int]]:
            known = view.find_words(map(storable, words))
            counts = {stem: word.articles for stem, word in known.items()}
            return view.totals().articles, {word: counts.get(storable(word), 0) for word in words}

        return await self._shelves.read(shelves, read)


def _read_explicit(view: View, article: ArticleId) -> tuple[Article, ...]:
    ties, facts = _ties(view, [article])
    is_now = find_now(view, [article]).get(storable(article))
    named = [tie.target for tie in ties if tie.source == is_now]
    naming = sorted((facts[tie.source]["article_id"], tie.source) for tie in ties if tie.target == is_now)
    return articles_of(view, list(dict.fromkeys([*named, *(key for _, key in naming)])))


def _read_edges(view: View, ids: Sequence[ArticleId]) -> tuple[Edge, ...]:
    weights: dict[tuple[ArticleId, ArticleId], float] = {}
    ties, facts = _ties(view, ids)
    for tie in ties:
        low, high = sorted(ArticleId(facts[key]["article_id"]) for key in (tie.source, tie.target))
        weights[low, high] = max(tie.weight, weights.get((low, high), 0.0))
    return tuple(Edge(a=a, b=b, weight=weight) for (a, b), weight in sorted(weights.items()))


def _ties(view: View, ids: Sequence[ArticleId]) -> tuple[list[Tie], Mapping[int, sqlite3.Row]]:
    """Find the ties of articles that are both visible, in the order of their places, with the facts of both ends."""
    ties = find_ties(view, set(find_now(view, ids).values()))
    facts = facts_of(view, {key for tie in ties for key in (tie.source, tie.target)})
    shown = {key: row for key, row in facts.items() if row["is_shown"]}
    seen = [tie for tie in ties if tie.source in shown and tie.target in shown]
    return sorted(seen, key=lambda tie: (tie.place, shown[tie.source]["article_id"], tie.target)), shown
