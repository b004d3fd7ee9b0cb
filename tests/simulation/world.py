"""A world from its first day to the end: schedules, a machine, Discord, and all that can go wrong between them."""

from __future__ import annotations

import hashlib
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final

from bot.news.delivery import DeliveryKey, DeliveryState
from bot.news.schedules.schedule import Schedule, ScheduleState, extra_edition_key, next_due
from tests.simulation import changes, editions
from tests.simulation.clock import DAWN, SimulatedClock
from tests.simulation.discord import Place, SimulatedDiscord
from tests.simulation.disk import SimulatedDisk
from tests.simulation.loop import SimulatedLoop
from tests.simulation.memory import Tables
from tests.simulation.memory.tables import ScheduleRow
from tests.simulation.messenger import SimulatedMessenger
from tests.simulation.oracle import Findings, Tally, judge
from tests.simulation.process import Process
from tests.simulation.variants import PROTOCOL, Variant
from tests.simulation.weather import ROUGH, Climate, Weather, chance

_DAY_S: Final = 86_400.0
_DRAIN_S: Final = 12 * _DAY_S
LONGER_THAN_A_POST_S: Final = 35.0
"""Fence and wire: discord.py's own repeats rest on the nonce, so they are played where Discord remembers it longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How large a world is."""

    schedules: int = 30
    days: float = 7.0
    climate: Climate = ROUGH
    looks_every_s: float = 300.0
    """Between two looks whether all has settled, at the end."""


class World:
    """One seed. Everything that is drawn comes from one source, so the seed determines the whole run.

    Attributes:
        plans: False once no new edition is planned.
        tally: What happened.
        trace: One line for each event, only where it was asked for.
    """

    def __init__(
        self, seed: int, *, plan: Plan | None = None, variant: Variant = PROTOCOL, keeps_trace: bool = False
    ) -> None:
        self.seed = seed
        self.variant = variant
        self.size = plan or Plan()
        self.source = chance(seed)
        self.weather = Weather(self.source, self.size.climate)
        self.loop = SimulatedLoop()
        self.loop.on_step = self._step
        self.clock = SimulatedClock(self.loop.time, rest_s=self._rest_s)
        self.nonce_window_s = self.source.choice(variant.nonce_windows_s)
        self.discord = SimulatedDiscord(self.clock.true_now, nonce_window_s=self.nonce_window_s)
        self.discord.refuses_form = self._refuses_form
        self.tables = Tables()
        self.disk = SimulatedDisk(self.weather, self.note)
        self.tally = Tally(worlds=1)
        self.plans = True
        self.trace: list[str] | None = [] if keeps_trace else None
        self.planned: set[DeliveryKey] = set()
        self.deleted_unsettled: set[str] = set()
        self.frozen: set[str] = set()
        self.steps = 0
        self._hash = hashlib.blake2b(digest_size=16)
        self._process = 0
        self._running: Process | None = None
        self._is_done = False
        self._steps_to_a_crash = -1
        self._steps_to_a_pause = -1

    def note(self, *event: object) -> None:
        """Something happened."""
        line = f"{self.loop.time():.6f} {' '.join(map(str, event))}"
        self._hash.update(line.encode())
        if self.trace is not None:
            self.trace.append(line)

    @property
    def trace_hash(self) -> str:
        """Over every event so far."""
        return self._hash.hexdigest()

    def run(self) -> Findings:
        """Live, then let everything settle, and count."""
        with closing(self.loop):
            self._open_schedules()
            self.loop.call_outside(0.0, self.start_process)
            if self.size.climate.hours_to_a_change:
                self._plan_change()
            self.loop.call_outside(self.size.days * _DAY_S, self._begin_the_end)
            self.loop.run(lambda: self._is_done)
            if self.loop.failures:
                raise AssertionError(f"seed {self.seed}: {self.loop.failures[:3]}")
            return self._judge()

    def _judge(self) -> Findings:
        self.tally.faults = self.weather.faults
        self.tally.simulated_s = self.loop.time()
        self.planned |= self.tables.rows.keys()
        return judge(
            self.tables.rows,
            sorted(self.planned, key=lambda key: (key.schedule_id, key.edition, key.part, key.channel_id)),
            self.discord,
            frozen=frozenset(self.frozen),
            deleted_unsettled=frozenset(self.deleted_unsettled),
            tally=self.tally,
        )

    def _open_schedules(self) -> None:
        for number in range(self.size.schedules):
            at = time(self.source.randrange(24), self.source.randrange(60))
            zone = self.source.choice(("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"))
            self.open_schedule(editions.standing_order(number, at=at, timezone=zone, created_at=DAWN))

    def open_schedule(self, schedule: Schedule) -> None:
        """A standing order that was saved, and its channel."""
        self.discord.places[schedule.channel_id] = Place()
        next_due_at = next_due(schedule, schedule.created_at)[1]
        self.tables.schedules[schedule.id] = ScheduleRow(schedule=schedule, next_due_at=next_due_at)

    # Processes.

    def start_process(self) -> None:
        """The machine starts the bot."""
        self._process += 1
        self.note("start", self._process)
        climate = self.size.climate
        self._steps_to_a_crash = self.weather.steps_to(climate.steps_to_a_crash)
        self._steps_to_a_pause = self.weather.steps_to(climate.steps_to_a_pause)
        # Made inside, so that what it makes belongs to it.
        self.loop.start(self._process, self._live())

    async def _live(self) -> None:
        self._running = self.new_process()
        await self._running.run()

    def new_process(self) -> Process:
        """Put the bot together, as it is at a start."""
        return Process(self)

    @property
    def messenger(self) -> SimulatedMessenger:
        """Of the process that runs."""
        if self._running is None:
            raise ValueError("no process runs")
        return self._running.messenger

    def new_messenger(self) -> SimulatedMessenger:
        """For a process."""
        return self.variant.messenger(
            self.discord,
            self.clock,
            self.loop,
            self.weather,
            tries_again=self.nonce_window_s > LONGER_THAN_A_POST_S,
            note=self.note,
        )

    def has_ended(self) -> None:
        """The process stopped by itself; somebody starts it again."""
        self.tally.stops += 1
        self._end_process(self.weather.log_uniform_s(1.0, 3600.0))

    def kill(self, down_s: float) -> None:
        """Between two steps of the process, which never knows."""
        self.tally.crashes += 1
        self.note("crash", self._process, f"{down_s:.3f}")
        self._end_process(down_s)
        self.variant.after_crash(self.tables)

    def _end_process(self, down_s: float) -> None:
        self.loop.kill(self._process)
        self._running = None
        self.loop.call_outside(down_s, self.start_process)

    def freeze(self, seconds: float) -> None:
        """Between two steps of the process, which doesn't know it either."""
        self.tally.pauses += 1
        self.note("freeze", self._process, f"{seconds:.3f}")
        if self._running is not None:
            self.frozen.update(self._running.messenger.in_the_gap)
        self.loop.freeze(self._process)
        self.loop.call_outside(seconds, self.loop.thaw, self._process)

    def _step(self, _process: int) -> None:
        self.steps += 1
        if self._steps_to_a_pause > 0:
            self._steps_to_a_pause -= 1
            if self._steps_to_a_pause == 0:
                self._steps_to_a_pause = self.weather.steps_to(self.size.climate.steps_to_a_pause)
                self.freeze(self.weather.log_uniform_s(1.0, 4 * 3600.0))
        if self._steps_to_a_crash > 0:
            self._steps_to_a_crash -= 1
            if self._steps_to_a_crash == 0:
                self._crash_or_stop()

    def _crash_or_stop(self) -> None:
        if self._running is not None and self.source.random() < 0.2:
            self.note("stop", self._process)
            self._running.stop.set()
            return
        self.kill(self.weather.log_uniform_s(1.0, _DAY_S))

    # Everything else that changes.

    def _plan_change(self) -> None:
        seconds = self.source.expovariate(1 / (self.size.climate.hours_to_a_change * 3600.0))
        self.loop.call_outside(seconds, self._change)

    def _change(self) -> None:
        if self.weather.is_over:
            return
        self.tally.changes += 1
        changes.change_something(self)
        self._plan_change()

    def send_now(self) -> None:
        """A member asks for an extra edition of some schedule."""
        standings = [each for each in self.tables.schedules.values() if each.schedule.state is ScheduleState.ACTIVE]
        if self._running is None or not standings:
            return
        schedule = self.source.choice(standings).schedule
        key = extra_edition_key(self.source.getrandbits(60))
        self.loop.start(self._process, self._running.send_now(schedule, key))

    def next_due_at(self) -> datetime | None:
        """When a schedule is to be looked at next; None for never."""
        return self.tables.next_due_at()

    def next_open_at(self) -> datetime | None:
        """When a row may be claimed next, in the ledger's time; None if none ever may be."""
        return self.tables.next_open_at()

    def draw_parts(self) -> int:
        """How many messages the next edition is."""
        return self.source.choice((1, 1, 2, 3))

    def admins_rest_s(self) -> float:
        """Until the admin looks again."""
        return 600.0 if self.weather.is_over else self.source.uniform(1800.0, 4 * 3600.0)

    def _rest_s(self, seconds: float) -> float:
        """An idle sender sleeps until something can be claimed: the looks in between would find nothing."""
        process = self._running
        offset_s = None if process is None else process.messenger.discord_offset_s()
        if offset_s is None or seconds > 1.0:
            return seconds
        open_at = self.next_open_at()
        if open_at is None:
            return 900.0
        left_s = (open_at - self.clock.now()).total_seconds() - offset_s
        return max(seconds, min(900.0, left_s + self.source.random()))

    def _refuses_form(self, nonce: str, is_plain: bool) -> bool:  # noqa: FBT001 - `SimulatedDiscord.refuses_form`
        letters = nonce.encode()[4:8] if is_plain else nonce.encode()[:4]
        return bool(self.size.climate.hours_to_a_change) and int.from_bytes(letters, "big") % 40 == 0

    # The end.

    def _begin_the_end(self) -> None:
        self.note("the end begins")
        self.weather.is_over = True
        self.plans = False
        self._steps_to_a_crash = self._steps_to_a_pause = -1
        changes.mend_everything(self)
        self._look_for_the_end()

    def _look_for_the_end(self) -> None:
        self._is_done = self.is_settled() or self.loop.time() > self.size.days * _DAY_S + _DRAIN_S
        if not self._is_done:
            self.loop.call_outside(self.size.looks_every_s, self._look_for_the_end)

    def is_settled(self) -> bool:
        """Nothing is on its way, and nothing waits for a person."""
        waits = {DeliveryState.FAILED, DeliveryState.UNKNOWN}
        return not self.tables.open and not any(row.state in waits for row in self.tables.rows.values())
