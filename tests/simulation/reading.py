"""The way to Discord in worlds in which admins decide: it is cut off at times, and each request is written down."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from typing_extensions import override

from bot.news.message.draft import Draft
from bot.news.message.messenger import Outcome, ReadBack, Refused
from bot.news.schedules.posting import USUAL, Posting
from tests.simulation.messenger import SimulatedMessenger

if TYPE_CHECKING:
    from tests.simulation.deciding import DecidingWorld

_UNREACHABLE: Final = Refused(cause="unreachable", detail="no route", can_retry=True)


class ReadingMessenger(SimulatedMessenger):
    """Notes what each message shows, and when its request began."""

    world: DecidingWorld

    @override
    async def post(
        self,
        channel_id: int,
        draft: Draft,
        *,
        nonce: str,
        mention_roles: tuple[int, ...] = (),
        title: str = "",
        posting: Posting = USUAL,
        fence_s: float = 20.0,
    ) -> Outcome:
        if self.world.is_cut_off:
            return _UNREACHABLE
        self.world.note_request(channel_id, nonce, draft)
        return await super().post(
            channel_id, draft, nonce=nonce, mention_roles=mention_roles, title=title, posting=posting, fence_s=fence_s
        )

    @override
    async def edit(self, channel_id: int, message_id: int, draft: Draft, *, fence_s: float = 20.0) -> Outcome:
        if self.world.is_cut_off:
            return _UNREACHABLE
        return await super().edit(channel_id, message_id, draft, fence_s=fence_s)

    @override
    async def read_back(self, channel_id: int, key: str, *, after: datetime, before: datetime) -> ReadBack:
        if self.world.is_cut_off:
            return _UNREACHABLE
        return await super().read_back(channel_id, key, after=after, before=before)
