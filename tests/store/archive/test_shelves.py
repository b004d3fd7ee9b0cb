"""One server's articles are never seen by another: not a title, not a name, not a number."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.news.article import INSTANCE_SHELF, Article, Provider, server_shelf, shelves_seen_by
from bot.news.parsing.query import read_query
from bot.news.search import SearchResult
from bot.store.port import Store
from tests.support.makers import HERALD, SOME_DAY, make_article, make_seed, make_stub

OURS, THEIRS = server_shelf(1), server_shelf(2)
SEEN = shelves_seen_by(1)
LATER = SOME_DAY + timedelta(days=1)

SHARED_URL = "https://bostonherald.com/shared"
STUB_URL = "https://wbur.org/stub"
SECRET = Provider(domain="secret.example", name="Secret")


async def put_everywhere(store: Store) -> None:
    """The same kind of seed on the instance's shelf, on ours, and, newer and louder, on theirs."""
    for shelf, stem, provider in ((INSTANCE_SHELF, "i", HERALD), (OURS, "o", HERALD), (THEIRS, "t", SECRET)):
        seed = make_seed(
            stem,
            shelf=shelf,
            title=f"Police of {stem}",
            url=SHARED_URL,
            topics=("AI", f"Topic of {stem}"),
            provider=provider,
            published_at=LATER if shelf == THEIRS else SOME_DAY,
            quality=189 if shelf == THEIRS else 50,
            coverage=[make_stub(shelf=shelf, url=f"{STUB_URL}/{stem}", title=f"Police stub of {stem}")],
        )
        await store.articles.put_seeds(shelf, [seed], seen_at=SOME_DAY)


def theirs() -> Article:
    """The other server's article."""
    return make_article("t", shelf=THEIRS)


async def answer(store: Store, typed: str) -> SearchResult:
    """What our members are answered."""
    return await store.search.search(SEEN, read_query(typed, now=LATER), now=LATER)


async def alike(store: Store) -> tuple[Article, ...]:
    """What is alike of what all of them have."""
    return (await store.related.similar(SEEN, make_article("x", title="Police stub of t"))).articles


READS: dict[str, Callable[[Store], Awaitable[object]]] = {
    "find_articles": lambda store: store.articles.find_articles(SEEN, [theirs().id]),
    "find_stub": lambda store: store.articles.find_articles(SEEN, [make_stub(shelf=THEIRS, url=f"{STUB_URL}/t").id]),
    "find_by_url": lambda store: store.articles.find_by_url(SEEN, SHARED_URL),
    "find_by_stub_url": lambda store: store.articles.find_by_url(SEEN, f"{STUB_URL}/t"),
    "search by word": lambda store: answer(store, "police"),
    "search by score": lambda store: answer(store, "quality:>=100"),
    "search by topic": lambda store: answer(store, "topic:ai"),
    "search by their topic": lambda store: answer(store, 'topic:"topic of t"'),
    "search by their provider": lambda store: answer(store, "provider:secret.example"),
    "search for nothing": lambda store: answer(store, ""),
    "latest": lambda store: store.search.latest(SEEN),
    "latest of a topic": lambda store: store.search.latest(SEEN, topic="ai"),
    "latest of their provider": lambda store: store.search.latest(SEEN, provider="secret.example"),
    "topics": lambda store: store.search.topics(SEEN),
    "providers": lambda store: store.search.providers(SEEN),
    "completion": lambda store: store.search.complete_articles(SEEN, "police"),
    "completion of nothing": lambda store: store.search.complete_articles(SEEN, ""),
    "explicit coverage": lambda store: store.related.explicit_coverage(SEEN, theirs().id),
    "edges": lambda store: store.related.edges_among(SEEN, [theirs().id]),
    "similar": alike,
    "imports": lambda store: store.articles.imports(OURS),
}


@pytest.mark.parametrize("name", READS)
async def test_no_read_shows_anything_of_another_servers_shelf(name: str, store: Store) -> None:
    """Neither its text nor its names, by whatever it is asked for."""
    await put_everywhere(store)

    shown = repr(await READS[name](store))

    for trace in (theirs().id, "Police of t", "Police stub of t", "Topic of t", "Secret", "189"):
        assert trace not in shown.replace("'topic of t'", "").replace("secret.example", "")


@pytest.mark.parametrize(
    ("name", "count"),
    [("find_by_url", 2), ("latest", 1), ("latest of a topic", 1), ("completion", 2), ("similar", 4)],
)
async def test_a_server_sees_the_instances_shelf_and_its_own(name: str, count: int, store: Store) -> None:
    """What the tests above would also pass without: there is something to be seen. Lists show a link once."""
    await put_everywhere(store)

    shown = await READS[name](store)

    assert isinstance(shown, tuple)
    assert len(shown) == count


async def test_numbers_count_only_what_is_seen(store: Store) -> None:
    """A total would reveal that there is more."""
    await put_everywhere(store)

    tallies = await store.search.topics(SEEN, contains="ai")

    assert ((await answer(store, "police")).total, tallies[0].count, tallies[0].newest_at) == (1, 2, SOME_DAY)


async def test_without_a_server_only_the_instances_shelf_is_seen(store: Store) -> None:
    """A direct message, the command line."""
    await put_everywhere(store)

    assert [article.stem for article in await store.search.latest(shelves_seen_by(None))] == ["i"]


async def test_no_shelves_see_nothing(store: Store) -> None:
    """Nothing asked for is not everything."""
    await put_everywhere(store)

    assert await store.search.latest(()) == ()
    assert (await store.search.search((), read_query("police", now=LATER), now=LATER)).articles == ()
    assert await store.search.topics(()) == ()
    assert await store.search.complete_articles((), "police") == ()


async def test_files_of_the_same_name_on_two_shelves_are_two_articles(store: Store) -> None:
    """An id is made of both."""
    for shelf in (OURS, THEIRS):
        await store.articles.put_seeds(shelf, [make_seed("same", shelf=shelf)], seen_at=SOME_DAY)

    found = [await store.articles.find_by_stem(shelf, "same") for shelf in (OURS, THEIRS)]

    assert [article.shelf for article in found if article] == [OURS, THEIRS]
