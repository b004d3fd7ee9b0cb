"""Rows that a search found, and their order: by weights, then by article id."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.store.sqlite.file.sql import Table, as_list
from bot.store.sqlite.index.view import View

NO_HITS: Final = np.empty((0, 3), dtype=np.int64)

_IDS: Final = """
    SELECT a.row_id, a.article_id FROM json_each(?) AS wanted CROSS JOIN article AS a ON a.row_id = wanted.value
"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Hits:
    """Hits as columns: keys, when published (microseconds), scores."""

    rows: NDArray[np.int64]
    published: NDArray[np.int64]
    scores: NDArray[np.int64]

    @classmethod
    def of(cls, table: Table) -> Hits:
        """Split a table of hits into its columns."""
        rows, published, scores = table.T
        return cls(rows=rows, published=published, scores=scores)

    def __len__(self) -> int:
        """The number of hits."""
        return len(self.rows)

    def select(self, indexes: NDArray[np.intp]) -> Hits:
        """Select hits by index."""
        return Hits(rows=self.rows[indexes], published=self.published[indexes], scores=self.scores[indexes])


def first_fitting(
    rows: NDArray[np.int64],
    promise: NDArray[np.float64],
    look_at: Callable[[NDArray[np.int64]], Table],
    most: int,
    nothing: Table = NO_HITS,
) -> tuple[Table, bool]:
    """Find the most promising rows that match, and whether there may be more.

    Args:
        rows: Keys, ascending.
        promise: The estimated relevance of each.
        look_at: Returns those of some rows that match, in their order; called with few rows first, then with more.
        most: The number of rows at most.
        nothing: An empty table with the columns of `look_at`.
    """
    found = nothing
    looked_at = 0
    while len(found) < most and looked_at < len(rows):
        following = _best(promise, max(most, 4 * looked_at))[looked_at:]
        looked_at += len(following)
        found = np.concatenate((found, look_at(rows[following])))
    return found[:most], looked_at < len(rows) or len(found) > most


def in_order_of(keys: NDArray[np.int64], table: Table) -> Table:
    """Sort rows of several files, the key first, into the order of these keys."""
    order = np.argsort(keys)
    return table[np.argsort(order[np.searchsorted(keys, table[:, 0], sorter=order)], kind="stable")]


def _best(promise: NDArray[np.float64], most: int) -> NDArray[np.intp]:
    """Return the indexes of the most promising, best first; of equals the last."""
    bar = np.partition(promise, -most)[-most] if most < len(promise) else -np.inf
    indexes = np.flatnonzero(promise >= bar)[::-1]
    return indexes[np.argsort(-promise[indexes], kind="stable")][:most]


def in_order(
    view: View,
    keys: NDArray[np.int64],
    weights: Sequence[NDArray[np.float64] | NDArray[np.int64]],
    limit: int,
) -> NDArray[np.intp]:
    """Sort rows; return their indexes in order.

    Args:
        view: What is searched.
        keys: Of the rows.
        weights: Sort keys, the most important first; lower values come first.
        limit: The number of rows shown; beyond it equals stay in any order.
    """
    order = np.lexsort(weights[::-1])
    is_new_run = np.ones(len(order), dtype=bool)
    if len(order):
        is_new_run[1:] = np.any([weight[order][1:] != weight[order][:-1] for weight in weights], axis=0)
    run = np.cumsum(is_new_run)
    is_tied = np.bincount(run, minlength=1)[run] > 1
    tied = np.flatnonzero(is_tied & (run <= run[:limit].max(initial=0)))
    if len(tied):
        ids = _ids(view, keys[order[tied]].tolist())
        by_id = sorted(tied.tolist(), key=lambda index: (run[index], ids[int(keys[order[index]])]))
        order[tied] = order[by_id]
    return order


def _ids(view: View, keys: Sequence[int]) -> dict[int, str]:
    return {
        part.key(row_id): article_id
        for part in view.parts
        for row_id, article_id in part.connection.execute(_IDS, (as_list(part.rows(keys)),))
    }
