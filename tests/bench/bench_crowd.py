"""A thousand searches at the same moment: how many are answered in time, and how many are asked to try again.

Run with `python -m tests.bench.bench_crowd [members]`. The bot is a real process; the sandbox on
the same machine counts its seconds slowly (`SLOWER`), since it plays all members at the same time.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from bot.sandbox import Sandbox
from tests.faults.process import SLOWER, SlowClock, running
from tests.faults.test_crowd import ask_all, kind_of

MEMBERS = 1_000


async def measure(folder: Path, members: int) -> None:
    """Let the members search, and print what each of them got."""
    async with Sandbox(limits=False, clock=SlowClock()) as sandbox, running(folder, sandbox=sandbox) as bot:
        sandbox.add_guild("Town Square").add_channel("news")
        await bot.until_connected()
        await bot.until_well()
        began_s = time.perf_counter()
        found = Counter(map(kind_of, await ask_all(bot, members)))
        took_s = time.perf_counter() - began_s
        await bot.until_well()
    print(
        f"{members} at once: {found['answer']} answered, "
        f"{found['told']} asked to try again, {found['nothing']} without "
        f"a word; all within {took_s:.1f} s, and Discord's three seconds are {3 * SLOWER:.0f} s here"
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        asyncio.run(measure(Path(made), int(sys.argv[1]) if len(sys.argv) > 1 else MEMBERS))
