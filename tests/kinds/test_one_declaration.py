"""Every option of a schedule is declared once: it can be set, shown, cleared, refused, and is explained everywhere."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from discord import AppCommandOptionType, app_commands

from bot.chat.answering.groups import DIGEST, SCHEDULE
from bot.chat.commands.schedule import create, edit
from bot.errors import BadInputError, NewsdeskError
from bot.news.schedules.options import OPTIONS, Completion, Option, OptionKind, clear_choices
from bot.news.schedules.schedule import LONGEST_NAME, Rule, Schedule
from bot.render.admin import HELP
from bot.render.format.terminal import to_text
from bot.render.schedule import draft_schedule
from bot.usecases.schedule import ScheduleChanges
from bot.usecases.schedule.changes import apply_changes
from tests.support.makers import make_schedule
from tests.support.running_bot import Town, edit_and_apply
from tests.support.schedule_options import sample

DUE: Final = datetime(2021, 5, 10, 9, tzinfo=UTC)
MANUAL: Final = (Path(__file__).parents[2] / "docs" / "commands.md").read_text("utf-8")
OF_THE_CONFIGURATION: Final = {"channel", "timezone"}
"""A schedule has no default of its own for these."""
SAVING: Final[tuple[app_commands.Command[Any, ..., Any], ...]] = (create, edit)
COMMANDS: Final = [command for root in (SCHEDULE, DIGEST) for command in root.walk_commands()]

OFFERED = tuple(option for option in OPTIONS if not option.in_files_only)

each_option = pytest.mark.parametrize("option", OFFERED, ids=lambda option: option.name)
texts = pytest.mark.parametrize(
    "option", [each for each in OFFERED if each.kind is OptionKind.TEXT and not each.choices], ids=lambda o: o.name
)


def shown(schedule: Schedule) -> str:
    """What `/schedule show` answers."""
    return to_text(draft_schedule(schedule, (DUE,)), 500)


def changed(schedule: Schedule, **how: Any) -> Schedule:
    """The schedule after an edit that is accepted."""
    result, problems = apply_changes(ScheduleChanges(**how), schedule)
    assert problems == []
    return result


def rows(name: str) -> list[str]:
    """The rows of the manual's table of options that explain one."""
    section = MANUAL.partition("### Options of a schedule\n")[2].partition("\n## ")[0]
    return [row for row in section.splitlines() if row.startswith(f"| `{name}` |")]


@each_option
def test_every_option_can_be_set_shown_and_cleared(option: Option) -> None:
    """Cleared it is shown as before; only what has no default of its own can't be cleared."""
    rule: Rule = "default"
    before = make_schedule(rule=rule)
    after = changed(before, options={option.name: sample(option)})

    assert shown(after) != shown(before)
    if option.name in OF_THE_CONFIGURATION:
        assert option.name not in clear_choices()
    else:
        cleared = changed(after, clear=frozenset({option.name}))
        assert shown(cleared) == shown(changed(before, clear=frozenset({option.name})))
        assert shown(cleared) != shown(after)


@texts
@pytest.mark.parametrize("typed", ["", " ", ",", " , ,", '""'])
def test_every_text_is_refused_when_it_is_empty(option: Option, typed: str) -> None:
    """Whatever emptiness is spelt with, and nothing is changed."""
    with pytest.raises(NewsdeskError):
        option.read(typed)


@texts
def test_every_text_has_the_length_that_discord_is_told(option: Option) -> None:
    """Discord takes no longer one, and neither does the bot."""
    for command in SAVING:
        (parameter,) = [each for each in command.parameters if each.name == option.name]
        assert parameter.max_value == option.longest
    with pytest.raises(BadInputError, match=f"limit is {option.longest}"):
        option.read("x" * (option.longest + 1))


@each_option
def test_every_option_is_in_both_commands_help_and_manual(option: Option) -> None:
    """With the same default and range."""
    for command in SAVING:
        assert option.name in {parameter.name for parameter in command.parameters}
    assert (option.name, option.description) in HELP["options"][1]
    (row,) = rows(option.name)
    assert option.kind is not OptionKind.NUMBER or f"{option.least} to {option.most}" in row
    for word in re.findall(r"\w+", option.default):
        assert word.lower() in row.lower()


@each_option
def test_every_list_and_zone_is_completed_in_both_commands(option: Option) -> None:
    """As declared."""
    for command in SAVING:
        (parameter,) = [each for each in command.parameters if each.name == option.name]
        assert parameter.autocomplete == (option.completion is not Completion.NONE)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: str(command.qualified_name))
def test_every_name_of_a_schedule_may_have_the_characters_that_a_schedule_may_have(
    command: app_commands.Command[Any, ..., Any],
) -> None:
    """Where a command asks for one."""
    names = [
        parameter
        for parameter in command.parameters
        if parameter.type is AppCommandOptionType.string and parameter.name in {"name", "new_name", "schedule"}
    ]
    assert {parameter.max_value for parameter in names} <= {LONGEST_NAME}


def test_clear_offers_no_more_choices_than_discord_takes() -> None:
    """Twenty-five."""
    assert len(clear_choices()) <= 25


async def test_edit_of_nothing_does_not_say_updated(town: Town) -> None:
    """It opens the form, which changes nothing if it is sent as it is."""
    await town.post_first_edition()

    answer = await town.admin.run(town.channel, "schedule edit", name="Weekly")

    assert answer.modal is not None
    sent = await town.admin.submit(answer)
    assert "Updated" not in sent.text


async def test_every_option_with_a_default_can_be_cleared_by_the_command(town: Town) -> None:
    """Each of the choices is one that the bot accepts."""
    await town.post_first_edition()
    for choice in clear_choices():
        answer = await edit_and_apply(town.admin, town.channel, name="Weekly", clear=choice)
        assert answer.text.startswith(("Updated Weekly", "Nothing to change"))


def test_a_mute_of_one_kind_leaves_the_other_as_it_is() -> None:
    """Muting a topic must not unmute a provider."""
    schedule = changed(make_schedule(), options={"mute": "sport, wbur.org"})

    after = changed(schedule, options={"mute": "weather"})

    assert (after.muted_topics, after.muted_providers) == (("weather",), ("wbur.org",))
    assert replace(after, muted_topics=schedule.muted_topics) == schedule
