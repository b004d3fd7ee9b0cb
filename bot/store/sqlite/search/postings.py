"""Rows that a search found, and their order: by what they weigh, and of equals the one with the lower id."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.store.sqlite.file.sql import Table, as_list

NO_HITS: Final = np.empty((0, 3), dtype=np.int64)

_IDS: Final = """
    SELECT a.row_id, a.article_id FROM json_each(?) AS wanted CROSS JOIN article AS a ON a.row_id = wanted.value
"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Hits:
    """Hits as columns: row ids, when published (microseconds), scores."""

    rows: NDArray[np.int64]
    published: NDArray[np.int64]
    scores: NDArray[np.int64]

    @classmethod
    def of(cls, table: Table) -> Hits:
        """The columns of a table of hits."""
        rows, published, scores = table.T
        return cls(rows=rows, published=published, scores=scores)

    def __len__(self) -> int:
        """How many there are."""
        return len(self.rows)

    def select(self, places: NDArray[np.intp]) -> Hits:
        """Those at these places."""
        return Hits(rows=self.rows[places], published=self.published[places], scores=self.scores[places])


def first_fitting(
    rows: NDArray[np.int64],
    promise: NDArray[np.float64],
    look_at: Callable[[NDArray[np.int64]], Table],
    most: int,
    nothing: Table = NO_HITS,
) -> tuple[Table, bool]:
    """The most promising rows that fit, and whether there may be more.

    Args:
        rows: Row ids, rising.
        promise: What each promises.
        look_at: Those of some rows that fit, in their order; asked for few at first, for more where few of them do.
        most: So many at most.
        nothing: An empty table of the columns that `look_at` gives.
    """
    found = nothing
    looked_at = 0
    while len(found) < most and looked_at < len(rows):
        following = _best(promise, max(most, 4 * looked_at))[looked_at:]
        looked_at += len(following)
        found = np.concatenate((found, look_at(rows[following])))
    return found[:most], looked_at < len(rows) or len(found) > most


def _best(promise: NDArray[np.float64], most: int) -> NDArray[np.intp]:
    """The places of the most promising, best first; of equals the last."""
    bar = np.partition(promise, -most)[-most] if most < len(promise) else -np.inf
    places = np.flatnonzero(promise >= bar)[::-1]
    return places[np.argsort(-promise[places], kind="stable")][:most]


def in_order(
    connection: sqlite3.Connection,
    rows: NDArray[np.int64],
    weights: Sequence[NDArray[np.float64] | NDArray[np.int64]],
    limit: int,
) -> NDArray[np.intp]:
    """The places of rows in order.

    Args:
        connection: Of the store.
        rows: Their row ids.
        weights: What they are ordered by, lowest first, the most important first.
        limit: So many are shown: behind them the order of equals isn't settled.
    """
    order = np.lexsort(weights[::-1])
    starts_anew = np.ones(len(order), dtype=bool)
    if len(order):
        starts_anew[1:] = np.any([weight[order][1:] != weight[order][:-1] for weight in weights], axis=0)
    run = np.cumsum(starts_anew)
    is_tied = np.bincount(run, minlength=1)[run] > 1
    tied = np.flatnonzero(is_tied & (run <= run[:limit].max(initial=0)))
    if len(tied):
        ids = dict(connection.execute(_IDS, (as_list(rows[order[tied]].tolist()),)).fetchall())
        settled = sorted(tied.tolist(), key=lambda place: (run[place], ids[int(rows[order[place]])]))
        order[tied] = order[settled]
    return order
