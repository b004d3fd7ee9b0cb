"""What a server feels of fifty others: search, related coverage, completion, import and plans, alone and beside them.

Two newsrooms with the same instance and the same server are asked in turn, in one process; one of them also has the
others, each with a file of its own. Before each question to the server beside them another one is asked, so that files
are opened and closed as in a busy bot. The aim: p99 at most 1.25 times as long as alone.
Run it as `python -m tests.bench.bench_walls [articles of the instance] [of each server] [servers]`.
"""

from __future__ import annotations

import asyncio
import json
import math
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final

from bot.news.article import INSTANCE_SHELF, Article, ShelfId, article_id, server_shelf
from bot.news.content import ImportLimits
from bot.news.parsing.query import read_query
from bot.store.sqlite import SqliteStore, open_store
from bot.store.sqlite.shelves.names import find_shelf_files, new_shelf_path
from bot.usecases.digest.plan import preview_edition
from bot.usecases.ingest import ImportTurns
from bot.usecases.related import related_coverage
from bot.usecases.story import Stories
from tests.bench.archive import BATCH, make_archive
from tests.support.clocks import ManualClock
from tests.support.makers import SOME_DAY, make_schedule
from tests.support.newsroom import ingest_upload, read_here, seed_of
from tests.support.seed_files import make_zip

RESULT: Final = Path(__file__).parents[2] / ".bench" / "walls.json"
OWN: Final = server_shelf(1)
SEEN: Final = (INSTANCE_SHELF, OWN)
FIRST_OTHER: Final = 100
ROUNDS: Final = 100
HEAVY_ROUNDS: Final = 20
SEEDS: Final = 50
AIM: Final = 1.25


async def fill(store: SqliteStore, shelf: ShelfId, articles: int, *, seed: int) -> list[Article]:
    """Put an archive on a shelf; some of its articles."""
    batch, some = [], []
    for number, each in enumerate(make_archive(articles, seed=seed)):
        moved = replace(each.article, id=article_id(shelf, each.article.stem), shelf=shelf)
        batch.append(replace(each, article=moved))
        if number % max(1, articles // ROUNDS) == 0:
            some.append(moved)
        if len(batch) == BATCH:
            await store.articles.put_seeds(shelf, batch, seen_at=SOME_DAY)
            batch = []
    if batch:
        await store.articles.put_seeds(shelf, batch, seen_at=SOME_DAY)
    await store.articles.optimize(shelf)
    return some


def add_others(ledger: Path, others: int) -> None:
    """Give each other server a copy of one's file."""
    of_one = find_shelf_files(ledger)[server_shelf(FIRST_OTHER)]
    for guild in range(FIRST_OTHER + 1, FIRST_OTHER + others):
        path = new_shelf_path(ledger, server_shelf(guild), 1)
        shutil.copyfile(of_one, path)
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("UPDATE shelf SET name = ?", (server_shelf(guild),))
            connection.commit()


class Asker:
    """One newsroom that is asked, and how long its answers take."""

    def __init__(self, store: SqliteStore, clock: ManualClock, others: int) -> None:
        self.store = store
        self.took_ms: dict[str, list[float]] = {}
        self._clock = clock
        self._others = others
        self._turn = 0
        self._turns = ImportTurns(read=read_here)

    async def ask(self, what: str, number: int, article: Article) -> None:
        """Ask the server's question, after another server's."""
        if self._others:
            self._turn += 1
            other = (INSTANCE_SHELF, server_shelf(FIRST_OTHER + self._turn % self._others))
            await self.store.search.search(other, read_query(article.title, now=SOME_DAY), now=SOME_DAY)
        work = self._work(what, number, article)
        began_s = time.perf_counter()
        await work()
        self.took_ms.setdefault(what, []).append((time.perf_counter() - began_s) * 1000)

    def _work(self, what: str, number: int, article: Article) -> Callable[[], Awaitable[object]]:
        store = self.store
        match what:
            case "search":
                query = read_query(" ".join(article.title.split()[:3]), now=SOME_DAY)
                return lambda: store.search.search(SEEN, query, now=SOME_DAY)
            case "related":
                return lambda: related_coverage(store.related, store.articles, SEEN, article)
            case "completion":
                return lambda: store.search.complete_articles(SEEN, article.title[:4])
            case "planning":
                schedule = make_schedule(guild_id=1)
                now = SOME_DAY
                return lambda: preview_edition(store, schedule, now=now, stories=Stories(store, self._clock))
            case _:
                data = make_zip({f"{number}x{n}.txt": seed_of(f"{number}x{n}") for n in range(SEEDS)})
                return lambda: self._import(data)

    async def _import(self, data: bytes) -> None:
        async def fetch(path: Path) -> None:
            await asyncio.to_thread(path.write_bytes, data)

        limits = ImportLimits(imports_per_hour=10_000, articles_per_shelf=1_000_000)
        await ingest_upload(
            self.store.articles, fetch, "a.zip", OWN, turns=self._turns, clock=self._clock, limits=limits
        )

    def p99_ms(self, what: str) -> float:
        """The time that one of a hundred answers takes at least."""
        ordered = sorted(self.took_ms[what])
        return ordered[math.ceil(0.99 * len(ordered)) - 1]


async def measure(folder: Path, of_instance: int, of_server: int, others: int) -> dict[str, tuple[float, float]]:
    """Measure both newsrooms in turn: the p99 of each question alone and beside the others, in ms."""
    clock = ManualClock(SOME_DAY)
    alone, beside = folder / "alone" / "n.db", folder / "beside" / "n.db"
    async with open_store(alone, clock=clock) as store:
        await fill(store, INSTANCE_SHELF, of_instance, seed=1)
        some = await fill(store, OWN, of_server, seed=2)
    shutil.copytree(alone.parent, beside.parent)
    async with open_store(beside, clock=clock) as store:
        await fill(store, server_shelf(FIRST_OTHER), of_server, seed=3)
    add_others(beside, others)
    async with open_store(alone, clock=clock) as one, open_store(beside, clock=clock) as other:
        askers = (Asker(one, clock, 0), Asker(other, clock, others))
        for what in ("search", "related", "completion", "planning", "import"):
            rounds = ROUNDS if what in {"search", "related", "completion"} else HEAVY_ROUNDS
            for number in range(rounds):
                order = askers if number % 2 else askers[::-1]
                for asker in order:
                    await asker.ask(what, number, some[number % len(some)])
        return {what: (askers[0].p99_ms(what), askers[1].p99_ms(what)) for what in askers[0].took_ms}


def main() -> None:
    """Print and keep what was measured; exit status 1 if the aim isn't reached."""
    of_instance, of_server, others = [*map(int, sys.argv[1:]), *(50_000, 20_000, 50)[len(sys.argv) - 1 :]]
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(measure(Path(folder), of_instance, of_server, others))
    for what, (alone, beside) in found.items():
        print(f"{what:12} p99 {alone:8.1f} ms alone, {beside:8.1f} ms beside {others}: {beside / alone:.2f} x")
    RESULT.parent.mkdir(exist_ok=True)
    sizes = {"instance": of_instance, "server": of_server, "others": others}
    RESULT.write_text(json.dumps({"sizes": sizes, "p99_ms": found}, indent=2))
    if any(beside > AIM * alone for alone, beside in found.values()):
        sys.exit(1)


if __name__ == "__main__":
    main()
