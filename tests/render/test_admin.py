"""Errors as sentences, and help."""

from __future__ import annotations

import pytest
from hypothesis import given

from bot.errors import BadInputError, UnknownScheduleError
from bot.render.admin import HELP, draft_error, draft_help, draft_member_data, draft_member_forgotten
from bot.render.format.limits import fits
from bot.render.format.terminal import to_text
from tests.render.absurd import any_text


@given(any_text, any_text)
def test_any_error_fits_a_message(message: str, cure: str) -> None:
    """Also one that repeats what somebody typed."""
    assert fits(draft_error(BadInputError(message, cure=cure))) == []


def test_an_error_says_what_happened_and_what_to_do() -> None:
    """Each on its line."""
    error = UnknownScheduleError("There is no schedule “x” here.", cure="Make one with /schedule create.")

    assert to_text(draft_error(error)) == "There is no schedule “x” here.\nMake one with /schedule create."


def test_an_error_without_words_is_still_an_answer() -> None:
    """Discord takes no empty message."""
    assert to_text(draft_error(BadInputError(""))) == "Something went wrong."


@pytest.mark.parametrize("topic", HELP)
def test_every_topic_of_help_is_a_page_that_fits(topic: str) -> None:
    """With every command that it names."""
    draft = draft_help(topic)

    assert fits(draft) == []
    assert all(command in to_text(draft) for command, _ in HELP[topic][1])


@pytest.mark.parametrize("typed", ["NEWS", " news ", "/news"])
def test_a_topic_is_found_however_it_is_typed(typed: str) -> None:
    """As people type."""
    assert draft_help(typed).blocks[1:] == draft_help("news").blocks[1:]


@pytest.mark.parametrize("typed", ["", "no such thing"])
def test_without_a_topic_help_is_an_overview_of_all(typed: str) -> None:
    """A wrong topic doesn't end in an error."""
    text = to_text(draft_help(typed), 500)

    assert all(topic in text for topic in HELP)
    assert fits(draft_help(typed)) == []


@pytest.mark.parametrize(
    ("schedules", "acts", "said"),
    [
        (1, 0, "Deleted your user id from 1 schedule. Their notices wait in /schedule list now."),
        (0, 2, "Deleted your user id from 2 acts on drafts."),
        (0, 0, "Nothing to delete: I keep nothing of you."),
    ],
)
def test_member_reads_from_where_their_id_was_deleted(schedules: int, acts: int, said: str) -> None:
    """Of both kinds, or of nothing."""
    assert to_text(draft_member_forgotten(schedules, acts)) == said


def test_member_reads_that_their_acts_on_drafts_are_kept() -> None:
    """Beside their schedules."""
    assert "2 acts on drafts" in to_text(draft_member_data((), 2))
    assert "drafts" not in to_text(draft_member_data(()))
