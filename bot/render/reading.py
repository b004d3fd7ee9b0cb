"""Render how far the archive is read, under an answer that depends on it."""

from __future__ import annotations

from dataclasses import replace

from bot.news.content import Reading
from bot.news.message.draft import Draft, Paragraph
from bot.render.format.limits import fits
from bot.render.format.lines import line
from bot.text.clean import clean


def reading_line(reading: Reading) -> Paragraph:
    """Render one line, such as "Still reading: 3,100 of 8,300 files."."""
    return line(clean(reading.text), "quiet")


def with_reading(answer: Draft | tuple[Draft, ...], reading: Reading) -> tuple[Draft, ...]:
    """Add to an answer that the archive is not complete: at the end of its last message, or as one of its own."""
    drafts = (answer,) if isinstance(answer, Draft) else answer
    note = reading_line(reading)
    noted = replace(drafts[-1], blocks=(*drafts[-1].blocks, note))
    return (*drafts[:-1], noted) if not fits(noted) else (*drafts, Draft(blocks=(note,)))
