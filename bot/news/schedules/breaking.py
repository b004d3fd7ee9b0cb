"""When a schedule of breaking news posts: a story of many outlets, at once, at most once a day, never at night."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from bot.errors import BadInputError

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


_LOOKS: Final = timedelta(days=3) // LOOK_EVERY
"""Two days, one of which may be skipped, and the quiet hours before them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """The moments at which breaking news may be posted, each with its local date.

    The date is the edition's key, so there is one a day at most, whatever the clock does.

    Attributes:
        zone: Of the quiet hours and dates.
        left_out: The date that is skipped, as an edition's key.
    """

    breaking: Breaking
    zone: tzinfo
    left_out: str | None

    def at(self, moment: datetime) -> tuple[date, datetime] | None:
        """Return a moment with its date; None in quiet hours, or on the skipped date."""
        local = moment.astimezone(self.zone)
        if self.breaking.is_quiet(local.time()) or self.left_out == local.date().isoformat():
            return None
        return local.date(), moment

    def next_after(self, moment: datetime) -> tuple[date, datetime]:
        """Return the next look after a moment.

        Raises:
            BadInputError: the quiet hours last all day.
        """
        for step in range(1, _LOOKS + 1):
            found = self.at(moment + step * LOOK_EVERY)
            if found is not None:
                return found
        raise BadInputError("The schedule has quiet hours all day.", cure="Make them shorter.")

    def first_on(self, local_date: date) -> datetime | None:
        """Return the first look on a date; None if the date is skipped."""
        midnight = datetime.combine(local_date, time(), tzinfo=self.zone).astimezone(UTC)
        found, at = self.next_after(midnight - LOOK_EVERY)
        return at if found == local_date else None
