"""Forgetting what discord.py remembers of buckets that are full again.

discord.py keeps what it learned of each channel's bucket for five minutes and, from 256 buckets on, looks through all
of them at each new one: 14,400 where 48 channels a second are posted to, which takes longer than the request itself. A
bucket whose window is over says nothing any more; without it the next request there is a first one again. The names
that this needs are not public and are used nowhere else; tests/chat/test_buckets.py fails when they change.
"""

from __future__ import annotations

from typing import Final

import discord
from discord.http import Ratelimit

_EVERY: Final = 100


class BucketSweep:
    """Sweeps a client's buckets now and then."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._left = _EVERY

    def count_request(self) -> None:
        """Say that a request was made; every hundredth one sweeps."""
        self._left -= 1
        if self._left <= 0:
            self._left = _EVERY
            self._sweep()

    def _sweep(self) -> None:
        buckets = self._client.http._buckets  # noqa: SLF001 - see above
        for key in [key for key, bucket in buckets.items() if _is_full_again(bucket)]:
            del buckets[key]


def _is_full_again(bucket: Ratelimit) -> bool:
    """Whether its window is over, with nobody in it and nobody waiting for it."""
    return bucket.is_expired() and not bucket.outgoing and not bucket._pending_requests  # noqa: SLF001 - see above
