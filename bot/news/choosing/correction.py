"""Corrections of posted messages: which stories a message is to show since their articles changed, and its edits.

A message keeps its stories: none is added, and none gets another place. One whose article was taken down leaves it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.news.article import Article, ArticleId, ShelfId
from bot.news.delivery import DeliveryKey
from bot.news.edition import Edition, Pick
from bot.news.message.draft import Draft
from bot.news.schedules.schedule import Schedule
from bot.text.pages import page_key

MOST_EDITS: Final = 3
"""Edits of one message: a reader who saw it once must not find another text each time."""

BETWEEN_EDITS: Final = timedelta(hours=1)
"""From one edit of a message to the next. What changes meanwhile is in one edit."""

CORRECTED_FOR: Final = timedelta(days=14)
"""Messages are corrected this long after they were posted: of a weekly digest the last edition and the one before.
Readers have scrolled past older ones, and Discord limits edits of old messages."""

MOST_EDITED: Final = "it was corrected three times already"
GONE: Final = "it was deleted in the channel"


class CorrectionState(StrEnum):
    """What became of a message's last correction."""

    DUE = "due"
    SENDING = "sending"
    DONE = "done"
    GIVEN_UP = "given up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What readers are told of an article, as far as its change is a correction.

    Attributes:
        page: Its link, without what leads to the same page.
        alt: The alt text of its picture.
    """

    title: str
    page: str
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownArticle:
    """An article as some posted messages show it."""

    article_id: ArticleId
    shelf: ShelfId
    facts: Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """A posted message whose edition has articles that were looked for.

    Attributes:
        article_ids: Those articles.
        is_active: True if the schedule is active.
    """

    key: DeliveryKey
    guild_id: int
    article_ids: frozenset[ArticleId]
    is_active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a posted message is to show since its articles changed.

    Attributes:
        revision: One more each time that `draft` is drawn; 1 for the first.
        draft: The message as it is to be.
        picks: Its stories.
        shown: The stories that the channel is known to show; None if it shows the message as it was posted.
        withdraws: True if stories only leave the message.
        edits: The edits that may have arrived.
        is_unsettled: True if one of them isn't known to have arrived.
        corrected_at: When the last one arrived, in Discord's time; None before the first.
        reason: Why it was given up, or why the last attempt failed.
    """

    key: DeliveryKey
    state: CorrectionState = CorrectionState.DUE
    revision: int = 1
    draft: Draft
    picks: tuple[Pick, ...]
    shown: tuple[Pick, ...] | None = None
    withdraws: bool
    edits: int = 0
    is_unsettled: bool = False
    corrected_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BegunEdit:
    """An edit that was begun.

    Attributes:
        revision: Of the correction.
        before: The revision that may have arrived before; 0 for none.
        reason: Why the attempt before failed; empty for a first one.
    """

    key: DeliveryKey
    draft: Draft
    revision: int
    before: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedMessage:
    """A message of an edition as it was posted, with all that it is drawn from.

    Attributes:
        edition: With the stories that the edition's other messages have now, and those of this one as posted.
        schedule: As it is now, or was when it was deleted.
        picks: The message's stories, from top to bottom.
        number: The message's number within its edition.
        drawn_at: When it was drawn.
        left_out: The edition's stories that had no room.
    """

    edition: Edition
    schedule: Schedule
    draft: Draft
    picks: tuple[Pick, ...]
    number: int
    drawn_at: datetime
    left_out: int


def facts_of(title: str, url: str, alt: str) -> Facts:
    """Build the facts of an article; `alt` is that of its first picture."""
    return Facts(title=title, page=page_key(url), alt=alt)


def facts_now(article: Article) -> Facts:
    """Build an article's facts."""
    return facts_of(article.title, article.url, article.pictures[0].alt if article.pictures else "")


def corrected(
    picks: Iterable[Pick], articles: Mapping[ArticleId, Article], gone: frozenset[ArticleId], *, only_withdrawn: bool
) -> tuple[Pick, ...]:
    """Return a message's stories as they are now.

    Args:
        picks: As the message shows them.
        articles: Their articles as they are now; those that aren't in it are as they were.
        gone: The articles that were taken down. A story goes with its article, also if others report it.
        only_withdrawn: Leave the other stories as they are.
    """
    left = [pick for pick in picks if pick.article.id not in gone]
    if only_withdrawn:
        return tuple(left)
    return tuple(_as_now(pick, articles.get(pick.article.id, pick.article)) for pick in left)


def _as_now(pick: Pick, article: Article) -> Pick:
    """Take over what a corrected article says; an editor's headline and note, and its place, stay."""
    was = pick.article
    if facts_now(was) == facts_now(article):
        return pick
    said = replace(was, title=article.title, url=article.url, excerpt=article.excerpt, pictures=article.pictures)
    return replace(pick, article=said)


def withdrawn(posted: Sequence[Pick], now: Sequence[Pick]) -> int:
    """Count the stories that a message has lost since it was posted."""
    return len(posted) - len(now)
