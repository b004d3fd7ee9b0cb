"""A schedule's options: what each reads, says and clears."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import BadInputError
from bot.news.schedules.options import (
    BY_NAME,
    LONGEST_DESCRIPTION,
    OPTIONS,
    Option,
    OptionKind,
)
from tests.support.makers import make_schedule
from tests.support.schedule_options import sample

each_option = pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)


@each_option
def test_option_has_a_description_that_discord_takes(option: Option) -> None:
    """At most a hundred characters."""
    assert 0 < len(option.description) <= LONGEST_DESCRIPTION


@each_option
def test_option_changes_the_fields_that_it_names_and_no_other(option: Option) -> None:
    """What is cleared later is what was set."""
    changes = option.read(sample(option))

    assert set(changes) == set(option.fields)
    assert replace(make_schedule(), **changes) != make_schedule()  # type: ignore[arg-type] # as read


@pytest.mark.parametrize("option", [each for each in OPTIONS if each.kind is OptionKind.NUMBER], ids=lambda o: o.name)
def test_number_outside_its_range_is_refused_with_the_range(option: Option) -> None:
    """Below and above; the bounds themselves are taken."""
    for number in (option.least, option.most):
        assert option.read(number)
    for number in (option.least - 1, option.most + 1):
        with pytest.raises(BadInputError) as caught:
            option.read(number)
        assert caught.value.cure == f"Give {option.least} to {option.most}."


def test_descriptions_name_the_schedules_own_defaults() -> None:
    """They follow from the class, so they can't be wrong."""
    schedule = make_schedule()

    assert f"(default {schedule.count})" in BY_NAME["count"].description
    assert f"(default {schedule.provider_cap})" in BY_NAME["provider_cap"].description
    assert f"(default {schedule.empty_policy})" in BY_NAME["empty"].description
    assert schedule.max_lateness == timedelta(hours=int(BY_NAME["max_lateness"].default))


def test_unknown_word_is_refused_with_the_known_ones() -> None:
    """All of them, so that the second try works."""
    with pytest.raises(BadInputError) as caught:
        BY_NAME["empty"].read("shout")

    assert (caught.value.message, caught.value.cure) == ("Unknown value “shout”.", "Use skip, note or archive.")
