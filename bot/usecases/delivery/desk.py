"""Show drafts in their editors' channels: each message of a desk once, edited in place whenever the draft changes.

The protocol is that of deliveries, for a message that may be edited. An attempt is on disk before its request begins.
If its outcome is unknown, nothing more is sent for this message until that request must have ended; then the channel
is read back before the message is posted again. Edits are repeated until one is known to have arrived: what a message
shows is kept as a key of its content, so an act that was stored just before a kill is shown after it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Protocol, TypeAlias

import structlog

from bot.clock import Clock
from bot.errors import UnknownEditionError
from bot.news.delivery import Times, backoff_s
from bot.news.message.draft import Draft
from bot.news.message.messenger import CannotRead, Messenger, NotThere, Outcome, Posted, Refused, Unclear
from bot.news.notices.notice import Notice, Notifier
from bot.news.notices.texts import desk_notice
from bot.news.schedules.desk import Desk, DeskFace, DeskMessage, desk_key, shown_key
from bot.render.edition.desk import draft_unneeded
from bot.store.port.desk import DeskMessages
from bot.usecases.delivery.outcome import DiscordTime

log = structlog.get_logger(__name__)

Face: TypeAlias = Callable[[Desk], Awaitable[DeskFace]]
"""Draws what a desk's messages show now."""


class DeskNotice(Protocol):
    """Builds the notice of a desk that can't be shown, with what Discord said."""

    def __call__(self, desk: Desk, detail: str, *, at: datetime) -> Notice:
        """Build it."""


_BEFORE: Final = timedelta(seconds=60)
_AHEAD: Final = timedelta(days=30)
"""As for deliveries (`bot/usecases/delivery/deliverer.py`)."""

_REFUSED_S: Final = 900.0
"""After a refusal that only a person can remove, such as a missing permission."""

_Id: TypeAlias = tuple[int, str, int]


class DeskKeeper:
    """Keeps the desks' messages as the drafts are. There is one in a process."""

    def __init__(
        self,
        *,
        desks: DeskMessages,
        messenger: Messenger,
        notifier: Notifier,
        clock: Clock,
        jitter: Callable[[], float],
        face: Face,
        notice: DeskNotice = desk_notice,
        times: Times | None = None,
    ) -> None:
        """Connect the drafts with their editors' channels.

        Args:
            desks: The drafts, and what is known of their messages.
            messenger: Posts, edits and reads back.
            notifier: Notifies admins of a desk that can't be shown.
            clock: For waits.
            jitter: Random numbers in [0, 1), so that retries don't all come at once.
            face: Draws what a desk shows.
            notice: Builds the notice of a desk that can't be shown.
            times: The protocol's time limits; None for the defaults.
        """
        self._desks = desks
        self._messenger = messenger
        self._notifier = notifier
        self._clock = clock
        self._jitter = jitter
        self._face = face
        self._notice = notice
        self._times = times or Times()
        self._time = DiscordTime(clock, messenger)
        self._showing = asyncio.Lock()
        self._free_s: dict[_Id, float] = {}
        self._tries: dict[_Id, int] = {}

    async def show_due(self) -> None:
        """Bring the messages of all desks up to their drafts, as far as that is possible now.

        It may be cut short anywhere: what isn't shown then is shown by the next call.
        """
        if self._messenger.discord_offset_s() is None:
            return
        async with self._showing:  # a call during a pass looks again after it
            for desk in await self._desks.desks():
                try:
                    await self._show(desk)
                except UnknownEditionError:  # deleted since it was read
                    continue

    async def _show(self, desk: Desk) -> None:
        face = await self._face(desk)
        known = {message.number: message for message in await self._desks.messages(desk.schedule_id, desk.edition)}
        drafts = list(face.messages)
        drafts += [draft_unneeded(desk_key(desk, number)) for number in range(len(drafts), 1 + max(known, default=0))]
        is_shown = True
        for number, draft in enumerate(drafts):
            message = known.get(number, DeskMessage(number=number))
            if message.shown == shown_key(draft):
                continue
            if not await self._show_message(desk, face, message, draft):
                is_shown = False
                break  # the messages of a desk are posted in order
        if is_shown and face.is_over:
            await self._desks.close(desk)

    async def _show_message(self, desk: Desk, face: DeskFace, message: DeskMessage, draft: Draft) -> bool:
        """True once the channel is known to show the message."""
        if self._is_early(desk, message):
            return False
        if message.message_id is None:
            found = await self._find(desk, face, message, draft)
            if found is None:
                return False
            message = found
        # A nonce that Discord knows answers with the earlier message, which may show an older draft.
        is_exact = message.message_id is not None or message.first_tried_at is None
        now = self._time.now()
        message = replace(message, tried_at=now, first_tried_at=message.first_tried_at or now)
        await self._desks.save_message(desk, message)
        outcome = await self._send(desk, message, draft)
        await self._record(desk, message, draft, outcome, is_exact=is_exact)
        return isinstance(outcome, Posted) and is_exact

    def _is_early(self, desk: Desk, message: DeskMessage) -> bool:
        """True while a refusal or a request of unknown outcome, of this process or the one before, is waited out."""
        if self._clock.uptime() < self._free_s.get(_id(desk, message), 0.0):
            return True
        settled = timedelta(seconds=self._times.settle_s)
        return message.tried_at is not None and message.tried_at <= self._time.now() < message.tried_at + settled

    async def _find(self, desk: Desk, face: DeskFace, message: DeskMessage, draft: Draft) -> DeskMessage | None:
        """Read the channel back; None if it isn't known whether the message is there."""
        since = min(message.first_tried_at or face.since, face.since)
        found = await self._messenger.read_back(
            desk.channel_id, draft.key, after=self._time.earliest(since) - _BEFORE, before=self._time.now() + _AHEAD
        )
        match found:
            case Posted():
                return replace(message, message_id=found.message_id)
            case NotThere():
                return message
            case CannotRead() if message.first_tried_at is None:
                return message  # it was never tried
            case CannotRead():
                await self._notifier.notify(self._notice(desk, found.detail, at=self._time.now()))
            case Refused() | Unclear():
                pass
        self._put_off(desk, message, found)
        return None

    async def _send(self, desk: Desk, message: DeskMessage, draft: Draft) -> Outcome:
        fence_s = self._times.fence_s
        if message.message_id is not None:
            return await self._messenger.edit(desk.channel_id, message.message_id, draft, fence_s=fence_s)
        return await self._messenger.post(desk.channel_id, draft, nonce=draft.key, fence_s=fence_s)

    async def _record(
        self, desk: Desk, message: DeskMessage, draft: Draft, outcome: Outcome, *, is_exact: bool
    ) -> None:
        match outcome:
            case Posted():
                self._tries.pop(_id(desk, message), None)
                shown = shown_key(draft) if is_exact else ""
                posted = replace(message, message_id=outcome.message_id, tried_at=None, shown=shown)
                await self._desks.save_message(desk, posted)
                log.info("shown on the desk", schedule=desk.schedule_id, edition=desk.edition, message=message.number)
            case Refused():
                # It was deleted in the channel, or never arrived: in both cases the next try looks for it first.
                message_id = None if outcome.cause == "message_gone" else message.message_id
                await self._desks.save_message(desk, replace(message, message_id=message_id, tried_at=None))
                if _needs_a_person(outcome):
                    await self._notifier.notify(self._notice(desk, outcome.detail, at=self._time.now()))
                self._put_off(desk, message, outcome)
            case Unclear():  # `tried_at` stays, so the request is waited out
                log.info("whether a draft is shown is not known", schedule=desk.schedule_id, why=outcome.detail)

    def _put_off(self, desk: Desk, message: DeskMessage, why: CannotRead | Refused | Unclear) -> None:
        key = _id(desk, message)
        tries = self._tries[key] = self._tries.get(key, -1) + 1
        wait_s = backoff_s(tries, self._jitter())
        if isinstance(why, Refused) and why.retry_after_s is not None:
            wait_s = why.retry_after_s
        elif isinstance(why, CannotRead) or (isinstance(why, Refused) and _needs_a_person(why)):
            wait_s = _REFUSED_S
        self._free_s[key] = self._clock.uptime() + wait_s


def _needs_a_person(refusal: Refused) -> bool:
    """True for a missing permission and the like; the deliverer reports a refused token."""
    return not refusal.can_retry and refusal.cause not in {"message_gone", "token_refused"}


def _id(desk: Desk, message: DeskMessage) -> _Id:
    return desk.schedule_id, desk.edition, message.number
