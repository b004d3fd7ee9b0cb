"""Greet the servers that the bot has joined: once ever each, whatever happens between storing and posting.

A greeting is claimed on disk before its request begins, and sent with a nonce that stays the same. One whose outcome is
unknown is looked for in its channel before it is sent again; where that can't be done, it is not sent again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.errors import NewsdeskError
from bot.news.message.messenger import CannotRead, Messenger, NotThere, Outcome, Posted, Refused, Unclear
from bot.news.servers.joining import GREETED_WITHIN, Greeting, GreetingState, JoinedServer, greeting_key
from bot.render.joining import draft_greeting
from bot.store.port import Store

log = structlog.get_logger(__name__)

FindInviter = Callable[[int], Awaitable[int | None]]
"""Returns the member who added the bot to a server, as far as the bot may know."""

_SETTLED: Final = timedelta(minutes=1)
"""A request that was under way when the process ended has reached the channel by then, or never will."""

_CLOCKS_APART: Final = timedelta(days=1)
"""A greeting is looked for this long before and after its attempt: Discord's clock counts there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeter:
    """What greeting needs.

    Attributes:
        find_inviter: Asked only if nothing can be posted in the system channel.
    """

    store: Store
    messenger: Messenger
    find_inviter: FindInviter

    async def greet(self, servers: Collection[JoinedServer], *, now: datetime) -> None:
        """Greet each server that was joined within `GREETED_WITHIN` and never greeted, and finish what was begun.

        A server that has schedules needs no greeting.

        Raises:
            NewsdeskError: some greetings must wait; calling it again later helps.
        """
        known = await self.store.greetings.greetings()
        is_done = [await self._one(server, known.get(server.guild_id), now) for server in servers]
        if waiting := is_done.count(False):
            raise NewsdeskError(f"{waiting} of {len(is_done)} servers still have to be greeted.")

    async def _one(self, server: JoinedServer, known: Greeting | None, now: datetime) -> bool:
        """Greet a server; False if that must be tried again."""
        if known is not None:
            return known.state is not GreetingState.SENDING or await self._finish(server, known, now)
        if now - server.joined_at > GREETED_WITHIN or await self.store.schedules.schedules(server.guild_id):
            return True
        sending = Greeting(guild_id=server.guild_id, state=GreetingState.SENDING, channel_id=server.channel_id, at=now)
        return not await self.store.greetings.claim_greeting(sending) or await self._send(server, sending)

    async def _finish(self, server: JoinedServer, begun: Greeting, now: datetime) -> bool:
        """Find out about a greeting that may have been posted, and send it again if it was not."""
        if begun.channel_id is None:
            return await self._note(begun, GreetingState.UNKNOWN, "a direct message can't be looked for")
        if timedelta(0) <= now - begun.at < _SETTLED:
            return False
        found = await self.messenger.read_back(
            begun.channel_id,
            greeting_key(server.guild_id),
            after=begun.at - _CLOCKS_APART,
            before=now + _CLOCKS_APART,
        )
        match found:
            case Posted():
                return await self._note(begun, GreetingState.POSTED)
            case CannotRead():
                return await self._note(begun, GreetingState.UNKNOWN, found.detail)
            case NotThere():
                again = replace(begun, channel_id=server.channel_id, at=now)
                await self.store.greetings.mark_greeting(again)
                return await self._send(server, again)
            case _:
                return False

    async def _send(self, server: JoinedServer, sending: Greeting) -> bool:
        key = greeting_key(server.guild_id)
        if sending.channel_id is not None:
            outcome = await self.messenger.post(
                sending.channel_id, draft_greeting(server, is_direct=False), nonce=key, title="Newsdesk"
            )
            if not _is_refused(outcome):
                return await self._conclude(sending, outcome)
            log.info("a greeting was refused", guild=server.guild_id, channel=sending.channel_id)
        inviter = await self.find_inviter(server.guild_id)
        if inviter is None:
            return await self._note(sending, GreetingState.NOBODY)
        # From here on it may have been sent as a direct message, which can't be looked for.
        direct = replace(sending, channel_id=None)
        await self.store.greetings.mark_greeting(direct)
        outcome = await self.messenger.tell_user(inviter, draft_greeting(server, is_direct=True))
        return await self._conclude(direct, outcome)

    async def _conclude(self, sending: Greeting, outcome: Outcome) -> bool:
        match outcome:
            case Posted():
                return await self._note(sending, GreetingState.POSTED)
            case Refused(can_retry=True):
                await self.store.greetings.release_greeting(sending.guild_id)
                return False
            case Refused():
                return await self._note(sending, GreetingState.NOBODY, outcome.detail)
            case Unclear():
                return False

    async def _note(self, begun: Greeting, state: GreetingState, why: str = "") -> bool:
        await self.store.greetings.mark_greeting(replace(begun, state=state))
        if state is not GreetingState.POSTED:
            log.info("a server was not greeted", guild=begun.guild_id, outcome=state.value, why=why)
        return True


def _is_refused(outcome: Outcome) -> bool:
    """True if Discord will not take it: the next one is asked."""
    return isinstance(outcome, Refused) and not outcome.can_retry
