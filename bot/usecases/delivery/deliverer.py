"""The pass over the ledger: claim, look where a message may stand already, post, settle."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog

from bot.clock import Clock
from bot.errors import StoreDamagedError, StoreError, TokenRefusedError
from bot.news.delivery import Delivery, DeliveryKey, Times, backoff_s, nonce_for
from bot.news.message.messenger import Messenger, NotThere, Refused, Unclear
from bot.news.notice import Notifier
from bot.store.port.delivery import DeliveryStore
from bot.store.port.schedule import ScheduleStore
from bot.usecases.delivery.flight import Flight
from bot.usecases.delivery.outcome import DiscordTime, Settler

log = structlog.get_logger(__name__)

CLAIM_LIMIT: Final = 40
MOST_ON_THEIR_WAY: Final = 3 * CLAIM_LIMIT
"""Rows, of three claims or more: the next one waits for room, not for the slowest row of an earlier one."""

_IDLE_S: Final = 1.0
"""Between two looks at the ledger where nobody says that something was planned: a refused row may be due again."""

_LATE: Final = timedelta(minutes=5)
"""An edition that is planned so long after it was due is read back first: the file may be a restored or copied one."""

_BEFORE: Final = timedelta(seconds=60)
"""How long before the first attempt a read-back begins: more than clocks and Discord's whole seconds differ."""

_AHEAD: Final = timedelta(days=30)
"""How long past now a read-back goes on. Nothing stands there, but an answer with an old date (a proxy's) would make
Discord's clock look slow, and with it what was posted since look like the future."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claimed:
    """A row at work, and the uptime at which it was claimed."""

    row: Delivery
    at_s: float


class Deliverer:
    """Moves the ledger's rows to their channels. One a process; see docs/delivery.md, Protocol."""

    def __init__(
        self,
        *,
        ledger: DeliveryStore,
        schedules: ScheduleStore,
        messenger: Messenger,
        notifier: Notifier,
        clock: Clock,
        jitter: Callable[[], float],
        times: Times | None = None,
    ) -> None:
        """See the class.

        Args:
            ledger: The rows.
            schedules: What is paused or switched off by a refusal.
            messenger: Where the rows go.
            notifier: Where an admin hears of trouble.
            clock: Wall time for the ledger, uptime for the fence.
            jitter: Random numbers in [0, 1), so that refused rows don't all come back at once.
            times: The protocol's spans; None for the default ones.
        """
        self._ledger = ledger
        self._messenger = messenger
        self._clock = clock
        self._jitter = jitter
        self._times = times or Times()
        self._time = DiscordTime(clock, messenger)
        self._settler = Settler(
            ledger=ledger, schedules=schedules, notifier=notifier, time=self._time, jitter=jitter, times=self._times
        )
        self._made_at, self._made_s = clock.now(), clock.uptime()
        self._has_taken_over = False
        self._begun: dict[DeliveryKey, float] = {}
        self._absent: set[tuple[DeliveryKey, int]] = set()
        self._woken = asyncio.Event()
        self._passing = asyncio.Lock()
        self._flight: Flight | None = None
        self._failures = 0

    @property
    def is_held(self) -> bool:
        """True while the last passes failed: the database is full, locked or away, so nothing is sent."""
        return self._failures > 0

    @property
    def retries(self) -> Mapping[str, int]:
        """How often a part had to be tried again since the start, by reason."""
        return self._settler.retries

    def wake(self) -> None:
        """Say that something was planned; returns at once."""
        self._woken.set()
        if self._flight is not None:
            self._flight.nudge()

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver what is due until `stop` is set; what is being posted then is finished first.

        Raises:
            TokenRefusedError: Discord refused the token; nothing more is sent.
            StoreDamagedError: a row is not as it was planned; nothing more is sent.
        """
        while not stop.is_set():
            try:
                await self.deliver_due(stop)
                self._failures = 0
            except (TokenRefusedError, StoreDamagedError):
                raise
            except StoreError as error:  # a full disk, a lock: the ledger stays as it is, and a later pass finds it so
                self._failures += 1
                log.warning("sending waits for the database", error=str(error))
            except Exception:  # a fault of ours in one row must not end the sending of all others
                self._failures += 1
                log.exception("a pass over the ledger failed")
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
        """One pass: deliver until nothing can be claimed; how many claims of a row that took.

        Nothing is claimed before Discord has answered once (a login is enough): its clock is the ledger's.

        Raises:
            TokenRefusedError: Discord refused the token. Rows in flight beside it were settled first.
        """
        if self._messenger.discord_offset_s() is None:
            return 0
        async with self._passing:  # whoever asks while a pass is under way returns when all of it is settled
            return await self._pass(stop)

    async def _pass(self, stop: asyncio.Event | None) -> int:
        if not self._has_taken_over:
            # Whoever sent from this file before is dead: its leases end as soon as its last request must have.
            await self._ledger.shorten_leases(until=self._time.now() + timedelta(seconds=self._times.settle_s))
            # Our own clock may have been behind when we were made; Discord's counts whole seconds.
            age = timedelta(seconds=self._clock.uptime() - self._made_s + 1.0)
            self._made_at = max(self._made_at, self._time.now() - age)
            self._has_taken_over = True
        async with Flight() as self._flight:
            flight = self._flight
            claimed = await self._claim()
            while claimed or flight:
                for one in claimed:
                    flight.begin(self._deliver(one))
                if len(claimed) < CLAIM_LIMIT or not _has_room(flight):
                    await flight.landing()
                is_told_to_stop = stop is not None and stop.is_set()
                can_go_on = _has_room(flight) and not is_told_to_stop and not flight.is_stopped
                claimed = await self._claim() if can_go_on else []
        return flight.begun

    async def _claim(self) -> list[_Claimed]:
        # The uptime is taken before the claim, so that a slow commit shortens the fence and never the settling.
        at_s, now = self._clock.uptime(), self._time.now()
        rows = await self._ledger.claim(
            now=now, lease_until=now + timedelta(seconds=self._times.lease_s), limit=CLAIM_LIMIT
        )
        return [_Claimed(row=row, at_s=at_s) for row in rows]

    async def _deliver(self, claimed: _Claimed) -> None:
        row = claimed.row
        if row.was_sending and not await self._has_settled(claimed):
            return
        self._begun[row.key] = claimed.at_s
        if self._must_look(row) and not await self._is_absent(row):
            return
        outcome = await self._messenger.post(
            row.key.channel_id,
            row.draft,
            nonce=nonce_for(row.key, row.revision),
            mention_role=row.mention_role,
            title=row.title,
            fence_s=claimed.at_s + self._times.fence_s - self._clock.uptime(),
        )
        if not isinstance(outcome, Refused):
            self._absent.discard((row.key, row.revision))
        if not isinstance(outcome, Unclear):
            self._begun.pop(row.key, None)
        await self._settler.settle(row, outcome)

    async def _has_settled(self, claimed: _Claimed) -> bool:
        """False where this process's last request of the row may still be on its way, whatever the wall clock says."""
        row = claimed.row
        begun = self._begun.get(row.key)
        left = 0.0 if begun is None else begun + self._times.settle_s - claimed.at_s
        if left <= 0:
            return True
        await self._ledger.mark_unclear(
            row.key, row.attempt, lease_until=self._time.now() + timedelta(seconds=left), reason=row.reason
        )
        return False

    def _must_look(self, row: Delivery) -> bool:
        """Whether the message may stand in the channel although this process never had an answer to it.

        That is so after an attempt without a known outcome; and before a first post where the row may come from an
        older copy of the file: planned late, or due or planned before this process began.
        """
        if row.was_sending:
            return True
        if (row.key, row.revision) in self._absent:
            return False
        if row.first_attempt_at is not None and not row.tries and not row.revision:
            return False  # attempted, and no refusal counts: a person said "send again"
        return min(row.planned_at, row.due_at) < self._made_at or row.planned_at - row.due_at > _LATE

    async def _is_absent(self, row: Delivery) -> bool:
        """Read the channel back; True where the row is to be posted now, else it is marked."""
        # From the due moment to now, not only from attempt to attempt: a copy of the file may have been sent from
        # before this one's first attempt, which a read-back without an answer leaves behind, or after its last one.
        due_at = self._time.earliest(row.due_at)
        found = await self._messenger.read_back(
            row.key.channel_id,
            nonce_for(row.key, row.revision),
            after=min(row.first_attempt_at or due_at, due_at) - _BEFORE,
            before=self._time.now() + _AHEAD,
        )
        if isinstance(found, NotThere):
            self._absent.add((row.key, row.revision))
            return True
        self._begun.pop(row.key, None)  # this claim began no request, so there is nothing to wait for
        await self._settler.settle_read(row, found)
        return False


def _has_room(flight: Flight) -> bool:
    return len(flight) <= MOST_ON_THEIR_WAY - CLAIM_LIMIT
