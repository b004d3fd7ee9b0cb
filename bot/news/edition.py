"""Editions, candidates and verdicts: the values of choosing an edition.

The rules are in `news/choosing`.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.news.article import Article, ArticleId
from bot.news.delivery import EditionKey, ScheduleId
from bot.news.schedules.schedule import Schedule
from bot.news.stories.story import Story
from bot.news.stories.story_ids import StoryId

LATE_AFTER: Final = timedelta(minutes=5)
"""A message sent longer than this after its edition was due says that it is late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An article's scores, flag and date from `seen_at` on, until the next change."""

    seen_at: datetime
    quality: int | None
    heat: int | None
    listed: bool | None
    published_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An article that a schedule may pick, with its history.

    Attributes:
        article: The current title, URL, provider, topics and hidden flag; scores, flag and date come from `changes`.
        changes: Oldest first, at least one; the first one's `seen_at` is the time of the first import.
    """

    article: Article
    changes: tuple[Change, ...]


class Reason(StrEnum):
    """Why a candidate is in an edition or not: the first that applies, in this order."""

    UNUSABLE = "unusable"
    HIDDEN = "hidden"
    MUTED = "muted"
    OUTSIDE_WINDOW = "outside_window"
    LED_UPSTREAM = "led_upstream"
    UNLISTED = "unlisted"
    OFF_TOPIC = "off_topic"
    BELOW_BAR = "below_bar"
    ALREADY_TOLD = "already_told"
    LED_IN_STORY = "led_in_story"
    PROVIDER_CAP = "provider_cap"
    OVER_COUNT = "over_count"
    DROPPED = "dropped"
    PICKED = "picked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The reason for one candidate; `detail` gives its numbers ("score 64, the bar is 70")."""

    article_id: ArticleId
    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Half-open `(start, end]`, UTC. `end` is the cutoff; `start` is None for a first edition (all of the past)."""

    start: datetime | None
    end: datetime

    def __contains__(self, at: datetime) -> bool:
        return (self.start is None or self.start < at) and at <= self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """An article picked for an edition.

    Attributes:
        story: The story that the pick represents; `story.lead` is another article if the lead is not eligible.
        is_update: True if the story was in an earlier edition and has new reports.
        is_brief: True if it has one line behind the edition's other stories.
        is_carried: True if it had no place in the last edition and fills an empty one of this edition.
        note: An editor's note above the story; empty for none.
        note_by: The editor's name, if they signed it.
        suggested_by: The member who suggested the article, if they wanted to be named.
        headline: An editor's title, shown instead of the article's; empty for the article's own.
        why: One sentence for *why* and the log.
        story_id: The story's id; None in editions from before stories had one.
    """

    article: Article
    story: Story
    is_update: bool = False
    why: str = ""
    story_id: StoryId | None = None
    is_carried: bool = False
    is_brief: bool = False
    note: str = ""
    note_by: str = ""
    headline: str = ""
    suggested_by: str = ""

    @property
    def shown(self) -> Article:
        """The article as it is shown: with the editor's title, if there is one."""
        return replace(self.article, title=self.headline) if self.headline else self.article


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldStory:
    """A story in an earlier edition of the schedule or of its channel.

    Attributes:
        article_ids: All of the story's articles at that time.
        providers: Their domains.
        score: The pick's own score at that time, without its outlets.
        story_id: As `Pick.story_id`.
        pick_urls: All URLs of the pick.
        urls: All URLs of the story's other articles.
        title, excerpt: Of the pick.
    """

    pick_id: ArticleId
    article_ids: frozenset[ArticleId]
    providers: frozenset[str]
    score: int
    story_id: StoryId | None = None
    pick_urls: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    title: str = ""
    excerpt: str = ""


def told_story(pick: Pick) -> ToldStory:
    """Build what is remembered of a pick once its edition is on its way."""
    own = (pick.article.url, *pick.article.aliases)
    members = (*pick.story.articles, pick.article)
    return ToldStory(
        pick_id=pick.article.id,
        article_ids=frozenset(article.id for article in members),
        providers=frozenset(article.provider.domain for article in members),
        score=pick.article.score,
        story_id=pick.story_id,
        pick_urls=own,
        urls=tuple(sorted({url for each in members for url in (each.url, *each.aliases)}.difference(own))),
        title=pick.article.title,
        excerpt=pick.article.excerpt,
    )


def picks_key(picks: Sequence[Pick]) -> str:
    """Compute a short key of what an edition's readers see of its stories: 12 base32 characters."""
    seen = [
        (each.article.id, each.article.title, each.article.url, each.is_update, each.is_carried, each.is_brief)
        for each in picks
    ]
    return base64.b32encode(hashlib.sha256(repr(seen).encode(errors="replace")).digest())[:12].decode().lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The result of choosing: picks in order, and one verdict for every candidate, by article id.

    Attributes:
        left_out: The number of picks that were taken back because the edition's messages have no room for them.
    """

    window: Window
    picks: tuple[Pick, ...]
    verdicts: tuple[Verdict, ...]
    is_first: bool = False
    is_archive: bool = False
    left_out: int = 0


class Skipped(StrEnum):
    """Why an edition was planned without a message.

    LATE came more than the schedule's `max_lateness` after it was due: it moves nothing, the next edition catches up.
    EMPTY found no new story: it moves the cutoff.
    BEFORE_FIRST found no story to begin with: it moves nothing, so the schedule's first edition is still taken from the
    archive once there is one.
    """

    LATE = "late"
    EMPTY = "empty"
    BEFORE_FIRST = "before the first"


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What the planning of an edition rests on; if any of it changes before the edition is stored, it is planned again.

    Attributes:
        schedule: As it was read.
        told: The schedules and keys of the editions whose stories count as told to the channel's readers.
    """

    schedule: Schedule
    told: frozenset[tuple[ScheduleId, EditionKey]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One number of a schedule; once planned, it only loses stories that are taken down before they are posted.

    Attributes:
        number: 1 for a schedule's first with stories, then one more each; None until it is stored, for a skipped one
            and for one without stories.
        key: The local date on which it was due, or the interaction's for an extra one.
        due_at: The cutoff; for an extra edition the press. One that was drafted for the desk has its cutoff, the end of
            its window, when it was drafted.
        is_first: "From the archive": nothing was planned before it.
        is_best_of: Chosen from what was posted before: its stories don't count as told again.
        is_late: Planned, or drawn again, more than `LATE_AFTER` after it was due.
        skipped: Why nothing is sent; None for an edition with a message, or planned before empty ones were marked.
    """

    schedule_id: ScheduleId
    key: EditionKey
    number: int | None = None
    due_at: datetime
    planned_at: datetime
    window: Window
    picks: tuple[Pick, ...]
    is_first: bool = False
    is_archive: bool = False
    is_late: bool = False
    is_extra: bool = False
    is_best_of: bool = False
    skipped: Skipped | None = None
