"""Choose which failed editions can still be sent without repeating what a later edition has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.news.article import ArticleId
from bot.news.delivery import Delivery, DeliveryState, EditionKey

SUPERSEDED: Final = "a later edition has its stories"
"""Why a failed part is skipped by a retry."""

_COUNTS_AS_TOLD: Final = frozenset(
    {DeliveryState.PLANNED, DeliveryState.SENDING, DeliveryState.UNKNOWN, DeliveryState.SENT}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedEdition:
    """An edition with parts that failed or whose outcome is unknown.

    Attributes:
        parts: All of its parts.
        articles: Every article of its stories; empty for the note of an empty week.
        told_since: The articles that later editions told.
    """

    key: EditionKey
    due_at: datetime
    parts: tuple[Delivery, ...]
    articles: frozenset[ArticleId]
    told_since: frozenset[ArticleId]

    @property
    def waiting(self) -> tuple[Delivery, ...]:
        """The parts that a retry can send."""
        return tuple(part for part in self.parts if part.state in {DeliveryState.FAILED, DeliveryState.UNKNOWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """The plan of a retry: editions to send again and editions to leave, each newest first.

    Attributes:
        sent: Editions whose waiting parts are sent again.
        superseded: Editions that would repeat a later one.
    """

    sent: tuple[FailedEdition, ...] = ()
    superseded: tuple[FailedEdition, ...] = ()


def choose_retries(failed: Iterable[FailedEdition]) -> Retries:
    """Sort failed editions into those to send again and those that a later edition supersedes.

    An edition with a part on its way or posted counts as told, so the editions after it did not repeat its stories, and
    the rest of it can be sent at any time. An edition that failed as a whole does not: its stories rolled over. Of
    several such editions the newest is sent, and an older one only if it shares no story with what is told by then.
    """
    sent: list[FailedEdition] = []
    superseded: list[FailedEdition] = []
    retold: set[ArticleId] = set()
    for edition in sorted(failed, key=lambda each: each.due_at, reverse=True):
        if _counts_as_told(edition) or not _is_superseded(edition, edition.told_since | retold):
            sent.append(edition)
            retold |= edition.articles
        else:
            superseded.append(edition)
    return Retries(sent=tuple(sent), superseded=tuple(superseded))


def _counts_as_told(edition: FailedEdition) -> bool:
    return any(part.state in _COUNTS_AS_TOLD for part in edition.parts)


def _is_superseded(edition: FailedEdition, told: frozenset[ArticleId]) -> bool:
    """True if it shares a story with `told`; the note of an empty week is superseded by any later story."""
    return bool(told & edition.articles) if edition.articles else bool(told)
