"""Two processes that send from one file would double every edition."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from tests.support.delivering_bot import open_square
from tests.support.fault_points import PARTS


async def test_second_sender_on_the_same_file_is_refused_with_exit_status_75(tmp_path: Path) -> None:
    """A real process beside a bot that runs; it says who sends, asks Discord nothing, and the first one goes on."""
    async with open_square(tmp_path) as square:
        config = square.config()
        environment = os.environ | {
            "NEWSDESK_TOKEN": square.sandbox.token,
            "NEWSDESK_DATABASE": str(config.database),
            "NEWSDESK_SEEDS": "",
            "NEWSDESK_API_BASE": square.sandbox.api_base,
            "NEWSDESK_HEALTH_ADDRESS": "",
        }
        ended = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "bot", "run"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=20,
        )

        assert (ended.returncode, square.sandbox.gateway.identify_count) == (75, 1)
        assert f"(id {os.getpid()}) already sends from" in ended.stderr
        assert "Traceback" not in ended.stderr + ended.stdout
        await square.plan()
        await square.channel.wait_for_messages(PARTS)
