"""A state carries its reason and is looked at again when that ends; what is not known yet isn't an alarm."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.app.start import open_newsdesk
from bot.checkup import check_bot
from bot.news.checkup.database import MAX_PLANNING_LAG, MAX_POSTING_LAG, Backlog, backlog_finding
from bot.news.checkup.finding import Status
from bot.news.schedules.schedule import Schedule, ScheduleState, StopReason
from bot.sandbox import SandboxMessage
from tests.support.fault_points import until_met
from tests.support.makers import make_schedule
from tests.support.running_bot import Town

NOW = datetime(2023, 11, 27, 12, tzinfo=UTC)
A_WHILE = timedelta(days=40)


async def weekly(town: Town) -> Schedule:
    """The town's schedule as it is stored."""
    assert town.bot is not None
    (schedule,) = await town.bot.store.schedules.schedules(town.guild.id)
    return schedule


async def until_reason(town: Town, reason: StopReason) -> None:
    """Return once the schedule has stopped for this reason."""
    for _ in range(500):
        if (await weekly(town)).state_reason is reason:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"{await weekly(town)} has not stopped for {reason!r}")


async def come_back(town: Town) -> SandboxMessage:
    """Remove the bot from the server, invite it again, and return the notice about it."""
    await town.post_first_edition()
    town.guild.remove_bot()
    await until_reason(town, StopReason.SERVER_LEFT)
    town.guild.invite_bot()
    await until_reason(town, StopReason.REJOINED)
    (notice,) = await town.admin.wait_for_direct_messages(1)
    return notice


async def test_joining_again_offers_to_resume_in_a_notice(town: Town) -> None:
    """The button does it, for all schedules that were stopped for this reason."""
    notice = await come_back(town)

    answer = await town.admin.press(notice, "Resume")

    assert "removed from the server and invited again" in notice.text
    assert "Resumed Weekly" in answer.text
    assert (await weekly(town)).state is ScheduleState.ACTIVE


async def test_resuming_after_joining_again_says_what_keeps_each_schedule_from_posting(town: Town) -> None:
    """The invitation may have fewer permissions than the one before."""
    notice = await come_back(town)
    town.channel.set_permissions(bot={"send_messages": False})

    answer = await town.admin.press(notice, "Resume")

    assert "Resumed Weekly" in answer.text
    assert "• Weekly: Send Messages is missing: nothing can be posted." in answer.text


async def test_resume_is_refused_to_a_member_who_lost_manage_server(town: Town) -> None:
    """The notice is a direct message, and stays."""
    notice = await come_back(town)
    town.guild.set_permissions_of(town.admin)

    answer = await town.admin.press(notice, "Resume")

    assert "You need the Manage Server permission" in answer.text
    assert (await weekly(town)).state is ScheduleState.PAUSED


async def test_doctor_after_joining_again_says_what_to_do(town: Town) -> None:
    """The bot is in the server; nobody reads that it isn't."""
    await come_back(town)

    answer = (await town.admin.run(town.channel, "admin doctor")).text

    assert answer.startswith("1 problem to fix")
    assert "It is paused: I was removed from the server and invited again. Use /schedule resume." in answer
    assert "no longer in" not in answer


async def test_schedule_that_a_member_paused_stays_paused_after_joining_again(town: Town) -> None:
    """Their reason has not ended."""
    await town.post_first_edition()
    await town.admin.run(town.channel, "schedule pause", name="Weekly")
    town.guild.remove_bot()
    town.guild.invite_bot()
    await asyncio.sleep(0.5)

    assert (await weekly(town)).is_paused_by_member
    assert town.admin.direct_messages == []


async def test_server_that_was_joined_again_while_the_bot_was_down_is_not_purged(town: Town) -> None:
    """The first tick knows only that it was left, more than 30 days ago."""
    await town.post_first_edition()
    town.guild.remove_bot()
    await until_reason(town, StopReason.SERVER_LEFT)
    await town.stop_bot()
    town.guild.invite_bot()
    town.clock.jump_to(town.clock.now() + A_WHILE)

    await town.start_bot()
    await until_reason(town, StopReason.REJOINED)


async def test_server_that_is_joined_again_while_others_are_asked_for_is_not_purged(town: Town) -> None:
    """What Discord said before it was joined says nothing about it: the servers count as unknown until asked again."""
    assert town.bot is not None
    await town.post_first_edition()
    town.guild.remove_bot()
    await until_reason(town, StopReason.SERVER_LEFT)
    await town.bot.store.schedules.save_schedule(make_schedule(guild_id=999), next_due_at=None)
    asked = town.sandbox.faults.delay(0.3, times=1, path=r"/guilds/999$")
    noting = asyncio.create_task(town.bot._note_servers())
    await until_met(asked)
    town.sandbox.faults.delay(30, times=None, path=r"/guilds/999$")
    town.guild.invite_bot()
    await until_reason(town, StopReason.REJOINED)

    await noting

    assert not town.bot._knows_servers


async def test_doctor_says_that_a_missing_permission_was_given_since(town: Town) -> None:
    """The reason has ended: nobody has to look for something to fix."""
    town.channel.set_permissions(bot={"send_messages": False})
    await town.post_first_edition()
    assert (await weekly(town)).state_reason is StopReason.NO_PERMISSION
    town.channel.set_permissions(bot={"send_messages": True})

    answer = (await town.admin.run(town.channel, "admin doctor")).text

    assert "That is fixed; use /schedule retry." in answer
    assert "Fix that" not in answer


SPANS = st.timedeltas(timedelta(0), timedelta(days=365))


@pytest.mark.parametrize(
    ("waiting", "most"),
    [
        (lambda at: Backlog(unplanned_due_at=at), MAX_PLANNING_LAG),
        (lambda at: Backlog(unposted_due_at=at), MAX_POSTING_LAG),
    ],
    ids=["not planned", "not posted"],
)
@given(lag=SPANS, uptime=SPANS)
def test_overdue_edition_is_always_an_alarm_once_the_bot_had_the_time_for_it_and_never_before(
    waiting: Callable[[datetime], Backlog], most: timedelta, lag: timedelta, uptime: timedelta
) -> None:
    """After a downtime of a day the first answer of health is not that an edition is a day late."""
    finding = backlog_finding(waiting(NOW - lag), NOW, uptime_s=uptime.total_seconds())

    assert (finding.status is Status.FAILING) is (lag > most and uptime > most)


async def test_health_is_no_alarm_after_a_downtime_over_an_edition(town: Town) -> None:
    """From the start until the edition is planned: it was not late before anybody could look."""
    await town.post_first_edition()
    await town.stop_bot()
    town.clock.jump_to(town.clock.now() + timedelta(days=7, hours=3))
    async with open_newsdesk(town.config(), clock=town.own_clock) as bot:
        ready = asyncio.create_task(bot.wait_until_ready())
        while not ready.done():
            health = await check_bot(bot.store, bot._runtime(), now=town.clock.now())
            assert health.problems == ()
            await asyncio.sleep(0.005)
        await ready
