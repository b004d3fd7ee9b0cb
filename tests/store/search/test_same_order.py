"""The same archive answers in the same order, however it came together and whatever process asks."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.news.article import INSTANCE_SHELF
from bot.news.parsing.query import read_query
from bot.store.sqlite import open_store
from tests.support.makers import SOME_DAY, make_article, make_seed

SHELVES = (INSTANCE_SHELF,)
WORDS = ("police", "facial", "recognition", "ban", "senate", "halts", "boston", "budget")
QUERIES = ("police facial recognition", "polcie ban", "senate bud", '"facial recognition"', "boston budget halts vote")
SEEDS = [
    make_seed(
        f"s{number}",
        title=" ".join(WORDS[(number * step) % len(WORDS)] for step in (1, 3, 5)),
        published_at=SOME_DAY - timedelta(hours=number % 7, seconds=number),
    )
    for number in range(60)
]


async def answers(batch: int, *, backwards: bool) -> list[list[str]]:
    """What an archive that came in batches answers to everything."""
    seeds = SEEDS[::-1] if backwards else SEEDS
    with tempfile.TemporaryDirectory() as folder:
        async with open_store(Path(folder) / "n.db", clock=SystemClock()) as store:
            for start in range(0, len(seeds), batch):
                await store.articles.put_seeds(INSTANCE_SHELF, seeds[start : start + batch], seen_at=SOME_DAY)
            queries = [read_query(text, now=SOME_DAY) for text in QUERIES]
            results = [await store.search.search(SHELVES, query, now=SOME_DAY) for query in queries]
            asked = make_article("asked", title="Police halts facial recognition")
            similar = await store.related.similar(SHELVES, asked, limit=30)
            return [[each.stem for each in found] for found in (*(each.articles for each in results), similar.articles)]


@pytest.mark.parametrize(("batch", "backwards"), [(60, True), (7, False), (7, True)])
async def test_the_order_does_not_depend_on_how_articles_came_in(batch: int, *, backwards: bool) -> None:
    """All at once, in batches, the newest first or last."""
    assert await answers(batch, backwards=backwards) == await answers(60, backwards=False)


def test_the_order_is_the_same_in_every_process() -> None:
    """Python orders its sets differently in each."""
    asking = "from tests.store.search.test_same_order import answers"
    program = f"import asyncio; {asking}; print(asyncio.run(answers(7, backwards=False)))"
    said = {
        subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[3],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(said) == 1
    assert "s1" in said.pop()
