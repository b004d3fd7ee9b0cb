"""Watch one post: which of its requests may begin, and whether the message may have been posted."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from typing import Final

import aiohttp

from bot.chat.wire.headers import wait_s
from bot.chat.wire.refusals import FencePassedError

CURRENT_POST: Final[ContextVar[PostWatch | None]] = ContextVar("current_post", default=None)
"""The post of the running task. discord.py sends in the task that calls it, so the trace sees this."""


class PostWatch:
    """The state of one post.

    Attributes:
        fence_s: Uptime in seconds after which none of its requests may begin.
        answer: Discord's last answer, with its body read; None before the first, or if our wire stopped the request.
        answered: Set when `answer` has changed.
        may_be_posted: True if a request that creates a message was sent and not definitely refused.
    """

    def __init__(self, fence_s: float) -> None:
        self.fence_s = fence_s
        self.may_be_posted = False
        self.answer: aiohttp.ClientResponse | None = None
        self.answered = asyncio.Event()
        self._tries_once = False

    def note_answer(self, answer: aiohttp.ClientResponse) -> None:
        """Note Discord's answer to one of its requests."""
        self.answer = answer
        self.answered.set()

    @property
    def empty_for_s(self) -> float | None:
        """Seconds until the last answer's bucket is full again; None if it isn't empty, or there is no answer."""
        if self.answer is None or self.answer.headers.get("X-RateLimit-Remaining") != "0":
            return None
        return wait_s(self.answer.headers.get("X-RateLimit-Reset-After", "0"))

    def try_once(self) -> None:
        """Allow no further request after one of unknown outcome, because no nonce protects a second one."""
        self._tries_once = True

    def check(self, uptime_s: float) -> None:
        """Go on only if another request may begin.

        Raises:
            FencePassedError: it may not.
        """
        if uptime_s >= self.fence_s:
            raise FencePassedError("the post took too long")
        if self._tries_once and self.may_be_posted:
            raise FencePassedError("no second try without a nonce")


def creates_a_message(method: str, path: str) -> bool:
    """True for Create Message and for a forum's new post."""
    return method == "POST" and path.endswith(("/messages", "/threads"))
