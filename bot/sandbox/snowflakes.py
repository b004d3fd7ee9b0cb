"""Discord's ids: a moment and a counter in one number."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.clock import Clock

EPOCH_MS = 1_420_070_400_000
"""Discord's epoch, the first second of 2015, in milliseconds since 1970."""

_COUNTER_BITS = 22


class Snowflakes:
    """Hands out ids that carry the clock's moment; two are never alike."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counter = 0

    def new(self) -> int:
        """The next id; within one millisecond ids still grow."""
        self._counter = (self._counter + 1) % (1 << _COUNTER_BITS)
        return ((round(self._clock.now().timestamp() * 1000) - EPOCH_MS) << _COUNTER_BITS) | self._counter


def moment_of(snowflake: int) -> datetime:
    """The moment that an id carries, to the millisecond."""
    return datetime.fromtimestamp(((snowflake >> _COUNTER_BITS) + EPOCH_MS) / 1000, UTC)
