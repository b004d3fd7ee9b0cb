"""An admin uses /admin doctor and reads what to do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.news.checkup.database import MAX_PLANNING_LAG
from bot.news.schedules.schedule import MOST_SCHEDULES
from bot.sandbox import Answer, Channel
from tests.support.running_bot import Town


async def ask(town: Town) -> Answer:
    """The answer of /admin doctor."""
    return await town.admin.run(town.channel, "admin doctor")


async def schedule(town: Town, channel: Channel, name: str = "Weekly", **options: Any) -> None:
    """Schedule a digest for Mondays at nine."""
    given: dict[str, Any] = {"day": "monday", "time": "09:00", "timezone": "UTC", **options}
    await town.admin.run(town.channel, "schedule create", name=name, channel=channel, **given)


async def test_no_problems_are_one_line_followed_by_the_facts(town: Town) -> None:
    """Each check that passed is named."""
    await town.post_first_edition()
    answer = await ask(town)
    assert answer.ephemeral
    assert answer.text.splitlines()[0] == "No problems"
    for fact in (
        "Weekly in #news",
        "last edition 27 November 2023 09:00 UTC: sent",
        "next 4 December",
        "Clock: 0 s",
        "no damage found",
        "connected",
    ):
        assert fact in answer.text


@pytest.mark.parametrize(
    ("kind", "permission", "named"),
    [
        ("text", "view_channel", "View Channel is missing"),
        ("text", "send_messages", "Send Messages is missing"),
        ("text", "embed_links", "Embed Links is missing"),
        ("text", "read_message_history", "Read Message History is missing"),
        ("announcement", "send_messages", "Send Messages is missing"),
        ("forum", "send_messages", "Create Posts is missing"),
    ],
)
async def test_each_missing_permission_is_named_with_what_to_do(
    town: Town, kind: str, permission: str, named: str
) -> None:
    """Before the edition fails for it."""
    channel = town.guild.add_channel("elsewhere", kind)
    await schedule(town, channel)
    channel.set_permissions(bot={permission: False})
    answer = await ask(town)
    assert answer.text.startswith("1 problem to fix")
    assert named in answer.text
    assert "Give it to my role in the channel's settings." in answer.text


async def test_a_channel_that_is_gone_is_named(town: Town) -> None:
    """With the command that chooses another."""
    channel = town.guild.add_channel("elsewhere")
    await schedule(town, channel)
    channel.delete()
    answer = await ask(town)
    assert "channel was deleted" in answer.text
    assert "/schedule edit" in answer.text


async def test_a_locked_thread_needs_the_permission_to_manage_threads(town: Town) -> None:
    """A thread that is only archived needs nothing: posting opens it again."""
    archived = town.channel.add_thread("archived", archived=True)
    locked = town.channel.add_thread("locked", locked=True)
    town.channel.set_permissions(bot={"manage_threads": False})
    await schedule(town, archived, "Archived")
    await schedule(town, locked, "Locked")
    answer = await ask(town)
    assert answer.text.startswith("1 problem to fix")
    assert "Manage Threads is missing: the thread is locked" in answer.text


async def test_a_role_that_cannot_be_pinged_is_reported(town: Town) -> None:
    """The edition would come without its ping, and nobody would know why."""
    role = town.guild.add_role("Readers")
    await schedule(town, town.channel, mention_role=role)
    assert "not pinged" in (await ask(town)).text
    role.mentionable = True
    assert (await ask(town)).text.startswith("No problems")


async def test_publishing_from_a_channel_without_followers_is_reported(town: Town) -> None:
    """The option does nothing there."""
    await schedule(town, town.channel, publish=True)
    assert "not an announcement channel" in (await ask(town)).text


async def test_an_announcement_channel_needs_nothing_more_to_be_published(town: Town) -> None:
    """Publishing what one posted oneself takes the permission to post."""
    await schedule(town, town.guild.add_channel("announced", "announcement"), publish=True)
    assert (await ask(town)).text.startswith("No problems")


async def test_a_failed_edition_is_reported_with_the_command_that_retries_it(town: Town) -> None:
    """And with what stopped the schedule."""
    town.channel.set_permissions(bot={"send_messages": False})
    elsewhere = town.guild.add_channel("elsewhere")
    await town.post_first_edition()
    answer = await town.admin.run(elsewhere, "admin doctor")
    assert "The edition of 2023-11-27 failed" in answer.text
    assert "/schedule retry" in answer.text
    assert "so the schedule is paused" in answer.text


async def test_an_edition_that_is_not_planned_is_reported(town: Town) -> None:
    """With the time since it was due."""
    await schedule(town, town.channel)
    town.clock.jump_to(town.clock.now() + MAX_PLANNING_LAG + timedelta(minutes=3))
    assert "is not planned" in (await ask(town)).text


async def test_a_server_without_a_schedule_learns_how_to_create_one(town: Town) -> None:
    """That is not a problem."""
    answer = await ask(town)
    assert answer.text.startswith("No problems")
    assert "/schedule create" in answer.text


async def test_nothing_of_another_server_is_shown(town: Town) -> None:
    """Neither its schedules nor their problems."""
    other = town.sandbox.add_guild("Elsewhere")
    there = other.add_channel("secret")
    other.add_member(town.admin, permissions=("manage_guild",))
    given: dict[str, Any] = {"day": "monday", "time": "09:00", "timezone": "UTC"}
    await town.admin.run(there, "schedule create", name="Hidden", channel=there, **given)
    there.delete()
    answer = await ask(town)
    assert answer.text.startswith("No problems")
    assert "Hidden" not in answer.text


async def test_a_member_who_may_not_manage_the_server_is_refused(town: Town) -> None:
    """Whatever the server's settings say."""
    answer = await town.member.run(town.channel, "admin doctor", force=True)
    assert "Manage Server permission" in answer.text


async def test_any_number_of_schedules_fits_one_answer(town: Town) -> None:
    """Those with problems come first, and the rest is counted."""
    hidden = town.guild.add_channel("hidden")
    for number in range(MOST_SCHEDULES):
        town.clock.jump_to(town.clock.now() + timedelta(seconds=3))  # a member can't schedule more in a minute
        await schedule(town, hidden if number == 40 else town.channel, f"{'S' * 50} {number:02}", day="friday")
    hidden.delete()
    await town.let_pass(timedelta(seconds=1))
    answer = await ask(town)
    lines = answer.text.splitlines()
    assert lines[0] == "1 problem to fix"
    assert f"{'S' * 50} 40" in "".join(lines[:4])
    assert "more schedules" in answer.text


async def test_a_discord_that_answers_slowly_is_waited_for(town: Town) -> None:
    """The answer is deferred before Discord would give up on it."""
    await schedule(town, town.channel)
    town.sandbox.faults.delay(1.5, method="GET", path=rf"/channels/{town.channel.id}$")
    answer = await ask(town)
    assert answer.text.startswith("No problems")


async def test_a_discord_that_fails_leaves_the_rest_of_the_answer(town: Town) -> None:
    """What could not be checked is named."""
    await schedule(town, town.channel)
    town.sandbox.faults.status(400, times=None, method="GET", path=r"/guilds/\d+$")
    answer = await ask(town)
    assert "were not checked" in answer.text
    assert "no damage found" in answer.text
