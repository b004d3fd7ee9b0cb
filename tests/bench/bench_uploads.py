"""What hostile uploads cost: the bot's memory during twenty at once, and the disk of a shelf filled again and again.

Run with `python -m tests.bench.bench_uploads [uploads]`. The bot is a real process. The goals: at most 100 MB of memory
over the idle bot, its workers included, and at most 1.5 times a shelf's limit on disk, whatever is uploaded.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from bot.sandbox import Channel, Member, Sandbox, Upload
from bot.store.sqlite.shelves.names import find_shelf_files
from tests.faults.process import Process, SlowClock, running
from tests.faults.test_uploads import long_texts, many_stubs, no_seeds
from tests.support.memory import watching_memory
from tests.support.seed_files import make_seed_file, make_zip

KINDS: Final = (many_stubs, long_texts, no_seeds)
AT_ONCE: Final = 20
AGAIN: Final = 24
LIMIT_MB: Final = 8
MOST_MB: Final = 100.0
MOST_TIMES: Final = 1.5
_PATIENCE_S: Final = 600.0
_IMPORT: Final = "Import"
_IMPORTED: Final = "added"


def new_words(rng: random.Random) -> bytes:
    """A zip of new articles whose every word is a new one."""
    return make_zip(
        {
            f"{rng.getrandbits(32)}.md": make_seed_file(
                title=f"{rng.getrandbits(64):x} {rng.getrandbits(64):x}",
                webUrl=f"https://example.com/{rng.getrandbits(64)}",
                excerpt=" ".join(f"{rng.getrandbits(40):x}" for _ in range(400)),
            )
            for _ in range(200)
        }
    )


AGAIN_KINDS: Final = (many_stubs, new_words)
"""The articles of the one are changed each time, those of the other are new."""


def add_server(sandbox: Sandbox, number: int) -> tuple[Channel, Member]:
    """Create a server with a channel and an admin."""
    guild = sandbox.add_guild(f"Server {number}")
    return guild.add_channel("news"), guild.add_member(f"Admin {number}", permissions=("manage_guild",))


async def upload(place: tuple[Channel, Member], content: bytes) -> str:
    """Upload a zip, import what is shown, and return the last that the admin is told."""
    channel, admin = place
    answer = await admin.run(
        channel, "content import", file=Upload(filename="pack.zip", content=content), timeout=_PATIENCE_S
    )
    if _IMPORT in answer.buttons:
        answer = await admin.press(answer, _IMPORT, timeout=_PATIENCE_S)
    return answer.text


async def measure_memory(folder: Path) -> float:
    """Let twenty servers upload at once; the most memory over the idle bot's, in MB."""
    async with Sandbox(limits=False, clock=SlowClock()) as sandbox:
        places = [add_server(sandbox, number) for number in range(AT_ONCE)]
        async with running(folder, sandbox=sandbox) as bot:
            await bot.until_connected()
            await bot.until_well()
            rng = random.Random(13)  # noqa: S311 - harm that can be repeated
            contents = [kind(rng) for kind in KINDS]
            async with watching_memory(pid=bot.process.pid) as peak:
                told = await asyncio.gather(
                    *(upload(place, contents[number % len(contents)]) for number, place in enumerate(places))
                )
            await bot.until_well()
    took = sum(_IMPORTED in each for each in told)
    print(
        f"{AT_ONCE} uploads at once: at most {peak.grown / 1e6:.0f} MB over {peak.began / 1e6:.0f} MB when idle "
        f"(limit {MOST_MB:.0f}); {took} imported, all answered"
    )
    return peak.grown / 1e6


def disk_of(bot: Process) -> int:
    """Bytes of all files of the servers' shelves, their logs included."""
    files = find_shelf_files(bot.folder / "newsdesk.sqlite3").values()
    return sum(part.stat().st_size for path in files for part in path.parent.glob(f"{path.name}*"))


@asynccontextmanager
async def watching_disk(bot: Process, note: Callable[[int], None]) -> AsyncIterator[None]:
    """Look at the disk again and again until the block ends."""

    async def watch() -> None:
        while True:
            note(await asyncio.to_thread(disk_of, bot))
            await asyncio.sleep(0.05)

    watcher = asyncio.create_task(watch())
    try:
        yield
    finally:
        watcher.cancel()


async def measure_disk(folder: Path, uploads: int) -> float:
    """Fill one shelf again and again; the most disk, in times of its limit."""
    limits = {"NEWSDESK_LIMITS_SHELF_MEGABYTES": str(LIMIT_MB), "NEWSDESK_LIMITS_IMPORTS_PER_HOUR": "1000"}
    most, left = [0], []
    async with Sandbox(limits=False, clock=SlowClock()) as sandbox:
        place = add_server(sandbox, 1)
        async with running(folder, sandbox=sandbox, environment=limits) as bot:
            await bot.until_connected()
            await bot.until_well()
            for number in range(uploads):
                content = AGAIN_KINDS[number % 2](random.Random(number))  # noqa: S311 - other words each time
                async with watching_disk(bot, most.append):
                    told = await upload(place, content)
                left.append(disk_of(bot))
                print(f"  upload {number + 1}: {left[-1] / 1e6:6.1f} MB; {' '.join(told.split())[:90]}", flush=True)
    times = max(*most, *left) / (LIMIT_MB * 2**20)
    print(
        f"{uploads} uploads to a shelf of {LIMIT_MB} MiB: at most {times:.2f} times that on disk (limit {MOST_TIMES})"
    )
    return times


async def measure(uploads: int) -> int:
    """Measure both; exit status 1 if a goal is missed."""
    with tempfile.TemporaryDirectory() as folder:
        memory, disk = Path(folder) / "memory", Path(folder) / "disk"
        memory.mkdir()
        disk.mkdir()
        grown, times = await measure_memory(memory), await measure_disk(disk, uploads)
        return int(grown > MOST_MB or times > MOST_TIMES)


if __name__ == "__main__":
    sys.exit(asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else AGAIN)))
