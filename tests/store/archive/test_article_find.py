"""Finding articles by what names them."""

from __future__ import annotations

import pytest

from bot.news.article import INSTANCE_SHELF, ArticleId, server_shelf
from bot.store.port import Store
from tests.support.makers import SOME_DAY, make_article, make_seed, make_stub

SHELVES = (INSTANCE_SHELF,)


async def put(store: Store, *stems: str) -> None:
    """Put seeds of these stems."""
    await store.articles.put_seeds(INSTANCE_SHELF, [make_seed(stem) for stem in stems], seen_at=SOME_DAY)


async def test_articles_come_in_the_order_asked_for(store: Store) -> None:
    """Those that don't exist are left out."""
    await put(store, "a", "b", "c")
    asked = [make_article(stem).id for stem in ("c", "nobody", "a")]

    found = await store.articles.find_articles(SHELVES, asked)

    assert [article.stem for article in found] == ["c", "a"]


async def test_an_article_asked_for_twice_comes_once(store: Store) -> None:
    """Also when once by its former stub's id."""
    stub = make_stub("s")
    await store.articles.put_seeds(
        INSTANCE_SHELF, [make_seed("a", coverage=[stub]), make_seed("b", url=stub.url)], seen_at=SOME_DAY
    )
    b = make_article("b").id

    assert len(await store.articles.find_articles(SHELVES, [b, stub.id, b])) == 1


@pytest.mark.parametrize("text", ["", "nobody", "'; DROP TABLE article; --", "\ud800", "a\0b", "\U0001f916" * 500])
async def test_no_text_is_an_error_as_a_name(text: str, store: Store) -> None:
    """Ids, URLs and stems are typed by people."""
    await put(store, "a")

    assert await store.articles.find_article(SHELVES, ArticleId(text)) is None
    assert await store.articles.find_by_url(SHELVES, text) == ()
    assert await store.articles.find_by_stem(INSTANCE_SHELF, text) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://bostonherald.com/a",
        "http://bostonherald.com/a",
        "https://www.bostonherald.com/a/",
        "https://bostonherald.com/a#comments",
        " HTTPS://BostonHerald.com/a ",
    ],
)
async def test_a_url_is_found_however_it_is_written(url: str, store: Store) -> None:
    """Scheme, www, a final slash and the fragment don't matter."""
    await put(store, "a")

    assert [article.stem for article in await store.articles.find_by_url(SHELVES, url)] == ["a"]


@pytest.mark.parametrize(
    "url", ["https://bostonherald.com/b", "https://bostonherald.com/a?page=2", "bostonherald.com/a"]
)
async def test_another_url_is_not_found(url: str, store: Store) -> None:
    """A query names another page; without a scheme it is not a URL."""
    await put(store, "a")

    assert await store.articles.find_by_url(SHELVES, url) == ()


async def test_a_full_article_answers_to_a_url_before_a_stub(store: Store) -> None:
    """A server's stub of another URL of the page, and the instance's article."""
    shelf = server_shelf(1)
    amp = "https://amp.wbur.org/s"
    stub = make_stub("s", shelf=shelf, aliases=(amp,), published_at=SOME_DAY.replace(year=2022))
    await store.articles.put_seeds(shelf, [make_seed(shelf=shelf, coverage=[stub])], seen_at=SOME_DAY)
    await store.articles.put_seeds(shelf, [make_seed("b", shelf=shelf, url=amp)], seen_at=SOME_DAY)

    found = await store.articles.find_by_url((INSTANCE_SHELF, shelf), amp)

    assert [article.is_stub for article in found] == [False]


async def test_a_stem_is_found_on_its_own_shelf_only(store: Store) -> None:
    """Two servers may call their files alike."""
    await put(store, "a")

    assert await store.articles.find_by_stem(server_shelf(1), "a") is None
    assert await store.articles.find_by_stem(INSTANCE_SHELF, "a") is not None


async def test_a_stub_has_no_stem(store: Store) -> None:
    """The empty name names nothing."""
    await store.articles.put_seeds(INSTANCE_SHELF, [make_seed(coverage=[make_stub()])], seen_at=SOME_DAY)

    assert await store.articles.find_by_stem(INSTANCE_SHELF, "") is None
