"""What goes wrong, and how often. All of it is drawn from one seeded source, so a seed is the whole story."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final, Literal

Fate = Literal[
    "answered",
    "unreachable",  # no connection: it can't have arrived
    "never_arrived",  # the connection broke before Discord had it
    "answer_lost",  # Discord took it, and nobody hears of it
    "failed_before",  # a 5xx, and Discord didn't take it
    "failed_after",  # a 5xx, and Discord took it
    "too_many",  # a 429
    "shut_out",  # the ban in front of Discord
]

_FATES: Final[tuple[Fate, ...]] = (
    "unreachable",
    "never_arrived",
    "answer_lost",
    "failed_before",
    "failed_after",
    "too_many",
    "shut_out",
)
_WEIGHTS: Final = (3, 3, 5, 3, 5, 3, 1)


def chance(seed: int | str) -> random.Random:
    """The one source of chance."""
    return random.Random(seed)  # noqa: S311 - a seed must play the same again


@dataclass(frozen=True, slots=True, kw_only=True)
class Climate:
    """How often things go wrong; zeros are a quiet world.

    Attributes:
        trouble: The share of requests that don't simply get their answer, in calm and in rough hours.
        steps_to_a_crash, steps_to_a_pause: Of the process, on average; 0 for never.
        hours_to_a_change: Between two changes of anything else (clocks, permissions, channels, the disk), on average; 0
            for never.
    """

    trouble: tuple[float, float] = (0.02, 0.35)
    steps_to_a_crash: float = 2500.0
    steps_to_a_pause: float = 2500.0
    hours_to_a_change: float = 5.0


ROUGH: Final = Climate()
QUIET: Final = Climate(trouble=(0.0, 0.0), steps_to_a_crash=0.0, steps_to_a_pause=0.0, hours_to_a_change=0.0)


class Weather:
    """Draws what happens next.

    Attributes:
        is_rough: Whether these are rough hours.
        is_over: True at the end of a run: everything works.
        faults: Requests so far that didn't simply get their answer.
        script: What becomes of the next posts, one after the other.
    """

    def __init__(self, source: random.Random, climate: Climate) -> None:
        self.source = source
        self.climate = climate
        self.is_rough = False
        self.is_over = False
        self.faults = 0
        self.script: list[Fate] = []

    def fate_of_a_post(self) -> Fate:
        """What the script says, as long as it says something; then as any other request's."""
        return self.script.pop(0) if self.script else self.fate()

    def fate(self) -> Fate:
        """Of one request."""
        if self.is_over or self.source.random() >= self.climate.trouble[self.is_rough]:
            return "answered"
        self.faults += 1
        return self.source.choices(_FATES, _WEIGHTS)[0]

    def latency_s(self) -> float:
        """Of one way: mostly short, at times nearly as long as a request may last."""
        if self.is_over or self.source.random() < 0.9 or not self.climate.trouble[1]:
            return self.source.uniform(0.02, 0.3)
        return self.source.uniform(0.3, 14.9)

    def log_uniform_s(self, shortest: float, longest: float) -> float:
        """A span of any order of magnitude."""
        return float(shortest * (longest / shortest) ** self.source.random())

    def steps_to(self, mean: float) -> int:
        """Steps until something that comes every `mean` steps; -1 for never."""
        return -1 if self.is_over or not mean else 1 + int(self.source.expovariate(1 / mean))
