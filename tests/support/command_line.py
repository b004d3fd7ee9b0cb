"""The command line as tests use it: what a command printed, and commands in a process of their own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a command printed, and its exit status."""

    out: str
    err: str
    status: int


Run = Callable[..., Said]


def run_process(*arguments: str) -> Said:
    """Run `newsdesk` in a process of its own, with this process's environment."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", *arguments], capture_output=True, text=True, check=False, timeout=50
    )
    return Said(out=done.stdout, err=done.stderr, status=done.returncode)
