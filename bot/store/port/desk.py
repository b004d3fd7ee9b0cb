"""The editors' desk: drafts and suggestions, what was decided, who did what, and which messages show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.news.article import ArticleId
from bot.news.delivery import Delivery, EditionKey, ScheduleId
from bot.news.edition import Edition
from bot.news.schedules.desk import Desk, DeskAct, DeskMessage, OnDesk
from bot.news.servers.log import LogEntry
from bot.news.servers.suggestion import Suggestion, SuggestionId, SuggestionState


class DeskMessages(Protocol):
    """What is shown in editors' channels, and what is known of its messages."""

    async def desks(self, *, guild_id: int | None = None) -> tuple[Desk, ...]:
        """Read the desks that aren't closed, the earliest due first; every server's for None."""
        ...

    async def messages(self, schedule: ScheduleId, edition: EditionKey) -> tuple[DeskMessage, ...]:
        """Read the messages of a desk, by number."""
        ...

    async def save_message(self, desk: Desk, message: DeskMessage) -> None:
        """Insert or replace a message of a desk; durable by the time it returns. Nothing if the desk was deleted."""
        ...

    async def close(self, desk: Desk) -> None:
        """Record that nothing is left to show of a desk."""
        ...


class DeskStore(DeskMessages, Protocol):
    """Drafts; `DigestStore.plan` stores a new one with its edition."""

    async def find_draft(self, schedule: ScheduleId, edition: EditionKey) -> OnDesk | None:
        """Find the draft of an edition with all that belongs to it, as they are at one moment.

        Also one that was posted or skipped since; None if it never was on a desk.
        """
        ...

    async def drafts(self, schedule: ScheduleId) -> tuple[Desk, ...]:
        """Read a schedule's drafts that can still be changed (`is_on_desk`), the earliest due first."""
        ...

    async def change(self, desk: Desk, act: DeskAct, edition: Edition, parts: Sequence[Delivery]) -> OnDesk:
        """Replace a draft in one transaction: its picks, its parts, its state, and the act that is recorded.

        Picks that it loses get the reason DROPPED (HIDDEN for `Deed.REDRAW`), those that it gains PICKED. If there are
        no `parts`, the planned ones become SKIPPED instead, with `act.detail` as the reason, and the picks stay.

        Args:
            desk: As it is to be; its `revision` is one more than the stored one.
            act: What was done.
            edition: With the picks that it has now.
            parts: All of its parts, PLANNED, those that were drawn again with a higher revision; or none.

        Returns:
            The draft as it is right after the act.

        Raises:
            DraftChangedError: the stored revision is another one, or the edition can't be changed any more.
        """
        ...

    async def skip_next(self, schedule: ScheduleId, act: DeskAct, *, after: datetime) -> OnDesk | None:
        """Skip the draft that is due first after a moment, as it is now, in one transaction.

        Its planned parts become SKIPPED with `act.detail` as the reason. Returns the draft as it is right after the
        act; None if no draft that can still be changed is due after that moment.
        """
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


class SuggestionStore(DeskMessages, Protocol):
    """Suggestions of members; each is a desk with one message."""

    async def add_suggestion(self, suggestion: Suggestion, *, since: datetime, limit: int) -> Suggestion:
        """Store a new suggestion, and return it with its id.

        Args:
            suggestion: Not stored yet.
            since: The start of the time in which a member's suggestions are counted.
            limit: How many of them one member may make in that time in one server.

        Raises:
            BadInputError: the server has a suggestion of the same page already.
            TooManyError: the member made that many.
        """
        ...

    async def find_suggestion(self, guild_id: int, suggestion: SuggestionId) -> Suggestion | None:
        """Find a suggestion of a server."""
        ...

    async def begin_taking(self, suggestion: SuggestionId, *, at: datetime) -> bool:
        """Let one editor take a suggestion that waits; False if it doesn't.

        After `TAKING_LASTS` it can be begun again, since its editor's process has ended meanwhile.
        """
        ...

    async def decide(
        self,
        suggestion: SuggestionId,
        state: SuggestionState,
        *,
        was: SuggestionState,
        article: ArticleId | None = None,
        entry: LogEntry | None = None,
    ) -> bool:
        """Change the state of a suggestion that has the state `was`, with an entry of the log; False if it hasn't."""
        ...

    async def give_credit(self, suggestion: SuggestionId, *, member_id: int, credit: str) -> bool:
        """Show a member's name with their own suggestion; False if it is deleted, or another member's."""
        ...

    async def credits(self, guild_id: int, articles: Sequence[ArticleId]) -> Mapping[ArticleId, str]:
        """Read the names to show with a server's articles; without those that have none."""
        ...

    async def count_suggestions(self, member_id: int) -> int:
        """Count the suggestions that hold this member's id."""
        ...

    async def forget_suggester(self, member_id: int) -> int:
        """Drop a member's id and name from suggestions, which stay, and return from how many."""
        ...

    async def drop_suggestions(self, *, before: datetime) -> int:
        """Delete the suggestions from before a moment, and return how many."""
        ...
