"""Rate limits, and the guard in front of Discord that bans an address."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.news.delivery import ScheduleId
from tests.faults.hasty import run_hastily
from tests.support.clocks import ManualClock
from tests.support.fault_points import POSTS, SENT, Place, Scene, at_each_place, open_scene


@pytest.fixture
async def scene(tmp_path: Path, clock: ManualClock, place: Place) -> AsyncIterator[Scene]:
    """The next attempt is the place's."""
    async with open_scene(tmp_path, clock, place) as opened:
        yield opened


async def is_waited_out(scene: Scene, scope: str) -> None:
    """One refused post, then none before the time is over; then all goes on."""
    fault = scene.office.sandbox.faults.rate_limit(40, scope=scope, **POSTS)
    before = len(scene.texts)

    await scene.pass_over()
    await scene.pass_over(39)
    assert (fault.hits, scene.posts[-1], len(scene.texts)) == (1, 429, before)
    await scene.pass_over(2)

    assert await scene.states() == [SENT] * 3
    assert scene.office.sandbox.limits.early == []
    await scene.ends_well()


@at_each_place
async def test_429_of_the_route_is_waited_out(scene: Scene) -> None:
    """The row waits in the ledger for `retry_after`, and no request comes early."""
    await is_waited_out(scene, "user")


@at_each_place
async def test_429_shared_is_waited_out(scene: Scene) -> None:
    """Others used the channel's limit up; it counts toward no ban."""
    await is_waited_out(scene, "shared")

    assert scene.office.wire.breaker.invalid_count == 0


@at_each_place
async def test_429_global_stops_every_sender_and_sending_goes_on_after_it(scene: Scene) -> None:
    """One is refused; a post to another channel isn't even begun."""
    office = scene.office
    office.sandbox.faults.rate_limit(40, scope="global", **POSTS)
    await scene.pass_over()
    other = office.guild.add_channel("other")
    await office.plan(channel=other, id=ScheduleId(12), name="Other")

    seen = len(office.sandbox.requests)
    await scene.pass_over(20)
    assert len(office.sandbox.requests) == seen
    await scene.pass_over(21)

    assert len(other.messages) == 1
    assert office.sandbox.limits.early == []
    await scene.ends_well()


@pytest.mark.parametrize("scope", ["user", "shared", "global"])
def test_429_of_a_read_back_is_waited_out(tmp_path: Path, scope: str) -> None:
    """The retry's question of the channel is refused, not its post; discord.py itself waits there."""

    async def play() -> None:
        async with open_scene(tmp_path, ManualClock(), Place.RETRY) as scene:
            scene.office.sandbox.faults.rate_limit(3, scope=scope, method="GET", path=r"^/channels/\d+$")
            await scene.pass_over()
            assert scene.office.sandbox.limits.early == []
            await scene.ends_well()

    run_hastily(play())


@at_each_place
async def test_429_as_html_opens_the_circuit_for_ten_minutes_with_a_notice_and_nothing_is_lost(scene: Scene) -> None:
    """Whatever request meets the guard's page: asking on would prolong the ban."""
    office = scene.office
    office.sandbox.faults.ban()

    await scene.pass_over()
    seen = len(office.sandbox.requests)
    for _ in range(59):
        await scene.pass_over(10)
    assert len(office.sandbox.requests) == seen
    assert set(office.board.causes) == {"shut out"}

    await scene.ends_well()
