"""Turn a private answer into one for the whole channel."""

from __future__ import annotations

from bot.news.message import actions
from bot.news.message.draft import Block, Button, ButtonRow, Draft, Section, Select


def share_button(*args: str) -> Button:
    """Build the button *Share* for an article's coverage (its id) or a page of a search (its view id, its number)."""
    return Button(action=actions.SHARE, args=args, label="Share", is_private=True)


def without_private(draft: Draft) -> Draft:
    """Remove the private buttons and selects of a draft, so that everyone in the channel can see the rest."""
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
