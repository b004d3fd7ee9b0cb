"""Seed files are found in whatever state a folder is, and never more of one is read than it may have."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bot.news.article import INSTANCE_SHELF, Seed, SeedProblem
from bot.seedfile.folder import DEEPEST_FOLDER, find_seed_files, list_folder, read_at_most, read_seed_file
from bot.seedfile.front import LARGEST_SEED
from tests.support.seed_files import NOW, make_seed_file, problem_of

NOBODY = 65534


def _names(folder: Path) -> list[str]:
    return [file.name for file in find_seed_files(folder)]


def _problem(path: str | Path) -> SeedProblem:
    return problem_of(read_seed_file(path, shown=str(path), shelf=INSTANCE_SHELF, now=NOW))


def test_seed_files_are_found_by_their_ending_and_sorted(tmp_path: Path) -> None:
    """In either case, in folders within the folder too."""
    for name in ("b.txt", "a.md", "C.TXT", "sub/d.txt", "e.jpg", "f", "g.txt~"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()

    assert _names(tmp_path) == ["C.TXT", "a.md", "b.txt", "sub/d.txt"]


def test_hidden_files_and_folders_are_passed_over(tmp_path: Path) -> None:
    """Editors, macOS and git leave them."""
    (tmp_path / ".git").mkdir()
    for name in (".a.txt", "._b.txt", ".git/c.txt"):
        (tmp_path / name).touch()

    assert _names(tmp_path) == []


def test_a_found_file_says_how_it_looks(tmp_path: Path) -> None:
    """Size and time say whether it is to be read again."""
    file = tmp_path / "a.txt"
    file.write_bytes(b"123")

    (found,) = find_seed_files(tmp_path)

    assert (found.path, found.size, found.mtime_ns) == (str(file), 3, file.stat().st_mtime_ns)


def test_a_link_to_a_file_is_followed(tmp_path: Path) -> None:
    """An operator may keep the files elsewhere."""
    (tmp_path / "a.txt").symlink_to(_file(tmp_path / "elsewhere"))

    (found,) = find_seed_files(tmp_path)

    assert isinstance(read_seed_file(found.path, shown="a.txt", shelf=INSTANCE_SHELF, now=NOW), Seed)


def test_a_link_to_a_folder_is_not_followed(tmp_path: Path) -> None:
    """It could lead round in a circle."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "loop").symlink_to(tmp_path)
    _file(tmp_path / "sub" / "a.txt")

    assert _names(tmp_path) == ["sub/a.txt"]


def test_a_link_to_nothing_is_found_and_is_a_problem(tmp_path: Path) -> None:
    """The person who made it wants to know."""
    (tmp_path / "a.txt").symlink_to(tmp_path / "nowhere")

    (found,) = find_seed_files(tmp_path)

    assert found.size == -1
    assert "no such file" in _problem(found.path).reason
    assert _problem(found.path).cure == "Check the path."


def test_links_in_a_circle_are_a_problem(tmp_path: Path) -> None:
    """The system gives up, we go on."""
    (tmp_path / "a.txt").symlink_to(tmp_path / "b.txt")
    (tmp_path / "b.txt").symlink_to(tmp_path / "a.txt")

    assert ["symbolic links" in _problem(file.path).reason for file in find_seed_files(tmp_path)] == [True, True]


def test_a_folder_named_like_a_seed_is_a_folder(tmp_path: Path) -> None:
    """Its files are found, it is none."""
    (tmp_path / "x.txt").mkdir()
    _file(tmp_path / "x.txt" / "a.txt")

    assert _names(tmp_path) == ["x.txt/a.txt"]


def test_a_folder_read_as_a_seed_is_a_problem(tmp_path: Path) -> None:
    """As when a link to one is named like a seed."""
    (tmp_path / "x.txt").mkdir()

    assert _problem(tmp_path / "x.txt").reason == "not a regular file"


def test_a_pipe_is_a_problem_and_is_not_waited_for(tmp_path: Path) -> None:
    """Opening it the usual way would wait for a writer, for ever."""
    os.mkfifo(tmp_path / "a.txt")

    assert _problem(tmp_path / "a.txt").reason == "not a regular file"


def test_a_device_is_a_problem() -> None:
    """/dev/zero never ends."""
    assert _problem(Path("/dev/zero")).reason == "not a regular file"


def test_a_file_that_may_not_be_read_is_a_problem(tmp_path: Path) -> None:
    """The cure names who must be let in."""
    file = _file(tmp_path / "a.txt")
    file.chmod(0)

    with _as_nobody():
        problem = _problem(file)

    assert (problem.reason, "bot's user" in problem.cure) == ("permission denied", True)


def test_a_folder_too_deep_is_one_problem(tmp_path: Path) -> None:
    """What lies below it is not looked for."""
    deep = tmp_path.joinpath(*["d"] * (DEEPEST_FOLDER + 1))
    deep.mkdir(parents=True)
    _file(deep / "a.txt")

    (found,) = find_seed_files(tmp_path)

    assert (found.path, found.size) == (str(deep), -1)


def test_a_subfolder_that_may_not_be_read_is_one_problem() -> None:
    """The files beside it are still found."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # unlike pytest's folders, which other users can't enter
        _file(folder / "a.txt")
        (folder / "closed").mkdir(mode=0)

        with _as_nobody():
            beside, closed = find_seed_files(folder)

    assert (beside.path, closed.path, closed.size) == (str(folder / "a.txt"), str(folder / "closed"), -1)


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    """Nothing found and nothing there are two answers."""
    with pytest.raises(FileNotFoundError):
        find_seed_files(tmp_path / "nowhere")


def test_a_large_file_is_not_read_whole(tmp_path: Path) -> None:
    """One byte more than it may have is enough: this one would fill the memory."""
    file = tmp_path / "a.txt"
    with file.open("wb") as opened:
        opened.truncate(1 << 40)

    assert len(read_at_most(file, LARGEST_SEED)) == LARGEST_SEED + 1
    assert "256 KiB" in _problem(file).reason


def test_a_name_that_is_no_utf8_is_found_and_is_a_problem(tmp_path: Path) -> None:
    """Linux allows any bytes."""
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")).write_bytes(make_seed_file())

    (found,) = find_seed_files(tmp_path)

    problem = _problem(found.path)
    assert problem.path.endswith(r"caf\udce9.txt")
    assert "name" in problem.reason


def test_no_file_stays_open_after_a_refusal(tmp_path: Path) -> None:
    """Ten thousand bad files must not use up the process's descriptors."""
    before = len(list(Path("/proc/self/fd").iterdir()))

    for _ in range(5):
        _problem(tmp_path)

    assert len(list(Path("/proc/self/fd").iterdir())) == before


@contextmanager
def _as_nobody() -> Iterator[None]:
    """The user who runs the tests may be root, who may read everything."""
    was = os.geteuid()
    if was == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(was)


def _file(path: Path) -> Path:
    path.write_bytes(make_seed_file())
    return path


def _changed(folder: Path, what: str) -> None:
    file = folder / "sub" / "a.txt"
    if what == "written":
        file.write_bytes(b"another")
    elif what == "touched":
        os.utime(file, ns=(0, 1))
    elif what == "renamed":
        file.rename(folder / "sub" / "b.txt")
    elif what == "gone":
        file.unlink()
    else:
        (folder / "c.md").touch()


@pytest.mark.parametrize("what", ["written", "touched", "renamed", "gone", "new"])
def test_look_at_a_folder_shows_every_change(tmp_path: Path, what: str) -> None:
    """Of any file in it, however deep."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.txt").write_bytes(b"a")
    before = list_folder(tmp_path)

    _changed(tmp_path, what)

    assert list_folder(tmp_path) != before


def test_look_at_a_folder_is_the_same_where_no_seed_changed(tmp_path: Path) -> None:
    """Whatever else lies about."""
    (tmp_path / "a.txt").touch()
    before = list_folder(tmp_path)
    (tmp_path / "notes.pdf").touch()
    (tmp_path / ".hidden.txt").touch()

    assert (list_folder(tmp_path), before.files) == (before, 1)
