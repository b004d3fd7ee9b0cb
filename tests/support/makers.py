"""Factories of valid values; a test gives only the fields that it is about."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import TypedDict, Unpack

from bot.news.article import (
    INSTANCE_SHELF,
    Article,
    ArticleId,
    Kind,
    Picture,
    Provider,
    Seed,
    ShelfId,
    article_id,
    stub_id,
)
from bot.news.delivery import Delivery, DeliveryKey, DeliveryState, EditionKey, ScheduleId
from bot.news.edition import Edition, Pick, Skipped, Window
from bot.news.message.draft import Draft, Paragraph, Text
from bot.news.schedules.breaking import Breaking
from bot.news.schedules.posting import Posting, TopicRole
from bot.news.schedules.rhythm import Rhythm
from bot.news.schedules.schedule import DeskDefault, EmptyPolicy, Rule, Schedule, ScheduleState, StopReason, Weekday
from bot.news.stories.story import Story

SOME_DAY = datetime(2021, 5, 7, 14, 19, tzinfo=UTC)
"""A Friday: the default publication date of articles."""

HERALD = Provider(domain="bostonherald.com", name="Boston Herald")
WBUR = Provider(domain="wbur.org", name="WBUR")


class ArticleFields(TypedDict, total=False):
    """The fields that `make_article` takes besides the stem: those of `Article`."""

    id: ArticleId
    shelf: ShelfId
    title: str
    published_at: datetime
    provider: Provider
    url: str
    excerpt: str
    aliases: tuple[str, ...]
    kind: Kind
    category: str
    quality: int | None
    heat: int | None
    listed: bool | None
    topics: tuple[str, ...]
    pictures: tuple[Picture, ...]
    is_hidden: bool
    first_seen_at: datetime | None


def make_article(stem: str = "a", **fields: Unpack[ArticleFields]) -> Article:
    """Create a listed article of quality 80; the id depends on shelf and stem, the URL on provider and stem."""
    shelf = fields.get("shelf", INSTANCE_SHELF)
    provider = fields.get("provider", HERALD)
    base: ArticleFields = {
        "id": article_id(shelf, stem),
        "shelf": shelf,
        "title": f"Title of {stem}",
        "published_at": SOME_DAY,
        "provider": provider,
        "url": f"https://{provider.domain}/{stem}",
        "quality": 80,
        "listed": True,
    }
    return Article(stem=stem, **(base | fields))


def make_stub(name: str = "s", **fields: Unpack[ArticleFields]) -> Article:
    """Create an article known only from another's `related:` list; the id depends on shelf and URL."""
    shelf = fields.get("shelf", INSTANCE_SHELF)
    provider = fields.get("provider", WBUR)
    url = fields.get("url", f"https://{provider.domain}/{name}")
    base: ArticleFields = {
        "id": stub_id(shelf, url),
        "shelf": shelf,
        "title": f"Title of {name}",
        "published_at": SOME_DAY,
        "provider": provider,
        "url": url,
        "quality": 40,
    }
    return Article(is_stub=True, **(base | fields))


def make_seed(stem: str = "a", *, coverage: Sequence[Article] = (), **fields: Unpack[ArticleFields]) -> Seed:
    """Create a seed of `make_article(stem, ...)`; its content hash depends on every field."""
    return seed_of(make_article(stem, **fields), *coverage)


def seed_of(article: Article, *coverage: Article) -> Seed:
    """Create the seed of exactly this article with this coverage."""
    said = repr((article, coverage)).encode()
    return Seed(article=article, coverage=coverage, content_hash=hashlib.sha256(said).hexdigest())


class ScheduleFields(TypedDict, total=False):
    """The fields that `make_schedule` takes: those of `Schedule`."""

    id: ScheduleId
    guild_id: int
    channel_id: int
    name: str
    days: tuple[Weekday, ...]
    at: time
    rhythm: Rhythm
    timezone: str
    count: int
    rule: Rule
    breaking: Breaking
    min_score: int | None
    topics: tuple[str, ...]
    providers: tuple[str, ...]
    muted_topics: tuple[str, ...]
    muted_providers: tuple[str, ...]
    provider_cap: int
    max_age: timedelta | None
    max_lateness: timedelta
    empty_policy: EmptyPolicy
    sections: bool
    also: int
    publish: bool
    mention_role: int | None
    topic_roles: tuple[TopicRole, ...]
    silent: bool
    thread: bool
    tags: tuple[str, ...]
    notice_channel_id: int | None
    desk_channel_id: int | None
    lead_time: timedelta
    desk_default: DeskDefault
    saved_by: int
    state: ScheduleState
    state_reason: StopReason
    created_at: datetime
    left_out: EditionKey | None


def make_schedule(**fields: Unpack[ScheduleFields]) -> Schedule:
    """Create an active weekly digest of one server, Mondays at 09:00 UTC."""
    base: ScheduleFields = {
        "id": ScheduleId(11),
        "guild_id": 1,
        "channel_id": 100,
        "name": "Weekly",
        "days": (Weekday.MONDAY,),
        "at": time(9, 0),
        "timezone": "UTC",
        "saved_by": 7,
        "created_at": SOME_DAY,
    }
    return Schedule(**(base | fields))


def make_draft(text: str = "Hello", *, key: str = "") -> Draft:
    """Create a message of one paragraph."""
    return Draft(blocks=(Paragraph(runs=(Text(text=text),)),), key=key)


def make_pick(article: Article, *others: Article, is_update: bool = False) -> Pick:
    """Create a pick of the story with the lead `article` and further articles."""
    members = tuple(sorted((article, *others), key=lambda each: (each.published_at, each.id)))
    return Pick(article=article, story=Story(lead=article, articles=members), is_update=is_update)


class EditionFields(TypedDict, total=False):
    """The fields that `make_edition` takes: those of `Edition`."""

    schedule_id: ScheduleId
    key: EditionKey
    number: int | None
    due_at: datetime
    planned_at: datetime
    window: Window
    picks: tuple[Pick, ...]
    is_first: bool
    is_archive: bool
    is_late: bool
    is_extra: bool
    is_best_of: bool
    skipped: Skipped | None


def make_edition(**fields: Unpack[EditionFields]) -> Edition:
    """Create an edition of `make_schedule()`, due on 10 May 2021, with one picked article."""
    due_at = fields.get("due_at", datetime(2021, 5, 10, 9, tzinfo=UTC))
    base: EditionFields = {
        "schedule_id": ScheduleId(11),
        "key": EditionKey(due_at.date().isoformat()),
        "due_at": due_at,
        "planned_at": due_at,
        "window": Window(start=due_at - timedelta(days=7), end=due_at),
        "picks": (make_pick(make_article()),),
    }
    return Edition(**(base | fields))


class DeliveryFields(TypedDict, total=False):
    """The fields that `make_delivery` takes besides the parts of its key: those of `Delivery`."""

    guild_id: int
    state: DeliveryState
    draft: Draft
    revision: int
    attempt: int
    was_sending: bool
    due_at: datetime
    planned_at: datetime
    claimed_at: datetime | None
    lease_until: datetime | None
    first_attempt_at: datetime | None
    not_before: datetime | None
    tries: int
    message_id: int | None
    reason: str
    title: str
    mention_role: int | None
    publish: bool
    posting: Posting


def make_delivery(edition: Edition | None = None, *, part: int = 1, **fields: Unpack[DeliveryFields]) -> Delivery:
    """Create a planned part of `edition` (default `make_edition()`) for channel 100."""
    edition = edition or make_edition()
    key = DeliveryKey(channel_id=100, schedule_id=edition.schedule_id, edition=edition.key, part=part)
    base: DeliveryFields = {
        "guild_id": 1,
        "state": DeliveryState.PLANNED,
        "draft": make_draft(f"Part {part}"),
        "due_at": edition.due_at,
        "planned_at": edition.planned_at,
    }
    return Delivery(key=key, **(base | fields))
