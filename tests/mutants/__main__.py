"""`make mutants`: plant each fault, one after the other; exit status 1 where one is not caught by its proof."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Final

from tests.mutants.corrections import CORRECTIONS
from tests.mutants.delivery import DELIVERY
from tests.mutants.desk import DESK
from tests.mutants.http import HTTP
from tests.mutants.mutant import Mutant
from tests.mutants.planning import PLANNING
from tests.mutants.trial import ROOT, Outcome, Tree
from tests.mutants.walls import WALLS
from tests.mutants.wire import WIRE

MUTANTS: Final = (*CORRECTIONS, *DELIVERY, *DESK, *HTTP, *PLANNING, *WALLS, *WIRE)
_WORKERS: Final = 2


def main() -> int:
    """Try out all mutants, or a sample of them, and say what became of each."""
    asked = _arguments().parse_args()
    for mutant in MUTANTS:
        mutant.planted(ROOT)
    chosen = [each for each in MUTANTS if asked.only in each.name]
    if asked.sample is not None:
        chosen = random.Random(asked.seed).sample(chosen, min(asked.sample, len(chosen)))  # noqa: S311 - repeatable
    began_s = time.monotonic()
    outcomes = play(chosen)
    survived = [outcome.name for outcome in outcomes if not outcome.is_caught]
    _say(f"{len(outcomes) - len(survived)} of {len(outcomes)} caught in {time.monotonic() - began_s:.0f} s.")
    for name in survived:
        _say(f"NOT CAUGHT: {name}")
    return 1 if survived else 0


def play(mutants: Sequence[Mutant]) -> list[Outcome]:
    """Try mutants out, two at a time; first their proofs without them, which must pass.

    Raises:
        SystemExit: a proof fails on the code as it is, so it says nothing about a mutant.
    """
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(_WORKERS) as pool:
        trees: SimpleQueue[Tree] = SimpleQueue()
        for number in range(_WORKERS):
            trees.put(Tree(Path(folder) / str(number)))

        def passes(proofs: tuple[str, ...]) -> Outcome:
            tree = trees.get()
            try:
                return tree.passes(proofs)
            finally:
                trees.put(tree)

        def try_out(mutant: Mutant) -> Outcome:
            tree = trees.get()
            try:
                outcome = tree.try_out(mutant)
            finally:
                trees.put(tree)
            _say(_line_of(outcome))
            return outcome

        for sound in pool.map(passes, dict.fromkeys(mutant.proofs for mutant in mutants)):
            if sound.caught_by or sound.trouble:
                sys.exit(f"fails without a mutant: {sound.caught_by or sound.name} {sound.trouble}")
        return list(pool.map(try_out, mutants))


def _line_of(outcome: Outcome) -> str:
    found = outcome.trouble or outcome.caught_by or "NOTHING FAILED"
    return f"{outcome.seconds:5.1f} s  {outcome.name}: {found}"


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--sample", type=int, help="as many of them, drawn by --seed; all if it isn't given")
    parser.add_argument("--seed", default="1", help="draws the sample")
    parser.add_argument("--only", default="", help="those with this text in their names")
    return parser


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - what the person asked for


if __name__ == "__main__":
    sys.exit(main())
