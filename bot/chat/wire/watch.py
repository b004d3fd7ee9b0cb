"""One post on its way: which of its requests may begin, and whether the message may have reached Discord."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from typing import Final

import aiohttp

from bot.chat.wire.refusals import FencePassedError

CURRENT_POST: Final[ContextVar[PostWatch | None]] = ContextVar("current_post", default=None)
"""The post that the running task is busy with. discord.py sends in the task that calls it, so its trace sees this."""


class PostWatch:
    """What is known of one post.

    Attributes:
        fence_s: Uptime after which no request of it may begin.
        answer: What Discord answered last, its body read; None before, and for what is refused on the way.
        answered: Set when that changed.
        may_stand: True where a request that makes a message went out and was not refused for certain.
    """

    def __init__(self, fence_s: float) -> None:
        self.fence_s = fence_s
        self.may_stand = False
        self.answer: aiohttp.ClientResponse | None = None
        self.answered = asyncio.Event()
        self._tries_once = False

    def note_answer(self, answer: aiohttp.ClientResponse) -> None:
        """Discord has answered a request of it."""
        self.answer = answer
        self.answered.set()

    @property
    def empty_for_s(self) -> float | None:
        """Seconds until the last answer's bucket is full again; None where something is left in it, or no answer is."""
        if self.answer is None or self.answer.headers.get("X-RateLimit-Remaining") != "0":
            return None
        return float(self.answer.headers.get("X-RateLimit-Reset-After", "0"))

    def try_once(self) -> None:
        """From now on a request without a known outcome is the last: no nonce guards a second one."""
        self._tries_once = True

    def check(self, uptime_s: float) -> None:
        """Go on only if another request may begin.

        Raises:
            FencePassedError: it may not.
        """
        if uptime_s >= self.fence_s:
            raise FencePassedError("stopped at the fence")
        if self._tries_once and self.may_stand:
            raise FencePassedError("no second try without a nonce")


def makes_a_message(method: str, path: str) -> bool:
    """True for Create Message and for a forum's new post."""
    return method == "POST" and path.endswith(("/messages", "/threads"))
