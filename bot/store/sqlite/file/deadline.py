"""A time limit for a piece of reading: SQLite is asked to stop, and what was read so far is kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from bot.clock import Clock

_STEPS: Final = 10_000
"""Virtual-machine steps between two looks at the clock: half a millisecond. Each look waits for Python's one lock."""


@dataclass(slots=True, kw_only=True)
class Deadline:
    """When to stop, on the clock's `uptime`, and whether that came."""

    clock: Clock
    at: float
    has_passed: bool = False

    def is_over(self) -> bool:
        """True from the deadline on."""
        self.has_passed = self.has_passed or self.clock.uptime() >= self.at
        return self.has_passed

    @contextmanager
    def on(self, connection: sqlite3.Connection) -> Iterator[None]:
        """Stop what `connection` reads within the block when the time is over; then the block ends without an error."""
        connection.set_progress_handler(self.is_over, _STEPS)
        try:
            yield
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                raise
        finally:
            connection.set_progress_handler(None, 0)
