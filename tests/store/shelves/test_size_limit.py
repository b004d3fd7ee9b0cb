"""What a server uploads takes no more of the disk than is promised, and what doesn't fit changes nothing."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from bot.errors import Limit, StoreBusyError, StoreFullError, StoreUnavailableError, TooManyError
from bot.news.article import ArticleId, server_shelf
from bot.news.content import ImportLimits
from bot.store.port.patience import waiting_at_most
from bot.store.sqlite.archive.articles import SqliteArticleStore
from bot.store.sqlite.archive.import_log import CHANGES_KEPT
from bot.store.sqlite.archive.upsert import MOST_FORMER_STEMS
from bot.store.sqlite.file.kinds import archive_folder
from bot.store.sqlite.shelves.files import open_files
from bot.store.sqlite.shelves.names import find_shelf_files
from bot.usecases.ingest import ImportTurns
from tests.support.clocks import ManualClock
from tests.support.makers import SOME_DAY, make_seed
from tests.support.newsroom import Newsroom, read_here, seed_of
from tests.support.seed_files import make_zip

SHELF: Final = server_shelf(7)
PROMISED: Final = 2 << 20
LIMITS: Final = ImportLimits(bytes_per_shelf=PROMISED, imports_per_hour=1_000)
ROUNDS: Final = 12
SEEDS: Final = 60


@asynccontextmanager
async def open_small(folder: Path) -> AsyncIterator[Newsroom]:
    """A newsroom whose servers may take two MiB each."""
    (folder / "seeds").mkdir(exist_ok=True)
    clock = ManualClock()
    async with open_files(folder / "newsdesk.db", clock=clock, shelf_bytes=PROMISED) as files:
        newsroom = Newsroom(SqliteArticleStore(files), folder / "seeds", clock)
        newsroom.turns = ImportTurns(read=read_here)
        yield newsroom


def on_disk(folder: Path) -> int:
    """Bytes of all files of the server: the database, its log, and the log's index."""
    found = 0
    for path in archive_folder(folder / "newsdesk.db").glob("7-*"):
        with suppress(FileNotFoundError):
            found += path.stat().st_size
    return found


async def watch(folder: Path, most: list[int]) -> None:
    """Note what the server's files take, at any moment."""
    while True:
        most.append(await asyncio.to_thread(on_disk, folder))
        await asyncio.sleep(0.002)


def rows(path: Path, sql: str) -> list[tuple[object, ...]]:
    """What a file has."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def new_names(turn: int) -> Mapping[str, bytes]:
    """The same articles, each time of other providers, on other topics, with other links, of other words."""
    return {
        f"s{n}.txt": seed_of(
            f"s{n}",
            title=f"Same title {n}",
            excerpt=" ".join(f"w{turn}x{n}x{word}" for word in range(40)),
            originalUrl=f"https://d{turn}.example/{n}",
            provider={"name": f"P{turn} {n}", "domain": f"p{turn}x{n}.example"},
            topics=[f"T{turn} {n} {topic}" for topic in range(8)],
        )
        for n in range(SEEDS)
    }


def new_numbers(turn: int) -> Mapping[str, bytes]:
    """The same articles, each time of another heat: a change row each."""
    return {f"s{n}.txt": seed_of(f"s{n}", heat=turn % 90) for n in range(4 * SEEDS)}


def new_files(turn: int) -> Mapping[str, bytes]:
    """The same articles in files of other names."""
    return {f"f{turn}x{n}.txt": seed_of(f"s{n}") for n in range(2 * SEEDS)}


def new_stubs(turn: int) -> Mapping[str, bytes]:
    """The same articles, each time with other coverage."""
    date = "2021-05-07"
    return {
        f"s{n}.txt": seed_of(
            f"s{n}",
            related=[
                {"title": f"r{turn}x{n}x{k}", "webUrl": f"https://r.example/{turn}/{n}/{k}", "publishedDateTime": date}
                for k in range(20)
            ],
        )
        for n in range(SEEDS)
    }


def bad_files(turn: int) -> Mapping[str, bytes]:
    """Nothing that can be read: a problem each."""
    return {f"bad-{turn}-{n}.txt": seed_of("b", title="", publishedDateTime="x" * 200) for n in range(4 * SEEDS)}


def rewritten(turn: int) -> Mapping[str, bytes]:
    """A full shelf of which each article is changed at once."""
    return {f"s{n}.txt": seed_of(f"s{n}", excerpt=f"x{turn} y{n} " * 9, heat=turn) for n in range(700)}


def more(turn: int) -> Mapping[str, bytes]:
    """Further articles each time."""
    return {f"m{turn}x{n}.txt": seed_of(f"m{turn}x{n}", excerpt=f"word{turn}x{n} " * 20) for n in range(2 * SEEDS)}


@pytest.mark.parametrize("upload", [new_names, new_numbers, new_files, new_stubs, bad_files, rewritten, more])
async def test_shelf_takes_at_most_one_and_a_half_of_what_is_promised(
    tmp_path: Path, upload: Callable[[int], Mapping[str, bytes]]
) -> None:
    """File and log, at any moment, whatever is uploaded, again and again."""
    sizes: list[int] = []
    done, refused = 0, list[Limit]()
    async with open_small(tmp_path) as newsroom:
        watching = asyncio.create_task(watch(tmp_path, sizes))
        for turn in range(ROUNDS):
            newsroom.clock.advance(60)
            try:
                await newsroom.upload(make_zip(upload(turn)), f"pack{turn}.zip", limits=LIMITS)
                done += 1
            except TooManyError as error:
                refused.append(error.limit)
        watching.cancel()

    assert done
    assert set(refused) <= {Limit.SHELF}
    assert max(sizes) <= 1.5 * PROMISED


@pytest.mark.parametrize("upload", [new_names, new_numbers, new_files, new_stubs, bad_files])
async def test_shelf_of_the_same_articles_can_be_filled_again_and_again(
    tmp_path: Path, upload: Callable[[int], Mapping[str, bytes]]
) -> None:
    """What the earlier uploads left doesn't use up the quota: its size settles."""
    async with open_small(tmp_path) as newsroom:
        limits = replace(LIMITS, bytes_per_shelf=4 * PROMISED)
        used = []
        for turn in range(2 * CHANGES_KEPT + 8):
            newsroom.clock.advance(60)
            pack = dict(list(upload(turn).items())[:20])
            await newsroom.upload(make_zip(pack), f"pack{turn % 4}.zip", limits=limits)
            used.append((await newsroom.store.shelf_size(SHELF)).disk_bytes)

    settled = used[CHANGES_KEPT : CHANGES_KEPT + 10]
    assert max(used[-6:]) <= 1.25 * max(settled), used


async def test_import_that_does_not_fit_changes_nothing(tmp_path: Path) -> None:
    """Not even a problem or a record; what is there is found as before."""
    async with open_small(tmp_path) as newsroom:
        await newsroom.upload(make_zip({"a.txt": seed_of("a")}), limits=LIMITS)
        before = find_shelf_files(tmp_path / "newsdesk.db")[SHELF]
        stored = rows(before, "SELECT title, first_seen_at FROM article")
        pack = {f"{n}.txt": seed_of(f"x{n}", title=f"Alpha{n} beta{n}") for n in range(1_800)}

        with pytest.raises(TooManyError, match=r"needs more than the .* on disk that are left") as refused:
            await newsroom.upload(make_zip({**pack, "bad.txt": b"?"}), limits=LIMITS)

        assert refused.value.limit is Limit.SHELF
        assert rows(before, "SELECT title, first_seen_at FROM article") == stored
        assert (await newsroom.store.problems(SHELF), len(await newsroom.store.imports(SHELF))) == ((), 1)
        assert (await newsroom.upload(make_zip({"b.txt": seed_of("b")}), limits=LIMITS)).added == 1


async def test_first_import_that_does_not_fit_leaves_no_file(tmp_path: Path) -> None:
    """The server has no uploads, as before."""
    async with open_small(tmp_path) as newsroom:
        pack = {f"{n}.txt": seed_of(f"x{n}", title=f"Alpha{n} beta{n}") for n in range(1_800)}
        with pytest.raises(TooManyError):
            await newsroom.upload(make_zip(pack), limits=LIMITS)

        assert on_disk(tmp_path) == 0


async def test_full_shelf_is_not_a_full_disk(tmp_path: Path) -> None:
    """That would hold all sending."""
    async with open_small(tmp_path) as newsroom:
        seeds = [make_seed(f"s{n}", shelf=SHELF, excerpt=f"word{n} " * 400) for n in range(600)]
        with pytest.raises(StoreFullError) as refused:
            await newsroom.store.put_seeds(SHELF, seeds, seen_at=SOME_DAY)

        assert not isinstance(refused.value, StoreUnavailableError)


async def test_article_of_a_full_shelf_can_be_hidden(tmp_path: Path) -> None:
    """Imports leave room for it."""
    async with open_small(tmp_path) as newsroom:
        await fill(newsroom)
        article = await newsroom.store.find_by_stem(SHELF, "m0x1")
        assert article is not None

        assert await newsroom.store.hide(SHELF, article.id)


async def fill(newsroom: Newsroom) -> None:
    """Upload until nothing more fits."""
    for turn in range(100):
        try:
            await newsroom.upload(make_zip(more(turn)), limits=LIMITS)
        except TooManyError:
            return
    pytest.fail("everything fits")


async def test_nobody_sees_an_import_before_it_is_whole(tmp_path: Path) -> None:
    """What is read meanwhile is the shelf as it was."""
    async with open_small(tmp_path) as newsroom:
        await newsroom.store.put_seeds(SHELF, [make_seed("a", shelf=SHELF)], seen_at=SOME_DAY)
        async with newsroom.store.as_one(SHELF, most_bytes=PROMISED) as whole:
            await whole.put_seeds(SHELF, [make_seed("b", shelf=SHELF)], seen_at=SOME_DAY)
            meanwhile = (await newsroom.store.shelf_size(SHELF)).articles
            within = (await whole.shelf_size(SHELF)).articles

        assert (meanwhile, within, (await newsroom.store.shelf_size(SHELF)).articles) == (1, 2, 2)


async def test_write_beside_an_import_is_refused_with_a_sentence(tmp_path: Path) -> None:
    """It waits as long as a member does, and then can be tried again."""
    async with open_small(tmp_path) as newsroom:
        await newsroom.store.put_seeds(SHELF, [make_seed("a", shelf=SHELF)], seen_at=SOME_DAY)
        article = make_seed("a", shelf=SHELF).article.id
        async with newsroom.store.as_one(SHELF, most_bytes=PROMISED):
            with waiting_at_most(0.1), pytest.raises(StoreBusyError, match="An import is under way"):
                await newsroom.store.hide(SHELF, article)

        assert await newsroom.store.hide(SHELF, article)


async def test_import_that_fails_is_undone(tmp_path: Path) -> None:
    """Whatever ended it."""
    async with open_small(tmp_path) as newsroom:
        await newsroom.store.put_seeds(SHELF, [make_seed("a", shelf=SHELF)], seen_at=SOME_DAY)
        with pytest.raises(TimeoutError):
            await put_slowly(newsroom)

        assert (await newsroom.store.shelf_size(SHELF)).articles == 1


async def put_slowly(newsroom: Newsroom) -> None:
    """Begin an import, and be stopped in the middle of it."""
    async with asyncio.timeout(0.05), newsroom.store.as_one(SHELF, most_bytes=PROMISED) as whole:
        await whole.put_seeds(SHELF, [make_seed("b", shelf=SHELF)], seen_at=SOME_DAY)
        await asyncio.sleep(5)


async def test_uploaded_article_counts_as_seen_when_the_import_ends(tmp_path: Path) -> None:
    """An edition that was planned during it couldn't see it: the next one must take it for new."""
    async with open_small(tmp_path) as newsroom:
        await newsroom.upload(make_zip({"a.txt": seed_of("a")}), limits=LIMITS)
        await newsroom.store.put_seeds(SHELF, [make_seed("z", shelf=SHELF)], seen_at=SOME_DAY)
        began, ended = newsroom.clock.now(), newsroom.clock.now() + timedelta(seconds=30)
        async with newsroom.store.as_one(SHELF, most_bytes=PROMISED) as whole:
            await whole.put_seeds(SHELF, [make_seed("b", shelf=SHELF)], seen_at=began)
            await whole.put_seeds(SHELF, [make_seed("b", shelf=SHELF, heat=5)], seen_at=began)
            await whole.mark_as_seen(SHELF, was=began, at=ended)

        assert await first_seen(newsroom, "b") == ended
        assert await first_seen(newsroom, "z") == SOME_DAY


async def first_seen(newsroom: Newsroom, stem: str) -> object:
    """When an article was first seen."""
    article = await newsroom.store.find_by_stem(SHELF, stem)
    return None if article is None else article.first_seen_at


async def test_names_without_articles_are_dropped(tmp_path: Path) -> None:
    """Providers and topics of what was changed or dropped."""
    async with open_small(tmp_path) as newsroom:
        for turn in range(3):
            await newsroom.upload(make_zip(dict(list(new_names(turn).items())[:2])), limits=LIMITS)
        path = find_shelf_files(tmp_path / "newsdesk.db")[SHELF]

        assert rows(path, "SELECT domain FROM provider ORDER BY 1") == [("p2x0.example",), ("p2x1.example",)]
        assert len(rows(path, "SELECT * FROM topic")) == 16


async def test_first_change_of_an_article_is_kept_and_the_latest_ones(tmp_path: Path) -> None:
    """The ones between go, and the first one holds until the first that is left."""
    async with open_small(tmp_path) as newsroom:
        for turn in range(CHANGES_KEPT + 10):
            newsroom.clock.advance(60)
            await newsroom.upload(make_zip({"s.txt": seed_of("s", heat=turn)}), limits=LIMITS)
        path = find_shelf_files(tmp_path / "newsdesk.db")[SHELF]
        changes = rows(path, "SELECT heat, seen_at, replaced_at FROM change ORDER BY change_id")

        assert [heat for heat, _, _ in changes] == [0, *range(11, CHANGES_KEPT + 10)]
        assert [until for _, _, until in changes] == [*(seen for _, seen, _ in changes[1:]), None]


async def test_file_that_is_renamed_each_time_has_few_former_names(tmp_path: Path) -> None:
    """Each of them goes on answering."""
    async with open_small(tmp_path) as newsroom:
        for turn in range(MOST_FORMER_STEMS + 5):
            await newsroom.upload(make_zip({f"f{turn}.txt": seed_of("same")}), limits=LIMITS)
        path = find_shelf_files(tmp_path / "newsdesk.db")[SHELF]

        assert len(rows(path, "SELECT * FROM former_stem")) == MOST_FORMER_STEMS
        found = await newsroom.store.find_by_stem(SHELF, "f3")
        assert found is not None
        assert ArticleId(found.id)


CONNECTS: Final = re.compile(r"\b(?:sqlite3|aiosqlite)\.connect\(")

OPENERS: Final = {
    "bot/collect/state/memory.py",  # the collector's own file
    "bot/store/sqlite/backup.py",  # reads
    "bot/store/sqlite/file/connection.py",  # every open database, through `open_file`, which sets the limit
    "bot/store/sqlite/file/migrate.py",  # a copy
    "bot/store/sqlite/file/opening.py",  # a new, empty file
    "bot/store/sqlite/file/split.py",  # the files of an earlier version
    "bot/store/sqlite/shelves/move.py",  # a shelf of an earlier version, whatever its size
}


def test_no_other_writer_of_a_shelf_is_opened() -> None:
    """SQLite doesn't keep a limit in the file: a writer that doesn't set it has none."""
    root = Path(__file__).parents[3]
    found = {str(path.relative_to(root)) for path in (root / "bot").rglob("*.py") if CONNECTS.search(path.read_text())}

    assert found == OPENERS
