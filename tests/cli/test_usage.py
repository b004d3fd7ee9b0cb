"""Wrong usage is refused in plain words, whatever reads the arguments beneath."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import typer
from typer.core import TyperGroup, TyperOption
from typer.testing import CliRunner

from bot.cli.main import app


def _options(group: TyperGroup, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], TyperOption]]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from _options(command, (*words, name))
            continue
        for parameter in command.params:
            if isinstance(parameter, TyperOption) and parameter.metavar in {"N", "PORT"}:
                yield (*words, name), parameter


def _numbers() -> list[tuple[tuple[str, ...], TyperOption]]:
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    return list(_options(group))


@pytest.mark.parametrize("typed", ["many", "1.5", "-1000000", "1000000", ""])
@pytest.mark.parametrize(("words", "option"), _numbers(), ids=[f"{w[-1]} {o.opts[0]}" for w, o in _numbers()])
def test_a_number_that_can_not_be_used_is_refused_in_plain_words(
    words: tuple[str, ...], option: TyperOption, typed: str
) -> None:
    """With the range, if there is one."""
    if typed.lstrip("-").isdecimal() and option.max is None:
        return  # every whole number will do
    arguments = [*words, option.opts[0], typed, *(["words"] if words == ("search",) else [])]

    result = CliRunner().invoke(app, arguments)

    assert result.exit_code == 2
    assert "expected a whole number" in result.output
    assert option.max is None or f"to {option.max}" in result.output
    assert not re.search(r"Input should|Value error|valid integer|parse", result.output)


def test_a_word_that_is_not_a_choice_is_refused_in_plain_words() -> None:
    """With the choices."""
    result = CliRunner().invoke(app, ["search", "--sort", "best", "words"])

    assert result.exit_code == 2
    assert "'best' is not one of 'relevance', 'newest', 'score'" in result.output
    assert "Value error" not in result.output
