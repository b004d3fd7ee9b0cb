"""What is known of files: their stamps, their problems, the imports that brought them."""

from __future__ import annotations

from datetime import timedelta

from bot.news.article import INSTANCE_SHELF, Finding, SeedNote, SeedProblem, server_shelf
from bot.news.content import ImportRecord
from bot.store.port import Store
from bot.store.port.article import FileStamp
from bot.store.sqlite.archive.import_log import FINDINGS_KEPT_OF_SERVER
from tests.support.makers import SOME_DAY

HOUR = timedelta(hours=1)
SERVER = server_shelf(1)


def problem(path: str, reason: str = "the title is missing", line: int | None = None) -> SeedProblem:
    """A problem of a seed file."""
    return SeedProblem(path=path, line=line, field="title", reason=reason, cure="Add one.")


def note(path: str) -> SeedNote:
    """What was ignored in a seed file."""
    return SeedNote(path=path, line=2, field="date", reason="unknown field, ignored", cure="Remove it.")


def record(name: str, *, hours: int = 0) -> ImportRecord:
    """An import of a server, some hours after SOME_DAY."""
    return ImportRecord(
        id=name,
        shelf=SERVER,
        at=SOME_DAY + HOUR * hours,
        origin="p.zip",
        added=1,
        changed=2,
        unchanged=3,
        rejected=4,
    )


async def test_file_marks_are_kept_by_folder(store: Store) -> None:
    """Two folders may hold files of the same name."""
    stamp, other = FileStamp(size=1, mtime_ns=2, content_hash="ab"), FileStamp(size=9, mtime_ns=9, content_hash="")
    await store.articles.save_file_stamps("/seeds", {"a.txt": stamp})
    await store.articles.save_file_stamps("/more", {"a.txt": other})

    assert await store.articles.file_stamps("/seeds") == {"a.txt": stamp}


async def test_saving_marks_leaves_the_others_of_the_folder(store: Store) -> None:
    """A batch at a time."""
    first, second = FileStamp(size=1, mtime_ns=1, content_hash="a"), FileStamp(size=2, mtime_ns=2, content_hash="b")
    await store.articles.save_file_stamps("/seeds", {"a.txt": first, "b.txt": first})
    await store.articles.save_file_stamps("/seeds", {"b.txt": second})

    assert await store.articles.file_stamps("/seeds") == {"a.txt": first, "b.txt": second}


async def test_mark_of_one_file_is_found(store: Store) -> None:
    """By folder and name together."""
    stamp = FileStamp(size=1, mtime_ns=2, content_hash="ab")
    await store.articles.save_file_stamps("/seeds", {"a.txt": stamp})

    asked = [("/seeds", "a.txt"), ("/seeds", "b.txt"), ("/more", "a.txt")]
    assert [await store.articles.find_file_stamp(*each) for each in asked] == [stamp, None, None]


async def test_problems_are_listed_by_path(store: Store) -> None:
    """As the person named the files."""
    found = [problem("b.txt"), problem("a.txt", line=3), problem("a.txt", line=1)]
    await store.articles.save_findings(INSTANCE_SHELF, "/seeds", found, resolved=[], at=SOME_DAY)

    assert await store.articles.problems(INSTANCE_SHELF) == (found[2], found[1], found[0])


async def test_problems_of_a_file_replace_what_was_known_of_it(store: Store) -> None:
    """The file was edited, and something else is wrong now."""
    await store.articles.save_findings(INSTANCE_SHELF, "/seeds", [problem("a.txt")], resolved=[], at=SOME_DAY)
    now = problem("a.txt", reason="the date is missing")

    await store.articles.save_findings(INSTANCE_SHELF, "/seeds", [now], resolved=[], at=SOME_DAY)

    assert await store.articles.problems(INSTANCE_SHELF) == (now,)


async def test_resolved_problems_are_gone_and_others_stay(store: Store) -> None:
    """One file was fixed."""
    await store.articles.save_findings(
        INSTANCE_SHELF, "/seeds", [problem("a.txt"), problem("b.txt")], resolved=[], at=SOME_DAY
    )

    await store.articles.save_findings(INSTANCE_SHELF, "/seeds", [], resolved=["a.txt"], at=SOME_DAY)

    assert await store.articles.problems(INSTANCE_SHELF) == (problem("b.txt"),)


async def test_problems_of_one_shelf_are_not_shown_to_another(store: Store) -> None:
    """Paths and reasons are the uploader's business."""
    await store.articles.save_findings(SERVER, "p.zip", [problem("p.zip/a.txt")], resolved=[], at=SOME_DAY)

    assert await store.articles.problems(INSTANCE_SHELF) == ()
    assert await store.articles.problems(server_shelf(2)) == ()


async def test_at_most_so_many_problems_are_listed(store: Store) -> None:
    """A list that somebody reads."""
    found = [problem(f"{n}.txt") for n in range(5)]
    await store.articles.save_findings(INSTANCE_SHELF, "/seeds", found, resolved=[], at=SOME_DAY)

    assert await store.articles.problems(INSTANCE_SHELF, limit=2) == tuple(found[:2])


async def test_notes_are_kept_beside_problems(store: Store) -> None:
    """Each kind is listed by itself; those of an origin together."""
    found: list[Finding] = [problem("a.txt"), note("b.txt")]
    await store.articles.save_findings(INSTANCE_SHELF, "/seeds", found, resolved=[], at=SOME_DAY)
    await store.articles.save_findings(INSTANCE_SHELF, "/more", [note("c.txt")], resolved=[], at=SOME_DAY)

    assert await store.articles.problems(INSTANCE_SHELF) == (found[0],)
    assert await store.articles.notes(INSTANCE_SHELF) == (found[1], note("c.txt"))
    assert await store.articles.findings_of(INSTANCE_SHELF, "/seeds") == tuple(found)


async def test_notes_never_push_out_problems(store: Store) -> None:
    """Each kind has a limit of its own."""
    await store.articles.save_findings(SERVER, "p.zip", [problem("a.txt")], resolved=[], at=SOME_DAY)
    notes = [note(f"{number:04}.txt") for number in range(FINDINGS_KEPT_OF_SERVER + 1)]
    await store.articles.save_findings(SERVER, "n.zip", notes, resolved=[], at=SOME_DAY)

    assert len(await store.articles.notes(SERVER, limit=100_000)) == FINDINGS_KEPT_OF_SERVER
    assert await store.articles.problems(SERVER) == (problem("a.txt"),)


async def test_only_the_newest_problems_of_a_shelf_are_kept(store: Store) -> None:
    """A member who uploads nothing but bad seeds doesn't fill the disk."""
    for pack in range(3):
        found = [problem(f"{pack}.zip/{n:04}.txt") for n in range(1900, 2000 + 100 * pack)]
        await store.articles.save_findings(SERVER, f"{pack}.zip", found, resolved=[], at=SOME_DAY)

    kept = await store.articles.problems(SERVER, limit=100_000)

    assert (len(kept), kept[0].path) == (FINDINGS_KEPT_OF_SERVER, "1.zip/2000.txt")


async def test_imports_are_listed_newest_first(store: Store) -> None:
    """As `/content status` shows them."""
    records = [record("x", hours=1), record("y", hours=3), record("z", hours=2)]
    for each in records:
        await store.articles.save_import(each)

    assert await store.articles.imports(SERVER, limit=2) == (records[1], records[2])


async def test_imports_of_another_shelf_are_not_shown(store: Store) -> None:
    """Every server sees its own."""
    await store.articles.save_import(record("x"))

    assert await store.articles.imports(INSTANCE_SHELF) == ()


async def test_imports_are_counted_when_they_begin(store: Store) -> None:
    """Those of the hour before; what lies ahead, after the clock was set back, doesn't count."""
    for hours in (0, 1, 2, 9):
        at = SOME_DAY + HOUR * hours
        assert await store.articles.begin_import(SERVER, at=at, since=SOME_DAY - HOUR, limit=9)

    begun = await store.articles.imports_begun(SERVER, since=SOME_DAY, until=SOME_DAY + 3 * HOUR)
    assert begun == (SOME_DAY + HOUR, SOME_DAY + 2 * HOUR)


async def test_import_beyond_the_limit_is_not_counted(store: Store) -> None:
    """So a refused one doesn't prolong the wait."""
    since = SOME_DAY - HOUR
    counted = [await store.articles.begin_import(SERVER, at=SOME_DAY, since=since, limit=2) for _ in range(4)]

    assert counted == [True, True, False, False]
    assert len(await store.articles.imports_begun(SERVER, since=since, until=SOME_DAY)) == 2
