"""Lines of text, and lists of them that fit one message."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal

from bot.news.message.draft import Block, Paragraph, Text
from bot.render.format.limits import MOST_TEXT, size_of

_FOR_THE_REST: Final = 300
"""UTF-16 units reserved for the line that counts the rest, and for blocks below the list."""


def line(text: str, kind: Literal["body", "heading", "subheading", "quiet"] = "body") -> Paragraph:
    """Build a paragraph of one plain run."""
    return Paragraph(runs=(Text(text=text),), kind=kind)


def as_many_as_fit(head: Iterable[Block], lines: Sequence[Paragraph], *, kept: int = _FOR_THE_REST) -> list[Paragraph]:
    """Return the first of `lines` that fit a message below `head`, with `kept` units to spare."""
    room = MOST_TEXT - kept - size_of(head).text
    shown: list[Paragraph] = []
    for each in lines:
        room -= size_of((each,)).text + 1  # and the line break before it
        if room < 0:
            break
        shown.append(each)
    return shown
