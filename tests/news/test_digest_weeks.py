"""The default rule in special weeks: the first, an empty one, and one with stories left from the week before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.news.article import Provider
from bot.news.edition import Candidate, Choice, Window
from bot.news.schedules.schedule import EmptyPolicy
from tests.news.senate import senate, told_before
from tests.support.candidates import (
    LAST,
    NOW,
    WEEK,
    choose,
    detail_of,
    lone_words,
    make_candidate,
    picked,
)
from tests.support.makers import HERALD


# From last week
def last_week(stem: str, **fields: object) -> Candidate:
    """A candidate of the last edition's window."""
    return make_candidate(stem, published_at=LAST - timedelta(days=2), **fields)  # type: ignore[arg-type] # as above


TOLD_LAST = told_before(make_candidate("told", published_at=LAST - timedelta(days=2)))


def test_a_story_without_a_place_last_week_fills_an_empty_one() -> None:
    """Behind what is new, and marked."""
    late = last_week("late", quality=99)

    choice = choose(make_candidate("new"), late, told=[TOLD_LAST])

    assert [(pick.article.stem, pick.is_carried) for pick in choice.picks] == [("new", False), ("late", True)]
    assert detail_of(choice, late) == "rank 2, score 99; had no place in the last edition"


def test_a_story_of_last_week_takes_no_place_from_a_new_one() -> None:
    """Neither within the provider's limit nor over it."""
    new = [make_candidate(f"n{number}", quality=70, provider=HERALD) for number in range(3)]

    choice = choose(*new, last_week("late", quality=99), told=[TOLD_LAST], count=3)
    assert not any(pick.is_carried for pick in choice.picks)


def test_a_weak_story_of_last_week_is_not_carried() -> None:
    """A place may stay empty rather than hold what scores badly."""
    assert picked(choose(last_week("weak", quality=69), told=[TOLD_LAST])) == []


def test_a_story_is_carried_once() -> None:
    """The period before the last cutoff is all that is looked at."""
    older = make_candidate("older", published_at=LAST - WEEK)

    assert picked(choose(older, told=[TOLD_LAST])) == []


def test_nothing_is_carried_without_an_edition_before() -> None:
    """What was never told by any edition had no place to lose."""
    assert picked(choose(last_week("late"))) == []


def test_a_told_story_of_last_week_is_not_carried() -> None:
    """It had its place."""
    late = last_week("late")

    assert picked(choose(late, told=[told_before(late)])) == []


# First edition
def test_a_first_edition_takes_articles_of_any_age() -> None:
    """There is nothing before it: all of the past is new."""
    choice = choose(make_candidate("ancient", published_at=datetime(2001, 1, 1, tzinfo=UTC)), start=None)

    assert picked(choice) == ["ancient"]
    assert choice.is_first


def test_a_first_edition_takes_the_newest_week_first() -> None:
    """A lower score of this week comes before a higher one of the last."""
    last_week = make_candidate("lastweek", quality=150, published_at=datetime(2021, 5, 2, 23, 59, tzinfo=UTC))
    this_week = make_candidate("thisweek", quality=70, published_at=datetime(2021, 5, 3, 0, 0, tzinfo=UTC))

    assert picked(choose(last_week, this_week, start=None)) == ["thisweek", "lastweek"]


def test_a_first_edition_orders_a_week_by_score() -> None:
    """Within a week the usual order holds."""
    monday = make_candidate("monday", quality=90, published_at=datetime(2021, 5, 3, 1, tzinfo=UTC))
    sunday = make_candidate("sunday", quality=80, published_at=datetime(2021, 5, 9, 1, tzinfo=UTC))

    assert picked(choose(sunday, monday, start=None)) == ["monday", "sunday"]


def test_a_first_edition_keeps_to_count_and_cap() -> None:
    """It may hold years; it holds five stories."""
    years = [make_candidate(f"y{year}", published_at=datetime(year, 5, 1, tzinfo=UTC)) for year in range(2000, 2020)]

    assert picked(choose(*years, start=None)) == ["y2019", "y2018", "y2017", "y2016", "y2015"]


def test_a_first_edition_without_a_story_is_still_the_first() -> None:
    """Whatever is done in empty weeks: all of the past was looked at already."""
    choice = choose(make_candidate("a", listed=False), start=None, empty_policy=EmptyPolicy.ARCHIVE)

    assert (choice.picks, choice.is_first) == ((), True)


# Empty weeks
def test_a_week_with_nothing_new_picks_nothing() -> None:
    """What to send then is the schedule's policy; by default nothing is taken from the archive."""
    choice = choose(make_candidate("old", published_at=LAST - WEEK), empty_policy=EmptyPolicy.SKIP)

    assert (choice.picks, choice.is_archive) == ((), False)


def test_an_empty_week_may_take_the_best_not_yet_told_from_the_archive() -> None:
    """By score, of any age."""
    told = make_candidate("told", quality=150, published_at=LAST - WEEK)
    best = make_candidate("best", quality=100, published_at=LAST - 20 * WEEK)
    recent = make_candidate("recent", quality=90, published_at=LAST - WEEK)

    choice = choose(told, best, recent, told=[told_before(told)], empty_policy=EmptyPolicy.ARCHIVE)

    assert picked(choice) == ["best", "recent"]
    assert choice.is_archive


def test_the_archive_never_gives_an_update() -> None:
    """A told story with two new providers of long ago is still told."""
    old = [senate(stem, 80, published_at=LAST - WEEK) for stem in ("a", "b", "c")]

    choice = choose(*old, told=[told_before(old[0])], empty_policy=EmptyPolicy.ARCHIVE)

    assert choice.picks == ()


def test_the_archive_gives_nothing_when_there_is_something_new() -> None:
    """Not even to fill the edition up."""
    choice = choose(
        make_candidate("new"), make_candidate("old", published_at=LAST - WEEK), empty_policy=EmptyPolicy.ARCHIVE
    )

    assert picked(choice) == ["new"]


def test_an_archive_edition_keeps_the_window_of_its_week() -> None:
    """What came from the archive moves the cutoff like any edition."""
    choice = choose(make_candidate("old", published_at=LAST - WEEK), empty_policy=EmptyPolicy.ARCHIVE)

    assert choice.window == Window(start=LAST, end=NOW)


# Stories of one line
def brief(choice: Choice) -> list[str]:
    """The stems of the picks of one line."""
    return [pick.article.stem for pick in choice.picks if pick.is_brief]


def lone(stem: str, quality: int, domain: str = "") -> Candidate:
    """A story that nobody else reports."""
    provider = Provider(domain=domain or f"{stem}.com", name=stem)
    return make_candidate(stem, title=lone_words(stem), quality=quality, provider=provider)


def test_the_next_best_stories_get_the_places_of_one_line() -> None:
    """As many as the schedule has, behind the others."""
    candidates = [lone(stem, 90 - number) for number, stem in enumerate("abcde")]
    choice = choose(*candidates, count=2, also=2)

    assert (picked(choice), brief(choice)) == (["a", "b", "c", "d"], ["c", "d"])
    assert detail_of(choice, candidates[4]) == "rank 5, the limit is 2 and 2 of one line"


def test_a_story_that_a_providers_limit_kept_out_may_get_one_line() -> None:
    """Behind those that no limit keeps out."""
    same = [lone(stem, 90 - number, "same.com") for number, stem in enumerate("abc")]
    choice = choose(*same, lone("x", 50), lone("y", 40), count=3, provider_cap=2, also=2)

    assert picked(choice) == ["a", "b", "x", "c", "y"]
    assert brief(choice) == ["c", "y"]


def test_a_week_with_few_stories_has_none_of_one_line() -> None:
    """All of them have a place of their own."""
    assert brief(choose(lone("a", 90), lone("b", 80), count=5, also=10)) == []
