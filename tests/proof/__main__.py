"""`make proof`: the whole proof, or as much of it as PROOF_SIZE says; exit status 1 where it doesn't hold."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from tests.kinds.interleavings import Pair, all_pairs
from tests.proof import jobs
from tests.proof.jobs import Answer
from tests.proof.report import DECISIONS, Part, failures, lines_of
from tests.simulation.careless import CARELESS
from tests.simulation.crash_points import SCRIPTS
from tests.simulation.variants import CONTROLS, PROTOCOL
from tests.simulation.zones import zone_classes

_RESULT: Final = Path(".bench") / "proof.json"
_WORKERS: Final = 2
_A_WORLD: Final = 330
"""Deliveries, about: thirty schedules for a week."""

_SEEDS_A_JOB: Final = 10
_ZONE_JOBS: Final = 4
_PAIR_JOBS: Final = 8
_ORDERS: Final = 6
"""Interleavings of each pair, of which there are about 700."""

_DECIDED_WORLDS: Final = 24
_CARELESS_WORLDS: Final = 8
_WHOLE: Final = 50_000
"""From this size on everything is tried; below it a sample of the crash points and zones."""


def main() -> int:
    """Run all parts and say what they came to."""
    asked = _arguments().parse_args()
    began = time.monotonic()
    with ProcessPoolExecutor(_WORKERS, mp_context=multiprocessing.get_context("spawn")) as pool:
        running = _submit(pool, asked.size, asked.first_seed)
        parts = [Part.of(name, [future.result() for future in futures]) for name, futures in running]
    took_s = time.monotonic() - began
    problems = failures(parts)
    for line in (*lines_of(parts), *problems):
        print(line)  # noqa: T201 - what the person asked for
    print(f"{'NOT PROVED' if problems else 'Proved'} in {took_s:.0f} s.")  # noqa: T201
    summary = {"size": asked.size, "first_seed": asked.first_seed, "seconds": round(took_s, 1), "holds": not problems}
    _keep(summary, parts)
    return 1 if problems else 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.proof", description=__doc__)
    parser.add_argument("--size", type=int, default=100_000, help="simulated deliveries; all else follows from it")
    parser.add_argument("--first-seed", type=int, default=1, help="another one tries other worlds")
    return parser


def _submit(pool: ProcessPoolExecutor, size: int, first_seed: int) -> list[tuple[str, list[Future[Answer]]]]:
    is_whole = size >= _WHOLE
    classes = zone_classes()
    zones = classes if is_whole else classes[:: max(1, len(classes) // 12)]
    seeds = range(first_seed, first_seed + max(1, -(-size // _A_WORLD)))
    restored = range(first_seed, first_seed + max(4, len(seeds) // 10))
    control_seeds = range(first_seed, first_seed + max(4, len(seeds) // 40))
    control_worlds = range(first_seed, first_seed + _CARELESS_WORLDS)
    return [
        ("soak", _all(pool, jobs.play_soak, [(max(200, size // 10),)])),
        (PROTOCOL.name, _all(pool, jobs.play_worlds, [(PROTOCOL.name, each) for each in _chunks(seeds)])),
        ("backups restored", _all(pool, jobs.play_restores, [(each,) for each in _chunks(restored)])),
        *((each.name, _all(pool, jobs.play_worlds, [(each.name, control_seeds)])) for each in CONTROLS),
        ("commands interleaved", _all(pool, jobs.play_interleavings, _pairs(size))),
        (DECISIONS, _all(pool, jobs.play_decisions, [("", each) for each in _decided(size, first_seed)])),
        *((each.name, _all(pool, jobs.play_decisions, [(each.name, control_worlds)])) for each in CARELESS),
        ("crash points", _all(pool, jobs.play_crash_points, [(n, 1 if is_whole else 5) for n in range(len(SCRIPTS))])),
        ("summer time", _all(pool, jobs.play_zones, [(zones[n::_ZONE_JOBS],) for n in range(_ZONE_JOBS)])),
        ("clock and downtime", _all(pool, jobs.play_clock_faults, [()])),
    ]


def _pairs(size: int) -> list[tuple[list[Pair], int]]:
    """Every pair, in a few jobs, with this many orders of each."""
    pairs = all_pairs()
    orders = max(2, min(_ORDERS, size * _ORDERS // _WHOLE))
    return [(pairs[number::_PAIR_JOBS], orders) for number in range(_PAIR_JOBS)]


def _decided(size: int, first_seed: int) -> list[range]:
    worlds = max(2, min(_DECIDED_WORLDS, size * _DECIDED_WORLDS // _WHOLE))
    seeds = range(first_seed, first_seed + worlds)
    return [seeds[start : start + 2] for start in range(0, worlds, 2)]


def _all(
    pool: ProcessPoolExecutor, job: Callable[..., Answer], calls: Iterable[tuple[Any, ...]]
) -> list[Future[Answer]]:
    return [pool.submit(job, *call) for call in calls]


def _chunks(seeds: range) -> list[range]:
    return [seeds[start : start + _SEEDS_A_JOB] for start in range(0, len(seeds), _SEEDS_A_JOB)]


def _keep(summary: dict[str, Any], parts: list[Part]) -> None:
    _RESULT.parent.mkdir(exist_ok=True)
    _RESULT.write_text(json.dumps(summary | {"parts": [asdict(part) for part in parts]}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
