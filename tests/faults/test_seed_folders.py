"""The system reports no change of a seed folder: it is read all the same, and health says how it is watched."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.app.seed_folders import READ_EVERY_S
from tests.faults.jumping import LoopClock, run_jumping
from tests.support.running_bot import Town, make_seed_text


async def _silent(*_folders: Path, **_options: Any) -> Any:
    """What a system does that has no watch left: it reports nothing, for ever."""
    await asyncio.Event().wait()
    yield set()


async def _read_unseen(folder: Path) -> tuple[str, str]:
    clock: Any = LoopClock()
    async with Town(folder, seeds=False, clock=clock, heartbeat_s=1e6) as town:
        (town.seeds / "first.md").write_text(make_seed_text(title="First ferry"), "utf-8")
        await town.start_bot(patience_s=300)
        (town.seeds / "second.md").write_text(
            make_seed_text(title="Second ferry", url="https://example.com/2"), "utf-8"
        )
        await asyncio.sleep(READ_EVERY_S + 60)
        found = (await town.member.run(town.channel, "news search", query="second")).text
        doctor = (await town.admin.run(town.channel, "admin doctor", timeout=60)).text
        return found, doctor


def test_folder_that_the_watch_says_nothing_about_is_read_every_ten_minutes_and_the_doctor_says_when(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Used-up watches, a network drive, an event that was lost: no person has to notice."""
    monkeypatch.setattr("bot.app.supply.watch.awatch", _silent)
    found, doctor = run_jumping(_read_unseen(tmp_path))

    assert "Second ferry" in found
    assert "watched for changes; last read 1 min ago." in doctor
