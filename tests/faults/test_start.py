"""A trouble that passes is waited out at the start as it is by a running bot; what needs a person ends it."""

from __future__ import annotations

import configparser
import resource
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from bot import errors
from bot.errors import NewsdeskError
from tests.faults.process import events_in, running

_UNIT: Final = Path(__file__).parents[2] / "deploy" / "newsdesk.service"
_NEEDS_A_PERSON: Final = {
    "StoreLockedError": 75,
    "ConfigError": 78,
    "TokenRefusedError": 78,
    "SchemaTooNewError": 78,
    "StoreLostError": 78,
}
_OF_COMMANDS: Final = {"BackupIncompleteError": 65}
"""Raised by `newsdesk backup` alone, which the unit doesn't run."""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Somebody else is in the middle of a write, for longer than a statement waits."""
    with sqlite3.connect(path, isolation_level=None) as rival:
        rival.execute("BEGIN EXCLUSIVE")
        yield
    rival.close()


async def test_a_database_that_is_locked_at_the_start_is_waited_for(tmp_path: Path) -> None:
    """Health names the lock until it is gone; then the bot is there by itself."""
    async with running(tmp_path) as bot:
        with locked(tmp_path / "newsdesk.sqlite3"):
            seen = await bot.until_failing("database", 30)
        await bot.until_connected(30)

        assert (seen.status, "locked by another process" in seen.texts[0]) == (503, True)
        await bot.until_well()
        assert await bot.end(signal.SIGTERM) == 0


def _leave_no_room() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, resource.RLIM_INFINITY))


async def test_a_disk_that_is_full_at_the_start_is_waited_for(tmp_path: Path) -> None:
    """No file can grow; then there is room again."""
    async with running(tmp_path, preexec_fn=_leave_no_room) as bot:
        seen = await bot.until_failing("database", 30)
        resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        await bot.until_connected(30)

        assert seen.status == 503
        await bot.until_well()
        assert await bot.end(signal.SIGTERM) == 0


async def test_sigterm_ends_a_start_that_waits(tmp_path: Path) -> None:
    """With 0: nobody is waiting for what the start waits for any more."""
    async with running(tmp_path, preexec_fn=_leave_no_room) as bot:
        await bot.until_failing("database", 30)

        assert await bot.end(signal.SIGTERM) == 0
        assert "the start waits for the database" in events_in(bot.log)


def _kinds() -> list[type[NewsdeskError]]:
    return [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, NewsdeskError)]


@pytest.mark.parametrize("kind", _kinds(), ids=lambda kind: kind.__name__)
def test_the_unit_starts_again_after_each_error_but_those_that_need_a_person(kind: type[NewsdeskError]) -> None:
    """The rule of systemd: with `Restart=always` every status but the named ones."""
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.read(_UNIT, "utf-8")
    service = unit["Service"]

    stays_down = str(kind.exit_status) in service["RestartPreventExitStatus"].split()
    assert service["Restart"] == "always"
    assert stays_down is (kind.__name__ in _NEEDS_A_PERSON)
    assert kind.exit_status == _NEEDS_A_PERSON.get(kind.__name__, _OF_COMMANDS.get(kind.__name__, 1))
