"""Which articles are compared with which: those that something ties, and never more at once than memory allows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.collect.judgement.neighbourhood import LARGEST, Neighbourhoods
from bot.news.article import INSTANCE_SHELF, Article, ArticleId, Provider
from bot.news.stories.similarity import count_frequencies
from tests.collect.conftest import NOW


def articles(titles: Sequence[str], *, days_apart: float = 0) -> list[Article]:
    """One article for each title."""
    return [
        Article(
            id=ArticleId(f"{number:012}"),
            shelf=INSTANCE_SHELF,
            title=title,
            published_at=NOW + timedelta(days=days_apart * number),
            provider=Provider(domain="a.example", name="A"),
            url=f"https://a.example/{number}",
        )
        for number, title in enumerate(titles)
    ]


def sizes(found: Sequence[Article]) -> list[int]:
    """The sizes of all neighbourhoods."""
    index = Neighbourhoods(found, count_frequencies(found))
    return [len(group) for group in index.around([article.id for article in found])]


def test_articles_of_one_event_are_compared_and_others_are_not() -> None:
    """By their distinctive words."""
    titles = ["Harbour Mill burns in Oakdale", "Oakdale mourns its Harbour Mill", "Choir wins a cup", "Bus strike ends"]

    assert sizes(articles(titles)) == [2, 1, 1]


def test_articles_more_than_five_days_apart_are_not_compared() -> None:
    """No story lasts that long."""
    assert sizes(articles(["Harbour Mill burns in Oakdale"] * 2, days_apart=6)) == [1, 1]


@pytest.mark.parametrize("count", [LARGEST + 1, 3 * LARGEST])
def test_one_title_for_thousands_of_articles_is_compared_in_parts(count: int) -> None:
    """Grouping compares every two of a part: for 5,000 articles of one feed that took 500 MB."""
    found = sizes(articles(["The same title for all"] * count))

    assert max(found) == LARGEST
    assert sum(found) == count
