"""How long it takes to put articles, and to read what somebody waits for, in an archive of made-up news.

Run it as `python tests/bench/bench_articles.py [seeds]`; each names four stubs of its own, the worst case. Words follow
Zipf's law over a vocabulary that grows with the archive, as in real news.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import accumulate
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[2]))

from bot.clock import SystemClock
from bot.news.article import INSTANCE_SHELF, Article, Provider, Seed
from bot.news.parsing.query import read_query
from bot.store.port import Store
from bot.store.sqlite import open_store
from tests.support.makers import SOME_DAY, make_seed, make_stub

BATCH: Final = 500
ROUNDS: Final = 200
SHELVES: Final = (INSTANCE_SHELF,)
SECONDS_OF_TWO_YEARS: Final = 2 * 365 * 86_400


class Newsroom:
    """Makes up seeds, the same ones in each run."""

    def __init__(self, seeds: int) -> None:
        self.random = random.Random(1)  # noqa: S311 - the same news in each run, no secrets
        syllables = [first + vowel for first in "bcdfglmnprst" for vowel in "aeiou"]
        size = 5_000 + seeds
        self.words = ["".join(self.random.choices(syllables, k=self.random.randint(2, 4))) for _ in range(size)]
        self.weights = list(accumulate(1 / rank for rank in range(1, size + 1)))
        self.providers = [Provider(domain=f"site{n}.example", name=f"Site {n}") for n in range(500)]

    def text(self, words: int) -> str:
        """This many words."""
        return " ".join(self.random.choices(self.words, cum_weights=self.weights, k=words)).capitalize()

    def stub(self) -> Article:
        """An article that nobody else names."""
        provider = self.random.choice(self.providers)
        url = f"https://www.{provider.domain}/2021/05/{self.random.randrange(10**12)}-a-title-of-usual-length"
        return make_stub(
            title=self.text(10),
            excerpt=self.text(28),
            provider=provider,
            url=url,
            aliases=(f"{url}/amp/", f"https://cdn.ampproject.org/c/{url[8:]}"),
            published_at=SOME_DAY - timedelta(seconds=self.random.randrange(SECONDS_OF_TWO_YEARS)),
        )

    def seed(self, number: int) -> Seed:
        """A seed with its four stubs."""
        stub = self.stub()
        return make_seed(
            f"{number:08}_{self.random.randrange(10**12)}",
            title=stub.title,
            excerpt=stub.excerpt,
            provider=stub.provider,
            url=stub.url,
            aliases=stub.aliases,
            published_at=stub.published_at,
            quality=self.random.randrange(7, 190),
            topics=("AI", f"Topic {self.random.randrange(200)}"),
            coverage=[self.stub() for _ in range(4)],
        )


def show(name: str, spans_s: list[float]) -> None:
    """Print the median, the 99th percentile and the longest in milliseconds."""
    spans = sorted(1000 * span for span in spans_s)
    middle, last = statistics.median(spans), spans[int(0.99 * (len(spans) - 1))]
    print(f"{name:34} median {middle:8.2f} ms   99% {last:8.2f} ms   longest {spans[-1]:8.2f} ms")


async def timed(name: str, doing: Callable[[int], Awaitable[object]], rounds: int = ROUNDS) -> None:
    """Print how long a read takes, over some rounds with other words each."""
    spans = []
    for number in range(rounds):
        began = time.perf_counter()
        await doing(number)
        spans.append(time.perf_counter() - began)
    show(name, spans)


async def put_all(store: Store, newsroom: Newsroom, seeds: int) -> None:
    """Put the seeds in batches; making them up is not counted."""
    spans = []
    processor_s = 0.0
    for start in range(0, seeds, BATCH):
        batch = [newsroom.seed(number) for number in range(start, min(start + BATCH, seeds))]
        began, processor = time.perf_counter(), time.process_time()
        await store.articles.put_seeds(INSTANCE_SHELF, batch, seen_at=SOME_DAY, is_first_import=True)
        spans.append(time.perf_counter() - began)
        processor_s += time.process_time() - processor
    print(f"put {seeds} seeds with {4 * seeds} stubs: {sum(spans):.2f} s, of them {processor_s:.2f} s of processor")
    show(f"a batch of {BATCH}", spans)


async def read_all(store: Store, newsroom: Newsroom) -> None:
    """Time each read that somebody waits for."""
    texts = [newsroom.text(3) for _ in range(ROUNDS)]
    headlines = [newsroom.text(10) for _ in range(ROUNDS)]
    newest = await store.search.latest(SHELVES, limit=ROUNDS)

    def search(texts: list[str]) -> Callable[[int], Awaitable[object]]:
        return lambda number: store.search.search(SHELVES, read_query(texts[number], now=SOME_DAY), now=SOME_DAY)

    await timed("search, three words", search(texts))
    await timed("search, a headline", search(headlines))
    await timed("search, a misspelled word", search([f"{text[:-1]}x" for text in texts]))
    await timed("completion", lambda number: store.search.complete_articles(SHELVES, texts[number][:-2]))
    await timed("latest of a topic", lambda number: store.search.latest(SHELVES, topic=f"topic {number % 200}"))
    await timed(
        "top of all time",
        lambda _: store.search.search(SHELVES, read_query("", sort="score", now=SOME_DAY), now=SOME_DAY),
    )
    await timed("similar", lambda number: store.related.similar(SHELVES, newest[number]))
    await timed("topics, known", lambda _: store.search.topics(SHELVES))


async def main(seeds: int) -> None:
    """Measure on a file of its own."""
    newsroom = Newsroom(seeds)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "newsdesk.db"
        async with open_store(path, clock=SystemClock()) as store:
            await put_all(store, newsroom, seeds)
            await read_all(store, newsroom)
        print(f"the file: {path.stat().st_size / 1e6:.0f} MB")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
