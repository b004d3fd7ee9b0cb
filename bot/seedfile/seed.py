"""Parse a seed file's bytes into a `Seed`, or describe why it is not one: no input raises an exception."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from itertools import chain, islice
from pathlib import PurePath
from typing import Final, TypeVar

from bot.news.article import (
    Article,
    OtherFile,
    ReadFile,
    RefusedSeed,
    Seed,
    SeedNote,
    SeedProblem,
    ShelfId,
    refused,
    stem_of,
)
from bot.seedfile.article import read_article, read_coverage
from bot.seedfile.front import FrontMatter, find_front_matter
from bot.seedfile.known import URLS
from bot.seedfile.notes import MOST_NOTES, notes_on, notes_on_fields
from bot.seedfile.refusal import Fault, SeedRefusedError
from bot.seedfile.values import Value, read_values

AnyRemark = TypeVar("AnyRemark", SeedNote, SeedProblem)

_YAML: Final = (".yaml", ".yml")
EXTENSIONS: Final = (".txt", ".md", ".markdown", ".mdx", *_YAML)
"""The extensions of seed files, in lower case."""

_NOT_SEEDS: Final = frozenset(
    {"_index", "authors", "changelog", "code_of_conduct", "contributing", "copying", "licence", "license"}
    | {"maintainers", "notice", "readme", "security", "support"}
)
"""Names of files that are not seeds unless they have front matter: every repository has some of them."""

_STAND_INS: Final[dict[str, Value]] = {
    "title": "-",
    "publishedDateTime": "2000-01-01",
    **dict.fromkeys(URLS, "https://seed.invalid/"),
}
"""Usable values for what a refused seed lacks, so that the notes on all its other fields are found at once."""

LONGEST_STEM: Final = 255
_LONGEST_EXTENSION: Final = 20
_KINDS_SHOWN: Final = 5
_UNUSABLE_IN_A_NAME: Final = frozenset({"Cc", "Cf", "Cs"})


def read_seed(data: bytes, *, path: str, shelf: ShelfId, now: datetime) -> ReadFile:
    """Read one seed file.

    Args:
        data: The whole file; at most `LARGEST_SEED` bytes are accepted.
        path: The file as a person named it; it gives the article's stem.
        shelf: The shelf that the article goes to.
        now: The present: a date that is more than two days ahead is rejected.

    Returns:
        The seed with its notes; or why it was rejected, with line and field if known; or that it isn't a seed.
    """
    try:
        return _read(data, path=path, shelf=shelf, now=now)
    except SeedRefusedError as error:
        problem = SeedProblem(path=shown_path(path), line=error.line, reason=error.message, cure=error.cure)
        return refused(problem)


def is_named_like_a_seed(name: str) -> bool:
    """Return True if a file name has the extension of a seed, in either case."""
    return name.lower().endswith(EXTENSIONS)


def copy_of(path: str, first: str) -> RefusedSeed:
    """Reject a file that has the name and link of another one: both are one article, and the other is taken."""
    reason = f"same article as {shown_path(first)}: both have its name and link"
    return refused(SeedProblem(path=shown_path(path), reason=reason, cure="Remove one of them, or correct its link."))


def nothing_found(path: str, names: Iterable[str]) -> SeedNote:
    """Describe a folder or zip without a seed by the extensions of what is in it."""
    seen = Counter(PurePath(name).suffix.lower()[:_LONGEST_EXTENSION] or "without extension" for name in names)
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in seen.most_common(_KINDS_SHOWN))
    return SeedNote(
        path=shown_path(path),
        reason=shown_path(f"no seed files; found {kinds}" if kinds else "no seed files; it is empty"),
        cure=f"Seeds are {', '.join(EXTENSIONS[:-1])} or {EXTENSIONS[-1]} files.",
    )


def shown_path(path: str) -> str:
    """Escape unprintable characters, so that terminals, databases and messages can hold the path."""
    if path.isprintable():
        return path
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in path)


def _usable_stem(path: str) -> str:
    stem = stem_of(path)
    is_plain = stem.isprintable() or not any(unicodedata.category(char) in _UNUSABLE_IN_A_NAME for char in stem)
    if not is_plain or not 0 < len(stem) <= LONGEST_STEM:
        raise SeedRefusedError(
            "the file name is too long, empty, or contains unprintable characters", cure="Rename the file."
        )
    return stem


def _read(data: bytes, *, path: str, shelf: ShelfId, now: datetime) -> ReadFile:
    stem = _usable_stem(path)
    is_yaml = path.lower().endswith(_YAML)
    front = find_front_matter(data, is_yaml=is_yaml)
    if front is None:
        if is_yaml or stem.lower() in _NOT_SEEDS:
            return OtherFile(path=shown_path(path))
        raise SeedRefusedError("missing front matter", cure="Begin the file with a '---' line.", line=1)
    values, positions = read_values(front)
    located = partial(_located, path=shown_path(path), front=front, positions=positions)
    article, faults = read_article(values, shelf=shelf, stem=stem, now=now)
    usable = {**values, **{fault.field: _STAND_INS[fault.field] for fault in faults}}
    whole = article or read_article(usable, shelf=shelf, stem=stem, now=now)[0]
    coverage = read_coverage(usable, whole, now=now) if whole else ()
    others = notes_on(usable, whole, coverage, front, now=now) if whole else ()
    notes = located(chain(front.notes, notes_on_fields(values), others), SeedNote)
    if article is None:
        return RefusedSeed(path=shown_path(path), problems=located(faults, SeedProblem), notes=notes)
    content_hash = _content_hash(article, coverage)
    return Seed(article=article, coverage=coverage, content_hash=content_hash, notes=notes, path=path)


def _located(
    faults: Iterable[Fault], kind: type[AnyRemark], *, path: str, front: FrontMatter, positions: dict[str, int]
) -> tuple[AnyRemark, ...]:
    """Add the file to each fault, and the line of the field if the file has it."""
    located: list[AnyRemark] = []
    for fault in islice(faults, MOST_NOTES):
        line = _line(fault, front, positions)
        located.append(kind(path=path, line=line, field=fault.field, reason=fault.reason, cure=fault.cure))
    return tuple(located)


def _line(fault: Fault, front: FrontMatter, positions: dict[str, int]) -> int | None:
    """Find the line of a fault: its own, or that of its field, such as `title`, `provider.name`, `images item 2`."""
    if fault.line is not None:
        return fault.line
    index = positions.get(fault.field, positions.get(re.split(r"[. ]", fault.field)[0]))
    return None if index is None else front.line_at(index)


def _content_hash(article: Article, coverage: tuple[Article, ...]) -> str:
    """Hash everything stored of a seed; that excludes `secured`.

    The `repr` of the dataclasses covers every field, including future ones.
    """
    return hashlib.sha256(repr((article, coverage)).encode()).hexdigest()
