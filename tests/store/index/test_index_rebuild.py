"""Rebuilding the text indexes and merging them: step by step, resumable."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest
import structlog

from bot.news.article import INSTANCE_SHELF
from bot.news.parsing.query import read_query
from bot.store.port import Store
from bot.store.sqlite import open_store
from bot.store.sqlite.file.database import Database
from bot.store.sqlite.index.rebuild import begin_rebuild, is_index_current, rebuild_index, rebuild_step
from bot.store.sqlite.index.spelling import add_missing_spellings, drop_all_spellings
from bot.usecases.ingest import LARGE, ingest_folder
from tests.support.clocks import ManualClock
from tests.support.makers import SOME_DAY, make_seed
from tests.support.newsroom import seed_of

SHELVES = (INSTANCE_SHELF,)
SEVERAL = 5


async def put(store: Store, numbers: Sequence[int]) -> None:
    """Put articles on police, each in a transaction of its own."""
    for number in numbers:
        await store.articles.put_seeds(
            INSTANCE_SHELF, [make_seed(f"s{number}", title=f"Police {number}")], seen_at=SOME_DAY
        )


async def found(store: Store) -> list[str]:
    """What a search for police finds."""
    result = await store.search.search(SHELVES, read_query("police", now=SOME_DAY), now=SOME_DAY)
    return [article.stem for article in result.articles]


def parts(connection: sqlite3.Connection) -> int:
    """How many parts the larger index is read from."""
    return int(connection.execute("SELECT count(DISTINCT segid) FROM article_text_idx").fetchone()[0])


def outdate(connection: sqlite3.Connection) -> None:
    """Say that other rules made the index."""
    connection.execute("UPDATE text_index SET made_by = 'another'")


async def test_settling_leaves_an_index_in_one_part(store: Store, archive_file: Database) -> None:
    """Whatever was put before in however many transactions."""
    await put(store, range(SEVERAL))
    before = await archive_file.read(parts)

    await store.articles.optimize(INSTANCE_SHELF)

    assert before > 1
    assert await archive_file.read(parts) == 1


async def test_settling_changes_nothing_that_is_found(store: Store) -> None:
    """It is a matter of time only."""
    await put(store, range(SEVERAL))
    before = await found(store)

    await store.articles.optimize(INSTANCE_SHELF)

    assert await found(store) == before


async def test_an_import_of_a_thousand_articles_is_settled(tmp_path: Path, clock: ManualClock) -> None:
    """And a search after it reads one part."""
    folder = tmp_path / "seeds"
    folder.mkdir()
    for number in range(LARGE):
        (folder / f"{number}.txt").write_bytes(seed_of(f"Police {number}"))
    async with open_store(tmp_path / "n.db", clock=clock) as store:
        await ingest_folder(store.articles, folder, INSTANCE_SHELF, clock=clock)

        assert await store.files.archive.read(parts) == 1


async def test_a_rebuild_that_was_stopped_goes_on_where_it_was(tmp_path: Path, clock: ManualClock) -> None:
    """A kill in the middle of it costs one step."""
    async with open_store(tmp_path / "n.db", clock=clock) as store:
        await put(store, range(SEVERAL))
        await store.files.archive.write(outdate)
        await store.files.archive.write(begin_rebuild)
        half = await store.files.archive.write(lambda connection: rebuild_step(connection, -1, at_most=2))

    async with open_store(tmp_path / "n.db", clock=clock) as store:
        rest = await found(store)

    assert len(half) == 2
    assert sorted(rest) == sorted(f"s{number}" for number in range(SEVERAL))


async def test_what_is_put_while_an_index_is_made_anew_is_in_it_once(store: Store, archive_file: Database) -> None:
    """Another process imports meanwhile."""
    await archive_file.write(begin_rebuild)
    await put(store, range(SEVERAL))

    await rebuild_index(archive_file, ManualClock())

    assert await store.related.word_counts([INSTANCE_SHELF], ["polic"]) == (SEVERAL, {"polic": SEVERAL})


def spellings(connection: sqlite3.Connection) -> list[tuple[str, int]]:
    """The words that are kept for spelling, each with its hashes."""
    rows = connection.execute("SELECT written, hash FROM spelling LEFT JOIN deletion USING (spelling_id) ORDER BY 1, 2")
    return [(row[0], row[1]) for row in rows]


async def test_an_index_made_anew_keeps_the_spellings_that_it_had(store: Store, archive_file: Database) -> None:
    """All words of titles, whether they were put one by one or are counted at the end."""
    titles = ["Police ban faces 2021", "Police banned 2021", "Faces of café", "Café", "the 2021", "only once"]
    for number, title in enumerate(titles):
        await store.articles.put_seeds(INSTANCE_SHELF, [make_seed(f"s{number}", title=title)], seen_at=SOME_DAY)
    before = await archive_file.read(spellings)
    await archive_file.write(outdate)

    await rebuild_index(archive_file, ManualClock())

    assert {written for written, _ in before} == {"police", "banned", "faces", "cafe", "only", "once"}
    assert await archive_file.read(spellings) == before


async def test_spellings_are_kept_step_by_step(store: Store, archive_file: Database) -> None:
    """A rebuild that is cut off among them finishes them."""
    await put(store, range(SEVERAL))
    await store.articles.put_seeds(INSTANCE_SHELF, [make_seed("a", title="Alpha omega")], seen_at=SOME_DAY)
    await store.articles.put_seeds(INSTANCE_SHELF, [make_seed("b", title="Alpha omega")], seen_at=SOME_DAY)
    before = await archive_file.read(spellings)
    await archive_file.write(drop_all_spellings)

    first = await archive_file.write(lambda connection: add_missing_spellings(connection, "", at_most=1))
    half = {written for written, _ in await archive_file.read(spellings)}
    await rebuild_index(archive_file, ManualClock())

    assert (first, half) == ("alpha", {"alpha"})
    assert await archive_file.read(spellings) == before


async def test_an_index_is_not_called_whole_before_it_is(store: Store, archive_file: Database) -> None:
    """A file that was copied in the middle of it is finished by the next process that opens it."""
    await put(store, range(SEVERAL))
    await archive_file.write(outdate)
    await archive_file.write(begin_rebuild)

    assert not await archive_file.read(is_index_current)

    await rebuild_index(archive_file, ManualClock())

    assert await archive_file.read(is_index_current)


async def test_a_long_rebuild_says_how_far_it_is(store: Store, archive_file: Database) -> None:
    """Somebody waits for the bot to come up."""

    class Hasty(ManualClock):
        """A clock on which a minute passes at every look."""

        def uptime(self) -> float:
            """See `Clock.uptime`."""
            self.advance(60)
            return super().uptime()

    await put(store, range(SEVERAL))
    await archive_file.write(outdate)

    with structlog.testing.capture_logs() as lines:
        await rebuild_index(archive_file, Hasty())

    assert [(line["done"], line["of"]) for line in lines] == [(SEVERAL, SEVERAL)]


@pytest.mark.parametrize("title", ["", "!?", "the"])
async def test_a_title_without_a_telling_word_is_indexed_as_well(
    title: str, store: Store, archive_file: Database
) -> None:
    """Nothing of it is looked for twice."""
    await store.articles.put_seeds(INSTANCE_SHELF, [make_seed(title=title)], seen_at=SOME_DAY)
    await archive_file.write(outdate)

    await rebuild_index(archive_file, ManualClock())

    assert (await store.related.word_counts([INSTANCE_SHELF], []))[0] == 1
