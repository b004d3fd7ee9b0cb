"""What can be typed is written down: every slash command and option, and every command of the command line."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from discord import app_commands
from typer.core import TyperCommand, TyperGroup, TyperOption

from bot.chat.answering.groups import GROUPS as ROOTS
from bot.chat.commands import registry as commands
from bot.chat.commands.related import related_of_message
from bot.cli.main import app
from bot.render.admin import HELP

ROOT = Path(__file__).parents[2]
MANUAL = (ROOT / "docs" / "commands.md").read_text("utf-8")
SLASH = [command for root in ROOTS for command in root.walk_commands() if isinstance(command, app_commands.Command)]
SLASH += commands.SINGLE
EXPLAINED_WITH = {"setup": "schedule"}
SlashCommand = app_commands.Command[Any, ..., Any]
EDIT_ONLY = {"name", "new_name", "clear"}


def test_every_feature_adds_its_commands() -> None:
    """The list of slash commands below is the bot's own."""
    assert len(commands.FEATURES) > 5
    assert len(SLASH) > 20


@pytest.mark.parametrize("command", SLASH, ids=lambda command: str(command.qualified_name))
def test_every_slash_command_is_in_the_manual_with_its_options(
    command: SlashCommand,
) -> None:
    """A row of docs/commands.md names the command and each of its options."""
    (row,) = [line for line in MANUAL.splitlines() if line.startswith(f"| `/{command.qualified_name}`")]
    options = {parameter.name for parameter in command.parameters}
    if command.qualified_name == "schedule edit":
        options &= EDIT_ONLY
    assert options <= set(re.findall(r"`(\w+)`", row))


def test_each_option_of_a_schedule_is_explained_in_the_manual() -> None:
    """With its values and its default, in a row of a table of its own."""
    (create,) = (command for command in SLASH if command.qualified_name == "schedule create")
    section = MANUAL.partition("### Options of a schedule\n")[2].partition("\n## ")[0]
    explained = set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))

    assert {parameter.name for parameter in create.parameters} - {"name"} == explained


@pytest.mark.parametrize(
    "command", [each for each in SLASH if each.name != "help"], ids=lambda command: str(command.qualified_name)
)
def test_every_slash_command_is_explained_by_help(command: SlashCommand) -> None:
    """`/help` with the topic of its root names it."""
    root, _, name = command.qualified_name.partition(" ")
    text = " ".join(f"{typed} {does}" for typed, does in HELP[EXPLAINED_WITH.get(root, root)][1])
    assert (name or f"/{root} ") in text


def test_help_promises_no_command_that_does_not_exist() -> None:
    """Every command that help mentions can be typed."""
    promised = {typed[1:] for _, lines in HELP.values() for typed, _ in lines if typed.startswith("/")}
    assert promised <= {command.qualified_name for command in SLASH}


def test_the_message_menu_is_in_the_manual() -> None:
    """Nobody would look for it in a message's menu unasked."""
    assert f"**{related_of_message.name}**" in MANUAL


def _command_lines() -> list[tuple[str, TyperCommand]]:
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    return list(_below(group, ""))


def _below(group: TyperGroup, root: str) -> Iterator[tuple[str, TyperCommand]]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from _below(command, f"{root}{name} ")
        elif isinstance(command, TyperCommand):
            yield f"{root}{name}", command


@pytest.mark.parametrize(("name", "command"), _command_lines(), ids=[name for name, _ in _command_lines()])
def test_every_command_of_the_command_line_is_in_the_manual_with_its_options(name: str, command: TyperCommand) -> None:
    """A row of docs/commands.md names the command and each of its options."""
    (row,) = [line for line in MANUAL.splitlines() if line.startswith(f"| `newsdesk {name}")]
    options = {flag for parameter in command.params if isinstance(parameter, TyperOption) for flag in parameter.opts}
    assert {option for option in options if option.startswith("--")} - {"--help"} <= set(re.findall(r"--[\w-]+", row))


def test_json_shapes_in_the_manual_have_exactly_the_keys_that_are_printed() -> None:
    """A script relies on them; a nested shape is written out or has a row of its own."""
    section = MANUAL.partition("\n## JSON\n")[2]
    shapes = " ".join(re.findall(r"`(\[?\{.*?\}\]?)`", section))

    assert set(re.findall(r"\b[a-z_]+\b", shapes)) == set(_keys(ROOT / "bot/render/format/json_records.py"))


def _keys(path: Path) -> Iterator[str]:
    """The keys of a module's dictionaries."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Dict):
            yield from (key.value for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str))
