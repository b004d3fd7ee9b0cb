"""What is left of an import, and what can be named to be imported."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from bot.news.article import INSTANCE_SHELF
from bot.usecases.ingest import (
    check_files,
    ingest_files,
    ingest_folder,
)
from tests.support.clocks import ManualClock
from tests.support.newsroom import Newsroom, counts, seed_of
from tests.support.seed_files import NOW, SHIPPED, make_seed_file, make_zip
from tests.usecases.operators_folder import newsroom

__all__ = ["newsroom"]


async def test_an_import_leaves_a_record(newsroom: Newsroom) -> None:
    """By the operator, from the folder as they named it."""
    newsroom.write("a.txt")
    newsroom.write("b.txt", title="")

    report = await newsroom.look()

    (record,) = await newsroom.store.imports(INSTANCE_SHELF)
    assert (record.id, record.origin) == (report.batch, str(newsroom.folder))
    assert (record.added, record.rejected) == (1, 1)


async def test_a_look_without_news_leaves_no_record(newsroom: Newsroom) -> None:
    """A watched folder is looked at again and again."""
    newsroom.write("a.txt")
    newsroom.write("b.txt", title="")
    await newsroom.look()

    report = await newsroom.look()

    assert (report.batch, len(await newsroom.store.imports(INSTANCE_SHELF))) == ("", 1)


async def test_a_folder_that_is_not_there_is_one_problem(newsroom: Newsroom) -> None:
    """Closed when it is there."""
    newsroom.folder.rmdir()
    report = await newsroom.look()
    open_before = await newsroom.problems()
    newsroom.folder.mkdir()
    await newsroom.look()

    assert [problem.reason for problem in report.problems] == ["no such file or directory"]
    assert (open_before, await newsroom.problems()) == ([str(newsroom.folder)], [])


async def test_a_name_that_is_no_utf8_is_one_problem(newsroom: Newsroom) -> None:
    """At each look, and it can be kept and shown."""
    newsroom.write(os.fsdecode(b"caf\xe9.txt"), webUrl="https://example.com/x", title="x")
    await newsroom.look()

    report = await newsroom.look()

    assert (report.refused, await newsroom.problems()) == (1, [f"{newsroom.folder}/caf\\udce9.txt"])


class NotingPath(type(Path())):  # type: ignore[misc]  # the class of this system's paths is only known when it runs
    """A folder that notes which threads make the paths of its files."""

    threads: set[int]

    def __truediv__(self, key: str) -> Path:
        """See `Path`."""
        self.threads.add(threading.get_ident())
        return Path(self) / key


async def test_files_are_read_in_a_thread_of_their_own(newsroom: Newsroom) -> None:
    """A thousand files are a second's work, and a member's question is answered meanwhile."""
    newsroom.write("a.txt")
    folder = NotingPath(newsroom.folder)
    folder.threads = set()

    await ingest_folder(newsroom.store, folder, INSTANCE_SHELF, clock=newsroom.clock)

    assert folder.threads
    assert threading.get_ident() not in folder.threads


async def test_files_zips_and_folders_that_a_person_names_are_all_read(newsroom: Newsroom, tmp_path: Path) -> None:
    """Whatever is known of them, each article once."""
    newsroom.write("a.txt")
    await newsroom.look()
    pack = tmp_path / "pack.zip"
    pack.write_bytes(make_zip({"b.txt": seed_of("b"), "a.txt": seed_of("a", heat=1)}))

    report = await ingest_files(newsroom.store, [newsroom.folder, pack], INSTANCE_SHELF, clock=newsroom.clock)

    assert counts(report) == (1, 0, 1, 1)


async def test_a_named_file_that_is_mended_has_no_problem_any_more(newsroom: Newsroom) -> None:
    """Its path is the same."""
    file = newsroom.write("a.txt", title="")
    await ingest_files(newsroom.store, [file], INSTANCE_SHELF, clock=newsroom.clock)
    before = await newsroom.problems()
    newsroom.write("a.txt")
    await ingest_files(newsroom.store, [file], INSTANCE_SHELF, clock=newsroom.clock)

    assert (before, await newsroom.problems()) == ([str(file)], [])


def test_check_counts_articles_and_names_problems(tmp_path: Path) -> None:
    """Without a store."""
    (tmp_path / "a.txt").write_bytes(make_seed_file())
    (tmp_path / "b.txt").write_bytes(make_seed_file(title=""))

    report = check_files([tmp_path, SHIPPED], INSTANCE_SHELF, clock=ManualClock(NOW))

    assert (report.articles, [str(problem) for problem in report.problems]) == (
        6,
        [f'{tmp_path}/b.txt:2: title: missing title. Write title: "...", in quotes.'],
    )
