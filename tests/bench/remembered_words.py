"""Remembered words: questions made of words that a reader kept from a report that is not in the archive.

Each question comes from two reports of one judged event. The reader remembers report B, which is taken out of the
archive, and types the three rarest of its words that report A, which stays in, has

- in another form or in another place, the title instead of the excerpt (`FORMS`), or
- not at all, but some other report of the story has (`OTHERS`): no single report needs to have all three.

A question is answered if a report of the story is among the first three results. The words are compared by rules of
this module, not by the bot's own stemmer, which finds what it takes for forms of one word. B's words are those of its
excerpt: a report without one is never the report that is remembered.
"""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Final

from bot.news.article import Article, Seed
from bot.text.words import STOP_WORDS, words_of
from tests.bench.relevance_ages import MIXED, Rankings, at_ages
from tests.bench.relevance_set import Collection, Question

FORMS: Final = "R_forms"
OTHERS: Final = "R_others"
REMEMBERED_GOALS: Final = {FORMS: 0.85, OTHERS: 0.60}
"""The share of each task's questions that should find their story among the first `FIRST`."""

AIM: Final = 0.95
FIRST: Final = 3
WORDS: Final = 3
SHORTEST_WORD: Final = 3

ONE_IN: Final = 4
"""One report of this many of a story is remembered and taken out,"""

MOST_OUT: Final = 6
"""at most this many of a story,"""

PARTNERS: Final = 2
"""and each is asked for beside this many of those that stay."""

_SHORTEST_PREFIX: Final = 4
_ENDINGS: Final = frozenset(
    ("", "s", "es", "d", "ed", "e", "ing", "ings", "er", "ers", "or", "ors", "y", "ies", "ied", "ly", "ion", "ions")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Report:
    """The words of a report: those of its title, those of its excerpt, and those that a reader remembers."""

    title: frozenset[str]
    excerpt: frozenset[str]
    remembered: tuple[str, ...]

    @property
    def words(self) -> frozenset[str]:
        return self.title | self.excerpt


def remembered_words(collection: Collection, *, now: datetime) -> Collection:
    """Build the collection of remembered words: without the reports that are remembered, with questions for them.

    Args:
        collection: A judged set, with dates as they are to be searched.
        now: The moment of asking.
    """
    articles = {seed.article.stem: seed.article for seed in collection.seeds}
    stories = list(_stories(collection, articles))
    out = {stem for story in stories for stem in story[::ONE_IN][:MOST_OUT]}
    seeds = tuple(seed for seed in collection.seeds if seed.article.stem not in out)
    counts = _document_frequencies(seeds)
    questions: list[Question] = []
    for story in stories:
        reports = {stem: _report_of(articles[stem]) for stem in story}
        stay = [stem for stem in story if stem not in out]
        for task, says in ((FORMS, _in_other_form), (OTHERS, _only_by_others)):
            asked = (ask for b in story if b in out for ask in islice(_asked(reports, b, stay, says, counts), PARTNERS))
            questions += [
                Question(
                    id=f"{task}-{len(questions) + number}", text=text, document="", at=now, relevant=frozenset(stay)
                )
                for number, text in enumerate(dict.fromkeys(asked))
            ]
    return replace(collection, seeds=seeds, questions=tuple(questions))


async def measure_remembered(
    collection: Collection, rank: Callable[[Collection], Awaitable[Rankings]]
) -> dict[str, dict[str, float]]:
    """Ask for the remembered words in the mixed archive, in which every story has its own age.

    Args:
        collection: The judged set as it is.
        rank: Answers all questions of a collection, each asked at its own moment.
    """
    mixed = dict(at_ages(collection))[MIXED]
    asked = remembered_words(mixed, now=max(each.at for each in mixed.questions if each.at is not None))
    return share_found(asked.questions, await rank(asked))


def share_found(questions: Sequence[Question], rankings: Rankings) -> dict[str, dict[str, float]]:
    """Count for each task its questions, and the share with the story first, and among the first `FIRST`."""
    by_task: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for each in questions:
        found = rankings[each.id]
        by_task[each.task].append(
            (not each.relevant.isdisjoint(found[:1]), not each.relevant.isdisjoint(found[:FIRST]))
        )
    return {
        task: {
            "questions": len(hits),
            "first": statistics.fmean(first for first, _ in hits),
            f"first {FIRST}": statistics.fmean(among for _, among in hits),
        }
        for task, hits in by_task.items()
    }


def print_remembered(remembered: Mapping[str, Mapping[str, float]]) -> None:
    """Print the share of remembered stories that were found, beside the goals."""
    for task, goal in REMEMBERED_GOALS.items():
        for figures in filter(None, [remembered.get(task)]):
            print(
                f"remembered words {task:9} {figures['questions']:4.0f} questions: first {figures['first']:.3f}, among"
                f" the first {FIRST} {figures[f'first {FIRST}']:.3f} (goal {goal:.2f}, aim {AIM:.2f})"
            )


def _stories(collection: Collection, articles: Mapping[str, Article]) -> Iterator[list[str]]:
    """Yield the reports of each judged story of three or more, those of a source in the order of their names."""
    for of in collection.truth.values():
        stories: dict[str, list[str]] = defaultdict(list)
        for stem, story in sorted(of.items()):
            if stem in articles:
                stories[story].append(stem)
        yield from (story for _, story in sorted(stories.items()) if len(story) > 2)


def _document_frequencies(seeds: Iterable[Seed]) -> Counter[str]:
    return Counter(word for seed in seeds for word in _report_of(seed.article).words)


def _report_of(article: Article) -> _Report:
    title, excerpt = words_of(article.title), words_of(article.excerpt)
    remembered = (
        word
        for word in excerpt
        if word not in STOP_WORDS and len(word) >= SHORTEST_WORD and word.isalpha() and word.isascii()
    )
    return _Report(title=frozenset(title), excerpt=frozenset(excerpt), remembered=tuple(dict.fromkeys(remembered)))


Says = Callable[[str, _Report, Sequence[_Report]], bool]
"""Whether a word is one that a question may be made of, given report A and the story's other reports that stay."""


def _asked(
    reports: Mapping[str, _Report], b: str, stay: Sequence[str], says: Says, counts: Mapping[str, int]
) -> Iterator[str]:
    """Yield the question of report B with each report that stays, where three words fit."""
    for a in stay:
        others = [reports[other] for other in stay if other != a]
        fitting = [word for word in reports[b].remembered if says(word, reports[a], others)]
        rarest = _distinct(sorted(fitting, key=lambda word: (counts.get(word, 0), word)))[:WORDS]
        if len(rarest) == WORDS:
            yield " ".join(rarest)


def _distinct(words: Iterable[str]) -> list[str]:
    """Keep the first of several forms of one word."""
    kept: list[str] = []
    for word in words:
        if not any(_are_forms(word, other) for other in kept):
            kept.append(word)
    return kept


def _in_other_form(word: str, a: _Report, _others: Sequence[_Report]) -> bool:
    """Whether A has the word in its title alone, or only in another form."""
    return word not in a.excerpt and _has(word, a)


def _only_by_others(word: str, a: _Report, others: Sequence[_Report]) -> bool:
    """Whether A has no form of the word but another report of the story has one."""
    return not _has(word, a) and any(_has(word, other) for other in others)


def _has(word: str, report: _Report) -> bool:
    return word in report.words or any(_are_forms(word, other) for other in report.words)


def _are_forms(word: str, other: str) -> bool:
    """Whether two words differ by endings of inflection alone."""
    common = next((place for place, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), None)
    common = min(len(word), len(other)) if common is None else common
    return common >= _SHORTEST_PREFIX and word[common:] in _ENDINGS and other[common:] in _ENDINGS
