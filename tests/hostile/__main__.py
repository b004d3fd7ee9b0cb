"""Ask a real archive a hundred thousand random and hostile queries: none may raise, none may answer twice otherwise.

Run it as `make hostile-queries`, or `python -m tests.hostile --queries 100000 --seed 1`. Hypothesis makes the queries
and, where one fails, the shortest that does. The archive is the seeds that ship, and upstream's where NEWSDESK_DATA is
set. It ends with status 1 at the first failure.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, get_args

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from rich.progress import Progress

from bot.clock import SystemClock
from bot.news.article import INSTANCE_SHELF
from bot.news.parsing.query import read_query
from bot.news.search import SearchResult, Sort
from bot.store.port import Store
from bot.store.sqlite import open_store
from bot.usecases.ingest import ingest_folder
from bot.usecases.search import complete_articles, search_news
from tests.hostile.queries import HOSTILE, QUERIES
from tests.support.data import find_data
from tests.support.makers import SOME_DAY
from tests.support.seed_files import SHIPPED

SHELVES: Final = (INSTANCE_SHELF,)
AT_ONCE: Final = 50
"""Queries in each of Hypothesis's examples; with fewer, most of the time goes into generating examples."""

LIMIT: Final = 25


class Interrogation:
    """A store, and the measured times of its queries."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.asked = 0
        self.found = 0
        self.longest_s = 0.0

    async def ask(self, text: str, sort: Sort) -> None:
        """Run a query, and autocomplete its text.

        Raises:
            AssertionError: The result has duplicates, is longer than its limit, or differs when the query is repeated.
        """
        query = read_query(text, sort=sort, now=SOME_DAY)
        began = time.perf_counter()
        result = await search_news(self._store.search, SHELVES, query, now=SOME_DAY, limit=LIMIT)
        self.longest_s = max(self.longest_s, time.perf_counter() - began)
        again = await search_news(self._store.search, SHELVES, query, now=SOME_DAY, limit=LIMIT)
        _require_answer(result, again, text)
        await complete_articles(self._store.search, SHELVES, text)
        self.asked += 1
        self.found += bool(result.articles)


def _require_answer(result: SearchResult, again: SearchResult, text: str) -> None:
    ids = [article.id for article in result.articles]
    if len(ids) > min(LIMIT, result.total) or len(set(ids)) != len(ids):
        raise AssertionError(f"{text!r}: {len(ids)} articles, {len(set(ids))} of them different, of {result.total}")
    if ids != [article.id for article in again.articles] and not (result.is_cut_short or again.is_cut_short):
        raise AssertionError(f"{text!r} returned two different orders")


async def fill(store: Store) -> None:
    """Store the real seeds, if the data is here."""
    for folder in (SHIPPED, find_data("upstream", "news")):
        if folder is not None:
            await ingest_folder(store.articles, folder, INSTANCE_SHELF, clock=SystemClock())


def interrogate(store: Store, runner: asyncio.Runner, queries: int, number: int) -> Interrogation:
    """Run all hostile queries, then random ones, `queries` in all."""
    interrogation = Interrogation(store)
    sorts = get_args(Sort)
    chosen = random.Random(number)  # noqa: S311 - a choice of orders, nothing secret
    with Progress(transient=True, disable=not sys.stderr.isatty()) as progress:
        bar = progress.add_task("queries", total=queries)

        def ask_all(texts: Sequence[str]) -> None:
            for text in texts:
                runner.run(interrogation.ask(text, chosen.choice(sorts)))
            progress.update(bar, completed=interrogation.asked)

        ask_all(HOSTILE)
        examples = max(1, -(-(queries - len(HOSTILE)) // AT_ONCE))
        checks = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example)
        limits = settings(max_examples=examples, deadline=None, database=None, suppress_health_check=checks)
        run = given(st.lists(QUERIES, min_size=AT_ONCE, max_size=AT_ONCE))(ask_all)
        seed(number)(limits(run))()
    return interrogation


def main(queries: int, number: int) -> None:
    """Run the queries on a temporary store, and report them."""
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        opened = open_store(Path(folder) / "newsdesk.db", clock=SystemClock())
        store = runner.run(opened.__aenter__())
        try:
            runner.run(fill(store))
            done = interrogate(store, runner, queries, number)
        finally:
            runner.run(opened.__aexit__(None, None, None))
    sys.stdout.write(
        f"{done.asked:,} queries without an exception, {done.found:,} of them with an answer; "
        f"the slowest took {done.longest_s * 1000:.0f} ms\n"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.hostile")
    parser.add_argument("--queries", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    main(asked.queries, asked.seed)
