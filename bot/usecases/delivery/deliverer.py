"""Process the ledger: claim rows, read channels back if a message may have been posted, post, record the outcome."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog

from bot.clock import Clock
from bot.errors import StoreDamagedError, StoreError, TokenRefusedError
from bot.news.delivery import Delivery, DeliveryKey, Times, backoff_s
from bot.news.edition import LATE_AFTER
from bot.news.message.messenger import Messenger, NotThere, Refused, Unclear
from bot.news.notices.notice import Notifier
from bot.store.port.ledger import LedgerStores
from bot.usecases.delivery.in_flight import InFlight
from bot.usecases.delivery.outcome import DiscordTime, OutcomeRecorder
from bot.usecases.delivery.recheck import Rechecker, Redraw

log = structlog.get_logger(__name__)

CLAIM_LIMIT: Final = 40
MOST_IN_FLIGHT: Final = 3 * CLAIM_LIMIT
"""Limit of rows in flight, those of three claims: the next claim waits for room, not for the slowest earlier row."""

_IDLE_S: Final = 1.0
"""Pause between two looks at the ledger if nothing wakes the deliverer: a refused row may be due again."""

_BEFORE: Final = timedelta(seconds=60)
"""A read-back begins this long before the first attempt: more than clocks and Discord's whole seconds differ."""

_AHEAD: Final = timedelta(days=30)
"""A read-back extends this far past now. Nothing is posted there, but a response with an old date (from a proxy) would
make Discord's clock look slow, and messages posted since then look as if they were in the future."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claimed:
    """A claimed row, and the uptime at which it was claimed."""

    row: Delivery
    at_s: float


class Deliverer:
    """Posts the ledger's rows to their channels. There is one in a process; see docs/delivery.md, Protocol."""

    def __init__(
        self,
        *,
        store: LedgerStores,
        messenger: Messenger,
        notifier: Notifier,
        clock: Clock,
        jitter: Callable[[], float],
        redraw: Redraw,
        times: Times | None = None,
    ) -> None:
        """Connect the ledger with Discord.

        Args:
            store: The ledger, and the schedules that a refusal pauses or switches off.
            messenger: Posts to Discord and reads channels back.
            notifier: Notifies admins of problems.
            clock: Wall time for the ledger, uptime for the fence.
            jitter: Random numbers in [0, 1), so that refused rows don't all come back at once.
            redraw: Draws the unsent parts of an edition again when what was planned no longer holds.
            times: The protocol's timeouts; None for the defaults.
        """
        self._ledger = store.deliveries
        self._messenger = messenger
        self._clock = clock
        self._jitter = jitter
        self._times = times or Times()
        self._time = DiscordTime(clock, messenger)
        self._recorder = OutcomeRecorder(
            store=store, notifier=notifier, time=self._time, jitter=jitter, times=self._times
        )
        self._rechecker = Rechecker(ledger=store.deliveries, redraw=redraw, notifier=notifier, time=self._time)
        self._started_at, self._started_s = clock.now(), clock.uptime()
        self._has_taken_over = False
        self._requested: dict[DeliveryKey, float] = {}
        self._absent: set[DeliveryKey] = set()
        self._woken = asyncio.Event()
        self._processing = asyncio.Lock()
        self._in_flight: InFlight | None = None
        self._failures = 0

    @property
    def is_on_hold(self) -> bool:
        """True while the database can't be written (full, locked or missing), so nothing is posted."""
        return self._failures > 0

    @property
    def in_vain(self) -> tuple[int, str]:
        """The number of attempts since the last message that was posted, and what came of the last of them."""
        return self._recorder.in_vain, self._recorder.why

    @property
    def retries(self) -> Mapping[str, int]:
        """The number of retries since the start, by reason."""
        return self._recorder.retries

    def wake(self) -> None:
        """Look at the ledger now, because something was planned; returns at once."""
        self._woken.set()
        if self._in_flight is not None:
            self._in_flight.wake()

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver due rows until `stop` is set, and finish those in flight then.

        Raises:
            TokenRefusedError: Discord refused the token; nothing more is posted.
            StoreDamagedError: a row differs from what was planned; nothing more is posted.
        """
        while not stop.is_set():
            try:
                await self.deliver_due(stop)
                self._failures = 0
            except (TokenRefusedError, StoreDamagedError):
                raise
            except StoreError as error:  # a full disk, a lock: the ledger is unchanged, and a later pass goes on
                self._failures += 1
                log.warning("posting is on hold until the database can be written", error=str(error))
            except Exception:  # a bug that one row hits must not stop all others
                self._failures += 1
                log.exception("processing the ledger failed")
            await self._rest(stop, backoff_s(self._failures, self._jitter()) if self._failures else _IDLE_S)

    async def _rest(self, stop: asyncio.Event, seconds: float) -> None:
        waits = [asyncio.ensure_future(wait) for wait in (self._woken.wait(), stop.wait(), self._clock.sleep(seconds))]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        self._woken.clear()

    async def deliver_due(self, stop: asyncio.Event | None = None) -> int:
        """Deliver until nothing more can be claimed, and return the number of claims made.

        Nothing is claimed before Discord's first response (a login is enough): the ledger uses Discord's clock.

        Raises:
            TokenRefusedError: Discord refused the token. The other rows in flight were finished first.
        """
        if self._messenger.discord_offset_s() is None:
            return 0
        async with self._processing:  # a call during a pass returns when that pass is finished
            return await self._process(stop)

    async def _process(self, stop: asyncio.Event | None) -> int:
        if not self._has_taken_over:
            # The previous process is dead: its leases end as soon as its last request must have ended.
            await self._ledger.shorten_leases(until=self._time.now() + timedelta(seconds=self._times.settle_s))
            # Our clock may have been slow at the start; Discord's counts whole seconds.
            age = timedelta(seconds=self._clock.uptime() - self._started_s + 1.0)
            self._started_at = max(self._started_at, self._time.now() - age)
            self._has_taken_over = True
        async with InFlight() as self._in_flight:
            in_flight = self._in_flight
            claimed = await self._claim()
            while claimed or in_flight:
                for one in claimed:
                    in_flight.start(self._deliver(one))
                if len(claimed) < CLAIM_LIMIT or not _has_room(in_flight):
                    await in_flight.wait()
                is_stopping = stop is not None and stop.is_set()
                can_claim = _has_room(in_flight) and not is_stopping and not in_flight.is_stopped
                claimed = await self._claim() if can_claim else []
        return in_flight.started

    async def _claim(self) -> list[_Claimed]:
        # The uptime is read before the claim, so that a slow commit shortens the fence and not the wait for an answer.
        at_s, now = self._clock.uptime(), self._time.now()
        rows = await self._ledger.claim(
            now=now, lease_until=now + timedelta(seconds=self._times.lease_s), limit=CLAIM_LIMIT
        )
        return [_Claimed(row=row, at_s=at_s) for row in rows]

    async def _deliver(self, claimed: _Claimed) -> None:
        row = claimed.row
        if row.was_sending and not await self._has_request_ended(claimed):
            return
        self._requested[row.key] = claimed.at_s
        if self._may_be_posted(row) and not await self._is_not_posted(row):
            return
        if not await self._rechecker.is_as_planned(row):
            self._requested.pop(row.key, None)  # as after a read-back
            return
        outcome = await self._messenger.post(
            row.key.channel_id,
            row.draft,
            nonce=row.draft.key,
            mention_roles=row.mention_roles,
            title=row.title,
            posting=row.posting,
            fence_s=claimed.at_s + self._times.fence_s - self._clock.uptime(),
        )
        if not isinstance(outcome, Refused):
            self._absent.discard(row.key)
        if not isinstance(outcome, Unclear):
            self._requested.pop(row.key, None)
        await self._recorder.record_post(row, outcome)

    async def _has_request_ended(self, claimed: _Claimed) -> bool:
        """False while this process's last request for the row may still be under way, whatever the wall clock says."""
        row = claimed.row
        requested_s = self._requested.get(row.key)
        left = 0.0 if requested_s is None else requested_s + self._times.settle_s - claimed.at_s
        if left <= 0:
            return True
        await self._ledger.mark_unclear(
            row.key, row.attempt, lease_until=self._time.now() + timedelta(seconds=left), reason=row.reason
        )
        return False

    def _may_be_posted(self, row: Delivery) -> bool:
        """Whether the message may be in the channel although this process never had an answer for it.

        This is so after an attempt without a known outcome; and before a first post if the row may come from an older
        copy of the database: planned late, or due or planned before this process started.
        """
        if row.was_sending:
            return True
        if row.key in self._absent:
            return False
        if row.asked_at is not None and row.attempt > 1 and not row.tries:
            return False  # a member chose to send it again, and nothing was refused since; not only a part before it
        return min(row.planned_at, row.due_at) < self._started_at or row.planned_at - row.due_at > LATE_AFTER

    async def _is_not_posted(self, row: Delivery) -> bool:
        """Read the channel back; True if the row must be posted now, otherwise the outcome is recorded."""
        # From the due moment to now, not only from attempt to attempt: a copy of the database may have been used before
        # this one's first attempt, which is kept if a read-back has no answer, or after its last one. A draft may have
        # been sent before it was due.
        due_at = self._time.earliest(min(row.due_at, row.planned_at))
        found = await self._messenger.read_back(
            row.key.channel_id,
            row.draft.key,
            after=min(row.first_attempt_at or due_at, due_at) - _BEFORE,
            before=self._time.now() + _AHEAD,
        )
        if isinstance(found, NotThere):
            self._absent.add(row.key)
            return True
        self._requested.pop(row.key, None)  # this claim made no request, so there is nothing to wait for
        await self._recorder.record_read_back(row, found)
        return False


def _has_room(in_flight: InFlight) -> bool:
    return len(in_flight) <= MOST_IN_FLIGHT - CLAIM_LIMIT
