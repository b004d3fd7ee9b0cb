"""Replay weekly editions: `python -m tests.replay FOLDER [--since DATE] [--weeks N] [--count N] [--rule upstream]`."""

from __future__ import annotations

import argparse
import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.replay.report import edition_lines, table_lines
from tests.replay.run import Week, replay


async def main(arguments: argparse.Namespace) -> None:
    """Print each edition when it is planned, then the table."""
    since = datetime.fromisoformat(arguments.since).replace(tzinfo=UTC) if arguments.since else None
    weeks: list[Week] = []
    async for week in replay(
        arguments.folder, since=since, weeks=arguments.weeks, count=arguments.count, rule=arguments.rule
    ):
        weeks.append(week)
        if week.verdicts or week.edition.picks:
            _write(*edition_lines(week), "")
    _write(*table_lines(weeks))


def _write(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def _number(text: str) -> int | None:
    return int(text) if text else None


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.replay", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--since", default="", help="a date; the first edition is due on the Monday after")
    parser.add_argument("--weeks", type=_number, default=None, help="the number of editions (default: all)")
    parser.add_argument("--count", type=int, default=5, help="stories in an edition")
    parser.add_argument("--rule", choices=("default", "upstream"), default="default")
    asyncio.run(main(parser.parse_args()))
