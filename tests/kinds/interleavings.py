"""Any two deeds of one server, interleaved: they end as in one of their two orders, and were answered as in it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import Final, TypeAlias

from tests.kinds.deeds import Deed, all_deeds
from tests.kinds.outcomes import State, by_schedule, difference, told, untrue, without_planned
from tests.kinds.town_in_steps import TownInSteps
from tests.kinds.turns import FIRST, SECOND, in_turns

Spans: TypeAlias = tuple[tuple[int, int], ...]

_ALL: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What two deeds came to.

    Attributes:
        answers: What each was told, the first deed's first, whichever came first.
    """

    answers: tuple[str, str]
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two deeds by name."""

    first: str
    second: str

    def __str__(self) -> str:
        return f"{self.first} beside {self.second}"


_EXCEPTIONS: Final = frozenset(
    {
        Pair(first="deliver", second="leave"),
        Pair(first="cimp", second="gtake"),
        Pair(first="content import", second="cimp"),
    }
)
"""A message whose request is under way when the bot is removed may be posted, and is left out of the ledger all the
same: nobody can look for it any more. While an import of a server is under way, another one is refused, whichever it
is, which the member is told; asked for again, it is done."""

_OF_ARTICLES: Final = ("content import", "content refresh", "content hide", "content unhide", "cimp", "crback", "gtake")
_BY_SCHEDULE: Final = frozenset(
    {Pair(first="tick", second="leave"), *(Pair(first=each, second="tick") for each in _OF_ARTICLES)}
)
"""A tick takes one schedule after the other, and the other deed concerns several: it may come between two of them. So
each schedule, taken by itself, ends as in one of the orders."""


def all_pairs() -> list[Pair]:
    """List every pair that must hold, each deed beside itself too."""
    pairs = [Pair(first=one, second=other) for one, other in combinations_with_replacement(all_deeds(), 2)]
    return [pair for pair in pairs if pair not in _EXCEPTIONS]


class Trials:
    """Plays the orders of one pair.

    Attributes:
        tried: Interleavings so far, each another order of the gates.
    """

    def __init__(self, town: TownInSteps, pair: Pair) -> None:
        deeds = all_deeds()
        self._town = town
        self._pair = pair
        self._deeds: tuple[Deed, Deed] = (deeds[pair.first], deeds[pair.second])
        self._seen: set[tuple[int, ...]] = set()
        forwards = self._play(((FIRST, _ALL), (SECOND, _ALL)))
        self._gates = self._count()
        backwards = self._play(((SECOND, _ALL), (FIRST, _ALL)))
        backward_gates = self._count()
        self._gates = tuple(max(pair) for pair in zip(self._gates, backward_gates, strict=True))
        self._allowed = (forwards, backwards)
        self.tried = 0

    def _count(self) -> tuple[int, ...]:
        return tuple(self._town.loop.passed.count(who) for who in (FIRST, SECOND))

    def _play(self, spans: Spans) -> Outcome:
        town = self._town
        town.begin()
        one, other = town.loop.play([deed(town) for deed in self._deeds], in_turns(spans))
        if town.loop.failures:
            raise AssertionError(f"{self._pair}: {town.loop.failures}")
        self._seen.add(tuple(town.loop.passed))
        state = town.state()
        if untrue(one, state) or untrue(other, state):
            raise AssertionError(f"{self._pair}: {one!r}, {other!r} isn't true")
        return Outcome(answers=(told(one), told(other)), state=state)

    def orders(self, source: random.Random, most: int) -> list[Spans]:
        """Draw orders in which the deeds are switched once or twice; all of one switch first, if they are few."""
        first, second = self._gates
        once: list[Spans] = [((FIRST, at), (SECOND, _ALL)) for at in range(1, first)]
        once += [((SECOND, at), (FIRST, _ALL)) for at in range(1, second)]
        source.shuffle(once)
        twice: list[Spans] = []
        while len(twice) < most and min(first, second) > 1:
            at, other = source.randint(1, first - 1), source.randint(1, second - 1)
            begins, goes_on = (FIRST, SECOND) if source.random() < 0.5 else (SECOND, FIRST)
            spans = ((begins, at), (goes_on, other)) if begins == FIRST else ((begins, other), (goes_on, at))
            twice.append((*spans, (begins, _ALL), (goes_on, _ALL)))
        return [*once[: (most + 1) // 2], *twice[: most // 2]]

    def check(self, orders: Sequence[Spans]) -> Iterator[str]:
        """Play orders; sentences for those that end as neither order of the two would."""
        for spans in orders:
            before = len(self._seen)
            try:
                found = self._play(spans)
            except AssertionError as error:
                yield str(error)
                continue
            self.tried += len(self._seen) > before
            if not self._is_allowed(found):
                yield f"{self._pair}, {''.join(map(str, self._town.loop.passed))}: {self._explain(found)}"

    def _is_allowed(self, found: Outcome) -> bool:
        if found in self._allowed or self._pair not in _BY_SCHEDULE:
            return found in self._allowed
        orders = (found, *self._allowed)
        answers = zip(*(map(without_planned, each.answers) for each in orders), strict=True)
        pieces = by_schedule(found.state)
        allowed = [by_schedule(each.state) for each in self._allowed]
        return all(answer in of_orders for answer, *of_orders in answers) and all(
            pieces.get(name) in [each.get(name) for each in allowed] for name in pieces.keys() | allowed[0].keys()
        )

    def _explain(self, found: Outcome) -> str:
        return "; ".join(
            f"not {self._pair.first if number == 0 else self._pair.second} first: "
            f"{_answers(found, allowed)}{difference(found.state, allowed.state)}"
            for number, allowed in enumerate(self._allowed)
        )


def _answers(found: Outcome, allowed: Outcome) -> str:
    told = [
        f"{one!r} for {other!r}; " for one, other in zip(found.answers, allowed.answers, strict=True) if one != other
    ]
    return "".join(told)
