"""Corrections of a query's nearly unknown words; those that disagree with the rest of the query have less weight."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.store.sqlite.index.forms import find_forms
from bot.store.sqlite.index.spelling import near_spellings
from bot.store.sqlite.index.view import Match, View
from bot.store.sqlite.index.vocabulary import Word
from bot.text.background import is_listed
from bot.text.term_frequencies import FIRST_CONTENT_WORD
from bot.text.words import stem

UNKNOWN_TO: Final = 2
"""Articles up to which a word may be a misspelling of another."""

OVER: Final = 20
"""How many times as frequent that other word must be, at least."""

MOST_SPELLED: Final = 4
SPELLED_BY_UNKNOWN: Final = 1.0
SPELLED: Final = 0.8
DOUBTFUL: Final = 0.4
"""Corrections: at most `MOST_SPELLED`, with full weight if no article has the word itself. Otherwise with weight
`SPELLED` if they agree with the rest of the query, and `DOUBTFUL` if not: "vlog" is not a misspelt "blog" in a query
about honey."""

LIFT: Final = 3.0
"""A correction agrees if it occurs together with another word of the query in this many times as many articles as
chance would put both in, or in half of those of the rarer word, and in two at least."""

LIKELIER: Final = 1.5
"""Corrections are sorted by log frequency, plus this for the same first letter and for the same letters in another
order: as if e ** 1.5 times as frequent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """Another spelling of a word.

    Attributes:
        word: Its stem in the index.
        written: As an article writes it.
        weight: 0 to 1, less if it doesn't agree with the rest of the query.
    """

    word: Word
    written: str
    weight: float


def find_corrections(
    view: View, word: str, own: Word, beside: Sequence[Word], languages: Sequence[str]
) -> Sequence[Correction]:
    """Find the likeliest corrections of a nearly unknown word, best first: at most `MOST_SPELLED`.

    Args:
        view: What is searched.
        word: As typed, folded.
        own: Its stem in the index.
        beside: The other words of the query that some article has.
        languages: Those of the archive.
    """
    # A word that is common in news is one that a small archive merely doesn't have.
    if own.articles > UNKNOWN_TO or is_listed(stem(word)):
        return ()
    likely: dict[str, float] = {}
    spelled: dict[str, str] = {}
    meanings: dict[str, Word] = {}
    near_words = near_spellings(view, word)
    forms = find_forms(view, (near.written for near in near_words), languages)
    for near in near_words:
        is_swapped = sorted(near.written) == sorted(word)
        bonus = LIKELIER * ((near.written[0] == word[0]) + is_swapped)
        for meant, form in forms.get(near.written, {}).items():
            if bonus >= likely.get(meant, -1.0):
                likely[meant], spelled[meant], meanings[meant] = bonus, near.written, form
    frequent = [
        (-likely[meant] - math.log(1 + each.articles), each.id, meant, each)
        for meant, each in meanings.items()
        if each.articles > OVER * own.articles and each.id not in range(FIRST_CONTENT_WORD) and each.id != own.id
    ]
    corrections = [
        Correction(word=each, written=spelled[meant], weight=_weight(view, own, each, beside))
        for _, _, meant, each in sorted(frequent)[:MOST_SPELLED]
    ]
    return sorted(corrections, key=lambda each: -each.weight)


def _weight(view: View, own: Word, correction: Word, beside: Sequence[Word]) -> float:
    if not own.articles:
        return SPELLED_BY_UNKNOWN
    return SPELLED if _agrees(view, correction, beside) else DOUBTFUL


def _agrees(view: View, word: Word, beside: Sequence[Word]) -> bool:
    """Find whether a word occurs together with one of others more often than by chance; True if there are none."""
    articles = view.totals().articles
    for other in beside:
        by_chance = word.articles * other.articles / max(1, articles)
        enough = max(2, math.ceil(min(LIFT * by_chance, min(word.articles, other.articles) / 2)))
        if view.count_matches(_both(word, other), enough) >= enough:
            return True
    return not beside


def _both(word: Word, other: Word) -> Match:
    return lambda token: f'"{token(word.id)}" AND "{token(other.id)}"'
