"""How long an edition's candidates take to read, out of an archive of years.

Run it as `python tests/bench/bench_candidates.py [articles]`; each has two changes and names two stubs.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[2]))

from bot.clock import SystemClock
from bot.news.article import INSTANCE_SHELF, Provider, Seed
from bot.store.sqlite.shelves.files import open_files
from tests.support.ledger import sqlite_ledger
from tests.support.makers import SOME_DAY, make_seed, make_stub

ROUNDS: Final = 11
SHELVES: Final = (INSTANCE_SHELF,)
DAY: Final = timedelta(days=1)
BATCH: Final = 500


def seed(number: int, articles: int, *, quality: int) -> Seed:
    """One of `articles` seeds, spread over two years up to SOME_DAY."""
    published_at = SOME_DAY - DAY * 730 * number / articles
    provider = Provider(domain=f"p{number % 300}.example", name=f"Provider {number % 300}")
    return make_seed(
        f"seed{number}",
        published_at=published_at,
        provider=provider,
        title=f"What number {number} says of {number % 977} and {number % 89}",
        excerpt="An excerpt of some words that stand in every one of them.",
        quality=quality,
        coverage=[make_stub(f"s{(number + shift) % articles}", published_at=published_at) for shift in (1, 2)],
    )


async def timed(name: str, doing: Callable[[], Awaitable[tuple[object, ...]]]) -> None:
    """Print the median and the longest of some rounds."""
    spans = []
    found: tuple[object, ...] = ()
    for _ in range(ROUNDS):
        began = time.perf_counter()
        found = await doing()
        spans.append((time.perf_counter() - began) * 1000)
    print(f"{name:44} {len(found):5} found   median {statistics.median(spans):7.1f} ms   longest {max(spans):7.1f} ms")


async def main(articles: int) -> None:
    """Measure on a file of its own."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_files(Path(folder) / "newsdesk.db", clock=SystemClock()) as files:
            ledger = sqlite_ledger(files)
            for quality in (60, 80):
                for start in range(0, articles, BATCH):
                    seeds = [seed(number, articles, quality=quality) for number in range(start, start + BATCH)]
                    await ledger.articles.put_seeds(
                        INSTANCE_SHELF, seeds, seen_at=SOME_DAY, is_first_import=quality == 60
                    )
            print(f"{articles} articles of two years")
            digest = ledger.digest
            for weeks in (3, 26):
                after = SOME_DAY - DAY * 7 * weeks
                await timed(
                    f"candidates of {weeks} weeks",
                    partial(digest.candidates, SHELVES, as_of=SOME_DAY, published_after=after),
                )
            await timed(
                "candidates of all of the past",
                lambda: digest.candidates(SHELVES, as_of=SOME_DAY, published_after=None),
            )
            await timed(
                "candidates of all of the past, a year ago",
                lambda: digest.candidates(SHELVES, as_of=SOME_DAY - DAY * 365, published_after=None),
            )
            found = await digest.candidates(SHELVES, as_of=SOME_DAY, published_after=SOME_DAY - DAY * 21)
            ids = [candidate.article.id for candidate in found]
            await timed(f"coverage of {len(ids)}", lambda: digest.coverage_of(SHELVES, ids, as_of=SOME_DAY))


if __name__ == "__main__":
    asyncio.run(main(int((*sys.argv[1:], "20000")[0])))
