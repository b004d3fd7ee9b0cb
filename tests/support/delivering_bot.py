"""The whole bot, its gateway included, with an edition of three parts on its way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import aiohttp
from typing_extensions import override

from bot.app.chores import EVERY_S
from bot.app.planning import CORRECT_EVERY_S, SHOW_DESKS_EVERY_S
from bot.app.seed_folders import READ_EVERY_S
from bot.app.start import Newsdesk
from bot.chat.wire.trace import WIRE_S
from bot.news.delivery import Delivery, DeliveryKey, DeliveryState
from bot.sandbox.gateway.sessions import IDENTIFY_INTERVAL_S
from tests.support.clocks import RunningClock
from tests.support.fault_points import PARTS, POSTS, Place
from tests.support.ledger import Ledger, find_delivery, sqlite_ledger
from tests.support.makers import make_schedule
from tests.support.postoffice import SCHEDULE, plan_parts
from tests.support.running_bot import MONDAY, Town

BACK_WITHIN_S: Final = 60.0
MOST_IDENTIFIES: Final = 2

_TIMES: Final = 100.0


_REGULAR: Final = frozenset({1.0, 2.0, 30.0, EVERY_S, READ_EVERY_S, SHOW_DESKS_EVERY_S, CORRECT_EVERY_S})
"""Between two looks at the ledger, drafts or posted articles, two ticks, two tries of a chore: nobody waits for it."""


class BriskClock(RunningClock):
    """Sleeps a hundredth of what it is asked for, but for time on the wire, which is real.

    Attributes:
        saved_s: What was not slept, without the sleeps that nobody waits for.
    """

    def __init__(self) -> None:
        super().__init__(MONDAY)
        self.saved_s = 0.0

    @override
    async def sleep(self, seconds: float) -> None:
        asked = seconds if seconds == WIRE_S else seconds / _TIMES
        self.saved_s += 0.0 if seconds in _REGULAR else seconds - asked
        await asyncio.sleep(asked)


class Square(Town):
    """A town without seeds."""

    def __init__(self, folder: Path) -> None:
        self.brisk = BriskClock()
        super().__init__(folder, seeds=False, clock=self.brisk, identify_interval_s=IDENTIFY_INTERVAL_S / _TIMES)
        self._health_of: tuple[Newsdesk, int] | None = None

    @property
    def running(self) -> Newsdesk:
        """The bot, which must be there."""
        assert self.bot is not None
        return self.bot

    @property
    def ledger(self) -> Ledger:
        """What the bot's file says."""
        return sqlite_ledger(self.running.store.files)

    async def plan(self, **fields: Any) -> tuple[DeliveryKey, ...]:
        """Plan an edition of three parts, and wake the sender."""
        base: dict[str, Any] = {"id": SCHEDULE, "guild_id": self.guild.id, "channel_id": self.channel.id}
        schedule = make_schedule(**(base | {"saved_by": self.admin.id} | fields))
        now = self.clock.now()
        # Their text is not that of a story, so they can't be drawn again; they would be when they are late.
        keys = await plan_parts(
            self.ledger, schedule, parts=PARTS, due_at=now, planned_at=now, drawn_at=now + timedelta(days=1)
        )
        self.running._wake_deliverer()
        return keys

    async def plan_up_to(self, place: Place, **fields: Any) -> tuple[DeliveryKey, ...]:
        """Plan one whose next attempt is the place's, and comes in ten minutes."""
        if place is Place.RETRY:
            fault = self.sandbox.faults.drop(**POSTS)
        else:
            fault = self.sandbox.faults.rate_limit(600, nth=2 if place is Place.MIDDLE else 1, **POSTS)
        keys = await self.plan(**fields)
        await self.until(lambda: fault.hits > 0)
        await self.running.deliver_pending()
        return keys

    async def rows(self, keys: tuple[DeliveryKey, ...]) -> list[Delivery]:
        """The parts as they are now, without purged ones."""
        found = [await find_delivery(self.ledger.deliveries, key) for key in keys]
        return [row for row in found if row is not None]

    async def reach(self, keys: tuple[DeliveryKey, ...], wanted: list[DeliveryState], patience_s: float = 10.0) -> None:
        """Return when the parts are in the wanted states."""
        for _ in range(int(patience_s / 0.01)):
            if [row.state for row in await self.rows(keys)] == wanted:
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"{[row.state for row in await self.rows(keys)]} is not {wanted}")

    @property
    def posts(self) -> list[int]:
        """The answers to all posts in the channel, 0 for none."""
        path = f"/channels/{self.channel.id}/messages"
        return [seen.status for seen in self.sandbox.requests if (seen.method, seen.path) == ("POST", path)]

    async def until(self, happened: Callable[[], bool], patience_s: float = 10.0) -> None:
        """Return when it has happened."""
        for _ in range(int(patience_s / 0.01)):
            if happened():
                return
            await asyncio.sleep(0.01)
        raise AssertionError("it did not happen")

    async def health(self) -> tuple[int, list[str]]:
        """The status of `/healthz`, and the checks that fail."""
        if self._health_of is None or self._health_of[0] is not self.running:
            self._health_of = self.running, await self.running._health.start("127.0.0.1", 0)
        address = f"http://127.0.0.1:{self._health_of[1]}/healthz"
        async with aiohttp.ClientSession() as session, session.get(address) as answer:
            return answer.status, [each["check"] for each in (await answer.json())["problems"]]

    async def holds_its_posts_back(self, keys: tuple[DeliveryKey, ...], *also: str) -> None:
        """The next attempt comes, and the ledger can't be written: nothing is posted; reads and commands work.

        `also` are further checks that fail.
        """
        posted, states = len(self.posts), [row.state for row in await self.rows(keys)]
        self.clock.jump_to(self.clock.now() + timedelta(minutes=11))
        await self.running.tick()
        await self.until(lambda: self.running._deliverer.is_on_hold)

        status, failing = await self.health()
        assert (status, sorted(failing)) == (503, sorted(["posting", *also]))
        assert [row.state for row in await self.rows(keys)] == states
        assert (await self.member.run(self.channel, "news latest")).text
        assert len(self.posts) == posted

    async def ends_well(self, keys: tuple[DeliveryKey, ...]) -> None:
        """Posting resumes by itself, and each part is posted once; a day later, too."""
        await self.channel.wait_for_messages(PARTS)
        await self.until(lambda: not self.running._deliverer.is_on_hold)
        await self.running.tick()
        assert await self.health() == (200, [])
        await self.let_pass(timedelta(days=1))

        assert {row.state for row in await self.rows(keys)} == {DeliveryState.SENT}
        assert [message.text.splitlines()[0] for message in self.channel.messages] == ["Part 1", "Part 2", "Part 3"]

    async def survives(self, event: Callable[[], object]) -> None:
        """Something happens to the gateway: an edition is posted all the same, and commands are back in time."""
        gateway = self.sandbox.gateway
        identified, resumed = gateway.identify_count, gateway.resume_count
        began_s = self.clock.uptime() + self.brisk.saved_s
        event()
        await self.plan()
        await self.channel.wait_for_messages(PARTS)
        await self.until(lambda: gateway.identify_count + gateway.resume_count > identified + resumed)
        await self.until(lambda: self.running.client.is_connected)
        answer = await self.member.run(self.channel, "help")

        assert answer.text
        assert self.clock.uptime() + self.brisk.saved_s - began_s <= BACK_WITHIN_S
        assert gateway.identify_count - identified <= MOST_IDENTIFIES
        assert [message.text.splitlines()[0] for message in self.channel.messages] == ["Part 1", "Part 2", "Part 3"]


@asynccontextmanager
async def open_square(folder: Path, *, start: bool = True) -> AsyncIterator[Square]:
    """The bot at work there; whatever happens, Discord would have accepted every request."""
    async with Square(folder) as square:
        if start:
            await square.start_bot()
        yield square
    assert not square.sandbox.deviations, square.sandbox.deviations


def days(count: float) -> timedelta:
    """A span."""
    return timedelta(days=count)
