"""Count how long requests waited for their turn, for the metrics."""

from __future__ import annotations

from typing import Final

STEPS_S: Final = (0.005, 0.05, 0.5, 2.0, 5.0, 20.0, 60.0)
"""Seconds: from no wait to more than a post's fence (20 s) allows."""


class WaitCounts:
    """A histogram of waits since the start.

    Attributes:
        count: The number of requests.
        seconds: The sum of their waits.
    """

    def __init__(self) -> None:
        self._up_to = dict.fromkeys(STEPS_S, 0)
        self.count = 0
        self.seconds = 0.0

    def note(self, seconds: float) -> None:
        """Add the wait of one request."""
        self.count += 1
        self.seconds += seconds
        for step in STEPS_S:
            if seconds <= step:
                self._up_to[step] += 1

    @property
    def up_to(self) -> tuple[tuple[float, int], ...]:
        """For each step, the number of requests that waited no longer."""
        return tuple(self._up_to.items())
