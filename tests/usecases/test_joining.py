"""Greeting the servers that the bot has joined: once ever each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Final, Literal, TypeVar

import pytest
from typing_extensions import override

from bot.errors import NewsdeskError
from bot.news.message.draft import Draft
from bot.news.message.messenger import CannotRead, Messenger, NotThere, Outcome, Posted, ReadBack, Refused, Unclear
from bot.news.schedules.posting import USUAL, Posting
from bot.news.servers.joining import GREETED_WITHIN, Greeting, GreetingState, JoinedServer
from bot.store.sqlite import SqliteStore, open_store
from bot.usecases.joining import Greeter
from tests.support.clocks import ManualClock
from tests.support.makers import make_schedule

T = TypeVar("T")

GUILD, CHANNEL, INVITER = 7, 70, 700
LATER: Final = timedelta(minutes=2)

Fate = Literal["posted", "lost after", "lost before", "later", "never", "killed after", "killed before"]
FATES: Final[tuple[Fate, ...]] = (
    *("posted", "lost after", "lost before", "later"),
    *("killed after", "killed before"),
)


class Killed(BaseException):
    """The process ended in the middle of a request."""


@dataclass(slots=True)
class Mailbox(Messenger):
    """Discord, as far as greetings see it: channels by id, direct messages, and what becomes of the next requests."""

    fates: list[Fate] = field(default_factory=list)
    posted: dict[int, list[Draft]] = field(default_factory=dict)
    told: list[int] = field(default_factory=list)
    is_readable: bool = True

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
        assert nonce == draft.key
        return self._take(self.posted.setdefault(channel_id, []), draft)

    @override
    async def tell_user(self, user_id: int, draft: Draft) -> Outcome:
        return self._take(self.told, user_id)

    def _take(self, box: list[T], message: T) -> Outcome:
        fate = self.fates.pop(0) if self.fates else "posted"
        if fate in {"posted", "lost after", "killed after"}:
            box.append(message)
        if fate.startswith("killed"):
            raise Killed
        if fate.startswith("lost"):
            return Unclear(detail="lost")
        if fate in {"later", "never"}:
            return Refused(cause="rate_limited" if fate == "later" else "no_permission", can_retry=fate == "later")
        return Posted(message_id=1)

    @override
    async def open_thread(self, channel_id: int, message_id: int, name: str) -> Outcome:
        raise NotImplementedError

    @override
    async def read_back(self, channel_id: int, key: str, *, after: datetime, before: datetime) -> ReadBack:
        if not self.is_readable:
            return CannotRead(detail="Read Message History is missing")
        there = any(draft.key == key for draft in self.posted.get(channel_id, ()))
        return Posted(message_id=1) if there else NotThere()

    @override
    async def publish(self, channel_id: int, message_id: int) -> Outcome:
        raise AssertionError("a greeting is not published")

    @override
    def discord_offset_s(self) -> float | None:
        return 0.0


@dataclass(slots=True)
class Town:
    """The greeter of one bot, its store and its mailbox."""

    store: SqliteStore
    clock: ManualClock
    mailbox: Mailbox = field(default_factory=Mailbox)
    inviter: int | None = None

    def server(self, guild_id: int = GUILD, channel_id: int | None = CHANNEL) -> JoinedServer:
        """A server that has just been joined."""
        return JoinedServer(guild_id=guild_id, name="Town", joined_at=self.clock.now(), channel_id=channel_id)

    async def greet(self, *servers: JoinedServer) -> None:
        """Greet, as a process that has just started does."""

        async def find_inviter(_guild_id: int) -> int | None:
            return self.inviter

        greeter = Greeter(store=self.store, messenger=self.mailbox, find_inviter=find_inviter)
        with suppress(NewsdeskError, Killed):
            await greeter.greet(servers, now=self.clock.now())

    async def state(self, guild_id: int = GUILD) -> GreetingState | None:
        """The state of a server's greeting; None if it has none."""
        found = (await self.store.greetings.greetings()).get(guild_id)
        return None if found is None else found.state


@pytest.fixture
async def town(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Town]:
    """A bot that has greeted nobody."""
    async with open_store(tmp_path / "newsdesk.db", clock=clock) as store:
        yield Town(store, clock)


async def test_a_thousand_restarts_give_one_greeting(town: Town) -> None:
    """What was posted is stored."""
    server = town.server()
    for _ in range(1000):
        await town.greet(server)

    assert len(town.mailbox.posted[CHANNEL]) == 1


async def test_whatever_becomes_of_its_requests_a_server_is_greeted_exactly_once(town: Town) -> None:
    """All sequences of three: lost, refused for now, or the process killed; then one that is answered."""
    for guild_id, fates in enumerate(product(FATES, repeat=3), start=1):
        town.mailbox.fates = list(fates)
        server = town.server(guild_id, channel_id=guild_id)
        for _ in range(len(fates) + 1):
            await town.greet(server)
            town.clock.advance(LATER.total_seconds())

        assert len(town.mailbox.posted[guild_id]) == 1, fates
        assert await town.state(guild_id) is GreetingState.POSTED, fates


async def test_a_greeting_under_way_is_not_looked_for_before_it_can_have_arrived(town: Town) -> None:
    """A request of the process before may still be on its way."""
    server = town.server()
    town.mailbox.fates = ["killed before"]
    await town.greet(server)

    await town.greet(server)
    assert not town.mailbox.posted[CHANNEL]
    town.clock.advance(LATER.total_seconds())
    await town.greet(server)

    assert len(town.mailbox.posted[CHANNEL]) == 1


async def test_a_greeting_that_may_be_posted_and_cannot_be_looked_for_is_not_repeated(town: Town) -> None:
    """It is noted as unknown instead."""
    server = town.server()
    town.mailbox.fates, town.mailbox.is_readable = ["lost before"], False
    for _ in range(3):
        await town.greet(server)
        town.clock.advance(LATER.total_seconds())

    assert not town.mailbox.posted[CHANNEL]
    assert await town.state() is GreetingState.UNKNOWN


async def test_a_direct_message_of_unknown_outcome_is_not_repeated(town: Town) -> None:
    """It can't be looked for."""
    server, town.inviter = town.server(channel_id=None), INVITER
    town.mailbox.fates = ["killed after"]
    for _ in range(3):
        await town.greet(server)
        town.clock.advance(LATER.total_seconds())

    assert town.mailbox.told == [INVITER]
    assert await town.state() is GreetingState.UNKNOWN


async def test_a_channel_that_refuses_the_greeting_leaves_it_to_the_inviter(town: Town) -> None:
    """What the gateway said of its permissions was out of date."""
    town.inviter, town.mailbox.fates = INVITER, ["never"]

    await town.greet(town.server())

    assert town.mailbox.told == [INVITER]
    assert await town.state() is GreetingState.POSTED


async def test_a_server_that_refuses_the_greeting_everywhere_is_left_alone(town: Town) -> None:
    """Also by every later process."""
    server, town.inviter, town.mailbox.fates = town.server(), INVITER, ["never", "never"]
    await town.greet(server)
    await town.greet(server)

    assert town.mailbox.told == []
    assert await town.state() is GreetingState.NOBODY


async def test_a_server_that_was_joined_long_ago_is_not_greeted(town: Town) -> None:
    """Nobody waits for it."""
    server = town.server()
    town.clock.advance(GREETED_WITHIN.total_seconds() + 1)

    await town.greet(server)

    assert town.mailbox.posted == {}


async def test_a_server_that_has_schedules_is_not_greeted(town: Town) -> None:
    """It was set up before greetings existed, and has added the bot again."""
    await town.store.schedules.save_schedule(make_schedule(guild_id=GUILD), next_due_at=None)

    await town.greet(town.server())

    assert town.mailbox.posted == {}


async def test_greetings_that_must_wait_are_reported(town: Town) -> None:
    """The chore tries again, and a health check says why."""
    town.mailbox.fates = ["later"]

    async def nobody(_guild_id: int) -> int | None:
        return None

    greeter = Greeter(store=town.store, messenger=town.mailbox, find_inviter=nobody)
    with pytest.raises(NewsdeskError, match="1 of 2 servers"):
        await greeter.greet((town.server(), town.server(8)), now=town.clock.now())


async def test_a_greeting_is_deleted_with_the_servers_data(town: Town) -> None:
    """Thirty days after the bot left it."""
    await town.greet(town.server())
    assert GUILD in await town.store.schedules.kept_guilds()
    await town.store.schedules.guild_left(GUILD, at=town.clock.now())

    town.clock.advance(1.0)
    await town.store.schedules.purge_guilds(left_before=town.clock.now())

    assert await town.store.greetings.greetings() == {}


async def test_only_one_of_two_callers_claims_a_greeting(town: Town) -> None:
    """Whichever comes first."""
    greeting = Greeting(guild_id=GUILD, state=GreetingState.SENDING, channel_id=CHANNEL, at=town.clock.now())

    assert await town.store.greetings.claim_greeting(greeting)
    assert not await town.store.greetings.claim_greeting(greeting)
