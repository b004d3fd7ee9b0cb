"""What tells of the same as an article: candidates by its rarest words, ranked by `news/related_ranking`."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.news.article import Article, ArticleId, ShelfId
from bot.news.related_ranking import rank_related
from bot.news.texts import FIRST_TELLING, Texts
from bot.store.port.related import Similar
from bot.store.sqlite.hits import in_order
from bot.store.sqlite.rows import SHOWN, as_list, load_articles, shelf_ids, storable
from bot.store.sqlite.stored_texts import read_texts, text_of
from bot.store.sqlite.text_index import token_of
from bot.store.sqlite.vocabulary import count_words, read_totals

MOST_WORDS: Final = 20
"""An article's rarest words, by which others are looked for."""

ENOUGH_POSTINGS: Final = 3000
"""Occurrences after which no commoner word is looked for: much would be read that shares nothing else."""

COMPARED: Final = 400
"""So many are compared by all of their words."""

_HOLDING: Final = f"""
    SELECT a.row_id, a.published_at
    FROM article_text AS t CROSS JOIN article AS a INDEXED BY article_to_find ON a.row_id = t.rowid
    WHERE t.article_text MATCH ? AND {SHOWN} AND a.shelf_id IN (SELECT value FROM json_each(?)) AND a.row_id IS NOT ?
    ORDER BY t.rowid DESC LIMIT ?
"""
_ROWS: Final = """
    SELECT a.row_id, a.published_at, a.article_id FROM json_each(?) AS wanted
    CROSS JOIN article AS a ON a.article_id = wanted.value
"""


def find_similar(
    connection: sqlite3.Connection,
    shelves: Sequence[ShelfId],
    article: Article,
    beside: Sequence[ArticleId],
    *,
    is_dated: bool,
    limit: int,
) -> Similar:
    """See `RelatedStore.similar`."""
    asked = text_of(connection, article.title, article.excerpt, article.published_at)
    own = next(iter(_rows(connection, [article.id])), None)
    named = {row[0]: (row[1], row[2]) for row in _rows(connection, beside)}
    published = _candidates(connection, shelves, asked, None if own is None else own[0])
    published |= {row_id: row[0] for row_id, row in named.items()}
    rows = np.array(list(published), dtype=np.int64)
    moments = np.array(list(published.values()), dtype=np.int64)
    relevance = rank_related(
        asked,
        read_texts(connection, rows, moments),
        totals=read_totals(connection),
        count=partial(count_words, connection),
        is_dated=is_dated,
    )
    ranked = dict(zip(rows.tolist(), relevance.tolist(), strict=True))
    found = np.flatnonzero([row_id not in named for row_id in ranked])
    order = in_order(connection, rows[found], (-relevance[found], -moments[found]), limit)
    best = rows[found][order][:limit].tolist()
    articles = load_articles(connection, best)
    weights = {each.id: ranked[row_id] for each, row_id in zip(articles, best, strict=True)}
    return Similar(articles=articles, relevance=weights | {row[1]: ranked[row_id] for row_id, row in named.items()})


def _rows(connection: sqlite3.Connection, ids: Iterable[ArticleId]) -> list[tuple[int, int, ArticleId]]:
    rows = connection.execute(_ROWS, (as_list(map(storable, ids)),))
    return [(row[0], row[1], ArticleId(row[2])) for row in rows]


def _candidates(
    connection: sqlite3.Connection, shelves: Sequence[ShelfId], asked: Texts, own: int | None
) -> dict[int, int]:
    """When each was published that shares most of the rarest words, by row id."""
    words = np.unique(asked.words[asked.words >= FIRST_TELLING])
    counts = count_words(connection, words)
    rarest = np.lexsort((words, counts))[:MOST_WORDS]
    totals = read_totals(connection)
    seen = as_list(shelf_ids(connection, shelves))
    published: dict[int, int] = {}
    shared: dict[int, float] = {}
    for word, articles in _few_enough(words[rarest], counts[rarest]):
        rarity = totals.idf(articles)
        for row_id, at in connection.execute(_HOLDING, (f'"{token_of(word)}"', seen, own, ENOUGH_POSTINGS)):
            published[row_id] = at
            shared[row_id] = shared.get(row_id, 0.0) + rarity
    nearest = sorted(shared, key=lambda row_id: (-shared[row_id], -row_id))[:COMPARED]
    return {row_id: published[row_id] for row_id in nearest}


def _few_enough(words: NDArray[np.int32], counts: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """The first of these words, as many as occur `ENOUGH_POSTINGS` times together; at least one."""
    so_far = np.cumsum(counts)
    for place, (word, articles) in enumerate(zip(words.tolist(), counts.tolist(), strict=True)):
        if place and so_far[place] > ENOUGH_POSTINGS:
            return
        yield word, articles
