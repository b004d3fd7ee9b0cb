"""Deliver notices to an admin: to the schedule's notice channel, else to the member who saved it.

A notice is stored before it is sent. One that can't be delivered stays unread and heads the next `/schedule list`; one
that Discord could not take for now is tried again by the clock for a day.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Final

import structlog
from typing_extensions import override

from bot.clock import Clock
from bot.errors import StoreError
from bot.news.delivery import ScheduleId
from bot.news.message.draft import Draft, Paragraph, Text
from bot.news.message.messenger import Messenger, Outcome, Posted, Refused
from bot.news.notices.fold import FoldedNotice, fold_notices
from bot.news.notices.notice import Notice, NoticeCause, Notifier, Recipient, recipients
from bot.news.schedules.schedule import Schedule
from bot.render.format.clip import clip_written
from bot.render.notice import draft_notice
from bot.store.port.admin import AdminStore
from bot.store.port.schedule import ScheduleStore
from bot.text.clean import clean
from bot.waits import first_of

log = structlog.get_logger(__name__)

_TRIES: Final = 3
_WAIT_S: Final = 5.0
_LONGEST_WAIT_S: Final = 900.0
_DELIVER_WITHIN: Final = timedelta(days=1)

AGAIN_AFTER_S: Final = 600.0
"""Seconds until a notice that Discord could not take is tried again."""

_GATHERED_S: Final = 2.0
"""A notice waits this long for others of its cause: an outage ends for many messages within a second."""

_LONGEST_HEADING: Final = 200

Schedules = Mapping[ScheduleId, Schedule]
Send = Callable[[], Awaitable[Outcome]]


class NoticeSender(Notifier):
    """Keeps notices and delivers them."""

    def __init__(
        self,
        *,
        admin: AdminStore,
        schedules: ScheduleStore,
        messenger: Messenger,
        clock: Clock,
        find_owner: Callable[[], Awaitable[int | None]],
        may_edit: Callable[[int, int], Awaitable[bool | None]],
        guild_name: Callable[[int], str],
    ) -> None:
        """Set up the sender.

        Args:
            admin: Keeps the notices.
            schedules: Find where a schedule's notices go.
            messenger: Sends them.
            clock: For the waits between attempts, and the moment of delivery.
            find_owner: Asks for the user who gets the instance's notices; None if only the log does.
            may_edit: Asks whether a server (the first argument) has a user as an editor now; None if unknown.
            guild_name: Returns a server's name for direct messages; empty if it isn't known.
        """
        self._admin = admin
        self._schedules = schedules
        self._messenger = messenger
        self._clock = clock
        self._find_owner = find_owner
        self._may_edit = may_edit
        self._guild_name = guild_name
        self._waiting: deque[Notice] = deque()
        self._put_off: deque[Notice] = deque()
        self._kept_here: set[tuple[NoticeCause, date]] = set()
        self._woken = asyncio.Event()
        self._delivering = asyncio.Lock()

    @override
    async def notify(self, notice: Notice) -> None:
        try:
            kept = await self._admin.add_notice(notice)
        except StoreError:
            if notice.guild_id is not None:
                raise
            kept = self._keep_here(notice)
        if kept is None:
            return
        log.warning(
            "notice", cause=str(kept.cause.kind), guild=kept.guild_id, schedule=kept.schedule_id, text=kept.text
        )
        self._waiting.append(kept)
        self._woken.set()

    def _keep_here(self, notice: Notice) -> Notice | None:
        """Keep a notice of the whole instance without the database, which it may be about; once a day, as in there."""
        seen = (notice.cause, notice.at.date())
        if seen in self._kept_here:
            return None
        self._kept_here.add(seen)
        return notice

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver notices until `stop` is set, first those of the last day that an earlier process left."""
        while not stop.is_set() and not await self._try_remember():
            await first_of(stop.wait(), self._clock.sleep(_WAIT_S))
        while not stop.is_set():
            await self.deliver_waiting()
            if self._put_off:
                await first_of(stop.wait(), self._woken.wait(), self._clock.sleep(AGAIN_AFTER_S))
            else:
                await first_of(stop.wait(), self._woken.wait())
            if self._woken.is_set():
                await first_of(stop.wait(), self._clock.sleep(_GATHERED_S))
            self._take_up()

    def _take_up(self) -> None:
        """Let the notices of the last day that were put off be tried again."""
        now = self._clock.now()
        self._waiting += (each for each in self._put_off if now - each.at < _DELIVER_WITHIN)
        self._put_off.clear()

    async def _try_remember(self) -> bool:
        try:
            await self._remember()
        except StoreError as error:
            log.warning("the notices of an earlier process can't be read", error=str(error))
            return False
        return True

    async def _remember(self) -> None:
        guilds = {schedule.guild_id for schedule in await self._schedules.schedules()}
        known = {notice.id for notice in self._waiting}
        for guild_id in (None, *sorted(guilds)):
            for notice in await self._admin.notices(guild_id):
                if notice.id not in known and self._clock.now() - notice.at < _DELIVER_WITHIN:
                    self._waiting.append(notice)

    async def deliver_waiting(self) -> None:
        """Try to deliver the waiting notices, those of one cause in one message; one that fails stays unread."""
        async with self._delivering:
            self._woken.clear()
            while self._waiting:
                waiting = tuple(self._waiting)
                self._waiting.clear()
                try:
                    await self._deliver_all(waiting)
                except StoreError as error:
                    log.warning("notices wait for the database", error=str(error))
                    self._put_off += waiting
                except Exception:  # they stay unread, and the next notices are still delivered
                    log.exception("notices could not be delivered", count=len(waiting))

    async def _deliver_all(self, notices: Sequence[Notice]) -> None:
        ids = {notice.schedule_id for notice in notices if notice.schedule_id is not None}
        found = [await self._schedules.find_schedule(ScheduleId(each)) for each in sorted(ids)]
        schedules = {schedule.id: schedule for schedule in found if schedule is not None}
        for folded in fold_notices(notices, partial(_address, schedules)):
            try:
                await self._deliver(folded, schedules)
            except StoreError as error:
                log.warning("a notice waits for the database", error=str(error))
                self._put_off += folded.notices
            except Exception:
                log.exception("a notice could not be delivered", cause=str(folded.newest.cause.kind))

    async def _deliver(self, folded: FoldedNotice, schedules: Schedules) -> None:
        """Try each recipient; if one could not be reached for now, and no other was, the notices are put off."""
        notice, may_help_later = folded.newest, False
        schedule = _schedule_of(schedules, notice)
        owner_id = await self._find_owner() if notice.guild_id is None else None
        for recipient in recipients(notice, schedule, owner_id=owner_id):
            is_allowed = await self._may_read(recipient, schedule)
            outcome = await self._try(self._sending(folded, schedules, recipient)) if is_allowed else None
            if isinstance(outcome, Posted):
                await self._mark_shown(folded)
                return
            is_temporary = isinstance(outcome, Refused) and outcome.can_retry
            may_help_later = may_help_later or is_temporary or is_allowed is None
        if may_help_later:
            self._put_off += folded.notices
        else:
            log.warning("a notice reached nobody and waits in /schedule list", cause=str(notice.cause.kind))

    async def _mark_shown(self, folded: FoldedNotice) -> None:
        for notice in folded.notices:
            if notice.id is not None:
                await self._admin.mark_notice_shown(notice.id, at=self._clock.now())

    async def _may_read(self, recipient: Recipient, schedule: Schedule | None) -> bool | None:
        """False for a user who saved the schedule but no longer manages its server; None if it isn't known."""
        if schedule is None or recipient.kind == "channel":
            return True
        return await self._may_edit(schedule.guild_id, recipient.id)

    def _sending(self, folded: FoldedNotice, schedules: Schedules, recipient: Recipient) -> Send:
        notice, schedule = folded.newest, _schedule_of(schedules, folded.newest)
        draft = draft_notice(folded, partial(_name_of, schedules))
        if schedule is not None:
            draft = _with_heading(draft, [_name_of(schedules, each) for each in folded.notices])
        if recipient.kind == "channel":
            nonce = f"notice-{notice.id}"[:25]
            return lambda: self._messenger.post(recipient.id, draft, nonce=nonce, title="Notice")
        if schedule is not None:
            draft = self._with_origin(draft, schedule)
        return lambda: self._messenger.tell_user(recipient.id, draft)

    async def _try(self, send: Send) -> Outcome:
        """Send a few times, waiting out temporary refusals; the last outcome."""
        outcome = await send()
        for _ in range(_TRIES - 1):
            if not isinstance(outcome, Refused) or not outcome.can_retry:
                break
            await self._clock.sleep(min(outcome.retry_after_s or _WAIT_S, _LONGEST_WAIT_S))
            outcome = await send()
        return outcome

    def _with_origin(self, draft: Draft, schedule: Schedule) -> Draft:
        """Add which server a direct message is about."""
        server = clean(self._guild_name(schedule.guild_id)) or "your server"
        origin = Paragraph(runs=(Text(text=f"This is about a schedule in {server}."),), kind="quiet")
        return replace(draft, blocks=(*draft.blocks, origin))


def _schedule_of(schedules: Schedules, notice: Notice) -> Schedule | None:
    return None if notice.schedule_id is None else schedules.get(ScheduleId(notice.schedule_id))


def _name_of(schedules: Schedules, notice: Notice) -> str:
    schedule = _schedule_of(schedules, notice)
    return "" if schedule is None else schedule.name


def _address(schedules: Schedules, notice: Notice) -> Hashable:
    """The channel that a notice is about, and who gets it."""
    schedule = _schedule_of(schedules, notice)
    return (
        notice.schedule_id if schedule is None else (schedule.channel_id, recipients(notice, schedule, owner_id=None))
    )


def _with_heading(draft: Draft, names: Iterable[str]) -> Draft:
    said = clip_written(", ".join(map(clean, dict.fromkeys(names))), _LONGEST_HEADING)
    heading = Paragraph(runs=(Text(text=said),), kind="subheading")
    return replace(draft, blocks=(heading, *draft.blocks))
