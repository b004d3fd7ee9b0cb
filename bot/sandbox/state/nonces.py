"""Discord's memory for nonces: for a few minutes, one author's nonce refers to one message."""

from __future__ import annotations

from collections import OrderedDict

from bot.clock import Clock
from bot.sandbox.state.message import SandboxMessage


class Nonces:
    """Finds the message that was posted with a nonce.

    The memory is per author, not per channel, and lasts "a few minutes" according to Discord's documentation;
    `window_s` is its length here, in seconds.
    """

    def __init__(self, clock: Clock, window_s: float) -> None:
        self._clock = clock
        self.window_s = window_s
        self._seen: OrderedDict[tuple[int, str], tuple[float, SandboxMessage]] = OrderedDict()

    def find(self, author: int, nonce: str) -> SandboxMessage | None:
        """The message that `author` posted with `nonce` within the window, deleted or not."""
        self._expire()
        found = self._seen.get((author, nonce))
        return None if found is None else found[1]

    def remember(self, author: int, nonce: str, message: SandboxMessage) -> None:
        """Remember that `author` posted `message` with `nonce`, for the length of the window."""
        self._expire()
        key = (author, nonce)
        self._seen[key] = (self._clock.uptime(), message)
        self._seen.move_to_end(key)

    def _expire(self) -> None:
        oldest = self._clock.uptime() - self.window_s
        while self._seen:
            key, (seen_at, _) = next(iter(self._seen.items()))
            if seen_at > oldest:
                return
            del self._seen[key]
