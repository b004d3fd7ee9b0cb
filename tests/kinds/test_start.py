"""The bot is started and stopped by others: it can be stopped at any moment, and its first minute isn't an alarm."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.sandbox.gateway.sessions import IDENTIFY_INTERVAL_S
from bot.store.sqlite.file.kinds import companions, instance_path
from tests.support.running_bot import Town, make_seed_text

SEEDS = 3_000


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_during_the_first_import_ends_the_bot_in_order(tmp_path: Path, number: signal.Signals) -> None:
    """Within ten seconds, and with exit status 0."""
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    for each in range(SEEDS):
        text = make_seed_text(title=f"Ferry {each} to run on hydrogen", url=f"https://example.com/{each}")
        (seeds / f"{each}.md").write_text(text, "utf-8")
    database = tmp_path / "newsdesk.sqlite3"
    settings = {
        "NEWSDESK_TOKEN": "sandbox-token",
        "NEWSDESK_DATABASE": str(database),
        "NEWSDESK_SEEDS": str(seeds),
        "NEWSDESK_API_BASE": "http://127.0.0.1:9",
        "NEWSDESK_HEALTH_ADDRESS": "",
    }
    with subprocess.Popen([sys.executable, "-m", "bot", "run"], env=os.environ | settings, cwd=tmp_path) as bot:
        try:
            _wait_for(database)
            assert bot.poll() is None
            bot.send_signal(number)
            assert bot.wait(10) == 0
        finally:
            bot.kill()


def _wait_for(database: Path) -> None:
    """Wait until the import writes."""
    wal = companions(instance_path(database))[0]
    for _ in range(600):
        if wal.exists() and wal.stat().st_size > 1_000_000:
            return
        time.sleep(0.05)
    raise AssertionError("the import has not begun")


async def test_clock_is_trusted_as_soon_as_discord_has_answered(town: Town) -> None:
    """Planning does not wait for the second tick, half a minute later."""
    assert town.bot is not None
    for _ in range(2000):
        if town.bot._runtime().is_clock_trusted:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the clock is not trusted before the second tick")


async def test_second_identify_comes_five_seconds_after_the_first_across_a_restart(quiet_town: Town) -> None:
    """Discord accepts one in five seconds, whichever process sends it."""
    began = time.monotonic()
    await quiet_town.start_bot()
    await quiet_town.stop_bot()
    await quiet_town.start_bot(patience_s=20)

    assert time.monotonic() - began >= IDENTIFY_INTERVAL_S
    assert quiet_town.sandbox.gateway.identify_count == 2
