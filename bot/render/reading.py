"""Render under an answer what it lacks: how far the archive is read, or that a server's own articles can't be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.news.content import Reading
from bot.news.message.draft import Draft, Paragraph
from bot.render.format.limits import fits
from bot.render.format.lines import line
from bot.text.clean import clean


def reading_line(reading: Reading) -> Paragraph:
    """Render one line, such as "Still reading: 3,100 of 8,300 files."."""
    return line(clean(reading.text), "quiet")


def with_notes(answer: Draft | tuple[Draft, ...], texts: Sequence[str]) -> tuple[Draft, ...]:
    """Add sentences to an answer: at the end of its last message, or as a message of their own."""
    drafts = (answer,) if isinstance(answer, Draft) else answer
    notes = tuple(line(clean(text), "quiet") for text in texts)
    noted = replace(drafts[-1], blocks=(*drafts[-1].blocks, *notes))
    return (*drafts[:-1], noted) if not fits(noted) else (*drafts, Draft(blocks=notes))
