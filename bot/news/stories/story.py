"""A story: the articles tied by coverage, and how articles are grouped into stories.

The rule of docs/stories.md, Stories: average link by similarity of text, members at most five days apart; an explicit
edge adds to the similarity and never ties alone, for explicit related items are often only on the same topic.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.news.article import Article, ArticleId
from bot.news.stories.seams import Group, near_cut, sew
from bot.news.stories.similarity import TextSimilarity
from bot.text.likeness.comparison import SPAN_HOURS, Likeness
from bot.text.likeness.linkage import Pair, average_link

STORY_SPAN_DAYS: Final = SPAN_HOURS // 24

EDGE_BONUS: Final = 0.3
"""What an explicit edge of full weight adds to a similarity, where 1.0 ties: never enough alone."""

MOST_AT_ONCE: Final = 5_500
"""Articles compared at once, in 300 MB, or 400 MB where none has an excerpt; more are cut at the widest gap in
time, and sewn together there."""

PairSimilarity = Callable[[Sequence[Article]], Likeness]
"""The likeness of each two of some articles, by their places: 1.0 is just enough for one story, `inf` ties outright."""

_SPAN: Final = timedelta(days=STORY_SPAN_DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """What a seed's `related:` list says: B reports what A reports. Direction does not matter for grouping."""

    a: ArticleId
    b: ArticleId
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Articles on one event.

    Attributes:
        lead: The best of them: highest score, then newest, then id.
        articles: All of them, the lead included, by `published_at`, then id: the first to report is first.
    """

    lead: Article
    articles: tuple[Article, ...]

    @property
    def providers(self) -> tuple[str, ...]:
        """The domains that report it, in order of their first report."""
        return tuple(dict.fromkeys(article.provider.domain for article in self.articles))


def best_first(article: Article) -> tuple[int, float, ArticleId]:
    """The sort key of docs/editorial.md, The default rule: score, then newest, then id."""
    return (-article.score, -article.published_at.timestamp(), article.id)


def story_of(articles: Iterable[Article]) -> Story:
    """Make a story of articles (at least one)."""
    members = tuple(sorted(articles, key=_first_first))
    return Story(lead=min(members, key=best_first), articles=members)


def group_stories(
    articles: Sequence[Article],
    edges: Sequence[Edge] = (),
    *,
    similarity: PairSimilarity | None = None,
    most: int = MOST_AT_ONCE,
) -> tuple[Story, ...]:
    """Group articles into stories; the same articles in any order give the same stories.

    Args:
        articles: No two of the same id.
        edges: Those with an end outside `articles` don't matter.
        similarity: None compares texts, with the frequencies of `articles` themselves.
        most: Articles compared at once.

    Returns:
        Every article in exactly one story, by the story's first report. Articles of infinite likeness are in one story
        wherever `STORY_SPAN_DAYS` allows it.
    """
    similarity = similarity or TextSimilarity()
    first, *others = _portions(sorted(articles, key=_first_first), most)
    groups, before = _group(first, edges, similarity), first
    for portion in others:
        near = near_cut(before, portion, most=most, reach=_SPAN)
        seam = _group(near, edges, similarity)
        groups = sew(groups, _group(portion, edges, similarity), seam, reach=_SPAN)
        before = portion
    return tuple(map(story_of, groups))


def _group(ordered: Sequence[Article], edges: Sequence[Edge], similarity: PairSimilarity) -> list[Group]:
    if not ordered:
        return []
    moments = [(article.published_at - ordered[0].published_at).total_seconds() for article in ordered]
    likeness = similarity(ordered)
    for (a, b), bonus in _bonuses(ordered, edges):
        likeness[a, b] += bonus
        likeness[b, a] += bonus
    groups = average_link(moments, likeness, ties=_ties(ordered, likeness), span_s=_SPAN.total_seconds(), cut=1.0)
    return [[ordered[place] for place in group] for group in groups]


def _portions(ordered: Sequence[Article], most: int) -> Iterator[Sequence[Article]]:
    """Split articles into the fewest portions that fit in memory; none but the last is under half of what fits."""
    while len(ordered) > most:
        cuts = range(most // 2, most + 1)
        gaps = ((ordered[n].published_at - ordered[n - 1].published_at, n) for n in cuts)
        _, cut = max(gaps)
        yield ordered[:cut]
        ordered = ordered[cut:]
    yield ordered


def _first_first(article: Article) -> tuple[float, ArticleId]:
    return (article.published_at.timestamp(), article.id)


def _bonuses(ordered: Sequence[Article], edges: Sequence[Edge]) -> Iterator[tuple[Pair, float]]:
    """What edges add, once a pair: the pair's heaviest edge counts, in whichever direction."""
    places = {article.id: place for place, article in enumerate(ordered)}
    heaviest: dict[Pair, float] = {}
    for edge in edges:
        if edge.a in places and edge.b in places and edge.a != edge.b:
            a, b = sorted((places[edge.a], places[edge.b]))
            heaviest[a, b] = max(heaviest.get((a, b), 0.0), min(1.0, max(0.0, edge.weight)))
    return ((pair, EDGE_BONUS * heaviest[pair]) for pair in sorted(heaviest))


def _ties(ordered: Sequence[Article], likeness: Likeness) -> list[Pair]:
    """The pairs of infinite likeness, the nearest in time first."""
    rows, columns = (likeness == math.inf).nonzero()
    ties = ((a, b) for a, b in zip(rows.tolist(), columns.tolist(), strict=True) if a < b)
    return sorted(ties, key=lambda pair: (ordered[pair[1]].published_at - ordered[pair[0]].published_at, pair))
