"""The judged articles of each source, grouped into stories: what the benchmarks of grouping share.

Words are counted over the whole collection, as the bot counts them in its index.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.news.article import Article
from bot.news.stories.similarity import Frequencies, TextSimilarity, count_frequencies
from bot.news.stories.story import Story, group_stories
from tests.bench.relevance_set import Collection, read_collections


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The judged articles of one source.

    Attributes:
        truth: The true story of each article, by the article's stem.
        frequencies: Of the whole collection; None counts the articles at hand.
    """

    source: str
    articles: Sequence[Article]
    truth: Mapping[str, str]
    frequencies: Frequencies | None

    def stories(self, articles: Sequence[Article] | None = None) -> tuple[Story, ...]:
        """The stories that the bot finds among its articles, or among these."""
        return group_stories(articles or self.articles, similarity=TextSimilarity(frequencies=self.frequencies))


def read_judged(folder: Path) -> tuple[Judged, ...]:
    """Read every source, in the order of its name within its collection; a missing collection is left out."""
    return tuple(judged for each in read_collections(folder).values() for judged in judged_of(each))


def judged_of(collection: Collection, frequencies: Frequencies | None = None) -> list[Judged]:
    """The sources of a collection; without `frequencies` its words are counted here."""
    articles = {seed.article.stem: seed.article for seed in collection.seeds}
    frequencies = frequencies or count_frequencies(articles.values())
    return [
        Judged(
            source=source,
            articles=[articles[stem] for stem in sorted(truth)],
            truth=truth,
            frequencies=frequencies,
        )
        for source, truth in sorted(collection.truth.items())
    ]


def groups_of(stories: Sequence[Story]) -> dict[str, str]:
    """For each article, by its stem, the name of its group."""
    return {article.stem: str(number) for number, story in enumerate(stories) for article in story.articles}
