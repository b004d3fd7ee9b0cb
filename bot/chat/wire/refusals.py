"""Errors that stop a request before Discord sees it, or while it is on the wire. No member ever sees them."""

from __future__ import annotations


class FencePassedError(Exception):
    """The post was claimed too long ago, so none of its requests may begin any more."""


class TooEarlyError(Exception):
    """A wait that Discord asked for is not over; a post fails instead of waiting, and its ledger row waits."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__(f"rate limited for {retry_after_s:.1f} s")
        self.retry_after_s = retry_after_s


class CircuitOpenError(Exception):
    """The circuit breaker is open: Discord banned this address, or soon would."""

    def __init__(self, why: str, retry_after_s: float) -> None:
        super().__init__(why)
        self.why = why
        self.retry_after_s = retry_after_s


class WireCutError(TimeoutError):
    """The request was on the wire too long without an answer."""
