"""Play a sequence with and without the other server's history, and compare what everybody else saw."""

from __future__ import annotations

import asyncio
import difflib
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.walls.drawing import Course, Who
from tests.walls.playing import Seen, open_world, running

LENGTH: Final = 14
_LINES: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a trial showed.

    Attributes:
        seed: The sequence's seed.
        answers: The number of answers and posts that were compared.
        history: The number of the other server's deeds.
        leak: The first step that differs, with the difference; empty for none.
        stories_differ: Whether ids or members of stored stories differ.
    """

    seed: str
    answers: int
    history: int
    leak: str
    stories_differ: bool


async def try_out(seed: str, *, length: int = LENGTH) -> Outcome:
    """Play the sequence of a seed in two worlds."""
    with tempfile.TemporaryDirectory(prefix="newsdesk-walls-") as folder:
        place = Path(folder) / "world"  # one after the other in the same one: ids may depend on a file's path
        alone, alone_stories, sequence = await _play(place, seed, length, with_history=False)
        await asyncio.to_thread(shutil.rmtree, place)
        beside, beside_stories, _ = await _play(place, seed, length, with_history=True)
    return Outcome(
        seed=seed,
        answers=len(alone),
        history=sum(step.who is Who.THEIRS for step in sequence.steps),
        leak=_difference(alone, beside),
        stories_differ=alone_stories != beside_stories,
    )


async def _play(folder: Path, seed: str, length: int, *, with_history: bool) -> tuple[list[Seen], object, Course]:
    async with open_world(folder) as world:
        sequence = world.draw(seed, length=length)
        async with running(world, sequence):
            seen = await world.play(sequence, with_history=with_history)
            return seen, await world.stories(), sequence


def _difference(alone: list[Seen], beside: list[Seen]) -> str:
    for one, other in zip(alone, beside, strict=True):
        if one.shown != other.shown:
            lines = difflib.unified_diff(
                one.shown.splitlines(), other.shown.splitlines(), "without the history", "with it", n=1, lineterm=""
            )
            return f"{one.step}\n" + "\n".join(list(lines)[:_LINES])
    return ""
