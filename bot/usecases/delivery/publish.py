"""Publish messages of an announcement channel to the channel's followers.

Discord allows about ten an hour for a channel (docs/platform.md, Limits), and discord.py sleeps through a limit of that
length: so each channel has a task of its own, which delays no other channel and no delivery. A message waits in the
ledger from the moment it is SENT. Publishing twice is harmless: Discord answers that it is already published.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import groupby
from typing import Final, assert_never

import structlog

from bot.clock import Clock
from bot.errors import StoreError
from bot.news.choosing.recheck import may_be_published
from bot.news.delivery import DeliveryKey, Publication, backoff_s
from bot.news.message.messenger import Messenger, Posted, Refused, Unclear
from bot.news.notices.notice import Notifier
from bot.news.notices.texts import unpublished_notice
from bot.store.port.ledger import LedgerStores
from bot.usecases.delivery.outcome import DiscordTime

log = structlog.get_logger(__name__)

_PAUSE_S: Final = 2.0
"""Pause between two looks at the ledger."""

_LIMIT: Final = 200
"""Limit of messages read at a time, and so of channels published at the same time."""


class Publisher:
    """Publishes waiting messages. There is one in a process, next to its `Deliverer`."""

    def __init__(
        self,
        *,
        store: LedgerStores,
        messenger: Messenger,
        notifier: Notifier,
        clock: Clock,
        jitter: Callable[[], float],
    ) -> None:
        """Connect the ledger with Discord.

        Args:
            store: The ledger, which holds the waiting messages.
            messenger: Publishes on Discord.
            notifier: Notifies admins of messages that can't be published.
            clock: For delays.
            jitter: Random numbers in [0, 1), so that retries don't all come at once.
        """
        self._ledger = store.deliveries
        self._messenger = messenger
        self._notifier = notifier
        self._clock = clock
        self._jitter = jitter
        self._time = DiscordTime(clock, messenger)
        self._channels: dict[int, asyncio.Task[None]] = {}
        self._tries: dict[int, int] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Publish waiting messages until `stop` is set; unfinished ones wait for the next start."""
        stopped = asyncio.ensure_future(stop.wait())
        try:
            while not stop.is_set():
                await self._try_publish_due()
                rest = asyncio.ensure_future(self._clock.sleep(_PAUSE_S))
                await asyncio.wait({stopped, rest}, return_when=asyncio.FIRST_COMPLETED)
                rest.cancel()
        finally:
            stopped.cancel()
            under_way = list(self._channels.values())
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)

    async def _try_publish_due(self) -> None:
        try:
            await self.publish_due()
        except StoreError as error:  # a lock, a damaged page: the messages still wait for the next try
            log.warning("publishing is on hold until the database can be used", error=str(error))
        except Exception:  # a bug must not stop all other publishing
            log.exception("reading the waiting messages failed")

    async def publish_due(self) -> None:
        """Start publishing in every channel that has waiting messages and no task yet; returns at once."""
        if self._messenger.discord_offset_s() is None:
            return
        waiting = await self._ledger.to_publish(now=self._time.now(), limit=_LIMIT)
        by_channel = sorted(waiting, key=lambda each: each.key.channel_id)  # stable: oldest first within a channel
        for channel_id, each in groupby(by_channel, key=lambda each: each.key.channel_id):
            if channel_id not in self._channels:
                task = asyncio.create_task(self._publish_all(channel_id, tuple(each)))
                self._channels[channel_id] = task

    async def finish(self) -> None:
        """Return when no channel is being published."""
        while self._channels:
            await asyncio.wait(self._channels.values())

    async def _publish_all(self, channel_id: int, waiting: Sequence[Publication]) -> None:
        try:
            for publication in waiting:
                if not await self._publish(publication):
                    break
        except StoreError as error:
            log.warning("publishing is on hold until the database can be used", error=str(error))
        except Exception:  # as in `_try_publish_due`
            log.exception("publishing failed", channel=channel_id)
        finally:
            del self._channels[channel_id]

    async def _publish(self, publication: Publication) -> bool:
        """Publish one message, if that is still wanted; False if the channel must wait."""
        key, failure = publication.key, ""
        if not await self._is_wanted(key):
            log.info("not published: it no longer holds", channel=key.channel_id, message=publication.message_id)
            await self._ledger.mark_published(key)
            return True
        outcome = await self._messenger.publish(key.channel_id, publication.message_id)
        match outcome:
            case Posted():
                log.info("published", channel=key.channel_id, message=publication.message_id)
            case Refused(cause="message_gone"):
                failure = "not published: it was deleted in the channel"
            case Refused(can_retry=False, cause=cause) if cause != "token_refused":
                failure = f"not published: {outcome.detail}"
                await self._notifier.notify(unpublished_notice(publication, outcome.detail, at=self._time.now()))
            case Refused() | Unclear():  # the deliverer reports a refused token
                await self._put_off(key.channel_id, outcome)
                return False
            case _:
                assert_never(outcome)
        self._tries.pop(key.channel_id, None)
        await self._ledger.mark_published(key, failure=failure)
        return True

    async def _is_wanted(self, key: DeliveryKey) -> bool:
        holding = await self._ledger.holding(key)
        parts = await self._ledger.deliveries(key.schedule_id, key.edition)
        part = next((part for part in parts if part.key == key), None)
        return part is not None and may_be_published(part.draft, holding)

    async def _put_off(self, channel_id: int, outcome: Refused | Unclear) -> None:
        tries = self._tries[channel_id] = self._tries.get(channel_id, -1) + 1
        wait_s = outcome.retry_after_s if isinstance(outcome, Refused) else None
        if wait_s is None:
            wait_s = backoff_s(tries, self._jitter())
        await self._ledger.publish_later(channel_id, at=self._time.now() + timedelta(seconds=wait_s))
        log.info("publishing is delayed", channel=channel_id, why=outcome.detail, seconds=round(wait_s))
