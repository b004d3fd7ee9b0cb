"""An admin asks whether all is well, and is told what to do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.news.checkup.condition import LONGEST_LAG
from bot.sandbox import Answer, Channel
from tests.journeys.town import Town


async def ask(town: Town) -> Answer:
    """What the doctor says."""
    return await town.admin.run(town.channel, "admin doctor")


async def order(town: Town, channel: Channel, name: str = "Weekly", **options: Any) -> None:
    """A digest for Mondays at nine."""
    given: dict[str, Any] = {"day": "monday", "time": "09:00", "timezone": "UTC", **options}
    await town.admin.run(town.channel, "schedule create", name=name, channel=channel, **given)


async def test_all_is_well_is_one_line_and_the_facts_behind_it(town: Town) -> None:
    """Nobody has to read between the lines."""
    await town.post_first_edition()
    answer = await ask(town)
    assert answer.ephemeral
    assert answer.text.splitlines()[0] == "All is well"
    for fact in (
        "Weekly in #news",
        "last edition 27 November 2023 09:00 UTC: sent",
        "next 4 December",
        "Clock: 0 s",
        "the ledger is sound",
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
async def test_each_permission_that_is_missing_is_named_with_what_to_do(
    town: Town, kind: str, permission: str, named: str
) -> None:
    """Before the edition fails for it."""
    channel = town.guild.add_channel("elsewhere", kind)
    await order(town, channel)
    channel.set_permissions(bot={permission: False})
    answer = await ask(town)
    assert answer.text.startswith("1 thing to do")
    assert named in answer.text
    assert "Give it to my role in the channel's settings." in answer.text


async def test_a_channel_that_is_gone_is_named(town: Town) -> None:
    """With the command that chooses another."""
    channel = town.guild.add_channel("elsewhere")
    await order(town, channel)
    channel.delete()
    answer = await ask(town)
    assert "channel is gone" in answer.text
    assert "/schedule edit" in answer.text


async def test_a_locked_thread_wants_the_permission_to_manage_threads(town: Town) -> None:
    """And a thread that is only archived wants nothing: posting opens it again."""
    archived = town.channel.add_thread("archived", archived=True)
    locked = town.channel.add_thread("locked", locked=True)
    town.channel.set_permissions(bot={"manage_threads": False})
    await order(town, archived, "Archived")
    await order(town, locked, "Locked")
    answer = await ask(town)
    assert answer.text.startswith("1 thing to do")
    assert "Manage Threads is missing: the thread is locked" in answer.text


async def test_a_role_that_cannot_be_pinged_is_told(town: Town) -> None:
    """The edition would come without its ping, and nobody would know why."""
    role = town.guild.add_role("Readers")
    await order(town, town.channel, mention_role=role)
    assert "not pinged" in (await ask(town)).text
    role.mentionable = True
    assert (await ask(town)).text.startswith("All is well")


async def test_publishing_from_a_channel_without_followers_is_told(town: Town) -> None:
    """The option does nothing there."""
    await order(town, town.channel, publish=True)
    assert "no announcement channel" in (await ask(town)).text


async def test_an_announcement_channel_needs_nothing_more_to_be_published(town: Town) -> None:
    """Publishing what one posted oneself takes the permission to post."""
    await order(town, town.guild.add_channel("announced", "announcement"), publish=True)
    assert (await ask(town)).text.startswith("All is well")


async def test_an_edition_that_failed_is_told_with_the_way_to_send_it_again(town: Town) -> None:
    """And with what stopped the schedule."""
    town.channel.set_permissions(bot={"send_messages": False})
    elsewhere = town.guild.add_channel("elsewhere")
    await town.post_first_edition()
    answer = await town.admin.run(elsewhere, "admin doctor")
    assert "The edition of 2023-11-27 failed" in answer.text
    assert "/schedule retry" in answer.text
    assert "so the schedule is paused" in answer.text


async def test_an_edition_that_nobody_planned_is_told(town: Town) -> None:
    """Also that the clock keeps it."""
    await order(town, town.channel)
    town.clock.jump_to(town.clock.now() + LONGEST_LAG + timedelta(minutes=3))
    assert "is not planned" in (await ask(town)).text


async def test_a_server_without_a_schedule_is_told_how_to_make_one(town: Town) -> None:
    """Nothing is wrong with it."""
    answer = await ask(town)
    assert answer.text.startswith("All is well")
    assert "/schedule create" in answer.text


async def test_nothing_of_another_server_is_shown(town: Town) -> None:
    """Neither its schedules nor what is wrong with them."""
    other = town.sandbox.add_guild("Elsewhere")
    there = other.add_channel("secret")
    other.add_member(town.admin, permissions=("manage_guild",))
    given: dict[str, Any] = {"day": "monday", "time": "09:00", "timezone": "UTC"}
    await town.admin.run(there, "schedule create", name="Hidden", channel=there, **given)
    there.delete()
    answer = await ask(town)
    assert answer.text.startswith("All is well")
    assert "Hidden" not in answer.text


async def test_a_member_who_may_not_manage_the_server_is_refused(town: Town) -> None:
    """Whatever the server's settings say."""
    answer = await town.member.run(town.channel, "admin doctor", force=True)
    assert "Manage Server permission" in answer.text


async def test_any_number_of_schedules_fits_one_answer(town: Town) -> None:
    """Those with something to do come first, and the rest is counted."""
    hidden = town.guild.add_channel("hidden")
    for number in range(60):
        town.clock.jump_to(town.clock.now() + timedelta(seconds=3))  # nobody orders more in a minute
        await order(town, hidden if number == 50 else town.channel, f"{'S' * 50} {number:02}")
    hidden.delete()
    answer = await ask(town)
    lines = answer.text.splitlines()
    assert lines[0] == "1 thing to do"
    assert f"{'S' * 50} 50" in "".join(lines[:4])
    assert "more schedules" in answer.text


async def test_a_discord_that_answers_slowly_is_waited_for(town: Town) -> None:
    """The answer is deferred before Discord would give up on it."""
    await order(town, town.channel)
    town.sandbox.faults.delay(1.5, method="GET", path=rf"/channels/{town.channel.id}$")
    answer = await ask(town)
    assert answer.text.startswith("All is well")


async def test_a_discord_that_fails_leaves_the_rest_of_the_answer(town: Town) -> None:
    """What could not be looked at is said."""
    await order(town, town.channel)
    town.sandbox.faults.status(400, times=None, method="GET", path=r"/guilds/\d+$")
    answer = await ask(town)
    assert "were not looked at" in answer.text
    assert "the ledger is sound" in answer.text
