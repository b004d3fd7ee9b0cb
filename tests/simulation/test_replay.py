"""A seed is the whole story: played again it is the same, down to every event."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.simulation.quiet import quiet_log
from tests.simulation.world import Plan, World

SMALL = Plan(schedules=6, days=3.0)


@pytest.fixture(autouse=True)
def surprises() -> Iterator[list[str]]:
    """What the core logged with an exception that no simulated fault explains: nothing, at the end."""
    with quiet_log() as surprises:
        yield surprises
    assert surprises == []


def trace_of(seed: int) -> list[str]:
    """Every event of a small world."""
    world = World(seed, plan=SMALL, keeps_trace=True)
    world.run()
    return world.trace or []


def hash_of(seed: int) -> str:
    """Of every event of a small world."""
    world = World(seed, plan=SMALL)
    world.run()
    return world.trace_hash


def replay(seed: int, hash_seed: str) -> str:
    """What the command prints that a failing proof names."""
    command = (
        sys.executable,
        "-m",
        "tests.simulation",
        "--seed",
        str(seed),
        "--schedules",
        "6",
        "--days",
        "3",
        "--trace",
    )
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    return subprocess.run(command, capture_output=True, check=True, text=True, env=environment).stdout


def test_same_seed_gives_the_same_trace() -> None:
    """Event by event."""
    assert trace_of(5) == trace_of(5)


def test_same_seed_gives_the_same_hash() -> None:
    """Which stands for the trace."""
    assert hash_of(5) == hash_of(5)


def test_another_seed_gives_another_trace() -> None:
    """Or all worlds were one."""
    assert hash_of(5) != hash_of(6)


def test_trace_shows_crashes_commits_and_what_discord_was_told() -> None:
    """A person can read what happened."""
    words = {line.split()[1] for line in trace_of(5)}

    assert {"start", "crash", "freeze", "commit", "arrived", "heard", "change"} <= words


def test_replay_command_prints_the_same_in_another_process() -> None:
    """Whatever order that process keeps its sets in."""
    assert replay(5, "1") == replay(5, "2")
