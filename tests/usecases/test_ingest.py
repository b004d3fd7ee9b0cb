"""Ingest from the operator's folder, on a real database: what a second look costs, and what one bad file costs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.news.article import INSTANCE_SHELF
from bot.store.port.article import FileStamp
from bot.usecases.ingest import (
    BATCH,
    MOST_PROBLEMS_KEPT,
    ingest_folder,
)
from tests.support.clocks import ManualClock
from tests.support.hostile_seeds import REFUSED
from tests.support.newsroom import Newsroom, counts
from tests.support.seed_files import NOW, SHIPPED
from tests.usecases.operators_folder import _first_seen, newsroom

__all__ = ["newsroom"]


async def test_the_shipped_seeds_become_articles(newsroom: Newsroom) -> None:
    """All five, from the folder as it ships."""
    report = await ingest_folder(newsroom.store, SHIPPED, INSTANCE_SHELF, clock=ManualClock(NOW))

    assert (counts(report), await newsroom.title("001_c491b083016e13b6") is not None) == ((5, 0, 0, 0), True)


async def test_every_real_record_becomes_an_article(newsroom: Newsroom, data: Path) -> None:
    """The 192 of upstream."""
    report = await ingest_folder(newsroom.store, data / "upstream" / "news", INSTANCE_SHELF, clock=newsroom.clock)

    assert (counts(report), (await newsroom.store.shelf_size(INSTANCE_SHELF)).articles) == ((192, 0, 0, 0), 192)


async def test_a_second_look_changes_nothing(newsroom: Newsroom) -> None:
    """However often one looks."""
    newsroom.write("a.txt")
    await newsroom.look()

    assert counts(await newsroom.look()) == (0, 0, 1, 0)


async def test_a_file_that_looks_as_it_did_is_not_read(newsroom: Newsroom) -> None:
    """Size and time say that nothing happened: what it holds by now isn't looked at."""
    file = newsroom.write("a.txt", title="First")
    await newsroom.look()
    when = file.stat().st_mtime_ns
    file.write_bytes(file.read_bytes().replace(b"First", b"Other"))
    os.utime(file, ns=(0, when))

    await newsroom.look()

    assert await newsroom.title("a") == "First"


async def test_a_look_at_an_unchanged_folder_asks_for_nothing_but_its_mark(newsroom: Newsroom) -> None:
    """A hundred thousand marks would take longer to read than as many files to look at."""
    newsroom.write("a.txt")
    await newsroom.look()
    place = str(newsroom.folder.resolve())
    await newsroom.store.save_file_stamps(place, {"a.txt": FileStamp(size=0, mtime_ns=0, content_hash="other")})

    await newsroom.look()

    marks = await newsroom.store.file_stamps(place)
    assert marks["a.txt"].content_hash == "other"


async def test_a_folder_that_is_back_is_no_problem_any_more(newsroom: Newsroom) -> None:
    """Though all of its files look as they did."""
    newsroom.write("a.txt")
    await newsroom.look()
    away = newsroom.folder.rename(newsroom.folder.with_name("away"))
    await newsroom.look()
    away.rename(newsroom.folder)
    await newsroom.look()

    assert await newsroom.problems() == []


async def test_a_file_that_changed_is_read_again(newsroom: Newsroom) -> None:
    """A new title arrives under the same article."""
    newsroom.write("a.txt", title="First")
    await newsroom.look()
    newsroom.write("a.txt", title="Other")

    assert (counts(await newsroom.look()), await newsroom.title("a")) == ((0, 1, 0, 0), "Other")


async def test_a_file_in_which_only_secured_changed_is_unchanged(newsroom: Newsroom) -> None:
    """One real record has 275 such revisions."""
    newsroom.write("a.txt", secured="abc")
    await newsroom.look()
    newsroom.write("a.txt", secured="def")

    assert counts(await newsroom.look()) == (0, 0, 1, 0)


async def test_a_vanished_file_keeps_its_article(newsroom: Newsroom) -> None:
    """Deleting is a command, not an accident."""
    file = newsroom.write("a.txt")
    await newsroom.look()
    file.unlink()

    assert (counts(await newsroom.look()), await newsroom.title("a")) == ((0, 0, 0, 0), "Title of a")


async def test_one_bad_file_never_stops_the_others(newsroom: Newsroom) -> None:
    """Whatever it holds or is."""
    for number, data in enumerate(REFUSED.values()):
        (newsroom.folder / f"bad{number}.txt").write_bytes(data)
    (newsroom.folder / "folder.txt").mkdir()
    (newsroom.folder / "dangling.txt").symlink_to("nowhere")
    (newsroom.folder / "circle.txt").symlink_to("circle.txt")
    os.mkfifo(newsroom.folder / "pipe.txt")
    newsroom.write("a.txt")
    newsroom.write("z.txt")

    assert counts(await newsroom.look()) == (2, 0, 0, len(REFUSED) + 3)


async def test_a_refused_file_is_told_again_at_each_look(newsroom: Newsroom) -> None:
    """It was not forgotten, it is still wrong."""
    newsroom.write("a.txt", title="")
    await newsroom.look()

    assert [problem.field for problem in (await newsroom.look()).problems] == ["title"]


async def test_a_problem_is_kept_until_its_file_is_mended(newsroom: Newsroom) -> None:
    """`/content problems` shows what is open."""
    file = newsroom.write("a.txt", title="")
    await newsroom.look()
    before = await newsroom.problems()
    newsroom.write("a.txt")
    await newsroom.look()

    assert (before, await newsroom.problems()) == ([str(file)], [])


async def test_a_problem_is_closed_when_its_file_is_taken_away(newsroom: Newsroom) -> None:
    """Nothing is left to fix."""
    newsroom.write("a.txt", title="").unlink()
    newsroom.write("b.txt", title="")
    await newsroom.look()
    (newsroom.folder / "b.txt").unlink()
    await newsroom.look()

    assert await newsroom.problems() == []


async def test_an_article_outlives_a_bad_revision_of_its_file(newsroom: Newsroom) -> None:
    """It stays as it was until the file is sound again."""
    newsroom.write("a.txt", title="First")
    await newsroom.look()
    newsroom.write("a.txt", title="")
    await newsroom.look()

    assert await newsroom.title("a") == "First"


async def test_only_so_many_problems_are_kept(newsroom: Newsroom) -> None:
    """A folder of ten thousand photographs called .txt doesn't fill the database; the report has them all."""
    for number in range(MOST_PROBLEMS_KEPT + 1):
        (newsroom.folder / f"{number:03}.txt").write_bytes(b"\xff\xd8")

    report = await newsroom.look()

    kept = await newsroom.store.problems(INSTANCE_SHELF, limit=10_000)
    assert (report.refused, len(kept)) == (MOST_PROBLEMS_KEPT + 1, MOST_PROBLEMS_KEPT)


async def test_of_two_files_of_one_article_the_first_by_path_is_read(newsroom: Newsroom) -> None:
    """The other is a problem that names the first; the order in which they came doesn't matter."""
    newsroom.write("b/x.txt", title="From b")
    await newsroom.look()
    newsroom.write("a/x.md", title="From a")

    report = await newsroom.look()

    assert (counts(report), await newsroom.title("x")) == ((0, 1, 0, 1), "From a")
    assert report.problems[0].path.endswith("b/x.txt")
    assert "a/x.md" in report.problems[0].reason


async def test_the_second_file_of_an_article_is_read_when_the_first_is_gone(newsroom: Newsroom) -> None:
    """And its problem with it."""
    first = newsroom.write("a/x.txt", title="From a")
    newsroom.write("b/x.txt", title="From b")
    await newsroom.look()
    first.unlink()

    assert (counts(await newsroom.look()), await newsroom.title("x")) == ((0, 1, 0, 0), "From b")
    assert await newsroom.problems() == []


async def test_a_first_import_counts_as_seen_when_it_was_published(newsroom: Newsroom) -> None:
    """In all of its batches, so that the past can be previewed."""
    for number in range(BATCH + 1):
        newsroom.write(f"{number:04}.txt", publishedDateTime="2019-01-01")

    await newsroom.look()

    seen = {await _first_seen(newsroom, f"{number:04}") for number in (0, BATCH)}
    assert {moment.year if moment else None for moment in seen} == {2019}


async def test_what_comes_after_the_first_import_is_seen_when_it_came(newsroom: Newsroom) -> None:
    """It is news."""
    newsroom.write("a.txt", publishedDateTime="2019-01-01")
    await newsroom.look()
    newsroom.clock.advance(3600)
    newsroom.write("b.txt", publishedDateTime="2019-01-01")
    await newsroom.look()

    assert await _first_seen(newsroom, "b") == newsroom.clock.now()


async def test_a_first_import_that_was_cut_off_is_still_the_first_when_it_is_done_again(newsroom: Newsroom) -> None:
    """Else half an archive would be news."""
    for number in range(BATCH + 1):
        newsroom.write(f"{number:04}.txt", publishedDateTime="2019-01-01")

    def stop(done: int, _total: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await ingest_folder(newsroom.store, newsroom.folder, INSTANCE_SHELF, clock=newsroom.clock, progress=stop)
    report = await newsroom.look()

    seen = await _first_seen(newsroom, f"{BATCH:04}")
    assert (counts(report), seen and seen.year) == ((1, 0, BATCH, 0), 2019)


async def test_progress_is_told_before_the_first_batch_and_after_each(newsroom: Newsroom) -> None:
    """Files done, and of how many."""
    told: list[tuple[int, int]] = []
    for number in range(BATCH + 2):
        newsroom.write(f"{number:04}.txt")

    await ingest_folder(
        newsroom.store,
        newsroom.folder,
        INSTANCE_SHELF,
        clock=newsroom.clock,
        progress=lambda done, total: told.append((done, total)),
    )

    assert told == [(0, BATCH + 2), (BATCH, BATCH + 2), (BATCH + 2, BATCH + 2)]
