"""The proof's parts put together: figures, a table, and whether it holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from tests.proof.jobs import Answer
from tests.simulation.careless import CARELESS
from tests.simulation.oracle import Tally
from tests.simulation.variants import CONTROLS

_CONTROLS: Final = frozenset(variant.name for variant in CONTROLS)
_BREAKS: Final = {control.name: control.breaks.replace("_", " ") for control in CARELESS}
"""By control, the breach that must show in its worlds."""

DECISIONS: Final = "decisions beside plans"
_SHOWN: Final = (
    "deliveries",
    "crashes",
    "pauses",
    "faults",
    "changes",
    "restores",
    "lost",
    "doubled",
    "frozen_hole",
    "deleted_hole",
)
_MOST_PROBLEMS: Final = 5


@dataclass(slots=True, kw_only=True)
class Part:
    """One line of the proof.

    Attributes:
        seconds: Of the processor's time, over all jobs.
    """

    name: str
    figures: dict[str, float]
    problems: list[str]
    seconds: float

    @classmethod
    def of(cls, name: str, answers: Sequence[Answer]) -> Part:
        """What all jobs of a part came to together."""
        figures: Counter[str] = Counter()
        tally = Tally()
        for answer in answers:
            figures.update(answer.figures)
            tally.add(answer.tally)
        counted: dict[str, float] = asdict(tally) if tally.worlds else dict(figures)
        return cls(
            name=name,
            figures=counted,
            problems=[problem for answer in answers for problem in answer.problems],
            seconds=round(sum(answer.seconds for answer in answers), 1),
        )

    @property
    def is_control(self) -> bool:
        """Whether it is there to fail."""
        return self.name in _CONTROLS or self.name in _BREAKS

    @property
    def holds(self) -> bool:
        """Nothing found; or, of a control, something lost or doubled."""
        if self.name in _BREAKS:
            return bool(self.figures.get(_BREAKS[self.name]))
        if self.is_control:
            return bool(self.figures["lost"] or self.figures["doubled"])
        return not self.problems


def failures(parts: Iterable[Part]) -> list[str]:
    """Sentences for what doesn't hold."""
    found = []
    for part in parts:
        if part.is_control and not part.holds:
            found.append(f"{part.name}: this control broke nothing, so the proof can't fail")
        elif not part.holds:
            found += [f"{part.name}: {problem}" for problem in part.problems[:_MOST_PROBLEMS]]
    return found


def lines_of(parts: Iterable[Part]) -> Iterator[str]:
    """The worlds as a table, then the other parts with their own figures."""
    parts = list(parts)
    yield f"{'':26}" + "".join(f"{word.replace('_', ' '):>13}" for word in _SHOWN)
    for part in parts:
        if "worlds" in part.figures:
            cells = "".join(f"{part.figures[word]:>13,}" for word in _SHOWN)
            yield f"{part.name:26}{cells}{part.seconds:>8,.0f} s  {_verdict(part)}"
    for part in parts:
        if "worlds" not in part.figures:
            said = ", ".join(f"{word} {count:,}" for word, count in part.figures.items())
            yield f"{part.name:26}{part.seconds:>8,.0f} s  {_verdict(part)}: {said}"


def _verdict(part: Part) -> str:
    if not part.holds:
        return "DOES NOT HOLD"
    return "fails, as it must" if part.is_control else "holds"
