"""A zip of seeds is read in memory; what is wrong with one of them is told by its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import ArchiveError
from bot.news.article import INSTANCE_SHELF, Seed, SeedProblem
from bot.seedfile.archive import LARGEST_IN_ALL, MOST_ENTRIES, read_archive
from bot.seedfile.front import LARGEST_SEED
from tests.support.seed_files import SHIPPED, make_seed_file, make_zip


def _read(data: bytes) -> tuple[Seed | SeedProblem, ...]:
    return read_archive(data, name="pack.zip", shelf=INSTANCE_SHELF)


def test_a_zip_of_the_shipped_seeds_is_read_in_its_order() -> None:
    """Each entry is one seed, with the entry's stem."""
    files = {file.name: file.read_bytes() for file in sorted(SHIPPED.iterdir())}

    results = _read(make_zip(files))

    assert [result.article.stem for result in results if isinstance(result, Seed)] == [
        Path(name).stem for name in files
    ]


def test_a_bad_seed_is_told_by_the_zips_name_and_its_own() -> None:
    """And costs nothing but itself."""
    good, bad = _read(make_zip({"a.txt": make_seed_file(), "b.md": make_seed_file(title="")}))

    assert isinstance(good, Seed)
    assert isinstance(bad, SeedProblem)
    assert (bad.path, bad.line) == ("pack.zip/b.md", 2)


def test_an_entry_that_is_no_seed_by_its_name_is_a_problem_unread() -> None:
    """A picture in the zip is a mistake, no attack."""
    (problem,) = _read(make_zip({"cover.jpg": b"\xff\xd8"}))

    assert isinstance(problem, SeedProblem)
    assert problem.reason == "not a seed file"


def test_an_entry_larger_than_a_seed_may_be_is_a_problem() -> None:
    """Only one byte more than the limit is ever unpacked."""
    (problem,) = _read(make_zip({"a.txt": make_seed_file().ljust(LARGEST_SEED + 1, b"x")}, compression=0))

    assert isinstance(problem, SeedProblem)
    assert "256 KiB" in problem.reason


def test_two_entries_that_name_the_same_article_are_one_and_a_problem() -> None:
    """The first counts; the problem names it."""
    first, second = _read(make_zip({"a.txt": make_seed_file(), "a.md": make_seed_file(title="Other")}))

    assert isinstance(first, Seed)
    assert isinstance(second, SeedProblem)
    assert "pack.zip/a.txt" in second.reason


def test_what_macos_adds_to_every_zip_is_passed_over() -> None:
    """A person who selects three files in the Finder does not see that it is there."""
    files = {"a.txt": make_seed_file(), "__MACOSX/._a.txt": b"\0\5\x16\7", ".DS_Store": b"\0"}

    assert [type(result) for result in _read(make_zip(files))] == [Seed]


def test_an_empty_zip_holds_nothing() -> None:
    """That is no error."""
    assert _read(make_zip({})) == ()


def test_a_zip_may_hold_as_many_entries_as_the_limit() -> None:
    """One more refuses it."""
    files = {f"{number}.txt": b"" for number in range(MOST_ENTRIES)}

    assert len(_read(make_zip(files, compression=0))) == MOST_ENTRIES
    with pytest.raises(ArchiveError, match="limit is 2,000"):
        _read(make_zip({**files, "more.txt": b""}, compression=0))


def test_nothing_is_written_while_a_zip_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Entries are read, never extracted."""
    monkeypatch.chdir(tmp_path)

    _read(make_zip({"a.txt": make_seed_file()}))

    assert list(tmp_path.iterdir()) == []


def test_a_zip_above_the_limit_is_rejected_before_it_is_opened() -> None:
    """Its size alone is enough to know."""
    with pytest.raises(ArchiveError, match="too large; the limit is 64 MiB"):
        _read(bytes(LARGEST_IN_ALL + 1))
