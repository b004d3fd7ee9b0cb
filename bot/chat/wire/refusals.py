"""What stops a request before Discord sees it, or ends it on the wire. None of them reaches a person."""

from __future__ import annotations


class FencePassedError(Exception):
    """The post was claimed too long ago: no request of it may begin any more."""


class TooEarlyError(Exception):
    """Discord asked for a wait that is not over, and a post doesn't wait: its row does."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__(f"rate limited for {retry_after_s:.1f} s")
        self.retry_after_s = retry_after_s


class CircuitOpenError(Exception):
    """Nothing is sent for a while: Discord's guard shut this address out, or it soon would."""

    def __init__(self, why: str, retry_after_s: float) -> None:
        super().__init__(why)
        self.why = why
        self.retry_after_s = retry_after_s


class WireCutError(TimeoutError):
    """The request was on the wire for too long without an answer."""
