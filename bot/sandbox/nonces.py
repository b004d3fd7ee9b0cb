"""Discord's memory for nonces: for a few minutes, one author's nonce names one message."""

from __future__ import annotations

from collections import OrderedDict

from bot.clock import Clock
from bot.sandbox.message import SandboxMessage


class Nonces:
    """Finds the message that already has a nonce.

    The memory is per author, not per channel, and lasts "a few minutes" by Discord's documentation; `window_s`
    says how many seconds that is here.
    """

    def __init__(self, clock: Clock, window_s: float) -> None:
        self._clock = clock
        self.window_s = window_s
        self._seen: OrderedDict[tuple[int, str], tuple[float, SandboxMessage]] = OrderedDict()

    def find(self, author: int, nonce: str) -> SandboxMessage | None:
        """The message that `author` posted with `nonce` inside the window, deleted or not."""
        self._forget()
        found = self._seen.get((author, nonce))
        return None if found is None else found[1]

    def remember(self, author: int, nonce: str, message: SandboxMessage) -> None:
        """From now on, and for the window's length, `nonce` names `message`."""
        self._forget()
        key = (author, nonce)
        self._seen[key] = (self._clock.uptime(), message)
        self._seen.move_to_end(key)

    def _forget(self) -> None:
        oldest = self._clock.uptime() - self.window_s
        while self._seen:
            key, (seen_at, _) = next(iter(self._seen.items()))
            if seen_at > oldest:
                return
            del self._seen[key]
