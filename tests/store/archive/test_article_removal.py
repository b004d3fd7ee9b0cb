"""Hiding and deleting: what is taken down stays down."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.news.article import INSTANCE_SHELF, Article, Seed, ShelfId, server_shelf
from bot.news.search import SearchQuery
from bot.store.port import Store
from bot.store.port.article import PutReport
from tests.support.makers import SOME_DAY, WBUR, make_article, make_seed, make_stub

SHELVES = (INSTANCE_SHELF,)
SERVER = server_shelf(1)
LATER = SOME_DAY + timedelta(days=1)

ARTICLE = make_article("a", title="Xylophone banned", topics=("Music",))
STUB = make_stub("s")


async def put(store: Store, *seeds: Seed, shelf: ShelfId = INSTANCE_SHELF) -> PutReport:
    """Put seeds together."""
    return await store.articles.put_seeds(shelf, seeds, seen_at=SOME_DAY)


async def put_the_article(store: Store, *coverage: Article, quality: int = 80) -> PutReport:
    """Put the seed of ARTICLE."""
    return await put(
        store, make_seed("a", title=ARTICLE.title, topics=ARTICLE.topics, quality=quality, coverage=coverage)
    )


async def seen(store: Store) -> dict[str, int]:
    """How often ARTICLE is met in each place where a reader could meet it."""
    query = SearchQuery(words=("xylophone",))
    met = {
        "by id": len(await store.articles.find_articles(SHELVES, [ARTICLE.id])),
        "by url": len(await store.articles.find_by_url(SHELVES, ARTICLE.url)),
        "search": (await store.search.search(SHELVES, query, now=LATER)).total,
        "latest": len(await store.search.latest(SHELVES)),
        "by topic": len(await store.search.latest(SHELVES, topic="music")),
        "by provider": len(await store.search.latest(SHELVES, provider=ARTICLE.provider.domain)),
        "topics": len(await store.search.topics(SHELVES)),
        "providers": len(await store.search.providers(SHELVES)),
        "completion": len(await store.search.complete_articles(SHELVES, "xylo")),
        "newest": len(await store.search.complete_articles(SHELVES, "")),
        "similar": len((await store.related.similar(SHELVES, make_article("other", title="Xylophone"))).articles),
        "coverage": len(await store.related.explicit_coverage(SHELVES, STUB.id)),
        "edges": len(await store.related.edges_among(SHELVES, [STUB.id])),
    }
    return {place: count for place, count in met.items() if count}


async def test_an_article_is_met_everywhere_while_it_is_shown(store: Store) -> None:
    """What the next tests say would be worth nothing otherwise."""
    await put_the_article(store, STUB)

    assert len(await seen(store)) == 13


async def test_a_hidden_article_is_met_nowhere(store: Store) -> None:
    """No read shows it: neither by words, nor by names, nor through others."""
    await put_the_article(store, STUB)

    await store.articles.hide(INSTANCE_SHELF, ARTICLE.id)

    assert await seen(store) == {}


async def test_a_hidden_article_is_there_for_the_operator(store: Store) -> None:
    """Otherwise nobody could bring it back."""
    await put_the_article(store)
    await store.articles.hide(INSTANCE_SHELF, ARTICLE.id)

    found = await store.articles.find_by_stem(INSTANCE_SHELF, "a")

    assert found is not None
    assert found.is_hidden


@pytest.mark.parametrize("act", ["hide", "delete"])
async def test_numbers_that_were_asked_for_before_follow(act: str, store: Store) -> None:
    """What is kept of a count is forgotten when it is wrong."""
    await put_the_article(store)
    before = len(await store.search.topics(SHELVES)), len(await store.search.providers(SHELVES))

    await getattr(store.articles, act)(INSTANCE_SHELF, ARTICLE.id)

    assert before == (1, 1)
    assert (await store.search.topics(SHELVES), await store.search.providers(SHELVES)) == ((), ())


async def test_an_article_that_is_brought_back_is_met_everywhere_again(store: Store) -> None:
    """Hiding loses nothing."""
    await put_the_article(store, STUB)
    await store.articles.hide(INSTANCE_SHELF, ARTICLE.id)

    await store.articles.hide(INSTANCE_SHELF, ARTICLE.id, hidden=False)

    assert len(await seen(store)) == 13


async def test_hiding_survives_a_refresh(store: Store) -> None:
    """The file changed; the decision did not."""
    await put_the_article(store, STUB)
    await store.articles.hide(INSTANCE_SHELF, ARTICLE.id)

    await put_the_article(store, STUB, quality=99)

    assert await seen(store) == {}


async def test_hiding_says_whether_it_changed_something(store: Store) -> None:
    """Twice is once."""
    await put_the_article(store)

    answers = [await store.articles.hide(INSTANCE_SHELF, ARTICLE.id, hidden=hidden) for hidden in (False, True, True)]

    assert answers == [False, True, False]


async def test_hiding_an_unknown_article_changes_nothing(store: Store) -> None:
    """An id mistyped."""
    assert not await store.articles.hide(INSTANCE_SHELF, ARTICLE.id)


@pytest.mark.parametrize("act", ["hide", "delete"])
async def test_one_shelf_takes_nothing_down_on_another(act: str, store: Store) -> None:
    """A server's admin has no power over the instance's articles."""
    await put_the_article(store)
    await put(store, make_seed("own", shelf=SERVER), shelf=SERVER)

    assert not await getattr(store.articles, act)(SERVER, ARTICLE.id)
    assert await store.articles.find_article(SHELVES, ARTICLE.id) is not None


async def test_a_stub_can_be_hidden(store: Store) -> None:
    """Coverage that an admin doesn't want."""
    await put_the_article(store, STUB)

    await store.articles.hide(INSTANCE_SHELF, STUB.id)

    assert await store.related.explicit_coverage(SHELVES, ARTICLE.id) == ()


async def test_the_article_of_a_hidden_stub_is_hidden_when_it_comes(store: Store) -> None:
    """It was the article that was taken down, whatever was known of it."""
    await put_the_article(store, STUB)
    await store.articles.hide(INSTANCE_SHELF, STUB.id)

    await put(store, make_seed("itself", url=STUB.url, topics=("Radio",)))

    assert await store.articles.find_by_url(SHELVES, STUB.url) == ()
    assert await store.search.latest(SHELVES, topic="radio") == ()


async def test_an_article_can_be_hidden_by_the_id_of_its_stub(store: Store) -> None:
    """The admin looks at an old message."""
    await put_the_article(store, STUB)
    await put(store, make_seed("itself", url=STUB.url))

    assert await store.articles.hide(INSTANCE_SHELF, STUB.id)
    assert await store.articles.find_article(SHELVES, make_article("itself").id) is None


async def test_a_deleted_article_is_met_nowhere(store: Store) -> None:
    """As if it had never been."""
    await put_the_article(store, STUB)

    await store.articles.delete(INSTANCE_SHELF, ARTICLE.id)

    assert await seen(store) == {}
    assert await store.articles.find_by_stem(INSTANCE_SHELF, "a") is None


async def test_a_deleted_articles_file_is_kept_out(store: Store) -> None:
    """The folder is read again at every start."""
    await put_the_article(store)
    await store.articles.delete(INSTANCE_SHELF, ARTICLE.id)

    report = await put_the_article(store, quality=99)

    assert report == PutReport(kept_out=(ARTICLE.id,))
    assert await seen(store) == {}


async def test_a_file_of_that_name_on_another_shelf_is_not_kept_out(store: Store) -> None:
    """A tombstone is its shelf's own."""
    await put_the_article(store)
    await store.articles.delete(INSTANCE_SHELF, ARTICLE.id)

    report = await put(store, make_seed("a", shelf=SERVER), shelf=SERVER)

    assert report.added == (make_article("a", shelf=SERVER).id,)


async def test_deleting_drops_the_stubs_that_only_it_named(store: Store) -> None:
    """Others keep theirs."""
    shared, own = make_stub("shared"), make_stub("own")
    await put(store, make_seed("a", coverage=[shared, own]), make_seed("b", coverage=[shared]))

    await store.articles.delete(INSTANCE_SHELF, ARTICLE.id)

    assert await store.articles.find_articles(SHELVES, [shared.id, own.id]) == (shared,)


async def test_a_deleted_article_is_nobodys_coverage(store: Store) -> None:
    """Nor is it, for them, a stub again."""
    itself = make_seed("itself", url=STUB.url, provider=WBUR)
    await put(store, make_seed("before", coverage=[STUB]), itself)

    await store.articles.delete(INSTANCE_SHELF, itself.article.id)

    assert await store.related.explicit_coverage(SHELVES, make_article("before").id) == ()
    assert await store.articles.find_article(SHELVES, STUB.id) is None


async def test_a_deleted_article_does_not_come_back_as_somebodys_coverage(store: Store) -> None:
    """Its stub is kept out too, whether it was named before or is named afterwards."""
    itself = make_seed("itself", url=STUB.url, provider=WBUR)
    await put(store, make_seed("before", coverage=[STUB]), itself)
    await store.articles.delete(INSTANCE_SHELF, itself.article.id)
    await put(store, make_seed("after", coverage=[STUB]))

    covered = [await store.related.explicit_coverage(SHELVES, make_article(stem).id) for stem in ("before", "after")]

    assert covered == [(), ()]
    assert await store.articles.find_by_url(SHELVES, STUB.url) == ()


async def test_a_deleted_article_does_not_come_back_under_another_name(store: Store) -> None:
    """Its link is kept out, whatever the file is called."""
    await put(store, make_seed("before", coverage=[STUB]), make_seed("itself", url=STUB.url))
    await store.articles.delete(INSTANCE_SHELF, make_article("itself").id)

    report = await put(store, make_seed("again", url=STUB.url))

    assert report == PutReport(kept_out=(make_article("again").id,))
    assert await store.related.explicit_coverage(SHELVES, make_article("before").id) == ()


async def test_another_article_under_a_deleted_ones_name_is_taken(store: Store) -> None:
    """With another link and another title it is not the one that was deleted."""
    await put(store, make_seed("weekly", title="First week", url="https://a.example/1"))
    await store.articles.delete(INSTANCE_SHELF, make_article("weekly").id)

    report = await put(store, make_seed("weekly", title="Second week", url="https://a.example/2"))

    assert len(report.added) == 1
    assert report.added != (make_article("weekly").id,)


async def test_a_stub_passes_to_the_other_article_with_its_url(store: Store) -> None:
    """Two articles shared all of their URLs; one was deleted."""
    await put(
        store,
        make_seed("before", coverage=[STUB]),
        make_seed("old", url=STUB.url),
        make_seed("new", url=STUB.url, published_at=LATER),
    )

    await store.articles.delete(INSTANCE_SHELF, make_article("new").id)

    (covered,) = await store.related.explicit_coverage(SHELVES, make_article("before").id)
    assert covered.stem == "old"


async def test_a_deleted_stub_stays_away_when_its_seed_is_refreshed(store: Store) -> None:
    """The seed goes on naming it."""
    await put_the_article(store, STUB)

    assert await store.articles.delete(INSTANCE_SHELF, STUB.id)
    await put_the_article(store, STUB, quality=99)

    assert await store.articles.find_article(SHELVES, STUB.id) is None
    assert await store.related.explicit_coverage(SHELVES, ARTICLE.id) == ()


async def test_a_servers_stub_is_shown_again_when_the_instances_article_is_deleted(store: Store) -> None:
    """What the server's own seeds name is the server's."""
    stub = make_stub("s", shelf=SERVER)
    await put(store, make_seed("own", shelf=SERVER, coverage=[stub]), shelf=SERVER)
    await put(store, make_seed("itself", url=stub.url))

    await store.articles.delete(INSTANCE_SHELF, make_article("itself").id)

    assert await store.articles.find_article((INSTANCE_SHELF, SERVER), stub.id) == stub


async def test_deleting_says_whether_there_was_something_to_delete(store: Store) -> None:
    """Twice is once."""
    await put_the_article(store)

    answers = [await store.articles.delete(INSTANCE_SHELF, ARTICLE.id) for _ in range(2)]

    assert answers == [True, False]


async def test_deleting_forgets_the_past_as_well(store: Store) -> None:
    """No candidate is left of it, at any moment."""
    await put_the_article(store)

    await store.articles.delete(INSTANCE_SHELF, ARTICLE.id)

    assert await store.digest.candidates(SHELVES, as_of=LATER, published_after=None) == ()


async def test_article_that_names_its_own_page_is_deleted_with_its_stub(store: Store) -> None:
    """Its stub is dropped once: a text that is dropped twice damages the text index."""
    seed = make_seed("a", url="https://wbur.org/x", coverage=[make_stub(url="https://wbur.org/x")])
    await store.articles.put_seeds(INSTANCE_SHELF, [seed], seen_at=SOME_DAY)

    assert await store.articles.delete(INSTANCE_SHELF, seed.article.id)
    assert (await store.articles.shelf_size(INSTANCE_SHELF)).articles == 0
