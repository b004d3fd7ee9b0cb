"""Weeks of one process that is never killed: what it keeps in memory, and what it leaves open."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import time
from pathlib import Path
from typing import Final

from bot.news.delivery import DeliveryState
from bot.news.schedules.schedule import Weekday
from bot.usecases.delivery import Deliverer
from tests.simulation import editions
from tests.simulation.clock import DAWN
from tests.simulation.variants import PROTOCOL, Variant
from tests.simulation.weather import Climate
from tests.simulation.world import Plan, World

WEEKS: Final = 7
MOST_GROWTH: Final = 0.05
_WEEK_S: Final = 7 * 86_400.0
_DOTS: Final = Climate(trouble=(0.01, 0.01), steps_to_a_crash=0.0, steps_to_a_pause=0.0, hours_to_a_change=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """The state at the end of a week.

    Attributes:
        resident_bytes: Of the whole process.
        objects: That the garbage collector knows.
        tasks: Of the simulated process that have not ended.
    """

    delivered: int
    resident_bytes: int
    objects: int
    tasks: int


class Soak(World):
    """Every channel gets one weekly edition, all of them due at the same moment."""

    def __init__(self, channels: int, *, weeks: int = WEEKS, variant: Variant = PROTOCOL) -> None:
        """See the class; what variants lack isn't asked here, only what they keep."""
        calm = replace(variant, nonce_windows_s=(60.0,))
        plan = Plan(schedules=channels, days=7.0 * weeks, climate=_DOTS)
        super().__init__(1, plan=plan, variant=calm)
        self._weeks = weeks
        self._week_is_over = False

    def draw_parts(self) -> int:
        """One."""
        return 1

    def _open_schedules(self) -> None:
        for number in range(self.size.schedules):
            daily = editions.standing_order(number, at=time(9), created_at=DAWN)
            self.open_schedule(replace(daily, days=(Weekday.TUESDAY,)))

    def weeks(self) -> Iterator[Week]:
        """Live week by week."""
        with closing(self.loop):
            self._open_schedules()
            self.loop.call_outside(0.0, self.start_process)
            for _ in range(self._weeks):
                self._week_is_over = False
                self.loop.call_outside(_WEEK_S, self._end_week)
                self.loop.run(lambda: self._week_is_over)
                yield self._measure()

    @property
    def deliverer(self) -> Deliverer:
        """The sender of the process that ran."""
        if self._running is None:
            raise ValueError("no process has run")
        return self._running.deliverer

    def _end_week(self) -> None:
        self._week_is_over = True

    def _measure(self) -> Week:
        sent = [row for row in self.tables.rows.values() if row.state is DeliveryState.SENT]
        messages = sum(len(place.messages) for place in self.discord.places.values())
        if len(sent) != self.size.schedules or messages != len(sent):
            raise AssertionError(f"{len(sent)} rows SENT, {messages} messages, for {self.size.schedules} channels")
        delivered = len(sent)
        del sent
        self._forget_the_week()
        gc.collect()
        return Week(
            delivered=delivered,
            resident_bytes=_resident_bytes(),
            objects=len(gc.get_objects()),
            tasks=self.loop.pending(self._process),
        )

    def _forget_the_week(self) -> None:
        """What is on the disk and at Discord is not in the bot's memory; here it would be."""
        for schedule, kept in list(self.tables.editions.items()):
            self.tables.forget([(schedule, key) for key in list(kept)])
        self.discord.forget()


def problems_of(weeks: list[Week]) -> list[str]:
    """What grew by too much between the first week's end and the last one's."""
    first, last = weeks[0], weeks[-1]
    found = []
    if last.resident_bytes > first.resident_bytes * (1 + MOST_GROWTH):
        found.append(f"memory grew from {first.resident_bytes} to {last.resident_bytes} bytes")
    if last.objects > first.objects * (1 + MOST_GROWTH):
        found.append(f"objects grew from {first.objects} to {last.objects}")
    if last.tasks > first.tasks:
        found.append(f"tasks grew from {first.tasks} to {last.tasks}")
    return found


def _resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
