"""The default rule: no page and no text is told twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.news.article import ArticleId
from bot.news.edition import Candidate, Pick, ToldStory, told_story
from bot.news.stories.story import story_of
from tests.news.senate import senate
from tests.support.candidates import (
    choose,
    detail_of,
    make_candidate,
    picked,
)


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
