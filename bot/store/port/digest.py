"""Candidates of an edition, what was told, and the editions themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.news.article import Article, ArticleId, ShelfId
from bot.news.delivery import Delivery, EditionKey, ScheduleId
from bot.news.edition import Candidate, Edition, ToldStory, Verdict


class DigestStore(Protocol):
    """Reads for choosing, and the one write that plans."""

    async def candidates(
        self,
        shelves: Sequence[ShelfId],
        *,
        as_of: datetime,
        published_after: datetime | None,
        limit: int = 5000,
    ) -> tuple[Candidate, ...]:
        """Seeds first seen at or before `as_of`, with their changes up to it; newest first, then id.

        No stubs; hidden ones too, they get their reason. Those whose `published_at` is after `published_after` by any
        of these changes; all of them for None. The `limit` newest.
        """
        ...

    async def coverage_of(
        self, shelves: Sequence[ShelfId], ids: Sequence[ArticleId], *, as_of: datetime
    ) -> tuple[Article, ...]:
        """Articles and stubs tied to `ids` by an explicit edge and not in `ids`, hidden ones not, by id.

        What one of `ids` names is known at `as_of` where it was published by then; what names one of `ids`, where it
        was first seen by then.
        """
        ...

    async def taken_down(self, ids: Sequence[ArticleId]) -> frozenset[ArticleId]:
        """Those of `ids` that are hidden or were deleted: a stored edition must not show them any more."""
        ...

    async def told(self, schedule: ScheduleId, *, before: datetime) -> tuple[ToldStory, ...]:
        """Stories that the schedule's editions with `due_at` before a moment told, oldest first.

        An edition counts when at least one of its parts is PLANNED, SENDING, UNKNOWN or SENT, extra ones too; or when
        it was planned without a story (not `skipped`, or `Skipped.EMPTY`) and has no parts.
        """
        ...

    async def last_cutoff(self, schedule: ScheduleId, *, before: datetime) -> datetime | None:
        """The newest cutoff before a moment among editions that count as in `told`; None before the first."""
        ...

    async def plan(
        self, edition: Edition, verdicts: Sequence[Verdict], deliveries: Sequence[Delivery]
    ) -> Edition | None:
        """Store an edition, its reasons and its deliveries in one transaction, and answer it with its number.

        None, and nothing is stored, where the schedule already has an edition of that key.

        Raises:
            UnknownScheduleError: the schedule is not there, or was deleted meanwhile.
            ValueError: the deliveries are not the parts 1, 2, ... of this edition, PLANNED or SKIPPED.
        """
        ...

    async def find_edition(self, schedule: ScheduleId, number: int | None = None) -> Edition | None:
        """An edition with stories, by number; the newest for None. Its picks hold the articles as they were planned."""
        ...

    async def find_edition_by_delivery(self, delivery_key: str) -> Edition | None:
        """The edition whose part carries this nonce (`Draft.key`)."""
        ...

    async def edition_keys(self, schedule: ScheduleId) -> frozenset[EditionKey]:
        """Every key that the schedule has an edition for, skipped ones too."""
        ...

    async def verdicts(self, schedule: ScheduleId, edition: EditionKey) -> tuple[Verdict, ...]:
        """The stored reasons of an edition, by article id."""
        ...
