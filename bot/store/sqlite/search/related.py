"""SQLite implementation of `RelatedStore`: explicit edges, and similar articles (`similar`)."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Final

from typing_extensions import override

from bot.news.article import Article, ArticleId, ShelfId
from bot.news.stories.story import Edge
from bot.store.port.related import RelatedStore, Similar
from bot.store.sqlite.archive.rows import SHOWN, load_articles, shelf_ids
from bot.store.sqlite.file.database import Database
from bot.store.sqlite.file.sql import as_list, storable
from bot.store.sqlite.index.vocabulary import find_words, read_totals
from bot.store.sqlite.search.similar import find_similar

# Every tie of the articles asked for, from the seed that names to the article that it names, both visible.
_TIES: Final = f"""
    WITH asked AS (
        SELECT DISTINCT ifnull(article.stands_for, article.row_id) AS row_id
        FROM json_each(:ids) AS wanted CROSS JOIN article ON article.article_id = wanted.value
        WHERE article.shelf_id IN (SELECT value FROM json_each(:shelves))
    ), named AS (
        SELECT row_id, row_id AS stub FROM asked
        UNION ALL
        SELECT asked.row_id, stub.row_id FROM asked CROSS JOIN article AS stub ON stub.stands_for = asked.row_id
        WHERE stub.shelf_id IN (SELECT value FROM json_each(:shelves))
    ), tied AS (
        SELECT tie.from_row, tie.to_row, tie.place, tie.weight FROM asked CROSS JOIN tie ON tie.from_row = asked.row_id
        UNION
        SELECT coverage.from_row, named.row_id, coverage.place, coverage.weight
        FROM named CROSS JOIN coverage ON coverage.to_row = named.stub WHERE coverage.from_row <> named.row_id
    )
    SELECT a.row_id AS from_row, a.article_id AS from_id, b.row_id AS to_row, b.article_id AS to_id, place, weight
    FROM tied CROSS JOIN article AS a ON a.row_id = tied.from_row CROSS JOIN article AS b ON b.row_id = tied.to_row
    WHERE {SHOWN} AND {SHOWN.replace("a.", "b.")}
    AND a.shelf_id IN (SELECT value FROM json_each(:shelves)) AND b.shelf_id IN (SELECT value FROM json_each(:shelves))
    ORDER BY place, from_id
"""
_IS_NOW: Final = """
    SELECT a.article_id FROM article AS named JOIN article AS a ON a.row_id = ifnull(named.stands_for, named.row_id)
    WHERE named.article_id = ? AND named.shelf_id IN (SELECT value FROM json_each(?))
"""


class SqliteRelatedStore(RelatedStore):
    """SQLite implementation of `RelatedStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @override
    async def explicit_coverage(self, shelves: Sequence[ShelfId], article: ArticleId) -> tuple[Article, ...]:
        return await self._database.read(lambda connection: _read_explicit(connection, shelves, article))

    @override
    async def edges_among(self, shelves: Sequence[ShelfId], ids: Sequence[ArticleId]) -> tuple[Edge, ...]:
        # Of two seeds that name one another, the larger weight.
        return await self._database.read(lambda connection: _read_edges(connection, shelves, ids))

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
        return await self._database.read(
            lambda connection: find_similar(connection, shelves, article, beside, is_dated=is_dated, limit=limit)
        )

    @override
    async def word_counts(self, words: Sequence[str]) -> tuple[int, Mapping[str, int]]:
        # Stems are those of `bot.text.words.stem`.

        def read(connection: sqlite3.Connection) -> tuple[int, Mapping[str, int]]:
            known = find_words(connection, map(storable, words))
            counts = {stem: word.articles for stem, word in known.items()}
            return read_totals(connection).articles, {word: counts.get(storable(word), 0) for word in words}

        return await self._database.read(read)


def _read_explicit(
    connection: sqlite3.Connection, shelves: Sequence[ShelfId], article: ArticleId
) -> tuple[Article, ...]:
    row = connection.execute(_IS_NOW, (storable(article), as_list(shelf_ids(connection, shelves)))).fetchone()
    is_now = None if row is None else row["article_id"]
    ties = _ties(connection, shelves, [article])
    named = [tie["to_row"] for tie in ties if tie["from_id"] == is_now]
    naming = sorted((tie["from_id"], tie["from_row"]) for tie in ties if tie["to_id"] == is_now)
    return load_articles(connection, list(dict.fromkeys([*named, *(row_id for _, row_id in naming)])))


def _read_edges(
    connection: sqlite3.Connection, shelves: Sequence[ShelfId], ids: Sequence[ArticleId]
) -> tuple[Edge, ...]:
    weights: dict[tuple[ArticleId, ArticleId], float] = {}
    for tie in _ties(connection, shelves, ids):
        low, high = sorted((ArticleId(tie["from_id"]), ArticleId(tie["to_id"])))
        weights[low, high] = max(tie["weight"], weights.get((low, high), 0.0))
    return tuple(Edge(a=a, b=b, weight=weight) for (a, b), weight in sorted(weights.items()))


def _ties(connection: sqlite3.Connection, shelves: Sequence[ShelfId], ids: Sequence[ArticleId]) -> list[sqlite3.Row]:
    asked = {"ids": as_list(map(storable, ids)), "shelves": as_list(shelf_ids(connection, shelves))}
    return connection.execute(_TIES, asked).fetchall()
