"""How well articles are grouped into stories, and how long that takes.

B-cubed precision, recall and F1 on judged stories (`relevance/` of the data folder), with words counted over the whole
collection as the store counts them; then the seconds for 1,000 articles of one day, the densest case.
Run it with NEWSDESK_DATA set, as `python tests/bench/bench_stories.py [articles of each source]`.
"""

from __future__ import annotations

import gzip
import json
import random
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from bot.news.article import Article
from bot.news.similarity import Frequencies, TextSimilarity, count_frequencies
from bot.news.story import Story, group_stories
from tests.data import find_data
from tests.makers import make_article

Truth = Mapping[str, str]
COLLECTIONS = {"docs.jsonl.gz": ("stories.tsv.gz", ("uci", "fnc")), "gn_docs.jsonl.gz": ("gn_stories.tsv.gz", ("gn",))}


def read_articles(path: Path) -> dict[str, Article]:
    """The documents, all of one moment: the truth knows no dates."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        said: Iterable[dict[str, Any]] = map(json.loads, lines)
        return {
            each["id"]: make_article(each["id"], title=each["title"], excerpt=each["excerpt"] or "") for each in said
        }


def read_truth(path: Path, source: str) -> Truth:
    """The story of each document of a source."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [line.rstrip("\n").split("\t") for line in lines]
    return {document: story for document, story, its_source in rows if its_source == source}


def b_cubed(stories: Sequence[Story], truth: Truth) -> tuple[float, float, float]:
    """Precision, recall and F1, each the mean over articles."""
    true_size: dict[str, int] = defaultdict(int)
    for story in truth.values():
        true_size[story] += 1
    precision = recall = 0.0
    for group in stories:
        kinds = [truth[article.stem] for article in group.articles]
        for kind in kinds:
            precision += kinds.count(kind) / len(kinds)
            recall += kinds.count(kind) / true_size[kind]
    precision, recall = precision / len(truth), recall / len(truth)
    return precision, recall, 2 * precision * recall / (precision + recall)


def measure(source: str, articles: Sequence[Article], truth: Truth, frequencies: Frequencies) -> None:
    """Group and print."""
    started = time.process_time()
    stories = group_stories(articles, similarity=TextSimilarity(frequencies=frequencies))
    took_s = time.process_time() - started
    precision, recall, f1 = b_cubed(stories, truth)
    print(f"{source:4} {len(articles):5} articles: {precision:.3f} {recall:.3f} F1 {f1:.3f}, {took_s:.2f} s")


def main(most: int) -> None:
    """Measure each source."""
    data = find_data("relevance")
    if data is None:
        sys.exit("set NEWSDESK_DATA to the data folder")
    for documents, (stories, sources) in COLLECTIONS.items():
        articles = read_articles(data / documents)
        frequencies = count_frequencies(articles.values())
        for source in sources:
            whole = read_truth(data / stories, source)
            chosen = random.Random(1).sample(sorted(whole), min(most, len(whole)))  # noqa: S311 - no secret
            measure(source, [articles[each] for each in chosen], {each: whole[each] for each in chosen}, frequencies)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
