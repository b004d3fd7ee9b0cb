"""The default rule: the order of an edition, and what limits it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.article import Article
from bot.news.choosing.score import outlet_score, rated
from bot.news.edition import Candidate, Reason
from bot.news.stories.similarity import Frequencies
from bot.news.stories.story import story_of
from tests.support.candidates import (
    MIDWEEK,
    choose,
    detail_of,
    lone_words,
    make_candidate,
    outlet,
    picked,
    reason_of,
)
from tests.support.makers import HERALD, make_stub


# Order
def test_the_highest_score_comes_first() -> None:
    """Heat where it isn't negative, else quality."""
    choice = choose(make_candidate("low", quality=90, heat=None), make_candidate("high", quality=10, heat=95))

    assert picked(choice) == ["high", "low"]


def test_of_equal_scores_the_newest_comes_first() -> None:
    """A tie is broken by the date."""
    older = make_candidate("older", published_at=MIDWEEK - timedelta(days=1))

    assert picked(choose(older, make_candidate("newer"))) == ["newer", "older"]


def test_of_equal_scores_and_dates_the_lower_id_comes_first() -> None:
    """And then nothing is left to chance."""
    several = [make_candidate(stem) for stem in "abcde"]

    ids = [pick.article.id for pick in choose(*several).picks]

    assert ids == sorted(ids)


def test_the_third_of_a_provider_gives_way_to_others() -> None:
    """The upstream's editions had three of five from one; ours don't while others wait."""
    third = make_candidate("third", quality=75, provider=HERALD)
    several = [make_candidate(stem, quality=80, provider=HERALD) for stem in ("first", "second")]

    choice = choose(*several, third, make_candidate("other", quality=70), count=3)

    assert "other" in picked(choice)
    assert reason_of(choice, third) is Reason.PROVIDER_CAP
    assert detail_of(choice, third) == "the limit is 2 from bostonherald.com"


def test_places_that_are_left_go_to_a_provider_over_its_limit() -> None:
    """By score, each among the others; the reason says so."""
    heralds = [make_candidate(f"h{number}", quality=90 - number, provider=HERALD) for number in range(4)]
    other = make_candidate("other", quality=95)

    choice = choose(*heralds, other)

    assert picked(choice) == ["other", "h0", "h1", "h2", "h3"]
    assert (
        detail_of(choice, heralds[2])
        == "rank 4, score 88; fills an empty place, over the limit of 2 from bostonherald.com"
    )
    assert "fills" not in detail_of(choice, heralds[1])


def test_what_a_provider_over_its_limit_has_no_place_for_is_over_the_count() -> None:
    """Its limit of two kept nothing out of an edition that has five of it."""
    heralds = [make_candidate(f"h{number}", quality=90 - number, provider=HERALD) for number in range(6)]

    choice = choose(*heralds)

    assert reason_of(choice, heralds[5]) is Reason.OVER_COUNT
    assert detail_of(choice, heralds[5]) == "rank 6, the limit is 5"


def test_the_limit_keeps_out_what_others_of_a_lower_rank_are_told_before() -> None:
    """Also if its provider filled further places."""
    heralds = [make_candidate(f"h{number}", quality=90 - number, provider=HERALD) for number in range(6)]

    choice = choose(*heralds, make_candidate("other", quality=70))

    assert [reason_of(choice, each) for each in heralds[4:]] == [Reason.PROVIDER_CAP] * 2


def test_a_provider_over_its_cap_makes_room_for_another() -> None:
    """The place goes to the next in order."""
    heralds = [make_candidate(stem, quality=90, provider=HERALD) for stem in ("h", "i", "j")]

    assert "lower" in picked(choose(*heralds, make_candidate("lower", quality=70), count=3))


def test_a_schedule_may_cap_providers_otherwise() -> None:
    """The cap is the schedule's."""
    heralds = [make_candidate(stem, quality=90, provider=HERALD) for stem in ("h", "i", "j")]

    choice = choose(*heralds, make_candidate("other"), provider_cap=1, count=2)

    assert "other" in picked(choice)


def test_an_edition_holds_at_most_its_count() -> None:
    """Five where the schedule says nothing."""
    several = [make_candidate(f"x{number}", quality=90 - number) for number in range(7)]

    choice = choose(*several)

    assert picked(choice) == ["x0", "x1", "x2", "x3", "x4"]
    assert [reason_of(choice, each) for each in several[5:]] == [Reason.OVER_COUNT, Reason.OVER_COUNT]
    assert detail_of(choice, several[6]) == "rank 7, the limit is 5"


def test_the_cap_is_said_before_the_count() -> None:
    """Both would keep it out; the first of the reasons is given."""
    heralds = [make_candidate(stem, quality=90 - number, provider=HERALD) for number, stem in enumerate("hij")]

    assert reason_of(choose(*heralds, count=2), heralds[2]) is Reason.PROVIDER_CAP


# Outlets
def reported(stem: str, outlets: int, **fields: object) -> tuple[Candidate, list[Article]]:
    """A story with this many outlets: a candidate, and stubs that report the same."""
    title = f"{lone_words(stem)} {stem}four {stem}five"
    candidate = make_candidate(stem, title=title, **fields)  # type: ignore[arg-type] # as make_candidate
    stubs = [make_stub(f"{stem}{n}", title=title, published_at=MIDWEEK, provider=outlet(n)) for n in range(outlets - 1)]
    return candidate, stubs


def test_the_event_with_six_outlets_comes_before_six_trifles() -> None:
    """Nobody rated any of them."""
    event, coverage = reported("event", 6, quality=None, listed=None, published_at=MIDWEEK - timedelta(days=1))
    trifles = [make_candidate(f"t{number}", quality=None, listed=None) for number in range(6)]

    choice = choose(*trifles, event, coverage=coverage)

    assert picked(choice)[0] == "event"
    assert detail_of(choice, event) == "rank 1, score 120 (70, and 50 for its outlets)"


def test_the_event_with_28_outlets_comes_before_that_with_six() -> None:
    """Of equal scores more outlets come first, before the newer one."""
    big, of_big = reported("big", 28, quality=None, published_at=MIDWEEK - timedelta(days=1))
    small, of_small = reported("small", 6, quality=None)

    choice = choose(small, big, coverage=[*of_small, *of_big], frequencies=Frequencies(total=0, counts={}))

    assert picked(choice) == ["big", "small"]


@pytest.mark.parametrize(("heat", "score"), [(None, 110), (80, 110), (90, 110), (110, 110), (150, 150)])
def test_outlets_that_heat_holds_are_not_counted_again(heat: int | None, score: int) -> None:
    """Heat is about the quality and 10 for each related item."""
    event, coverage = reported("event", 4, quality=80, heat=heat)

    (pick,) = choose(event, coverage=coverage).picks

    assert f"score {score}" in pick.why


@given(st.integers(1, 40), st.none() | st.integers(-1, 200), st.none() | st.integers(0, 200))
def test_outlets_add_at_most_50_and_never_take_anything(outlets: int, heat: int | None, quality: int | None) -> None:
    """Whatever the scores and the crowd."""
    event, coverage = reported("event", outlets, heat=heat, quality=quality)

    assert 0 <= outlet_score(event.article, story_of([event.article, *coverage])) <= 50


def test_a_configured_quality_counts_where_the_seed_has_none() -> None:
    """By the provider's domain; what the seed says wins."""
    candidate = make_candidate("a", quality=None)

    assert rated(candidate, {"a.com": 85}).changes[0].quality == 85
    assert rated(make_candidate("a", quality=60), {"a.com": 85}).article.score == 60
    assert rated(candidate, {"b.com": 85}) == candidate
