"""Render a posted message of an edition again with what its articles say now, and the day on which it was corrected.

Its heading and the roles that it mentions stay as they were posted, and so do its dates and the length of its texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain
from typing import Final

from bot.news.choosing.correction import PostedMessage, withdrawn
from bot.news.edition import Pick
from bot.news.message.draft import Block, Draft, Mention
from bot.news.message.plain_text import plain_draft
from bot.render.article import DOT, Bounds
from bot.render.edition.digest import BOUNDS, coverage_of, draw_stories, with_key
from bot.render.edition.head import counts_line, day_of, titles_line
from bot.render.format.limits import fits
from bot.render.format.lines import line
from bot.render.format.number import count_of

ALL_WITHDRAWN: Final = "all of its stories were withdrawn"


def draft_corrected(posted: PostedMessage, picks: Sequence[Pick], *, at: datetime) -> Draft | None:
    """Render the message with its stories as they are now; None if they have no room in it.

    Args:
        posted: The message as it was posted.
        picks: Its stories, without those that were withdrawn.
        at: When it is corrected.
    """
    for bounds in BOUNDS[_widest(posted) :]:
        draft = _draft(posted, picks, bounds, note=_note(posted, picks, at))
        if not fits(draft):
            return draft
    return None


def reads_alike(posted: PostedMessage, one: Sequence[Pick], other: Sequence[Pick]) -> bool:
    """Return True if a message looks the same with the one stories and with the other ones."""
    bounds = BOUNDS[_widest(posted)]
    return _draft(posted, one, bounds, note="") == _draft(posted, other, bounds, note="")


def _widest(posted: PostedMessage) -> int:
    """Find the bounds with which the message was drawn: those that give the most of its blocks."""

    def strange(number: int) -> int:
        drawn = _draft(posted, posted.picks, BOUNDS[number], note="")
        return sum(block not in posted.draft.blocks for block in drawn.blocks)

    return min(range(len(BOUNDS)), key=strange)


def _note(posted: PostedMessage, picks: Sequence[Pick], at: datetime) -> str:
    lost = withdrawn(posted.picks, picks)
    said = f"{DOT}{count_of(lost, 'story')} withdrawn" if lost else ""
    return f"Corrected {day_of(at, posted.schedule)}{said if picks else f'{DOT}{ALL_WITHDRAWN}'}"


def _draft(posted: PostedMessage, picks: Sequence[Pick], bounds: Bounds, *, note: str) -> Draft:
    blocks = (*_head(posted, picks, note), *_stories(posted, picks, bounds))
    draft = with_key(blocks, lambda _: posted.draft.key, posted.number)
    return plain_draft(draft, refused=posted.draft.refused) if posted.draft.refused else draft


def _head(posted: PostedMessage, picks: Sequence[Pick], note: str) -> Iterator[Block]:
    yield posted.draft.blocks[0]
    if picks:
        yield titles_line(picks)
    others = tuple(pick for pick in posted.edition.picks if pick not in posted.picks)
    if posted.number == 1 and (picks or others):
        now = replace(posted.edition, picks=(*picks, *others))
        yield counts_line(now, posted.schedule, posted.left_out)
    if note:
        yield line(note, kind="quiet")
    yield from (block for block in posted.draft.blocks if isinstance(block, Mention))


def _stories(posted: PostedMessage, picks: Sequence[Pick], bounds: Bounds) -> Iterator[Block]:
    if picks:
        stories = draw_stories(picks, posted.schedule, bounds, now=posted.drawn_at, first=posted.number)
        yield from chain.from_iterable(stories)
        yield coverage_of(picks)
