"""Read seeds from a path (a seed file, a zip or a folder), or from an upload by its file name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from bot.errors import ArchiveError, BadInputError
from bot.news.article import OtherFile, ReadFile, SeedNote, SeedProblem, ShelfId, refused
from bot.seedfile.archive import LARGEST_IN_ALL, read_archive
from bot.seedfile.folder import find_seed_files, names_in, read_at_most, read_seed_file, unreadable
from bot.seedfile.seed import (
    EXTENSIONS,
    is_named_like_a_seed,
    nothing_found,
    read_seed,
    shown_path,
)

_ZIP: Final = ".zip"


def is_named_like_a_zip(name: str) -> bool:
    """Return True if a file name has the extension of a zip, in either case."""
    return name.lower().endswith(_ZIP)


def read_path(path: Path, shelf: ShelfId, *, now: datetime) -> Iterator[ReadFile | SeedNote]:
    """Read a seed file, a zip or a folder with its subfolders, one seed at a time, in order.

    A folder or zip without any seed is a note.
    """
    shown = str(path)
    try:
        if path.is_dir():
            yield from _read_folder(path, shelf, now)
        elif is_named_like_a_zip(shown):
            yield from read_archive(read_at_most(path, LARGEST_IN_ALL), name=shown, shelf=shelf, now=now)
        else:
            yield read_seed_file(path, shown=shown, shelf=shelf, now=now)
    except ArchiveError as error:
        yield refused(SeedProblem(path=shown_path(shown), reason=error.message.rstrip("."), cure=error.cure))
    except OSError as error:
        yield unreadable(shown, error)


def _read_folder(folder: Path, shelf: ShelfId, now: datetime) -> Iterator[ReadFile | SeedNote]:
    is_empty = True
    for file in find_seed_files(folder):
        result = read_seed_file(file.path, shown=f"{folder}/{file.name}", shelf=shelf, now=now)
        is_empty = is_empty and isinstance(result, OtherFile)
        yield result
    if is_empty:
        yield nothing_found(str(folder), names_in(folder))


def read_upload(data: bytes, *, name: str, shelf: ShelfId, now: datetime) -> tuple[ReadFile | SeedNote, ...]:
    """Read an uploaded file: a seed or a zip of seeds, depending on its extension.

    Raises:
        BadInputError: The name has another extension.
        ArchiveError: The whole zip is rejected.
    """
    if is_named_like_a_zip(name):
        return read_archive(data, name=name, shelf=shelf, now=now)
    if is_named_like_a_seed(name):
        return (read_seed(data, path=name, shelf=shelf, now=now),)
    raise BadInputError(
        "The file is neither a seed nor a zip of seeds.", cure=f"Upload a {', '.join(EXTENSIONS)} or {_ZIP} file."
    )
