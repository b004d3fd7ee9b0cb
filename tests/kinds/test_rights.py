"""A right is checked when it is used, not when it was given: whatever Discord doesn't confirm now is refused."""

from __future__ import annotations

import ast
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import discord
import pytest
from discord import app_commands

from bot.chat.answering.groups import ADMIN, CONTENT, SCHEDULE
from bot.news.delivery import DeliveryState
from bot.sandbox import Member, Upload
from tests.support.delivering_bot import Square, open_square
from tests.support.fault_points import POSTS
from tests.support.postoffice import SETTLED_S
from tests.support.running_bot import NINE, Town, edit_and_apply

ROOT: Final = Path(__file__).parents[2]

BUTTONS: Final = ("Send again", "It was posted", "Skip")

ADMIN_COMMANDS: Final[tuple[app_commands.Command[Any, ..., Any], ...]] = tuple(
    command
    for group in (SCHEDULE, CONTENT, ADMIN)
    for command in group.walk_commands()
    if isinstance(command, app_commands.Command)
)

OPTIONS: Final[dict[discord.AppCommandOptionType, Any]] = {
    discord.AppCommandOptionType.string: "Weekly",
    discord.AppCommandOptionType.attachment: Upload(filename="ferry.md", content=b"---\ntitle: Ferry\n---\n"),
}


@pytest.fixture
async def square(tmp_path: Path) -> AsyncIterator[Square]:
    """The whole bot, and an admin with a question about a message in their direct messages."""
    async with open_square(tmp_path) as opened:
        fault = opened.sandbox.faults.drop(after=True, **POSTS)
        await opened.plan()
        await opened.until(lambda: fault.hits > 0)
        opened.channel.set_permissions(bot={"read_message_history": False})
        await opened.let_pass(timedelta(seconds=SETTLED_S))
        await opened.admin.wait_for_direct_messages(1)
        yield opened


async def first_state(square: Square) -> DeliveryState:
    """The state of the part that the question is about."""
    (row,) = await square.ledger.deliveries.unresolved(square.guild.id)
    return row.state


@pytest.mark.parametrize("label", BUTTONS)
async def test_notice_button_is_refused_to_a_member_who_lost_manage_server(square: Square, label: str) -> None:
    """The notice came as a direct message when they still had it."""
    square.guild.set_permissions_of(square.admin)

    answer = await square.admin.press(square.admin.direct_messages[0], label)

    assert "You need the Manage Server permission" in answer.text
    assert await first_state(square) is DeliveryState.UNKNOWN


async def test_notice_button_is_refused_to_a_person_who_left_the_server(square: Square) -> None:
    """Their direct messages with the bot remain."""
    del square.guild.memberships[square.admin.id]

    answer = await square.admin.press(square.admin.direct_messages[0], "Skip")

    assert "You need the Manage Server permission" in answer.text
    assert await first_state(square) is DeliveryState.UNKNOWN


async def test_notice_button_is_refused_if_discord_does_not_answer(square: Square) -> None:
    """Unknown means no, and the answer says that it is unknown."""
    square.sandbox.faults.status(503, times=None, method="GET", path=r"/guilds/\d+/members/")

    answer = await square.admin.press(square.admin.direct_messages[0], "Skip", timeout=20)

    assert "Discord didn't say" in answer.text
    assert await first_state(square) is DeliveryState.UNKNOWN


async def test_notice_button_works_for_an_admin_after_another_one_saved_the_schedule(square: Square) -> None:
    """The right is Manage Server, not having saved it last."""
    other = square.guild.add_member("Eve", permissions=("manage_guild",))
    await edit_and_apply(square.admin, square.channel, name="Weekly", count=3)
    await edit_and_apply(other, square.channel, name="Weekly", count=4)

    answer = await square.admin.press(square.admin.direct_messages[0], "Skip")

    assert "You need" not in answer.text
    assert await square.ledger.deliveries.unresolved(square.guild.id) == ()


async def test_notice_is_not_sent_to_a_person_who_no_longer_manages_the_server(town: Town) -> None:
    """It waits for the next list instead."""
    options: dict[str, Any] = {"name": "Weekly", "day": "monday", "time": "09:00", "timezone": "UTC"}
    await town.admin.run(town.channel, "schedule create", channel=town.channel, **options)
    town.channel.set_permissions(bot={"send_messages": False})
    town.guild.set_permissions_of(town.admin)
    other = town.guild.add_member("Eve", permissions=("manage_guild",))

    await town.let_pass(NINE)

    assert town.admin.direct_messages == []
    assert "was not posted" in (await other.run(town.channel, "schedule list")).text


async def test_owner_of_the_application_is_asked_for_at_each_use(town: Town) -> None:
    """An application can be handed over while the bot runs."""
    seller = town.guild.add_member(town.sandbox.owner, permissions=("manage_guild",))
    assert "Only the bot's owner" not in (await seller.run(town.channel, "content refresh")).text

    hand_over(town, town.admin)

    assert "Only the bot's owner" in (await seller.run(town.channel, "content refresh")).text
    assert "Only the bot's owner" not in (await town.admin.run(town.channel, "content refresh")).text


async def test_owner_who_cannot_be_asked_for_is_nobody(town: Town) -> None:
    """The operator's folders are read again only for a known owner."""
    owner = town.guild.add_member(town.sandbox.owner, permissions=("manage_guild",))
    town.sandbox.faults.status(503, times=None, method="GET", path=r"/applications/@me$")

    answer = await owner.run(town.channel, "content refresh", timeout=30)

    assert "Discord didn't say" in answer.text


async def test_share_is_refused_to_a_member_who_may_not_post_in_the_channel(town: Town) -> None:
    """Commands work for members who may only read; the button must not post for them."""
    found = await town.member.run(town.channel, "news search", query="facial recognition")
    town.channel.set_permissions(everyone={"send_messages": False})

    answer = await town.member.press(found, "Share")

    assert "You can't send messages in this channel" in answer.text
    assert answer.ephemeral


@pytest.mark.parametrize("command", ADMIN_COMMANDS, ids=lambda command: command.qualified_name)
async def test_every_admin_command_is_refused_without_manage_server(
    town: Town, command: app_commands.Command[Any, ..., Any]
) -> None:
    """A server's settings can show a command to anyone; Manage Server is asked for all the same."""
    await town.post_first_edition()
    required = [each for each in command.parameters if each.required]
    some = {**OPTIONS, discord.AppCommandOptionType.role: town.guild.add_role("Editors")}
    given = {each.name: some.get(each.type, town.channel) for each in required}

    answer = await town.member.run(town.channel, command.qualified_name, force=True, **given)

    assert "You need the Manage Server permission" in answer.text


def test_no_module_reads_the_application_that_discord_py_remembers() -> None:
    """`client.application` is from the login; `rights` asks for the current one. A check's session is that new."""
    readers = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted((ROOT / "bot").rglob("*.py"))
        if path != ROOT / "bot/chat/account/session.py"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr == "application"
        and ast.unparse(node).endswith("client.application")
    ]
    assert readers == []


def hand_over(town: Town, person: Member) -> None:
    """Let the application belong to another person."""
    town.sandbox._world.owner = person
