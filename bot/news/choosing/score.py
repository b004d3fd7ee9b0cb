"""Score a story: its pick's own score, and 10 for each further outlet that this score doesn't hold already.

Content that nobody rated must be told apart too, and what other outlets report is the only sign of weight that it has.
Upstream's heat is about quality + 10 for each related item, so it holds outlets already: counting them again would put
every covered story before every other. The bonus is limited, so that five further outlets outweigh half a rating and no
crowd outweighs everything; of equal scores the story with more outlets comes first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from bot.news.article import BASE_QUALITY, Article
from bot.news.edition import Candidate
from bot.news.stories.story import Story

OUTLET_SCORE: Final = 10
"""What each further outlet of a story adds to its pick's score,"""

MOST_OUTLET_SCORE: Final = 50
"""and the most that they add together."""


def outlet_score(article: Article, story: Story) -> int:
    """Compute what the story's further outlets add to the score of one of its articles, 0 to `MOST_OUTLET_SCORE`."""
    further = len(story.providers) - 1
    return min(MOST_OUTLET_SCORE, OUTLET_SCORE * max(0, further - _outlets_in_heat(article)))


def _outlets_in_heat(article: Article) -> int:
    if article.heat is None or article.heat < 0:
        return 0
    quality = BASE_QUALITY if article.quality is None else article.quality
    return max(0, round((article.heat - quality) / OUTLET_SCORE))


def rated(candidate: Candidate, qualities: Mapping[str, int]) -> Candidate:
    """Give a candidate its provider's configured quality wherever its seed has none.

    Args:
        candidate: An article with its history.
        qualities: By provider domain; without an entry `BASE_QUALITY` counts.
    """
    assumed = qualities.get(candidate.article.provider.domain)
    if assumed is None:
        return candidate
    changes = (each if each.quality is not None else replace(each, quality=assumed) for each in candidate.changes)
    article = candidate.article
    return Candidate(
        article=article if article.quality is not None else replace(article, quality=assumed), changes=tuple(changes)
    )
