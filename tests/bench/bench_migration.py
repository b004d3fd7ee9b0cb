"""How long the upgrade of a single file of earlier versions takes, also if a start is killed half-way.

Run with `python -m tests.bench.bench_migration [FILE]`: a copy of FILE, which an earlier version wrote, is upgraded by
a real bot, first in one go, then by one that is killed half-way and one that finishes. Without FILE one is made, of
`ARTICLES` articles and the shelves of `SERVERS` servers.
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Final

from bot.clock import SystemClock
from bot.news.article import server_shelf
from bot.sandbox import Sandbox
from bot.store.sqlite import open_store
from bot.store.sqlite.archive.upsert import put_batch
from bot.store.sqlite.file.kinds import instance_path
from bot.store.sqlite.shelves.names import find_shelf_files
from tests.bench.archive import fill_store, make_archive
from tests.faults.process import SlowClock, events_in, running
from tests.support.killed import kill
from tests.support.makers import SOME_DAY, make_seed
from tests.support.single_file import join_files

ARTICLES: Final = 20_000
SERVERS: Final = 50
OF_A_SERVER: Final = 20
PATIENCE_S: Final = 480.0
_PROGRESS: Final = ("gets a file of its own", "index is being rebuilt", "indexed")
_COUNTS: Final = """
    SELECT shelf.name, count(*) FROM article JOIN shelf USING (shelf_id)
    WHERE NOT is_stub AND stem <> 'ferry' GROUP BY 1
"""


async def make_single(path: Path) -> None:
    """Write a single file as earlier versions had it."""
    async with open_store(path, clock=SystemClock()) as store:
        await fill_store(store, make_archive(ARTICLES))
        for number in range(1, SERVERS + 1):
            shelf = server_shelf(number)
            seeds = [make_seed(f"s{each}", shelf=shelf, title=f"Number {each}") for each in range(OF_A_SERVER)]
            put = partial(put_batch, shelf=shelf, seeds=seeds, seen_at=SOME_DAY, is_first_import=False)
            await store.files.archive.write(put)  # where earlier versions had them
    join_files(path)


def count_in(*files: Path) -> Mapping[str, int]:
    """Count the articles of each shelf in closed files."""
    found: dict[str, int] = {}
    for file in files:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            found |= dict(connection.execute(_COUNTS).fetchall())
    return found


def size_of(path: Path) -> int:
    """Bytes of a file."""
    return path.stat().st_size


def copy_into(place: Path, single: Path) -> None:
    """Create a folder with a copy of the single file."""
    place.mkdir()
    shutil.copyfile(single, place / "newsdesk.sqlite3")


async def upgrade(folder: Path, *, killed_after_s: float | None = None) -> tuple[float, int]:
    """Start the bot until it is well, or kill it before; seconds, and the lines of progress in its log."""
    async with Sandbox(limits=False, clock=SlowClock()) as sandbox:
        sandbox.add_guild("Town Square").add_channel("news")
        began_s = time.perf_counter()
        async with running(folder, sandbox=sandbox) as bot:
            if killed_after_s is None:
                await bot.until_well(PATIENCE_S)
            else:
                await asyncio.sleep(killed_after_s)
                await kill(bot.process)
            took_s = time.perf_counter() - began_s
            return took_s, sum(any(each in event for each in _PROGRESS) for event in events_in(bot.log))


def check(folder: Path, before: Mapping[str, int]) -> str:
    """Compare what is in the new files with what was in the single one, a copy of which must be there."""
    path = folder / "newsdesk.sqlite3"
    after = count_in(instance_path(path), *find_shelf_files(path).values())
    (kept,) = folder.glob("newsdesk.sqlite3.before-*")
    arriving = [each.name for each in folder.rglob("*arriving*")]
    is_whole = after == before == count_in(kept) and not arriving
    return "every article is there, and the old file is kept" if is_whole else f"LOST: {before} {after} {arriving}"


async def measure(single: Path, folder: Path) -> int:
    """Upgrade two copies, and print how it went; exit status 1 if something is missing."""
    before = count_in(single)
    print(f"{sum(before.values()):,} articles on {len(before)} shelves, {size_of(single) / 1e6:,.0f} MB", flush=True)
    places = (folder / "once", folder / "killed")
    for place in places:
        copy_into(place, single)
    took_s, lines = await upgrade(places[0])
    said = [check(places[0], before)]
    print(f"in one go: {took_s:.1f} s until the bot is well, {lines} lines of progress; {said[0]}", flush=True)
    await upgrade(places[1], killed_after_s=took_s / 2)
    again_s, _ = await upgrade(places[1])
    said.append(check(places[1], before))
    print(f"killed after {took_s / 2:.1f} s: {again_s:.1f} s for the next start; {said[1]}")
    return int(any(each.startswith("LOST") for each in said))


async def main() -> int:
    """Measure the file that is given, or one that is made."""
    with tempfile.TemporaryDirectory() as made:
        single = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(made) / "single.sqlite3"
        if len(sys.argv) == 1:
            await make_single(single)
        return await measure(single, Path(made))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
