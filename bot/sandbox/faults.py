"""Faults that a test orders: which requests and gateway payloads fail, and how."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypedDict, Unpack

from bot.sandbox.wire import Json


class Effect(StrEnum):
    """The effect of a fault on a request or a gateway connection."""

    STATUS = "status"
    DROP = "drop"
    DELAY = "delay"
    RATE_LIMIT = "rate limit"
    BAN = "ban"
    CLOSE = "close"
    RECONNECT = "reconnect"
    INVALID_SESSION = "invalid session"
    MALFORMED = "malformed event"


class Match(TypedDict, total=False):
    """The requests that a fault applies to; a key that is left out matches every request.

    Attributes:
        method: The HTTP method.
        path: A regular expression, searched in the path below `/api/v10`.
        nth: Only from the n-th matching request on, counted from 1 since the fault was ordered.
        times: The number of requests that it applies to, by default 1; None for no limit.
        probability: The probability for each request, from 0 to 1; drawn by the sandbox's seed.
    """

    method: str
    path: str
    nth: int
    times: int | None
    probability: float


@dataclass(slots=True, kw_only=True)
class Fault:
    """A fault.

    Attributes:
        after: Whether it applies only after the request has taken effect.
        amount: A status, seconds, or a close code.
        detail: A body, a scope, or an event.
        hits: The number of requests that it has applied to.
        seen: The number of requests that matched its method and path.
    """

    effect: Effect
    match: Match
    after: bool = False
    amount: float = 0
    detail: Any = None
    hits: int = 0
    seen: int = 0

    def applies(self, method: str, path: str, chance: random.Random) -> bool:
        """Whether it applies to this request, which is then counted; call it once for each request."""
        match, times = self.match, self.match.get("times", 1)
        if times is not None and self.hits >= times:
            return False
        if match.get("method", method).upper() != method or not re.search(match.get("path", ""), path):
            return False
        self.seen += 1
        if self.seen < match.get("nth", 1):
            return False
        if chance.random() >= match.get("probability", 1.0):
            return False
        self.hits += 1
        return True


class Faults:
    """The ordered faults. Each method adds a fault and returns it, so that a test can read its `hits`."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._faults: list[Fault] = []

    def __iter__(self) -> Any:
        return iter(self._faults)

    def clear(self) -> None:
        """Remove all faults."""
        self._faults.clear()

    def remove(self, fault: Fault) -> None:
        """Remove a fault."""
        if fault in self._faults:
            self._faults.remove(fault)

    def status(self, status: int, *, after: bool = False, body: Json | None = None, **match: Unpack[Match]) -> Fault:
        """Respond with `status`; with `after` the request has taken effect first.

        `body` is the response's JSON; by default, Discord's usual one.
        """
        return self._add(Fault(effect=Effect.STATUS, match=match, after=after, amount=status, detail=body))

    def drop(self, *, after: bool = False, **match: Unpack[Match]) -> Fault:
        """Drop the connection without a response; with `after` the request has taken effect first."""
        return self._add(Fault(effect=Effect.DROP, match=match, after=after))

    def delay(self, seconds: float, *, after: bool = False, **match: Unpack[Match]) -> Fault:
        """Wait `seconds` on the sandbox's clock, before the request takes effect or (`after`) before the response."""
        return self._add(Fault(effect=Effect.DELAY, match=match, after=after, amount=seconds))

    def rate_limit(self, retry_after: float, *, scope: str = "user", **match: Unpack[Match]) -> Fault:
        """Respond with 429, and continue to until `retry_after` seconds have passed.

        `scope` is `user` for the route's bucket, `global` for everything, `shared` for the resource's bucket.
        Requests that come too early are listed in `sandbox.limits.early`.
        """
        return self._add(Fault(effect=Effect.RATE_LIMIT, match=match, amount=retry_after, detail=scope))

    def ban(self, **match: Unpack[Match]) -> Fault:
        """Respond with 429 and the HTML page of Cloudflare, without a `Via` header."""
        return self._add(Fault(effect=Effect.BAN, match=match))

    def gateway_close(self, code: int, *, on: str, **match: Unpack[Match]) -> Fault:
        """Close the gateway connection with `code` when `on` is received: HELLO, IDENTIFY, RESUME or HEARTBEAT."""
        return self._add(Fault(effect=Effect.CLOSE, match=_on(on, match), amount=code))

    def gateway_drop(self, *, on: str, **match: Unpack[Match]) -> Fault:
        """Drop the gateway connection without a close frame when `on` is received."""
        return self._add(Fault(effect=Effect.DROP, match=_on(on, match)))

    def gateway_reconnect(self, *, on: str, **match: Unpack[Match]) -> Fault:
        """Send op 7 when `on` is received."""
        return self._add(Fault(effect=Effect.RECONNECT, match=_on(on, match)))

    def gateway_invalidate(self, *, on: str, resumable: bool = False, **match: Unpack[Match]) -> Fault:
        """Send op 9 when `on` is received."""
        return self._add(Fault(effect=Effect.INVALID_SESSION, match=_on(on, match), detail=resumable))

    def gateway_malformed(self, *, on: str, event: str = "MESSAGE_DELETE", **match: Unpack[Match]) -> Fault:
        """Send an event without its fields when `on` is received."""
        return self._add(Fault(effect=Effect.MALFORMED, match=_on(on, match), detail=event))

    def find(self, method: str, path: str, *, after: bool = False) -> Fault | None:
        """The first fault that applies to this request."""
        for fault in self._faults:
            if fault.after is after and fault.applies(method, path, self._chance):
                return fault
        return None

    def _add(self, fault: Fault) -> Fault:
        self._faults.append(fault)
        return fault


def _on(name: str, match: Match) -> Match:
    return Match(**{**match, "method": "GATEWAY", "path": f"^{name}$"})
