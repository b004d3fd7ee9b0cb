"""Read a zip of seed files entry by entry, without extracting it and without trusting its headers.

Anything suspicious (too many entries, a zip bomb, links, paths that lead out, encryption) rejects the whole archive; a
bad seed in it is rejected like any other. Folders are allowed, because nothing is ever extracted: GitHub's download has
one at the top. Files that aren't named like seeds are never opened, hidden ones and `__MACOSX/` not even counted.
"""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import BinaryIO, Final

from bot.errors import ArchiveError
from bot.news.article import OtherFile, ReadFile, Seed, SeedNote, ShelfId, normal_name
from bot.seedfile.front import LARGEST_SEED
from bot.seedfile.seed import copy_of, is_named_like_a_seed, nothing_found, read_seed, shown_path

MOST_ENTRIES: Final = 2_000
LARGEST_IN_ALL: Final = 64 * 1024 * 1024
"""Bytes: the limit for the zip itself and for the total size of its entries."""

LONGEST_PATH: Final = 1_000
"""Characters of an entry's path: it is stored with its article and shown in findings."""

HIGHEST_RATIO: Final = 100
"""Decompressed bytes per byte of the archive; real seeds have about 3, deflate's maximum is 1,032."""

_CHUNK: Final = 1024 * 1024
_ENTRY_IN_DIRECTORY: Final = b"PK\x01\x02"
_IS_ENCRYPTED: Final = 0x1
_IS_UTF_8: Final = 0x800
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_MACOS: Final = "__MACOSX"
_Entry = tuple[str, zipfile.ZipInfo]
"""An entry's path in the zip, and the entry."""

_DAMAGED: Final = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)


def read_archive(file: BinaryIO, *, name: str, shelf: ShelfId, now: datetime) -> Iterator[ReadFile | SeedNote]:
    """Read every seed of a zip, holding one entry at a time.

    Args:
        file: The zip, open for reading from any place.
        name: The zip's file name; an entry's path is `name/entry`.
        shelf: The shelf that the articles go to.
        now: As for `read_seed`.

    Yields:
        What was read of each visible file, in the archive's order; a note if none of them is a seed.

    Raises:
        ArchiveError: Before anything is yielded: the file is not a zip, or the whole archive is rejected.
    """
    size = _checked_size(file)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = [entry for entry in map(_named, archive.infolist()) if _is_visible_file(*entry)]
            _check_entries(archive, entries, size)
            are_seeds = False
            for result in _read_entries(archive, entries, name=name, shelf=shelf, now=now):
                are_seeds = are_seeds or not isinstance(result, OtherFile)
                yield result
            if not are_seeds:
                yield nothing_found(name, [path.rpartition("/")[2] for path, _ in entries])
    except _DAMAGED as error:
        raise ArchiveError("The file is not a readable zip archive.", cure="Create the zip again.") from error


def _check_entries(archive: zipfile.ZipFile, entries: Iterable[_Entry], size: int) -> None:
    """Check each entry that will be read, and read it once: an archive with a damaged entry is rejected as a whole."""
    # Others are never opened, so it doesn't matter what they are.
    seeds = [entry for entry in entries if is_named_like_a_seed(entry[0])]
    for path, entry in seeds:
        _check_entry(path, entry)
    # zipfile reads no more of an entry than its header declares: an understated size means a damaged entry.
    if sum(entry.file_size for _, entry in seeds) > min(LARGEST_IN_ALL, HIGHEST_RATIO * size):
        raise _too_large()
    for _, entry in seeds:
        with archive.open(entry) as file:
            file.read(LARGEST_SEED + 1)


def _named(entry: zipfile.ZipInfo) -> _Entry:
    """Return an entry with its path in the zip, with slashes.

    Many programs write UTF-8 without the flag for it, and `zipfile` then decodes code page 437. A name that isn't ASCII
    and is valid UTF-8 is hardly ever anything else.
    """
    path = entry.filename
    if not entry.flag_bits & _IS_UTF_8 and not path.isascii():
        with suppress(UnicodeError):
            path = path.encode("cp437").decode()
    return path.replace("\\", "/"), entry


def _is_visible_file(path: str, entry: zipfile.ZipInfo) -> bool:
    """Return False for folders, hidden files (`.gitignore`, macOS's `._x`) and macOS's own folder."""
    if path.endswith("/") or stat.S_ISDIR(entry.external_attr >> 16):
        return False
    return not any(part == _MACOS or (part.startswith(".") and part != "..") for part in path.split("/"))


def _checked_size(file: BinaryIO) -> int:
    """Check size and entry count before zipfile reads the directory (a third of a second for 60,000 entries)."""
    size = file.seek(0, os.SEEK_END)
    if size > LARGEST_IN_ALL:
        raise _too_large()
    file.seek(0)
    entries, before = 0, b""
    while chunk := file.read(_CHUNK):
        entries += (before + chunk).count(_ENTRY_IN_DIRECTORY)
        before = chunk[1 - len(_ENTRY_IN_DIRECTORY) :]  # too short to be counted twice
    if entries > MOST_ENTRIES:
        raise ArchiveError(f"The zip has too many files; the limit is {MOST_ENTRIES:,}.", cure="Split it into several.")
    return size


def _check_entry(path: str, entry: zipfile.ZipInfo) -> None:
    shown = shown_path(path[:80])
    if len(path) > LONGEST_PATH:
        raise ArchiveError(
            f"A path in the zip is too long; the limit is {LONGEST_PATH:,} characters.", cure="Use fewer folders."
        )
    if entry.flag_bits & _IS_ENCRYPTED:
        raise ArchiveError(f"{shown} in the zip is encrypted.", cure="Zip the files without a password.")
    if entry.compress_type not in _METHODS:
        raise ArchiveError(f"{shown} uses an unsupported compression method.", cure="Use deflate, the default.")
    if stat.S_IFMT(entry.external_attr >> 16) not in {0, stat.S_IFREG}:
        raise ArchiveError(f"{shown} in the zip is a link or a device.", cure="Zip the files themselves.")
    if path.startswith("/") or ".." in path.split("/"):
        raise ArchiveError(f"{shown} in the zip leads out of it.", cure="Create the zip again.")


def _read_entries(
    archive: zipfile.ZipFile, entries: Iterable[_Entry], *, name: str, shelf: ShelfId, now: datetime
) -> Iterator[ReadFile]:
    firsts: dict[str, str] = {}
    for inside, entry in entries:
        path = f"{name}/{inside}"
        if not is_named_like_a_seed(inside):
            yield OtherFile(path=shown_path(path))
            continue
        with archive.open(entry) as file:
            result = read_seed(file.read(LARGEST_SEED + 1), path=path, shelf=shelf, now=now)
        first = firsts.setdefault(normal_name(path), path) if isinstance(result, Seed) else path
        yield result if first is path else copy_of(path, first)


def _too_large() -> ArchiveError:
    megabytes = LARGEST_IN_ALL // 1024**2
    reason = f"The zip is too large; the limit is {megabytes} MiB and {HIGHEST_RATIO} times its compressed size."
    return ArchiveError(reason, cure="Split it into several.")
