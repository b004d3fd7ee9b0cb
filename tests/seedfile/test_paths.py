"""What a person names is read: files, zips and folders, each problem under the name that they know it by."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import ArchiveError, BadInputError
from bot.news.article import INSTANCE_SHELF, ReadFile, Seed, SeedNote
from bot.seedfile.paths import read_path, read_upload
from tests.support.seed_files import NOW, SHIPPED, make_seed_file, make_zip


def _results(*paths: Path) -> list[ReadFile | SeedNote]:
    return [result for path in paths for result in read_path(path, INSTANCE_SHELF, now=NOW)]


def _told(*paths: Path) -> list[str]:
    """Stems of the seeds, paths of the problems, in their order."""
    return [result.article.stem if isinstance(result, Seed) else result.path for result in _results(*paths)]


def test_a_folder_is_all_of_its_seeds() -> None:
    """Those that ship are sound."""
    assert _told(SHIPPED) == sorted(file.stem for file in SHIPPED.iterdir())


def test_files_zips_and_folders_are_read_in_their_order(tmp_path: Path) -> None:
    """One list for a person's three words."""
    (tmp_path / "one.txt").write_bytes(make_seed_file())
    (tmp_path / "two.ZIP").write_bytes(make_zip({"b.txt": make_seed_file(), "c.md": make_seed_file()}))
    (tmp_path / "three").mkdir()
    (tmp_path / "three" / "d.txt").write_bytes(make_seed_file())

    assert _told(tmp_path / "two.ZIP", tmp_path / "three", tmp_path / "one.txt") == ["b", "c", "d", "one"]


def test_a_refused_zip_is_one_problem(tmp_path: Path) -> None:
    """The other paths are read all the same."""
    (tmp_path / "a.zip").write_bytes(b"no zip")
    (tmp_path / "b.txt").write_bytes(make_seed_file())

    assert _told(tmp_path / "a.zip", tmp_path / "b.txt") == [f"{tmp_path}/a.zip", "b"]


@pytest.mark.parametrize("name", ["nowhere.txt", "nowhere.zip"])
def test_a_missing_path_is_one_problem(tmp_path: Path, name: str) -> None:
    """A typing mistake is reported, not raised."""
    assert _told(tmp_path / name) == [f"{tmp_path}/{name}"]


def test_each_seed_says_where_it_is_as_the_person_named_it(tmp_path: Path) -> None:
    """Problems and imports name it so."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.txt").write_bytes(make_seed_file())
    (tmp_path / "pack.zip").write_bytes(make_zip({"x.md": make_seed_file()}))

    paths = [result.path for result in _results(tmp_path / "a", tmp_path / "pack.zip", tmp_path / "a" / "x.txt")]

    assert paths == [f"{tmp_path}/a/x.txt", f"{tmp_path}/pack.zip/x.md", f"{tmp_path}/a/x.txt"]


def _upload(folder: Path, data: bytes, name: str) -> list[ReadFile | SeedNote]:
    (folder / "upload").write_bytes(data)
    return list(read_upload(folder / "upload", name=name, shelf=INSTANCE_SHELF, now=NOW))


def test_an_upload_is_what_its_name_says(tmp_path: Path) -> None:
    """A seed, or a zip of seeds."""
    (seed,) = _upload(tmp_path, make_seed_file(), "A.MD")
    (zipped,) = _upload(tmp_path, make_zip({"b.txt": make_seed_file()}), "pack.Zip")

    assert isinstance(seed, Seed)
    assert isinstance(zipped, Seed)


@pytest.mark.parametrize("name", ["virus.exe", "seeds.rar", "txt", "a.txt.pdf", ""])
def test_an_upload_of_another_kind_is_refused(tmp_path: Path, name: str) -> None:
    """With what is taken instead."""
    with pytest.raises(BadInputError, match=r"\.txt, \.md, \.markdown, \.mdx, \.yaml, \.yml or \.zip"):
        _upload(tmp_path, make_seed_file(), name)


def test_an_upload_that_only_says_it_is_a_zip_is_refused(tmp_path: Path) -> None:
    """Its content decides."""
    with pytest.raises(ArchiveError):
        _upload(tmp_path, make_seed_file(), "pack.zip")
