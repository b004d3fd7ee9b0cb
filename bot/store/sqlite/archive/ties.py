"""Ties: what seeds name as coverage, read from each file of a view and put together."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from bot.store.sqlite.archive.echo import as_instances, stubs_of_instances
from bot.store.sqlite.file.sql import as_list, plain
from bot.store.sqlite.index.view import Part, View

_NAMED: Final = """
    SELECT tie.from_row, tie.to_row, tie.place, tie.weight
    FROM json_each(?) AS wanted CROSS JOIN tie ON tie.from_row = wanted.value
"""
_STUBS: Final = """
    SELECT stub.row_id, stub.stands_for FROM json_each(?1) AS wanted
    CROSS JOIN article AS stub ON stub.stands_for = wanted.value WHERE stub.shelf_id = ?2
"""
_NAMING: Final = """
    SELECT coverage.from_row, coverage.to_row, coverage.place, coverage.weight
    FROM json_each(?) AS wanted CROSS JOIN coverage ON coverage.to_row = wanted.value
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """One article names another: their keys, the place in the list of the one that names, and the weight."""

    source: int
    target: int
    place: int
    weight: float


def find_ties(view: View, keys: Collection[int]) -> list[Tie]:
    """Find all ties of these articles, visible or not; stubs that turned out to be articles are these."""
    stubs = stubs_of_instances(view, keys)
    found: set[Tie] = set()
    for part in view.parts:
        found |= _ties_in(part, keys, stubs)
    known = as_instances(view, {tie.target for tie in found})
    ends = [
        Tie(source=tie.source, target=known.get(tie.target, tie.target), place=tie.place, weight=tie.weight)
        for tie in found
    ]
    return [tie for tie in dict.fromkeys(ends) if tie.source != tie.target]


def _ties_in(part: Part, keys: Collection[int], stubs: dict[int, int]) -> set[Tie]:
    """Find the ties that one file has of these articles; `stubs` are others' by key."""
    rows = part.rows(keys)
    is_now = {row: part.key(row) for row in rows}
    is_now |= dict(zip(part.rows(stubs), [stubs[key] for key in stubs if part.rows([key])], strict=True))
    for row, stands_for in plain(part.connection).execute(_STUBS, (as_list(rows), part.shelf_id)):
        is_now[row] = part.key(stands_for)
    found = {
        Tie(source=part.key(source), target=part.key(target), place=place, weight=weight)
        for source, target, place, weight in plain(part.connection).execute(_NAMED, (as_list(rows),))
    }
    return found | {
        Tie(source=part.key(source), target=is_now[target], place=place, weight=weight)
        for source, target, place, weight in plain(part.connection).execute(_NAMING, (as_list(is_now),))
    }
