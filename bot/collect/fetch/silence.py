"""Hosts that don't answer: their other addresses are not waited for."""

from __future__ import annotations

from typing import Final

from bot.clock import Clock

SILENT_AFTER: Final = 2
"""Requests in a row that took their whole time: one alone may be a slow feed of a sound host."""

SILENT_S: Final = 300.0
"""Seconds for which a silent host isn't asked again: the rest of a pass."""


class SilentHosts:
    """Remembers which hosts have let requests wait to the end of their time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._in_vain: dict[str, int] = {}
        self._until_s: dict[str, float] = {}

    def is_silent(self, host: str) -> bool:
        """Return True if a host isn't to be asked at the moment."""
        return self._clock.uptime() < self._until_s.get(host, 0.0)

    def note(self, host: str, *, has_answered: bool) -> None:
        """Note whether a host answered a request in time, be it with an error."""
        if has_answered:
            self._in_vain.pop(host, None)
            return
        self._in_vain[host] = self._in_vain.get(host, 0) + 1
        if self._in_vain[host] >= SILENT_AFTER:
            self._until_s[host] = self._clock.uptime() + SILENT_S
