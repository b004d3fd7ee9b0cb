"""The default rule, clause by clause: stories, updates, order, caps, reasons, first editions and empty weeks.

What makes an article eligible and new is in `test_eligibility`.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.article import Article, ArticleId, Provider
from bot.news.choosing.score import outlet_score, rated
from bot.news.edition import Candidate, Choice, Pick, Reason, ToldStory, Window, told_story
from bot.news.schedules.schedule import EmptyPolicy
from bot.news.stories.similarity import Frequencies
from bot.news.stories.story import Edge, story_of
from bot.news.stories.story_ids import KnownStory, StoryId
from tests.support.candidates import (
    LAST,
    MIDWEEK,
    NOW,
    WEEK,
    choose,
    detail_of,
    lone_words,
    make_candidate,
    outlet,
    picked,
    reason_of,
    with_past,
)
from tests.support.makers import HERALD, WBUR, make_article, make_stub

SENATE = "Massachusetts senate halts police facial recognition"
SENATE_TOO = "Police facial recognition halted by Massachusetts senate"


def senate(stem: str, quality: int = 80, **fields: object) -> Candidate:
    """A candidate of the one story that all of these report."""
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


# Told once


def told_as(candidate: Candidate) -> ToldStory:
    """What is remembered of a candidate that was told long ago; its articles are another story's by now."""
    remembered = told_story(Pick(article=candidate.article, story=story_of([candidate.article])))
    return replace(remembered, pick_id=ArticleId("gone"), article_ids=frozenset({ArticleId("gone")}))


@pytest.mark.parametrize("url", ["https://www.a.com/p/?utm_source=x", "http://m.a.com/p", "https://a.com/p/amp"])
def test_a_page_is_told_once_however_its_link_is_spelt(url: str) -> None:
    """The same page under another file, title and date."""
    again = make_candidate("again", url=url)

    choice = choose(again, told=[told_as(make_candidate("old", url="https://a.com/p"))])

    assert detail_of(choice, again) == "its link was sent in an earlier edition, with score 80"


def test_a_page_is_known_by_any_alias() -> None:
    """Of the told article and of the new one."""
    old = make_candidate("old", url="https://a.com/p", aliases=("https://b.com/q",))
    again = make_candidate("again", url="https://c.com/r", aliases=("https://www.b.com/q/",))

    assert picked(choose(again, told=[told_as(old)])) == []


def test_a_front_page_in_common_says_nothing() -> None:
    """Some providers link to their front page alone."""
    old = make_candidate("old", url="https://a.com/")

    assert picked(choose(make_candidate("new", url="https://a.com/"), told=[told_as(old)])) == ["new"]


def test_a_told_page_does_not_lead_its_storys_update() -> None:
    """Two others took the story up: one of them is picked, the page itself isn't told again."""
    page = senate("page", 99, url="https://a.com/p")
    old = senate("old", url="https://a.com/p")
    fresh = [senate(stem, 81) for stem in ("b", "c")]

    (pick,) = choose(page, *fresh, told=[told_as(old)]).picks

    assert (pick.is_update, pick.article.stem in {"b", "c"}) == (True, True)


LONG = "Franciscan monks revive forgotten walnut sourdough recipe at Alder creek abbey"


@pytest.mark.parametrize(
    ("title", "is_told"),
    [
        (LONG, True),
        (f"{LONG.upper()}!", True),
        (f"Again: {LONG}", True),
        (LONG.replace("walnut", "hazelnut").replace("Franciscan", "Cistercian"), False),
        (f"{LONG}, part 2", False),
    ],
)
def test_nearly_the_same_text_is_told_once(title: str, is_told: bool) -> None:  # noqa: FBT001 - a row of the table
    """At any distance in time, by another outlet under another link; numbers part texts."""
    again = make_candidate("again", title=title)

    assert (picked(choose(again, told=[told_as(make_candidate("old", title=LONG))])) == []) is is_told


@pytest.mark.parametrize("title", ["Weekly roundup", "Morning briefing", "Market update for Monday"])
def test_a_column_is_told_each_time(title: str) -> None:
    """An equal title of few or common words doesn't make the same text."""
    again = make_candidate("again", title=title)

    assert picked(choose(again, told=[told_as(make_candidate("old", title=title))])) == ["again"]


def test_an_edition_has_no_page_twice() -> None:
    """A first edition reaches over years: the same page may be there under two dates."""
    old = make_candidate("old", url="https://a.com/p", published_at=datetime(2020, 1, 1, tzinfo=UTC))
    new = make_candidate("new", url="https://a.com/p?utm_source=x")

    choice = choose(old, new, start=None)

    assert picked(choice) == ["new"]
    assert detail_of(choice, old) == "the same page is in this edition"


def test_an_edition_has_no_text_twice() -> None:
    """Nor nearly the same text."""
    old = make_candidate("old", title=LONG, published_at=datetime(2020, 1, 1, tzinfo=UTC))

    choice = choose(old, make_candidate("new", title=LONG), start=None)

    assert detail_of(choice, old) == "nearly the same text is in this edition"


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
