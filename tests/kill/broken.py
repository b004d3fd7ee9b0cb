"""The negative control: a sender that forgets, so that the trial must find doubles."""

from __future__ import annotations

import secrets
from datetime import datetime

from typing_extensions import override

from bot.news.message.draft import Draft
from bot.news.message.messenger import Messenger, NotThere, Outcome, ReadBack
from bot.news.schedules.posting import USUAL, Posting

_NONCE_BYTES = 12


class ForgetfulMessenger(Messenger):
    """Another messenger's posts, each under a nonce of its own; it never finds a message again."""

    def __init__(self, messenger: Messenger) -> None:
        self._messenger = messenger

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
        # The nonce is another one each time.
        nonce = secrets.token_hex(_NONCE_BYTES)
        return await self._messenger.post(
            channel_id, draft, nonce=nonce, mention_roles=mention_roles, title=title, posting=posting, fence_s=fence_s
        )

    @override
    async def read_back(self, _channel_id: int, _key: str, *, after: datetime, before: datetime) -> ReadBack:
        # Nothing is ever there.
        del after, before
        return NotThere()

    @override
    async def edit(self, channel_id: int, message_id: int, draft: Draft, *, fence_s: float = 20.0) -> Outcome:
        return await self._messenger.edit(channel_id, message_id, draft, fence_s=fence_s)

    @override
    async def publish(self, channel_id: int, message_id: int) -> Outcome:
        return await self._messenger.publish(channel_id, message_id)

    @override
    async def open_thread(self, channel_id: int, message_id: int, name: str) -> Outcome:
        return await self._messenger.open_thread(channel_id, message_id, name)

    @override
    async def tell_user(self, user_id: int, draft: Draft) -> Outcome:
        return await self._messenger.tell_user(user_id, draft)

    @override
    def discord_offset_s(self) -> float | None:
        return self._messenger.discord_offset_s()
