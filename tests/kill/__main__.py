"""`make kill`: trials in real processes; exit status 1 where anything was lost or doubled."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import signal
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

import structlog

from tests.kill.report import HEAD, line_of, replay_of, setting_line, sum_line
from tests.kill.setting import MOST_DIVIDED, Setting
from tests.kill.trial import Result, run_trial

_RESULT: Final = Path(".bench") / "kill.json"


def main() -> int:
    """Play the seeds in each mode and say what they came to."""
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    asked = _arguments().parse_args()
    signal.signal(signal.SIGTERM, _end)
    settings = _settings(asked)
    for line in (*map(setting_line, settings), HEAD):
        _say(line)
    results: list[Result] = []
    for seed in range(asked.first_seed, asked.first_seed + asked.seeds):
        for setting in settings:
            results.append(_play(seed, setting))
            _keep(results, asked.json)
    _say(sum_line(results, settings))
    return 1 if any(result.problems for result in results) else 0


def _end(_number: int, _frame: object) -> None:
    """Told to stop, no sender is left behind, as with Ctrl-C."""
    raise KeyboardInterrupt


def _play(seed: int, setting: Setting) -> Result:
    with tempfile.TemporaryDirectory() as folder:
        result = asyncio.run(run_trial(seed, setting, Path(folder), tell=_tell))
    _say(line_of(result))
    for problem in result.problems:
        _say(f"    {problem}")
    if result.problems:
        _say(f"    again: {replay_of(seed, setting)}")
    return result


def _keep(results: Sequence[Result], path: Path) -> None:
    """After each trial, so that a long run that is stopped leaves what it found."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(result) for result in results], indent=1), encoding="utf-8")


def _settings(asked: argparse.Namespace) -> list[Setting]:
    setting = Setting(
        deliveries=asked.deliveries,
        kills=asked.kills,
        divisor=1.0 if asked.real_times else asked.divisor,
        is_broken=asked.is_broken,
    )
    both = [setting, replace(setting, is_window_short=True)]
    return {"usual": both[:1], "short": both[1:], "both": both}[asked.window]


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.kill", description=__doc__)
    parser.add_argument("--deliveries", type=int, default=300, help="a trial")
    parser.add_argument("--kills", type=int, default=20, help="a trial")
    parser.add_argument("--seeds", type=int, default=1, help="how many")
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--window", choices=("usual", "short", "both"), default="both", help="of Discord's nonces")
    parser.add_argument(
        "--divisor", type=float, default=MOST_DIVIDED, help="of the protocol's times and the nonce window"
    )
    parser.add_argument("--real-times", action="store_true", help="nothing divided: slow")
    parser.add_argument("--json", type=Path, default=_RESULT, help="where the results go")
    parser.add_argument("--break", dest="is_broken", action="store_true", help="a sender that must double")
    return parser


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - what the person asked for


def _tell(line: str) -> None:
    print(f"        {line}", file=sys.stderr, flush=True)  # noqa: T201 - progress; the table is for the record


if __name__ == "__main__":
    sys.exit(main())
