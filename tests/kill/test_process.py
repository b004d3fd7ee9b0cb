"""A posting process never outlives the process that watches it."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.sandbox import Sandbox
from bot.store.sqlite.shelves.files import open_files
from tests.kill.process import SenderEndedError, running_sender

PATIENCE_S = 10


async def arguments(folder: Path, sandbox: Sandbox) -> list[str]:
    """Of a sender with nothing to send."""
    path = folder / "newsdesk.db"
    async with open_files(path, clock=SystemClock()):
        return [str(path), sandbox.api_base, sandbox.token]


async def logged_in(sandbox: Sandbox) -> None:
    """Return when a sender has logged in."""
    while not sandbox.requests:  # noqa: ASYNC110 - another process's doing
        await asyncio.sleep(0.01)


async def desert(sandbox: Sandbox, folder: Path) -> None:
    """Start a sender and let go of its pipe, as the system does for a watcher that was killed."""
    async with running_sender(await arguments(folder, sandbox), folder / "log") as process:
        await logged_in(sandbox)
        assert process.stdin is not None
        process.stdin.close()
        await asyncio.wait_for(process.wait(), PATIENCE_S)


async def test_sender_ends_with_its_watcher(tmp_path: Path) -> None:
    """By itself, and with nobody left to kill it."""
    async with Sandbox() as sandbox:
        with pytest.raises(SenderEndedError, match="ended with 3"):
            await desert(sandbox, tmp_path)


async def test_sender_is_dead_when_its_trial_is_over(tmp_path: Path) -> None:
    """Whatever the trial came to."""
    async with Sandbox() as sandbox:
        async with running_sender(await arguments(tmp_path, sandbox), tmp_path / "log") as process:
            await logged_in(sandbox)

        assert process.returncode == -9


async def test_killed_sender_that_was_reaped_elsewhere_is_no_error(tmp_path: Path) -> None:
    """The trial goes on: without this, all that was not yet posted counted as lost."""
    async with Sandbox() as sandbox, running_sender(await arguments(tmp_path, sandbox), tmp_path / "log") as process:
        await logged_in(sandbox)
        process.kill()
        with suppress(ChildProcessError):  # asyncio's thread was faster
            os.waitpid(process.pid, 0)  # noqa: ASYNC222 - it was killed, and this is the other one who waits
        assert await asyncio.wait_for(process.wait(), PATIENCE_S) in {255, -9}


async def test_sender_that_ends_by_itself_is_an_error(tmp_path: Path) -> None:
    """With the last that it said."""
    with pytest.raises(SenderEndedError, match="ended with"):
        async with running_sender([str(tmp_path / "newsdesk.db"), "nowhere", "token"], tmp_path / "log") as process:
            await asyncio.wait_for(process.wait(), PATIENCE_S)
