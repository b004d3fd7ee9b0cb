"""How long seeds take from their folder into the database, how long a second look takes, and how much memory.

The aims: as many files a second as PyYAML's safe C loader merely parses on one core, 10,000 in less than 10 s, no
transaction over 200 ms, less than 300 MB with the processes that read, and a second look in twice the time of asking
for every file's size. For comparison: that loader, that asking, and
`sqlite3.executemany` of the same text into a bare table with a full-text index.
Run it as `python -m tests.bench.bench_ingest [seeds]`; NEWSDESK_DATA adds upstream's records to the five that ship.
The looks are made by a process of their own, so that its memory is theirs.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import re
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import yaml

sys.path.insert(0, str(Path(__file__).parents[2]))

from bot.clock import SystemClock
from bot.news.article import INSTANCE_SHELF, Seed, ShelfId
from bot.store.port.article import NO_FATES, Fate, PutReport
from bot.store.sqlite.archive.articles import SqliteArticleStore
from bot.store.sqlite.shelves.files import StoreFiles, open_files
from bot.usecases.ingest import BATCH, ingest_folder
from tests.support.data import find_data
from tests.support.seed_files import SHIPPED, front_of

RESULT: Final = Path(__file__).parents[2] / ".bench" / "ingest.json"

_URL: Final = re.compile(rb'(?m)^(\s*(?:- )?(?:webUrl|originalUrl|ampWebUrl|cdnAmpWebUrl|url): "?https?://[^"\s]+)')
_TITLE: Final = re.compile(rb'(?m)^(\s*(?:- )?title: ")')


def write_seeds(folder: Path, count: int) -> None:
    """Variations of the real seeds: each has titles and URLs of its own."""
    upstream = find_data("upstream", "news")
    real = [file.read_bytes() for source in (SHIPPED, upstream) if source for file in sorted(source.iterdir())]
    for number in range(count):
        varied = _URL.sub(rb"\g<1>?v=%d" % number, real[number % len(real)])
        (folder / f"{number:06}.txt").write_bytes(_TITLE.sub(rb"\g<1>No. %d: " % number, varied))


def time_loader(folder: Path) -> float:
    """Seconds to open and parse every file the usual way."""
    began = time.perf_counter()
    for file in folder.iterdir():
        yaml.load(front_of(file.read_bytes()).text, yaml.CSafeLoader)
    return time.perf_counter() - began


def time_scan(folder: Path) -> float:
    """Seconds to ask for the size of every file."""
    began = time.perf_counter()
    with os.scandir(folder) as entries:
        for entry in entries:
            entry.stat()
    return time.perf_counter() - began


def time_bare_inserts(folder: Path, database: Path) -> float:
    """Seconds to put the files' text into a table with a full-text index, `BATCH` rows a transaction."""
    rows = [(file.stem, front_of(file.read_bytes()).text) for file in folder.iterdir()]
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE article (stem TEXT PRIMARY KEY, text TEXT)")
    connection.execute("CREATE VIRTUAL TABLE words USING fts5 (text)")
    began = time.perf_counter()
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        with connection:
            connection.executemany("INSERT INTO article VALUES (?, ?)", batch)
            connection.executemany("INSERT INTO words VALUES (?)", [(text,) for _, text in batch])
    span = time.perf_counter() - began
    connection.close()
    return span


class TimedStore(SqliteArticleStore):
    """The store, with the time of each batch."""

    def __init__(self, files: StoreFiles) -> None:
        super().__init__(files)
        self.spans: list[float] = []

    async def put_seeds(
        self,
        shelf: ShelfId,
        seeds: Sequence[Seed],
        *,
        seen_at: datetime,
        is_first_import: bool = False,
        fates: Mapping[str, Fate] = NO_FATES,
    ) -> PutReport:
        """See `ArticleStore.put_seeds`."""
        began = time.perf_counter()
        report = await super().put_seeds(shelf, seeds, seen_at=seen_at, is_first_import=is_first_import, fates=fates)
        self.spans.append(time.perf_counter() - began)
        return report


def most_memory_mb() -> float:
    """The most that this process held: `getrusage` counts what the one that started it held, too."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


async def time_looks(folder: Path, database: Path, count: int) -> dict[str, float]:
    """The first look, a second one without news, and the transactions of the first."""
    async with open_files(database, clock=SystemClock()) as opened:
        store = TimedStore(opened)
        began, busy = time.perf_counter(), time.process_time()
        report = await ingest_folder(store, folder, INSTANCE_SHELF, clock=SystemClock())
        first, busy = time.perf_counter() - began, time.process_time() - busy
        if report.added != count:
            raise AssertionError(f"{report.added} of {count} seeds were added")
        again = math.inf
        for _ in range(3):
            began = time.perf_counter()
            await ingest_folder(store, folder, INSTANCE_SHELF, clock=SystemClock())
            again = min(again, time.perf_counter() - began)
    return {
        "ingest_s": first,
        "ingest_cpu_s": busy,
        "again_s": again,
        "put_s": sum(store.spans),
        "median_transaction_ms": statistics.median(store.spans) * 1000,
        "longest_transaction_ms": max(store.spans) * 1000,
        "memory_mb": most_memory_mb(),
        "largest_reader_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
    }


def time_looks_elsewhere(folder: Path, database: Path, count: int) -> dict[str, float]:
    """`time_looks` by a fresh process."""
    command = [sys.executable, "-m", "tests.bench.bench_ingest", str(folder), str(database), str(count)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])
    looks: dict[str, float] = json.loads(done.stdout)
    return looks


def main(count: int) -> None:
    """Print the table and keep it."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "seeds"
        folder.mkdir()
        write_seeds(folder, count)
        result: dict[str, float] = {"seeds": count, "batch": BATCH}
        result["loader_s"] = time_loader(folder)
        result["bare_inserts_s"] = time_bare_inserts(folder, Path(place) / "bare.db")
        result |= time_looks_elsewhere(folder, Path(place) / "newsdesk.db", count)
        result["scan_s"] = min(time_scan(folder) for _ in range(3))
    result["ratio_of_again_to_scan"] = result["again_s"] / result["scan_s"]
    result["ratio_to_loader"] = result["ingest_s"] / result["loader_s"]
    result["ratio_to_loader_and_inserts"] = result["ingest_s"] / (result["loader_s"] + result["bare_inserts_s"])
    for name, value in result.items():
        print(f"{name:30} {value:10.2f}")
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    if len(sys.argv) > len(["bench", "seeds"]):
        sys.stdout.write(json.dumps(asyncio.run(time_looks(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
