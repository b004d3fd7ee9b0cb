"""The bot joins a server and says hello, once."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.sandbox import Channel, SandboxMessage
from tests.support.running_bot import Town

HELLO = "Hello!"
EARLIER = timedelta(minutes=2)


async def restart(town: Town) -> None:
    """Stop the bot and start it again on the same database."""
    await town.stop_bot()
    await town.start_bot()


async def greetings(channel: Channel, count: int = 1) -> list[SandboxMessage]:
    """The greetings in a channel, once there are as many as are due."""
    if count:
        await channel.wait_for_messages(count)
    return [each for each in channel.messages if HELLO in each.text]


@pytest.fixture
def square(quiet_town: Town) -> Town:
    """A server that has a system channel, and that the bot has just been added to."""
    quiet_town.guild.set_system_channel(quiet_town.channel)
    quiet_town.guild.invited_by = quiet_town.admin.id
    return quiet_town


async def test_a_server_that_added_the_bot_is_greeted_in_three_lines(square: Town) -> None:
    """In its system channel; nobody is mentioned."""
    await square.start_bot()

    (greeting,) = await greetings(square.channel)

    assert len(greeting.text.split("\n")) == 4
    assert greeting.buttons == ["Set up", "See an example"]


async def test_a_server_joined_while_the_bot_runs_is_greeted(town: Town) -> None:
    """The gateway says so."""
    guild = town.sandbox.add_guild("Second Square")
    channel = guild.add_channel("welcome")
    guild.set_system_channel(channel)

    guild.announce()

    assert len(await greetings(channel)) == 1


async def test_a_restart_does_not_repeat_the_greeting(square: Town) -> None:
    """It is stored before it is sent."""
    await square.start_bot()
    await greetings(square.channel)

    await restart(square)
    await restart(square)

    assert len(await greetings(square.channel)) == 1


async def test_a_second_join_does_not_repeat_the_greeting(square: Town) -> None:
    """A server that removes the bot and adds it again knows it."""
    await square.start_bot()
    await greetings(square.channel)

    square.guild.remove_bot()
    await square.let_pass(timedelta(days=20))
    square.guild.invite_bot()
    await restart(square)

    assert len(await greetings(square.channel)) == 1


async def test_a_server_that_was_joined_long_ago_is_not_greeted(square: Town) -> None:
    """An upgrade must not greet everyone."""
    square.clock.jump_to(square.clock.now() + timedelta(days=2))

    await square.start_bot()
    await restart(square)

    assert await greetings(square.channel, 0) == []


async def test_where_the_bot_may_not_write_the_member_who_added_it_is_greeted(square: Town) -> None:
    """If the bot may see the audit log, which its invite does not ask for."""
    square.guild.set_bot_permissions(send_messages=False)
    square.guild.set_bot_permissions(view_audit_log=True)
    await square.start_bot()

    (greeting,) = await square.admin.wait_for_direct_messages(1)

    assert "Town Square" in greeting.text
    assert await greetings(square.channel, 0) == []


async def test_without_a_channel_and_without_the_audit_log_nobody_is_greeted(square: Town) -> None:
    """The bot never guesses whom to write to."""
    square.guild.set_system_channel(None)
    await square.start_bot()
    await restart(square)

    assert square.admin.direct_messages == []
    assert square.channel.messages == []


@pytest.mark.parametrize("after", [True, False], ids=["Discord had posted it", "Discord had not posted it"])
async def test_a_greeting_whose_answer_was_lost_is_neither_repeated_nor_lost(square: Town, *, after: bool) -> None:
    """It is looked for in the channel before it is sent again."""
    path = rf"/channels/{square.channel.id}/messages$"
    fault = square.sandbox.faults.drop(after=after, times=None, method="POST", path=path)
    await square.start_bot()
    async with asyncio.timeout(5):
        while not fault.hits:  # noqa: ASYNC110 - the sandbox announces no faults
            await asyncio.sleep(0.01)
    await square.stop_bot()
    square.sandbox.faults.clear()
    square.clock.jump_to(square.clock.now() + EARLIER)

    await square.start_bot()

    assert len(await greetings(square.channel)) == 1
    await restart(square)
    assert len(await greetings(square.channel)) == 1


async def test_an_example_shows_an_edition_to_the_member_who_asks(square: Town) -> None:
    """Of the seeds that come with the bot, whatever the archive has."""
    await square.start_bot()
    (greeting,) = await greetings(square.channel)

    answer = await square.member.press(greeting, "See an example")
    (edition,) = await answer.wait_for_followups(1)

    assert answer.ephemeral
    assert edition.ephemeral
    assert "Guardrails needed for police use" in edition.text
    assert edition.buttons == []
