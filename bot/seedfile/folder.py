"""Seed files on disk: which there are, and their bytes, never more of them than a seed may have.

Whatever else lies about (a pipe, a device, a link to nothing, a folder called `x.txt`) neither stops nor blocks others.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bot.news.article import Seed, SeedProblem, ShelfId
from bot.seedfile.front import LARGEST_SEED
from bot.seedfile.seed import is_named_like_a_seed, read_seed, shown_path

DEEPEST_FOLDER: Final = 8
"""Folders below the one that was named."""


NamedFile = tuple[str, str]
"""A file's path, and how a problem names it."""

_Found = tuple[str, str, int, int]
"""Name, path, size and time of a file, as in `SeedFile`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedFile:
    """A file that ought to be a seed, as it looked when it was found.

    Attributes:
        path: Where to read it.
        name: Its way from the folder that was named, with `/`; the path itself where a file was named.
        size: In bytes; -1 where the file can't be looked at.
        mtime_ns: When it was last changed; 0 where the file can't be looked at.
    """

    path: str
    name: str
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a whole folder looks: two looks are equal when no seed file came, went or changed between them.

    Attributes:
        files: How many seed files there are.
        fingerprint: Of all their names, sizes and times.
        found: The files as they were found.
    """

    files: int
    fingerprint: str
    found: Sequence[_Found] = field(compare=False, repr=False)

    def seed_files(self) -> tuple[SeedFile, ...]:
        """The files, sorted by name."""
        return _as_files(self.found)


def look_at_folder(folder: Path) -> Look:
    """How a folder looks: in less than twice the time of asking for the sizes.

    Raises:
        OSError: `folder` itself can't be read.
    """
    found = _walk(os.fspath(folder), "", DEEPEST_FOLDER)
    # No name holds a NUL. Texts are sorted and hashed in a third of the time that tuples take.
    looks = sorted([f"{name}\0{size}\0{mtime_ns}\0" for name, _, size, mtime_ns in found])
    fingerprint = hashlib.sha256("".join(looks).encode(errors="surrogateescape")).hexdigest()
    return Look(files=len(found), fingerprint=fingerprint, found=found)


def find_seed_files(folder: Path) -> tuple[SeedFile, ...]:
    """Every seed file of a folder and of the folders in it, sorted by name.

    Hidden files and folders are passed over, and links to folders are not followed; links to files are.

    Raises:
        OSError: `folder` itself can't be read.
    """
    return _as_files(_walk(os.fspath(folder), "", DEEPEST_FOLDER))


def _as_files(found: Sequence[_Found]) -> tuple[SeedFile, ...]:
    return tuple(
        [SeedFile(path=path, name=name, size=size, mtime_ns=mtime_ns) for name, path, size, mtime_ns in sorted(found)]
    )


def _walk(folder: str, prefix: str, folders_left: int) -> list[_Found]:
    found: list[_Found] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            name = entry.name
            if name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                found += _walk_inside(entry, f"{prefix}{name}/", folders_left - 1)
            elif is_named_like_a_seed(name):
                found.append(_seed_file(entry, prefix + name))
    return found


def _walk_inside(entry: os.DirEntry[str], prefix: str, folders_left: int) -> list[_Found]:
    """What a folder in the folder holds; one that lies too deep or can't be read is a seed file that can't be read."""
    unreadable_folder = (prefix.rstrip("/"), entry.path, -1, 0)
    if folders_left < 0:
        return [unreadable_folder]
    try:
        return _walk(entry.path, prefix, folders_left)
    except OSError:
        return [unreadable_folder]


def _seed_file(entry: os.DirEntry[str], name: str) -> _Found:
    try:
        found = entry.stat()
    except OSError:
        return name, entry.path, -1, 0
    return name, entry.path, found.st_size, found.st_mtime_ns


def read_seed_file(path: str | Path, *, shown: str, shelf: ShelfId) -> Seed | SeedProblem:
    """Read one seed file from disk.

    Args:
        path: Where it is.
        shown: How a problem names it; its name without folder and ending is the article's stem.
        shelf: Whose article it becomes.
    """
    try:
        data = read_at_most(path, LARGEST_SEED)
    except OSError as error:
        return unreadable(shown, error)
    return read_seed(data, path=shown, shelf=shelf)


def read_seed_files(files: Sequence[NamedFile], shelf: ShelfId) -> list[Seed | SeedProblem]:
    """Read some seed files from disk, in their order."""
    return [read_seed_file(path, shown=shown, shelf=shelf) for path, shown in files]


def read_at_most(path: str | Path, size: int) -> bytes:
    """The first `size` + 1 bytes of a file: one more than it may have, so that the reader can tell.

    Raises:
        OSError: It can't be read, or isn't a file.
    """
    # Without O_NONBLOCK a pipe that nobody writes to would be waited for, for ever.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "it is no file")
        # What it says to hold and no more: room for the largest takes longer to get than a usual file to read.
        data = part = os.read(descriptor, min(found.st_size, size) + 1)
        while part and len(data) <= size:  # until nothing comes: it may grow, or come in parts
            part = os.read(descriptor, size + 1 - len(data))
            data += part
        return data
    finally:
        os.close(descriptor)


def unreadable(shown: str, error: OSError) -> SeedProblem:
    """Why a file or folder can't be read, as a problem."""
    reason = (error.strerror or "it can't be read").lower()
    return SeedProblem(path=shown_path(shown), reason=reason, cure="Let the bot's user read it, or take it away.")
