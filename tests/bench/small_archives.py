"""Grouping in small archives, where strangers have no company: what B-cubed on dense sets can't see.

Reports are drawn from judged stories and put on one day, as many as the bot compares at once for a small community.
Words are counted in the small archive itself, as a young bot does, and over the whole collection.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from statistics import fmean
from typing import Final

from bot.news.article import Article
from bot.news.stories.story import Story
from tests.bench.grouping import Judged
from tests.bench.relevance_set import at_one_moment

DRAWS: Final = 60
"""Small archives of strangers of each size; four times as many with events, whose pairs are few."""

STRANGERS: Final = (5, 20, 40)
"""Unrelated reports of one day, one of each story; a source with fewer stories gives all of them."""

ONE_EVENT: Final[Mapping[str, Mapping[str, frozenset[str]]]] = {
    "fnc": {
        "the Apple Watch goes on sale: its event, price, displays, sensors, battery, safes and engraving": frozenset(
            {"s003", "s036", "s044", "s052", "s063", "s067", "s072", "s073", "s080", "s081"}
        ),
        "hostages killed by a masked man with a British accent": frozenset({"s017", "s019", "s059"}),
    },
    "uci": {
        "Apple releases iOS 7.1 and with it new versions for Apple TV": frozenset({"s002", "s018"}),
        "markets fall on weak data from China and its first bond default": frozenset({"s053", "s066", "s083"}),
    },
}
"""Judged stories of a source that report one event, by what happened: to join their reports isn't wrong. The labels
keep them apart because they were made for claims (fnc) and topics (uci), not for events."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """What a small archive is made of: events with some reports each, and reports of other events."""

    events: int
    reports: int
    strangers: int


MIXTURES: Final = {
    "two events of two": Mixture(events=2, reports=2, strangers=6),
    "three events of three": Mixture(events=3, reports=3, strangers=9),
}


def strangers_joined(judged: Judged) -> dict[str, dict[str, float]]:
    """The share of unrelated reports that are wrongly joined, by number of reports.

    Returns:
        For each number of reports: `own` and `whole` by where words are counted, stories that report one event counted
        as one; the same as labelled.
    """
    found = {}
    for size in STRANGERS:
        draws = list(_draws(judged, Mixture(events=0, reports=0, strangers=size), DRAWS))
        found[str(size)] = {
            f"{counts}{', as labelled' if labelled else ''}": fmean(
                _share_joined(stories, judged.truth if labelled else event_of(judged))
                for stories in _grouped(judged, draws, counts)
            )
            for counts in ("own", "whole")
            for labelled in (False, True)
        }
    return found


def pairs_found(judged: Judged) -> dict[str, dict[str, float]]:
    """The share of true pairs that are found and the share of found pairs that are true, in each kind of archive.

    Returns:
        For each mixture `found` and `precision`, words counted in the small archive; the same with `whole` counts.
    """
    found: dict[str, dict[str, float]] = {}
    for name, mixture in MIXTURES.items():
        draws = list(_draws(judged, mixture, 4 * DRAWS))
        for counts in ("own", "whole"):
            cells = [_pairs(stories, event_of(judged)) for stories in _grouped(judged, draws, counts)]
            right, joined, true = map(sum, zip(*cells, strict=True))
            key = name if counts == "own" else f"{name}, whole"
            found[key] = {"found": right / true, "precision": right / max(1, joined)}
    return found


def event_of(judged: Judged) -> dict[str, str]:
    """The event of each article: its story, or the first of the stories that report the same event."""
    names = {story: min(event) for event in ONE_EVENT.get(judged.source, {}).values() for story in event}
    return {stem: names.get(story, story) for stem, story in judged.truth.items()}


def _draws(judged: Judged, mixture: Mixture, draws: int) -> Iterator[list[Article]]:
    """Random small archives, the same ones every time; where they hold whole events, each event is in them once."""
    events = event_of(judged)
    by_story: dict[str, list[Article]] = defaultdict(list)
    for article in judged.articles:
        by_story[judged.truth[article.stem]].append(at_one_moment(article))
    chance = random.Random(len(judged.articles))  # noqa: S311 - no secret
    for _ in range(draws):
        stories = chance.sample(sorted(by_story), len(by_story))
        if mixture.events:
            stories = list({events[by_story[story][0].stem]: story for story in stories}.values())
        whole = [story for story in stories if len(by_story[story]) >= mixture.reports][: mixture.events]
        alone = [story for story in stories if story not in whole][: mixture.strangers]
        yield [
            article
            for story in (*whole, *alone)
            for article in chance.sample(by_story[story], mixture.reports if story in whole else 1)
        ]


def _grouped(judged: Judged, draws: Sequence[Sequence[Article]], counts: str) -> Iterator[tuple[Story, ...]]:
    counting = replace(judged, frequencies=None) if counts == "own" else judged
    return (counting.stories(articles) for articles in draws)


def _share_joined(stories: Sequence[Story], truth: Mapping[str, str]) -> float:
    """How many articles too few groups there are: in a group of three events two reports are wrongly joined."""
    wrong = sum(len({truth[article.stem] for article in story.articles}) - 1 for story in stories)
    return wrong / sum(len(story.articles) for story in stories)


def _pairs(stories: Sequence[Story], truth: Mapping[str, str]) -> tuple[int, int, int]:
    """Pairs that are rightly joined, that are joined, and that are true."""
    groups = [[truth[article.stem] for article in story.articles] for story in stories]
    sizes = Counter(event for group in groups for event in group)
    right = sum(a == b for group in groups for a, b in combinations(group, 2))
    joined = sum(len(group) * (len(group) - 1) // 2 for group in groups)
    return right, joined, sum(size * (size - 1) // 2 for size in sizes.values())
