"""Measure the bot's start and its memory when idle, in a process of its own against the sandbox, and the command line.

The goals: ready in under 1 s, under 120 MB when idle, `newsdesk --help` in under 0.2 s of CPU time. The same figures of
a Python that only imports discord.py distinguish a slow machine from a slow bot. Run it as
`python tests/bench/bench_start.py [runs]`; it writes .bench/start.json.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[2]))

from bot.app.config import load_config
from bot.app.log import set_up_logging
from bot.app.start import open_newsdesk
from bot.clock import SystemClock
from bot.sandbox import Sandbox

ROOT: Final = Path(__file__).parents[2]
IDLE_S: Final = 3.0
IMPORT_ONLY: Final = "import discord, time; print('ready', flush=True); time.sleep(30)"


def resident_mb(pid: int) -> float:
    """Read a process's resident memory, in MB (10^6 bytes)."""
    for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise RuntimeError("no such process")


async def start_bot(folder: Path) -> tuple[float, float]:
    """Start the bot: seconds from the process's start to READY, and MB after `IDLE_S` idle seconds."""
    async with Sandbox() as sandbox:
        sandbox.add_guild("Town Square").add_channel("news")
        environ = {
            **os.environ,
            "NEWSDESK_TOKEN": sandbox.token,
            "NEWSDESK_DATABASE": str(folder / "newsdesk.sqlite3"),
            "NEWSDESK_SEEDS": str(ROOT / "seeds"),
            "NEWSDESK_API_BASE": sandbox.api_base,
            "NEWSDESK_HEALTH_ADDRESS": "",
            "NEWSDESK_LOG_LEVEL": "WARNING",
        }
        began = time.perf_counter()
        process = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", "run", cwd=ROOT, env=environ)
        try:
            await sandbox.wait_until_ready(30.0)
            took = time.perf_counter() - began
            await asyncio.sleep(IDLE_S)
            return took, resident_mb(process.pid)
        finally:
            process.terminate()
            await process.wait()


async def start_inside(folder: Path) -> float:
    """Start the bot in this process, with everything imported: seconds from opening it to READY."""
    clock = SystemClock()
    async with Sandbox() as sandbox:
        sandbox.add_guild("Town Square").add_channel("news")
        config = load_config(
            Path(os.devnull),
            {
                "HOME": str(folder),
                "NEWSDESK_TOKEN": sandbox.token,
                "NEWSDESK_DATABASE": str(folder / "inside.sqlite3"),
                "NEWSDESK_SEEDS": str(ROOT / "seeds"),
                "NEWSDESK_API_BASE": sandbox.api_base,
                "NEWSDESK_HEALTH_ADDRESS": "",
            },
        )
        began = time.perf_counter()
        async with open_newsdesk(config, clock=clock) as newsdesk:
            await newsdesk.wait_until_ready(30.0)
            return time.perf_counter() - began


async def start_discord_alone() -> tuple[float, float]:
    """Start a Python that imports discord.py and does nothing: seconds and MB."""
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", IMPORT_ONLY, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        if process.stdout is not None:
            await process.stdout.readline()
        return time.perf_counter() - began, resident_mb(process.pid)
    finally:
        process.terminate()
        await process.wait()


def cpu_of_command(*arguments: str, runs: int = 11) -> float:
    """Run a command of the command line: its CPU seconds, user and system, as a median."""
    taken: list[float] = []
    for _ in range(runs):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-m", "bot", *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(taken)


async def measure(runs: int) -> dict[str, float]:
    """Measure everything; the medians by name."""
    bots, bare, inside = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(runs):
            bots.append(await start_bot(Path(folder, "kept")))
            bare.append(await start_discord_alone())
            inside.append(await start_inside(Path(folder, "kept")))
            print(f"run {number + 1}: ready after {bots[-1][0]:.2f} s, {bots[-1][1]:.0f} MB")
    ready_s, idle_mb = (statistics.median(column) for column in zip(*bots, strict=True))
    import_s, import_mb = (statistics.median(column) for column in zip(*bare, strict=True))
    return {
        "open_to_ready_s": statistics.median(inside),
        "ready_s": ready_s,
        "idle_mb": idle_mb,
        "discord_import_s": import_s,
        "discord_import_mb": import_mb,
    }


def main() -> None:
    """Measure, print and write."""
    set_up_logging("WARNING", "console")
    figures = asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 5))
    figures |= {"help_cpu_s": cpu_of_command("--help"), "check_cpu_s": cpu_of_command("check", "seeds")}
    for name, value in figures.items():
        print(f"{name:20} {value:8.2f}")
    Path(".bench").mkdir(exist_ok=True)
    Path(".bench/start.json").write_text(json.dumps(figures, indent=2) + "\n", "ascii")


if __name__ == "__main__":
    main()
