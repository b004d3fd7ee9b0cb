"""Remove discord.py's rate limit buckets that are full again.

discord.py keeps each channel's bucket for five minutes and, from 256 buckets on, scans all of them for each new one:
14,400 at 48 channels a second, which takes longer than the request itself. A bucket whose window is over has no
information left; without it the next request to its channel counts as the first. The private names that this needs are
used nowhere else; tests/chat/test_buckets.py fails when they change.
"""

from __future__ import annotations

from typing import Final

import discord
from discord.http import Ratelimit

_EVERY: Final = 100


class BucketSweep:
    """Sweeps a client's buckets once every hundred requests."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._left = _EVERY

    def count_request(self) -> None:
        """Count a request; every hundredth one sweeps."""
        self._left -= 1
        if self._left <= 0:
            self._left = _EVERY
            self._sweep()

    def _sweep(self) -> None:
        buckets = self._client.http._buckets  # noqa: SLF001 - see above
        for key in [key for key, bucket in buckets.items() if _is_full_again(bucket)]:
            del buckets[key]


def _is_full_again(bucket: Ratelimit) -> bool:
    """True if its window is over and no request uses it or waits for it."""
    return bucket.is_expired() and not bucket.outgoing and not bucket._pending_requests  # noqa: SLF001 - see above
