"""What comes after posting: a posted message waits in the ledger, from the moment it is SENT, until it is done.

Doing it twice is harmless: Discord answers that it is done already.
"""

from __future__ import annotations

from abc import abstractmethod
from datetime import datetime
from typing import assert_never

import structlog
from typing_extensions import override

from bot.news.choosing.recheck import Holding
from bot.news.delivery import Delivery, DeliveryKey, Publication
from bot.news.message.messenger import Outcome, Posted, Refused, Unclear
from bot.news.notices.notice import Notice
from bot.usecases.delivery.by_channel import ChannelByChannel

log = structlog.get_logger(__name__)


class AfterPosting(ChannelByChannel):
    """Does with a message what its schedule says, once."""

    @override
    async def _do_one(self, publication: Publication) -> bool:
        key, failure = publication.key, ""
        part = await self._wanted(key)
        if part is None:
            log.info("no longer wanted", what=self.done, channel=key.channel_id, message=publication.message_id)
            await self._mark(key, "")
            return True
        outcome = await self._do(publication, part)
        match outcome:
            case Posted():
                log.info(self.done, channel=key.channel_id, message=publication.message_id)
            case Refused(cause="message_gone"):
                failure = f"not {self.done}: it was deleted in the channel"
            case Refused(can_retry=False, cause=cause) if cause != "token_refused":
                failure = f"not {self.done}: {outcome.detail}"
                await self._notifier.notify(self._notice(publication, outcome.detail, self._time.now()))
            case Refused() | Unclear():  # the deliverer reports a refused token
                await self._put_off(key.channel_id, outcome)
                return False
            case _:
                assert_never(outcome)
        self._tries.pop(key.channel_id, None)
        await self._mark(key, failure)
        return True

    async def _wanted(self, key: DeliveryKey) -> Delivery | None:
        holding = await self._ledger.holding(key)
        parts = await self._ledger.deliveries(key.schedule_id, key.edition)
        part = next((part for part in parts if part.key == key), None)
        return part if part is not None and self._is_wanted(part, holding) else None

    @abstractmethod
    def _is_wanted(self, part: Delivery, holding: Holding) -> bool:
        """Whether it still is to be done, by what holds now."""

    @abstractmethod
    async def _do(self, publication: Publication, part: Delivery) -> Outcome:
        """Ask Discord."""

    @abstractmethod
    async def _mark(self, key: DeliveryKey, failure: str) -> bool:
        """Record that it is done, or why it can't be."""

    @abstractmethod
    def _notice(self, publication: Publication, detail: str, at: datetime) -> Notice:
        """Say that it can't be done."""
