"""How articles are grouped into stories."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.article import Article, ArticleId
from bot.news.stories.story import EDGE_BONUS, MOST_AT_ONCE, STORY_SPAN_DAYS, Edge, _portions, group_stories, story_of
from bot.text.likeness.comparison import Likeness
from tests.support.candidates import outlet
from tests.support.makers import HERALD, SOME_DAY, WBUR, make_article, make_stub

SENATE = "Massachusetts senate halts police facial recognition"
SENATE_TOO = "Police facial recognition halted by Massachusetts senate"
FERRY = "Harbour ferry to run on hydrogen from spring"

SPAN = timedelta(days=STORY_SPAN_DAYS)
HOUR = timedelta(hours=1)


def stems(articles: list[Article], *edges: Edge) -> list[list[str]]:
    """The stories of these articles, by their stems."""
    return [[article.stem for article in story.articles] for story in group_stories(articles, edges)]


def test_two_reports_of_one_event_are_a_story() -> None:
    """By what their texts have in common."""
    assert stems([make_article("a", title=SENATE), make_article("b", title=SENATE_TOO)]) in ([["a", "b"]], [["b", "a"]])


def test_reports_of_different_events_are_different_stories() -> None:
    """Although both are news."""
    assert len(stems([make_article("a", title=SENATE), make_article("b", title=FERRY)])) == 2


def test_reports_more_than_five_days_apart_are_different_stories() -> None:
    """Word for word the same, and the same link: it is reported again."""
    link = "https://example.com/a"
    late = make_article("late", title=SENATE, url=link, published_at=SOME_DAY + SPAN + timedelta(seconds=1))

    assert stems([make_article("a", title=SENATE, url=link), late]) == [["a"], ["late"]]


def test_reports_exactly_five_days_apart_may_be_one_story() -> None:
    """The span is inclusive."""
    late = make_article("late", title=SENATE, published_at=SOME_DAY + SPAN)

    assert stems([make_article("a", title=SENATE), late]) == [["a", "late"]]


def test_a_story_as_a_whole_spans_at_most_five_days() -> None:
    """A chain of reports, three days from one to the next, is not one long story."""
    articles = [make_article(str(day), title=SENATE, published_at=SOME_DAY + timedelta(days=day)) for day in (0, 3, 6)]

    assert stems(articles) == [["0", "3"], ["6"]]


def test_an_explicit_edge_alone_ties_nothing() -> None:
    """Explicit related items are often only on the same topic."""
    one, other = make_article("a", title=SENATE), make_article("b", title=FERRY)

    assert len(stems([one, other], Edge(a=one.id, b=other.id))) == 2


def test_an_explicit_edge_ties_what_is_nearly_alike_enough() -> None:
    """It adds to the similarity."""
    one, other = make_article("a", title=SENATE), make_article("b", title=FERRY)

    def nearly(_articles: object) -> Likeness:
        return np.full((2, 2), 1 - EDGE_BONUS, dtype=np.float32)

    without = group_stories([one, other], similarity=nearly)
    with_edge = group_stories([one, other], [Edge(a=other.id, b=one.id)], similarity=nearly)

    assert (len(without), len(with_edge)) == (2, 1)


def test_a_pair_named_in_both_directions_counts_once() -> None:
    """Two edges of one pair aren't two reasons."""
    one, other = make_article("a", title=SENATE), make_article("b", title=FERRY)
    edges = [Edge(a=one.id, b=other.id), Edge(a=other.id, b=one.id)] * 5

    assert len(group_stories([one, other], edges)) == 2


def test_a_heavier_edge_than_the_heaviest_ties_nothing_alone() -> None:
    """A weight is at most one."""
    one, other = make_article("a", title=SENATE), make_article("b", title=FERRY)

    assert len(group_stories([one, other], [Edge(a=one.id, b=other.id, weight=99.0)])) == 2


def test_an_edge_to_an_article_that_is_not_there_does_not_matter() -> None:
    """Nor one from an article to itself."""
    one, other, gone = make_article("a", title=SENATE), make_article("b", title=SENATE_TOO), make_article("gone")
    itself = [Edge(a=each.id, b=each.id) for each in (one, other)]

    assert len(stems([one, other], Edge(a=one.id, b=gone.id), *itself)) == 1


def test_the_same_identifying_title_ties() -> None:
    """Whatever case and marks it is written in, and however different the excerpts are."""
    excerpts = (FERRY, "Nobody expected a decision on Monday.")
    pair = [
        make_article(str(n), title=title, excerpt=excerpt, provider=outlet(n))
        for n, (title, excerpt) in enumerate(zip((SENATE, f"{SENATE.upper()}!"), excerpts, strict=True))
    ]

    assert [set(story) for story in stems(pair)] == [{"0", "1"}]


def test_the_same_weak_title_does_not_tie() -> None:
    """Three papers' roundups are three stories."""
    assert len(stems([make_article(str(n), title="Weekly roundup", provider=outlet(n)) for n in range(3)])) == 3


def test_titles_without_a_word_do_not_tie() -> None:
    """Two empty titles say nothing about each other."""
    assert len(stems([make_article("a", title="…"), make_article("b", title="?!")])) == 2


def test_a_link_in_common_ties_whatever_the_titles_say() -> None:
    """Also where it is one's main link and another's alias."""
    link = "https://example.com/a"

    assert stems([make_article("a", title=SENATE, url=link), make_article("b", title=FERRY, aliases=(link,))]) in (
        [["a", "b"]],
        [["b", "a"]],
    )


def test_a_storys_articles_stand_in_the_order_of_their_reports() -> None:
    """The first to report comes first."""
    late = make_article("late", title=SENATE, published_at=SOME_DAY + timedelta(hours=2))
    early = make_article("early", title=SENATE, published_at=SOME_DAY)

    assert stems([late, early]) == [["early", "late"]]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"quality": 90}, {"quality": 80, "published_at": SOME_DAY + timedelta(hours=1)}),
        ({"published_at": SOME_DAY + timedelta(hours=1)}, {}),
    ],
)
def test_a_storys_lead_is_its_best(one: dict[str, object], other: dict[str, object]) -> None:
    """By score, and the newest of equal ones."""
    lead = make_article("lead", **one)  # type: ignore[arg-type] # as make_article

    assert story_of([make_article("other", **other), lead]).lead == lead  # type: ignore[arg-type] # as make_article


def test_a_storys_providers_stand_in_the_order_of_their_first_report() -> None:
    """Each once."""
    reports = [
        make_article("a", provider=WBUR, published_at=SOME_DAY),
        make_article("b", provider=HERALD, published_at=SOME_DAY + timedelta(hours=1)),
        make_article("c", provider=WBUR, published_at=SOME_DAY + timedelta(hours=2)),
    ]

    assert story_of(reports).providers == ("wbur.org", "bostonherald.com")


def test_no_articles_are_no_stories() -> None:
    """An empty archive isn't an error."""
    assert group_stories([]) == ()


def test_more_articles_than_fit_at_once_are_parted_at_the_widest_gap() -> None:
    """Where fewest stories are parted by it."""
    morning = [make_article(f"a{n}", title="", published_at=SOME_DAY) for n in range(MOST_AT_ONCE - 1000)]
    evening = [make_article(f"b{n}", title="", published_at=SOME_DAY + timedelta(hours=9)) for n in range(2000)]

    portions = list(_portions([*morning, *evening], MOST_AT_ONCE))

    assert [len(portion) for portion in portions] == [MOST_AT_ONCE - 1000, 2000]


def ferry_and_senate(count: int) -> list[Article]:
    """Reports of two events in turns, one an hour."""
    return [
        make_article(
            f"r{n}", title=(SENATE, FERRY)[n % 2], excerpt="", provider=outlet(n), published_at=SOME_DAY + n * HOUR
        )
        for n in range(count)
    ]


@pytest.mark.parametrize("most", [4, 6, 10, 20])
def test_a_story_that_a_cut_divides_is_one_story(most: int) -> None:
    """However often it is cut."""
    stories = group_stories(ferry_and_senate(20), most=most)

    assert [len(story.articles) for story in stories] == [10, 10]


def test_two_sides_of_a_cut_that_are_far_apart_are_not_sewn() -> None:
    """Five days are the reach of a story."""
    late = [
        replace(each, id=ArticleId(f"{each.id}-late"), published_at=each.published_at + timedelta(days=6))
        for each in ferry_and_senate(4)
    ]

    assert len(group_stories([*ferry_and_senate(4), *late], most=4)) == 4


def test_sewn_stories_span_no_more_than_others() -> None:
    """Reports of one event that go on for a week are not one story because they were cut."""
    reports = [
        make_article(f"r{n}", title=FERRY, excerpt="", provider=outlet(n), published_at=SOME_DAY + n * 12 * HOUR)
        for n in range(20)
    ]

    for story in group_stories(reports, most=6):
        assert story.articles[-1].published_at - story.articles[0].published_at <= timedelta(days=STORY_SPAN_DAYS)


WORDS = st.lists(st.sampled_from(SENATE.split() + FERRY.split()), min_size=0, max_size=6).map(" ".join)
ARTICLES = st.lists(st.tuples(WORDS, st.integers(0, 12 * 24)), max_size=12).map(
    lambda said: [
        make_article(str(n), title=title, provider=outlet(n), published_at=SOME_DAY + timedelta(hours=hours))
        for n, (title, hours) in enumerate(said)
    ]
)


@given(ARTICLES, st.randoms(use_true_random=False))
def test_the_same_articles_in_any_order_give_the_same_stories(articles: list[Article], shuffled: random.Random) -> None:
    """To the last byte, edges included."""
    edges = [Edge(a=one.id, b=other.id) for one, other in pairwise(articles)]
    expected = repr(group_stories(articles, edges))
    shuffled.shuffle(articles)
    shuffled.shuffle(edges)

    assert repr(group_stories(articles, edges)) == expected


@given(ARTICLES)
def test_every_article_is_in_exactly_one_story_of_at_most_five_days(articles: list[Article]) -> None:
    """Nothing is lost, doubled or stretched."""
    stories = group_stories(articles)

    assert sorted(article.id for story in stories for article in story.articles) == sorted(a.id for a in articles)
    assert all(story.articles[-1].published_at - story.articles[0].published_at <= SPAN for story in stories)


@given(ARTICLES)
def test_articles_without_a_word_in_common_are_never_one_story_by_edges_alone(articles: list[Article]) -> None:
    """However many edges there are."""
    apart = [
        make_article(f"lone{n}", title=f"x{n}", published_at=article.published_at) for n, article in enumerate(articles)
    ]
    edges = [Edge(a=one.id, b=other.id) for one in apart for other in apart]

    assert len(group_stories(apart, edges)) == len(apart)


def test_stubs_and_seeds_are_grouped_alike() -> None:
    """Coverage is coverage."""
    (story,) = group_stories([make_article("a", title=SENATE), make_stub("s", title=SENATE_TOO)])

    assert story.providers in (("bostonherald.com", "wbur.org"), ("wbur.org", "bostonherald.com"))


@given(ARTICLES, st.integers(2, 12))
def test_any_cut_leaves_every_article_in_exactly_one_story(articles: list[Article], most: int) -> None:
    """In order of their first reports."""
    stories = group_stories(articles, most=most)

    assert sorted(each.id for story in stories for each in story.articles) == sorted(each.id for each in articles)
    firsts = [(story.articles[0].published_at, story.articles[0].id) for story in stories]
    assert firsts == sorted(firsts)
