"""Whatever a person types, the store answers."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.article import INSTANCE_SHELF
from bot.news.parsing.query import read_query
from bot.news.search import Sort
from bot.store.port import Store
from bot.store.sqlite import open_store
from tests.hostile.queries import HOSTILE, QUERIES
from tests.support.clocks import ManualClock
from tests.support.examples import up_to
from tests.support.makers import SOME_DAY, make_article, make_seed, make_stub

SHELVES = (INSTANCE_SHELF,)


@asynccontextmanager
async def small_store() -> AsyncIterator[Store]:
    """A store of a few articles, so that there is something to find."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_store(Path(folder) / "n.db", clock=ManualClock()) as store:
            seeds = [make_seed("a", title="Police facial recognition", coverage=[make_stub()]), make_seed("b")]
            await store.articles.put_seeds(INSTANCE_SHELF, seeds, seen_at=SOME_DAY)
            yield store


async def ask_everything(store: Store, text: str) -> None:
    """Type the text wherever a person can."""
    for sort in get_args(Sort):
        query = read_query(text, sort=sort, now=SOME_DAY)
        await store.search.search(SHELVES, query, now=SOME_DAY)
    query = read_query("police", topic=text, provider=text, now=SOME_DAY)
    await store.search.search(SHELVES, query, now=SOME_DAY)
    await store.search.complete_articles(SHELVES, text)
    await store.search.latest(SHELVES, topic=text, provider=text)
    await store.search.topics(SHELVES, contains=text)
    await store.search.providers(SHELVES, contains=text)
    await store.articles.find_by_url(SHELVES, text)
    await store.related.similar(SHELVES, make_article("x", title=text, excerpt=text))


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
async def test_no_hostile_text_is_an_error(text: str) -> None:
    """Each of them raises in the raw index, in raw SQL, or somewhere else in other bots."""
    async with small_store() as store:
        await ask_everything(store, text)


@up_to(30)
@given(st.lists(QUERIES, min_size=1, max_size=20))
def test_no_text_at_all_is_an_error(texts: list[str]) -> None:
    """Arbitrary text, and text that looks like a query."""

    async def ask_all() -> None:
        async with small_store() as store:
            for text in texts:
                await ask_everything(store, text)

    asyncio.run(ask_all())


@up_to(20)
@given(st.lists(st.text(max_size=80), min_size=1, max_size=10))
def test_no_text_of_a_seed_is_an_error(texts: list[str]) -> None:
    """Titles, excerpts, topics and names are foreign as well; each is stored, changed and deleted."""

    async def put_all() -> None:
        async with small_store() as store:
            for n, text in enumerate(texts):
                for excerpt in (text, "changed"):
                    seed = make_seed(
                        f"s{n}", title=text, excerpt=excerpt, topics=(text,), coverage=[make_stub(title=text)]
                    )
                    await store.articles.put_seeds(INSTANCE_SHELF, [seed], seen_at=SOME_DAY)
                assert await store.articles.delete(INSTANCE_SHELF, make_article(f"s{n}").id)

    asyncio.run(put_all())
