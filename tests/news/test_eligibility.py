"""What makes an article eligible and new: its flag, its score, its schedule's filters, its one moment of entry."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.choosing.eligibility import entered_at, max_age_of, out_of_reach, was_new_before
from bot.news.edition import Candidate, Reason, Window
from bot.news.schedules.schedule import EVERY_DAY, Weekday
from tests.support.candidates import (
    LAST,
    MIDWEEK,
    NOW,
    WEEK,
    ChangeFields,
    choose,
    detail_of,
    make_candidate,
    picked,
    reason_of,
    with_past,
)
from tests.support.makers import HERALD, make_schedule

HOUR = timedelta(hours=1)

UNLISTED: ChangeFields = {"listed": False}
LISTED: ChangeFields = {"listed": True}


# Eligible


def test_a_listed_article_is_eligible_whatever_its_score() -> None:
    """Upstream's flag is enough."""
    assert picked(choose(make_candidate("a", quality=7, listed=True))) == ["a"]


def test_an_unlisted_article_is_not_eligible_whatever_its_score() -> None:
    """It is searchable, and listed under stories."""
    candidate = make_candidate("a", quality=189, listed=False)

    choice = choose(candidate)

    assert reason_of(choice, candidate) is Reason.UNLISTED
    assert detail_of(choice, candidate) == "published: false in its seed"


@pytest.mark.parametrize("quality", [7, 69, None])
def test_an_article_without_the_flag_is_listed(quality: int | None) -> None:
    """A file that somebody put into the folder is meant to be read, whatever its score."""
    assert picked(choose(make_candidate("a", quality=quality, listed=None))) == ["a"]


def test_an_article_that_nobody_rated_has_the_base_quality() -> None:
    """It meets a schedule's bar of 70, and none above."""
    candidate = make_candidate("a", quality=None, heat=None, listed=None)

    assert picked(choose(candidate, min_score=70)) == ["a"]
    assert detail_of(choose(candidate, min_score=71), candidate) == "score 70, the schedule's bar is 71"


def test_heat_counts_for_the_bar_where_it_is_known() -> None:
    """The score is heat, else quality."""
    assert picked(choose(make_candidate("a", quality=60, heat=90), min_score=80)) == ["a"]


def test_heat_of_minus_one_says_that_another_article_leads() -> None:
    """It isn't bad: a better report of its story is there."""
    candidate = make_candidate("a", quality=150, heat=-1, listed=True)

    assert reason_of(choose(candidate), candidate) is Reason.LED_UPSTREAM


def test_a_schedules_own_bar_must_be_met_by_listed_articles_too() -> None:
    """Listed or not."""
    candidate = make_candidate("a", quality=79, listed=True)

    choice = choose(candidate, min_score=80)

    assert reason_of(choice, candidate) is Reason.BELOW_BAR
    assert detail_of(choice, candidate) == "score 79, the schedule's bar is 80"


def test_an_article_must_have_one_of_the_schedules_topics() -> None:
    """By folded label: case and marks don't matter."""
    one = make_candidate("one", topics=("Café culture", "AI"))
    other = make_candidate("other", topics=("Sport",))

    choice = choose(one, other, topics=("cafe CULTURE", "robots"))

    assert picked(choice) == ["one"]
    assert reason_of(choice, other) is Reason.OFF_TOPIC
    assert detail_of(choice, other) == "it has none of the schedule's topics (cafe CULTURE, robots)"


def test_an_article_must_be_of_one_of_the_schedules_providers() -> None:
    """By domain."""
    other = make_candidate("other")

    choice = choose(make_candidate("one", provider=HERALD), other, providers=("BostonHerald.com",))

    assert picked(choice) == ["one"]
    assert reason_of(choice, other) is Reason.OFF_TOPIC
    assert detail_of(choice, other) == "other.com is not one of the schedule's providers"


@given(quality=st.integers(0, 100), listed=st.sampled_from([True, None]))
def test_an_article_off_topic_never_counts_as_below_the_bar(quality: int, listed: bool | None) -> None:  # noqa: FBT001
    """Whatever its score, the topics that the admin chose keep it out."""
    candidate = make_candidate("a", quality=quality, listed=listed, topics=("Sport",))

    assert reason_of(choose(candidate, topics=("AI",)), candidate) is Reason.OFF_TOPIC


def test_a_muted_topic_is_left_out() -> None:
    """Even beside a topic that is asked for."""
    candidate = make_candidate("a", topics=("AI", "Sport"))

    choice = choose(candidate, topics=("ai",), muted_topics=("SPORT",))

    assert detail_of(choice, candidate) == "muted topic: sport"


# New


@pytest.mark.parametrize(
    ("published_at", "stems"),
    [(LAST, []), (LAST + timedelta(microseconds=1), ["a"]), (NOW, ["a"]), (NOW + timedelta(microseconds=1), [])],
)
def test_an_edition_takes_what_entered_after_the_last_cutoff_up_to_this_one(
    published_at: datetime, stems: list[str]
) -> None:
    """Half open: an article at the end belongs to this edition, one at the start to the one before."""
    candidate = make_candidate("a", published_at=published_at)
    known = with_past(candidate, (LAST - WEEK, {}))

    assert picked(choose(known)) == stems


def test_an_article_that_comes_late_is_new_when_its_seed_comes() -> None:
    """Published before the last cutoff, first seen after it."""
    assert picked(choose(make_candidate("a", published_at=LAST - WEEK, seen_at=MIDWEEK))) == ["a"]


def test_an_article_that_becomes_listed_is_new_at_that_moment() -> None:
    """It was there for a week and then upstream changed its mind."""
    candidate = make_candidate("a", published_at=LAST - WEEK)

    assert picked(choose(with_past(candidate, (LAST - WEEK, UNLISTED), (MIDWEEK, LISTED)))) == ["a"]


def test_an_article_whose_score_rises_above_the_bar_is_new_at_that_moment() -> None:
    """A low score isn't final."""
    candidate = make_candidate("a", published_at=LAST - WEEK)
    risen = with_past(candidate, (LAST - WEEK, {"quality": 60}), (MIDWEEK, {"quality": 75}))

    assert picked(choose(risen, min_score=70)) == ["a"]


def test_a_change_within_a_stretch_of_eligibility_makes_nothing_new() -> None:
    """An eligible article whose score moves is not news again."""
    candidate = make_candidate("a", published_at=LAST - HOUR)
    moved = with_past(candidate, (LAST - HOUR, {"quality": 80}), (MIDWEEK, {"quality": 120}))

    assert reason_of(choose(moved), moved) is Reason.OUTSIDE_WINDOW


def test_an_article_that_was_eligible_before_and_is_again_is_new_again() -> None:
    """The current stretch counts, not the first."""
    candidate = make_candidate("a", published_at=LAST - WEEK)
    again = with_past(candidate, (LAST - WEEK, LISTED), (LAST - HOUR, UNLISTED), (MIDWEEK, LISTED))

    assert picked(choose(again)) == ["a"]


def test_an_article_that_is_not_eligible_at_the_cutoff_is_not_new_however_it_was_before() -> None:
    """What counts is its state at the cutoff."""
    candidate = make_candidate("a", published_at=MIDWEEK)
    gone = with_past(candidate, (MIDWEEK, LISTED), (NOW - HOUR, UNLISTED))

    assert reason_of(choose(gone), gone) is Reason.UNLISTED


def test_a_change_after_the_cutoff_is_not_known() -> None:
    """An edition that runs late, or is replayed, sees only what was known when it was due."""
    candidate = make_candidate("a", published_at=MIDWEEK)

    assert picked(choose(with_past(candidate, (MIDWEEK, LISTED), (NOW + HOUR, UNLISTED)))) == ["a"]


def test_a_change_after_the_cutoff_does_not_undo_an_entry_before_it() -> None:
    """What became listed within the window and unlisted after it was new."""
    candidate = make_candidate("a", published_at=LAST - WEEK)
    past = ((LAST - WEEK, UNLISTED), (MIDWEEK, LISTED), (NOW + HOUR, UNLISTED))

    assert picked(choose(with_past(candidate, *past))) == ["a"]


def test_an_article_that_is_dated_anew_is_new_at_its_new_date() -> None:
    """The latest of its date, its first sight and its becoming eligible; what was told of it is told all the same."""
    candidate = make_candidate("a", published_at=MIDWEEK)
    earlier: ChangeFields = {"published_at": LAST - WEEK}

    assert picked(choose(with_past(candidate, (LAST - WEEK, earlier), (MIDWEEK, {})))) == ["a"]


def test_an_article_first_seen_after_the_cutoff_is_not_known() -> None:
    """It enters with the next edition."""
    candidate = make_candidate("a", published_at=MIDWEEK, seen_at=NOW + HOUR)

    choice = choose(candidate)

    assert reason_of(choice, candidate) is Reason.OUTSIDE_WINDOW
    assert "imported after the cutoff" in detail_of(choice, candidate)


def test_an_article_dated_ahead_is_new_when_its_date_comes() -> None:
    """An embargo: the seed is here, the article isn't out yet."""
    candidate = with_past(make_candidate("a", published_at=NOW + HOUR), (MIDWEEK, {}))

    assert picked(choose(candidate)) == []
    assert picked(choose(candidate, start=NOW, end=NOW + WEEK)) == ["a"]


def test_an_article_dated_ahead_and_then_corrected_is_new_at_the_correction() -> None:
    """Its wrong date was in the future at the last cutoff, its right one is before: it must not fall between."""
    candidate = make_candidate("a", published_at=LAST - HOUR)
    wrong, right = {"published_at": NOW + WEEK}, {"published_at": LAST - HOUR}
    corrected = with_past(candidate, (LAST - HOUR, wrong), (MIDWEEK, right))  # type: ignore[arg-type] # ChangeFields

    assert picked(choose(corrected)) == ["a"]


def test_an_article_older_than_two_weeks_before_the_last_cutoff_is_not_taken() -> None:
    """A flood of old posts on the first add is what readers complain of."""
    candidate = make_candidate("a", published_at=LAST - 2 * WEEK, seen_at=MIDWEEK)

    choice = choose(candidate)

    assert reason_of(choice, candidate) is Reason.OUTSIDE_WINDOW
    assert "it must be after 2021-04-19 09:00 UTC" in detail_of(choice, candidate)


def test_an_article_just_younger_than_the_oldest_taken_is_taken() -> None:
    """The limit is half open like the window."""
    just_younger = LAST - 2 * WEEK + timedelta(microseconds=1)

    assert picked(choose(make_candidate("a", published_at=just_younger, seen_at=MIDWEEK))) == ["a"]


def test_a_schedule_may_take_older_articles() -> None:
    """`max_age` is the schedule's."""
    candidate = make_candidate("a", published_at=LAST - 4 * WEEK, seen_at=MIDWEEK)

    assert picked(choose(candidate, max_age=timedelta(days=60))) == ["a"]


@pytest.mark.parametrize(
    ("days", "age"),
    [
        ((Weekday.MONDAY,), 14),
        (EVERY_DAY, 2),
        ((Weekday.MONDAY, Weekday.THURSDAY), 8),
        ((Weekday.SATURDAY, Weekday.SUNDAY), 12),
    ],
)
def test_the_oldest_age_is_twice_the_longest_wait_between_editions(days: tuple[Weekday, ...], age: int) -> None:
    """Two weeks for a weekly digest, two days for a daily one."""
    assert max_age_of(make_schedule(days=days)) == timedelta(days=age)


def test_a_missed_week_is_caught_up() -> None:
    """The window begins at the last cutoff, however long ago that was."""
    missed = make_candidate("missed", published_at=LAST + HOUR)

    assert picked(choose(missed, end=NOW + WEEK)) == ["missed"]


def test_outside_the_window_says_when_the_article_was_new() -> None:
    """With both moments of the window."""
    candidate = make_candidate("a", published_at=LAST - HOUR)

    assert detail_of(choose(candidate), candidate) == (
        "new on 2021-05-03 08:00 UTC, the window is after 2021-05-03 09:00 UTC to 2021-05-10 09:00 UTC"
    )


def test_nothing_was_new_before_a_first_edition() -> None:
    """There is no period before all of the past."""
    assert not was_new_before(make_candidate("a"), make_schedule(), Window(start=None, end=NOW))


# No gap, no overlap

MOMENTS = st.integers(0, 6 * 24).map(lambda hours: LAST + timedelta(hours=hours * 7))

PASTS = st.lists(st.tuples(MOMENTS, st.booleans()), min_size=1, max_size=5).map(
    lambda said: sorted(said, key=lambda each: each[0])
)


def make_flickering(past: list[tuple[datetime, bool]], published_at: datetime) -> Candidate:
    """An article whose flag goes on and off."""
    candidate = make_candidate("a", published_at=published_at)
    return with_past(candidate, *((at, LISTED if listed else UNLISTED) for at, listed in past))


@given(PASTS, MOMENTS)
def test_what_stays_eligible_is_new_in_exactly_one_window(
    past: list[tuple[datetime, bool]], published_at: datetime
) -> None:
    """Weekly cutoffs over all of its past: never in two editions' windows, and never in none."""
    candidate, schedule = make_flickering(past, published_at), make_schedule()
    last = LAST + 8 * WEEK
    cutoffs = [LAST - WEEK + number * WEEK for number in range(10)]

    windows = [Window(start=start, end=end) for start, end in pairwise(cutoffs)]
    settled = entered_at(candidate, schedule, last)
    new_in = [
        window
        for window in windows
        if (entered := entered_at(candidate, schedule, window.end)) is not None
        and entered in window
        and entered == settled
    ]

    assert len(new_in) == (0 if settled is None else 1)


@given(PASTS, MOMENTS, MOMENTS)
def test_an_article_never_enters_before_it_was_seen_or_dated(
    past: list[tuple[datetime, bool]], published_at: datetime, cutoff: datetime
) -> None:
    """The latest of the three moments."""
    candidate = make_flickering(past, published_at)

    entered = entered_at(candidate, make_schedule(), cutoff)

    assert entered is None or entered >= max(candidate.changes[0].seen_at, candidate.article.published_at)


# Out of reach


def test_an_old_article_that_is_muted_is_said_to_be_muted() -> None:
    """Its age would suggest that a newer one of its kind comes in."""
    article = make_candidate("a", topics=("Sport",), published_at=NOW - 100 * WEEK).article

    refusal = out_of_reach(article, make_schedule(muted_topics=("sport",)), NOW)

    assert (refusal.reason, refusal.detail) == (Reason.MUTED, "muted topic: sport")
