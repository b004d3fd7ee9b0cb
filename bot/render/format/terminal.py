"""Draw a Draft as plain text for a terminal: no colour, no control characters, whatever the foreign text holds.

Pictures are left out because their alt text repeats the text beside them; buttons and lists because nobody can press
them. A link is its title with the URL on the next line. A moment is a date in UTC: "2 days ago" would become wrong.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import Final, assert_never

from bot.news.message.draft import (
    ButtonRow,
    Channel,
    Draft,
    Gallery,
    Link,
    Member,
    Mention,
    Moment,
    Paragraph,
    PostedBlock,
    Run,
    Section,
    Select,
    Separator,
    Text,
    texts_together,
)
from bot.render.format.markdown import safe_url
from bot.text.clean import clean

_RULE: Final = "="
_INDENT: Final = "  "


def to_text(draft: Draft, width: int = 80) -> str:
    """Draw a Draft: one blank line between its blocks, no final line break.

    Args:
        draft: The message.
        width: Columns, at least 20; URLs are not broken and may be longer.
    """
    texts = ("\n".join(_lines(block, width)) for block in texts_together(draft.blocks))
    return "\n\n".join(text for text in texts if text)


def _lines(block: PostedBlock, width: int) -> Iterator[str]:
    match block:
        case tuple():
            yield from _paragraphs(block, width)
        case Section():
            yield from _paragraphs(block.paragraphs, width)
        case Mention():
            yield " ".join(f"@role {role_id}" for role_id in block.role_ids)
        case Separator():
            yield "-" * width
        case ButtonRow() | Select() | Gallery():
            pass
        case _:
            assert_never(block)


def _paragraphs(paragraphs: Iterable[Paragraph], width: int) -> Iterator[str]:
    for paragraph in paragraphs:
        lines = textwrap.wrap("".join(map(_words, paragraph.runs)), width, break_on_hyphens=False)
        yield from lines
        if paragraph.kind == "heading" and lines:
            yield _RULE * max(map(len, lines))
        yield from (_INDENT + safe_url(run.url) for run in paragraph.runs if isinstance(run, Link))


def _words(run: Run) -> str:
    match run:
        case Moment():
            return _moment(run)
        case Channel():
            return f"#{run.channel_id}"
        case Member():
            return f"@{run.member_id}"
        case Text() | Link():
            return harmless(run.text)
        case _:
            assert_never(run)


def _moment(moment: Moment) -> str:
    at = moment.at.astimezone(UTC)
    date = f"{at.day} {at:%B} {at.year}"
    if moment.style in {"relative", "date"}:
        return date
    return f"{date} {at:%H:%M} UTC" if moment.style == "short" else f"{at:%A}, {date} {at:%H:%M} UTC"


def harmless(text: str) -> str:
    """Clean `text` as one line and keep its spaces, also those at its ends: foreign text can't control a terminal."""
    return " ".join(map(clean, text.split(" ")))
