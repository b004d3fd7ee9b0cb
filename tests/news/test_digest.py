"""The default rule, clause by clause: stories, updates, order, caps, reasons, first editions and empty weeks.

What makes an article eligible and new is in `test_eligibility`.
"""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.edition import Candidate, Choice, Reason, ToldStory, Window, told_story
from bot.news.stories.story import Edge
from tests.news.senate import SENATE, SENATE_TOO, senate, told_before
from tests.support.candidates import (
    LAST,
    MIDWEEK,
    NOW,
    WEEK,
    choose,
    detail_of,
    make_candidate,
    outlet,
    picked,
    reason_of,
    with_past,
)
from tests.support.makers import make_article, make_stub


# Stories
def test_of_a_story_only_the_best_new_candidate_is_picked() -> None:
    """Two reports of one event are one story with one place."""
    choice = choose(senate("weak", 75), senate("strong", 90))

    assert picked(choice) == ["strong"]


def test_what_is_led_in_its_story_says_by_whom() -> None:
    """The reason names the pick's provider and both scores."""
    weak = senate("weak", 75)

    choice = choose(weak, senate("strong", 90))

    assert reason_of(choice, weak) is Reason.LED_IN_STORY
    assert detail_of(choice, weak) == "strong.com leads its story with score 90, this has 75"


def test_all_of_a_story_stands_under_its_pick() -> None:
    """Eligible or not, seed or stub: each that reports it counts as an outlet, the first report first."""
    pick = senate("pick", 90)
    unlisted = senate("unlisted", 95, listed=False, published_at=MIDWEEK - timedelta(days=1))
    stub = make_stub(title=SENATE_TOO, published_at=MIDWEEK - timedelta(days=2))

    (only,) = choose(pick, unlisted, coverage=[stub]).picks

    assert [article.id for article in only.story.articles] == [stub.id, unlisted.article.id, pick.article.id]


def test_a_better_article_that_is_not_eligible_leads_its_story_but_is_not_picked() -> None:
    """The pick is the best *eligible* one; the story's lead may be another."""
    (pick,) = choose(senate("pick", 75), senate("unlisted", 95, listed=False)).picks

    assert (pick.article.stem, pick.story.lead.stem) == ("pick", "unlisted")


def test_a_stub_is_coverage_and_never_a_pick() -> None:
    """However well it scores: until its own seed arrives it is under a story."""
    pick = senate("pick", 75)

    (only,) = choose(pick, coverage=[make_stub(title=SENATE_TOO, quality=189, published_at=MIDWEEK)]).picks

    assert only.article.id == pick.article.id


def test_a_muted_article_does_not_even_stand_under_a_story() -> None:
    """A muted provider is left out of the edition altogether."""
    (pick,) = choose(senate("pick", 75), senate("muted", 95), muted_providers=("muted.com",)).picks

    assert pick.story.providers == ("pick.com",)


def test_a_hidden_article_does_not_even_stand_under_a_story() -> None:
    """What was taken down is never shown."""
    (pick,) = choose(senate("pick", 75), senate("hidden", 95, is_hidden=True)).picks

    assert pick.story.providers == ("pick.com",)


def test_a_report_from_after_the_cutoff_does_not_stand_under_a_story() -> None:
    """An edition looks as it would have looked at its cutoff."""
    later = make_stub(title=SENATE_TOO, published_at=NOW + timedelta(hours=1))

    (pick,) = choose(senate("pick", published_at=NOW - timedelta(hours=1)), coverage=[later]).picks

    assert pick.story.providers == ("pick.com",)


def test_an_explicit_edge_alone_makes_no_story() -> None:
    """Related items are often only on the same topic."""
    one, other = make_candidate("one"), make_candidate("other")

    choice = choose(one, other, edges=[Edge(a=one.article.id, b=other.article.id)])

    assert len(choice.picks) == 2


def test_a_pick_shows_its_values_as_they_stood_at_the_cutoff() -> None:
    """A score that changed since doesn't change the edition that is replayed."""
    changed = with_past(make_candidate("a", quality=99), (MIDWEEK, {"quality": 81}), (NOW + WEEK, {"quality": 99}))

    (pick,) = choose(changed).picks

    assert pick.article.score == 81


# Reasons
EVERYTHING_WRONG = {"is_hidden": True, "heat": -1, "listed": False, "quality": 5}


@pytest.mark.parametrize(
    ("better", "reason"),
    [
        ({}, Reason.HIDDEN),
        ({"is_hidden": False}, Reason.MUTED),
        ({"is_hidden": False, "topics": ()}, Reason.OUTSIDE_WINDOW),
        ({"is_hidden": False, "topics": (), "published_at": MIDWEEK}, Reason.LED_UPSTREAM),
        ({"is_hidden": False, "topics": (), "published_at": MIDWEEK, "heat": None}, Reason.UNLISTED),
        ({"is_hidden": False, "topics": (), "published_at": MIDWEEK, "heat": None, "listed": None}, Reason.OFF_TOPIC),
        (
            {"is_hidden": False, "topics": ("AI",), "published_at": MIDWEEK, "heat": None, "listed": None},
            Reason.BELOW_BAR,
        ),
    ],
)
def test_the_first_reason_that_applies_is_given(better: dict[str, object], reason: Reason) -> None:
    """Everything is wrong with this candidate; fixed one after the other, the next reason shows."""
    fields = {**EVERYTHING_WRONG, "topics": ("Sport",), "published_at": LAST - WEEK, **better}
    candidate = make_candidate("wrong", **fields)  # type: ignore[arg-type] # as make_candidate

    assert reason_of(choose(candidate, topics=("ai",), muted_topics=("sport",), min_score=6), candidate) is reason


def test_every_candidate_gets_exactly_one_verdict_by_id() -> None:
    """Picked or not."""
    several = [
        make_candidate("fine"),
        make_candidate("old", published_at=LAST - WEEK),
        make_candidate("unlisted", listed=False),
        make_candidate("hidden", is_hidden=True),
        senate("s", 80),
        senate("t", 81),
    ]

    ids = [verdict.article_id for verdict in choose(*several).verdicts]

    assert ids == sorted(each.article.id for each in several)


def test_a_pick_says_why_it_was_picked() -> None:
    """Its place, its score, and the next one's."""
    (pick,) = choose(senate("weak", 75), senate("strong", 90)).picks

    assert pick.why == ("rank 1, score 100 (90, and 10 for its outlets), the best of 2 new reports of its story")


# The same input, the same edition
def some_week() -> tuple[list[Candidate], list[ToldStory]]:
    """A week with a bit of everything."""
    last = senate("last", published_at=LAST - timedelta(hours=1))
    candidates = [
        last,
        *(senate(stem, 80 + number) for number, stem in enumerate(("b", "c", "d"))),
        *(make_candidate(f"x{number}", quality=70 + number % 3, provider=outlet(number % 3)) for number in range(9)),
        make_candidate("old", published_at=LAST - WEEK),
        make_candidate("hidden", is_hidden=True),
    ]
    return candidates, [told_before(last)]


@pytest.mark.slow
@given(st.randoms(use_true_random=False))
def test_the_same_input_in_any_order_gives_the_same_edition(shuffled: random.Random) -> None:
    """Byte for byte: candidates, coverage and edges may come in any order."""
    candidates, told = some_week()
    coverage = [make_stub(name, title=SENATE_TOO, published_at=MIDWEEK) for name in "stu"]
    edges = [Edge(a=candidates[1].article.id, b=stub.id) for stub in coverage]
    expected = repr(choose(*candidates, coverage=coverage, edges=edges, told=told))
    for several in (candidates, coverage, edges):
        shuffled.shuffle(several)

    assert repr(choose(*candidates, coverage=coverage, edges=edges, told=told)) == expected


@given(st.lists(st.sampled_from("abcdefgh"), unique=True), st.integers(1, 4), st.integers(1, 3))
def test_an_edition_never_breaks_its_limits(stems: list[str], count: int, cap: int) -> None:
    """Whatever comes: never more than count, no empty place while a story waits, one verdict for each."""
    candidates = [make_candidate(stem, provider=outlet(ord(stem) % 2)) for stem in stems]

    choice = choose(*candidates, count=count, provider_cap=cap)

    assert len(choice.picks) == min(count, len(candidates))
    assert len(choice.verdicts) == len(candidates)


def test_what_was_told_is_told_no_more() -> None:
    """The next edition over the same articles has nothing: an edition's own memory is enough."""
    candidates, told = some_week()
    first = choose(*candidates, told=told)

    second = choose(*candidates, told=[*told, *map(told_story, first.picks)], count=20, provider_cap=20)

    again = {pick.article.id for pick in first.picks} & {pick.article.id for pick in second.picks}
    assert again == set()


def test_an_article_of_another_shelf_with_the_same_link_is_one_story() -> None:
    """A URL in common ties them, whatever their titles say."""
    link = "https://example.com/story"

    choice = choose(make_candidate("here", url=link), make_candidate("there", url=link))

    assert len(choice.picks) == 1


def test_an_empty_archive_makes_an_empty_choice() -> None:
    """Nothing to choose from isn't an error."""
    assert choose() == Choice(window=Window(start=LAST, end=NOW), picks=(), verdicts=())


def test_coverage_that_is_a_candidate_too_counts_once() -> None:
    """The candidate's own past wins over the article as it is now."""
    pick = senate("pick")

    (only,) = choose(pick, coverage=[make_article("pick", title=SENATE, quality=1)]).picks

    assert len(only.story.articles) == 1
