"""Read seeds from a path (a seed file, a zip or a folder), or from an upload by its file name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from bot.errors import ArchiveError, BadInputError
from bot.news.article import Seed, SeedProblem, ShelfId
from bot.seedfile.archive import LARGEST_IN_ALL, read_archive
from bot.seedfile.folder import find_seed_files, read_at_most, read_seed_file, unreadable
from bot.seedfile.seed import duplicate_stem, is_named_like_a_seed, read_seed, shown_path

_ZIP: Final = ".zip"


def is_named_like_a_zip(name: str) -> bool:
    """Return True if a file name has the extension of a zip, in either case."""
    return name.lower().endswith(_ZIP)


def read_paths(paths: Iterable[Path], shelf: ShelfId) -> Iterator[Seed | SeedProblem]:
    """Read seed files, zips and folders with their subfolders, one seed at a time, in order.

    Of two files for the same article the first is read, the other is a problem.
    """
    firsts: dict[str, str] = {}
    for path in paths:
        for shown, result in _read_path(path, shelf):
            first = shown if isinstance(result, SeedProblem) else firsts.setdefault(result.article.stem, shown)
            yield result if first == shown else duplicate_stem(shown, first)


def _read_path(path: Path, shelf: ShelfId) -> Iterator[tuple[str, Seed | SeedProblem]]:
    """Read a path: each seed or problem with the name that a person knows its file by."""
    shown = str(path)
    try:
        if path.is_dir():
            for file in find_seed_files(path):
                yield f"{shown}/{file.name}", read_seed_file(file.path, shown=f"{shown}/{file.name}", shelf=shelf)
        elif is_named_like_a_zip(shown):
            for result in read_archive(read_at_most(path, LARGEST_IN_ALL), name=shown, shelf=shelf):
                yield result.path if isinstance(result, SeedProblem) else f"{shown}/{result.article.stem}", result
        else:
            yield shown, read_seed_file(path, shown=shown, shelf=shelf)
    except ArchiveError as error:
        yield shown, SeedProblem(path=shown_path(shown), reason=error.message.rstrip("."), cure=error.cure)
    except OSError as error:
        yield shown, unreadable(shown, error)


def read_upload(data: bytes, *, name: str, shelf: ShelfId) -> tuple[Seed | SeedProblem, ...]:
    """Read an uploaded file: a seed or a zip of seeds, depending on its extension.

    Raises:
        BadInputError: The name has another extension.
        ArchiveError: The whole zip is rejected.
    """
    if is_named_like_a_zip(name):
        return read_archive(data, name=name, shelf=shelf)
    if is_named_like_a_seed(name):
        return (read_seed(data, path=name, shelf=shelf),)
    raise BadInputError("The file is neither a seed nor a zip of seeds.", cure="Upload a .txt, .md or .zip file.")
