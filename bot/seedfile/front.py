"""The front matter of a seed file: what stands between its first two `---` lines."""

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
    """YAML text, and where it stands.

    Attributes:
        text: The lines between the fences, with their line ends as they are.
        first_line: The 1-based line of the file that `text` begins with.
    """

    text: str
    first_line: int = 2

    def line_at(self, index: int) -> int:
        """The file's 1-based line in which the character `index` of `text` stands."""
        return self.first_line + self.text.count("\n", 0, index)


def find_front_matter(data: bytes) -> FrontMatter:
    """Find the front matter of a seed file; a byte order mark is skipped, a body is allowed and ignored.

    Raises:
        SeedRefusedError: The file is too large, isn't UTF-8, or has no front matter.
    """
    if len(data) > LARGEST_SEED:
        raise SeedRefusedError(
            f"the file is larger than {LARGEST_SEED // 1024} KiB",
            cure="A seed is one article's front matter: split it.",
        )
    text = _decode(data).removeprefix(_BYTE_ORDER_MARK)
    start = _end_of_line(text, 0)
    if not _is_fence(text, 0, start):
        raise SeedRefusedError("the file doesn't begin with '---'", cure="Begin it with its front matter.", line=1)
    end = _find_fence(text, start)
    return FrontMatter(text=text[start:end])


def _decode(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SeedRefusedError("the text isn't UTF-8", cure="Save the file as UTF-8.", line=line) from error


def _find_fence(text: str, start: int) -> int:
    """The index of the first line from `start` that is a fence."""
    at = start
    while not _is_fence(text, at, _end_of_line(text, at)):
        at = text.find("\n" + _FENCE, at) + 1
        if at == 0:
            raise SeedRefusedError("the front matter has no end", cure="Put a line '---' behind its last field.")
    return at


def _end_of_line(text: str, start: int) -> int:
    """The index behind the line's end."""
    return text.find("\n", start) + 1 or len(text)


def _is_fence(text: str, start: int, end: int) -> bool:
    return text.startswith(_FENCE, start) and text[start:end].rstrip() == _FENCE
