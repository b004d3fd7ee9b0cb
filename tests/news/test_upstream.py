"""The preset that reproduces the upstream's newsletter."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.news.choosing.upstream import UPSTREAM_COUNT, UPSTREAM_WINDOW, choose_upstream
from bot.news.edition import Candidate, Choice, Reason
from tests.support.candidates import MIDWEEK, NOW, WEEK, detail_of, make_candidate, picked, reason_of, with_past
from tests.support.makers import HERALD, make_schedule
from tests.support.upstream_history import candidate_of, golden_editions

PRESET = make_schedule(rule="upstream", count=UPSTREAM_COUNT)
HOUR = timedelta(hours=1)


def choose(*candidates: Candidate) -> Choice:
    """Choose for the preset as it ships."""
    return choose_upstream(candidates, PRESET, window_end=NOW)


def test_thirty_of_thirty_known_editions_are_reproduced(data: Path) -> None:
    """In their order, from the values as they stood at each send."""
    editions = golden_editions(data)

    chosen = [
        tuple(picked(choose_upstream([*map(candidate_of, each.records)], PRESET, window_end=each.sent_at)))
        for each in editions
    ]

    assert len(editions) == 30
    assert chosen == [each.picks for each in editions]


@pytest.mark.parametrize(
    ("published_at", "stems"),
    [
        (NOW - UPSTREAM_WINDOW, []),
        (NOW - UPSTREAM_WINDOW + timedelta(seconds=1), ["a"]),
        (NOW, ["a"]),
        (NOW + timedelta(seconds=1), []),
    ],
)
def test_the_window_is_the_160_hours_up_to_the_send(published_at: object, stems: list[str]) -> None:
    """Half open."""
    candidate = make_candidate("a", published_at=published_at)  # type: ignore[arg-type] # a datetime
    known = with_past(candidate, (NOW - WEEK, {}))

    assert picked(choose(known)) == stems


def test_the_highest_quality_comes_first_whatever_the_heat() -> None:
    """The upstream sorts by quality."""
    hot = make_candidate("hot", quality=70, heat=150)

    assert picked(choose(hot, make_candidate("good", quality=90))) == ["good", "hot"]


def test_of_equal_qualities_the_older_comes_first() -> None:
    """The other way round than by the default rule."""
    older = make_candidate("older", published_at=MIDWEEK - HOUR)

    assert picked(choose(make_candidate("newer"), older)) == ["older", "newer"]


def test_there_is_no_cap_on_a_provider_and_no_story() -> None:
    """The same story twice from one provider: so it was."""
    candidates = [make_candidate(stem, title="Senate halts cameras", provider=HERALD) for stem in ("a", "b")]

    assert len(choose(*candidates).picks) == 2


def test_what_does_not_fit_is_over_the_count() -> None:
    """Two a week."""
    candidates = [make_candidate(stem, quality=90 - number) for number, stem in enumerate("abc")]

    choice = choose(*candidates)

    assert reason_of(choice, candidates[2]) is Reason.OVER_COUNT
    assert detail_of(choice, candidates[2]) == "rank 3 by quality 88, the limit is 2"


@pytest.mark.parametrize("listed", [False, None])
def test_only_what_is_listed_is_sent(listed: bool | None) -> None:  # noqa: FBT001 - a row of the table
    """A missing flag isn't a flag."""
    candidate = make_candidate("a", quality=150, listed=listed)

    assert reason_of(choose(candidate), candidate) is Reason.UNLISTED


def test_values_are_as_they_stood_at_the_send() -> None:
    """What was unlisted afterwards was sent."""
    candidate = with_past(make_candidate("a"), (MIDWEEK, {"listed": True}), (NOW + HOUR, {"listed": False}))

    assert picked(choose(candidate)) == ["a"]


def test_what_was_collected_after_the_send_is_not_sent() -> None:
    """The final records alone give 22 of the 30 editions."""
    candidate = make_candidate("a", seen_at=NOW + HOUR)

    assert reason_of(choose(candidate), candidate) is Reason.OUTSIDE_WINDOW


def test_what_a_server_muted_or_took_down_is_not_sent() -> None:
    """The preset is the upstream's order, not its blindness."""
    muted, hidden = make_candidate("muted"), make_candidate("hidden", is_hidden=True)
    schedule = make_schedule(rule="upstream", muted_providers=("muted.com",))

    choice = choose_upstream([muted, hidden], schedule, window_end=NOW)

    assert [reason_of(choice, each) for each in (muted, hidden)] == [Reason.MUTED, Reason.HIDDEN]


def test_a_schedules_topics_hold_for_the_preset_too() -> None:
    """An article that has none of them is off topic, not below a bar."""
    candidate = make_candidate("a", topics=("Sport",))

    choice = choose_upstream([candidate], make_schedule(rule="upstream", topics=("AI",)), window_end=NOW)

    assert reason_of(choice, candidate) is Reason.OFF_TOPIC


def test_a_schedules_own_bar_holds_for_the_preset_too() -> None:
    """Where an admin sets one."""
    candidate = make_candidate("a", quality=75)

    choice = choose_upstream([candidate], make_schedule(rule="upstream", min_score=80), window_end=NOW)

    assert reason_of(choice, candidate) is Reason.BELOW_BAR
