"""Search in small archives, whose own counts are thin: 12, 50 and 200 articles, drawn from a judged set.

Each archive holds up to two answers of each of a few questions, and beside them articles that have a content word of
one of these questions but answer none: what a community's archive on one subject is like. The questions are asked
without time. Then words are asked one by one: words of its titles with one typing error, and correct words of other
articles, which it doesn't have; and for the coverage of answers.
"""

from __future__ import annotations

import random
import statistics
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Final

from bot.news.article import Seed
from bot.text.words import STOP_WORDS, stem, stems_of, words_of
from tests.bench.relevance_scorer import ndcg
from tests.bench.relevance_set import Collection, Question

SIZES: Final = {12: (120, 3), 50: (60, 6), 200: (25, 20)}
"""By number of articles: archives drawn, and questions asked of each."""

WORDS: Final = 4
"""Words asked of each archive, as many of each kind."""

SHORTEST: Final = 5
"""Letters of such a word."""

ANSWERS: Final = 2
"""Answers of a question at most."""

_SEED: Final = 20141224

Rank = Callable[[Collection], Awaitable[Mapping[str, Sequence[str]]]]
"""Answers all questions of a collection: for each the documents found, best first."""


async def measure_small_search(collection: Collection, rank: Rank) -> dict[str, dict[str, float]]:
    """Score search in small archives.

    Returns:
        By number of articles: `search`, the mean nDCG@10 of all questions, and that of each kind; `first`, the share of
        questions with an answer in the first place; `mistyped`, the share of mistyped words that find an article with
        the word first; `foreign`, the share of correct words in no article for which articles are shown all the same;
        `related`, the share of articles whose other report leads their related coverage.
    """
    chance = random.Random(_SEED)  # noqa: S311 - a reproducible draw, nothing secret
    found: dict[str, dict[str, float]] = {}
    for size in SIZES:
        scores: dict[str, list[float]] = defaultdict(list)
        for archive in draw_archives(collection, size):
            mistyped, foreign = _words_of(archive, collection, chance)
            asked = (*archive.questions, *mistyped, *foreign, *_related_to(archive))
            rankings = await rank(replace(archive, questions=asked))
            for question in asked:
                ranking = rankings[question.id]
                if question in archive.questions:
                    scores["search"].append(ndcg(ranking, question.relevant))
                    scores[question.task].append(ndcg(ranking, question.relevant))
                kind = "first" if question in archive.questions else question.task
                scores[kind].append(bool(ranking) and (ranking[0] in question.relevant or question in foreign))
        found[str(size)] = {kind: statistics.fmean(of) for kind, of in sorted(scores.items(), reverse=True)}
    return found


def _related_to(archive: Collection) -> list[Question]:
    """Ask for the coverage of an answer, of which the other answers of its question are the best."""
    answers = [sorted(question.relevant) for question in archive.questions]
    return [
        Question(id=f"related-{number}", text="", document=first, at=None, relevant=frozenset(others))
        for number, (first, *others) in enumerate(answers)
        if others
    ]


def _words_of(archive: Collection, whole: Collection, chance: random.Random) -> tuple[list[Question], list[Question]]:
    """Choose words of titles, mistyped, and words that the archive doesn't have, as questions."""
    holders: dict[str, set[str]] = defaultdict(set)
    titled: set[str] = set()
    for seed in archive.seeds:
        titled |= _long(seed.article.title)
        for word in {*words_of(seed.article.title), *words_of(seed.article.excerpt)}:
            holders[stem(word)].add(seed.article.stem)
    mistyped = [
        _ask("mistyped", number, _mistype(word, chance), frozenset(holders[stem(word)]))
        for number, word in enumerate(chance.sample(sorted(titled), WORDS))
    ]
    foreign: list[str] = []
    while len(foreign) < WORDS:
        foreign += sorted(
            word for word in _long(chance.choice(whole.seeds).article.title) if stem(word) not in holders
        )[:1]
    return mistyped, [_ask("foreign", number, word, frozenset()) for number, word in enumerate(foreign)]


def _ask(kind: str, number: int, word: str, relevant: frozenset[str]) -> Question:
    return Question(id=f"{kind}-{number}", text=word, document="", at=None, relevant=relevant)


def _long(title: str) -> set[str]:
    return {word for word in words_of(title) if len(word) >= SHORTEST and word.isalpha() and word not in STOP_WORDS}


def _mistype(word: str, chance: random.Random) -> str:
    """Leave out a letter, double it, swap it with the next or replace it; never the first."""
    place = chance.randrange(1, len(word) - 1)
    before, letter, following, after = word[:place], word[place], word[place + 1], word[place + 2 :]
    return chance.choice(
        (
            before + following + after,
            before + letter + letter + following + after,
            before + following + letter + after if following != letter else before + letter + after,
            before + chance.choice("aeioumnrst".replace(letter, "")) + following + after,
        )
    )


def draw_archives(collection: Collection, size: int) -> Iterator[Collection]:
    """Draw the small archives of one size, the same ones every time."""
    draws, questions = SIZES[size]
    chance = random.Random(_SEED + size)  # noqa: S311 - a reproducible draw, nothing secret
    stems = {
        seed.article.stem: {*stems_of(seed.article.title), *stems_of(seed.article.excerpt)} for seed in collection.seeds
    }
    asked = [_reachable(each, stems) for each in collection.questions if each.task.startswith("A_")]
    asked = [each for each in asked if each.relevant]
    holders = _holders(collection.seeds)
    for _ in range(draws):
        yield _draw(collection, chance.sample(asked, questions), holders, size, chance)


def _draw(
    collection: Collection,
    asked: Sequence[Question],
    holders: Mapping[str, Sequence[int]],
    size: int,
    chance: random.Random,
) -> Collection:
    by_stem = {seed.article.stem: place for place, seed in enumerate(collection.seeds)}
    chosen: dict[int, None] = {}
    for question in asked:
        answers = chance.sample(sorted(question.relevant), min(ANSWERS, len(question.relevant)))
        chosen |= dict.fromkeys(by_stem[each] for each in answers)
    answering = {by_stem[each] for question in asked for each in question.relevant}
    words = sorted({word for question in asked for word in words_of(question.text)} - STOP_WORDS)
    others = [place for word in words for place in _some(holders.get(word, ()), chance) if place not in answering]
    chance.shuffle(others)
    for place in [*others, *chance.sample(range(len(collection.seeds)), size)]:
        if len(chosen) < size and place not in answering:
            chosen[place] = None
    stems = {collection.seeds[place].article.stem for place in chosen}
    return replace(
        collection,
        seeds=tuple(collection.seeds[place] for place in chosen),
        questions=tuple(replace(each, relevant=each.relevant & stems) for each in asked),
    )


def _reachable(question: Question, stems: Mapping[str, AbstractSet[str]]) -> Question:
    """Leave out answers that share no word with the question: in a small archive no third report leads to them."""
    asked = set(stems_of(question.text))
    return replace(question, relevant=frozenset(each for each in question.relevant if asked & stems[each]))


def _some(places: Sequence[int], chance: random.Random) -> Sequence[int]:
    """As many holders of a common word as of a rare one."""
    return places if len(places) <= _HOLDERS else chance.sample(places, _HOLDERS)


_HOLDERS: Final = 8


def _holders(seeds: Sequence[Seed]) -> dict[str, list[int]]:
    holders: dict[str, list[int]] = defaultdict(list)
    for place, seed in enumerate(seeds):
        for word in {*words_of(seed.article.title), *words_of(seed.article.excerpt)}:
            holders[word].append(place)
    return holders


def print_small_search(found: Mapping[str, Mapping[str, float]]) -> None:
    """Print a line for each size of archive."""
    for size, scores in found.items():
        shown = "; ".join(f"{name} {score:.3f}" for name, score in scores.items())
        print(f"search in an archive of {size:>3}: {shown}")
