"""Where on its way an edition of three parts meets a fault, and how the edition ends well all the same."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TypedDict

import pytest

from bot.news.delivery import Delivery, DeliveryKey, DeliveryState
from bot.news.schedules.schedule import ScheduleState
from bot.sandbox import Channel, Fault
from tests.support.clocks import ManualClock
from tests.support.ledger import set_state
from tests.support.postoffice import SCHEDULE, SETTLED_S, Office, open_office

SENT, PLANNED, SENDING = DeliveryState.SENT, DeliveryState.PLANNED, DeliveryState.SENDING
FAILED, UNKNOWN, SKIPPED = DeliveryState.FAILED, DeliveryState.UNKNOWN, DeliveryState.SKIPPED

PARTS: Final = 3
DAY_S: Final = 86_400.0

NEVER_LATE: Final = timedelta(days=365)
"""Faults that last for days are about what is lost or doubled, not about an edition that nobody wants any more."""


class Requests(TypedDict):
    """Which requests a fault meets."""

    method: str
    path: str


POSTS: Final = Requests(method="POST", path=r"/(messages|threads)$")
"""Those that make a message, a forum's post among them."""


class Place(StrEnum):
    """The attempt that meets the fault."""

    FIRST = "first part"
    MIDDLE = "middle part"
    RETRY = "retry"


at_each_place = pytest.mark.parametrize("place", list(Place), ids=str)


class Scene:
    """An office whose next attempt is the one that a place means.

    Attributes:
        keys: All parts of the edition.
        part: The number of the part that is attempted next.
        channel: Where they go.
    """

    def __init__(self, office: Office, place: Place, channel: Channel) -> None:
        self.office = office
        self.place = place
        self.channel = channel
        self.keys: tuple[DeliveryKey, ...] = ()
        self.part = 2 if place is Place.MIDDLE else 1

    @property
    def key(self) -> DeliveryKey:
        """The part that is attempted next."""
        return self.keys[self.part - 1]

    async def pass_over(self, seconds: float = 0.0) -> int:
        """Let time pass, then let the process make one pass over the ledger."""
        self.office.clock.advance(seconds)
        return await self.office.past_waits(self.office.deliverer.deliver_due())

    async def row(self) -> Delivery:
        """The part that met the fault, as it is now."""
        return await self.office.row(self.key)

    async def states(self) -> list[DeliveryState]:
        """The states of all parts."""
        return await self.office.states(self.keys)

    async def state(self) -> DeliveryState:
        """The state of the part that met the fault."""
        return (await self.row()).state

    @property
    def before(self) -> list[DeliveryState]:
        """The states of the parts before it, at any time."""
        return [SENT] * (self.part - 1)

    @property
    def after(self) -> list[DeliveryState]:
        """The states of the parts after it while it isn't posted."""
        return [PLANNED] * (PARTS - self.part)

    @property
    def posts(self) -> list[int]:
        """The answers to all posts in the edition's channel, 0 for none."""
        path = f"/channels/{self.channel.id}/"
        return [
            seen.status
            for seen in self.office.sandbox.requests
            if seen.method == "POST" and seen.path.startswith(path) and seen.path.endswith(("/messages", "/threads"))
        ]

    @property
    def texts(self) -> list[str]:
        """The first line of each message in the channel; in a forum, of each post."""
        every = [self.channel, *self.channel.threads]
        return [message.text.splitlines()[0] for channel in every for message in channel.messages]

    async def settled(self) -> None:
        """Pass over the ledger until every part is there, at most for a quarter of an hour."""
        for _ in range(15):
            if await self.states() == [SENT] * PARTS:
                return
            await self.pass_over(61)

    async def ends_well(self) -> None:
        """Nothing is lost and nothing is doubled, then and a day later."""
        await self.settled()
        assert await self.states() == [SENT] * PARTS
        await self.pass_over(DAY_S)
        assert self.texts == ["Part 1", "Part 2", "Part 3"]


@asynccontextmanager
async def open_scene(
    folder: Path, clock: ManualClock, place: Place, *, kind: str = "text", **fields: Any
) -> AsyncIterator[Scene]:
    """A scene whose retry follows an attempt with an unknown outcome. `fields` are of `Schedule`."""
    async with open_office(folder, clock, limits=False) as office:
        channel = office.guild.add_channel("place", kind=kind)
        yield await set_scene(office, place, channel, **fields)


async def set_scene(office: Office, place: Place, channel: Channel, *, parts: int = PARTS, **fields: Any) -> Scene:
    """Bring an edition so far that its next attempt is the place's."""
    scene = Scene(office, place, channel)
    scene.keys = await office.plan(parts=parts, channel=channel, max_lateness=NEVER_LATE, **fields)
    if place is Place.MIDDLE:
        await post_one(office)
    elif place is Place.RETRY:
        office.sandbox.faults.drop(**POSTS)
        await scene.pass_over()
        assert await scene.state() is SENDING
        office.clock.advance(SETTLED_S)
    return scene


async def set_scene_of_an_admin(office: Office, place: Place, channel: Channel) -> Scene:
    """The same, but the retry is one that an admin asked for after a refusal."""
    if place is not Place.RETRY:
        return await set_scene(office, place, channel)
    scene = Scene(office, place, channel)
    scene.keys = await office.plan(parts=PARTS, channel=channel)
    office.sandbox.faults.status(403, body={"code": 50013, "message": "Missing Permissions"}, **POSTS)
    await scene.pass_over()
    await ask_for_a_retry(scene)
    office.board.notices.clear()
    return scene


async def ask_for_a_retry(scene: Scene) -> None:
    """What `/schedule retry` does to the ledger."""
    assert await scene.office.ledger.deliveries.resolve(scene.key, PLANNED, reason="retry", at=scene.office.clock.now())
    await set_state(scene.office.ledger.schedules, SCHEDULE, ScheduleState.ACTIVE)


async def post_one(office: Office) -> None:
    """Post what can be claimed at once, which is an edition's next part, and nothing after it."""
    told_to_stop = asyncio.Event()
    told_to_stop.set()
    await office.deliverer.deliver_due(told_to_stop)


async def until_met(fault: Fault) -> None:
    """Return once a request has met it."""
    while not fault.hits:  # noqa: ASYNC110 - the sandbox has no event for it
        await asyncio.sleep(0.002)
