"""How far another machine's clock is ahead of our uptime, from the dates that it put on its answers.

A date counts whole seconds and was written at some moment between a request's begin and its answer's arrival. So each
answer gives a least and a most, and answers together give the narrowest of them: a slow answer, or one that a frozen
process read late, adds nothing and spoils nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

DATE_S: Final = 1.0
"""A `Date` header names a whole second; the moment lies within it (RFC 9110, 5.6.7)."""

DRIFT: Final = 1e-4
"""Seconds a second by which two clocks may part: twice what a computer's quartz is off at worst."""


MOST_APART_S: Final = 60.0
"""docs/delivery.md, Scheduler: so far our wall clock and Discord's may be apart before nothing is planned any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockBounds:
    """Between which two numbers the other clock (in seconds since 1970) less our uptime lies.

    Attributes:
        least_s, most_s: The two numbers.
        noted_s: Uptime at which that was so; later they part by `DRIFT`.
    """

    least_s: float
    most_s: float
    noted_s: float

    @classmethod
    def of_date(cls, date_s: float, *, begun_s: float, ended_s: float) -> ClockBounds:
        """What one answer says.

        Args:
            date_s: Its date, in seconds since 1970.
            begun_s: Uptime before its request went out.
            ended_s: Uptime after its date was read.
        """
        return cls(least_s=date_s - ended_s, most_s=date_s + DATE_S - begun_s, noted_s=ended_s)

    @property
    def middle_s(self) -> float:
        """The best guess."""
        return (self.least_s + self.most_s) / 2

    def narrowed(self, newer: ClockBounds) -> ClockBounds:
        """Both together; only the newer where they contradict each other, for then one of the clocks was set."""
        apart_s = DRIFT * max(0.0, newer.noted_s - self.noted_s)
        least_s = max(self.least_s - apart_s, newer.least_s)
        most_s = min(self.most_s + apart_s, newer.most_s)
        if least_s > most_s:
            return newer
        return ClockBounds(least_s=least_s, most_s=most_s, noted_s=max(self.noted_s, newer.noted_s))
