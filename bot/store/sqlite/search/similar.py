"""Find articles similar to one: candidates by its rarest words, ranked by `bot.text.related_ranking`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.news.article import Article, ArticleId
from bot.store.port.related import Similar
from bot.store.sqlite.archive.echo import as_instances
from bot.store.sqlite.archive.rows import SHOWN
from bot.store.sqlite.archive.seen import articles_of, facts_of, keys_of
from bot.store.sqlite.file.sql import Table, as_list, as_numbers, as_table
from bot.store.sqlite.index.stored_texts import read_texts, text_of
from bot.store.sqlite.index.view import KEYS_PER_SECOND, View
from bot.store.sqlite.search.postings import NO_HITS, first_fitting, in_order, in_order_of
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
    SELECT group_concat(a.row_id), group_concat(a.published_at), group_concat(a.is_stub)
    FROM json_each(?1) AS wanted CROSS JOIN article AS a INDEXED BY article_to_find ON a.row_id = wanted.value
    WHERE {SHOWN} AND a.shelf_id = ?2
"""
_DECIMALS: Final = 9  # what two machines agree on


def find_similar(
    view: View,
    article: Article,
    beside: Sequence[ArticleId],
    *,
    is_dated: bool,
    limit: int,
) -> Similar:
    """Implement `RelatedStore.similar`."""
    asked = text_of(view, article.title, article.excerpt, article.published_at)
    own = next(iter(_rows(view, [article.id])), None)
    named = {row[0]: (row[1], row[2]) for row in _rows(view, beside) if row[2] != article.id}
    but = [*named, *([] if own is None else own[:1])]
    words = _rarest(view, asked, said_by=1 if own is None else 2)
    found = _candidates(view, asked, words, but=but, is_dated=is_dated)
    beside_them = np.array([(row, at) for row, (at, _) in named.items()], dtype=np.int64).reshape(-1, 2)
    rows, moments = np.concatenate((found, beside_them)).T
    # General news doesn't improve related coverage, not even in an archive of twelve.
    totals = replace(view.totals(), background=0.0)
    relevance = rank_related(
        asked,
        read_texts(view, rows, moments),
        totals=totals,
        count=partial(view.count_frequencies, totals=totals),
        is_dated=is_dated,
    )
    weights = {row[1]: float(weight) for row, weight in zip(named.values(), relevance[len(found) :], strict=True)}
    rows, moments, relevance = rows[: len(found)], moments[: len(found)], relevance[: len(found)]
    best = in_order(view, rows, (-relevance, -moments), limit)[:limit]
    articles = articles_of(view, rows[best].tolist())
    weights |= {each.id: weight for each, weight in zip(articles, relevance[best].tolist(), strict=True)}
    return Similar(articles=articles, relevance=weights)


def _rows(view: View, ids: Iterable[ArticleId]) -> list[tuple[int, int, ArticleId]]:
    """Find the articles with these ids: key, when published, id."""
    facts = facts_of(view, list(keys_of(view, ids).values()))
    return [(key, row["published_at"], ArticleId(row["article_id"])) for key, row in facts.items()]


def _rarest(view: View, asked: Texts, *, said_by: int) -> list[tuple[int, int]]:
    """The rarest words of a text that at least `said_by` articles contain, with their numbers of articles."""
    words = np.unique(asked.words[asked.words >= FIRST_CONTENT_WORD])
    counts = view.count_words(words)
    rarest = np.lexsort((words, counts))
    rarest = rarest[counts[rarest] >= said_by][:MOST_WORDS]
    return list(zip(words[rarest].tolist(), counts[rarest].tolist(), strict=True))


def _candidates(
    view: View,
    asked: Texts,
    words: Sequence[tuple[int, int]],
    *,
    but: Sequence[int],
    is_dated: bool,
) -> Table:
    """The candidates without the rows of `but`: row ids and publication times."""
    rows, rarities = _sharing(view, words)
    others = ~np.isin(rows, but)
    rows, rarities = rows[others], rarities[others]
    apart_s = np.abs(rows / KEYS_PER_SECOND - asked.moments_s[0])
    promise = np.round(rarities * proximity(apart_s, is_dated=is_dated), _DECIMALS)
    return first_fitting(rows, promise, partial(_look_at, view), COMPARED, NO_HITS[:, :2])[0]


def _look_at(view: View, keys: NDArray[np.int64]) -> Table:
    """Read those of these rows that are visible, in their order: key and publication time."""
    found = [NO_HITS]
    for part in view.parts:
        asked = (as_list(part.rows(keys.tolist())), part.shelf_id)
        table = as_table(part.connection.execute(_LOOKED_AT, asked).fetchone())
        table[:, 0] = part.keys(table[:, 0])
        found.append(table)
    seen = np.concatenate(found)
    stubs = as_instances(view, seen[seen[:, 2] == 1, 0].tolist())
    seen = seen[~np.isin(seen[:, 0], list(stubs))] if stubs else seen
    return in_order_of(keys, seen)[:, :2]


def _sharing(view: View, words: Sequence[tuple[int, int]]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Rows that share some of these words, rising, and the rarities of those words together."""
    totals = replace(view.totals(), background=0.0)
    lists, rarities = [np.empty(0, np.int64)], [np.empty(0)]
    for word, articles in _few_enough(words):
        lists.append(_holding(view, word))
        rarities.append(np.full(len(lists[-1]), totals.idf(articles)))
    rows, places = np.unique(np.concatenate(lists), return_inverse=True)
    return rows, np.bincount(places, np.concatenate(rarities), len(rows)).astype(np.float64)


def _holding(view: View, word: int) -> NDArray[np.int64]:
    """Read the keys of the newest articles with a word."""
    found = [
        part.keys(
            as_numbers(part.connection.execute(_HOLDING, (f'"{part.token(word)}"', ENOUGH_POSTINGS)).fetchone()[0])
        )
        for part in view.parts
    ]
    return found[0] if len(found) == 1 else np.sort(np.concatenate(found))[::-1][:ENOUGH_POSTINGS]


def _few_enough(words: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The first of these words, as many as occur `ENOUGH_POSTINGS` times together; at least one."""
    so_far = 0
    for place, (word, articles) in enumerate(words):
        so_far += articles
        if place and so_far > ENOUGH_POSTINGS:
            return
        yield word, articles
