"""Convert drafts to discord.py's Components V2.

There is no container around them: it costs one of forty components and, on a phone, width that pictures need; headings
and separators structure a message. Buttons are handled by a dynamic item that matches our custom ids, also in messages
of earlier runs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, assert_never

import discord
from discord import ui
from typing_extensions import override

from bot.chat.posting.custom_ids import sign
from bot.news.article import Picture
from bot.news.message.draft import (
    Button,
    ButtonRow,
    Draft,
    Gallery,
    Mention,
    PostedBlock,
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
    """A view that discord.py doesn't keep.

    discord.py would keep a sent view until it times out (for ever without a timeout), and a task for each private one.
    A button's custom id has all that its handler needs, so every view is finished before it is sent.
    """

    @override
    def is_finished(self) -> bool:
        return True  # discord.py asks before it keeps a view


def to_view(
    draft: Draft,
    *,
    keys: Sequence[bytes],
    user_id: int | None = None,
    guild_id: int | None = None,
    now: datetime,
) -> ui.LayoutView:
    """Convert a draft to a view that is ready to be sent.

    Args:
        draft: Within all limits (`bot.render.format.limits.fits`).
        keys: The keys of custom ids, the current one first.
        user_id: The member who gets the answer; None for a message to everyone, which has no private items.
        guild_id: The server; None in a direct message.
        now: Private items expire 24 hours later.

    Raises:
        ValueError: the draft exceeds Discord's limits, or has private items and no `user_id`.
    """

    def signed(item: Button | Select) -> str:
        return sign(item, keys, user_id=user_id, guild_id=guild_id, now=now)

    view = PostedView(timeout=None)
    for block in texts_together(draft.blocks):
        view.add_item(_item(block, signed))
    return view


def mentions_for(roles: Sequence[int]) -> discord.AllowedMentions:
    """Allow mentions of these roles only, or of nobody."""
    if not roles:
        return discord.AllowedMentions.none()
    return discord.AllowedMentions(
        everyone=False, users=False, roles=[discord.Object(role) for role in roles], replied_user=False
    )


def _item(block: PostedBlock, signed: Sign) -> ui.Item[Any]:
    match block:
        case tuple():
            return ui.TextDisplay(write_paragraphs(block))
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
        case _:
            assert_never(block)


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
