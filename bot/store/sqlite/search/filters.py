"""Filters of lists and searches: shelf, topic, provider, date, quality."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.news.search import SearchQuery
from bot.store.sqlite.archive.names import folded_label
from bot.store.sqlite.archive.rows import SHOWN
from bot.store.sqlite.file.moments import as_micros
from bot.store.sqlite.file.sql import as_list
from bot.store.sqlite.index.row_ids import first_row_id
from bot.store.sqlite.index.view import Part, View
from bot.text.words import fold, words_of

FULL: Final = f"a.is_stub = 0 AND {SHOWN}"
"""Condition for visible full articles, in the wording of the partial indexes."""

_TOPICS: Final = """
    SELECT topic_id FROM topic WHERE shelf_id = ?1
    AND folded IN (SELECT value FROM json_each(?2)) ORDER BY topic_id
"""
_PROVIDERS: Final = "SELECT provider_id, domain, name FROM provider WHERE shelf_id = ?"

_OF_TOPICS: Final = """EXISTS (
    SELECT 1 FROM json_each(:topics) AS wanted CROSS JOIN article_topic AS tagged
    ON tagged.topic_id = wanted.value AND tagged.row_id = a.row_id)"""
_OF_PROVIDERS: Final = "a.provider_id IN (SELECT value FROM json_each(:providers))"

_SPILL: Final = timedelta(days=1)
"""How far the row id of one of thousands of articles of the same second may be behind its date, with a margin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartFilters:
    """What the conditions of a list mean in one file, in its inner ids.

    Attributes:
        part: The file.
        topics: Inner ids; None for every topic.
        providers: Inner ids; None for every provider.
        values: Parameters of the conditions; also `first_row` and `last_row`, the span of row ids that the dates allow.
    """

    part: Part
    topics: Sequence[int] | None
    providers: Sequence[int] | None
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Conditions of a list.

    Attributes:
        parts: What they mean in each file.
        has_dates: True if the dates exclude some articles.
        are_narrow: True if few of the visible articles may match.
        sql: Conditions for `article AS a`, joined by AND.
    """

    parts: Sequence[PartFilters]
    has_dates: bool
    are_narrow: bool
    sql: str


def read_filters(view: View, query: SearchQuery, *, now: datetime) -> Filters:
    """Build the filters of a query; an article that is dated ahead of `now` isn't found before its moment."""
    topics = [_topic_ids(part, query.topics) if query.topics else None for part in view.parts]
    providers = _provider_ids(view, query.providers) if query.providers else [None] * len(view.parts)
    conditions: list[tuple[str, str, object]] = [
        (_OF_TOPICS, "topics", query.topics or None),
        (_OF_PROVIDERS, "providers", query.providers or None),
        ("a.published_at >= :after", "after", as_micros(query.after)),
        ("a.published_at < :before", "before", as_micros(query.before)),
        ("a.quality >= :low", "low", query.min_quality),
        ("a.quality <= :high", "high", query.max_quality),
    ]
    wanted = [each for each in conditions if each[2] is not None]
    values = {"now": as_micros(now)} | {name: value for _, name, value in wanted} | _row_span(query)
    return Filters(
        parts=[
            PartFilters(
                part=part,
                topics=of_topics,
                providers=of_providers,
                values=values
                | {
                    "shelf": part.shelf_id,
                    "topics": as_list(of_topics or ()),
                    "providers": as_list(of_providers or ()),
                },
            )
            for part, of_topics, of_providers in zip(view.parts, topics, providers, strict=True)
        ],
        has_dates=query.before is not None
        or (query.after is not None and _row_span(query)["first_row"] > min(map(_oldest, view.parts))),
        are_narrow=bool(wanted),
        sql=" AND ".join([FULL, "a.published_at <= :now", "a.shelf_id = :shelf", *(sql for sql, _, _ in wanted)]),
    )


def _oldest(part: Part) -> int:
    oldest: int | None = part.connection.execute("SELECT min(row_id) FROM article").fetchone()[0]
    return 0 if oldest is None else oldest


def _row_span(query: SearchQuery) -> dict[str, int]:
    lowest, highest = -(2**62), 2**62
    if query.after is not None:
        lowest = first_row_id(as_micros(query.after))
    if query.before is not None:
        highest = first_row_id(as_micros(query.before) + _SPILL // timedelta(microseconds=1))
    return {"first_row": lowest, "last_row": highest}


def _topic_ids(part: Part, topics: Sequence[str]) -> list[int]:
    rows = part.connection.execute(_TOPICS, (part.shelf_id, as_list(map(folded_label, topics))))
    return [row[0] for row in rows]


def _provider_ids(view: View, wanted: Sequence[str]) -> list[list[int]]:
    """Find each file's providers by domain or name; if none matches, those whose name has all of the words."""
    names = [
        [
            (row["provider_id"], row["domain"], fold(row["name"]))
            for row in part.connection.execute(_PROVIDERS, (part.shelf_id,))
        ]
        for part in view.parts
    ]
    asked = [fold(each) for each in wanted]
    exact = [[key for key, domain, name in of_part if domain in asked or name in asked] for of_part in names]
    if any(exact):
        return exact
    parts = [words for each in asked if (words := set(words_of(each)))]
    return [
        [key for key, _, name in of_part if any(words <= set(words_of(name)) for words in parts)] for of_part in names
    ]
