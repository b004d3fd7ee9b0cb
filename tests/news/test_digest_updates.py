"""The default rule: what was told comes back only as an update, whatever its articles are called by now."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.edition import Candidate, Reason
from bot.news.stories.story_ids import KnownStory, StoryId
from tests.news.senate import SENATE, SENATE_TOO, senate, told_before
from tests.support.candidates import (
    LAST,
    choose,
    detail_of,
    make_candidate,
    picked,
    reason_of,
)
from tests.support.makers import WBUR, make_stub


# What was told
def test_a_told_story_does_not_come_back_with_another_report() -> None:
    """One new provider and a score near the last aren't an update."""
    last = senate("last", published_at=LAST - timedelta(hours=1))
    fresh = senate("fresh", 99, published_at=LAST + timedelta(hours=1))

    choice = choose(last, fresh, told=[told_before(last)])

    assert choice.picks == ()
    assert reason_of(choice, fresh) is Reason.ALREADY_TOLD


def test_what_was_told_already_says_what_would_bring_it_back() -> None:
    """The reason has its numbers."""
    last = senate("last", published_at=LAST - timedelta(hours=1))
    fresh = senate("fresh", 85, published_at=LAST + timedelta(hours=1))

    detail = detail_of(choose(last, fresh, told=[told_before(last)]), fresh)

    assert detail == "its story was sent with score 80; it returns with 2 new providers or a score of 100, this has 85"


def test_a_told_story_comes_back_as_an_update_when_it_gained_two_new_providers() -> None:
    """Others took it up since."""
    last = senate("last", published_at=LAST - timedelta(hours=1))
    fresh = [senate(stem, 81, published_at=LAST + timedelta(hours=1)) for stem in ("b", "c")]

    (pick,) = choose(last, *fresh, told=[told_before(last)]).picks

    assert pick.is_update
    assert "2 new providers" in pick.why


def test_two_reports_of_one_new_provider_bring_no_story_back() -> None:
    """Providers are counted, not reports."""
    last = senate("last", published_at=LAST - timedelta(hours=1))
    fresh = [
        make_candidate(stem, title=SENATE, quality=81, published_at=LAST + timedelta(hours=1), provider=WBUR)
        for stem in ("b", "c")
    ]

    assert choose(last, *fresh, told=[told_before(last)]).picks == ()


def test_providers_that_only_cover_a_told_story_count_as_gained() -> None:
    """Coverage that isn't eligible shows as well that a story grew; the pick is an eligible new one."""
    last = senate("last", published_at=LAST - timedelta(hours=1))
    fresh = senate("fresh", 81, published_at=LAST + timedelta(hours=1))
    stub = make_stub(title=SENATE_TOO, published_at=LAST + timedelta(hours=2))

    choice = choose(last, fresh, coverage=[stub], told=[told_before(last)])

    assert picked(choice) == ["fresh"]


@pytest.mark.parametrize(("score", "comes_back"), [(99, False), (100, True)])
def test_a_told_story_comes_back_from_20_more_than_its_last_pick_on(score: int, comes_back: bool) -> None:  # noqa: FBT001 - a row of the table
    """A much better report of it is worth another place."""
    last = senate("last", published_at=LAST - timedelta(hours=1))
    fresh = senate("fresh", score, published_at=LAST + timedelta(hours=1))

    choice = choose(last, fresh, told=[told_before(last, score=80)])

    assert bool(choice.picks) is comes_back


def test_a_report_under_a_told_story_keeps_it_told() -> None:
    """The told pick may be long out of sight: any article of the story is enough to know it again."""
    under = senate("under", listed=False, published_at=LAST - timedelta(hours=1))
    fresh = senate("fresh", 81, published_at=LAST + timedelta(hours=1))
    telling = told_before(senate("longgone"), under)

    assert choose(under, fresh, told=[telling]).picks == ()


def test_an_update_is_measured_against_the_last_telling() -> None:
    """A story that came back once needs 20 more than it came back with."""
    last = senate("last", published_at=LAST - timedelta(hours=1))
    fresh = senate("fresh", 110, published_at=LAST + timedelta(hours=1))

    choice = choose(last, fresh, told=[told_before(last, score=80), told_before(last, score=100)])

    assert choice.picks == ()


def test_no_article_is_picked_twice_even_when_its_date_changes() -> None:
    """A seed with a new date is new again by its date, and still the same article."""
    again = senate("again", 120, published_at=LAST + timedelta(hours=1))

    choice = choose(again, told=[told_before(again, score=80)])

    assert choice.picks == ()
    assert reason_of(choice, again) is Reason.ALREADY_TOLD


def test_a_story_that_shares_only_its_topic_with_a_told_one_is_told() -> None:
    """Memory is of stories."""
    last = senate("last", published_at=LAST - timedelta(hours=1))

    assert picked(choose(last, make_candidate("other"), told=[told_before(last)])) == ["other"]


# Stories under their ids
def named_story(name: str, *members: Candidate, aliases: tuple[str, ...] = ()) -> KnownStory:
    """A story as it is kept."""
    return KnownStory(
        id=StoryId(name),
        articles=frozenset(each.article.id for each in members),
        aliases=tuple(StoryId(alias) for alias in aliases),
    )


def test_a_pick_carries_the_id_of_its_story() -> None:
    """As it is kept; what is kept nowhere is named after its first report."""
    a, b, lone = senate("a"), senate("b"), make_candidate("lone", title="Chess in Riga", quality=99)

    choice = choose(a, b, lone, named=[named_story("kept", a)])

    assert [pick.story_id for pick in choice.picks] == [lone.article.id, "kept"]


def test_a_told_story_is_known_by_its_id_where_none_of_its_articles_is_left() -> None:
    """They were taken down; what joined the story since isn't news."""
    told = replace(told_before(senate("gone")), story_id=StoryId("kept"))
    later = senate("later")

    choice = choose(later, told=[told], named=[named_story("kept", later)])

    assert reason_of(choice, later) is Reason.ALREADY_TOLD


def test_a_told_story_is_known_by_an_id_that_another_took_over() -> None:
    """Two stories became one after the one was told."""
    told = replace(told_before(senate("gone")), story_id=StoryId("taken over"))
    later = senate("later")

    choice = choose(later, told=[told], named=[named_story("kept", later, aliases=("taken over",))])

    assert reason_of(choice, later) is Reason.ALREADY_TOLD


def test_a_told_story_that_is_known_by_its_id_comes_back_as_an_update() -> None:
    """By the same rule as any other."""
    told = replace(told_before(senate("gone")), story_id=StoryId("kept"))
    later, too = senate("later"), senate("too")

    (pick,) = choose(later, too, told=[told], named=[named_story("kept", later)]).picks

    assert (pick.is_update, pick.story_id) == (True, "kept")


def test_a_story_that_parted_from_a_told_one_is_known_by_its_articles() -> None:
    """Its id is another: what was told of it is told all the same."""
    told = replace(told_before(senate("gone"), senate("later")), story_id=StoryId("kept"))
    later, rest = senate("later"), make_candidate("rest", title="Chess in Riga", listed=False)

    choice = choose(later, rest, told=[told], named=[named_story("kept", rest), named_story("parted", later)])

    assert reason_of(choice, later) is Reason.ALREADY_TOLD


def test_a_new_story_is_not_taken_for_a_told_one_because_of_the_article_it_is_named_after() -> None:
    """The told story was named after an article that has left it since."""
    first = make_candidate("first", title="Chess in Riga")
    told = replace(told_before(senate("gone")), story_id=StoryId(first.article.id))

    assert picked(choose(first, told=[told])) == ["first"]
    kept = named_story(first.article.id, senate("elsewhere"))
    (pick,) = choose(first, told=[told], named=[kept]).picks
    assert pick.story_id == f"{first.article.id}+"


@given(st.permutations(range(4)))
def test_named_stories_change_nothing_where_nothing_was_told(order: list[int]) -> None:
    """Neither what is grouped nor what is picked."""
    some = [
        senate("a"),
        senate("b", 90),
        make_candidate("c", title="Chess in Riga"),
        make_candidate("d", title="Lamps"),
    ]
    named = [named_story(f"s{number}", some[number]) for number in order]

    plain, under_ids = choose(*some), choose(*some, named=named)

    assert under_ids.verdicts == plain.verdicts
    assert [replace(pick, story_id=None) for pick in under_ids.picks] == [
        replace(pick, story_id=None) for pick in plain.picks
    ]
