"""Plain fallback for a message whose form Discord refused: its text without pictures and buttons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.news.message.actions import EDITION_WHY
from bot.news.message.draft import Block, Button, ButtonRow, Draft, Mention, Paragraph, Section


def plain_draft(draft: Draft, *, refused: str) -> Draft:
    """Reduce `draft` to its texts and links.

    Only the button with the message's key stays (`EDITION_WHY`): without it the message could not be found when its
    channel is read back. Nothing grows, so the result fits Discord's limits if `draft` did.

    Args:
        draft: The refused draft.
        refused: Why Discord refused its form.
    """
    texts = (text for block in draft.blocks for text in _texts(block))
    return replace(draft, blocks=(*texts, ButtonRow(buttons=(_key_button(draft),))), refused=refused)


def _texts(block: Block) -> Iterator[Block]:
    if isinstance(block, Paragraph | Mention):
        yield block
    elif isinstance(block, Section):
        yield from block.paragraphs


def _key_button(draft: Draft) -> Button:
    for block in draft.blocks:
        for button in block.buttons if isinstance(block, ButtonRow) else ():
            if button.action == EDITION_WHY:
                return button
    return Button(action=EDITION_WHY, args=(draft.key,), label="Why these?")
