"""Parse a seed file's bytes into a `Seed` or a `SeedProblem`: no input raises an exception."""

from __future__ import annotations

import hashlib
import unicodedata
from typing import Final

from bot.news.article import Article, Seed, SeedProblem, ShelfId
from bot.seedfile.article import read_article, read_coverage
from bot.seedfile.front import FrontMatter, find_front_matter
from bot.seedfile.refusal import SeedRefusedError
from bot.seedfile.values import read_values

EXTENSIONS: Final = (".txt", ".md")
"""The extensions of seed files, in lower case."""

LONGEST_STEM: Final = 255
_UNUSABLE_IN_A_NAME: Final = frozenset({"Cc", "Cf", "Cs"})


def read_seed(data: bytes, *, path: str, shelf: ShelfId) -> Seed | SeedProblem:
    """Read one seed file.

    Args:
        data: The whole file; at most `LARGEST_SEED` bytes are accepted.
        path: The file as a person named it; its name without folder and extension is the article's stem.
        shelf: The shelf that the article goes to.

    Returns:
        The seed, or why it was rejected, with line and field if known.
    """
    try:
        return _read(data, stem=_usable_stem(path), shelf=shelf)
    except SeedRefusedError as refusal:
        return _problem_of(refusal, path)


def is_named_like_a_seed(name: str) -> bool:
    """Return True if a file name has the extension of a seed, in either case."""
    return name.lower().endswith(EXTENSIONS)


def duplicate_stem(path: str, first: str) -> SeedProblem:
    """Describe a file for an article that an earlier file already defines."""
    return SeedProblem(
        path=shown_path(path),
        reason=f"same article as {shown_path(first)}: folder and extension don't distinguish files",
        cure="Rename or remove one of them.",
    )


def _problem_of(refusal: SeedRefusedError, path: str) -> SeedProblem:
    """Convert a rejection to the problem of a file."""
    return SeedProblem(
        path=shown_path(path), line=refusal.line, field=refusal.field, reason=refusal.message, cure=refusal.cure
    )


def shown_path(path: str) -> str:
    """Escape unprintable characters, so that terminals, databases and messages can hold the path."""
    if path.isprintable():
        return path
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in path)


def stem_of(path: str) -> str:
    """Return a file's name without folder and extension: its article's stem."""
    name = path.rpartition("/")[2]
    return name.rpartition(".")[0] or name


def _usable_stem(path: str) -> str:
    stem = stem_of(path)
    is_plain = stem.isprintable() or not any(unicodedata.category(char) in _UNUSABLE_IN_A_NAME for char in stem)
    if not is_plain or not 0 < len(stem) <= LONGEST_STEM:
        raise SeedRefusedError(
            "the file name is too long, empty, or contains unprintable characters", cure="Rename the file."
        )
    return stem


def _read(data: bytes, *, stem: str, shelf: ShelfId) -> Seed:
    front = find_front_matter(data)
    values, positions = read_values(front)
    try:
        article = read_article(values, shelf=shelf, stem=stem)
    except SeedRefusedError as refusal:
        raise _with_line(refusal, front, positions) from None
    coverage = read_coverage(values, article)
    return Seed(article=article, coverage=coverage, content_hash=_content_hash(article, coverage))


def _with_line(refusal: SeedRefusedError, front: FrontMatter, positions: dict[str, int]) -> SeedRefusedError:
    if refusal.field in positions:
        refusal.line = front.line_at(positions[refusal.field])
    return refusal


def _content_hash(article: Article, coverage: tuple[Article, ...]) -> str:
    """Hash everything stored of a seed; that excludes `secured`.

    The `repr` of the dataclasses covers every field, including future ones.
    """
    return hashlib.sha256(repr((article, coverage)).encode()).hexdigest()
