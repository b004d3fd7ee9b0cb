"""All commands together stay within Discord's limits, measured on what is sent to Discord.

The limits are those of its documentation, Application Commands; the sandbox refuses what exceeds them, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final

import discord
import pytest
from discord import app_commands

from bot.chat.answering.groups import GROUPS
from bot.chat.commands.registry import SINGLE
from bot.news.message.draft import Paragraph
from bot.render.admin import draft_help
from bot.sandbox.validation.commands import bulk
from bot.sandbox.wire import Json, utf16_length
from tests.kinds.test_door import every_command

MOST_COMMANDS: Final = 100
MOST_MENUS: Final = 15
MOST_SUBCOMMANDS: Final = 25
MOST_OPTIONS: Final = 25
MOST_CHOICES: Final = 25
MOST_CHARACTERS: Final = 8000
LINES_OF_HELP: Final = 12

CHAT_INPUT: Final = 1
NESTED: Final = frozenset({1, 2})
"""The types of options that are subcommands and groups of them."""


@cache
def payloads() -> tuple[Json, ...]:
    """What is sent to Discord, a dictionary for each command and menu."""
    tree = app_commands.CommandTree(discord.Client(intents=discord.Intents.none()))
    menus = [each.to_dict(tree) for each in every_command() if isinstance(each, app_commands.ContextMenu)]
    return (*(each.to_dict(tree) for each in GROUPS), *(each.to_dict(tree) for each in SINGLE), *menus)


def inside(command: Json) -> Iterator[Json]:
    """A command and everything nested in it."""
    yield command
    for option in command.get("options", ()):
        yield from inside(option)


def characters(one: Json) -> int:
    """Of the names, the descriptions and the values of choices of a command, in UTF-16 units."""
    own = sum(utf16_length(str(one.get(key, ""))) for key in ("name", "description"))
    own += utf16_length(one["value"]) if isinstance(one.get("value"), str) else 0
    return own + sum(characters(each) for key in ("options", "choices") for each in one.get(key, ()))


def is_nested(option: Json) -> bool:
    """True for a subcommand or a group of them."""
    return option["type"] in NESTED


def names(command: Json, before: str = "") -> Iterator[str]:
    """The full names of a command's subcommands, or its own."""
    full = f"{before} {command['name']}".strip()
    nested = [option for option in command.get("options", ()) if is_nested(option)]
    for option in nested:
        yield from names(option, full)
    if not nested:
        yield full


def test_every_command_is_measured() -> None:
    """None is forgotten when one is added."""
    sent = [name for command in payloads() for name in names(command)]

    assert sorted(sent) == sorted(each.qualified_name for each in every_command())


def test_there_are_no_more_commands_and_menus_than_discord_takes() -> None:
    """A hundred commands, and fifteen menus for messages."""
    slash = [each for each in payloads() if each.get("type", CHAT_INPUT) == CHAT_INPUT]

    assert 0 < len(slash) <= MOST_COMMANDS
    assert 0 < len(payloads()) - len(slash) <= MOST_MENUS


@pytest.mark.parametrize("command", payloads(), ids=lambda command: str(command["name"]))
def test_command_is_within_discords_limits(command: Json) -> None:
    """Subcommands, options and choices of each level, and the characters of all of it."""
    for one in inside(command):
        nested = [option for option in one.get("options", ()) if is_nested(option)]
        assert len(nested) <= MOST_SUBCOMMANDS, one["name"]
        assert len(one.get("options", ())) <= MOST_OPTIONS, one["name"]
        assert len(one.get("choices", ())) <= MOST_CHOICES, one["name"]
    assert characters(command) <= MOST_CHARACTERS


def test_sandbox_agrees() -> None:
    """Its own rules find nothing."""
    assert list(bulk(list(payloads()))) == []


def test_help_without_a_topic_has_at_most_twelve_lines() -> None:
    """A phone shows them at once."""
    lines = [block for block in draft_help().blocks if isinstance(block, Paragraph)]

    assert len(lines) == len(draft_help().blocks)
    assert 1 < len(lines) <= LINES_OF_HELP
