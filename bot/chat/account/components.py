"""A Draft as discord.py's Components V2.

No container around it: the frame costs one of forty components and, on a phone, width that the pictures need; headings
and separators give a message its shape. Presses are answered by a dynamic item that knows our custom ids by their
template, in messages of earlier runs as well.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

import discord
from discord import ui

from bot.chat.account.custom_ids import sign
from bot.news.article import Picture
from bot.news.message.draft import (
    Block,
    Button,
    ButtonRow,
    Draft,
    Gallery,
    Mention,
    Paragraph,
    Section,
    Select,
    Separator,
    texts_together,
)
from bot.render.format.markdown import write_mention, write_paragraphs

_STYLES: Final = {
    "primary": discord.ButtonStyle.primary,
    "secondary": discord.ButtonStyle.secondary,
    "success": discord.ButtonStyle.success,
    "danger": discord.ButtonStyle.danger,
}

Sign = Callable[[Button | Select], str]


class PostedView(ui.LayoutView):
    """A view that discord.py has nothing to listen for.

    It would keep a sent view until it ends, for ever where it has no end, and a task beside each private one. All that
    a press needs is in its custom id, so every view is over before it is sent.
    """

    def is_finished(self) -> bool:
        """See `discord.ui.LayoutView`; discord.py asks before it keeps a view."""
        return True


def to_view(
    draft: Draft,
    *,
    keys: Sequence[bytes],
    user_id: int | None = None,
    guild_id: int | None = None,
    now: datetime,
) -> ui.LayoutView:
    """The Draft, ready to be sent; discord.py keeps nothing of it.

    Args:
        draft: Within all limits (`render/limits.fits`).
        keys: The keys of custom ids, the current one first.
        user_id: The member whose answer it is; None for a message to everybody, which has no private items.
        guild_id: Where; None in a direct message.
        now: From here private items count their 24 hours.

    Raises:
        ValueError: the Draft is beyond Discord's limits, or has private items and no `user_id`.
    """

    def signed(item: Button | Select) -> str:
        return sign(item, keys, user_id=user_id, guild_id=guild_id, now=now)

    view = PostedView(timeout=None)
    for block in texts_together(draft.blocks):
        view.add_item(_item(block, signed))
    return view


def mentions_for(mention_role: int | None) -> discord.AllowedMentions:
    """Nobody may be pinged but that one role."""
    if mention_role is None:
        return discord.AllowedMentions.none()
    return discord.AllowedMentions(
        everyone=False, users=False, roles=[discord.Object(mention_role)], replied_user=False
    )


def _item(block: Block | tuple[Paragraph, ...], signed: Sign) -> ui.Item[Any]:
    match block:
        case tuple():
            return ui.TextDisplay(write_paragraphs(block))
        case Paragraph():
            return ui.TextDisplay(write_paragraphs([block]))
        case Mention():
            return ui.TextDisplay(write_mention(block))
        case Section():
            return ui.Section(write_paragraphs(block.paragraphs), accessory=_accessory(block.accessory, signed))
        case Gallery():
            return ui.MediaGallery(*map(_picture, block.pictures))
        case Separator():
            return ui.Separator(spacing=_spacing(block))
        case ButtonRow():
            return ui.ActionRow(*(_button(button, signed) for button in block.buttons))
        case Select():
            return ui.ActionRow(_select(block, signed))


def _accessory(accessory: Picture | Button, signed: Sign) -> ui.Item[Any]:
    if isinstance(accessory, Button):
        return _button(accessory, signed)
    return ui.Thumbnail(accessory.url, description=accessory.alt or None)


def _picture(picture: Picture) -> discord.MediaGalleryItem:
    return discord.MediaGalleryItem(picture.url, description=picture.alt or None)


def _spacing(separator: Separator) -> discord.SeparatorSpacing:
    return discord.SeparatorSpacing.large if separator.is_large else discord.SeparatorSpacing.small


def _button(button: Button, signed: Sign) -> ui.Button[Any]:
    return ui.Button(
        style=_STYLES[button.style], label=button.label, disabled=button.is_disabled, custom_id=signed(button)
    )


def _select(select: Select, signed: Sign) -> ui.Select[Any]:
    options = [
        discord.SelectOption(label=option.label, value=option.value, description=option.description or None)
        for option in select.options
    ]
    return ui.Select(custom_id=signed(select), placeholder=select.placeholder, options=options)
