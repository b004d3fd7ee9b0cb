"""Find and read seed files on disk, never more bytes of one than a seed may have.

Other directory entries (a pipe, a device, a dangling link, a folder called `x.txt`) neither stop nor block the rest.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import FileIO
from pathlib import Path
from typing import Final

from bot.news.article import ReadFile, RefusedSeed, SeedProblem, ShelfId, refused
from bot.seedfile.front import LARGEST_SEED
from bot.seedfile.seed import is_named_like_a_seed, read_seed, shown_path

DEEPEST_FOLDER: Final = 8
"""Levels of folders below the given one."""

NamedFile = tuple[str, str]
"""A file's path, and the name for it in problems."""

_Found = tuple[str, str, int, int]
"""Name, path, size and time of a file, as in `SeedFile`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedFile:
    """A file with a seed's extension, with its size and time when it was found.

    Attributes:
        path: Where to read it.
        name: Its path relative to the given folder, with `/`.
        size: In bytes; -1 if the file can't be inspected.
        mtime_ns: When it last changed; 0 if the file can't be inspected.
    """

    path: str
    name: str
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderListing:
    """A folder's seed files: two listings are equal if no seed file was added, removed or changed between them.

    Attributes:
        files: The number of seed files.
        fingerprint: SHA-256 over their names, sizes and times.
        found: The files in directory order.
    """

    files: int
    fingerprint: str
    found: Sequence[_Found] = field(compare=False, repr=False)

    def seed_files(self) -> tuple[SeedFile, ...]:
        """The files, sorted by name."""
        return _as_files(self.found)


def list_folder(folder: Path) -> FolderListing:
    """List a folder's seed files, in less than twice the time that stat takes.

    Raises:
        OSError: `folder` itself can't be read.
    """
    found = _walk(os.fspath(folder), "", DEEPEST_FOLDER)
    # No file name contains NUL. Strings are sorted and hashed in a third of the time that tuples take.
    looks = sorted([f"{name}\0{size}\0{mtime_ns}\0" for name, _, size, mtime_ns in found])
    fingerprint = hashlib.sha256("".join(looks).encode(errors="surrogateescape")).hexdigest()
    return FolderListing(files=len(found), fingerprint=fingerprint, found=found)


def find_seed_files(folder: Path) -> tuple[SeedFile, ...]:
    """Find the seed files of a folder and its subfolders, sorted by name.

    Hidden files and folders are skipped; links to files are followed, links to folders are not.

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
    """List a subfolder; one that is too deep or unreadable is reported as one unreadable seed file."""
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


def read_seed_file(path: str | Path, *, shown: str, shelf: ShelfId, now: datetime) -> ReadFile:
    """Read one seed file from disk.

    Args:
        path: Its path on disk.
        shown: Its name in problems; the file name without folder and extension is the article's stem.
        shelf: The shelf that the article goes to.
        now: As for `read_seed`.
    """
    try:
        data = read_at_most(path, LARGEST_SEED)
    except OSError as error:
        return unreadable(shown, error)
    return read_seed(data, path=shown, shelf=shelf, now=now)


def read_seed_files(files: Sequence[NamedFile], shelf: ShelfId, now: datetime) -> list[ReadFile]:
    """Read some seed files from disk, in their order."""
    return [read_seed_file(path, shown=shown, shelf=shelf, now=now) for path, shown in files]


def read_at_most(path: str | Path, size: int) -> bytes:
    """Read the first `size` + 1 bytes of a file: one more than allowed, so that the caller can detect excess.

    Raises:
        OSError: It can't be read, or isn't a regular file.
    """
    with open_regular(path) as file:
        descriptor = file.fileno()
        # Read the size that stat gives: allocating the limit takes longer than reading a typical file.
        data = part = os.read(descriptor, min(os.fstat(descriptor).st_size, size) + 1)
        while part and len(data) <= size:  # until end of file: it may grow, or arrive in parts
            part = os.read(descriptor, size + 1 - len(data))
            data += part
        return data


def open_regular(path: str | Path) -> FileIO:
    """Open a file for reading.

    Raises:
        OSError: It can't be read, or isn't a regular file.
    """
    # Without O_NONBLOCK, opening a pipe without a writer would block forever.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "not a regular file")
    return FileIO(descriptor)


def unreadable(shown: str, error: OSError) -> RefusedSeed:
    """Reject a file or folder that can't be read."""
    reason = (error.strerror or "unreadable").lower()
    is_missing = isinstance(error, FileNotFoundError)
    cure = "Check the path." if is_missing else "Let the bot's user read it, or remove it."
    return refused(SeedProblem(path=shown_path(shown), reason=reason, cure=cure))


def names_in(folder: Path) -> list[str]:
    """List the names of all visible files in a folder and its subfolders; unreadable subfolders are skipped."""
    top = os.fspath(folder)
    names: list[str] = []
    for where, folders, files in os.walk(top):
        is_deepest = os.path.relpath(where, top).count(os.sep) + 1 >= DEEPEST_FOLDER
        folders[:] = [] if is_deepest else [name for name in folders if not name.startswith(".")]
        names += [name for name in files if not name.startswith(".")]
    return names
