"""Snowflakes, Discord's ids: a timestamp and a counter in one number (docs, Reference, Snowflakes)."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.clock import Clock

EPOCH_MS = 1_420_070_400_000
"""Discord's epoch, the first second of 2015, in milliseconds since 1970."""

_COUNTER_BITS = 22


class Snowflakes:
    """Generates unique ids that contain the clock's time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counter = 0

    def new(self) -> int:
        """Generate the next id; ids also increase within one millisecond."""
        self._counter = (self._counter + 1) % (1 << _COUNTER_BITS)
        return ((round(self._clock.now().timestamp() * 1000) - EPOCH_MS) << _COUNTER_BITS) | self._counter


def moment_of(snowflake: int) -> datetime:
    """The time that an id contains, to the millisecond."""
    return datetime.fromtimestamp(((snowflake >> _COUNTER_BITS) + EPOCH_MS) / 1000, UTC)
