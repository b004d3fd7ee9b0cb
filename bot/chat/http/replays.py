"""Recognise a request that was recorded and is sent again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from bot.clock import Clock

INTERACTION_S: Final = 5.0
"""An interaction has expired 3 s after it was sent; the rest is for clocks that differ."""

EVENT_S: Final = 900.0
"""Discord repeats an event that got no answer for up to 10 minutes (its documentation, Webhook Events)."""

MOST_SEEN: Final = 20_000
"""Interactions within `KEPT_S`: many times what one process can answer."""

KEPT_S: Final = 4 * INTERACTION_S
"""Longer than an interaction's time is accepted, whatever is learned about Discord's clock meanwhile."""


class Replays:
    """Judges the age of requests, and remembers the interactions that were taken.

    Only genuine interactions are remembered, so nobody but Discord can fill the memory; when it is full, more are
    refused rather than earlier ones forgotten.
    """

    def __init__(self, now_s: Callable[[], float], clock: Clock, *, most: int = MOST_SEEN) -> None:
        """Begin with nothing remembered.

        Args:
            now_s: Seconds since 1970 by Discord's clock, as far as it is known.
            clock: Its uptime says how long something has been remembered.
            most: At most this many interactions are remembered.
        """
        self._now_s = now_s
        self._clock = clock
        self._most = most
        self._seen_s: OrderedDict[str, float] = OrderedDict()

    def is_timely(self, at_s: str, within_s: float) -> bool:
        """Return True if a request was signed at most that many seconds ago, or from now."""
        return abs(self._now_s() - int(at_s)) <= within_s

    @property
    def is_full(self) -> bool:
        """True while no further interaction can be remembered."""
        self._forget()
        return len(self._seen_s) >= self._most

    def is_first(self, interaction_id: str) -> bool:
        """Remember an interaction; False if it was taken before."""
        if interaction_id in self._seen_s:
            return False
        self._seen_s[interaction_id] = self._clock.uptime()
        return True

    def _forget(self) -> None:
        while self._seen_s and next(iter(self._seen_s.values())) < self._clock.uptime() - KEPT_S:
            self._seen_s.popitem(last=False)
