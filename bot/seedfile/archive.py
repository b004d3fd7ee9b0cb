"""A zip of seed files, read in memory: nothing is ever extracted, and what its headers promise is not believed.

What looks like a trick (too many entries, a bomb, links, folders, encryption) refuses the archive as a whole; a bad
seed in it is a `SeedProblem` like any other. What macOS adds to every zip (`__MACOSX/`) is passed over unread.
"""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import Final

from bot.errors import ArchiveError
from bot.news.article import Seed, SeedProblem, ShelfId
from bot.seedfile.front import LARGEST_SEED
from bot.seedfile.seed import is_named_like_a_seed, named_twice, read_seed, shown_path

MOST_ENTRIES: Final = 2_000
LARGEST_IN_ALL: Final = 64 * 1024 * 1024
"""Bytes, of the zip itself and of what its entries hold."""

HIGHEST_RATIO: Final = 100
"""Bytes that come out for one of the archive; real seeds have about 3, deflate can't do more than 1,032."""

_ENTRY_IN_DIRECTORY: Final = b"PK\x01\x02"
_IS_ENCRYPTED: Final = 0x1
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_BESIDE_THE_SEEDS: Final = ("__MACOSX/", ".DS_Store")
_DAMAGED: Final = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)


def read_archive(data: bytes, *, name: str, shelf: ShelfId) -> tuple[Seed | SeedProblem, ...]:
    """Read every seed of a zip.

    Args:
        data: The whole zip.
        name: The zip's file name; an entry's path is `name/entry`.
        shelf: Whose articles they become.

    Returns:
        What each entry is, in the archive's order.

    Raises:
        ArchiveError: It is no zip, or refused as a whole; none of it is to be used.
    """
    _check_outside(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.filename.startswith(_BESIDE_THE_SEEDS)]
            for entry in entries:
                _check_entry(entry)
            # An entry gives no more than its header says: one that says too little is damaged, not larger.
            if sum(entry.file_size for entry in entries) > min(LARGEST_IN_ALL, HIGHEST_RATIO * len(data)):
                raise _too_large()
            return tuple(_read_entries(archive, entries, name=name, shelf=shelf))
    except _DAMAGED as error:
        raise ArchiveError("The file is no zip that can be read.", cure="Zip the seed files anew.") from error


def _check_outside(data: bytes) -> None:
    """What can be told before the directory is read, which alone takes a third of a second for 60,000 entries."""
    if len(data) > LARGEST_IN_ALL:
        raise _too_large()
    if data.count(_ENTRY_IN_DIRECTORY) > MOST_ENTRIES:
        raise ArchiveError(f"The zip holds more than {MOST_ENTRIES:,} files.", cure="Make several zips of them.")


def _check_entry(entry: zipfile.ZipInfo) -> None:
    shown = shown_path(entry.filename[:80])
    if entry.flag_bits & _IS_ENCRYPTED:
        raise ArchiveError(f"{shown} in the zip is encrypted.", cure="Zip the files without a password.")
    if entry.compress_type not in _METHODS:
        raise ArchiveError(f"{shown} is packed in a rare way.", cure="Use plain zip compression (deflate).")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise ArchiveError(f"{shown} in the zip is a link or a device.", cure="Zip the files themselves.")
    if kind == stat.S_IFDIR or any(mark in entry.orig_filename for mark in ("/", "\\", "..")):
        raise ArchiveError(f"{shown} in the zip is a folder or lies in one.", cure="Zip the files, not their folder.")


def _read_entries(
    archive: zipfile.ZipFile, entries: Iterable[zipfile.ZipInfo], *, name: str, shelf: ShelfId
) -> Iterator[Seed | SeedProblem]:
    firsts: dict[str, str] = {}
    for entry in entries:
        path = f"{name}/{entry.filename}"
        if not is_named_like_a_seed(entry.filename):
            yield SeedProblem(path=shown_path(path), reason="this is no seed file", cure="Seeds end in .txt or .md.")
            continue
        with archive.open(entry) as file:
            result = read_seed(file.read(LARGEST_SEED + 1), path=path, shelf=shelf)
        first = path if isinstance(result, SeedProblem) else firsts.setdefault(result.article.stem, path)
        yield result if first is path else named_twice(path, first)


def _too_large() -> ArchiveError:
    megabytes = LARGEST_IN_ALL // 1024**2
    reason = f"The zip holds more than {megabytes} MiB, or more than {HIGHEST_RATIO} times its own size."
    return ArchiveError(reason, cure="Make several zips of the seed files.")
