"""The declared options are the parameters of `/schedule create` and `edit`."""

from __future__ import annotations

from typing import Any

import pytest
from discord import AppCommandOptionType, app_commands

from bot.chat.commands.schedule import create, edit
from bot.news.schedules.options import OPTIONS, OptionKind, clear_choices

TYPES = {
    OptionKind.TEXT: AppCommandOptionType.string,
    OptionKind.NUMBER: AppCommandOptionType.integer,
    OptionKind.YES_NO: AppCommandOptionType.boolean,
    OptionKind.CHANNEL: AppCommandOptionType.channel,
    OptionKind.TEXT_CHANNEL: AppCommandOptionType.channel,
    OptionKind.ROLE: AppCommandOptionType.role,
}
MOST_OPTIONS = 25

Command = app_commands.Command[Any, ..., Any]

both = pytest.mark.parametrize("command", [create, edit], ids=["create", "edit"])


@both
def test_every_option_is_a_parameter_as_declared(command: Command) -> None:
    """With its type, its description, its range and its choices."""
    parameters = {parameter.name: parameter for parameter in command.parameters}
    for option in OPTIONS:
        if option.in_files_only:
            assert option.name not in parameters
            continue
        parameter = parameters[option.name]
        assert (parameter.type, parameter.description) == (TYPES[option.kind], option.description)
        assert tuple(choice.value for choice in parameter.choices) == option.choices
        if option.kind is OptionKind.NUMBER:
            assert (parameter.min_value, parameter.max_value) == (option.least, option.most)


@both
def test_options_fit_discords_limit(command: Command) -> None:
    """Of options of one command."""
    assert len(command.parameters) <= MOST_OPTIONS


@both
def test_nothing_is_required_for_a_schedule(command: Command) -> None:
    """Everything has a default, and without any option there is the form."""
    assert [parameter.name for parameter in command.parameters if parameter.required] == []


def test_edit_offers_to_clear_every_clearable_option() -> None:
    """The choices follow from the options."""
    (clear,) = [parameter for parameter in edit.parameters if parameter.name == "clear"]

    assert [choice.value for choice in clear.choices] == [*clear_choices()]
