"""The instance's file and a server's answer together as one file that holds the articles of both."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bot.news.article import INSTANCE_SHELF, Article, Seed, ShelfId, server_shelf
from bot.news.parsing.query import read_query
from bot.store.sqlite import SqliteStore, open_store
from tests.support.clocks import ManualClock
from tests.support.examples import up_to
from tests.support.makers import SOME_DAY, make_seed, make_stub

OWN: Final = server_shelf(1)
WORDS: Final = (
    "police", "polce", "robot", "robots", "honey", "budget", "the", "und", "nicht", "powerapps", "power", "apps",
    "klimaschutz", "gesetz", "klimaschutzgesetz", "mayor", "strike", "vote", "court", "train",
)  # fmt: skip
QUERIES: Final = (
    "police", "police robot", "polise", "hony budget", '"power apps"', "powerapps", "the", "robots -honey", "ma",
    "klimaschutzgesetz nicht", "strike vote court train", "bugdet mayor", "topic:ai police", "after:2021-05-08 robot",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An article: its words, whether a server uploaded it, what it names, whether it is hidden."""

    title: tuple[str, ...]
    excerpt: tuple[str, ...]
    is_own: bool
    names: int | None
    is_hidden: bool


texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(tuple)
articles = st.builds(
    Said,
    title=texts,
    excerpt=texts,
    is_own=st.booleans(),
    names=st.none() | st.integers(0, 11),
    is_hidden=st.sampled_from([False, False, False, True]),
)


def url(number: int) -> str:
    """The link of an article, or of one that there isn't."""
    return f"https://p{number % 3}.example/{number}"


def seed_of(number: int, said: Said, shelf: ShelfId) -> Seed:
    """The seed of an article, each of a second of its own."""
    published_at = SOME_DAY - timedelta(hours=7 * number, seconds=number)
    stubs = () if said.names is None else (make_stub(f"stub of {number}", shelf=shelf, url=url(said.names)),)
    return make_seed(
        f"s{number}",
        shelf=shelf,
        title=f"{' '.join(said.title)} n{number}",
        excerpt=" ".join(said.excerpt),
        url=url(number),
        topics=("AI",) if number % 2 else (),
        published_at=published_at,
        coverage=stubs,
    )


async def answers(folder: Path, said: Sequence[Said], *, splits: bool) -> list[object]:
    """All that can be asked of these articles, in one file or in two."""
    async with open_store(folder / "n.db", clock=ManualClock()) as store:
        shelves = [OWN if splits and each.is_own else INSTANCE_SHELF for each in said]
        seeds = [seed_of(number, _known(said, number), shelves[number]) for number in range(len(said))]
        for shelf in (INSTANCE_SHELF, OWN):
            of_shelf = [seed for seed in seeds if seed.article.shelf == shelf]
            if of_shelf:
                await store.articles.put_seeds(shelf, of_shelf, seen_at=SOME_DAY)
        for seed, each in zip(seeds, said, strict=True):
            if each.is_hidden:
                await store.articles.hide(seed.article.shelf, seed.article.id)
        return [await asked for asked in _asked(store, seeds)]


def _known(said: Sequence[Said], number: int) -> Said:
    """An article that names what is the same in one file: the instance names none of a server's, and no stub of it.

    A stub that both name is one row in one file, and one in each of two.
    """
    each = said[number]
    if each.names is None:
        return each
    names = each.names - each.names % 2 + (not each.is_own)
    is_of_a_server = names < len(said) and said[names].is_own
    return replace(each, names=None if is_of_a_server and not each.is_own else names)


def _asked(store: SqliteStore, seeds: Sequence[Seed]) -> Iterator[Awaitable[object]]:
    """Yield every question."""
    seen = (INSTANCE_SHELF, OWN)
    yield from (_search(store, typed) for typed in QUERIES)
    yield from (_completed(store, typed) for typed in ("", "p", "po", "pow", "robots h", "the"))
    yield store.search.topics(seen)
    yield store.search.providers(seen)
    yield _titles(store.search.latest(seen))
    for seed in seeds:
        yield _related(store, seed.article)
        yield _titles(store.articles.find_by_url(seen, seed.article.url))
        yield _titles(store.articles.find_articles(seen, [each.id for each in (seed.article, *seed.coverage)]))
    yield _planned(store, [seed.article for seed in seeds])


async def _search(store: SqliteStore, typed: str) -> object:
    query = read_query(typed, now=SOME_DAY)
    found = await store.search.search((INSTANCE_SHELF, OWN), query, now=SOME_DAY, deadline_s=60)
    facts = (found.total, found.is_broadened, found.corrected, found.suggestion, found.has_more_than_counted)
    return typed, [article.title for article in found.articles], facts


async def _completed(store: SqliteStore, typed: str) -> object:
    return [each.label for each in await store.search.complete_articles((INSTANCE_SHELF, OWN), typed)]


async def _titles(found: Awaitable[Sequence[Article]]) -> object:
    return [article.title for article in await found]


async def _related(store: SqliteStore, article: Article) -> object:
    seen = (INSTANCE_SHELF, OWN)
    similar = await store.related.similar(seen, article)
    named = await store.related.explicit_coverage(seen, article.id)
    weights = [round(similar.relevance[each.id], 9) for each in similar.articles]
    return [each.title for each in similar.articles], weights, sorted(each.title for each in named)


async def _planned(store: SqliteStore, asked: Sequence[Article]) -> object:
    seen = (INSTANCE_SHELF, OWN)
    ids = [article.id for article in asked]
    candidates = await store.digest.candidates(seen, as_of=SOME_DAY, published_after=None, limit=7)
    coverage = await store.digest.coverage_of(seen, ids[:3], as_of=SOME_DAY)
    crowd = await store.stories.crowd(seen, SOME_DAY - timedelta(days=9), SOME_DAY, limit=100)
    newcomers = await store.stories.newcomers(seen, SOME_DAY - timedelta(days=9), limit=5)
    return (
        [each.article.title for each in candidates],
        sorted(each.title for each in coverage),
        crowd,
        [each.title for each in newcomers],
        len(await store.related.edges_among(seen, ids)),
        await store.related.word_counts(seen, ["polic", "robot", "honey", "zzz"]),
        len(await store.digest.taken_down(seen, ids)),
    )


# Each example opens two stores: to shrink one would take minutes.
@settings(up_to(40), phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(st.lists(articles, min_size=2, max_size=12))
def test_two_files_answer_as_one_with_the_same_articles(said: Sequence[Said]) -> None:
    """In the same order, with the same counts, suggestions and relevance."""
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        together = asyncio.run(answers(Path(one), said, splits=False))
        apart = asyncio.run(answers(Path(two), said, splits=True))

    assert apart == together
