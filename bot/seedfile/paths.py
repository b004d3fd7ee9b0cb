"""Read seeds from a path (a seed file, a zip or a folder), or from an upload by its file name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from io import BufferedReader
from pathlib import Path
from typing import Final

from bot.errors import ArchiveError, BadInputError
from bot.news.article import OtherFile, ReadFile, SeedNote, SeedProblem, ShelfId, refused
from bot.seedfile.archive import read_archive
from bot.seedfile.folder import find_seed_files, names_in, open_regular, read_seed_file, unreadable
from bot.seedfile.front import LARGEST_SEED
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
            with open_regular(path) as raw, BufferedReader(raw) as file:
                yield from read_archive(file, name=shown, shelf=shelf, now=now)
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


def read_upload(path: Path, *, name: str, shelf: ShelfId, now: datetime) -> Iterator[ReadFile | SeedNote]:
    """Read an uploaded file, one seed at a time: a seed or a zip of seeds, depending on the extension of its name.

    Raises:
        BadInputError: The name has another extension.
        ArchiveError: Before anything is yielded: the whole zip is rejected.
    """
    require_upload(name)
    with path.open("rb") as file:
        if is_named_like_a_zip(name):
            yield from read_archive(file, name=name, shelf=shelf, now=now)
        else:
            yield read_seed(file.read(LARGEST_SEED + 1), path=name, shelf=shelf, now=now)


def require_upload(name: str) -> None:
    """Check an upload's name before anything is done with it.

    Raises:
        BadInputError: Its extension is neither a seed's nor a zip's.
    """
    if not (is_named_like_a_zip(name) or is_named_like_a_seed(name)):
        raise BadInputError(
            "The file is neither a seed nor a zip of seeds.", cure=f"Upload a {', '.join(EXTENSIONS)} or {_ZIP} file."
        )
