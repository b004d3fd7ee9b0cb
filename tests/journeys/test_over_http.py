"""The bot without a gateway: every kind of interaction arrives over HTTP, signed, and is answered as ever."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from discord import app_commands
from discord.app_commands.transformers import BaseChannelTransformer

from bot.chat.account.servers import HASTY_S, MOST_AT_FIRST
from bot.chat.answering.answers import DEFER_AFTER_S
from bot.sandbox import Sandbox
from tests.journeys.test_edition import HERALD
from tests.kinds.test_door import every_command, services_of
from tests.support.running_bot import Town


@pytest.fixture
async def quiet_remote(tmp_path: Path) -> AsyncIterator[Town]:
    """A town whose bot has no gateway, before it has started."""
    async with Town(tmp_path, endpoint=True, gateway=False) as quiet:
        yield quiet
    assert quiet.sandbox.deviations == []
    assert quiet.endpoint is not None
    assert quiet.endpoint.failures == []


@pytest.fixture
async def remote(quiet_remote: Town) -> Town:
    """A town whose bot has no gateway."""
    await quiet_remote.start_bot()
    return quiet_remote


@pytest.fixture
async def both(tmp_path: Path) -> AsyncIterator[Town]:
    """A town whose bot is connected to the gateway and gets its interactions over HTTP."""
    async with Town(tmp_path, endpoint=True) as connected:
        await connected.start_bot()
        yield connected


def identifies(sandbox: Sandbox) -> int:
    """How often a bot has connected to the gateway."""
    return sandbox.gateway.identify_count


async def test_a_command_is_answered_without_any_gateway(remote: Town) -> None:
    """By a callback, as from the gateway."""
    answer = await remote.member.run(remote.channel, "news search", query="guardrails")

    assert HERALD in answer.text
    assert identifies(remote.sandbox) == 0


async def test_an_option_is_completed_over_http(remote: Town) -> None:
    """Within the same three seconds."""
    (choice, *_) = await remote.member.complete(remote.channel, "news related", focused="article", value="guardrails")

    assert "guardrails" in choice.name.lower()


async def test_a_message_menu_is_answered_over_http(remote: Town) -> None:
    """With the message that Discord sends along."""
    message = await remote.member.say(remote.channel, "Have you read of the guardrails?")

    answer = await remote.member.menu(remote.channel, "Find related coverage", message)

    assert answer.ephemeral


async def test_a_select_of_an_edition_is_answered_over_http(remote: Town) -> None:
    """And the edition was planned and posted without a gateway."""
    await remote.post_first_edition()

    answer = await remote.member.choose(remote.channel.messages[0], values=[HERALD])

    assert answer.ephemeral


async def test_a_form_is_opened_sent_and_acted_on_over_http(remote: Town) -> None:
    """Command, modal and button, to an edition in the channel."""
    form = await remote.admin.run(remote.channel, "setup")
    answer = await remote.admin.submit(form)
    sent = await remote.admin.press(answer, "Post it now")

    assert "Created Weekly" in answer.text
    assert "Weekly" in sent.text
    (edition,) = await remote.channel.wait_for_messages(1)
    assert HERALD in edition.text


async def test_a_channel_that_the_bot_cannot_post_to_is_not_where_the_form_begins(remote: Town) -> None:
    """The server's other channels are read without a gateway, too."""
    closed = remote.guild.add_channel("closed")
    closed.set_permissions(bot={"send_messages": False})

    form = await remote.admin.run(closed, "setup")
    answer = await remote.admin.submit(form)

    assert "in #news" in answer.text


async def test_the_roles_of_a_server_are_read_without_a_gateway(remote: Town) -> None:
    """A second editor role doesn't take the first one's place, which it would if no role were seen."""
    first, second = remote.guild.add_role("First"), remote.guild.add_role("Second")
    await remote.admin.run(remote.channel, "admin editors add", role=first)
    await remote.admin.run(remote.channel, "admin editors add", role=second)

    answer = await remote.admin.run(remote.channel, "admin editors list")

    assert "First" in answer.text
    assert "Second" in answer.text


async def test_the_channels_of_options_are_taken_as_discord_describes_them(remote: Town) -> None:
    """The bot has no list of channels to look for them in."""
    desk = remote.guild.add_channel("desk")
    await remote.post_first_edition(notices=remote.channel)

    answer = await remote.admin.run(remote.channel, "schedule desk", name="Weekly", channel=desk, lead_time=1)

    assert "#desk" in answer.text
    assert "Notices in #news" in answer.text


def test_no_option_is_of_a_type_that_needs_the_gateway() -> None:
    """discord.py's types for channels look for the channel among those that the gateway named."""
    needing = [
        f"{command.qualified_name} {parameter.name}"
        for command in every_command()
        if isinstance(command, app_commands.Command)
        for parameter in command.parameters
        if isinstance(parameter._Parameter__parent._annotation, BaseChannelTransformer)  # type: ignore[attr-defined]
    ]
    assert needing == []


async def test_a_file_of_settings_is_taken_back_without_a_gateway(remote: Town) -> None:
    """Its channels are compared with those of the server."""
    await remote.post_first_edition()
    (file,) = (await remote.admin.run(remote.channel, "admin export")).files
    await remote.admin.run(remote.channel, "schedule delete", name="Weekly")

    answer = await remote.admin.run(remote.channel, "admin import", file=file)

    assert "Weekly" in answer.text
    assert "Apply" in answer.buttons


async def test_a_direct_message_is_answered_over_http(remote: Town) -> None:
    """It has a user and no member."""
    answer = await remote.member.run(remote.member.direct_channel, "news search", query="guardrails")

    assert HERALD in answer.text


async def test_a_server_that_adds_the_bot_is_greeted_upon_the_event(remote: Town) -> None:
    """Within seconds, not at the next look."""
    elsewhere = remote.sandbox.add_guild("Elsewhere")
    channel = elsewhere.add_channel("hall")
    elsewhere.set_system_channel(channel)
    await remote.member.run(remote.channel, "news search", query="guardrails")

    elsewhere.authorize()

    (greeting,) = await channel.wait_for_messages(1)
    assert "Set up" in greeting.buttons


async def test_an_event_that_says_goodbye_changes_nothing_while_the_bot_is_there(remote: Town) -> None:
    """Anyone can take an application off their own account, and that has the same event."""
    await remote.post_first_edition()
    assert remote.endpoint is not None
    assert remote.bot is not None

    remote.endpoint.announce("APPLICATION_DEAUTHORIZED", {"user": remote.member.user.to_json()})
    await remote.sandbox._world.changes.until(lambda: looks(remote) > 2, 5.0)

    (weekly,) = await services_of(remote).store.schedules.schedules(remote.guild.id)
    assert weekly.state.value == "active"


def looks(town: Town) -> int:
    """How often the bot has asked which servers it is in."""
    return sum(one.path == "/users/@me/guilds" for one in town.sandbox.requests)


async def test_a_server_that_was_left_has_its_schedules_switched_off(remote: Town) -> None:
    """The event is the hint; that Discord refuses the server is the proof."""
    await remote.post_first_edition()

    remote.guild.remove_bot()

    async def is_off() -> bool:
        (weekly,) = await services_of(remote).store.schedules.schedules(remote.guild.id)
        return weekly.state.value == "off"

    for _ in range(200):
        if await is_off():
            break
        await remote.sandbox._world.changes.until(lambda: False, 0.02)
    assert await is_off()


async def test_a_bot_that_lost_discords_time_asks_for_it_and_answers(remote: Town) -> None:
    """After a suspension the uptime has not counted the time, and nothing was heard of Discord since."""
    assert remote.bot is not None
    wire = remote.bot._wire
    known = wire._discords_clock
    assert known is not None
    wire._discords_clock = replace(known, least_s=known.least_s - 3600, most_s=known.most_s - 3600)

    answer = await remote.member.run(remote.channel, "news search", query="guardrails")

    assert HERALD in answer.text
    assert [one.path for one in remote.sandbox.requests].count("/gateway") == 1


async def test_with_a_gateway_as_well_interactions_arrive_over_http_only(both: Town) -> None:
    """As at Discord, where the two are exclusive."""
    answer = await both.member.run(both.channel, "news search", query="guardrails")

    assert HERALD in answer.text
    assert identifies(both.sandbox) == 1


async def test_a_form_opens_although_a_server_cannot_be_read(remote: Town) -> None:
    """It begins with this channel then; what is wrong with that is said when it is sent."""
    closed = remote.guild.add_channel("closed")
    closed.set_permissions(bot={"send_messages": False})
    remote.sandbox.faults.status(500, method="GET", path=f"/guilds/{remote.guild.id}/channels", times=None)

    form = await remote.admin.run(closed, "setup", timeout=20)

    assert form.modal is not None
    assert HASTY_S < DEFER_AFTER_S


async def test_a_bot_of_many_servers_does_not_read_them_all_at_the_start(quiet_remote: Town) -> None:
    """Four requests each would take the place of editions for minutes."""
    for number in range(MOST_AT_FIRST):
        quiet_remote.sandbox.add_guild(f"Town {number}")

    await quiet_remote.start_bot()
    await quiet_remote.member.run(quiet_remote.channel, "news search", query="guardrails")

    asked = [one.path for one in quiet_remote.sandbox.requests if one.path.endswith("/channels")]
    assert (looks(quiet_remote) > 0, asked) == (True, [])


async def test_the_health_of_a_bot_without_a_gateway_says_so(remote: Town) -> None:
    """And counts what arrived."""
    await remote.member.run(remote.channel, "news search", query="guardrails")
    assert remote.bot is not None

    status = remote.bot._runtime()

    assert (status.has_gateway, status.is_connected) == (False, True)
    assert status.http is not None
    assert (status.http.is_listening, status.http.taken) == (True, 1)
    # Discord's own check of the address, once for each of the two.
    assert {why: count for why, count in status.http.refused.items() if count} == {"signature": 2}
