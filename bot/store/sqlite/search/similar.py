"""Find articles similar to one: candidates by its rarest words, ranked by `bot.text.related_ranking`."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.news.article import Article, ArticleId, ShelfId
from bot.store.port.related import Similar
from bot.store.sqlite.archive.rows import SHOWN, load_articles, shelf_ids
from bot.store.sqlite.file.sql import Table, as_list, as_numbers, as_table, storable
from bot.store.sqlite.index.row_ids import PER_SECOND
from bot.store.sqlite.index.stored_texts import read_texts, text_of
from bot.store.sqlite.index.text_index import token_of
from bot.store.sqlite.index.vocabulary import count_frequencies, count_words, read_totals
from bot.store.sqlite.search.postings import NO_HITS, first_fitting, in_order
from bot.text.related_ranking import proximity, rank_related
from bot.text.term_frequencies import FIRST_CONTENT_WORD, Texts

MOST_WORDS: Final = 20
"""An article's rarest words that somebody else says, too: by these others are looked for."""

ENOUGH_POSTINGS: Final = 3000
"""Occurrences after which no commoner word is looked for: much would be read that shares nothing else."""

COMPARED: Final = 100
"""Candidates compared by all of their words. Chosen by rarities and nearness in time, they contain as much of a story
as 400 that are chosen by rarities alone: .967 of it on the judged set."""

_HOLDING: Final = """
    SELECT group_concat(row_id) FROM (
        SELECT t.rowid AS row_id FROM article_text AS t WHERE t.article_text MATCH ? ORDER BY t.rowid DESC LIMIT ?
    )
"""
# In the order of the list, which SQLite reads from its beginning.
_LOOKED_AT: Final = f"""
    SELECT group_concat(a.row_id), group_concat(a.published_at)
    FROM json_each(?) AS wanted CROSS JOIN article AS a INDEXED BY article_to_find ON a.row_id = wanted.value
    WHERE {SHOWN} AND a.shelf_id IN ({{shelves}})
"""
_ROWS: Final = """
    SELECT a.row_id, a.published_at, a.article_id FROM json_each(?) AS wanted
    CROSS JOIN article AS a ON a.article_id = wanted.value
"""
_DECIMALS: Final = 9  # what two machines agree on


def find_similar(
    connection: sqlite3.Connection,
    shelves: Sequence[ShelfId],
    article: Article,
    beside: Sequence[ArticleId],
    *,
    is_dated: bool,
    limit: int,
) -> Similar:
    """Implement `RelatedStore.similar`."""
    asked = text_of(connection, article.title, article.excerpt, article.published_at)
    own = next(iter(_rows(connection, [article.id])), None)
    named = {row[0]: (row[1], row[2]) for row in _rows(connection, beside) if row[2] != article.id}
    but = [*named, *([] if own is None else own[:1])]
    words = _rarest(connection, asked, said_by=1 if own is None else 2)
    found = _candidates(connection, shelves, asked, words, but=but, is_dated=is_dated)
    beside_them = np.array([(row, at) for row, (at, _) in named.items()], dtype=np.int64).reshape(-1, 2)
    rows, moments = np.concatenate((found, beside_them)).T
    # General news doesn't improve related coverage, not even in an archive of twelve.
    totals = replace(read_totals(connection), background=0.0)
    relevance = rank_related(
        asked,
        read_texts(connection, rows, moments),
        totals=totals,
        count=partial(count_frequencies, connection, totals=totals),
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


def _rarest(connection: sqlite3.Connection, asked: Texts, *, said_by: int) -> list[tuple[int, int]]:
    """The rarest words of a text that at least `said_by` articles contain, with their numbers of articles."""
    words = np.unique(asked.words[asked.words >= FIRST_CONTENT_WORD])
    counts = count_words(connection, words)
    rarest = np.lexsort((words, counts))
    rarest = rarest[counts[rarest] >= said_by][:MOST_WORDS]
    return list(zip(words[rarest].tolist(), counts[rarest].tolist(), strict=True))


def _candidates(
    connection: sqlite3.Connection,
    shelves: Sequence[ShelfId],
    asked: Texts,
    words: Sequence[tuple[int, int]],
    *,
    but: Sequence[int],
    is_dated: bool,
) -> Table:
    """The candidates without the rows of `but`: row ids and publication times."""
    rows, rarities = _sharing(connection, words)
    others = ~np.isin(rows, but)
    rows, rarities = rows[others], rarities[others]
    apart_s = np.abs(rows / PER_SECOND - asked.moments_s[0])
    promise = np.round(rarities * proximity(apart_s, is_dated=is_dated), _DECIMALS)
    sql = _LOOKED_AT.format(shelves=", ".join(map(str, shelf_ids(connection, shelves))) or "NULL")

    def look_at(rows: NDArray[np.int64]) -> Table:
        return as_table(connection.execute(sql, (as_list(rows.tolist()),)).fetchone())

    return first_fitting(rows, promise, look_at, COMPARED, NO_HITS[:, :2])[0]


def _sharing(
    connection: sqlite3.Connection, words: Sequence[tuple[int, int]]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Rows that share some of these words, rising, and the rarities of those words together."""
    totals = replace(read_totals(connection), background=0.0)
    lists, rarities = [np.empty(0, np.int64)], [np.empty(0)]
    for word, articles in _few_enough(words):
        asked_for = (f'"{token_of(word)}"', ENOUGH_POSTINGS)
        lists.append(as_numbers(connection.execute(_HOLDING, asked_for).fetchone()[0]))
        rarities.append(np.full(len(lists[-1]), totals.idf(articles)))
    rows, places = np.unique(np.concatenate(lists), return_inverse=True)
    return rows, np.bincount(places, np.concatenate(rarities), len(rows)).astype(np.float64)


def _few_enough(words: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The first of these words, as many as occur `ENOUGH_POSTINGS` times together; at least one."""
    so_far = 0
    for place, (word, articles) in enumerate(words):
        so_far += articles
        if place and so_far > ENOUGH_POSTINGS:
            return
        yield word, articles
