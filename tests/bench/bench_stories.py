"""What stories cost: an import, the first who asks, everybody after, and a search for something else meanwhile.

A made-up archive (`tests/bench/archive.py`, 400 articles a day) is imported, then asked as members do. Milliseconds are
CPU time of this process; `held up` is the longest by the wall clock that the event loop answered nobody meanwhile.
Run it as `python -m tests.bench.bench_stories [articles]`; NEWSDESK_DATA gives the words of the archive.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Final

from bot.news.article import INSTANCE_SHELF
from bot.store.sqlite import SqliteStore, open_store
from bot.usecases.story import Stories
from tests.bench.archive import fill_store, make_archive
from tests.support.clocks import ManualClock
from tests.support.data import find_data
from tests.support.makers import SOME_DAY, make_seed

RESULT: Final = Path(__file__).parents[2] / ".bench" / "stories.json"
SHELVES: Final = (INSTANCE_SHELF,)
BEAT_S: Final = 0.002


async def measure(what: str, work: Callable[[], Awaitable[object]]) -> dict[str, float]:
    """Milliseconds of the work, and the longest that nothing else ran meanwhile."""
    longest = 0.0

    async def beat() -> None:
        nonlocal longest
        while True:
            began = time.perf_counter()
            await asyncio.sleep(BEAT_S)
            longest = max(longest, time.perf_counter() - began - BEAT_S)

    beating = asyncio.create_task(beat())
    await asyncio.sleep(0)
    began = time.process_time()
    await work()
    spent = time.process_time() - began
    beating.cancel()
    print(f"{what:42} {spent * 1000:9.1f} ms, held up {longest * 1000:6.1f} ms")
    return {"ms": spent * 1000, "held_up_ms": longest * 1000}


async def ask(store: SqliteStore, clock: ManualClock) -> dict[str, dict[str, float]]:
    """Ask everything that a member may, for the first time and again."""
    stories = Stories(store, clock)
    figures: dict[str, dict[str, float]] = {}

    async def note(what: str, work: Callable[[], Awaitable[object]]) -> None:
        figures[what] = await measure(what, work)

    newest, *_ = await store.search.latest(SHELVES, limit=1)
    await note("after the import", lambda: stories.take_in(SHELVES))
    await note("coverage of one, first", lambda: stories.tied(SHELVES, newest))
    await note("coverage of one, again", lambda: stories.tied(SHELVES, newest))
    for name, days in {"day": 1, "week": 7, "month": 30, "all": None}.items():
        await note(f"top of {name}, first", lambda days=days: stories.top(SHELVES, days=days))  # type: ignore[misc]
        await note(f"top of {name}, again", lambda days=days: stories.top(SHELVES, days=days))  # type: ignore[misc]
    fresh = [make_seed(f"fresh{number}", title=newest.title, published_at=SOME_DAY) for number in range(10)]
    await store.articles.put_seeds(INSTANCE_SHELF, fresh, seen_at=SOME_DAY)
    await note("ten more came", lambda: stories.take_in(SHELVES))
    await note("top of day, after that", lambda: stories.top(SHELVES, days=1))
    await note("forgetting", stories.forget_old)
    return figures


async def main(articles: int) -> None:
    """Print the figures and keep them."""
    with tempfile.TemporaryDirectory() as folder:
        clock = ManualClock(SOME_DAY + timedelta(minutes=1))
        async with open_store(Path(folder) / "newsdesk.db", clock=clock) as store:
            await fill_store(store, make_archive(articles, folder=find_data("relevance")))
            print(f"{articles} articles")
            figures = await ask(store, clock)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps({str(articles): figures}, indent=2) + "\n")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
