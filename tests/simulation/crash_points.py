"""A short run, killed at each of its steps in turn: what is in the channel afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from typing import Final

from tests.simulation import editions
from tests.simulation.clock import DAWN
from tests.simulation.oracle import Findings
from tests.simulation.variants import PROTOCOL, Variant
from tests.simulation.weather import QUIET, Fate
from tests.simulation.world import Plan, World

_DUE: Final = time(0, 1)
_RUN: Final = Plan(schedules=1, days=0.0, climate=QUIET, looks_every_s=10.0)
_NEVER: Final = 0

DOWN_S: Final = (1.0, 3600.0)
NONCE_WINDOWS_S: Final = (0.0, 60.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What happens in a run beside the crash."""

    name: str
    parts: int = 1
    fates: tuple[Fate, ...] = ()
    is_readable: bool = True


SCRIPTS: Final = (
    Script(name="plan, claim, post, mark"),
    Script(name="three parts", parts=3),
    Script(name="too many requests, then a retry", fates=("too_many",)),
    Script(name="unreachable, then a retry", fates=("unreachable", "unreachable")),
    Script(name="taken, and the answer lost", fates=("answer_lost",)),
    Script(name="not taken, and nobody knows", fates=("never_arrived",)),
    Script(name="5xx after it was taken", fates=("failed_after",)),
    Script(name="5xx twice before it was taken", fates=("failed_before", "failed_before")),
    Script(name="the middle part's answer lost", parts=3, fates=("answered", "answer_lost")),
    Script(name="an answer lost that can't be read back", parts=2, fates=("answer_lost",), is_readable=False),
)


class ScriptedWorld(World):
    """One schedule, one edition, one crash."""

    def __init__(
        self,
        script: Script,
        *,
        dies_at: int = _NEVER,
        down_s: float = 1.0,
        nonce_window_s: float = 0.0,
        variant: Variant = PROTOCOL,
    ) -> None:
        """See the class.

        Args:
            script: What happens beside the crash.
            dies_at: The step, from 1 on, before which the process is killed; 0 for never.
            down_s: Until the next one starts.
            nonce_window_s: How long Discord remembers a nonce.
            variant: How the core is put together.
        """
        super().__init__(dies_at, plan=_RUN, variant=variant)
        self.nonce_window_s = self.discord.nonce_window_s = nonce_window_s
        self.weather.script = list(script.fates)
        self._script = script
        self._dies_at = dies_at
        self._down_s = down_s

    def draw_parts(self) -> int:
        """As the script says."""
        return self._script.parts

    def admins_rest_s(self) -> float:
        """Soon, or the run would be nothing but waiting."""
        return 300.0

    def _open_schedules(self) -> None:
        self.open_schedule(editions.standing_order(1, at=_DUE, created_at=DAWN))
        for place in self.discord.places.values():
            place.may_read_history = self._script.is_readable

    def _begin_the_end(self) -> None:
        """At once: the edition is planned during the end, or there would be nothing but waiting."""
        self._look_for_the_end()

    def is_settled(self) -> bool:
        """Only once the edition was planned."""
        return bool(self.tables.rows) and super().is_settled()

    def _step(self, process: int) -> None:
        super()._step(process)
        if self.steps == self._dies_at:
            self.kill(self._down_s)


def count_steps(script: Script, *, nonce_window_s: float = 0.0) -> int:
    """The steps of a run without a crash: between any two of them the process can die."""
    world = ScriptedWorld(script, nonce_window_s=nonce_window_s)
    world.run()
    if not world.tally.is_clean:
        raise AssertionError(f"{script.name}: not even without a crash")
    return world.steps


def crash_everywhere(script: Script, *, stride: int = 1, variant: Variant = PROTOCOL) -> Iterator[tuple[str, Findings]]:
    """Run the script once for each step, downtime and nonce window; what it was, and what was found.

    Args:
        script: What happens beside the crash.
        stride: 1 for each step, 2 for every other one, ...
        variant: How the core is put together.
    """
    for window_s in NONCE_WINDOWS_S:
        steps = count_steps(script, nonce_window_s=window_s)
        for down_s in DOWN_S:
            for step in range(1, steps + 1, stride):
                world = ScriptedWorld(script, dies_at=step, down_s=down_s, nonce_window_s=window_s, variant=variant)
                findings = world.run()
                where = f"{script.name}: killed at step {step} of {steps}, down {down_s:g} s, nonces {window_s:g} s"
                yield where, findings
