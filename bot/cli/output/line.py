"""Lines of plain text for a terminal: wrapped to its width, coloured where wanted, free of control characters."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from bot.render.format.terminal import harmless

Kind = Literal["heading", "body", "quiet", "trouble"]

_STEP: Final = 2
"""Columns of one level of indentation."""

_NARROWEST: Final = 20
"""Columns below which wrapping would only make a column of words."""

_COLORS: Final[Mapping[Kind, str]] = {"heading": "\x1b[1m", "body": "", "quiet": "\x1b[2m", "trouble": "\x1b[31m"}
_PLAIN: Final = "\x1b[0m"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of output; a narrow terminal shows it as several.

    Attributes:
        text: Any text, foreign text included: `write_lines` removes what could control a terminal.
        kind: How it is coloured: `heading` bold, `quiet` dim, `trouble` red, `body` not at all.
        level: Levels of indentation.
        hanging: Further columns by which continuation lines are indented.
    """

    text: str = ""
    kind: Kind = "body"
    level: int = 0
    hanging: int = 0


def write_lines(lines: Iterable[Line], *, width: int | None = None, in_color: bool = False) -> str:
    """Write lines as text, each ended by a line break.

    Args:
        lines: Top to bottom.
        width: Columns of the terminal; None for no wrapping, so that other programs find a line whole. A word that is
            longer than the width, such as a URL, is never broken.
        in_color: Whether escape sequences for colour may be used.
    """
    return "".join(f"{row}\n" for line in lines for row in _rows(line, width, in_color=in_color))


def _rows(line: Line, width: int | None, *, in_color: bool) -> Iterator[str]:
    color = _COLORS[line.kind] if in_color else ""
    indent = " " * (line.level * _STEP)
    for row in _wrapped(harmless(line.text), line, width):
        yield f"{indent}{color}{row}{_PLAIN if color else ''}" if row else ""


def _wrapped(text: str, line: Line, width: int | None) -> list[str]:
    if width is None:
        return [text]
    rows = textwrap.wrap(
        text,
        max(_NARROWEST, width) - line.level * _STEP,
        subsequent_indent=" " * line.hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return rows or [""]
