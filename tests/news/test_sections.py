"""Sections: the schedule's topics in their order, each story once."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.news.choosing.sections import by_section, section_of
from bot.news.edition import Pick
from tests.support.makers import make_article, make_pick, make_schedule

SECTIONED = make_schedule(topics=("law", "ai"), sections=True)


def pick_of(stem: str, *topics: str, is_brief: bool = False) -> Pick:
    """A story with topics."""
    return replace(make_pick(make_article(stem, topics=topics)), is_brief=is_brief)


def stems(picks: tuple[Pick, ...]) -> list[str]:
    """The picks in order."""
    return [pick.article.stem for pick in picks]


def test_stories_come_in_the_order_of_the_schedules_topics() -> None:
    """A story of several is in the first; the order within one is kept, and what has none comes last."""
    picks = [
        pick_of("a", "AI"),
        pick_of("b", "Sport"),
        pick_of("c", "AI", "Law"),
        pick_of("d", "LAW"),
        pick_of("e", "ai"),
    ]

    assert stems(by_section(picks, SECTIONED)) == ["c", "d", "a", "e", "b"]


def test_stories_of_one_line_stay_behind_the_others() -> None:
    """Whatever their topics are."""
    picks = [pick_of("a", "AI"), pick_of("b", "Law", is_brief=True), pick_of("c", "Law")]

    assert stems(by_section(picks, SECTIONED)) == ["c", "a", "b"]


def test_nothing_moves_without_sections_or_topics() -> None:
    """The best story comes first."""
    picks = [pick_of("a", "AI"), pick_of("b", "Law")]

    assert stems(by_section(picks, make_schedule(topics=("law", "ai")))) == ["a", "b"]
    assert stems(by_section(picks, make_schedule(sections=True))) == ["a", "b"]
    assert section_of(picks[0].article, make_schedule(sections=True)) == ""


def test_a_section_has_its_topics_name_as_the_article_spells_it() -> None:
    """Topics are stored folded."""
    assert section_of(make_article(topics=("Facial", "AI", "ai")), SECTIONED) == "AI"
    assert section_of(make_article(topics=("Sport",)), SECTIONED) == "More"


@given(st.lists(st.sampled_from([("AI",), ("Law",), ("Law", "AI"), ("Sport",), ()])))
def test_sorting_by_section_loses_and_repeats_nothing_and_is_done_once(topics: list[tuple[str, ...]]) -> None:
    """Drawing sorts what planning sorted."""
    picks = [pick_of(f"a{number}", *each) for number, each in enumerate(topics)]
    ordered = by_section(picks, SECTIONED)

    assert sorted(stems(ordered)) == sorted(stems(tuple(picks)))
    assert by_section(ordered, SECTIONED) == ordered
