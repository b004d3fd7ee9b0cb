"""`make walls`: play many sequences, and show each that another server's history changed; exit status 1 if one was."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Final

import structlog

from tests.walls.trial import LENGTH, Outcome, try_out

_PROCESSES: Final = 2
_SAY_EVERY: Final = 20


def main() -> int:
    """Play the sequences, and say how far that is and what was found."""
    asked = _arguments().parse_args()
    seeds = [asked.only] if asked.only else [f"{asked.seed}-{number}" for number in range(asked.sequences)]
    _say(f"{len(seeds)} sequences of seed {asked.seed}, each with and without a history of another server")
    began_s = time.monotonic()
    outcomes = _play(seeds, asked.length)
    leaks = [outcome for outcome in outcomes if outcome.leak]
    answers, history = sum(each.answers for each in outcomes), sum(each.history for each in outcomes)
    _say(f"{answers:,} answers and editions compared beside {history:,} deeds in {time.monotonic() - began_s:.0f} s:")
    _say(f"{len(leaks)} sequences differ; the stored stories differ in {sum(e.stories_differ for e in outcomes)}.")
    return 1 if leaks else 0


def _play(seeds: Sequence[str], length: int) -> list[Outcome]:
    outcomes: list[Outcome] = []
    with ProcessPoolExecutor(_PROCESSES, initializer=_be_quiet) as pool:
        for outcome in pool.map(_try_out, seeds, [length] * len(seeds)):
            outcomes.append(outcome)
            if outcome.leak:
                _say(f"DIFFERS (--only {outcome.seed} --length {length}): {outcome.leak}")
            if len(outcomes) % _SAY_EVERY == 0:
                _say(f"{len(outcomes)} of {len(seeds)}: {sum(bool(each.leak) for each in outcomes)} differ")
    return outcomes


def _try_out(seed: str, length: int) -> Outcome:
    return asyncio.run(try_out(seed, length=length))


def _be_quiet() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    os.nice(5)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.walls", description=__doc__)
    parser.add_argument("--sequences", type=int, default=1000, help="how many (default 1000)")
    parser.add_argument("--seed", default="1", help="draws them (default 1)")
    parser.add_argument("--length", type=int, default=LENGTH, help=f"steps of each outside of the history ({LENGTH})")
    parser.add_argument("--only", default="", help="the one sequence that a run before named")
    return parser


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - what the person asked for


if __name__ == "__main__":
    sys.exit(main())
