"""A private answer shown to everybody."""

from __future__ import annotations

from bot.news.message import actions
from bot.news.message.draft import Block, Button, ButtonRow, Draft, Section, Select


def share_button(*args: str) -> Button:
    """*Share* of a private answer: (article id) for its coverage, (view id, page) for a page of a search."""
    return Button(action=actions.SHARE, args=args, label="Share", is_private=True)


def without_private(draft: Draft) -> Draft:
    """What a member saw privately, for everybody: without the buttons and lists that were theirs."""
    return Draft(blocks=tuple(kept for block in draft.blocks for kept in _shared(block)), key=draft.key)


def _shared(block: Block) -> tuple[Block, ...]:
    match block:
        case ButtonRow():
            buttons = tuple(button for button in block.buttons if not button.is_private)
            return (ButtonRow(buttons=buttons),) if buttons else ()
        case Section(accessory=Button(is_private=True)):
            return block.paragraphs
        case Select(is_private=True):
            return ()
        case _:
            return (block,)
