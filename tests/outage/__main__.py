"""`make outage`: play seeds of trouble, two at a time; exit status 1 if one of them is not clean."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from tests.outage.course import Report, play


def main() -> int:
    """Play the seeds, and print what became of each."""
    asked = _arguments().parse_args()
    began_s = time.monotonic()
    seeds = range(asked.seed, asked.seed + asked.seeds)
    reports: list[Report] = []
    with ProcessPoolExecutor(asked.workers) as pool:
        for done in as_completed([pool.submit(_play, seed, asked.hours) for seed in seeds]):
            reports.append(done.result())
            _print(reports[-1])
    met = Counter(name for report in reports for each in report.played for name in each.split(" and "))
    slowest = max((back_s for report in reports for back_s in report.back_s), default=0.0)
    clean = sum(report.is_clean for report in reports)
    editions, lost, doubled = (
        sum(getattr(report, what) for report in reports) for what in ("editions", "lost", "doubled")
    )
    _say("; ".join(f"{count} x {name}" for name, count in met.most_common()))
    _say(
        f"{clean} of {len(reports)} seeds clean, {asked.hours:g} h each: {editions} editions, {lost} lost, {doubled} "
        f"doubled, back after {slowest:.0f} s at most; took {time.monotonic() - began_s:.0f} s."
    )
    return 0 if clean == len(reports) else 1


def _play(seed: int, hours: float) -> Report:
    with tempfile.TemporaryDirectory(prefix="outage-") as folder:
        return play(seed, hours, Path(folder))


def _print(report: Report) -> None:
    _say(
        f"seed {report.seed}: {len(report.played)} troubles, {report.editions} editions, {report.lost} lost, "
        f"{report.doubled} doubled, back after {max(report.back_s, default=0.0):.0f} s at most"
    )
    for fault in report.faults:
        _say(f"  FAULT {fault}")


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - what the person asked for


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.outage", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, help="how many")
    parser.add_argument("--seed", type=int, default=1, help="the first of them")
    parser.add_argument("--hours", type=float, default=2.0, help="of each seed")
    parser.add_argument("--workers", type=int, default=2, help="seeds at a time")
    return parser


if __name__ == "__main__":
    sys.exit(main())
