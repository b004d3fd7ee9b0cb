"""Drafts on the editors' desk: what was decided, who did what, and which messages show it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.news.delivery import Delivery, EditionKey, ScheduleId
from bot.news.edition import Edition
from bot.news.schedules.desk import Desk, DeskAct, DeskMessage


class DeskStore(Protocol):
    """Drafts; `DigestStore.plan` stores a new one with its edition."""

    async def find_desk(self, schedule: ScheduleId, edition: EditionKey) -> Desk | None:
        """Find the draft of an edition, also one that was posted or skipped since; None if it never was on a desk."""
        ...

    async def desks(self, *, guild_id: int | None = None) -> tuple[Desk, ...]:
        """Read the drafts that aren't closed, the earliest due first; every server's for None."""
        ...

    async def drafts(self, schedule: ScheduleId) -> tuple[Desk, ...]:
        """Read a schedule's drafts that can still be changed (`is_on_desk`), the earliest due first."""
        ...

    async def change(self, desk: Desk, act: DeskAct, edition: Edition, parts: Sequence[Delivery]) -> Desk:
        """Replace a draft in one transaction: its picks, its parts, its state, and the act that is recorded.

        Picks that it loses get the reason DROPPED (HIDDEN for `Deed.REDRAW`), those that it gains PICKED. If there are
        no `parts`, the planned ones become SKIPPED instead, with `act.detail` as the reason, and the picks stay.

        Args:
            desk: As it is to be; its `revision` is one more than the stored one.
            act: What was done.
            edition: With the picks that it has now.
            parts: All of its parts, PLANNED, those that were drawn again with a higher revision; or none.

        Raises:
            DraftChangedError: the stored revision is another one, or the edition can't be changed any more.
        """
        ...

    async def acts(self, schedule: ScheduleId, edition: EditionKey) -> tuple[DeskAct, ...]:
        """Read what was done to a draft, the oldest act first."""
        ...

    async def count_acts(self, member_id: int) -> int:
        """Count the acts that are recorded with this member's id."""
        ...

    async def forget_editor(self, member_id: int) -> int:
        """Drop a member's id from the acts, which stay, and return from how many."""
        ...

    async def note_came_in(self, desk: Desk, count: int) -> None:
        """Record the number of stories that came in since an edition was drafted."""
        ...

    async def postpone(self, desk: Desk, parts: Sequence[Delivery]) -> bool:
        """Set from when on a draft's planned parts may be claimed (their `not_before`); False if it was changed."""
        ...

    async def messages(self, schedule: ScheduleId, edition: EditionKey) -> tuple[DeskMessage, ...]:
        """Read the messages of a desk, by number."""
        ...

    async def save_message(self, desk: Desk, message: DeskMessage) -> None:
        """Insert or replace a message of a desk; durable by the time it returns. Nothing if the desk was deleted."""
        ...

    async def close(self, desk: Desk) -> None:
        """Record that nothing is left to show of a draft."""
        ...
