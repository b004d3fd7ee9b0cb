"""Why reports are one story."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest

from bot.news.article import Article, Provider
from bot.news.stories.evidence import Bond, bonds_of, likeness_to
from bot.news.stories.similarity import Frequencies
from bot.news.stories.story import EDGE_BONUS, Edge, group_stories
from tests.support.makers import SOME_DAY, make_article

RARE = Frequencies(total=1_000, counts={})
FERRY = "Harbour ferry collides with pier in Oslo"
FERRY_TOO = "Oslo: a ferry hits the harbour's pier"
LAMPS = "City replaces street lamps with dimmable ones"


def report(stem: str, title: str, *, hours: int = 0, url: str = "") -> Article:
    """An outlet's report of some hours later."""
    at = SOME_DAY + timedelta(hours=hours)
    provider = Provider(domain=f"{stem}.example", name=stem)
    return make_article(stem, title=title, published_at=at, provider=provider, url=url or f"https://{stem}.example/")


ASKED = report("asked", FERRY)


def bond(other: Article, *edges: Edge) -> Bond:
    """What ties a report to the one that was asked about."""
    (found,) = bonds_of(ASKED, [ASKED, other], edges=edges, frequencies=RARE)
    return found


def test_a_bond_names_the_words_in_common_as_the_other_report_writes_them() -> None:
    """The heaviest of them, three at most."""
    found = bond(report("b", FERRY_TOO, hours=2))

    assert len(found.words) == 3
    assert set(found.words) <= {"Oslo", "ferry", "harbour", "pier"}
    assert found.why == f"same story: shares {', '.join(found.words)}"


def test_likeness_is_a_multiple_of_what_one_story_needs() -> None:
    """As grouping sees it: what is over 1 is grouped, what has nothing in common is at 0."""
    alike, unlike = report("b", FERRY_TOO, hours=2), report("c", LAMPS, hours=3)

    assert bond(alike).likeness > 1 > bond(unlike).likeness == 0
    assert [len(story.articles) for story in group_stories([ASKED, alike, unlike])] == [2, 1]


def test_an_edge_adds_to_the_strength_and_not_to_the_likeness() -> None:
    """In whichever direction a seed names the other."""
    other = report("b", FERRY_TOO, hours=2)

    tied = bond(other, Edge(a=other.id, b=ASKED.id, weight=0.5))

    assert (tied.edge, tied.likeness) == (0.5, bond(other).likeness)
    assert tied.strength == pytest.approx(tied.likeness + EDGE_BONUS / 2)


def test_the_same_link_says_it_all() -> None:
    """Whatever the titles say."""
    found = bond(report("b", LAMPS, url=ASKED.url))

    assert (found.has_same_link, found.why) == (True, "same story: the same link")


def test_the_same_title_says_it_all() -> None:
    """In whatever letters."""
    found = bond(report("b", FERRY.upper()))

    assert (found.has_same_title, found.why) == (True, "same story: the same title")


def test_an_equal_title_of_a_column_is_not_a_reason() -> None:
    """Nor are its words: none of them distinguishes an event."""
    (found,) = bonds_of(report("a", "Weekly report"), [report("b", "Weekly report")], frequencies=RARE)

    assert (found.has_same_title, found.words, found.why) == (False, (), "same story: by what others report")


def test_words_that_many_articles_use_are_not_a_reason() -> None:
    """Of what two reports share only the words that distinguish their event are named."""
    (found,) = bonds_of(
        report("a", "Market week ends with Plosser report"),
        [report("b", "Plosser: report of the week")],
        frequencies=RARE,
    )

    assert found.words == ("Plosser",)


def test_titles_without_words_are_not_the_same() -> None:
    """Nothing and nothing is nothing in common."""
    (found,) = bonds_of(report("a", "!"), [report("b", "?")], frequencies=RARE)

    assert (found.has_same_title, found.why) == (False, "same story: by what others report")


def test_each_of_the_others_has_one_bond_in_their_order() -> None:
    """The asked one has none with itself."""
    others = [report(stem, FERRY_TOO, hours=hour) for hour, stem in ((3, "c"), (1, "b"))]

    assert [each.article for each in bonds_of(ASKED, [*others, ASKED], frequencies=RARE)] == others


def test_what_is_near_counts_as_it_does_for_grouping() -> None:
    """Two reports with nothing in common are alike through a third that reports both."""
    other, between = report("b", LAMPS, hours=1), report("c", f"{FERRY}. {LAMPS}", hours=2)

    (found,) = bonds_of(ASKED, [other], frequencies=RARE, near=[between])

    assert found.likeness > 0
    assert found.words == ()


def test_a_newcomer_is_tied_to_a_report_with_its_link() -> None:
    """As grouping ties it, whatever the texts are."""
    other = report("b", LAMPS, hours=1, url=ASKED.url)

    assert likeness_to(ASKED, [other], frequencies=RARE) == {other.id: math.inf}


def test_likeness_to_others_counts_edges_as_grouping_does() -> None:
    """It decides which story a newcomer joins."""
    other = report("b", LAMPS, hours=1)

    assert likeness_to(ASKED, [other], frequencies=RARE) == {other.id: 0.0}
    tied = likeness_to(ASKED, [other, ASKED], edges=[Edge(a=ASKED.id, b=other.id)], frequencies=RARE)
    assert tied == {other.id: pytest.approx(EDGE_BONUS)}
