"""Stubs: what seeds name as related, and what becomes of it when the articles themselves come."""

from __future__ import annotations

from datetime import timedelta

from bot.news.article import INSTANCE_SHELF, Article, Seed, ShelfId, server_shelf
from bot.store.port import Store
from tests.support.makers import SOME_DAY, WBUR, make_article, make_seed, make_stub

SHELVES = (INSTANCE_SHELF,)
SERVER = server_shelf(1)
BOTH = (INSTANCE_SHELF, SERVER)
LATER = SOME_DAY + timedelta(days=1)

STUB = make_stub("s")
AMP = "https://amp.wbur.org/s"
ITSELF = make_seed("itself", url=STUB.url, provider=WBUR)
"""The seed of the article that STUB turns out to be."""


async def put(store: Store, *seeds: Seed, shelf: ShelfId = INSTANCE_SHELF) -> None:
    """Put seeds one after the other, as they come in."""
    for seed in seeds:
        await store.articles.put_seeds(shelf, [seed], seen_at=SOME_DAY)


def ids(articles: tuple[Article, ...]) -> list[str]:
    """The ids of articles, in their order."""
    return [article.id for article in articles]


async def test_a_stub_is_found_by_its_id_and_its_urls(store: Store) -> None:
    """Coverage can be asked about before its own seed comes."""
    stub = make_stub("s", aliases=(AMP,))
    await put(store, make_seed(coverage=[stub]))

    assert await store.articles.find_article(SHELVES, stub.id) == stub
    assert ids(await store.articles.find_by_url(SHELVES, AMP)) == [stub.id]


async def test_a_stub_turns_into_the_full_article_and_its_id_goes_on_answering(store: Store) -> None:
    """Buttons with the stub's id stay in messages for years."""
    await put(store, make_seed(coverage=[STUB]), ITSELF)

    found = await store.articles.find_article(SHELVES, STUB.id)

    assert found is not None
    assert (found.id, found.is_stub) == (ITSELF.article.id, False)


async def test_a_stub_that_is_an_article_already_is_that_article(store: Store) -> None:
    """The other way round: the article came first."""
    await put(store, ITSELF, make_seed(coverage=[STUB]))

    assert ids(await store.related.explicit_coverage(SHELVES, make_article().id)) == [ITSELF.article.id]
    assert ids(await store.articles.find_by_url(SHELVES, STUB.url)) == [ITSELF.article.id]


async def test_a_stub_and_its_article_in_one_batch_are_one(store: Store) -> None:
    """The usual case: a folder is imported."""
    await store.articles.put_seeds(INSTANCE_SHELF, [make_seed(coverage=[STUB]), ITSELF], seen_at=SOME_DAY)

    assert ids(await store.related.explicit_coverage(SHELVES, make_article().id)) == [ITSELF.article.id]


async def test_one_url_in_common_is_enough(store: Store) -> None:
    """The stub's AMP page is the article's main one; the stub's own URL answers with the article too."""
    stub = make_stub("s", aliases=(AMP,))
    await put(store, make_seed(coverage=[stub]), make_seed("itself", url=AMP, provider=WBUR))

    assert ids(await store.articles.find_by_url(SHELVES, stub.url)) == [make_article("itself").id]


async def test_edges_lead_to_the_article_that_a_stub_turned_into(store: Store) -> None:
    """And from it back to the seed that named it."""
    await put(store, make_seed(coverage=[STUB]), ITSELF)

    assert ids(await store.related.explicit_coverage(SHELVES, ITSELF.article.id)) == [make_article().id]


async def test_two_stubs_of_one_article_are_that_article_once(store: Store) -> None:
    """Two seeds name it by different URLs."""
    amp = make_stub("amp", url=AMP)
    await put(
        store,
        make_seed(coverage=[STUB, amp]),
        make_seed("itself", url=STUB.url, aliases=(AMP,), provider=WBUR),
    )

    assert ids(await store.related.explicit_coverage(SHELVES, make_article().id)) == [make_article("itself").id]


async def test_a_seed_that_names_itself_is_not_its_own_coverage(store: Store) -> None:
    """Upstream's lists do that."""
    article = make_article()
    await put(store, make_seed(coverage=[make_stub(url=article.url), STUB]))

    assert ids(await store.related.explicit_coverage(SHELVES, article.id)) == [STUB.id]


async def test_of_several_articles_with_a_url_the_newest_answers_first(store: Store) -> None:
    """And a stub of that URL is it."""
    old, new = make_seed("old", url=STUB.url), make_seed("new", url=STUB.url, published_at=LATER)
    await put(store, make_seed(coverage=[STUB]), new, old)

    assert ids(await store.articles.find_by_url(SHELVES, STUB.url)) == [new.article.id, old.article.id]
    assert ids(await store.related.explicit_coverage(SHELVES, make_article().id)) == [new.article.id]


async def test_a_url_that_an_article_had_once_goes_on_answering(store: Store) -> None:
    """5 of 192 articles changed their URL; old links to them are all over the channels."""
    await put(store, make_seed(url="https://bostonherald.com/old"), make_seed(url="https://bostonherald.com/new"))

    assert ids(await store.articles.find_by_url(SHELVES, "https://bostonherald.com/old")) == [make_article().id]


async def test_who_has_a_url_now_answers_before_who_had_it_once(store: Store) -> None:
    """A mistake in a seed that was fixed: the newer article is not the one meant."""
    mistaken = make_seed("mistaken", url=STUB.url, published_at=LATER)
    mended = make_seed("mistaken", url="https://bostonherald.com/m", published_at=LATER)
    await put(store, mistaken, ITSELF, mended)

    assert ids(await store.articles.find_by_url(SHELVES, STUB.url))[0] == ITSELF.article.id


async def test_a_stub_moves_on_when_another_article_has_its_url_now(store: Store) -> None:
    """The same for what names it."""
    mistaken = make_seed("mistaken", url=STUB.url, published_at=LATER)
    mended = make_seed("mistaken", url="https://bostonherald.com/m", published_at=LATER)
    await put(store, make_seed(coverage=[STUB]), mistaken, ITSELF, mended)

    assert ids(await store.related.explicit_coverage(SHELVES, make_article().id)) == [ITSELF.article.id]


async def test_coverage_that_a_changed_seed_no_longer_names_is_dropped(store: Store) -> None:
    """With its stub, when nobody else names it."""
    await put(store, make_seed(coverage=[STUB]), make_seed(coverage=[]))

    assert await store.related.explicit_coverage(SHELVES, make_article().id) == ()
    assert await store.articles.find_article(SHELVES, STUB.id) is None


async def test_a_stub_that_another_seed_names_stays(store: Store) -> None:
    """Only the edge of the changed seed goes."""
    await put(store, make_seed(coverage=[STUB]), make_seed("b", coverage=[STUB]), make_seed(coverage=[]))

    assert ids(await store.related.explicit_coverage(SHELVES, STUB.id)) == [make_article("b").id]


async def test_a_dropped_stub_is_out_of_the_index(store: Store) -> None:
    """Its words count no more."""
    await put(store, make_seed(coverage=[make_stub(title="Xylophone")]), make_seed(coverage=[]))

    assert await store.related.word_counts([INSTANCE_SHELF], ["xylophon"]) == (1, {"xylophon": 0})


async def test_the_id_of_a_stub_that_is_an_article_answers_also_when_nobody_names_it_any_more(store: Store) -> None:
    """It was in a posted message."""
    await put(store, make_seed(coverage=[STUB]), ITSELF, make_seed(coverage=[]))

    found = await store.articles.find_article(SHELVES, STUB.id)

    assert found is not None
    assert found.id == ITSELF.article.id


async def test_coverage_keeps_the_order_of_the_seed(store: Store) -> None:
    """Upstream puts the best first."""
    stubs = [make_stub(f"s{n}") for n in (3, 1, 2)]
    await put(store, make_seed(coverage=stubs))

    assert ids(await store.related.explicit_coverage(SHELVES, make_article().id)) == [stub.id for stub in stubs]


async def test_a_stub_named_twice_by_a_seed_is_covered_once(store: Store) -> None:
    """Upstream's lists do that as well."""
    await put(store, make_seed(coverage=[STUB, STUB]))

    assert ids(await store.related.explicit_coverage(SHELVES, make_article().id)) == [STUB.id]


async def test_of_what_several_seeds_say_of_a_stub_the_newest_seed_is_believed(store: Store) -> None:
    """Whichever came first."""
    new = make_seed("new", coverage=[make_stub("s", title="New")], published_at=LATER)
    old = make_seed("old", coverage=[make_stub("s", title="Old")])
    await put(store, new, old)

    found = await store.articles.find_article(SHELVES, STUB.id)

    assert found is not None
    assert found.title == "New"


async def test_a_seed_may_mend_what_it_says_of_a_stub(store: Store) -> None:
    """The same seed, refreshed; found by its new words."""
    await put(
        store, make_seed(coverage=[make_stub("s", title="Tpyo")]), make_seed(coverage=[make_stub("s", title="Typo")])
    )

    found = await store.articles.find_article(SHELVES, STUB.id)

    assert found is not None
    assert found.title == "Typo"
    assert await store.related.word_counts([INSTANCE_SHELF], ["typo", "tpyo"]) == (2, {"typo": 1, "tpyo": 0})


async def test_a_stub_belongs_to_the_shelf_whose_seed_named_it(store: Store) -> None:
    """An article of one server doesn't turn a stub of another's shelf into itself."""
    other = server_shelf(2)
    await put(store, make_seed(shelf=SERVER, coverage=[make_stub("s", shelf=SERVER)]), shelf=SERVER)
    await put(store, make_seed("itself", shelf=other, url=STUB.url), shelf=other)

    found = await store.articles.find_article(BOTH, make_stub("s", shelf=SERVER).id)

    assert found is not None
    assert found.is_stub


async def test_the_instances_article_hides_a_servers_stub_of_the_same_url(store: Store) -> None:
    """In both orders: the server's coverage is the instance's article."""
    early, late = make_stub("early", shelf=SERVER), make_stub("late", shelf=SERVER)
    await put(store, make_seed(shelf=SERVER, coverage=[early]), shelf=SERVER)
    await put(store, make_seed("e", url=early.url), make_seed("l", url=late.url))
    await put(store, make_seed(shelf=SERVER, coverage=[early, late]), shelf=SERVER)

    assert ids(await store.related.explicit_coverage(BOTH, make_article(shelf=SERVER).id)) == [
        make_article("e").id,
        make_article("l").id,
    ]


async def test_a_servers_own_article_answers_its_stub_before_the_instances(store: Store) -> None:
    """A stub of the same shelf is that article."""
    stub = make_stub("s", shelf=SERVER)
    await put(store, make_seed("theirs", url=stub.url, published_at=LATER))
    await put(
        store,
        make_seed(shelf=SERVER, coverage=[stub]),
        make_seed("own", shelf=SERVER, url=stub.url),
        shelf=SERVER,
    )

    assert ids(await store.related.explicit_coverage(BOTH, make_article(shelf=SERVER).id)) == [
        make_article("own", shelf=SERVER).id
    ]
