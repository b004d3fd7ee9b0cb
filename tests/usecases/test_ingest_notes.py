"""Notes and problems of files, at every look."""

from __future__ import annotations

from datetime import timedelta

from bot.news.article import INSTANCE_SHELF
from tests.support.newsroom import Newsroom, counts
from tests.usecases.operators_folder import newsroom

__all__ = ["newsroom"]


async def _noted(newsroom: Newsroom) -> list[str]:
    return [note.path for note in await newsroom.store.notes(INSTANCE_SHELF)]


async def test_a_note_is_reported_until_its_file_is_corrected(newsroom: Newsroom) -> None:
    """At every look, though the file is read only once."""
    file = newsroom.write("a.txt", quality="high")
    looks = [await newsroom.look() for _ in range(2)]
    newsroom.write("b.txt")
    looks.append(await newsroom.look())

    assert [[note.path for note in look.notes] for look in looks] == [[str(file)]] * 3

    newsroom.write("a.txt", quality=70)
    assert ((await newsroom.look()).notes, await _noted(newsroom)) == ((), [])


async def test_a_note_is_gone_with_its_file(newsroom: Newsroom) -> None:
    """Nothing is left to correct."""
    newsroom.write("a.txt", quality="high")
    newsroom.write("b.txt")
    await newsroom.look()
    (newsroom.folder / "a.txt").unlink()

    assert ((await newsroom.look()).notes, await _noted(newsroom)) == ((), [])


async def test_a_file_that_gets_worse_loses_its_note_and_has_a_problem(newsroom: Newsroom) -> None:
    """One state at a time."""
    file = newsroom.write("a.txt", quality="high")
    await newsroom.look()
    newsroom.write("a.txt", title="")
    await newsroom.look()

    assert (await _noted(newsroom), await newsroom.problems()) == ([], [str(file)])


async def test_files_that_are_not_seeds_are_counted_apart_at_every_look(newsroom: Newsroom) -> None:
    """They are neither articles nor problems, and an unchanged folder is still known as one."""
    newsroom.write("a.txt")
    (newsroom.folder / "README.md").write_text("# Ours\n", "utf-8")

    for _ in range(2):
        report = await newsroom.look()
        assert (report.added + report.unchanged, report.refused, report.others, report.read) == (1, 0, 1, 2)
    newsroom.write("b.txt")
    assert ((await newsroom.look()).others, await newsroom.problems()) == (1, [])


async def test_a_readme_that_becomes_a_seed_is_read(newsroom: Newsroom) -> None:
    """Its name forbids nothing."""
    (newsroom.folder / "README.md").write_text("# Ours\n", "utf-8")
    await newsroom.look()
    newsroom.write("README.md", title="Ours")
    await newsroom.look()

    assert await newsroom.title("README") == "Ours"


async def test_a_folder_without_a_seed_is_noted_until_there_is_one(newsroom: Newsroom) -> None:
    """With what is in it."""
    (newsroom.folder / "a.docx").write_bytes(b"x")
    reasons = [[note.reason for note in (await newsroom.look()).notes] for _ in range(2)]
    newsroom.write("a.txt")

    assert reasons == [["no seed files; found 1 .docx"]] * 2
    assert (await newsroom.look()).notes == ()


async def test_a_date_too_far_ahead_is_read_once_it_is_near(newsroom: Newsroom) -> None:
    """The file is the same; the clock isn't."""
    near = newsroom.clock.now() + timedelta(hours=49)
    newsroom.write("a.txt", publishedDateTime=near.isoformat())
    first = await newsroom.look()
    newsroom.clock.advance(3600)
    second = await newsroom.look()

    assert (counts(first), counts(second), await newsroom.problems()) == ((0, 0, 0, 1), (1, 0, 0, 0), [])


async def test_all_problems_of_a_file_are_one_rejected_file(newsroom: Newsroom) -> None:
    """The report counts files, and lists every fault."""
    newsroom.write("a.txt", title="", webUrl="x", publishedDateTime="soon")
    report = await newsroom.look()

    assert (report.refused, [problem.field for problem in report.problems]) == (
        1,
        ["title", "publishedDateTime", "webUrl"],
    )
