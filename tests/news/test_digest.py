"""The default rule, clause by clause: stories, updates, order, caps, reasons, first editions and empty weeks.

What makes an article eligible and new stands in `test_eligibility`.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.article import Provider
from bot.news.edition import Candidate, Choice, Reason, ToldStory, Window
from bot.news.schedule import EmptyPolicy
from bot.news.stories.story import Edge
from bot.news.stories.story_ids import KnownStory, StoryId
from tests.news.histories import (
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
    told_of,
    with_past,
)
from tests.support.makers import HERALD, WBUR, make_article, make_stub

SENATE = "Massachusetts senate halts police facial recognition"
SENATE_TOO = "Police facial recognition halted by Massachusetts senate"


def senate(stem: str, quality: int = 80, **fields: object) -> Candidate:
    """A candidate of the one story that all of these tell."""
    provider = Provider(domain=f"{stem}.com", name=stem)
    return make_candidate(stem, title=SENATE, quality=quality, provider=provider, **fields)  # type: ignore[arg-type] # as make_candidate


def told_before(*members: Candidate, score: int = 80) -> ToldStory:
    """The memory of a story of these, the first of them its pick."""
    return ToldStory(
        pick_id=members[0].article.id,
        article_ids=frozenset(each.article.id for each in members),
        providers=frozenset(each.article.provider.domain for each in members),
        score=score,
    )


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
    """Eligible or not, seed or stub: whoever reports it counts as an outlet, the first report first."""
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
    """However well it scores: until its own seed arrives it stands under a story."""
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


# What was told


def test_a_told_story_does_not_come_back_with_another_report() -> None:
    """One new provider and a score near the last are no update."""
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
    """A seed that is dated anew is new again by its date, and still the same article."""
    again = senate("again", 120, published_at=LAST + timedelta(hours=1))

    choice = choose(again, told=[told_before(again, score=80)])

    assert choice.picks == ()
    assert reason_of(choice, again) is Reason.ALREADY_TOLD


def test_a_story_that_shares_only_its_topic_with_a_told_one_is_told() -> None:
    """Memory is of stories."""
    last = senate("last", published_at=LAST - timedelta(hours=1))

    assert picked(choose(last, make_candidate("other"), told=[told_before(last)])) == ["other"]


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


def test_at_most_two_picks_are_of_one_provider() -> None:
    """The upstream's editions had three of five from one; ours don't."""
    third = make_candidate("third", quality=70, provider=HERALD)
    several = [make_candidate(stem, quality=80, provider=HERALD) for stem in ("first", "second")]

    choice = choose(*several, third)

    assert len(choice.picks) == 2
    assert reason_of(choice, third) is Reason.PROVIDER_CAP
    assert detail_of(choice, third) == "the limit is 2 from bostonherald.com"


def test_a_provider_over_its_cap_makes_room_for_another() -> None:
    """The place goes to the next in order."""
    heralds = [make_candidate(stem, quality=90, provider=HERALD) for stem in ("h", "i", "j")]

    assert "lower" in picked(choose(*heralds, make_candidate("lower", quality=70), count=3))


def test_a_schedule_may_cap_providers_otherwise() -> None:
    """The cap is the schedule's."""
    heralds = [make_candidate(stem, provider=HERALD) for stem in ("h", "i", "j")]

    assert len(choose(*heralds, provider_cap=1).picks) == 1


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
    """Everything is wrong with this candidate; mended one after the other, the next reason shows."""
    fields = {**EVERYTHING_WRONG, "topics": ("Sport",), "published_at": LAST - WEEK, **better}
    candidate = make_candidate("wrong", **fields)  # type: ignore[arg-type] # as make_candidate

    assert reason_of(choose(candidate, topics=("ai",), muted_topics=("sport",)), candidate) is reason


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
    """Its place, its score, and whom it stands before."""
    (pick,) = choose(senate("weak", 75), senate("strong", 90)).picks

    assert pick.why == "rank 1, score 90, the best of 2 new reports of its story"


# First edition


def test_a_first_edition_takes_articles_of_any_age() -> None:
    """There is nothing before it: all of the past is new."""
    choice = choose(make_candidate("ancient", published_at=datetime(2001, 1, 1, tzinfo=UTC)), start=None)

    assert picked(choice) == ["ancient"]
    assert choice.is_first


def test_a_first_edition_takes_the_newest_week_first() -> None:
    """A lower score of this week stands before a higher one of the last."""
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
    """Whatever comes: never more than count, never more of one provider than the cap, one verdict for each."""
    candidates = [make_candidate(stem, provider=outlet(ord(stem) % 2)) for stem in stems]

    choice = choose(*candidates, count=count, provider_cap=cap)

    domains = [pick.article.provider.domain for pick in choice.picks]
    assert len(domains) <= count
    assert all(domains.count(domain) <= cap for domain in domains)
    assert len(choice.verdicts) == len(candidates)


def test_what_was_told_is_told_no_more() -> None:
    """The next edition over the same articles has nothing: an edition's own memory is enough."""
    candidates, told = some_week()
    first = choose(*candidates, told=told)

    second = choose(*candidates, told=[*told, *map(told_of, first.picks)], count=20, provider_cap=20)

    again = {pick.article.id for pick in first.picks} & {pick.article.id for pick in second.picks}
    assert again == set()


def test_an_article_of_another_shelf_with_the_same_link_is_one_story() -> None:
    """A URL in common ties them, whatever their titles say."""
    link = "https://example.com/story"

    choice = choose(make_candidate("here", url=link), make_candidate("there", url=link))

    assert len(choice.picks) == 1


def test_an_empty_archive_makes_an_empty_choice() -> None:
    """Nothing to choose from is no error."""
    assert choose() == Choice(window=Window(start=LAST, end=NOW), picks=(), verdicts=())


def test_coverage_that_is_a_candidate_too_counts_once() -> None:
    """The candidate's own past wins over the article as it is now."""
    pick = senate("pick")

    (only,) = choose(pick, coverage=[make_article("pick", title=SENATE, quality=1)]).picks

    assert len(only.story.articles) == 1


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
    a, b, lone = senate("a"), senate("b"), make_candidate("lone", title="Chess in Riga", quality=90)

    choice = choose(a, b, lone, named=[named_story("kept", a)])

    assert [pick.story_id for pick in choice.picks] == [lone.article.id, "kept"]


def test_a_told_story_is_known_by_its_id_where_none_of_its_articles_is_left() -> None:
    """They were taken down; what joined the story since is no news."""
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
