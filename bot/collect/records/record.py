"""A record: what a seed file is to say, field by field, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from bot.collect.item import Item
from bot.news.article import Picture, Provider
from bot.seedfile.foreign.excerpt import clean_excerpt
from bot.seedfile.values import Value

MOST_RELATED: Final = 20
"""Other reports in a file: those of a story of hundreds are listed in the others' files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The content of one seed file.

    Attributes:
        fields: The values in the file's order.
        remarks: For some fields a comment: how a score came about.
    """

    fields: Mapping[str, Value]
    remarks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """An item with its provider and date, as a record and others' `related` lists show it."""

    item: Item
    provider: Provider
    published_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What an article is worth.

    Attributes:
        quality: With all adjustments.
        heat: Of the story that it leads; -1 where a better report leads.
        topics: The feed's, then those whose words match.
        related: The other reports of its story, the most similar first.
        quality_why: How the quality came about.
        heat_why: How the heat came about.
    """

    quality: int
    heat: int
    topics: tuple[str, ...] = ()
    related: Sequence[Report] = ()
    quality_why: str = ""
    heat_why: str = ""

    @property
    def is_led_by_another(self) -> bool:
        """True where a better report of its story exists."""
        return self.heat < 0


def record_of(report: Report, judgement: Judgement) -> Record:
    """Put the record of an article together."""
    fields: dict[str, Value] = {
        **_article(report),
        "quality": judgement.quality,
        "heat": judgement.heat,
    }
    if judgement.is_led_by_another:
        fields["published"] = False
    if judgement.topics:
        fields["topics"] = list(judgement.topics)
    if report.item.picture is not None:
        fields["images"] = [_picture(report.item.picture)]
    if judgement.related:
        fields["related"] = [_article(other) | _images(other) for other in judgement.related[:MOST_RELATED]]
    return Record(fields=fields, remarks={"quality": judgement.quality_why, "heat": judgement.heat_why})


def _article(report: Report) -> dict[str, Value]:
    """List the fields that an article and a related item have in common."""
    item = report.item
    fields: dict[str, Value] = {"title": item.title}
    excerpt = clean_excerpt(item.excerpt, title=item.title, provider=report.provider.name)
    if excerpt:
        fields["excerpt"] = excerpt
    moment = report.published_at.astimezone(UTC)
    fields |= {"publishedDateTime": f"{moment:%Y-%m-%dT%H:%M:%SZ}", "webUrl": item.url}
    fields |= dict(zip(("originalUrl", "ampWebUrl"), item.aliases, strict=False))
    fields["type"] = "video" if item.is_video else "article"
    fields["provider"] = {"name": report.provider.name, "domain": report.provider.domain}
    return fields


def _images(report: Report) -> dict[str, Value]:
    return {} if report.item.picture is None else {"images": [_picture(report.item.picture)]}


def _picture(picture: Picture) -> dict[str, Value]:
    fields: dict[str, Value] = {"url": picture.url}
    if picture.width is not None:
        fields["width"] = picture.width
    if picture.height is not None:
        fields["height"] = picture.height
    return fields
