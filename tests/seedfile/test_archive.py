"""A zip of seeds is read in memory; what is wrong with one of them is told by its name."""

from __future__ import annotations

import io
import unicodedata
from pathlib import Path

import pytest

from bot.errors import ArchiveError
from bot.news.article import INSTANCE_SHELF, OtherFile, ReadFile, Seed, SeedNote
from bot.seedfile.archive import LARGEST_IN_ALL, MOST_ENTRIES, read_archive
from bot.seedfile.front import LARGEST_SEED
from tests.support.seed_files import NOW, SHIPPED, make_seed_file, make_zip, problem_of


def _read(data: bytes) -> tuple[ReadFile | SeedNote, ...]:
    return tuple(read_archive(io.BytesIO(data), name="pack.zip", shelf=INSTANCE_SHELF, now=NOW))


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
    problem = problem_of(bad)
    assert (problem.path, problem.line) == ("pack.zip/b.md", 2)


def test_an_entry_that_is_not_a_seed_by_its_name_is_another_file() -> None:
    """A picture in the zip of a repository is not a mistake."""
    other, seed = _read(make_zip({"cover.jpg": b"\xff\xd8", "a.txt": make_seed_file()}))

    assert other == OtherFile(path="pack.zip/cover.jpg")
    assert isinstance(seed, Seed)


def test_an_entry_that_is_not_a_seed_is_never_opened() -> None:
    """Neither its size nor its compression matters."""
    files = {"a.txt": make_seed_file(), "noise.txt": bytes(range(256)) * 800}
    bomb = {"bomb.bin": b"\0" * (200 * LARGEST_SEED)}

    assert isinstance(_read(make_zip({**files, **bomb}))[0], Seed)


def test_folders_in_a_zip_are_read() -> None:
    """GitHub's download has one at the top; folders themselves are entries."""
    results = _read(
        make_zip({"town-main/": b"", "town-main/news/a.txt": make_seed_file(), "b\\c.txt": make_seed_file()})
    )

    assert [result.article.stem for result in results if isinstance(result, Seed)] == ["a", "c"]


@pytest.mark.parametrize(
    "name", ["._a.txt", "news/._a.txt", ".github/a.md", "__MACOSX/a.txt", "x/__MACOSX/._a.txt", ".DS_Store"]
)
def test_hidden_files_in_a_zip_are_passed_over(name: str) -> None:
    """They aren't even counted."""
    assert len(_read(make_zip({name: b"x", "b.txt": make_seed_file()}))) == 1


def test_a_name_is_utf_8_where_it_can_be() -> None:
    """`zipfile` decodes code page 437 unless a flag says UTF-8, which many programs leave out."""
    data = make_zip({"caf__.txt": make_seed_file(title="")}).replace(b"caf__", "caf\u00e9".encode())

    assert problem_of(_read(data)[0]).path == "pack.zip/caf\u00e9.txt"


def test_a_name_of_code_page_437_stays_one() -> None:
    """Old programs on Windows write it."""
    data = make_zip({"caf_.txt": make_seed_file(title="")}).replace(b"caf_", b"caf\x82")

    assert problem_of(_read(data)[0]).path == "pack.zip/caf\u00e9.txt"


def test_a_zip_without_seeds_says_what_it_holds() -> None:
    """The wrong file was uploaded."""
    *_, note = _read(make_zip({"a.docx": b"x", "x/b.docx": b"x", "Makefile": b"x"}))

    assert isinstance(note, SeedNote)
    assert note.reason == "no seed files; found 2 .docx, 1 without extension"


def test_an_entry_larger_than_a_seed_may_be_is_a_problem() -> None:
    """Only one byte more than the limit is ever unpacked."""
    (problem,) = _read(make_zip({"a.txt": make_seed_file().ljust(LARGEST_SEED + 1, b"x")}, compression=0))

    assert "256 KiB" in problem_of(problem).reason


def test_two_entries_of_one_name_are_one_and_a_problem() -> None:
    """A name is the same in both of Unicode's normal forms: the first counts, and the problem names it."""
    names = [unicodedata.normalize("NFC", "caf\u00e9.txt"), unicodedata.normalize("NFD", "caf\u00e9.txt")]
    first, second = _read(make_zip({name: make_seed_file() for name in names}))

    assert isinstance(first, Seed)
    assert "pack.zip/caf\u00e9.txt" in problem_of(second).reason


def test_what_macos_adds_to_every_zip_is_passed_over() -> None:
    """A person who selects three files in the Finder does not see that it is there."""
    files = {"a.txt": make_seed_file(), "__MACOSX/._a.txt": b"\0\5\x16\7", ".DS_Store": b"\0"}

    assert [type(result) for result in _read(make_zip(files))] == [Seed]


def test_an_empty_zip_holds_nothing() -> None:
    """That is worth a note."""
    (note,) = _read(make_zip({}))

    assert isinstance(note, SeedNote)
    assert note.reason == "no seed files; it is empty"


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


def test_a_zip_with_a_path_that_is_too_long_is_rejected() -> None:
    """No folder of a disk would take it."""
    with pytest.raises(ArchiveError, match="too long; the limit is 1,000"):
        _read(make_zip({"a/" * 500 + "b.txt": make_seed_file()}))
