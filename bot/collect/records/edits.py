"""Change a seed file in place, and leave to a person what a person changed.

A field whose value differs from what was last written is a person's, also one that they removed or added; so are
comments, unknown fields, the order, and the text below the front matter. All of it stays, byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from bot.collect.records.record import Record
from bot.collect.records.yaml_text import FENCE, block_text, seed_text
from bot.collect.state.values import Fields
from bot.seedfile.front import find_front_matter
from bot.seedfile.refusal import SeedRefusedError
from bot.seedfile.values import read_values

_KEY: Final = re.compile(r"([A-Za-z_][\w.-]*)[ \t]*:")
_MISSING: Final = object()


class UnreadableFileError(Exception):
    """A file was changed by hand so that it can't be read as a seed any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """A file's new text.

    Attributes:
        text: The whole file.
        kept: The fields that are a person's.
    """

    text: str
    kept: tuple[str, ...] = ()


def values_in(text: str) -> Fields:
    """Read the values of a seed file's text.

    Raises:
        UnreadableFileError: It isn't a seed with front matter between two lines of dashes.
    """
    try:
        front = find_front_matter(text.encode())
        if front is None:
            raise UnreadableFileError
        return read_values(front)[0]
    except (SeedRefusedError, UnicodeError) as error:
        raise UnreadableFileError from error


def edited(text: str, record: Record, *, written: Fields | None, planned: Fields | None = None) -> Edited:
    """Change a file's text to a record's.

    Args:
        text: The file as it is now.
        record: What it is to say.
        written: What was last written; None if that is unknown: then a field that differs is a person's.
        planned: What was about to be written, before a crash: the file has either.

    Raises:
        UnreadableFileError: The file can't be read as a seed.
    """
    now = values_in(text)
    wanted = values_in(seed_text(record))
    known = [each for each in (written, planned) if each is not None] or [wanted]
    names = dict.fromkeys((*wanted, *(name for each in known for name in each)))
    kept = tuple(name for name in names if not _is_ours(name, now, known))
    changes = {
        name: block_text(name, record.fields[name], record.remarks.get(name, "")) if name in wanted else ""
        for name in names
        if name not in kept and now.get(name, _MISSING) != wanted.get(name, _MISSING)
    }
    return Edited(text=_with_blocks(text, changes) if changes else text, kept=kept)


def _is_ours(name: str, now: Fields, known: list[Fields]) -> bool:
    value = now.get(name, _MISSING)
    return any(value == each.get(name, _MISSING) for each in known)


def _with_blocks(text: str, changes: Mapping[str, str]) -> str:
    """Replace, remove and append blocks of the front matter."""
    lines = text.splitlines(keepends=True)
    if not lines or lines[0].rstrip() != FENCE:
        raise UnreadableFileError
    end = next((number for number, line in enumerate(lines) if number and line.rstrip() == FENCE), None)
    if end is None:
        raise UnreadableFileError
    done: set[str] = set()
    parts: list[str] = []
    for name, block, loose in _blocks(lines[1:end]):
        parts += [changes.get(name, block), loose]
        done.add(name)
    parts += [block for name, block in changes.items() if name not in done]
    return "".join((lines[0], *parts, *lines[end:]))


def _blocks(lines: list[str]) -> Iterator[tuple[str, str, str]]:
    """Split front matter at its fields: name, lines of the field, and the comments and blank lines behind it."""
    starts = [number for number, line in enumerate(lines) if _KEY.match(line)]
    yield "", "".join(lines[: starts[0]] if starts else lines), ""
    for start, following in zip(starts, [*starts[1:], len(lines)], strict=False):
        end = following
        while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
            end -= 1
        found = _KEY.match(lines[start])
        yield found[1] if found else "", "".join(lines[start:end]), "".join(lines[end:following])
