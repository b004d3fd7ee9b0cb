"""The ledger of deliveries. Only the protocol of `bot/usecases/delivery` changes the state of its rows.

Every mark is conditional on the attempt token: `attempt` as the claim returned it. A mark that comes too late (the row
was claimed again) changes nothing and returns False.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.news.article import ArticleId
from bot.news.choosing.correction import BegunEdit, Correction, Showing, ShownArticle
from bot.news.choosing.recheck import Holding, Redrawn
from bot.news.delivery import Delivery, DeliveryKey, DeliveryState, EditionKey, Publication, ScheduleId
from bot.news.message.draft import Draft
from bot.news.schedules.schedule import Schedule
from bot.news.servers.log import LogEntry


class DeliveryStore(Protocol):
    """Claims and marks; each is durable (synchronous FULL) by the time it returns."""

    async def claim(self, *, now: datetime, lease_until: datetime, limit: int = 40) -> tuple[Delivery, ...]:
        """Claim rows to work on, oldest edition first.

        These are PLANNED rows whose `not_before` has passed and SENDING rows whose lease has ended; part n only if part
        n - 1 of its edition is SENT; no rows of paused, switched-off or deleted schedules.

        Claimed rows are SENDING with `attempt` + 1, `claimed_at` = `now` and the lease, committed before this returns;
        `was_sending` is True for rows whose earlier outcome is unknown.

        Raises:
            StoreDamagedError: a row differs from what was planned; nothing is claimed.
        """
        ...

    async def mark_sent(self, key: DeliveryKey, attempt: int, *, message_id: int, at: datetime) -> bool:
        """SENDING → SENT; if it is to be published, or to get a thread, and has an id, that is due from `at` on."""
        ...

    async def mark_planned(
        self, key: DeliveryKey, attempt: int, *, not_before: datetime, reason: str, forget_attempt: bool = False
    ) -> bool:
        """SENDING → PLANNED, one try more.

        `forget_attempt`: no request was started, so there is nothing to read back: the claim counts neither as
        `claimed_at` nor, later, as the first attempt.
        """
        ...

    async def mark_unclear(self, key: DeliveryKey, attempt: int, *, lease_until: datetime, reason: str) -> bool:
        """Keep the row SENDING with a shorter lease."""
        ...

    async def mark_failed(self, key: DeliveryKey, attempt: int, *, reason: str) -> bool:
        """SENDING → FAILED."""
        ...

    async def mark_unknown(self, key: DeliveryKey, attempt: int, *, reason: str) -> bool:
        """SENDING → UNKNOWN: a person decides."""
        ...

    async def mark_skipped(self, keys: Sequence[DeliveryKey], *, reason: str) -> int:
        """PLANNED, FAILED or UNKNOWN → SKIPPED; return how many."""
        ...

    async def replace_draft(self, key: DeliveryKey, attempt: int, draft: Draft, *, revision: int) -> bool:
        """SENDING → PLANNED with another Draft and `revision`, claimable at once.

        False also if `revision` is not one more than the stored one.
        """
        ...

    async def holding(self, key: DeliveryKey) -> Holding:
        """Read what a part rests on: its schedule, and what was taken down of its edition's stories.

        If the archive is damaged, nothing counts as taken down.
        """
        ...

    async def revise(self, key: DeliveryKey, attempt: int, redrawn: Redrawn) -> bool:
        """SENDING → PLANNED: replace the part and the later ones by those drawn again, claimable at once.

        In the same transaction the edition loses the stories that it doesn't have any more, with the reason HIDDEN. The
        new parts may be in another channel, and more or fewer. They were never attempted.

        Raises:
            ValueError: the parts don't begin with the part's number, or a revision isn't higher than the part's.
        """
        ...

    async def mark_cancelled(self, key: DeliveryKey, attempt: int, *, reason: str) -> bool:
        """SENDING → SKIPPED, with the later PLANNED parts of its edition."""
        ...

    async def resolve(
        self,
        key: DeliveryKey,
        state: DeliveryState,
        *,
        reason: str,
        at: datetime,
        message_id: int | None = None,
        told: frozenset[tuple[ScheduleId, EditionKey]] | None = None,
        entry: LogEntry | None = None,
    ) -> bool:
        """Apply a person's decision to an UNKNOWN or FAILED row; False if it is in another state or without a schedule.

        PLANNED sends it again: claimable at once, with `tries` reset to 0. SENDING looks for it first: claimable at
        once, so that the channel is read back before anything is sent. SENT means that it was posted. SKIPPED also
        skips the later PLANNED parts, which waited for this one.

        Args:
            key: The part.
            state: The decision.
            reason: Stored with it.
            at: When it was made: `asked_at` of a part that is sent again or looked for, and of the later PLANNED ones.
            message_id: Of the message that is there.
            told: What `DigestStore.told_editions` returned when it was decided; the part's own edition doesn't matter.
                None decides whatever was told since.
            entry: Logged if the row is changed.

        Raises:
            PlanOutdatedError: other editions count as told than in `told`; nothing is changed.
            ValueError: `state` is not one of the four.
        """
        ...

    async def shorten_leases(self, *, until: datetime) -> int:
        """Shorten the leases of SENDING rows to `until`, for a process that took over; return how many."""
        ...

    async def to_publish(self, *, now: datetime, limit: int = 200) -> tuple[Publication, ...]:
        """Read the messages that are due to be published, earliest due first."""
        ...

    async def count_unpublished(self) -> int:
        """Count the messages that are to be published, now or later."""
        ...

    async def mark_published(self, key: DeliveryKey, *, failure: str = "") -> bool:
        """Record that the row's message was published, or why it can't be; False if it was not waiting for that.

        `failure` becomes the row's reason.
        """
        ...

    async def publish_later(self, channel_id: int, *, at: datetime) -> int:
        """Postpone publishing in a channel to `at`; return how many messages."""
        ...

    async def to_open(self, *, now: datetime, limit: int = 200) -> tuple[Publication, ...]:
        """Read the messages that are due to get a thread, earliest due first."""
        ...

    async def mark_threaded(self, key: DeliveryKey, *, failure: str = "") -> bool:
        """Record that the row's message has its thread, or why not; otherwise as `mark_published`."""
        ...

    async def thread_later(self, channel_id: int, *, at: datetime) -> int:
        """Postpone the threads of a channel to `at`; return how many."""
        ...

    async def deliveries(self, schedule: ScheduleId, edition: EditionKey) -> tuple[Delivery, ...]:
        """Read the parts of an edition, by part."""
        ...

    async def sending(self, schedule: ScheduleId) -> tuple[Delivery, ...]:
        """Read the SENDING parts of a schedule, oldest edition first."""
        ...

    async def showing(
        self, article: ArticleId, url: str, *, guild_id: int | None = None, limit: int = 100
    ) -> tuple[Delivery, ...]:
        """Read the parts whose message has an article as one of its stories, the latest edition first.

        Args:
            article: The article.
            url: Its link, by which it is known in a message without a menu.
            guild_id: Only of this server; None for all.
            limit: At most this many.
        """
        ...

    async def unresolved(self, guild_id: int | None = None) -> tuple[Delivery, ...]:
        """Read the UNKNOWN and FAILED rows that wait for a person, oldest first; none of deleted schedules."""
        ...

    async def counts(self) -> Mapping[DeliveryState, int]:
        """Count the rows by state; every state has an entry."""
        ...

    async def oldest_open_due(self) -> datetime | None:
        """Find the oldest `due_at` among PLANNED and SENDING rows of ACTIVE schedules; None if there is none.

        Parts of drafts that wait on the editors' desk are left out.
        """
        ...


class CorrectionStore(Protocol):
    """Corrections of posted messages, at most one for each message, which holds how it is and was.

    An edit is begun on disk before its request, so that one that was cut short is made again.
    """

    async def shown(self, *, since: datetime) -> tuple[ShownArticle, ...]:
        """Read which articles are in the editions that were posted since a moment, each as it was shown there first.

        Servers that the bot left are passed over, here and below.
        """
        ...

    async def showing(self, articles: Collection[ArticleId], *, since: datetime) -> tuple[Showing, ...]:
        """Read the messages posted since a moment whose edition has some of these articles."""
        ...

    async def schedule_of(self, key: DeliveryKey) -> Schedule | None:
        """Read the schedule of a message, also a deleted one."""
        ...

    async def find_correction(self, key: DeliveryKey) -> Correction | None:
        """Find a message's correction."""
        ...

    async def save_correction(self, correction: Correction) -> bool:
        """Store what a message is to show, or that it can't be corrected any more.

        False, and nothing is stored, if an edit isn't settled, if `revision` isn't one more than the stored one, or if
        the message isn't SENT. Edits and their times stay.
        """
        ...

    async def drop_correction(self, correction: Correction) -> bool:
        """Take back a correction that is DUE, because the message shows what it should; False if it was begun."""
        ...

    async def to_correct(self, *, now: datetime, since: datetime, limit: int = 200) -> tuple[Publication, ...]:
        """Read the messages posted since `since` whose correction may be sent, earliest first.

        Those of schedules that aren't active only lose stories.
        """
        ...

    async def begin_edit(self, key: DeliveryKey, *, now: datetime, again_at: datetime) -> BegunEdit | None:
        """Begin to edit a message if its correction is due; it may be begun again from `again_at` on.

        A revision counts as one edit, however often it is begun.
        """
        ...

    async def end_edit(self, begun: BegunEdit, *, at: datetime, again_at: datetime) -> bool:
        """Record that an edit arrived at `at`; the next one may be made from `again_at` on."""
        ...

    async def put_off_edit(
        self, begun: BegunEdit, *, again_at: datetime, reason: str, draft: Draft | None = None
    ) -> bool:
        """Record that Discord refused an edit, which may be made again from `again_at` on; it doesn't count.

        Args:
            begun: The edit.
            again_at: When it may be begun again.
            reason: Why it was refused.
            draft: The message in another form; None for the same one.
        """
        ...

    async def give_up_edits(self, begun: BegunEdit, *, reason: str) -> bool:
        """Record that a message can't be corrected any more."""
        ...

    async def edits_later(self, channel_id: int, *, at: datetime) -> int:
        """Postpone the edits of a channel to `at`; return how many."""
        ...

    async def corrected_at(self, schedule: ScheduleId) -> Mapping[DeliveryKey, datetime]:
        """Read when a schedule's messages were last corrected; those that never were are left out."""
        ...
