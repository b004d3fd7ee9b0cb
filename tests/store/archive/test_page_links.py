"""A page is found by every spelling of its link, also in a database of an earlier version."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.news.article import INSTANCE_SHELF
from bot.store.port import Store
from bot.store.sqlite import open_store
from bot.store.sqlite.archive.aliases import hash_pages, hashes_of
from bot.store.sqlite.shelves.files import open_files
from tests.support.clocks import ManualClock
from tests.support.makers import SOME_DAY, make_article, make_seed, make_stub, seed_of

SHELVES = (INSTANCE_SHELF,)

AMP = "https://www.example.com/a/amp"

SPELLINGS = (
    AMP,
    "https://example.com/a",
    "https://m.example.com/a/?utm_source=x",
    "https://www.google.com/url?q=https://example.com/a",
)


@pytest.mark.parametrize("url", SPELLINGS)
async def test_an_article_is_found_by_any_spelling_of_its_link(store: Store, url: str) -> None:
    """However the member got it."""
    await store.articles.put_seeds(INSTANCE_SHELF, [make_seed("a", url=AMP)], seen_at=SOME_DAY)

    assert [article.stem for article in await store.articles.find_by_url(SHELVES, url)] == ["a"]


async def test_a_stub_with_another_spelling_is_the_article(store: Store) -> None:
    """Two seeds that name one page by two links name one article."""
    stub = make_stub(url="https://example.com/a?utm_source=x")
    await store.articles.put_seeds(INSTANCE_SHELF, [seed_of(make_article("b"), stub)], seen_at=SOME_DAY)
    await store.articles.put_seeds(INSTANCE_SHELF, [make_seed("a", url=AMP)], seen_at=SOME_DAY)

    (found,) = await store.articles.find_articles(SHELVES, [stub.id])

    assert found.stem == "a"


async def test_a_deleted_page_stays_away_under_another_spelling(store: Store) -> None:
    """Deleting an article means the page."""
    seed = make_seed("a", url=AMP)
    stub = make_stub(url="https://m.example.com/a")
    await store.articles.put_seeds(INSTANCE_SHELF, [seed], seen_at=SOME_DAY)
    await store.articles.delete(INSTANCE_SHELF, seed.article.id)
    await store.articles.put_seeds(INSTANCE_SHELF, [seed_of(make_article("b"), stub)], seen_at=SOME_DAY)

    assert await store.articles.find_by_url(SHELVES, "https://example.com/a") == ()


async def make_old_file(path: Path, clock: ManualClock) -> None:
    """A database whose articles have the hashes of their own spellings alone, as earlier versions wrote them."""
    own = hashes_of(AMP) - hashes_of("https://example.com/a")
    async with open_store(path, clock=clock) as store:
        await store.articles.put_seeds(INSTANCE_SHELF, [make_seed("a", url=AMP)], seen_at=SOME_DAY)
        await store.files.archive.write(lambda connection: connection.execute("DELETE FROM alias"))
        await store.files.archive.write(
            lambda connection: connection.executemany(
                "INSERT INTO alias (url_hash, row_id) SELECT ?, row_id FROM article", [(each,) for each in own]
            )
        )
        await store.files.archive.write(
            lambda connection: connection.execute("INSERT INTO unhashed SELECT row_id FROM article")
        )


@pytest.mark.parametrize("url", SPELLINGS)
async def test_an_old_file_knows_every_spelling_once_it_was_opened(
    tmp_path: Path, clock: ManualClock, url: str
) -> None:
    """Its articles are hashed again from their URLs."""
    await make_old_file(tmp_path / "old.db", clock)

    async with open_store(tmp_path / "old.db", clock=clock) as store:
        assert len(await store.articles.find_by_url(SHELVES, url)) == 1


async def test_an_old_file_is_hashed_in_steps_and_once(tmp_path: Path, clock: ManualClock) -> None:
    """An interrupted start continues where it was."""
    async with open_store(tmp_path / "n.db", clock=clock) as store:
        seeds = [make_seed(stem, url=f"https://example.com/{stem}/amp") for stem in "abc"]
        await store.articles.put_seeds(INSTANCE_SHELF, seeds, seen_at=SOME_DAY)
    async with open_files(tmp_path / "n.db", clock=clock) as files:
        await files.archive.write(
            lambda connection: connection.execute("INSERT INTO unhashed SELECT row_id FROM article")
        )

        steps = [await files.archive.write(lambda connection: hash_pages(connection, at_most=2)) for _ in range(3)]

    assert steps == [2, 1, 0]


async def test_an_old_file_with_a_damaged_article_still_opens(tmp_path: Path, clock: ManualClock) -> None:
    """One record must not keep the bot from starting."""
    await make_old_file(tmp_path / "old.db", clock)
    async with open_files(tmp_path / "old.db", clock=clock) as files:
        await files.archive.write(lambda connection: connection.execute("UPDATE article SET aliases = '[1, '"))

    async with open_store(tmp_path / "old.db", clock=clock) as store:
        left = await store.files.archive.read(
            lambda connection: connection.execute("SELECT * FROM unhashed").fetchall()
        )

    assert left == []


async def test_a_link_that_an_article_once_had_stays_known_in_an_old_file(tmp_path: Path, clock: ManualClock) -> None:
    """Its text is gone: the hash of its own spelling still finds it."""
    path = tmp_path / "n.db"
    async with open_store(path, clock=clock) as store:
        await store.articles.put_seeds(INSTANCE_SHELF, [make_seed("a", url="https://example.com/b")], seen_at=SOME_DAY)
        past = hashes_of("https://example.com/a?utm_source=x") - hashes_of("https://example.com/a")
        await store.files.archive.write(
            lambda connection: connection.executemany(
                "INSERT INTO alias (url_hash, row_id, is_current) SELECT ?, row_id, 0 FROM article",
                [(each,) for each in past],
            )
        )
        found = await store.articles.find_by_url(SHELVES, "https://example.com/a?utm_source=x")

    assert len(found) == 1
