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
    WHERE t.article_text MATCH ? AND {SHOWN} AND a.shelf_id IN ({{shelves}}) ORDER BY t.rowid DESC LIMIT ?
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
    named = {row[0]: (row[1], row[2]) for row in _rows(connection, beside) if row[2] != article.id}
    found = _candidates(connection, shelves, asked, [*named, *([] if own is None else own[:1])])
    compared = np.concatenate((found, np.array([(row, at) for row, (at, _) in named.items()]).reshape(-1, 2)))
    rows, moments = compared.T.astype(np.int64)
    relevance = rank_related(
        asked,
        read_texts(connection, rows, moments),
        totals=read_totals(connection),
        count=partial(count_words, connection),
        is_dated=is_dated,
    )
    weights = {row[1]: float(weight) for row, weight in zip(named.values(), relevance[len(found) :], strict=True)}
    rows, moments, relevance = rows[: len(found)], moments[: len(found)], relevance[: len(found)]
    best = in_order(connection, rows, (-relevance, -moments), limit)[:limit]
    articles = load_articles(connection, rows[best].tolist())
    weights |= {each.id: weight for each, weight in zip(articles, relevance[best].tolist(), strict=True)}
    return Similar(articles=articles, relevance=weights)


def _rows(connection: sqlite3.Connection, ids: Iterable[ArticleId]) -> list[tuple[int, int, ArticleId]]:
    rows = connection.execute(_ROWS, (as_list(map(storable, ids)),))
    return [(row[0], row[1], ArticleId(row[2])) for row in rows]


def _candidates(
    connection: sqlite3.Connection, shelves: Sequence[ShelfId], asked: Texts, but: Sequence[int]
) -> NDArray[np.int64]:
    """What shares most of the rarest words, without the rows of `but`: row ids and when each was published."""
    words = np.unique(asked.words[asked.words >= FIRST_TELLING])
    counts = count_words(connection, words)
    rarest = np.lexsort((words, counts))[:MOST_WORDS]
    totals, seen = read_totals(connection), shelf_ids(connection, shelves)
    cursor = connection.cursor()
    cursor.row_factory = None
    sql = _HOLDING.format(shelves=", ".join(map(str, seen)) or "NULL")
    holding: list[tuple[int, int]] = []
    rarities: list[float] = []
    for word, articles in _few_enough(words[rarest], counts[rarest]):
        holding += cursor.execute(sql, (f'"{token_of(word)}"', ENOUGH_POSTINGS))
        rarities += [totals.idf(articles)] * (len(holding) - len(rarities))
    if not holding:
        return np.zeros((0, 2), dtype=np.int64)
    held = np.array(holding, dtype=np.int64)
    rows, firsts, places = np.unique(held[:, 0], return_index=True, return_inverse=True)
    shared = np.bincount(places, rarities, len(rows))
    shared[np.isin(rows, but)] = -1
    nearest = np.lexsort((-rows, -shared))[:COMPARED]
    return held[firsts[nearest[shared[nearest] >= 0]]]


def _few_enough(words: NDArray[np.int32], counts: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """The first of these words, as many as occur `ENOUGH_POSTINGS` times together; at least one."""
    so_far = np.cumsum(counts)
    for place, (word, articles) in enumerate(zip(words.tolist(), counts.tolist(), strict=True)):
        if place and so_far[place] > ENOUGH_POSTINGS:
            return
        yield word, articles
