"""Our own limit on all requests, which discord.py lacks, and the waits that Discord asked for."""

from __future__ import annotations

import math
import re
from collections import deque
from typing import Final

from bot.clock import Clock

REQUESTS_PER_S: Final = 48.0
"""Discord allows 50 a second for a token (docs/platform.md, Limits)."""

_WINDOW_S: Final = 1.04
"""Within this many seconds no more requests pass than the rate allows: at most 50 in any second that Discord counts,
even if those of the last twenty-fifth of a second arrive bunched."""

_SLACK_S: Final = 0.05
_MOST_WAITS: Final = 1000
_IDS: Final = re.compile(r"(?<=/)\d+")


class Limiter:
    """Lets requests through one after the other, at most a given number in any second."""

    def __init__(self, clock: Clock, *, per_s: float = REQUESTS_PER_S, burst: int = 1) -> None:
        """Set up the limiter.

        Args:
            clock: Its uptime is used.
            per_s: Requests a second, in the long run.
            burst: Requests that may pass at once after a pause.
        """
        self._clock = clock
        self._gap_s = 1.0 / per_s
        self._ahead_s = (burst - 1) * self._gap_s
        self._next_s = 0.0
        self._passed: deque[float] = deque(maxlen=math.ceil(per_s * _WINDOW_S) + burst - 1)

    async def acquire(self) -> None:
        """Return when it is this request's turn; turns are given in the order of the calls."""
        now = self._clock.uptime()
        turn = max(self._next_s, now)
        self._next_s = turn + self._gap_s
        if (wait := turn - self._ahead_s - now) > 0:
            await self._clock.sleep(wait)
        # If the event loop was blocked, all requests whose turns fell into that time wake at once.
        while (wait := self._crowded_s()) > 0:
            await self._clock.sleep(wait)
        self._passed.append(self._clock.uptime())

    def _crowded_s(self) -> float:
        """Seconds until another one may pass, by when the last ones actually passed."""
        if len(self._passed) < (self._passed.maxlen or 1):
            return 0.0
        return self._passed[0] + _WINDOW_S - self._clock.uptime()


class Waits:
    """The waits that Discord asked for, by bucket or for all requests."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._everything_s = 0.0
        self._routes: dict[str, float] = {}

    def add(self, method: str, path: str, seconds: float, *, is_global: bool) -> None:
        """Note that Discord answered 429 with this wait."""
        until = self._clock.uptime() + seconds + _SLACK_S
        if is_global:
            self._everything_s = max(self._everything_s, until)
            return
        if len(self._routes) >= _MOST_WAITS:
            self._routes = {key: end for key, end in self._routes.items() if end > self._clock.uptime()}
        self._routes[_bucket(method, path)] = until

    def left_s(self, method: str, path: str, *, is_exempt: bool = False) -> float:
        """Seconds until a request may begin, 0.0 for at once; `is_exempt` from the limit over everything."""
        until = self._routes.get(_bucket(method, path), 0.0)
        if not is_exempt:
            until = max(until, self._everything_s)
        return max(0.0, until - self._clock.uptime())


def _bucket(method: str, path: str) -> str:
    """The route with its channel's or server's id: what Discord counts together, as far as a path shows it."""
    head, major, tail = path.partition("/channels/") if "/channels/" in path else path.partition("/guilds/")
    place, slash, rest = tail.partition("/")
    return f"{method} {_IDS.sub('*', head)}{major}{place}{slash}{_IDS.sub('*', '/' + rest)}"
