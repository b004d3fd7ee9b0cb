"""The bot is thrown out of a server, or Discord has an outage there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.news.article import server_shelf
from bot.news.delivery import DeliveryKey, DeliveryState
from bot.news.schedules.schedule import ScheduleState
from bot.sandbox import Upload
from tests.support.delivering_bot import Square, days, open_square
from tests.support.fault_points import FAILED, PARTS, PLANNED, SENT, SKIPPED, Place, at_each_place
from tests.support.postoffice import SCHEDULE
from tests.support.running_bot import import_files, make_seed_text


@pytest.fixture
async def square(tmp_path: Path) -> AsyncIterator[Square]:
    """The whole bot, connected."""
    async with open_square(tmp_path) as opened:
        yield opened


async def states(square: Square, keys: tuple[DeliveryKey, ...]) -> list[DeliveryState]:
    """The states of the parts that were not purged."""
    return [row.state for row in await square.rows(keys)]


async def schedule_state(square: Square) -> ScheduleState | None:
    """Whether the schedule still posts; None where it was purged."""
    schedule = await square.ledger.schedules.find_schedule(SCHEDULE)
    return None if schedule is None else schedule.state


async def wait_for_state(square: Square, state: ScheduleState) -> None:
    """Return when the schedule is in that state."""
    for _ in range(500):
        if await schedule_state(square) is state:
            return
        await square.clock.sleep(1)
    raise AssertionError(f"the schedule is not {state}")


@at_each_place
@pytest.mark.parametrize("is_told", [True, False], ids=["told at once", "found at READY"])
async def test_server_left_switches_the_schedule_off_skips_the_rows_and_is_purged_after_30_days(
    square: Square,
    place: Place,
    is_told: bool,  # noqa: FBT001 - a test's parameter
) -> None:
    """Also where the bot was thrown out while nobody was connected. Nothing is attempted there any more."""
    keys = await square.plan_up_to(place)
    if not is_told:
        await square.stop_bot()
    square.guild.remove_bot()
    if not is_told:
        await square.start_bot()
    posted = len(square.posts)
    await wait_for_state(square, ScheduleState.OFF)

    await square.let_pass(days(29.9))
    sent = [SENT] if place is Place.MIDDLE else []
    assert await states(square, keys) == sent + [SKIPPED] * (PARTS - len(sent))
    assert len(square.posts) == posted
    await square.let_pass(days(0.2))

    assert await states(square, keys) == []
    assert await schedule_state(square) is None


@at_each_place
@pytest.mark.parametrize("is_running", [True, False], ids=["while it runs", "at the start"])
async def test_server_merely_unavailable_keeps_everything(
    square: Square,
    place: Place,
    is_running: bool,  # noqa: FBT001 - a test's parameter
) -> None:
    """An outage doesn't mean that the bot was removed: the edition is posted, and is all there a month later."""
    keys = await square.plan_up_to(place)
    if not is_running:
        await square.stop_bot()
    square.guild.set_unavailable()
    if not is_running:
        await square.start_bot()

    await square.let_pass(days(0.1))
    await square.let_pass(days(31))

    assert await schedule_state(square) is ScheduleState.ACTIVE
    assert await states(square, keys) == [SENT] * PARTS
    assert len(square.channel.messages) == PARTS


async def test_server_with_uploads_alone_that_is_left_while_the_bot_is_down_is_purged_after_30_days(
    square: Square,
) -> None:
    """It has no schedule by which it would be missed at READY."""
    upload = Upload(filename="quay.md", content=make_seed_text(title="Quay reopens").encode())
    await import_files(square.admin, square.channel, upload)
    shelf = server_shelf(square.guild.id)
    assert (await square.running.store.articles.shelf_size(shelf)).articles == 1
    await square.stop_bot()
    square.guild.remove_bot()
    await square.start_bot()

    for _ in range(500):
        if square.guild.id in await square.running.store.schedules.left_guilds():
            break
        await square.clock.sleep(1)
    assert (await square.running.store.articles.shelf_size(shelf)).articles == 1
    await square.let_pass(days(31))

    assert (await square.running.store.articles.shelf_size(shelf)).articles == 0
    assert await square.running.store.schedules.kept_guilds() == frozenset()


async def test_server_left_and_joined_again_is_not_purged(square: Square) -> None:
    """Also where that happened while nobody was connected."""
    keys = await square.plan_up_to(Place.MIDDLE)
    square.guild.remove_bot()
    await wait_for_state(square, ScheduleState.OFF)
    await square.stop_bot()
    square.guild.invite_bot()
    await square.start_bot()

    await square.let_pass(days(31))

    assert await states(square, keys) == [SENT, SKIPPED, SKIPPED]


async def test_server_left_and_not_told_of_it_pauses_the_schedule_until_it_is(square: Square) -> None:
    """The event got lost: Discord calls a post there a missing permission (50001)."""
    keys = await square.plan_up_to(Place.MIDDLE)
    square.guild.has_bot = False
    await square.let_pass(days(0.1))
    assert await states(square, keys) == [SENT, FAILED, PLANNED]
    assert await schedule_state(square) is ScheduleState.PAUSED

    square.sandbox.gateway.invalidate()
    await wait_for_state(square, ScheduleState.OFF)

    assert await states(square, keys) == [SENT, SKIPPED, SKIPPED]
