"""Which failed editions can still be sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.article import ArticleId
from bot.news.choosing.retry import FailedEdition, choose_retries
from bot.news.delivery import DeliveryState, EditionKey
from tests.support.makers import make_delivery, make_edition

MONDAY = datetime(2021, 6, 7, 9, tzinfo=UTC)
FAILED = (DeliveryState.FAILED,)


def failed(
    week: int,
    articles: str,
    *,
    told_since: str = "",
    states: tuple[DeliveryState, ...] = FAILED,
) -> FailedEdition:
    """An edition of some week whose stories have one-letter ids."""
    due_at = MONDAY + timedelta(weeks=week)
    edition = make_edition(key=EditionKey(due_at.date().isoformat()), due_at=due_at)
    return FailedEdition(
        key=edition.key,
        due_at=due_at,
        parts=tuple(make_delivery(edition, part=part, state=state) for part, state in enumerate(states, start=1)),
        articles=frozenset(map(ArticleId, articles)),
        told_since=frozenset(map(ArticleId, told_since)),
    )


def test_failed_edition_is_sent_again() -> None:
    """Nothing came after it."""
    edition = failed(0, "ab")

    assert choose_retries([edition]).sent == (edition,)


def test_edition_whose_stories_a_later_one_told_is_superseded() -> None:
    """They rolled over, and would be posted twice."""
    edition = failed(0, "ab", told_since="bc")

    assert choose_retries([edition]).superseded == (edition,)


def test_edition_that_shares_no_story_with_later_ones_is_sent_again() -> None:
    """Otherwise nobody would ever read them."""
    edition = failed(0, "ab", told_since="cd")

    assert choose_retries([edition]).sent == (edition,)


@pytest.mark.parametrize("other", [DeliveryState.SENT, DeliveryState.PLANNED, DeliveryState.SENDING])
def test_rest_of_an_edition_that_counts_as_told_is_sent_again(other: DeliveryState) -> None:
    """The later editions did not repeat it: what they share is an update."""
    edition = failed(0, "ab", told_since="a", states=(other, DeliveryState.FAILED))

    assert choose_retries([edition]).sent == (edition,)
    assert [part.key.part for part in edition.waiting] == [2]


def test_of_two_failed_editions_with_a_story_in_common_the_newest_is_sent_again() -> None:
    """The order in which they are given doesn't matter."""
    older, newer = failed(0, "ab"), failed(1, "bc")

    for given_in in ([older, newer], [newer, older]):
        assert choose_retries(given_in).sent == (newer,)
        assert choose_retries(given_in).superseded == (older,)


def test_of_two_failed_editions_without_a_common_story_both_are_sent_again() -> None:
    """The newest first."""
    older, newer = failed(0, "a"), failed(1, "b")

    assert choose_retries([older, newer]).sent == (newer, older)


def test_note_of_an_empty_week_is_superseded_by_any_later_story() -> None:
    """The absence of news isn't news any more."""
    note, edition = failed(0, ""), failed(1, "a")

    assert choose_retries([note]).sent == (note,)
    assert choose_retries([note, edition]).superseded == (note,)


@given(
    st.lists(
        st.builds(
            failed,
            st.integers(0, 9),
            st.text("abcd", max_size=3),
            told_since=st.text("abcd", max_size=2),
        ),
        max_size=6,
        unique_by=lambda each: each.key,
    )
)
def test_no_story_is_ever_sent_twice(editions: list[FailedEdition]) -> None:
    """Of any failed editions, each is sent or superseded, and what is sent shares no story with anything later."""
    retries = choose_retries(editions)

    assert {each.key for each in (*retries.sent, *retries.superseded)} == {each.key for each in editions}
    told: set[ArticleId] = set()
    for each in retries.sent:
        assert not each.articles & (told | each.told_since)
        told |= each.articles
