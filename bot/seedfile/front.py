"""Find the front matter of a seed file: the text between its first two `---` lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.seedfile.refusal import SeedRefusedError

LARGEST_SEED: Final = 256 * 1024
"""Bytes of a whole file, body included (docs/security.md, Seed files; the largest real seed has 5,621)."""

_BYTE_ORDER_MARK: Final = "\ufeff"
_FENCE: Final = "---"


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMatter:
    """YAML text and its position in the file.

    Attributes:
        text: The lines between the fences, line endings unchanged.
        first_line: The 1-based line of the file at which `text` begins.
    """

    text: str
    first_line: int = 2

    def line_at(self, index: int) -> int:
        """Return the file's 1-based line that contains the character `index` of `text`."""
        return self.first_line + self.text.count("\n", 0, index)


def find_front_matter(data: bytes) -> FrontMatter:
    """Find the front matter of a seed file; a byte order mark and a body are allowed and ignored.

    Raises:
        SeedRefusedError: The file is too large, not UTF-8, or without front matter.
    """
    if len(data) > LARGEST_SEED:
        raise SeedRefusedError(
            f"the file is too large; the limit is {LARGEST_SEED // 1024} KiB",
            cure="Write one file for each article.",
        )
    text = _decode(data).removeprefix(_BYTE_ORDER_MARK)
    start = _end_of_line(text, 0)
    if not _is_fence(text, 0, start):
        raise SeedRefusedError("missing front matter", cure="Begin the file with a '---' line.", line=1)
    end = _find_fence(text, start)
    return FrontMatter(text=text[start:end])


def _decode(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SeedRefusedError("invalid UTF-8", cure="Save the file as UTF-8.", line=line) from error


def _find_fence(text: str, start: int) -> int:
    """Find the index of the first fence line from `start` on."""
    at = start
    while not _is_fence(text, at, _end_of_line(text, at)):
        at = text.find("\n" + _FENCE, at) + 1
        if at == 0:
            raise SeedRefusedError("unterminated front matter", cure="End it with a '---' line.")
    return at


def _end_of_line(text: str, start: int) -> int:
    """Return the index just past the end of the line."""
    return text.find("\n", start) + 1 or len(text)


def _is_fence(text: str, start: int, end: int) -> bool:
    return text.startswith(_FENCE, start) and text[start:end].rstrip() == _FENCE
