"""Read a zip of seed files in memory, without extracting it and without trusting its headers.

Anything suspicious (too many entries, a zip bomb, links, folders, encryption) rejects the whole archive; a bad seed in
it is a `SeedProblem` like any other. Entries that macOS adds to every zip (`__MACOSX/`) are skipped unread.
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
from bot.seedfile.seed import duplicate_stem, is_named_like_a_seed, read_seed, shown_path

MOST_ENTRIES: Final = 2_000
LARGEST_IN_ALL: Final = 64 * 1024 * 1024
"""Bytes: the limit for the zip itself and for the total size of its entries."""

HIGHEST_RATIO: Final = 100
"""Decompressed bytes per byte of the archive; real seeds have about 3, deflate's maximum is 1,032."""

_ENTRY_IN_DIRECTORY: Final = b"PK\x01\x02"
_IS_ENCRYPTED: Final = 0x1
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_SKIPPED_PREFIXES: Final = ("__MACOSX/", ".DS_Store")
_DAMAGED: Final = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)


def read_archive(data: bytes, *, name: str, shelf: ShelfId) -> tuple[Seed | SeedProblem, ...]:
    """Read every seed of a zip.

    Args:
        data: The whole zip.
        name: The zip's file name; an entry's path is `name/entry`.
        shelf: The shelf that the articles go to.

    Returns:
        The seed or problem of each entry, in the archive's order.

    Raises:
        ArchiveError: The file is not a zip, or the whole archive is rejected; use none of it.
    """
    _check_outside(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.filename.startswith(_SKIPPED_PREFIXES)]
            for entry in entries:
                _check_entry(entry)
            # zipfile reads no more of an entry than its header declares: an understated size means a damaged entry.
            if sum(entry.file_size for entry in entries) > min(LARGEST_IN_ALL, HIGHEST_RATIO * len(data)):
                raise _too_large()
            return tuple(_read_entries(archive, entries, name=name, shelf=shelf))
    except _DAMAGED as error:
        raise ArchiveError("The file is not a readable zip archive.", cure="Create the zip again.") from error


def _check_outside(data: bytes) -> None:
    """Check size and entry count before zipfile reads the directory (a third of a second for 60,000 entries)."""
    if len(data) > LARGEST_IN_ALL:
        raise _too_large()
    if data.count(_ENTRY_IN_DIRECTORY) > MOST_ENTRIES:
        raise ArchiveError(f"The zip has too many files; the limit is {MOST_ENTRIES:,}.", cure="Split it into several.")


def _check_entry(entry: zipfile.ZipInfo) -> None:
    shown = shown_path(entry.filename[:80])
    if entry.flag_bits & _IS_ENCRYPTED:
        raise ArchiveError(f"{shown} in the zip is encrypted.", cure="Zip the files without a password.")
    if entry.compress_type not in _METHODS:
        raise ArchiveError(f"{shown} uses an unsupported compression method.", cure="Use deflate, the default.")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise ArchiveError(f"{shown} in the zip is a link or a device.", cure="Zip the files themselves.")
    if kind == stat.S_IFDIR or any(mark in entry.orig_filename for mark in ("/", "\\", "..")):
        raise ArchiveError(f"{shown} in the zip is a folder or is in one.", cure="Zip the files, not their folder.")


def _read_entries(
    archive: zipfile.ZipFile, entries: Iterable[zipfile.ZipInfo], *, name: str, shelf: ShelfId
) -> Iterator[Seed | SeedProblem]:
    firsts: dict[str, str] = {}
    for entry in entries:
        path = f"{name}/{entry.filename}"
        if not is_named_like_a_seed(entry.filename):
            yield SeedProblem(path=shown_path(path), reason="not a seed file", cure="Use the extension .txt or .md.")
            continue
        with archive.open(entry) as file:
            result = read_seed(file.read(LARGEST_SEED + 1), path=path, shelf=shelf)
        first = path if isinstance(result, SeedProblem) else firsts.setdefault(result.article.stem, path)
        yield result if first is path else duplicate_stem(path, first)


def _too_large() -> ArchiveError:
    megabytes = LARGEST_IN_ALL // 1024**2
    reason = f"The zip is too large; the limit is {megabytes} MiB and {HIGHEST_RATIO} times its compressed size."
    return ArchiveError(reason, cure="Split it into several.")
