"""Write finished log lines to a file descriptor, so that no trouble with it reaches the code that logs.

A full disk, a closed pipe or a reader that has stopped costs lines, never the bot's work: such lines are dropped and
counted, and the next line that can be written is preceded by their number. The running bot hands its lines to a thread,
because writing to a pipe that nobody reads takes forever. Lines are written past Python's stream objects: their buffers
and locks would fail or block the end of the process.
"""

from __future__ import annotations

import os
import queue
import select
import threading
from collections.abc import Callable
from typing import Final

MOST_BYTES: Final = 4 * 1024 * 1024
"""Limit of the bytes that wait for a reader: some ten thousand lines."""

FLUSH_S: Final = 1.0
"""Time limit for the waiting lines when the process ends."""


class LineWriter:
    """Writes lines; one that can't be written is dropped and counted.

    Attributes:
        dropped: The number of dropped lines.
        trouble: Why the last line could not be written; empty if it was.
    """

    def __init__(self, descriptor: int, *, on_recovery: Callable[[int], object]) -> None:
        """Set up the writer.

        Args:
            descriptor: Where to write.
            on_recovery: Called with the number of dropped lines once a line was written again.
        """
        self._descriptor = descriptor
        self._on_recovery = on_recovery
        self._is_torn = False
        self._reported = 0
        self.dropped = 0
        self.trouble = ""

    def write(self, line: bytes) -> None:
        """Write a line, which ends in a line break."""
        try:
            self._write_all(b"\n" + line if self._is_torn else line)
        except OSError as error:
            self.dropped += 1
            self.trouble = error.strerror or type(error).__name__
            return
        self.trouble = ""
        if self.dropped > self._reported:
            lost, self._reported = self.dropped - self._reported, self.dropped
            self._on_recovery(lost)

    def _write_all(self, line: bytes) -> None:
        rest = memoryview(line)
        while rest:
            try:
                written = os.write(self._descriptor, rest)
            except BlockingIOError:  # another program has made the pipe or terminal non-blocking
                select.select([], [self._descriptor], [])
                continue
            rest = rest[written:]
            self._is_torn = bool(rest)


class LineQueue:
    """Hands lines to a writer in a thread of its own; what is too much is dropped and counted."""

    def __init__(
        self, writer: LineWriter, *, on_recovery: Callable[[int], object], most_bytes: int = MOST_BYTES
    ) -> None:
        """Start the thread.

        Args:
            writer: Writes the lines.
            on_recovery: As for `LineWriter`.
            most_bytes: Limit of the bytes that wait.
        """
        self._writer = writer
        self._on_recovery = on_recovery
        self._most_bytes = most_bytes
        # Unlike `queue.Queue` it may be entered again by a finalizer that logs while a line is being added.
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._added = self._taken = 0
        self._refused = self._reported = 0
        self._is_full = False
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)
        self._thread.start()

    @property
    def dropped(self) -> int:
        """The number of dropped lines."""
        return self._refused + self._writer.dropped

    @property
    def trouble(self) -> str:
        """Why lines are being dropped; empty if they are written."""
        return "nobody reads it" if self._is_full else self._writer.trouble

    def add(self, line: bytes) -> None:
        """Add a line; returns at once. The caller holds a lock: only one line is added at a time."""
        if self._added - self._taken + len(line) > self._most_bytes:
            self._refused += 1
            self._is_full = True
            return
        self._added += len(line)
        self._lines.put(line)

    def close(self, within_s: float = FLUSH_S) -> None:
        """Write the waiting lines, at most for this time."""
        self._lines.put(None)
        self._thread.join(within_s)

    def _run(self) -> None:
        while (line := self._lines.get()) is not None:
            self._writer.write(line)
            self._taken += len(line)
            if self._is_full and self._added - self._taken < self._most_bytes // 2:
                self._is_full = False
                lost, self._reported = self._refused - self._reported, self._refused
                self._on_recovery(lost)
