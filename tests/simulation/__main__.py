"""Play one seed again: `python -m tests.simulation --seed 7` prints what was found, `--trace` every event."""

from __future__ import annotations

import argparse
import sys

from tests.simulation.quiet import quiet_log
from tests.simulation.restores import RestoringWorld
from tests.simulation.variants import PROTOCOL, VARIANTS
from tests.simulation.world import Plan, World


def main() -> int:
    """0 where nothing was lost and nothing doubled."""
    asked = _arguments().parse_args()
    plan = Plan(schedules=asked.schedules, days=asked.days)
    kind = RestoringWorld if asked.restores else World
    world = kind(asked.seed, plan=plan, variant=VARIANTS[asked.variant], keeps_trace=asked.trace)
    with quiet_log() as surprises:
        findings = world.run()
    for line in world.trace or ():
        print(line)  # noqa: T201 - what the person asked for
    for line in (*findings.lost, *findings.doubled, *surprises):
        print(line)  # noqa: T201
    print(f"nonces are kept for {world.nonce_window_s:g} s; trace {world.trace_hash}; {world.tally}")  # noqa: T201
    return 0 if world.tally.is_clean and not surprises else 1


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--variant", choices=list(VARIANTS), default=PROTOCOL.name)
    parser.add_argument("--schedules", type=int, default=Plan().schedules)
    parser.add_argument("--days", type=float, default=Plan().days)
    parser.add_argument("--restores", action="store_true", help="with files that are restored from backups")
    parser.add_argument("--trace", action="store_true")
    return parser


if __name__ == "__main__":
    sys.exit(main())
