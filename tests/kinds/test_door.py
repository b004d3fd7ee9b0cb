"""Whatever a member can set off passes one door, which decides about quota, permission and lateness."""

from __future__ import annotations

import ast
import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Final

import discord
import pytest
from discord import app_commands

from bot.chat.answering.context import Services
from bot.chat.answering.groups import ADMIN, CONTENT, GROUPS, SCHEDULE
from bot.chat.commands.buttons import FORM_HANDLERS, HANDLERS
from bot.chat.commands.registry import FEATURES
from bot.chat.door import COMPLETE, EDIT, EDITED_PAGE, PAGE, READ, Effect, effect_of
from bot.chat.quota import Counted, Quotas
from bot.errors import TooManyError
from bot.news.message.actions import DESK_HEADLINE_FORM, DESK_NOTE_FORM, SETUP_FORM
from bot.news.message.draft import Button, ButtonRow, Draft
from bot.sandbox import Channel, Member, Upload
from tests.support.clocks import ManualClock
from tests.support.running_bot import NINE, Town

COMMANDS: Final = Path(__file__).parents[2] / "bot" / "chat" / "commands"

ANSWERERS: Final = frozenset({"answers.py"})
"""The module whose wrappers answer Discord; all other handlers return what is to be answered."""

ARGS: Final[dict[str, tuple[str, ...]]] = {
    "dagain": ("1", "2023-11-27", "1"),
    "sp": ("v" * 13, "1"),
    "gtake": ("1", "1"),
    "grefuse": ("1", "1"),
}
"""Arguments of buttons that look for something; of all others one that names nothing."""


def every_command() -> Iterator[app_commands.Command[Any, ..., Any] | app_commands.ContextMenu]:
    """All slash commands and menus."""
    for group in GROUPS:
        yield from (each for each in group.walk_commands() if isinstance(each, app_commands.Command))
    for module in FEATURES:
        yield from (
            each
            for each in vars(module).values()
            if isinstance(each, app_commands.ContextMenu)
            or (isinstance(each, app_commands.Command) and each.parent is None)
        )


def every_completion() -> Iterator[tuple[str, str, Callable[..., Any]]]:
    """The command, the option and the callback of each completion."""
    for command in every_command():
        if isinstance(command, app_commands.Command):
            for name, parameter in command._params.items():
                if callable(parameter.autocomplete):
                    yield command.qualified_name, name, parameter.autocomplete


SLASH: Final = {each.qualified_name: each for each in every_command() if isinstance(each, app_commands.Command)}


def services_of(town: Town) -> Services:
    """What the running bot's commands work with."""
    assert town.bot is not None
    services = town.bot.client.services
    assert isinstance(services, Services)
    return services


def use_up(town: Town, member: Member, *counted: Counted) -> None:
    """Let a member do as much as they may in a minute."""
    for each in counted or Counted:
        quota = services_of(town).quotas._quotas[each]
        for _ in range(quota._per_minute):
            with suppress(TooManyError), quota.one(member.id):
                pass


def required(command: app_commands.Command[Any, ..., Any], channel: Channel) -> dict[str, Any]:
    """Values for the options that must be given."""
    kinds: dict[Any, Any] = {
        discord.AppCommandOptionType.string: "Weekly",
        discord.AppCommandOptionType.integer: 1,
        discord.AppCommandOptionType.attachment: Upload(filename="a.md", content=b"---\n"),
        discord.AppCommandOptionType.role: next(iter(channel.guild.roles.values())) if channel.guild else None,
    }
    return {each.name: kinds.get(each.type, channel) for each in command.parameters if each.required}


def test_every_handler_declares_its_effect() -> None:
    """Commands, menus, completions and buttons: found by looking, not by a list."""
    callbacks = {
        **{each.qualified_name: each.callback for each in every_command()},
        **{f"{command} {option}": callback for command, option, callback in every_completion()},
        **HANDLERS,
        **FORM_HANDLERS,
    }

    assert [name for name, callback in callbacks.items() if effect_of(callback) is None] == []


def test_admin_commands_have_effects_that_ask_for_a_right() -> None:
    """Whatever a server's settings show them to."""
    open_to_all = {READ, PAGE, COMPLETE}
    of_admins = [each for group in (SCHEDULE, CONTENT, ADMIN) for each in group.walk_commands()]

    assert [
        each.qualified_name
        for each in of_admins
        if isinstance(each, app_commands.Command) and effect_of(each.callback) in open_to_all
    ] == []


def test_every_command_says_where_it_can_be_used_and_that_no_user_installs_it(town: Town) -> None:
    """Unsaid, Discord would offer each of them in every direct message."""
    assert town.bot is not None
    tree = town.bot.client.tree
    payloads = {each.name: each.to_dict(tree) for each in tree.get_commands()}

    assert {name for name, sent in payloads.items() if sent.get("integration_types") != [0]} == set()
    assert {name: sent.get("contexts") for name, sent in payloads.items()} == {
        name: [0]
        if name in {"digest", "schedule", "content", "admin", "setup", "Suggest for the next edition"}
        else [0, 1]
        for name in payloads
    }


def test_no_handler_answers_discord_itself() -> None:
    """It would pass the door by."""
    found = [
        f"{path.name}:{node.lineno}"
        for path in sorted(COMMANDS.glob("*.py"))
        if path.name not in ANSWERERS
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in {"response", "followup", "edit_original_response"}
    ]

    assert found == []


async def test_every_command_is_refused_once_its_quota_is_used_up(town: Town) -> None:
    """Before anything is done."""
    use_up(town, town.admin)
    said = {
        name: (await town.admin.run(town.channel, name, force=True, **required(command, town.channel))).text
        for name, command in SLASH.items()
    }

    assert [name for name, text in said.items() if "Too many" not in text] == []


async def test_completions_offer_nothing_once_their_quota_is_used_up(town: Town) -> None:
    """Each letter that is typed asks for one."""
    offered = {(command, option): await complete(town, command, option) for command, option, _ in every_completion()}
    use_up(town, town.admin)
    refused = {(command, option): await complete(town, command, option) for command, option, _ in every_completion()}

    assert any(offered.values())
    assert not any(refused.values())


async def complete(town: Town, command: str, option: str) -> int:
    """How many choices are offered for an option."""
    others = {each: value for each, value in required(SLASH[command], town.channel).items() if each != option}
    return len(await town.admin.complete(town.channel, command, focused=option, **others))


async def test_every_button_is_refused_once_its_quota_is_used_up(town: Town) -> None:
    """Buttons are pressed faster than commands are typed."""
    use_up(town, town.admin)
    said = {}
    for action in HANDLERS:
        button = Button(action=action, args=ARGS.get(action, ("1",)), label="Do it")
        assert town.bot is not None
        await town.bot._messenger.tell_user(town.admin.id, Draft(blocks=(ButtonRow(buttons=(button,)),)))
        said[action] = (await town.admin.press(town.admin.direct_messages[-1], "Do it")).text

    assert [action for action, text in said.items() if "Too many" not in text] == []


async def test_every_form_is_refused_once_its_quota_is_used_up(town: Town) -> None:
    """Sending one is a command like any other."""
    desk = town.guild.add_channel("desk")
    options: dict[str, Any] = {"channel": town.channel, "day": "monday", "time": "10:00", "timezone": "UTC"}
    await town.admin.run(town.channel, "schedule create", name="Weekly", **options)
    await town.admin.run(town.channel, "schedule desk", name="Weekly", channel=desk, lead_time=1)
    await town.let_pass(NINE)
    (select,) = desk.messages[0].selects
    story = await town.admin.choose(desk.messages[0], [select["options"][0]["value"]])
    forms = {
        SETUP_FORM: await town.admin.run(town.channel, "setup"),
        DESK_NOTE_FORM: await town.admin.press(story, "Note"),
        DESK_HEADLINE_FORM: await town.admin.press(story, "Headline"),
    }
    use_up(town, town.admin)

    assert forms.keys() == FORM_HANDLERS.keys()
    said = {action: (await town.admin.submit(form)).text for action, form in forms.items()}
    assert [action for action, text in said.items() if "Too many" not in text] == []


async def test_share_pressed_sixty_times_at_once_posts_once(town: Town) -> None:
    """The channel isn't the member's."""
    found = await town.member.run(town.channel, "news search", query="facial recognition")

    await asyncio.gather(*(town.member.press(found, "Share", timeout=20) for _ in range(60)))

    assert len(town.channel.messages) == 1


async def test_share_is_refused_where_the_bot_may_not_post(town: Town) -> None:
    """Discord would post the answer all the same, against the server's settings."""
    found = await town.member.run(town.channel, "news search", query="facial recognition")
    town.channel.set_permissions(bot={"send_messages": False})

    answer = await town.member.press(found, "Share")

    assert "I can't send messages in this channel" in answer.text
    assert town.channel.messages == []


async def test_shares_have_a_quota_of_their_own(town: Town) -> None:
    """A member who may run thirty commands a minute may not post thirty times."""
    answers = []
    for number in range(11):
        found = await town.member.run(town.channel, "news search", query=f"facial recognition -x{number}")
        answers.append(await town.member.press(found, "Share"))

    assert sum("Too many shared answers" in answer.text for answer in answers) == 1
    assert len(town.channel.messages) == 10


@pytest.mark.parametrize("counted", Counted)
def test_no_quota_is_exceeded_by_twenty_at_once(counted: Counted) -> None:
    """Whatever is counted: those under way, and those of a minute."""
    quotas = Quotas(ManualClock(), per_minute=30, at_once=5)
    begun = 0
    with ExitStack() as running:
        for _ in range(20):
            with suppress(TooManyError):
                running.enter_context(quotas.one(counted, 1))
                begun += 1
    assert begun == 5


def test_effects_of_pages_and_commands_are_counted_apart() -> None:
    """Turning pages must not use up the commands, nor the other way round."""
    effects: tuple[Effect, ...] = (READ, PAGE, EDIT, EDITED_PAGE, COMPLETE)

    assert [each.counted.name for each in effects] == ["COMMANDS", "PAGES", "COMMANDS", "PAGES", "COMPLETIONS"]
