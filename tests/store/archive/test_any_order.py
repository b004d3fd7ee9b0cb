"""Batches in any order, and twice: what is stored in the end is the same."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot.news.article import INSTANCE_SHELF, Article, Seed
from bot.store.port import Store
from bot.store.port.article import PutReport
from bot.store.sqlite import open_store
from tests.support.clocks import ManualClock
from tests.support.examples import up_to
from tests.support.makers import SOME_DAY, make_seed, make_stub

SHELVES = (INSTANCE_SHELF,)
STEMS = ("a", "b", "c", "d")
PAGES = tuple(f"https://bostonherald.com/{name}" for name in ("1", "2", "3", "amp/1", "amp/2"))
WORDS = ("police", "facial", "recognition", "weather")

titles = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
urls = st.lists(st.sampled_from(PAGES), min_size=1, max_size=3, unique=True)


@st.composite
def stubs(draw: st.DrawFn) -> Article:
    """A stub of one of a few pages, so that pages meet."""
    url, *aliases = draw(urls)
    return make_stub(url=url, aliases=tuple(aliases), title=draw(titles))


@st.composite
def seeds(draw: st.DrawFn, stem: str) -> Seed:
    """What a seed file may say; no two are published at the same moment, so that "newest" is one."""
    url, *aliases = draw(urls)
    return make_seed(
        stem,
        url=url,
        aliases=tuple(aliases),
        title=draw(titles),
        quality=draw(st.sampled_from([None, 40, 90])),
        topics=tuple(draw(st.lists(st.sampled_from(["AI", "Police"]), unique=True))),
        published_at=SOME_DAY + timedelta(days=STEMS.index(stem), minutes=draw(st.integers(0, 3))),
        coverage=draw(st.lists(stubs(), max_size=3, unique_by=lambda stub: stub.id)),
    )


whole_batches = st.tuples(*(seeds(stem) for stem in STEMS))
"""One seed of each stem."""

any_batches = st.lists(st.sampled_from(STEMS).flatmap(seeds), max_size=6)
"""Seeds of any stems, some of them twice."""


async def put(store: Store, batch: Sequence[Seed]) -> PutReport:
    """Put a batch."""
    return await store.articles.put_seeds(INSTANCE_SHELF, batch, seen_at=SOME_DAY)


async def read_all(store: Store) -> object:
    """All that readers can be shown of these seeds."""
    pages = [await store.articles.find_by_url(SHELVES, page) for page in PAGES]
    articles = sorted({article.id for page in pages for article in page})
    return {
        "pages": [[article.id for article in page] for page in pages],
        "articles": await store.articles.find_articles(SHELVES, articles),
        "coverage": [
            [each.id for each in await store.related.explicit_coverage(SHELVES, article)] for article in articles
        ],
        "edges": await store.related.edges_among(SHELVES, articles),
        "words": await store.related.word_counts([INSTANCE_SHELF], WORDS),
        "topics": await store.search.topics(SHELVES),
        "providers": await store.search.providers(SHELVES),
        "titles": await store.search.complete_articles(SHELVES, "p"),
        "past": await store.digest.candidates(SHELVES, as_of=SOME_DAY, published_after=None),
        "size": await store.articles.shelf_size(INSTANCE_SHELF),
    }


async def stored_after(*batches: Sequence[Seed]) -> object:
    """What is stored after these batches, put one after the other into a new file."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_store(Path(folder) / "n.db", clock=ManualClock()) as store:
            for batch in batches:
                await put(store, batch)
            return await read_all(store)


@up_to(40)
@given(any_batches)
def test_a_batch_put_twice_is_stored_once(batch: list[Seed]) -> None:
    """Whatever is in it."""

    async def put_twice() -> tuple[object, object, PutReport]:
        with tempfile.TemporaryDirectory() as folder:
            async with open_store(Path(folder) / "n.db", clock=ManualClock()) as store:
                await put(store, batch)
                once = await read_all(store)
                again = await put(store, batch)
                return once, await read_all(store), again

    once, twice, again = asyncio.run(put_twice())

    assert twice == once
    assert (again.added, again.changed) == ((), ())


@up_to(60)
@given(whole_batches, st.permutations(range(len(STEMS))), st.integers(0, len(STEMS)))
def test_the_order_in_which_seeds_come_in_does_not_matter(batch: Sequence[Seed], order: list[int], cut: int) -> None:
    """All at once, or in two batches in any order: the same pages, coverage, words and names."""
    shuffled = [batch[place] for place in order]

    assert asyncio.run(stored_after(shuffled[:cut], shuffled[cut:])) == asyncio.run(stored_after(batch))
