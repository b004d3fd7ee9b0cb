"""A seed file's bytes become a `Seed`, or a `SeedProblem`: never an exception, whatever the bytes are."""

from __future__ import annotations

import hashlib
import unicodedata
from typing import Final

from bot.news.article import Article, Seed, SeedProblem, ShelfId
from bot.seedfile.article import read_article, read_coverage
from bot.seedfile.front import FrontMatter, find_front_matter
from bot.seedfile.refusal import SeedRefusedError
from bot.seedfile.values import read_values

ENDINGS: Final = (".txt", ".md")
"""What a seed file's name ends in, in lower case."""

LONGEST_STEM: Final = 255
_UNUSABLE_IN_A_NAME: Final = frozenset({"Cc", "Cf", "Cs"})


def read_seed(data: bytes, *, path: str, shelf: ShelfId) -> Seed | SeedProblem:
    """Read one seed file.

    Args:
        data: The whole file; at most `LARGEST_SEED` bytes are accepted.
        path: The file as a person named it; its name without folder and ending is the article's stem.
        shelf: Whose article it becomes.

    Returns:
        The seed, or why it was refused, with the line and the field where there is one.
    """
    try:
        return _read(data, stem=_usable_stem(path), shelf=shelf)
    except SeedRefusedError as refusal:
        return _problem_of(refusal, path)


def is_named_like_a_seed(name: str) -> bool:
    """Whether a file's name has the ending of a seed, in either case."""
    return name.lower().endswith(ENDINGS)


def named_twice(path: str, first: str) -> SeedProblem:
    """The problem of a file that names the article which another file has named before it."""
    return SeedProblem(
        path=shown_path(path),
        reason=f"its article is that of {shown_path(first)}: only the name without folder and ending counts",
        cure="Rename one of them, or take it away.",
    )


def _problem_of(refusal: SeedRefusedError, path: str) -> SeedProblem:
    """A refusal as the problem of a file; what can't be shown of the file's name is written as an escape."""
    return SeedProblem(
        path=shown_path(path), line=refusal.line, field=refusal.field, reason=refusal.message, cure=refusal.cure
    )


def shown_path(path: str) -> str:
    """A path that every terminal, database and message can hold."""
    if path.isprintable():
        return path
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in path)


def stem_of(path: str) -> str:
    """A file's name without folder and ending: its article's stem."""
    name = path.rpartition("/")[2]
    return name.rpartition(".")[0] or name


def _usable_stem(path: str) -> str:
    stem = stem_of(path)
    is_plain = stem.isprintable() or not any(unicodedata.category(char) in _UNUSABLE_IN_A_NAME for char in stem)
    if not is_plain or not 0 < len(stem) <= LONGEST_STEM:
        raise SeedRefusedError(
            "the file's name is too long, empty, or holds characters that can't be shown", cure="Rename the file."
        )
    return stem


def _read(data: bytes, *, stem: str, shelf: ShelfId) -> Seed:
    front = find_front_matter(data)
    values, places = read_values(front)
    try:
        article = read_article(values, shelf=shelf, stem=stem)
    except SeedRefusedError as refusal:
        raise _with_line(refusal, front, places) from None
    coverage = read_coverage(values, article)
    return Seed(article=article, coverage=coverage, content_hash=_content_hash(article, coverage))


def _with_line(refusal: SeedRefusedError, front: FrontMatter, places: dict[str, int]) -> SeedRefusedError:
    if refusal.field in places:
        refusal.line = front.line_at(places[refusal.field])
    return refusal


def _content_hash(article: Article, coverage: tuple[Article, ...]) -> str:
    """A hash of everything that a seed says and that is stored; `secured` isn't among it.

    The values' own `repr` names every field, also one that is added later.
    """
    return hashlib.sha256(repr((article, coverage)).encode()).hexdigest()
