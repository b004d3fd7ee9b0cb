"""Rate limits: a bucket per route, the global limit, blocks that a fault ordered, and the ban for invalid requests."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from typing import Final

from bot.clock import Clock
from bot.sandbox.rest.route import Limit, Route
from bot.sandbox.wire import Json

GLOBAL: Final = "global"
SHARED: Final = "shared"
_INVALID_STATUSES: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS})
_INVALID_LIMIT: Final = 10_000
_INVALID_WINDOW_S: Final = 600.0
_UNLIMITED: Final = Limit(requests=10_000, per_s=1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Early:
    """A request that was sent before its sender's `retry_after` had passed.

    Attributes:
        key: The key of the blocked bucket.
        left_s: The seconds by which it was early.
    """

    key: str
    left_s: float


@dataclass(slots=True)
class _Window:
    ends: float
    left: int


@dataclass(slots=True)
class _Block:
    ends: float
    scope: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a request is within the limits.

    Attributes:
        headers: The bucket's headers, for every response.
        retry_after: Seconds to wait; None if the request is within the limits.
        scope: user, global or shared.
    """

    headers: Mapping[str, str]
    retry_after: float | None = None
    scope: str = "user"

    def body(self) -> Json:
        """The 429's JSON."""
        text = "The resource is being rate limited." if self.scope == SHARED else "You are being rate limited."
        return {"message": text, "retry_after": self.retry_after, "global": self.scope == GLOBAL, "code": 0}

    def refusal_headers(self) -> dict[str, str]:
        """The 429's headers."""
        more = {"X-RateLimit-Scope": self.scope, "Retry-After": str(int(self.retry_after or 0) + 1)}
        if self.scope == GLOBAL:
            more["X-RateLimit-Global"] = "true"
        return {**self.headers, **more}


class RateLimits:
    """Counts requests against the limits.

    Attributes:
        enforced: Whether the routes' limits are enforced; the headers are sent in any case.
        per_second: The global limit, which excludes routes with a token of their own; None for no limit.
        early: Requests that came before the `retry_after` of an ordered 429 had passed.
        banned: Whether the address is banned for 10,000 invalid requests in 10 minutes.
    """

    def __init__(self, clock: Clock, *, enforced: bool, per_second: int | None) -> None:
        self._clock = clock
        self.enforced = enforced
        self.per_second = per_second
        self.early: list[Early] = []
        self.invalid: deque[float] = deque()
        self._windows: dict[str, _Window] = {}
        self._second = _Window(0.0, 0)
        self._blocks: dict[str, _Block] = {}
        self._names: dict[tuple[str, str], str] = {}

    def admit(self, route: Route, ids: Mapping[str, str]) -> Verdict:
        """Count a request, and decide whether it is within the limits."""
        now = self._clock.uptime()
        key = self.key(route, ids)
        for blocked in (GLOBAL, key):
            block = self._blocks.get(blocked)
            if block is None or (blocked == GLOBAL and route.with_token):
                continue
            if block.ends > now:
                self.early.append(Early(key=blocked, left_s=block.ends - now))
                return Verdict(
                    headers=self._headers(route, 0, block.ends - now), retry_after=block.ends - now, scope=block.scope
                )
            del self._blocks[blocked]
        if route.limit is None:
            return Verdict(headers={})
        if self.per_second is not None and not route.with_token and not self._pass_second(now, self.per_second):
            wait = self._second.ends - now
            return Verdict(headers=self._headers(route, 0, wait), retry_after=wait, scope=GLOBAL)
        return self._count(route, key, now)

    def block(self, route: Route | None, ids: Mapping[str, str], seconds: float, scope: str) -> Verdict:
        """Block a bucket for `seconds`, as a fault ordered it."""
        key = GLOBAL if scope == GLOBAL or route is None else self.key(route, ids)
        self._blocks[key] = _Block(self._clock.uptime() + seconds, scope)
        headers = self._headers(route, 0, seconds) if route else {}
        return Verdict(headers=headers, retry_after=seconds, scope=scope)

    def note(self, status: int, scope: str | None = None) -> None:
        """Count a response toward the ban for invalid requests.

        A 429 of scope `shared` does not count: docs, Rate Limits, Invalid Request Limit.
        """
        if status in _INVALID_STATUSES and scope != SHARED:
            self.invalid.append(self._clock.uptime())

    @property
    def banned(self) -> bool:
        """Whether 10,000 responses of the last 10 minutes were 401, 403 or 429."""
        while self.invalid and self.invalid[0] <= self._clock.uptime() - _INVALID_WINDOW_S:
            self.invalid.popleft()
        return len(self.invalid) >= _INVALID_LIMIT

    def key(self, route: Route, ids: Mapping[str, str]) -> str:
        """The bucket's key: its name and the path's major parameter."""
        major = ids.get("channel_id") or ids.get("webhook_token") or ids.get("guild_id") or ""
        return f"{self._name(route)}:{major}"

    def _name(self, route: Route) -> str:
        key = (route.method, route.template)
        if key not in self._names:
            self._names[key] = sha256(" ".join(key).encode()).hexdigest()[:32]
        return self._names[key]

    def _count(self, route: Route, key: str, now: float) -> Verdict:
        limit = (route.limit if self.enforced else None) or _UNLIMITED
        window = self._windows.get(key)
        if window is None or window.ends <= now:
            window = self._windows[key] = _Window(now + limit.per_s, limit.requests)
        if window.left <= 0 and self.enforced:
            wait = window.ends - now
            return Verdict(headers=self._headers(route, 0, wait), retry_after=wait)
        window.left -= 1
        return Verdict(headers=self._headers(route, max(0, window.left), window.ends - now))

    def _headers(self, route: Route, left: int, reset_after: float) -> dict[str, str]:
        limit = (route.limit if self.enforced else None) or _UNLIMITED
        return {
            "X-RateLimit-Limit": str(limit.requests),
            "X-RateLimit-Remaining": str(left),
            "X-RateLimit-Reset": f"{self._clock.now().timestamp() + reset_after:.3f}",
            "X-RateLimit-Reset-After": f"{reset_after:.3f}",
            "X-RateLimit-Bucket": self._name(route),
        }

    def _pass_second(self, now: float, most: int) -> bool:
        if self._second.ends <= now:
            self._second = _Window(now + 1.0, most)
        if self._second.left <= 0:
            return False
        self._second.left -= 1
        return True
