"""How well articles are grouped into stories, on judged ones: `relevance/` of the data folder.

Words are counted over the whole collection, as the bot counts them in its index; all judged articles of one source are
grouped at once, as the judgements want it.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from bot.news.article import Article
from bot.news.stories.similarity import Frequencies, TextSimilarity, count_frequencies
from bot.news.stories.story import Story, group_stories
from tests.support.makers import SOME_DAY, make_article

COLLECTIONS: Final = (("docs.jsonl.gz", "stories.tsv.gz"), ("gn_docs.jsonl.gz", "gn_stories.tsv.gz"))
"""Documents that are one index, and the stories of some of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The judged articles of one source.

    Attributes:
        truth: The true story of each article, by the article's stem.
        frequencies: Of the whole collection.
    """

    source: str
    articles: Sequence[Article]
    truth: Mapping[str, str]
    frequencies: Frequencies


def read_judged(folder: Path) -> tuple[Judged, ...]:
    """Read every source, in the order of its name within its collection; a collection that isn't there is left out."""
    judged: list[Judged] = []
    for documents, stories in COLLECTIONS:
        if (folder / documents).exists() and (folder / stories).exists():
            articles = {article.stem: article for article in map(_article, _lines(folder / documents))}
            judged += _by_source(articles, folder / stories)
    return tuple(judged)


def grouping_scores(folder: Path) -> dict[str, float]:
    """B-cubed F1 of each source that `folder` judges, for instance `{"fnc": 0.95, "uci": 0.85, "gn": 0.95}`."""
    return {each.source: b_cubed(stories_of(each), each.truth)[2] for each in read_judged(folder)}


def stories_of(judged: Judged) -> tuple[Story, ...]:
    """The stories that the bot makes of a source's articles."""
    return group_stories(judged.articles, similarity=TextSimilarity(frequencies=judged.frequencies))


def b_cubed(stories: Sequence[Story], truth: Mapping[str, str]) -> tuple[float, float, float]:
    """Precision, recall and F1, each the mean over all judged articles; one in no story stands alone."""
    groups = [[article.stem for article in story.articles if article.stem in truth] for story in stories]
    grouped = {stem for group in groups for stem in group}
    groups += [[stem] for stem in truth if stem not in grouped]
    true_size = Counter(truth.values())
    precision = recall = 0.0
    for group in groups:
        for kind, count in Counter(truth[stem] for stem in group).items():
            precision += count * count / len(group)
            recall += count * count / true_size[kind]
    precision, recall = precision / len(truth), recall / len(truth)
    return precision, recall, 2 * precision * recall / (precision + recall)


def _by_source(articles: Mapping[str, Article], stories: Path) -> Iterable[Judged]:
    frequencies = count_frequencies(articles.values())
    rows = [line.rstrip("\n").split("\t") for line in _lines(stories)]
    for source in sorted({row[2] for row in rows}):
        truth = {row[0]: row[1] for row in rows if row[2] == source}
        yield Judged(
            source=source,
            articles=[articles[stem] for stem in sorted(truth)],
            truth=truth,
            frequencies=frequencies,
        )


def _article(line: str) -> Article:
    said: dict[str, Any] = json.loads(line)
    published = said.get("published")
    return make_article(
        said["id"],
        title=said["title"],
        excerpt=said["excerpt"] or "",
        published_at=datetime.fromisoformat(published) if published else SOME_DAY,
    )


def _lines(path: Path) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return list(lines)
