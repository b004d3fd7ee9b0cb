"""What a server uploads changes nothing elsewhere: no answer, no row, and no work in the operator's transactions."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from bot.news.article import INSTANCE_SHELF, ShelfId, server_shelf, shelves_seen_by
from bot.news.parsing.query import read_query
from bot.store.port import Store
from bot.store.sqlite.archive.stubs import MOST_SHARING
from tests.support.makers import SOME_DAY, make_article, make_seed, make_stub

OURS, THEIRS = server_shelf(1), server_shelf(2)
PAGE: Final = "https://wbur.org/page"
ANY_LINK: Final = "https://elsewhere.example/anything"
EVERYWHERE: Final = (shelves_seen_by(1), shelves_seen_by(None))


async def put_bridge(store: Store, shelf: ShelfId = THEIRS) -> None:
    """The instance's article, and a server's stub that has its URL and another one."""
    await store.articles.put_seeds(INSTANCE_SHELF, [make_seed("page", url=PAGE)], seen_at=SOME_DAY)
    bridge = make_stub(shelf=shelf, url=PAGE, aliases=(ANY_LINK,))
    seed = make_seed("bridge", shelf=shelf, url="https://theirs.example/", coverage=[bridge])
    await store.articles.put_seeds(shelf, [seed], seen_at=SOME_DAY)


@pytest.mark.parametrize("seen", EVERYWHERE)
async def test_stub_of_another_server_makes_no_link_answer_as_an_article(
    store: Store, seen: tuple[ShelfId, ...]
) -> None:
    """Each row on the way must be visible, not only the last one."""
    await put_bridge(store)
    asked = read_query(ANY_LINK, now=SOME_DAY)

    assert await store.articles.find_by_url(seen, ANY_LINK) == ()
    assert (await store.search.search(seen, asked, now=SOME_DAY)).articles == ()
    assert [each.stem for each in await store.articles.find_by_url(seen, PAGE)] == ["page"]


@pytest.mark.parametrize("seen", EVERYWHERE)
async def test_id_of_another_servers_stub_is_unknown(store: Store, seen: tuple[ShelfId, ...]) -> None:
    """Although it stands for an article that everybody sees."""
    await put_bridge(store)
    theirs = make_stub(shelf=THEIRS, url=PAGE)

    assert await store.articles.find_articles(seen, [theirs.id]) == ()
    assert await store.related.explicit_coverage(seen, theirs.id) == ()
    assert await store.related.edges_among(seen, [theirs.id]) == ()


async def test_stub_of_the_own_server_answers_as_the_article(store: Store) -> None:
    """As its URLs say."""
    await put_bridge(store, OURS)

    found = await store.articles.find_by_url(shelves_seen_by(1), ANY_LINK)
    assert [each.stem for each in found] == ["page"]


@pytest.mark.parametrize("victim", [INSTANCE_SHELF, OURS])
async def test_stub_with_the_id_of_another_shelfs_article_takes_nothing_over(store: Store, victim: ShelfId) -> None:
    """An id is a hash: somebody may have chosen their URLs for it."""
    article = make_article("page", shelf=victim, url=PAGE)
    await store.articles.put_seeds(victim, [make_seed("page", shelf=victim, url=PAGE)], seen_at=SOME_DAY)
    forged = replace(make_stub(shelf=THEIRS, url=ANY_LINK), id=article.id)
    seed = make_seed("theirs", shelf=THEIRS, url="https://theirs.example/", coverage=[forged])

    await store.articles.put_seeds(THEIRS, [seed], seen_at=SOME_DAY)

    (found,) = await store.articles.find_articles((victim,), [article.id])
    assert (found.url, found.is_stub, found.shelf) == (PAGE, False, victim)
    assert [each.url for each in await store.articles.find_articles((victim,), [article.id])] == [PAGE]
    assert await store.articles.find_by_stem(THEIRS, "theirs") is not None


async def test_stub_with_the_id_of_another_shelfs_stub_takes_nothing_over(store: Store) -> None:
    """The row of the instance's stub stays as it is."""
    stub = make_stub(url=PAGE)
    await store.articles.put_seeds(INSTANCE_SHELF, [make_seed("page", coverage=[stub])], seen_at=SOME_DAY)
    forged = replace(make_stub(shelf=THEIRS, url=ANY_LINK, title="Forged"), id=stub.id)
    seed = make_seed("theirs", shelf=THEIRS, url="https://theirs.example/", coverage=[forged])

    await store.articles.put_seeds(THEIRS, [seed], seen_at=SOME_DAY)

    assert await store.articles.find_articles((INSTANCE_SHELF,), [stub.id]) == (stub,)


async def test_article_with_the_id_of_the_instances_article_is_not_found_by_it(store: Store) -> None:
    """A forged id hides an article of the forger with it, and nothing else."""
    article = make_article("page", url=PAGE)
    await store.articles.put_seeds(INSTANCE_SHELF, [make_seed("page", url=PAGE)], seen_at=SOME_DAY)
    mine = make_seed("theirs", shelf=THEIRS, url=PAGE)
    forged = replace(mine, article=replace(mine.article, id=article.id, title=article.title))

    await store.articles.put_seeds(THEIRS, [forged], seen_at=SOME_DAY)

    (found,) = await store.articles.find_articles((INSTANCE_SHELF, THEIRS), [article.id])
    assert (found.stem, found.shelf) == ("page", INSTANCE_SHELF)
    assert await store.articles.find_by_stem(THEIRS, "theirs") is not None


async def test_no_stub_of_a_server_is_worked_on_when_the_operator_corrects_an_article(
    store: Store, tmp_path: Path
) -> None:
    """However many were uploaded of its page: they are in another file."""
    stubs = [
        make_stub(shelf=THEIRS, url=f"https://s.example/{number}", aliases=(PAGE,))
        for number in range(40 * MOST_SHARING)
    ]
    seeds = [
        make_seed(f"t{number}", shelf=THEIRS, url=f"https://theirs.example/{number}", coverage=stubs[number::10])
        for number in range(10)
    ]
    await store.articles.put_seeds(THEIRS, seeds, seen_at=SOME_DAY)
    await store.articles.put_seeds(INSTANCE_SHELF, [make_seed("page", url=PAGE)], seen_at=SOME_DAY)

    assert count_standing(tmp_path) == 0


def count_standing(folder: Path) -> int:
    """The stubs in the files of a store that stand for an article."""
    found = 0
    for path in folder.rglob("*.sqlite3"):
        connection = sqlite3.connect(path)
        if connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'article'").fetchone():
            found += connection.execute("SELECT count(*) FROM article WHERE stands_for IS NOT NULL").fetchone()[0]
        connection.close()
    return found
