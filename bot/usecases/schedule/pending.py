"""Changes that were shown and wait for somebody to apply them: a quarter of an hour, until a restart."""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

from bot.clock import Clock
from bot.errors import BadInputError
from bot.news.delivery import ScheduleId
from bot.usecases.schedule.changes import ScheduleChanges
from bot.usecases.schedule.lookup import ScheduleStatus

PENDING_FOR_S: Final = 15 * 60.0

_MOST_FILES: Final = 20
"""Of all servers, one of each: a file has half a MiB at most."""

_MOST_EDITS: Final = 1000
"""Of all members: an edit has some KiB at most."""

_TOKEN_BYTES: Final = 8

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSettings:
    """A file of settings.

    Attributes:
        text: The file.
        shown: A fingerprint of what it would change, as it was shown last.
    """

    text: str
    shown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEdit:
    """An edit of a schedule.

    Attributes:
        schedule_id: The schedule.
        changes: What was given; the archive's names are read again when it is applied.
        status: What it would come to, as it was shown last.
        has_form: It was given in the form of a schedule.
    """

    schedule_id: ScheduleId
    changes: ScheduleChanges
    status: ScheduleStatus
    has_form: bool


@dataclass(slots=True, kw_only=True, eq=False)
class Pending(Generic[T]):
    """Something that was shown.

    Attributes:
        token: Names it in a button.
        guild_id: The server that it would change.
        what: What it is.
        since_s: When it was shown first, by the clock that never jumps.
        is_done: True once it was applied.
        turn: Held by the one press that is being answered.
    """

    token: str
    guild_id: int
    what: T
    since_s: float
    is_done: bool = False
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class PendingChanges(Generic[T]):
    """What was shown last, in memory."""

    def __init__(self, *, most: int, expired: BadInputError) -> None:
        """Keep nothing yet.

        Args:
            most: At most this many; the oldest are dropped.
            expired: What somebody reads whose change is kept no longer.
        """
        self._most = most
        self._expired = expired
        self._waiting: OrderedDict[object, Pending[T]] = OrderedDict()

    def add(self, guild_id: int, what: T, clock: Clock, *, instead_of: object = None) -> str:
        """Keep something, instead of what was added under the same name, and return its token."""
        token = secrets.token_hex(_TOKEN_BYTES)
        name = token if instead_of is None else instead_of
        for other in [key for key, each in self._waiting.items() if _has_expired(each, clock)]:
            del self._waiting[other]
        self._waiting.pop(name, None)
        self._waiting[name] = Pending(token=token, guild_id=guild_id, what=what, since_s=clock.uptime())
        while len(self._waiting) > self._most:
            self._waiting.popitem(last=False)
        return token

    @asynccontextmanager
    async def taken(self, guild_id: int, token: str, clock: Clock) -> AsyncIterator[Pending[T]]:
        """Find what waits, and let other presses for it wait meanwhile.

        Raises:
            BadInputError: it has expired, was dropped, or was applied.
        """
        async with self._get(guild_id, token, clock).turn:
            yield self._get(guild_id, token, clock)

    def drop(self, pending: Pending[T]) -> None:
        """Forget something that is taken."""
        self._waiting = OrderedDict((name, each) for name, each in self._waiting.items() if each is not pending)

    def _get(self, guild_id: int, token: str, clock: Clock) -> Pending[T]:
        found = next((each for each in self._waiting.values() if each.token == token), None)
        if found is None or found.guild_id != guild_id or _has_expired(found, clock):
            raise BadInputError(self._expired.message, cure=self._expired.cure)
        if found.is_done:
            raise BadInputError("This was applied already.", cure="See /admin log.")
        return found


def _has_expired(pending: Pending[Any], clock: Clock) -> bool:
    return clock.uptime() - pending.since_s >= PENDING_FOR_S


def pending_settings() -> PendingChanges[ShownSettings]:
    """Keep files of settings, the newest one of each server."""
    expired = BadInputError("I no longer have this file; nothing was changed.", cure="Use /admin import again.")
    return PendingChanges(most=_MOST_FILES, expired=expired)


def pending_edits() -> PendingChanges[ShownEdit]:
    """Keep edits of schedules."""
    expired = BadInputError("I no longer have this edit; nothing was changed.", cure="Use /schedule edit again.")
    return PendingChanges(most=_MOST_EDITS, expired=expired)
