"""Headlines of many languages as stories: strangers of one template or place stay apart, reports of one event don't.

`headlines.tsv` has pairs in 28 languages and 12 scripts. A `template` pair says the same of two things, a `place` pair
shares only where or who, a `same` pair reports one event in two ways. Each pair is grouped in an archive of other
headlines, without excerpts, counts from elsewhere or dates, as a young community's archive is.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Final

import pytest

from bot.news.article import Article
from bot.news.stories.story import group_stories
from tests.support.candidates import outlet
from tests.support.makers import make_article

FILE: Final = Path(__file__).with_name("headlines.tsv")
ARCHIVES: Final = (2, 5, 50, 200)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two headlines of two outlets."""

    drawn: str
    language: str
    kind: str
    titles: tuple[str, str]


def read_pairs() -> list[Pair]:
    """All pairs of the file."""
    rows = (line.split("\t") for line in FILE.read_text("utf-8").splitlines() if not line.startswith("#"))
    return [Pair(drawn=drawn, language=language, kind=kind, titles=(a, b)) for drawn, language, kind, a, b in rows]


@cache
def joined_in(archive: int) -> dict[tuple[str, str], list[bool]]:
    """For each set and kind whether each pair is one story in an archive of this many headlines."""
    pairs = read_pairs()
    found: dict[tuple[str, str], list[bool]] = {}
    for place, pair in enumerate(pairs):
        others = [each.titles[0] for number, each in enumerate(pairs) if number != place]
        chosen = random.Random(place).sample(others, archive - 2)  # noqa: S311 - no secret
        found.setdefault((pair.drawn, pair.kind), []).append(is_one_story(pair, chosen))
    return found


def is_one_story(pair: Pair, others: list[str]) -> bool:
    """Group a pair among other headlines, each of an outlet of its own."""
    reports = [headline(number, title) for number, title in enumerate((*pair.titles, *others))]
    stories = group_stories(reports)
    return any({"r0", "r1"} <= {article.stem for article in story.articles} for story in stories)


def headline(number: int, title: str) -> Article:
    """An outlet's report without an excerpt."""
    return make_article(f"r{number}", title=title, excerpt="", provider=outlet(number))


def share(archive: int, drawn: str, kind: str) -> float:
    """The share of pairs that are one story."""
    pairs = joined_in(archive)[drawn, kind]
    return sum(pairs) / len(pairs)


@pytest.mark.parametrize("archive", ARCHIVES)
@pytest.mark.parametrize("drawn", ["tuned", "held"])
@pytest.mark.parametrize("kind", ["template", "place"])
def test_headlines_of_two_events_are_seldom_one_story(archive: int, drawn: str, kind: str) -> None:
    """In an archive of any size at most one pair in ten, over all languages."""
    assert share(archive, drawn, kind) <= 0.1


@pytest.mark.parametrize("archive", ARCHIVES)
@pytest.mark.parametrize("drawn", ["tuned", "held"])
def test_headlines_of_one_event_are_mostly_one_story(archive: int, drawn: str) -> None:
    """Also where nobody else reports it and no excerpt says more."""
    assert share(archive, drawn, "same") >= 0.85


def test_the_pairs_are_of_many_languages_and_all_kinds() -> None:
    """Each language has every kind, so that none is judged by strangers alone."""
    by_language = {
        language: {pair.kind for pair in pairs}
        for language, pairs in groupby(
            sorted(read_pairs(), key=lambda pair: pair.language), key=lambda pair: pair.language
        )
    }

    assert len(by_language) >= 28
    assert all(kinds == {"template", "place", "same"} for kinds in by_language.values())
