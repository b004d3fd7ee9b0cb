"""What a connection has read of a file's words holds until the file changes."""

from __future__ import annotations

import sqlite3

import numpy as np
import pytest

from bot.news.article import INSTANCE_SHELF, ShelfId, server_shelf
from bot.store.port import Store
from bot.store.sqlite.file.database import Database
from bot.store.sqlite.index.view import View
from bot.store.sqlite.shelves.files import StoreFiles
from tests.support.makers import SOME_DAY, make_seed

SERVER = server_shelf(1)


def ferries(view: View) -> tuple[int, int, int]:
    """How many articles there are, and in how many "ferry" is: by its number, and by its stem."""
    listed = view.find_listed(("ferri",))["ferri"]
    return view.totals().articles, int(view.count_words(np.array([listed.id], dtype=np.int32))[0]), listed.articles


async def put(store: Store, shelf: ShelfId, stem: str) -> None:
    """Add an article about a ferry."""
    await store.articles.put_seeds(shelf, [make_seed(stem, shelf=shelf, title="Ferry")], seen_at=SOME_DAY)


@pytest.mark.parametrize(
    ("seen", "shelf"),
    [
        ((INSTANCE_SHELF,), INSTANCE_SHELF),
        ((SERVER,), SERVER),
        ((INSTANCE_SHELF, SERVER), INSTANCE_SHELF),
        ((INSTANCE_SHELF, SERVER), SERVER),
    ],
)
async def test_an_added_article_counts_at_the_next_read(
    store: Store, files: StoreFiles, seen: tuple[ShelfId, ...], shelf: ShelfId
) -> None:
    """Whichever file it is added to, and however often the words were read before."""
    for each in seen:
        await put(store, each, f"first{len(each)}")
    before = [await files.shelves.read(seen, ferries) for _ in range(3)]

    await put(store, shelf, "second")

    added = len(seen) + 1
    assert (before, await files.shelves.read(seen, ferries)) == ([(len(seen),) * 3] * 3, (added,) * 3)


async def test_words_are_read_once_while_the_file_is_as_it_was(
    store: Store, files: StoreFiles, archive_file: Database
) -> None:
    """A second search asks neither for the totals nor for the frequencies of the same words."""
    await put(store, INSTANCE_SHELF, "a")
    asked: list[str] = []
    await files.shelves.read((INSTANCE_SHELF,), ferries)

    def listen(connection: sqlite3.Connection) -> None:
        connection.set_trace_callback(asked.append)

    await archive_file.read(listen)
    await files.shelves.read((INSTANCE_SHELF,), ferries)

    assert [each for each in asked if "FROM word" in each or "text_total" in each or "JOIN word" in each] == []


async def test_words_with_higher_numbers_leave_what_was_read_before(store: Store, files: StoreFiles) -> None:
    """The table grows with the numbers that are asked for."""
    titles = [f"Ferry {'abcdefghij'[n]}{'klmnopqrst'[n]}x" for n in range(10)]
    seeds = [make_seed(f"s{n}", title=title) for n, title in enumerate(titles)]
    await store.articles.put_seeds(INSTANCE_SHELF, seeds, seen_at=SOME_DAY)

    def counted(view: View) -> list[int]:
        stems = ["ferri", *(title.split()[1] for title in titles)]
        ids = sorted(word.id for word in view.find_words(stems).values())
        return [int(view.count_words(np.array([each], dtype=np.int32))[0]) for each in [*ids, *ids]]

    assert sorted(await files.shelves.read((INSTANCE_SHELF,), counted)) == [1] * 20 + [10, 10]
