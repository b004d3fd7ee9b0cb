"""Candidates with a past, and choosing among them: what the tests of the rules share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypedDict, Unpack

from bot.news.article import Article, Provider
from bot.news.choosing.digest import choose_edition
from bot.news.edition import Candidate, Change, Choice, Reason, ToldStory, Window
from bot.news.stories.similarity import Frequencies
from bot.news.stories.story import Edge
from bot.news.stories.story_ids import KnownStory
from tests.support.makers import ArticleFields, ScheduleFields, make_article, make_schedule

LAST = datetime(2021, 5, 3, 9, tzinfo=UTC)
"""The cutoff before: a Monday."""

NOW = datetime(2021, 5, 10, 9, tzinfo=UTC)
"""This cutoff; `SOME_DAY` of the makers lies between the two."""

MIDWEEK = datetime(2021, 5, 6, 12, tzinfo=UTC)

WEEK = timedelta(days=7)


def outlet(number: int) -> Provider:
    """One of many providers."""
    return Provider(domain=f"outlet{number}.com", name=f"Outlet {number}")


def lone_words(stem: str) -> str:
    """A title that has no word in common with another stem's."""
    return f"{stem}one {stem}two {stem}three"


def make_candidate(
    stem: str = "a", *, seen_at: datetime | None = None, changes: Sequence[Change] = (), **fields: Unpack[ArticleFields]
) -> Candidate:
    """A candidate of a story of its own, from a provider of its own.

    Args:
        stem: The seed's name.
        seen_at: When its seed came; None for when it was published.
        changes: Its whole past; none for what `fields` say, since `seen_at`.
        fields: See `make_article`.
    """
    base: ArticleFields = {
        "title": lone_words(stem),
        "published_at": MIDWEEK,
        "provider": Provider(domain=f"{stem}.com", name=stem),
    }
    article = make_article(stem, **(base | fields))
    past = tuple(changes) or (change_to(article, seen_at or article.published_at),)
    return Candidate(article=article, changes=past)


class ChangeFields(TypedDict, total=False):
    """What a seed can change."""

    quality: int | None
    heat: int | None
    listed: bool | None
    published_at: datetime


def change_to(article: Article, seen_at: datetime, **fields: Unpack[ChangeFields]) -> Change:
    """What an article's seed said from a moment on, but for `fields`."""
    said: ChangeFields = {
        "quality": article.quality,
        "heat": article.heat,
        "listed": article.listed,
        "published_at": article.published_at,
    }
    return Change(seen_at=seen_at, **(said | fields))


def with_past(candidate: Candidate, *past: tuple[datetime, ChangeFields]) -> Candidate:
    """The candidate with another past: at each moment its seed said this."""
    changes = tuple(change_to(candidate.article, seen_at, **fields) for seen_at, fields in past)
    return replace(candidate, changes=changes)


def choose(
    *candidates: Candidate,
    coverage: Sequence[Article] = (),
    edges: Sequence[Edge] = (),
    told: Sequence[ToldStory] = (),
    named: Sequence[KnownStory] = (),
    start: datetime | None = LAST,
    end: datetime = NOW,
    frequencies: Frequencies | None = None,
    **fields: Unpack[ScheduleFields],
) -> Choice:
    """Choose for a weekly schedule with these fields."""
    window = Window(start=start, end=end)
    schedule = make_schedule(**fields)
    return choose_edition(
        candidates, coverage, edges, schedule, window=window, told=told, named=named, frequencies=frequencies
    )


def picked(choice: Choice) -> list[str]:
    """The picks' stems, in order."""
    return [pick.article.stem for pick in choice.picks]


def reason_of(choice: Choice, candidate: Candidate) -> Reason:
    """The one reason of a candidate."""
    (reason,) = [each.reason for each in choice.verdicts if each.article_id == candidate.article.id]
    return reason


def detail_of(choice: Choice, candidate: Candidate) -> str:
    """What its verdict says in words."""
    (detail,) = [each.detail for each in choice.verdicts if each.article_id == candidate.article.id]
    return detail
