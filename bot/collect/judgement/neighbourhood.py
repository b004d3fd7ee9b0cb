"""Find which of many articles may be of one story, so that stories are grouped among a few dozen instead of thousands.

Grouping compares every two articles, which for the 20,000 of a large collection would take gigabytes. Two articles can
only be of one story if they share distinctive words within five days, or a link, or a title: those are looked up.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.news.article import Article, ArticleId
from bot.news.stories.similarity import Frequencies, article_stems, links_of
from bot.news.stories.story import STORY_SPAN_DAYS, Edge

DISTINCTIVE: Final = 12
"""The heaviest words of an article that are looked up."""

MOST_HOLDERS: Final = 200
"""A word in more articles than this distinguishes no event."""

NEAR: Final = 0.08
"""The cosine over those words from which on two articles are looked at together: half of what makes a story."""

LARGEST: Final = 600
"""Articles of one neighbourhood; further ones are left to another."""

_SPAN_S: Final = STORY_SPAN_DAYS * 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    moment_s: float
    weights: Mapping[str, float]


class Neighbourhoods:
    """The articles of a period, indexed by what could tie them."""

    def __init__(self, articles: Sequence[Article], frequencies: Frequencies, edges: Sequence[Edge] = ()) -> None:
        """Index articles.

        Args:
            articles: No two of one id.
            frequencies: How common their words are.
            edges: Which of them name each other.
        """
        self._articles = articles
        self._places = {article.id: place for place, article in enumerate(articles)}
        self._looks = [_look(article, frequencies) for article in articles]
        self._holders: defaultdict[str, list[int]] = defaultdict(list)
        self._ties: defaultdict[str, list[int]] = defaultdict(list)
        for place, (article, look) in enumerate(zip(articles, self._looks, strict=True)):
            for stem in look.weights:
                self._holders[stem].append(place)
            for key in (*links_of(article), f"title {article.title.lower()}"):
                self._ties[key].append(place)
        self._edges: defaultdict[int, list[int]] = defaultdict(list)
        for edge in edges:
            one, other = self._places.get(edge.a), self._places.get(edge.b)
            if one is not None and other is not None:
                self._edges[one].append(other)
                self._edges[other].append(one)

    def around(self, wanted: Sequence[ArticleId]) -> Iterator[list[Article]]:
        """Yield the neighbourhoods of some articles; no article is in two of them."""
        seen: set[int] = set()
        for each in wanted:
            start = self._places.get(each)
            if start is not None and start not in seen:
                yield [self._articles[place] for place in self._reach(start, seen)]

    def _reach(self, start: int, seen: set[int]) -> list[int]:
        seen.add(start)
        reached = [start]
        near = (other for place in reached for other in self._near(place))  # `reached` grows meanwhile
        for other in near:
            if len(reached) >= LARGEST:
                break
            if other not in seen:
                seen.add(other)
                reached.append(other)
        return sorted(reached)

    def _near(self, place: int) -> Iterator[int]:
        own = self._looks[place]
        likeness: defaultdict[int, float] = defaultdict(float)
        for stem, weight in own.weights.items():
            holders = self._holders[stem]
            if 1 < len(holders) <= MOST_HOLDERS:
                for other in holders:
                    likeness[other] += weight * self._looks[other].weights[stem]
        yield from (other for other, much in likeness.items() if much >= NEAR and self._is_in_time(place, other))
        article = self._articles[place]
        for key in (*links_of(article), f"title {article.title.lower()}"):
            yield from (other for other in self._ties[key] if self._is_in_time(place, other))
        yield from self._edges[place]

    def _is_in_time(self, place: int, other: int) -> bool:
        return abs(self._looks[place].moment_s - self._looks[other].moment_s) <= _SPAN_S


def _look(article: Article, frequencies: Frequencies) -> _Look:
    counts = article_stems(article)
    worth = {stem: math.log1p(count) * frequencies.weight(stem) for stem, count in counts.items()}
    norm = math.sqrt(sum(weight * weight for weight in worth.values())) or 1.0
    heaviest = sorted(worth, key=lambda stem: (-worth[stem], stem))[:DISTINCTIVE]
    return _Look(
        moment_s=article.published_at.timestamp(),
        weights={stem: worth[stem] / norm for stem in heaviest if worth[stem] > 0},
    )
