"""Find the YAML of a seed file: the text between its first two `---` lines, or the whole of a file without them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from bot.seedfile.foreign.mojibake import repair_mojibake
from bot.seedfile.refusal import Fault, SeedRefusedError

LARGEST_SEED: Final = 256 * 1024
"""Bytes of a whole file, body included (docs/security.md, Seed files; the largest real seed has 5,621)."""

_BYTE_ORDER_MARK: Final = "\ufeff"
_FENCE: Final = "---"
_TOML_FENCE: Final = "+++"

_IS_MAPPING: Final = re.compile(
    r"(?m)^(?:title|webUrl|originalUrl|publishedDateTime)[ \t]*:|\A\s*(?:\[?\s*\{\s*\"|-[ \t]+title[ \t]*:)"
)
"""A file without fences that has a seed's field at the beginning of a line, or is JSON, or begins a list of seeds."""

_SECOND: Final = re.compile(r"(?m)^---[ \t]*\r?\n(?:(?:[\w-]+:|[ \t#-]).*\n|\r?\n){0,20}?(?:title|webUrl)[ \t]*:")
"""Front matter in the body, which is another article's."""

# Spaces that look like YAML's, from a word processor or a web page.
_ODD: Final = "\u00a0\u2007\u202f\u2002\u2003\u3000"
_HAS_ODD: Final = re.compile(f"[{_ODD}]")
_LAYOUT: Final = re.compile(rf"(?m)^[ {_ODD}]*(?:-[ {_ODD}]+(?:[A-Za-z]+:[ {_ODD}]*)?|[A-Za-z]+:[ {_ODD}]*)")
"""What begins a line before the value: indent, dash, name and colon."""

_UNDEFINED: Final = re.compile("[\x81\x8d\x8f\x90\x9d]")
"""Controls that stand for the undefined bytes of Windows-1252, as in the closing quote of mojibake; not YAML."""

REPAIRED: Final = "repaired: UTF-8 that was read as Windows-1252"
REPAIRED_CURE: Final = "Write the file from the original text, as UTF-8."


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMatter:
    """YAML text and its position in the file.

    Attributes:
        text: The lines between the fences, line endings unchanged.
        first_line: The 1-based line of the file at which `text` begins.
        notes: What was changed or left out to find it.
    """

    text: str
    first_line: int = 2
    notes: tuple[Fault, ...] = ()

    def line_at(self, index: int) -> int:
        """Return the file's 1-based line that contains the character `index` of `text`."""
        return self.first_line + self.text.count("\n", 0, index)


def find_front_matter(data: bytes, *, is_yaml: bool = False) -> FrontMatter | None:
    """Find the front matter of a seed file; a byte order mark and a body are allowed and ignored.

    Args:
        data: The whole file.
        is_yaml: The file's extension says that all of it is YAML, so that front matter needs no end.

    Returns:
        The front matter; None if the file has none.

    Raises:
        SeedRefusedError: The file is too large, not UTF-8, or its front matter has no end or is TOML.
    """
    if len(data) > LARGEST_SEED:
        raise SeedRefusedError(
            f"the file is too large; the limit is {LARGEST_SEED // 1024} KiB",
            cure="Write one file for each article.",
        )
    text = _decode(data).removeprefix(_BYTE_ORDER_MARK)
    start = _end_of_line(text, 0)
    if text[:start].rstrip() == _TOML_FENCE:
        cure = "Write YAML between two '---' lines."
        raise SeedRefusedError("unsupported TOML front matter ('+++')", cure=cure, line=1)
    if not _is_fence(text, 0, start):
        if not _IS_MAPPING.search(text):
            return None
        start = 0
    end = _find_fence(text, start)
    if end < 0:
        if start > 0 and not is_yaml:
            raise SeedRefusedError("unterminated front matter", cure="End it with a '---' line.")
        end = len(text)
    return _front_matter(text, start, end)


def _front_matter(text: str, start: int, end: int) -> FrontMatter:
    first_line = 2 if start else 1
    yaml, notes = text[start:end], []
    if not yaml.isascii() and _UNDEFINED.search(yaml):
        yaml, repaired = _repair(yaml, first_line)
        notes += repaired
    if not yaml.isascii() and any(space in yaml for space in _ODD):  # a regular expression takes ten times as long
        odd = next((found for found in _LAYOUT.finditer(yaml) if _HAS_ODD.search(found[0])), None)
        if odd is not None:
            line = first_line + yaml.count("\n", 0, odd.start())
            reason = "non-breaking spaces around a field's name, read as spaces"
            notes.append(Fault(line=line, reason=reason, cure="Indent with plain spaces."))
            yaml = _LAYOUT.sub(lambda found: _HAS_ODD.sub(" ", found[0]), yaml)
    if len(text) - end > len(_FENCE) + 2 and (second := _SECOND.search(text, end)):
        line = text.count("\n", 0, second.start()) + 1
        reason = "only the first article of a file is read"
        notes.append(Fault(line=line, reason=reason, cure="Write one file for each article."))
    return FrontMatter(text=yaml, first_line=first_line, notes=tuple(notes))


def _repair(yaml: str, first_line: int) -> tuple[str, list[Fault]]:
    """Repair the lines whose mojibake would keep YAML from being read, where that is certain."""
    lines, notes = yaml.split("\n"), []
    for number, line in enumerate(lines):
        if _UNDEFINED.search(line) and (repaired := repair_mojibake(line)) != line:
            lines[number] = repaired
            notes.append(Fault(line=first_line + number, reason=REPAIRED, cure=REPAIRED_CURE))
    return "\n".join(lines), notes


def _decode(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SeedRefusedError("invalid UTF-8", cure="Save the file as UTF-8.", line=line) from error


def _find_fence(text: str, start: int) -> int:
    """Find the index of the first fence line from `start` on; -1 if there is none."""
    at = start
    while not _is_fence(text, at, _end_of_line(text, at)):
        at = text.find("\n" + _FENCE, at) + 1
        if at == 0:
            return -1
    return at


def _end_of_line(text: str, start: int) -> int:
    """Return the index just past the end of the line."""
    return text.find("\n", start) + 1 or len(text)


def _is_fence(text: str, start: int, end: int) -> bool:
    return text.startswith(_FENCE, start) and text[start:end].rstrip() == _FENCE
