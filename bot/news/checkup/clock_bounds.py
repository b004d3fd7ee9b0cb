"""Estimate how far another machine's clock is ahead of our uptime, from the dates in its responses.

A date counts whole seconds and was written between the start of a request and the arrival of its response. So each
response gives a lower and an upper bound, and together they give the narrowest: a slow response, or one that a frozen
process read late, adds nothing and does no harm.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

DATE_S: Final = 1.0
"""A `Date` header gives a whole second, and the moment is within it (RFC 9110, 5.6.7)."""

DRIFT: Final = 1e-4
"""Drift of two clocks in seconds per second: twice the worst error of a computer's quartz."""

MOST_APART_S: Final = 60.0
"""Limit of the difference between our wall clock and Discord's; beyond it nothing is planned (docs/delivery.md,
Scheduler)."""


def is_apart(wall: timedelta, uptime_s: float) -> bool:
    """Return True if the wall clock was set during a span: a mere pause advances it as far as the uptime."""
    return abs(wall.total_seconds() - uptime_s) > MOST_APART_S


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockBounds:
    """Bounds of the other clock (in seconds since 1970) minus our uptime.

    Attributes:
        least_s, most_s: The lower and the upper bound.
        noted_s: The uptime at which they held; later they widen by `DRIFT`.
    """

    least_s: float
    most_s: float
    noted_s: float

    @classmethod
    def of_date(cls, date_s: float, *, begun_s: float, ended_s: float) -> ClockBounds:
        """Compute the bounds that one response gives.

        Args:
            date_s: Its date, in seconds since 1970.
            begun_s: Uptime before its request was sent.
            ended_s: Uptime after its date was read.
        """
        return cls(least_s=date_s - ended_s, most_s=date_s + DATE_S - begun_s, noted_s=ended_s)

    @property
    def middle_s(self) -> float:
        """The best estimate."""
        return (self.least_s + self.most_s) / 2

    def narrowed(self, newer: ClockBounds) -> ClockBounds:
        """Combine both bounds; if they contradict each other, a clock was changed, and only the newer ones count."""
        apart_s = DRIFT * max(0.0, newer.noted_s - self.noted_s)
        least_s = max(self.least_s - apart_s, newer.least_s)
        most_s = min(self.most_s + apart_s, newer.most_s)
        if least_s > most_s:
            return newer
        return ClockBounds(least_s=least_s, most_s=most_s, noted_s=max(self.noted_s, newer.noted_s))
