"""The negative control: a sender that forgets, so that the trial must find doubles."""

from __future__ import annotations

import secrets
from datetime import datetime

from bot.news.message.draft import Draft
from bot.news.message.messenger import Messenger, NotThere, Outcome, ReadBack

_NONCE_BYTES = 12


class ForgetfulMessenger:
    """Another messenger's posts, each under a nonce of its own; it never finds a message again."""

    def __init__(self, messenger: Messenger) -> None:
        self._messenger = messenger

    async def post(
        self,
        channel_id: int,
        draft: Draft,
        *,
        nonce: str,
        mention_role: int | None = None,
        title: str = "",
        fence_s: float = 20.0,
    ) -> Outcome:
        """See `Messenger.post`; the nonce is another one each time."""
        nonce = secrets.token_hex(_NONCE_BYTES)
        return await self._messenger.post(
            channel_id, draft, nonce=nonce, mention_role=mention_role, title=title, fence_s=fence_s
        )

    async def read_back(self, _channel_id: int, _key: str, *, after: datetime, before: datetime) -> ReadBack:
        """See `Messenger.read_back`; nothing is ever there."""
        del after, before
        return NotThere()

    async def publish(self, channel_id: int, message_id: int) -> Outcome:
        """See `Messenger.publish`."""
        return await self._messenger.publish(channel_id, message_id)

    async def tell_user(self, user_id: int, draft: Draft) -> Outcome:
        """See `Messenger.tell_user`."""
        return await self._messenger.tell_user(user_id, draft)

    def discord_offset_s(self) -> float | None:
        """See `Messenger.discord_offset_s`."""
        return self._messenger.discord_offset_s()
