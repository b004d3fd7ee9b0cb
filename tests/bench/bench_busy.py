"""How long members wait who all search at once while an import of seeds is under way.

Each of 64 members asks for something, all at the same moment, again and again until 2,000 seeds are in; each search
goes the way of `/news search`, from the text to the first page's draft, within the process that ingests. Beside it
is the same without an import. The aim: p99 under 250 ms, and none fails.
Run it as `python -m tests.bench.bench_busy [seeds]`; NEWSDESK_DATA gives the 47,000 articles that are searched.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bot.chat.commands.search import draft_search
from bot.clock import SystemClock
from bot.news.article import INSTANCE_SHELF, server_shelf
from bot.news.content import ImportReport
from bot.news.parsing.query import read_query
from bot.store.port import Store
from bot.store.sqlite import open_store
from bot.usecases.ingest import ingest_folder
from tests.bench.bench_ingest import write_seeds
from tests.bench.relevance_set import read_collections
from tests.support.data import find_data

RESULT: Final = Path(__file__).parents[2] / ".bench" / "busy.json"
MEMBERS: Final = 64
QUIET_ROUNDS: Final = 20
BATCH: Final = 500
MOST_MS: Final = 250.0


async def fill(store: Store) -> list[str]:
    """Put the judged set's articles; what is asked for: its questions."""
    folder = find_data("relevance")
    if folder is None:
        sys.exit("set NEWSDESK_DATA: its `relevance` folder holds the articles that are searched")
    collection = read_collections(folder)["main"]
    seeds = collection.seeds
    for start in range(0, len(seeds), BATCH):
        await store.articles.put_seeds(INSTANCE_SHELF, seeds[start : start + BATCH], seen_at=SystemClock().now())
    return [question.text for question in collection.questions if question.text]


async def search_at_once(store: Store, texts: Sequence[str]) -> list[float]:
    """One search a text, all at the same moment; milliseconds of each."""
    clock = SystemClock()

    async def search(text: str) -> float:
        began = time.perf_counter()
        query = read_query(text, now=clock.now())
        await draft_search(store.search, (INSTANCE_SHELF, server_shelf(1)), query, now=clock.now())
        return (time.perf_counter() - began) * 1000

    return await asyncio.gather(*map(search, texts))


async def search_until(store: Store, texts: Sequence[str], done: asyncio.Task[ImportReport] | None) -> list[float]:
    """Rounds of searches until `done`; without it `QUIET_ROUNDS`."""
    spans: list[float] = []
    rounds = 0
    while rounds < QUIET_ROUNDS if done is None else not done.done():
        start = rounds * MEMBERS % (len(texts) - MEMBERS)
        spans += await search_at_once(store, texts[start : start + MEMBERS])
        rounds += 1
    return spans


def summary(spans: Sequence[float]) -> dict[str, float]:
    """What members waited, in milliseconds."""
    in_order = sorted(spans)
    return {
        "searches": len(spans),
        "p50_ms": statistics.median(in_order),
        "p99_ms": in_order[min(len(in_order) - 1, len(in_order) * 99 // 100)],
        "longest_ms": in_order[-1],
    }


async def measure(place: Path, seeds: int) -> dict[str, dict[str, float]]:
    """Both tables."""
    folder = place / "seeds"
    folder.mkdir()
    write_seeds(folder, seeds)
    async with open_store(place / "newsdesk.db", clock=SystemClock(), serves_crowds=True) as store:
        texts = await fill(store)
        await search_until(store, texts, None)
        quiet = summary(await search_until(store, texts, None))
        began = time.perf_counter()
        importing = asyncio.create_task(ingest_folder(store.articles, folder, INSTANCE_SHELF, clock=SystemClock()))
        busy = summary(await search_until(store, texts, importing))
        report = await importing
        busy["import_s"] = time.perf_counter() - began
        if report.added != seeds:
            raise AssertionError(f"{report.added} of {seeds} seeds were added")
    return {"quiet": quiet, "busy": busy}


def main(seeds: int) -> None:
    """Print both tables and keep them."""
    with tempfile.TemporaryDirectory() as place:
        result = asyncio.run(measure(Path(place), seeds))
    for name, figures in result.items():
        print(name, "  ".join(f"{figure} {value:.1f}" for figure, value in figures.items()))
    print(f"aim: p99 under {MOST_MS:.0f} ms while seeds are ingested")
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000)
