"""Candidates for an edition, stories that earlier editions used, and the editions themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.news.article import Article, ArticleId, ShelfId
from bot.news.delivery import Delivery, EditionKey, ScheduleId
from bot.news.edition import Basis, Candidate, Edition, Pick, ToldStory, Verdict, Window
from bot.news.schedules.desk import Desk
from bot.news.servers.log import LogEntry


class DigestStore(Protocol):
    """Reads for choosing an edition, and the one write that plans it."""

    @property
    def qualities(self) -> Mapping[str, int]:
        """The quality that the operator configured for articles whose seeds have none, by provider domain."""
        ...

    async def candidates(
        self,
        shelves: Sequence[ShelfId],
        *,
        as_of: datetime,
        published_after: datetime | None,
        limit: int = 5000,
    ) -> tuple[Candidate, ...]:
        """Read the articles first seen at or before `as_of`, with their changes up to it; newest first, then id.

        Hidden articles are included, for they get a reason too; stubs are not. An article's `published_at` must be
        after `published_after` by at least one of these changes (None for no bound). At most the `limit` newest.
        """
        ...

    async def coverage_of(
        self, shelves: Sequence[ShelfId], ids: Sequence[ArticleId], *, as_of: datetime
    ) -> tuple[Article, ...]:
        """Read the articles and stubs tied to `ids` by an explicit edge, by id; none of `ids`, none hidden.

        An article that one of `ids` names must have been published by `as_of`; an article that names one of `ids` must
        have been first seen by then.
        """
        ...

    async def taken_down(self, shelves: Sequence[ShelfId], ids: Sequence[ArticleId]) -> frozenset[ArticleId]:
        """Find those of `ids` on these shelves that are hidden or were deleted: no edition must show them."""
        ...

    async def told(self, schedule: ScheduleId, channel_id: int, *, before: datetime) -> tuple[ToldStory, ...]:
        """Read the stories in the schedule's editions with `due_at` before a moment, oldest first.

        The editions that other schedules, deleted ones too, had in the channel up to that moment are among them: its
        readers know them. An edition counts if at least one of its parts is PLANNED, SENDING, UNKNOWN or SENT (extra
        editions too), or if it was planned without a story (`skipped` is None or `Skipped.EMPTY`) and has no parts.
        Stories of a "best of" were told before, and don't count again.
        """
        ...

    async def told_picks(self, schedule: ScheduleId, channel_id: int, *, window: Window) -> tuple[Pick, ...]:
        """Read the picks of the stories in `told` from editions with `due_at` in a window, as they were planned.

        Of the schedule itself, an edition at the window's very end is not among them.
        """
        ...

    async def last_cutoff(self, schedule: ScheduleId, *, before: datetime) -> datetime | None:
        """Find the latest cutoff before a moment among editions that count as in `told`; None before the first."""
        ...

    async def told_editions(self, schedule: ScheduleId, channel_id: int) -> frozenset[tuple[ScheduleId, EditionKey]]:
        """Read the schedules and keys of the editions that count as in `told`, whenever they were due."""
        ...

    async def plan(
        self,
        edition: Edition,
        verdicts: Sequence[Verdict],
        deliveries: Sequence[Delivery],
        *,
        basis: Basis | None = None,
        desk: Desk | None = None,
        entry: LogEntry | None = None,
    ) -> Edition | None:
        """Store an edition, its reasons and its deliveries in one transaction, and return it with its number.

        None, and nothing is stored, if the schedule already has an edition of that key.

        Args:
            edition: The edition.
            verdicts: Its reasons.
            deliveries: Its parts.
            basis: What it was chosen from; None stores it whatever has changed since.
            desk: Its draft on the editors' desk; None for an edition without one.
            entry: Logged if it is stored with parts.

        Raises:
            ScheduleChangedError: the schedule is not the one of `basis` any more.
            PlanOutdatedError: other editions count as told than in `basis`, or a picked article was hidden or deleted.
            UnknownScheduleError: the schedule does not exist (any longer).
            ValueError: the deliveries are not the parts 1, 2, ... of this edition, PLANNED or SKIPPED.
        """
        ...

    async def take_over(self, edition: Edition, deliveries: Sequence[Delivery]) -> None:
        """Store an edition that was posted although this file doesn't know it, with the parts that were found.

        If the file has the part already, in whatever state, that becomes SENT; an edition of its key that was skipped
        is replaced. Doing it twice changes nothing.

        Args:
            edition: The edition, with the stories that its messages name.
            deliveries: Parts of it that are in their channel, each with its `message_id`.
        """
        ...

    async def find_edition(
        self, schedule: ScheduleId, number: int | None = None, *, drafts: bool = False
    ) -> Edition | None:
        """Find an edition with stories by number; for None the latest that counts as in `told`.

        An edition that is still a draft on the editors' desk is found only with `drafts`.

        Its picks hold the articles as planned.
        """
        ...

    async def find_edition_by_key(self, schedule: ScheduleId, key: EditionKey) -> Edition | None:
        """Find an edition by its key, also one that was skipped."""
        ...

    async def find_edition_by_delivery(self, delivery_key: str) -> Edition | None:
        """Find the edition that has a part with this nonce (`Draft.key`)."""
        ...

    async def editions(self, schedule: ScheduleId, *, limit: int) -> tuple[Edition, ...]:
        """Read the latest editions, skipped ones too, the latest due first."""
        ...

    async def edition_keys(self, schedule: ScheduleId) -> frozenset[EditionKey]:
        """Read the keys of all editions of a schedule, skipped ones too."""
        ...

    async def verdicts(self, schedule: ScheduleId, edition: EditionKey) -> tuple[Verdict, ...]:
        """Read the stored reasons of an edition, by article id."""
        ...
