"""Regroup part of an archive: the stories that change when the articles of a span of time are compared again.

Everything near the span is compared too, but only stories with an article in the span change: articles at its edge were
grouped better when they were in the middle of one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.news.article import Article, ArticleId
from bot.news.stories.story import Edge, PairSimilarity, group_stories
from bot.news.stories.story_ids import KnownStory, StoryId, name_stories


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A span of time in which somebody asked for articles: at least one, by `published_at`.

    Attributes:
        rank: The place of the most important of them among all that were asked for, from 0 on.
    """

    rank: int
    articles: tuple[Article, ...]

    @property
    def start(self) -> datetime:
        """The publication date of the oldest article."""
        return self.articles[0].published_at

    @property
    def end(self) -> datetime:
        """The publication date of the newest article."""
        return self.articles[-1].published_at

    @property
    def ids(self) -> frozenset[ArticleId]:
        """The ids of its articles."""
        return frozenset(article.id for article in self.articles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Regrouped:
    """What grouping gave.

    Attributes:
        stories: Those that may have changed, under their ids.
        settled: The articles of the span: they were compared with all that is near them.
        merged: Ids that became another's alias, with that other.
    """

    stories: tuple[KnownStory, ...]
    settled: frozenset[ArticleId]
    merged: Mapping[StoryId, StoryId]


def spans_around(articles: Sequence[Article], reach: timedelta) -> list[Span]:
    """The spans in which articles lie, parted where nothing near the one is near the other.

    Args:
        articles: The most important first.
        reach: How far what is near an article may be from it.

    Returns:
        The span of the most important article first.
    """
    ranks = {article.id: rank for rank, article in reversed(list(enumerate(articles)))}
    spans: list[list[Article]] = []
    for article in _by_time(articles):
        if not spans or article.published_at - spans[-1][-1].published_at > 2 * reach:
            spans.append([])
        spans[-1].append(article)
    return sorted((_span(span, ranks) for span in spans), key=lambda span: span.rank)


def halves_of(span: Span, articles: Sequence[Article]) -> list[Span]:
    """A span of several articles, parted at the widest gap between two of them; the more important half first.

    Args:
        span: Of at least two articles.
        articles: All that were asked for, the most important first.
    """
    ranks = {article.id: rank for rank, article in reversed(list(enumerate(articles)))}
    inside = span.articles
    _, cut = max((inside[n].published_at - inside[n - 1].published_at, n) for n in range(1, len(inside)))
    return sorted((_span(part, ranks) for part in (inside[:cut], inside[cut:])), key=lambda part: part.rank)


def regroup(
    articles: Sequence[Article],
    known: Sequence[KnownStory],
    edges: Sequence[Edge],
    *,
    span: Span,
    fresh: Collection[ArticleId] = (),
    similarity: PairSimilarity | None = None,
) -> Regrouped:
    """Regroup the articles that were published in a span.

    Args:
        articles: All that is near the span, and all that is in a story with any of it.
        known: Their stories as they are named now, oldest first.
        edges: Explicit ones among `articles`.
        span: What is asked about.
        fresh: Those of `articles` that belong to no story yet, or only until now.
        similarity: See `group_stories`.
    """
    stories = group_stories(articles, edges, similarity=similarity)
    asked = frozenset(article.id for article in articles if span.start <= article.published_at <= span.end)
    groups = [tuple(article.id for article in story.articles) for story in stories]
    named = name_stories(_concerned(groups, known, asked.union(fresh)), known)
    were_ids = {story.id for story in known}
    merged = {alias: story.id for story in named for alias in story.aliases if alias in were_ids}
    return Regrouped(stories=named, settled=asked, merged=merged)


def _concerned(
    groups: Sequence[tuple[ArticleId, ...]], known: Sequence[KnownStory], articles: Collection[ArticleId]
) -> list[tuple[ArticleId, ...]]:
    """The groups that hold some of `articles`, and those that share an old story with a group that does, and so on."""
    home = {article: number for number, story in enumerate(known) for article in story.articles}
    sharing: dict[int, list[int]] = defaultdict(list)
    for number, group in enumerate(groups):
        for old in {home[article] for article in group if article in home}:
            sharing[old].append(number)
    wanted = set(articles)
    waiting = [number for number, group in enumerate(groups) if not wanted.isdisjoint(group)]
    concerned = set(waiting)
    while waiting:
        olds = {home[article] for article in groups[waiting.pop()] if article in home}
        found = {number for old in olds for number in sharing.pop(old, ())} - concerned
        concerned |= found
        waiting += found
    return [groups[number] for number in sorted(concerned)]


def _by_time(articles: Iterable[Article]) -> list[Article]:
    return sorted(articles, key=lambda article: (article.published_at, article.id))


def _span(articles: Sequence[Article], ranks: Mapping[ArticleId, int]) -> Span:
    return Span(rank=min(ranks[article.id] for article in articles), articles=tuple(articles))
