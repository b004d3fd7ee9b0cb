"""Edit posted messages that were corrected: in place, nobody is pinged, and nothing is posted.

An edit is on disk before its request begins. If its outcome is unknown, or the process ends, it is made again once that
request must have ended, which changes nothing if it had arrived. Discord's own limits and refusals are those of any
request of this bot (`Messenger.edit`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog
from typing_extensions import override

from bot.news.choosing.correction import BETWEEN_EDITS, CORRECTED_FOR, GONE, BegunEdit
from bot.news.delivery import Publication, Times
from bot.news.message.messenger import Posted, Refused, Unclear
from bot.news.message.plain_text import plain_draft
from bot.news.notices.texts import uncorrected_notice
from bot.usecases.delivery.by_channel import ChannelByChannel

log = structlog.get_logger(__name__)

_TIMES: Final = Times()


class Corrector(ChannelByChannel):
    """Edits the messages whose correction is due."""

    done = "corrected"

    @override
    async def _waiting(self, now: datetime, limit: int) -> Sequence[Publication]:
        return await self._store.corrections.to_correct(now=now, since=now - CORRECTED_FOR, limit=limit)

    @override
    async def _later(self, channel_id: int, at: datetime) -> int:
        return await self._store.corrections.edits_later(channel_id, at=at)

    @override
    async def _do_one(self, publication: Publication) -> bool:
        key, now = publication.key, self._time.now()
        begun = await self._store.corrections.begin_edit(
            key, now=now, again_at=now + timedelta(seconds=_TIMES.settle_s)
        )
        if begun is None:
            return True
        outcome = await self._messenger.edit(
            key.channel_id, publication.message_id, begun.draft, fence_s=_TIMES.fence_s
        )
        match outcome:
            case Posted():
                await self._end(publication, begun)
            case Unclear():
                log.info("whether a message is corrected is not known", channel=key.channel_id, why=outcome.detail)
            case Refused():
                return await self._refused(publication, begun, outcome)
        return True

    async def _end(self, publication: Publication, begun: BegunEdit) -> None:
        now = self._time.now()
        await self._store.corrections.end_edit(begun, at=now, again_at=now + BETWEEN_EDITS)
        self._tries.pop(publication.key.channel_id, None)
        log.info(self.done, channel=publication.key.channel_id, message=publication.message_id)

    async def _refused(self, publication: Publication, begun: BegunEdit, refusal: Refused) -> bool:
        """Record a refusal; False if the channel must wait."""
        now, store = self._time.now(), self._store.corrections
        if refusal.cause in {"message_gone", "channel_gone"}:
            await store.give_up_edits(begun, reason=GONE)
        elif refusal.cause == "invalid_form" and not begun.draft.refused:
            plain = plain_draft(begun.draft, refused=refusal.detail or "no reason given")
            await store.put_off_edit(begun, again_at=now, reason=refusal.detail, draft=plain)
        elif refusal.can_retry or refusal.cause == "token_refused":  # the deliverer reports a refused token
            await self._put_off(publication.key.channel_id, refusal)  # a 5xx among them may have changed the message
            return False
        else:  # a missing permission: once it is given back, nothing else is to be done
            await store.put_off_edit(begun, again_at=now + BETWEEN_EDITS, reason=refusal.detail)
            if not begun.reason:
                await self._notifier.notify(uncorrected_notice(publication, refusal.detail, at=now))
        return True
