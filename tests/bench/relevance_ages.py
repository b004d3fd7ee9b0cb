"""The judged set at other ages: the same queries, asked when their stories are new, a week, a month or a year old.

The judged stories are moved, the rest of the archive is not. In the *mixed* archive every story has its own age, its
reports lie within 18 hours of it, and the rest of the archive is spread over 400 days.
"""

from __future__ import annotations

import random
import statistics
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.news.article import Seed
from tests.bench.relevance_scorer import ndcg, reciprocal_rank
from tests.bench.relevance_set import Collection, Question

AGES_DAYS: Final = (0, 7, 30, 365)
MIXED: Final = "mixed"
SPREAD: Final = timedelta(days=400)
JITTER: Final = timedelta(hours=18)
HEADLINES: Final = ("A_headline_uci", "A_headline_fnc")
KNOWN: Final = "A_known"

AGE_GOALS: Final = {
    "0": (0.905, 0.94),
    "7": (0.885, 0.94),
    "30": (0.885, 0.94),
    "365": (0.875, 0.92),
    MIXED: (0.90, 0.94),
}
"""Goals at each age: A*, the mean of the tasks, and the share of headlines with an answer among the first five."""

_SEED: Final = 20140312

Rankings = Mapping[str, Sequence[str]]
"""For each question the documents that were found, best first."""


def at_ages(collection: Collection) -> Iterator[tuple[str, Collection]]:
    """Yield the collection with its judged stories at each age in days, then mixed; only search questions are kept."""
    story_of = {
        document: f"{source} {story}" for source, of in collection.truth.items() for document, story in of.items()
    }
    asked = tuple(each for each in collection.questions if each.task.startswith("A_"))
    now = max(each.at for each in asked if each.at is not None)
    asked = tuple(replace(each, at=each.at or now) for each in asked)
    for days in AGES_DAYS:
        shifts = dict.fromkeys(story_of, timedelta(days=days))
        moved = (
            _published(seed, seed.article.published_at - shifts.get(seed.article.stem, timedelta(0)))
            for seed in collection.seeds
        )
        yield str(days), replace(collection, seeds=tuple(moved), questions=asked)
    yield MIXED, _mixed(collection, asked, story_of, now)


def _mixed(collection: Collection, asked: Sequence[Question], story_of: Mapping[str, str], now: datetime) -> Collection:
    chance = random.Random(_SEED)  # noqa: S311 - a reproducible draw, nothing secret
    ages = {story: chance.random() * SPREAD for story in sorted(set(story_of.values()))}

    def drawn(stem: str) -> datetime:
        if stem not in story_of:
            return now - chance.random() * SPREAD
        return now - ages[story_of[stem]] + (2 * chance.random() - 1) * JITTER

    seeds = tuple(_published(seed, drawn(seed.article.stem)) for seed in collection.seeds)
    return replace(collection, seeds=seeds, questions=tuple(replace(each, at=now) for each in asked))


def _published(seed: Seed, at: datetime) -> Seed:
    return replace(seed, article=replace(seed.article, published_at=at))


async def measure_ages(
    collection: Collection, rank: Callable[[Collection], Awaitable[Rankings]]
) -> dict[str, dict[str, float]]:
    """Score the search tasks at every age.

    Args:
        collection: The judged set as it is.
        rank: Answers all questions of a collection, each asked at its own moment.
    """
    return {name: _score(aged.questions, await rank(aged)) for name, aged in at_ages(collection)}


def _score(questions: Sequence[Question], rankings: Rankings) -> dict[str, float]:
    points: dict[str, list[float]] = defaultdict(list)
    hits: list[bool] = []
    for each in questions:
        found = list(dict.fromkeys(rankings[each.id]))
        points[each.task].append((reciprocal_rank if each.task == KNOWN else ndcg)(found, each.relevant))
        hits += [not each.relevant.isdisjoint(found[:5])] if each.task in HEADLINES else []
    tasks = {task: statistics.fmean(of) for task, of in points.items()}
    shown = statistics.fmean(len(rankings[each.id]) for each in questions)
    unanswered = sum(not rankings[each.id] for each in questions)
    return tasks | {
        "A*": statistics.fmean(tasks.values()),
        "hit@5": statistics.fmean(hits) if hits else 0.0,
        "shown": shown,
        "unanswered": unanswered,
    }


def print_ages(ages: Mapping[str, Mapping[str, float]]) -> None:
    """Print each age's scores beside its goals."""
    print(f"{'age in days':12} {'A*':>7} {'goal':>6}  {'hit@5':>6} {'goal':>5}  {'known':>6} {'goal':>5}  shown  worst")
    for name, scores in ages.items():
        mean, hit = AGE_GOALS[name]
        worst = min((score, task) for task, score in scores.items() if task.startswith("A_"))
        print(
            f"{name:12} {scores['A*']:7.4f} {mean:6.3f}  {scores['hit@5']:6.3f} {hit:5.2f}  {scores[KNOWN]:6.3f}   .94"
            f"  {scores['shown']:5.0f}  {worst[1]} {worst[0]:.3f}, unanswered {scores['unanswered']:.0f}"
        )
