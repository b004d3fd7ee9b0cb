"""Titles without an excerpt: what two of them say about one event, where nothing else is known.

Short titles have words in common for two other reasons. One is a name or a phrase of several words ("Golden Gate
Bridge", or any word of a script whose signs are indexed in pairs): it is one piece of evidence, not three. The other is
a template: "Polizei sucht Zeugen nach Unfall" and "... nach Einbruch" are the same but for what happened. So a run of
words that both titles have counts little more than its heaviest word, heavy words count for more than in long texts,
and two titles that differ only by replaced words are doubted. None of it needs to know the language.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.text.likeness.comparison import DIRECT_NEED, Likeness, direct_likeness, pairs_of
from bot.text.likeness.titles import Title

TITLE_WORDS: Final = 10
"""A title of fewer words counts as one of this many: a headline of three words is alike to another by one of them."""

EMPHASIS: Final = 1.2
"""The power of a word's weight: a rare name says more, beside common words, than their weights in nats."""

LONE_NEED: Final = 0.075
"""The direct likeness of two lone titles that report one event."""

REPEATED: Final = 0.2
"""What a further word of a run of shared words counts."""

FRAME: Final = 0.2
"""The factor for two titles of one template: at least `FRAME_SHARE` of the longer one in the same order, and only
replaced words in between, none added, the heaviest ones or a name among them."""

FRAME_SHARE: Final = 0.5

ONE_RUN: Final = 0.55
"""The factor for two titles that share a single run of heavy words, and each has words as heavy that the other lacks.

It holds for titles of which the word table knows little, as in most languages but English: there a name and an
everyday word weigh the same."""

SHORT_TITLE: Final = 5
"""Words up to which a single run is doubted in any language: too few to say what happened."""

HEAVY: Final = 6.0
"""Nats from which on a word is heavy."""

TIED: Final = 0.5
"""Words within this many nats of the heaviest are among the heaviest."""

DOUBTED_FROM: Final = 0.7
"""The share of the needed likeness from which on a pair is looked at: others are apart anyway."""


def compare_lone(
    direct: Likeness, titles: Sequence[Title], vectors: Sequence[Mapping[str, float]], places: Sequence[int]
) -> Likeness:
    """Compare texts of which some have nothing but a title.

    Args:
        direct: The direct likeness of all texts; where titles are doubted it is changed in place.
        titles: Those of the texts that have nothing else.
        vectors: The weights of their words, as for `direct_likeness`.
        places: The place of each of them among all texts, in order.

    Returns:
        The likeness by which a pair that no third party confirms is judged: `direct` for all others.
    """
    lone = lone_likeness(titles, vectors)
    is_mixed = len(places) < len(direct)
    cells = np.ix_(places, places)
    lone *= (direct[cells] if is_mixed else direct) != 0
    if is_mixed:
        whole = direct.copy()
        whole[cells] = lone
        lone = whole
    doubt((lone, direct), titles, places)
    return lone


def lone_likeness(titles: Sequence[Title], vectors: Sequence[Mapping[str, float]]) -> Likeness:
    """Compare each two titles, with each run of shared words as little more than one.

    Args:
        titles: Of texts that have nothing else.
        vectors: Their words' weights, as for `direct_likeness`.

    Returns:
        For each pair a likeness that is compared with the need of whole texts, `DIRECT_NEED`.
    """
    runs = [_neighbours(title, vector) for title, vector in zip(titles, vectors, strict=True)]
    likeness = direct_likeness(vectors, runs=runs, repeated=REPEATED)
    likeness *= np.float32(DIRECT_NEED / LONE_NEED)
    return likeness


def doubt(likenesses: Sequence[Likeness], titles: Sequence[Title], places: Sequence[int]) -> None:
    """Lower the likeness of titles whose words in common are a template's or a single name.

    Args:
        likenesses: Of the same texts, the first one as `lone_likeness` gives it; all are changed in place.
        titles: Those of the texts that have nothing else.
        places: The place of each of them.
    """
    at = np.array(places, dtype=np.intp)
    rows, columns, factors = _doubts(likenesses[0], titles, at)
    for likeness in likenesses:
        likeness[rows, columns] *= factors
        likeness[columns, rows] = likeness[rows, columns]


def _doubts(
    likeness: Likeness, titles: Sequence[Title], at: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float32]]:
    """Find the pairs to doubt: both places of each, and its factor."""
    found = likeness >= DOUBTED_FROM * DIRECT_NEED
    rows, columns = _pairs(found if len(at) == len(found) else found[np.ix_(at, at)])
    lengths = np.array([len(set(title.words)) for title in titles])
    is_short = np.array([len(title.weights) <= SHORT_TITLE for title in titles])
    is_known = np.array([title.is_familiar for title in titles])
    heavy = [_heavy(title) for title in titles]
    shared = _shared_words(titles)[rows, columns]
    is_open = shared < np.minimum(lengths[rows], lengths[columns])
    may_be_frame = is_open & (shared >= FRAME_SHARE * np.maximum(lengths[rows], lengths[columns]))
    is_weak = is_open & ((is_short[rows] & is_short[columns]) | ~(is_known[rows] & is_known[columns]))
    factors = np.ones(len(rows), dtype=np.float32)
    for pair in np.flatnonzero(may_be_frame | is_weak).tolist():
        one, other = rows[pair], columns[pair]
        if may_be_frame[pair] and _are_one_frame(titles[one], titles[other]):
            factors[pair] = FRAME
        elif is_weak[pair] and _runs(heavy[one], heavy[other]) <= 1:
            factors[pair] = ONE_RUN
    doubted = factors < 1
    return at[rows[doubted]], at[columns[doubted]], factors[doubted]


def _pairs(found: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Find the pairs of a symmetric matrix, the lesser place first: in a fifth of the time of `np.triu`."""
    rows, columns = np.divmod(np.flatnonzero(found), len(found))
    is_first = rows < columns
    return rows[is_first], columns[is_first]


def _shared_words(titles: Sequence[Title]) -> NDArray[np.uint16]:
    """For each two titles the number of words that they share."""
    size = len(titles)
    shared = np.zeros(size * size, dtype=np.uint16)
    holders: dict[str, list[int]] = defaultdict(list)
    for place, title in enumerate(titles):
        for word in set(title.words):
            holders[word].append(place)
    for places in holders.values():
        if len(places) > 1:
            shared[pairs_of(places, size)] += 1
    return shared.reshape(size, size)


def _are_one_frame(one: Title, other: Title) -> bool:
    """Return True if two titles differ only by words that replace one another and decide what happened."""
    slots = _slots(one.words, other.words)
    if not slots:
        return False
    shared = (_has_all_heaviest(one, other), _has_all_heaviest(other, one))
    is_decided = all(shared) if len(slots) == 1 else any(shared)
    are_names = all(not one.names.isdisjoint(a) and not other.names.isdisjoint(b) for a, b in slots)
    return are_names or not is_decided


def _has_all_heaviest(one: Title, other: Title) -> bool:
    """Return True if the heaviest words of a title are in the other one."""
    heaviest = max(one.weights.values(), default=0.0) - TIED
    return all(stem in other.weights for stem, weight in one.weights.items() if weight >= heaviest)


def _slots(one: Sequence[str], other: Sequence[str]) -> list[tuple[list[str], list[str]]]:
    """Find the words that replace one another in two titles of one template; none if they differ in another way."""
    common = set(one) & set(other)
    ours, theirs = _parted(one, common), _parted(other, common)
    if [word for word in one if word in common] != [word for word in other if word in common]:
        return []
    slots = [(a, b) for a, b in zip(ours, theirs, strict=True) if a or b]
    return slots if all(a and b for a, b in slots) else []


def _parted(words: Sequence[str], common: Container[str]) -> list[list[str]]:
    """Part a title at each word of the other one."""
    parts: list[list[str]] = [[]]
    for word in words:
        if word in common:
            parts.append([])
        else:
            parts[-1].append(word)
    return parts


def _heavy(title: Title) -> list[str]:
    """The heavy words of a title in order, each once."""
    return [stem for stem in dict.fromkeys(title.sequence) if title.weights.get(stem, 0.0) >= HEAVY]


def _runs(ours: Sequence[str], theirs: Sequence[str]) -> int:
    """Count the runs of words that two titles share."""
    shared = set(ours).intersection(theirs)
    return len(shared) - len(set(pairwise(ours)).intersection(pairwise(theirs)))


def _neighbours(title: Title, vector: Mapping[str, float]) -> dict[str, float]:
    """Give each two neighbouring words of a title the lesser of their two weights."""
    words = [stem for stem in title.sequence if stem in vector]
    return {f"{a} {b}": min(vector[a], vector[b]) for a, b in pairwise(words) if a != b}
