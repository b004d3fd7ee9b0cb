"""Work on posted messages that wait in the ledger: each channel has a task of its own.

It delays no other channel and no delivery, since Discord's limits for these requests are long.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

import structlog

from bot.clock import Clock
from bot.errors import StoreError
from bot.news.delivery import Publication, backoff_s
from bot.news.message.messenger import Messenger, Refused, Unclear
from bot.news.notices.notice import Notifier
from bot.store.port.ledger import PostedStores
from bot.usecases.delivery.outcome import DiscordTime

log = structlog.get_logger(__name__)

_PAUSE_S: Final = 2.0
"""Pause between two looks at the ledger."""

_LIMIT: Final = 200
"""Limit of messages read at a time, and so of channels at work at the same time."""


class ChannelByChannel(ABC):
    """Does one kind of work with waiting messages. There is one of each kind in a process, next to its `Deliverer`.

    Attributes:
        done: The word for it, such as "published".
    """

    done: str

    def __init__(
        self,
        *,
        store: PostedStores,
        messenger: Messenger,
        notifier: Notifier,
        clock: Clock,
        jitter: Callable[[], float],
    ) -> None:
        """Connect the ledger with Discord.

        Args:
            store: The ledger, which holds the waiting messages.
            messenger: Asks Discord.
            notifier: Notifies admins of messages with which it can't be done.
            clock: For delays.
            jitter: Random numbers in [0, 1), so that retries don't all come at once.
        """
        self._store = store
        self._ledger = store.deliveries
        self._messenger = messenger
        self._notifier = notifier
        self._clock = clock
        self._jitter = jitter
        self._time = DiscordTime(clock, messenger)
        self._channels: dict[int, asyncio.Task[None]] = {}
        self._tries: dict[int, int] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Work on waiting messages until `stop` is set; unfinished ones wait for the next start."""
        stopped = asyncio.ensure_future(stop.wait())
        try:
            while not stop.is_set():
                await self._try_do_due()
                rest = asyncio.ensure_future(self._clock.sleep(_PAUSE_S))
                await asyncio.wait({stopped, rest}, return_when=asyncio.FIRST_COMPLETED)
                rest.cancel()
        finally:
            stopped.cancel()
            under_way = list(self._channels.values())
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)

    async def _try_do_due(self) -> None:
        try:
            await self.do_due()
        except StoreError as error:  # a lock, a damaged page: the messages still wait for the next try
            log.warning("posted messages wait until the database can be used", what=self.done, error=str(error))
        except Exception:  # a bug must not stop all other work
            log.exception("reading the waiting messages failed")

    async def do_due(self) -> None:
        """Start in every channel that has waiting messages and no task yet; returns at once."""
        if self._messenger.discord_offset_s() is None:
            return
        waiting = await self._waiting(self._time.now(), _LIMIT)
        by_channel = sorted(waiting, key=lambda each: each.key.channel_id)  # stable: oldest first within a channel
        for channel_id, each in groupby(by_channel, key=lambda each: each.key.channel_id):
            if channel_id not in self._channels:
                task = asyncio.create_task(self._do_all(channel_id, tuple(each)))
                self._channels[channel_id] = task

    async def finish(self) -> None:
        """Return when no channel is at work."""
        while self._channels:
            await asyncio.wait(self._channels.values())

    async def _do_all(self, channel_id: int, waiting: Sequence[Publication]) -> None:
        try:
            for publication in waiting:
                if not await self._do_one(publication):
                    break
        except StoreError as error:
            log.warning("posted messages wait until the database can be used", what=self.done, error=str(error))
        except Exception:  # as in `_try_do_due`
            log.exception("work on posted messages failed", channel=channel_id)
        finally:
            del self._channels[channel_id]

    async def _put_off(self, channel_id: int, outcome: Refused | Unclear) -> None:
        tries = self._tries[channel_id] = self._tries.get(channel_id, -1) + 1
        wait_s = outcome.retry_after_s if isinstance(outcome, Refused) else None
        if wait_s is None:
            wait_s = backoff_s(tries, self._jitter())
        await self._later(channel_id, self._time.now() + timedelta(seconds=wait_s))
        log.info("delayed", what=self.done, channel=channel_id, why=outcome.detail, seconds=round(wait_s))

    @abstractmethod
    async def _do_one(self, publication: Publication) -> bool:
        """Do it with one message; False if the channel must wait."""

    @abstractmethod
    async def _waiting(self, now: datetime, limit: int) -> Sequence[Publication]:
        """Read the messages that are due."""

    @abstractmethod
    async def _later(self, channel_id: int, at: datetime) -> int:
        """Postpone all messages of a channel."""
