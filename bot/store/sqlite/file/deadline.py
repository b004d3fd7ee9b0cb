"""Time limit for reading: SQLite is interrupted, and the rows read so far are kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from bot.clock import Clock

_STEPS: Final = 10_000
"""Virtual-machine steps between two calls of the progress handler: half a millisecond. Each call waits for the GIL."""


@dataclass(slots=True, kw_only=True)
class Deadline:
    """When to stop, on the clock's `uptime`, and whether that has passed."""

    clock: Clock
    at: float
    has_passed: bool = False

    def is_over(self) -> bool:
        """Return True from the deadline on."""
        self.has_passed = self.has_passed or self.clock.uptime() >= self.at
        return self.has_passed

    @contextmanager
    def on(self, *connections: sqlite3.Connection) -> Iterator[None]:
        """Interrupt reads of connections within the block at the deadline; the block then ends without an error."""
        for connection in connections:
            connection.set_progress_handler(self.is_over, _STEPS)
        try:
            yield
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                raise
        finally:
            for connection in connections:
                connection.set_progress_handler(None, 0)
