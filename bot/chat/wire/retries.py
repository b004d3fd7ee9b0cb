"""Retry reads that discord.py gives up on at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import TypeVar

import aiohttp
import discord

from bot.clock import Clock

_T = TypeVar("_T")


async def with_retries(call: Callable[[], Awaitable[_T]], clock: Clock, *, tries: int = 3) -> _T:
    """Call up to `tries` times, with 1, 2, ... seconds between the attempts, and return the first answer.

    Only for requests that change nothing: only the ledger repeats a post.

    Raises:
        Exception: what the last attempt raised; anything but a network error or a 503 is raised at once.
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
    """True for temporary errors: those of the network, and a 503."""
    if isinstance(error, discord.HTTPException):
        # discord.py repeats 500, 502, 504 and 524, but not this one (docs/platform.md, Behaviour).
        return bool(error.status == HTTPStatus.SERVICE_UNAVAILABLE)
    return is_network_error(error)


def is_network_error(error: BaseException) -> bool:
    """True for an error on the way to Discord or back."""
    return isinstance(error, aiohttp.ClientError | OSError)  # TimeoutError is an OSError
