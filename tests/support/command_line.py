"""The command line as tests use it: what a command printed, and commands in a process of their own."""

from __future__ import annotations

import os
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


def run_python(*arguments: str) -> Said:
    """Run Python in a process of its own, with the environment that the test sees.

    That environment is given explicitly: `readline`, which pytest loads, sets COLUMNS in the process's own one.
    """
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=False, timeout=50, env=dict(os.environ)
    )
    return Said(out=done.stdout, err=done.stderr, status=done.returncode)
