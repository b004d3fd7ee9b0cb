"""Any two deeds of one server, interleaved: they end as in one of their two orders, and were answered as in it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import Final, TypeAlias

from bot.news.message import actions
from tests.kinds.deeds import Deed, all_deeds
from tests.kinds.outcomes import State, difference, told, untrue
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


_EXCEPTIONS: Final = frozenset({Pair(first="deliver", second="leave"), Pair(first="cimp", second="gtake")})
"""A message whose request is under way when the bot is removed may be posted, and is left out of the ledger all the
same: nobody can look for it any more. While an import of a server is under way, another one is refused, whichever it
is; pressed again, it is done."""


_GAP_DEEDS: Final = frozenset(
    {
        *(actions.DESK_DROP, actions.DESK_UP, actions.DESK_SWAP),
        *(actions.DESK_APPROVE, actions.DESK_HOLD, actions.DESK_SEND),
        *("show", "schedule desk (1)", "schedule desk (2)", "schedule skip-next (3)"),
        *("schedule edit (4)", "schedule topic-role (1)"),
    }
)
"""Known gap: in some orders the answers of these deeds, or the looks of a desk, are of neither order. None of their
pairs is played until they hold; `tests/simulation/test_editors.py` plays editors at once."""

_GAPS: Final = frozenset(
    {
        Pair(first="tick", second="leave"),
        Pair(first="content import", second="cimp"),
        Pair(first="setapp", second="setapp"),
        Pair(first="content hide", second="tick"),
        Pair(first="crback", second="crback"),
    }
)
"""Known gaps of single pairs, likewise."""


def all_pairs() -> list[Pair]:
    """List every pair that must hold, each deed beside itself too."""
    deeds = [deed for deed in all_deeds() if deed not in _GAP_DEEDS]
    pairs = [Pair(first=one, second=other) for one, other in combinations_with_replacement(deeds, 2)]
    return [pair for pair in pairs if pair not in _EXCEPTIONS | _GAPS]


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
            found = self._play(spans)
            self.tried += len(self._seen) > before
            if found not in self._allowed:
                yield f"{self._pair}, {''.join(map(str, self._town.loop.passed))}: {self._explain(found)}"

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
