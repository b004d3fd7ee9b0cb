"""Open a discussion thread under an edition's first message, named after the edition."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from typing_extensions import override

from bot.news.choosing.recheck import Holding
from bot.news.delivery import Delivery, DeliveryKey, Publication
from bot.news.message.messenger import Outcome
from bot.news.notices.notice import Notice
from bot.news.notices.texts import unthreaded_notice
from bot.usecases.delivery.after import AfterPosting


class ThreadOpener(AfterPosting):
    """Opens threads under messages whose schedule says so; a thread's id is its message's, so there is one at most."""

    done = "given a thread"

    @override
    async def _waiting(self, now: datetime, limit: int) -> Sequence[Publication]:
        return await self._ledger.to_open(now=now, limit=limit)

    @override
    def _is_wanted(self, part: Delivery, holding: Holding) -> bool:
        return holding.schedule is not None and holding.schedule.thread

    @override
    async def _do(self, publication: Publication, part: Delivery) -> Outcome:
        return await self._messenger.open_thread(publication.key.channel_id, publication.message_id, part.title)

    @override
    async def _mark(self, key: DeliveryKey, failure: str) -> bool:
        return await self._ledger.mark_threaded(key, failure=failure)

    @override
    async def _later(self, channel_id: int, at: datetime) -> int:
        return await self._ledger.thread_later(channel_id, at=at)

    @override
    def _notice(self, publication: Publication, detail: str, at: datetime) -> Notice:
        return unthreaded_notice(publication, detail, at=at)
