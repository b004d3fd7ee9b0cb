"""When a schedule of breaking news posts: a story of many outlets, at once, at most once a day, never at night."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from typing import Final

LOOK_EVERY: Final = timedelta(minutes=5)
"""A schedule of breaking news looks for it this often."""

MAX_LATENESS: Final = timedelta(hours=1)
"""Breaking news that could not be posted for this long is left to the digest."""

BREAKING_SCORE: Final = 80
"""The score that a story needs, unless the schedule has a minimum of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaking:
    """What breaking news is.

    Attributes:
        outlets: The outlets that report the story, 2 to 20,
        hours: within this many hours, 1 to 48.
        quiet_from, quiet_until: Nothing is posted between these local times; the same time twice for no quiet hours.
    """

    outlets: int = 3
    hours: int = 6
    quiet_from: time = time(22)
    quiet_until: time = time(7)

    def is_quiet(self, local: time) -> bool:
        """True if nothing is posted at a local time."""
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= local < self.quiet_until
        return local >= self.quiet_from or local < self.quiet_until


USUAL: Final = Breaking()
