"""Trying again what may be tried again: reads, where discord.py gives up at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import aiohttp
import discord

from bot.clock import Clock

_T = TypeVar("_T")

_UNAVAILABLE: Final = 503
"""discord.py repeats 500, 502, 504 and 524, but not this one (docs/platform.md, Behaviour)."""


async def with_retries(call: Callable[[], Awaitable[_T]], clock: Clock, *, tries: int = 3) -> _T:
    """What `call` answers, after up to `tries` tries with 1, 2, ... seconds between them.

    Only for requests that change nothing: a post is repeated by the ledger alone.

    Raises:
        Exception: what the last try raised; what is neither the network's nor a 503 at once.
    """
    for tried in range(1, tries):
        try:
            return await call()
        except Exception as error:
            if not is_worth_a_retry(error):
                raise
        await clock.sleep(tried)
    return await call()


def is_worth_a_retry(error: Exception) -> bool:
    """True for what may pass by itself: the network's errors, and a 503."""
    if isinstance(error, discord.HTTPException):
        return error.status == _UNAVAILABLE
    return is_network_error(error)


def is_network_error(error: BaseException) -> bool:
    """True for what went wrong on the way to Discord or back."""
    return isinstance(error, aiohttp.ClientError | OSError)  # TimeoutError is an OSError
