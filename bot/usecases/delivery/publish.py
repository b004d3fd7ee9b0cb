"""Publish messages of an announcement channel to the channel's followers.

Discord allows about ten an hour for a channel (docs/platform.md, Limits), and discord.py sleeps through a limit of that
length.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from typing_extensions import override

from bot.news.choosing.recheck import Holding, may_be_published
from bot.news.delivery import Delivery, DeliveryKey, Publication
from bot.news.message.messenger import Outcome
from bot.news.notices.notice import Notice
from bot.news.notices.texts import unpublished_notice
from bot.usecases.delivery.after import AfterPosting


class Publisher(AfterPosting):
    """Publishes messages whose schedule says so."""

    done = "published"

    @override
    async def _waiting(self, now: datetime, limit: int) -> Sequence[Publication]:
        return await self._ledger.to_publish(now=now, limit=limit)

    @override
    def _is_wanted(self, part: Delivery, holding: Holding) -> bool:
        return may_be_published(part.draft, holding)

    @override
    async def _do(self, publication: Publication, part: Delivery) -> Outcome:
        return await self._messenger.publish(publication.key.channel_id, publication.message_id)

    @override
    async def _mark(self, key: DeliveryKey, failure: str) -> bool:
        return await self._ledger.mark_published(key, failure=failure)

    @override
    async def _later(self, channel_id: int, at: datetime) -> int:
        return await self._ledger.publish_later(channel_id, at=at)

    @override
    def _notice(self, publication: Publication, detail: str, at: datetime) -> Notice:
        return unpublished_notice(publication, detail, at=at)
