"""Topics and providers with their number of articles.

Counting along an index is still the slowest read that a person waits for while typing; so a shelf's tallies are cached
until its `revision` changes, or until an article that is dated ahead comes due: before that it doesn't count.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bot.news.search import Tally
from bot.store.sqlite.archive.names import folded_label
from bot.store.sqlite.file.moments import as_micros, as_moment
from bot.store.sqlite.index.row_ids import PER_SECOND, first_row_id
from bot.store.sqlite.index.view import Part, View

_REVISION: Final = "SELECT revision FROM shelf WHERE shelf_id = ?"
_TOPICS: Final = """
    SELECT topic.folded AS key, topic.label,
        (SELECT count(*) FROM article_topic AS tagged
         WHERE tagged.topic_id = topic.topic_id AND tagged.row_id < ?2) AS count,
        (SELECT max(row_id) FROM article_topic AS tagged
         WHERE tagged.topic_id = topic.topic_id AND tagged.row_id < ?2) AS newest
    FROM topic WHERE topic.shelf_id = ?1
"""
_PROVIDERS: Final = """
    SELECT p.domain AS key, p.name AS label,
        (SELECT count(*) FROM article AS a INDEXED BY article_by_provider
         WHERE a.provider_id = p.provider_id AND a.is_stub = 0 AND a.is_hidden = 0 AND a.row_id < ?2) AS count,
        (SELECT max(a.row_id) FROM article AS a INDEXED BY article_by_provider
         WHERE a.provider_id = p.provider_id AND a.is_stub = 0 AND a.is_hidden = 0 AND a.row_id < ?2) AS newest
    FROM provider AS p WHERE p.shelf_id = ?1
"""
_WITH_DATES: Final = """
    SELECT tallied.key, tallied.label, tallied.count, a.published_at
    FROM ({tallied}) AS tallied CROSS JOIN article AS a ON a.row_id = tallied.newest
"""

_NEVER: Final = 2**63 - 1
_FIRST_AHEAD: Final = "SELECT min(row_id) FROM article WHERE row_id >= ?"

KEPT: Final = 64
"""Shelves whose tallies are cached: the instance's and those of the servers that asked last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """A shelf's tallies: they hold for its revision, from one row id that ends the counted ones to another."""

    revision: int
    end: int
    first_ahead: int
    tallies: tuple[Tally, ...]


class Tallies:
    """Cached tallies of one kind, recounted when a shelf has changed."""

    def __init__(self, tallied: str) -> None:
        self._sql = _WITH_DATES.format(tallied=tallied)
        self._kept: dict[str, _Kept] = {}

    def read(self, view: View, *, now: datetime) -> list[Tally]:
        """Read the tallies of a view at a moment, most articles first, then by key."""
        end = first_row_id(as_micros(now)) + PER_SECOND
        merged: dict[str, Tally] = {}
        for part in view.parts:
            for tally in self._of_part(part, end) if part.shelf_id is not None else ():
                known = merged.get(tally.key)
                merged[tally.key] = tally if known is None else _together(known, tally)
        return sorted(merged.values(), key=lambda tally: (-tally.count, tally.key))

    def _of_part(self, part: Part, end: int) -> tuple[Tally, ...]:
        revision = part.connection.execute(_REVISION, (part.shelf_id,)).fetchone()[0]
        known = self._kept.pop(part.file, None)
        if known is None or known.revision != revision or not known.end <= end <= known.first_ahead:
            known = _Kept(
                revision=revision,
                end=end,
                first_ahead=part.connection.execute(_FIRST_AHEAD, (end,)).fetchone()[0] or _NEVER,
                tallies=tuple(_as_tally(row) for row in part.connection.execute(self._sql, (part.shelf_id, end))),
            )
        self._kept[part.file] = known
        while len(self._kept) > KEPT:
            self._kept.pop(next(iter(self._kept)), None)
        return known.tallies


def topic_tallies() -> Tallies:
    """Build a cache of topics' tallies."""
    return Tallies(_TOPICS)


def provider_tallies() -> Tallies:
    """Build a cache of providers' tallies."""
    return Tallies(_PROVIDERS)


def holding(tallies: Iterable[Tally], contains: str) -> list[Tally]:
    """Select tallies whose key or label contains a text, ignoring case and diacritics."""
    wanted = folded_label(contains)
    return [tally for tally in tallies if wanted in tally.key or wanted in folded_label(tally.label)]


def _as_tally(row: sqlite3.Row) -> Tally:
    return Tally(key=row["key"], label=row["label"], count=row["count"], newest_at=as_moment(row["published_at"]))


def _together(first: Tally, other: Tally) -> Tally:
    return replace(first, count=first.count + other.count, newest_at=max(first.newest_at, other.newest_at))
