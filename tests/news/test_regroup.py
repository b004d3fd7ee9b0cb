"""Regrouping part of an archive."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bot.news.article import INSTANCE_SHELF, Article, ArticleId, article_id
from bot.news.stories.regroup import Regrouped, Span, halves_of, regroup, spans_around
from bot.news.stories.story_ids import KnownStory, StoryId
from bot.text.likeness.comparison import Likeness
from tests.support.makers import SOME_DAY, make_article

REACH = timedelta(days=5)


def on_day(day: float, stem: str) -> Article:
    """An article of a day; what has the same first letter is alike."""
    return make_article(stem, title=stem, published_at=SOME_DAY + timedelta(days=day))


def by_first_letter(articles: Sequence[Article]) -> Likeness:
    """Alike enough are those whose names begin alike."""
    letters = [article.stem[0] for article in articles]
    return np.array([[1.5 if a == b else 0.0 for b in letters] for a in letters], dtype=np.float32)


def ids(*stems: str) -> frozenset[ArticleId]:
    """The ids of some articles."""
    return frozenset(article_id(INSTANCE_SHELF, stem) for stem in stems)


def known(name: str, *stems: str) -> KnownStory:
    """A story named after an article."""
    return KnownStory(id=StoryId(article_id(INSTANCE_SHELF, name)), articles=ids(*stems))


def group(
    *articles: Article, asked: Sequence[Article], before: Sequence[KnownStory] = (), fresh: frozenset[ArticleId] = ids()
) -> Regrouped:
    """Group what is around some articles."""
    (span,) = spans_around(asked, REACH)
    return regroup(articles, before, (), span=span, fresh=fresh, similarity=by_first_letter)


def members(done: Regrouped) -> list[frozenset[ArticleId]]:
    """What the stories hold."""
    return [story.articles for story in done.stories]


def test_articles_near_each_other_are_asked_about_at_once() -> None:
    """What is near the one is near the other; the most important article's span comes first."""
    a, b, c = on_day(0, "a"), on_day(10, "b"), on_day(21, "c")

    spans = spans_around([c, b, a], REACH)

    assert [span.articles for span in spans] == [(c,), (a, b)]
    assert (spans[1].rank, spans[1].start, spans[1].end) == (1, a.published_at, b.published_at)


def test_a_span_is_halved_at_its_widest_gap() -> None:
    """The half with the more important article comes first."""
    a, b, c = on_day(0, "a"), on_day(1, "b"), on_day(5, "c")
    (span,) = spans_around([c, a, b], REACH)

    assert [half.articles for half in halves_of(span, [c, a, b])] == [(c,), (a, b)]


@given(st.lists(st.integers(0, 60), min_size=1, max_size=12), st.randoms())
def test_every_article_is_in_one_span_however_it_is_halved(days: list[int], chance: random.Random) -> None:
    """None is lost and none comes twice; halving ends."""
    articles = [on_day(day, f"{number}") for number, day in enumerate(days)]
    chance.shuffle(articles)
    spans = spans_around(articles, REACH)
    singles: list[Span] = []
    while spans:
        span = spans.pop()
        if len(span.articles) > 1:
            spans += halves_of(span, articles)
        else:
            singles.append(span)

    assert sorted(span.articles[0].id for span in singles) == sorted(article.id for article in articles)
    assert sorted(span.rank for span in singles) == list(range(len(articles)))


def test_what_is_asked_about_is_grouped_with_all_that_is_near_it() -> None:
    """And counts as settled; what is only near it doesn't."""
    early, asked, late = on_day(-4, "a1"), on_day(0, "a2"), on_day(1, "b1")

    done = group(early, asked, late, asked=[asked])

    assert members(done) == [ids("a1", "a2")]
    assert done.settled == ids("a2")


def test_a_story_at_the_edge_is_left_as_it_was() -> None:
    """It was grouped better when it was in the middle."""
    edge, other, asked = on_day(-4, "b1"), on_day(-3, "c1"), on_day(0, "a1")

    done = group(edge, other, asked, asked=[asked], before=[known("b1", "b1", "c1")])

    assert members(done) == [ids("a1")]


def test_what_belongs_to_no_story_yet_is_grouped_wherever_it_lies() -> None:
    """It would be fresh again the next time."""
    edge, asked = on_day(-4, "b1"), on_day(0, "a1")

    done = group(edge, asked, asked=[asked], fresh=ids("b1"))

    assert members(done) == [ids("b1"), ids("a1")]


def test_what_leaves_a_story_takes_its_rest_along() -> None:
    """The rest of an old story from which somebody was taken is renamed as well, and it keeps the id."""
    rest, other, asked = on_day(-4, "b1"), on_day(-3, "b2"), on_day(0, "a1")
    before = [known("b1", "b1", "b2", "a1")]

    done = group(rest, other, asked, asked=[asked], before=before)

    assert [(story.id, story.articles) for story in done.stories] == [
        (before[0].id, ids("b1", "b2")),
        (StoryId(article_id(INSTANCE_SHELF, "a1")), ids("a1")),
    ]


def test_all_that_hangs_together_through_old_stories_is_named_anew() -> None:
    """The asked one left a story, whose rest is with somebody who left another: each id stays with one of them."""
    asked, first, second, third = on_day(0, "a1"), on_day(-3, "b1"), on_day(-2, "b2"), on_day(-1, "c1")
    before = [known("a1", "a1", "b1"), known("b2", "b2", "c1")]

    done = group(first, second, third, asked, asked=[asked], before=before)

    assert members(done) == [ids("b1", "b2"), ids("c1"), ids("a1")]


def test_stories_that_became_one_are_told() -> None:
    """Which id went into which."""
    a, b = on_day(0, "a1"), on_day(1, "a2")

    done = group(a, b, asked=[a], before=[known("a1", "a1"), known("a2", "a2")])

    assert done.merged == {known("a2", "a2").id: known("a1", "a1").id}
    assert done.stories[0].aliases == (known("a2", "a2").id,)


def test_an_alias_from_before_is_no_news() -> None:
    """It was told when it came to be."""
    story = KnownStory(id=StoryId("x"), articles=ids("a1"), aliases=(StoryId("y"),))

    assert group(on_day(0, "a1"), asked=[on_day(0, "a1")], before=[story]).merged == {}
