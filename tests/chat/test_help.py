"""Help speaks of the commands that there are: of all of them, and of no other."""

from __future__ import annotations

import re
from pathlib import Path

from discord import app_commands

from bot.chat.answering.groups import GROUPS as ROOTS
from bot.chat.commands import registry as commands
from bot.render.admin import HELP

BOT = Path(commands.__file__).parents[2]


def registered() -> set[str]:
    """Every command below a root, as one types it."""
    assert commands.FEATURES  # importing them is what adds their commands
    single = {f"/{command.name}" for command in commands.SINGLE} - {"/help"}
    below = (command for root in ROOTS for command in root.walk_commands())
    return single | {f"/{command.qualified_name}" for command in below if isinstance(command, app_commands.Command)}


def explained() -> set[str]:
    """Every command that a page of help has a line for."""
    return {typed for _, lines in HELP.values() for typed, _ in lines if typed.startswith("/")}


def test_help_explains_exactly_the_commands_that_are_registered() -> None:
    """A new command without a line, or a line without its command, fails here."""
    assert explained() == registered()


def test_every_command_that_an_answer_points_to_exists() -> None:
    """What any sentence of the bot asks people to type can be typed."""
    roots = "|".join(root.name for root in ROOTS)
    sources = [path.read_text("utf-8") for path in BOT.rglob("*.py")]
    named = {found for source in sources for found in re.findall(rf"(?<!\w)/(?:{roots}) [a-z]+(?:-[a-z]+)*", source)}

    groups = {name.rpartition(" ")[0] for name in registered()}
    assert named - registered() - groups == set()
