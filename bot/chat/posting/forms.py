"""Convert forms to discord.py's modals, and read what a member sent.

As with buttons, nothing is kept in memory: a modal's signed custom id has all that its handler needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, assert_never

import discord
from discord import ui
from typing_extensions import override

from bot.chat.account.permissions import KINDS, named
from bot.chat.posting.custom_ids import sign
from bot.news.checkup.channel import ChannelAccess
from bot.news.message.draft import Button
from bot.news.message.form import ChannelField, ChoiceField, Field, Form, FormOption, RadioField, Submission, TextField

POSTABLE: Final = (
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.news_thread,
    discord.ChannelType.public_thread,
    discord.ChannelType.private_thread,
    discord.ChannelType.forum,
)
"""The kinds of channels that an edition can be posted to; discord.py's `ForumChannel` would include media channels."""


class PostedModal(ui.Modal):
    """A modal that discord.py doesn't keep."""

    @override
    def is_finished(self) -> bool:
        return True  # discord.py asks before it keeps a modal


def to_modal(form: Form, *, keys: Sequence[bytes], user_id: int, guild_id: int | None, now: datetime) -> ui.Modal:
    """Convert a form to a modal for one member in one server, which can be sent for 24 hours.

    Args:
        form: Within Discord's limits.
        keys: The keys of custom ids, the current one first.
        user_id: The member.
        guild_id: The server.
        now: The form expires 24 hours later.
    """
    signed = Button(action=form.action, args=form.args, label=form.title, is_private=True)
    modal = PostedModal(title=form.title, custom_id=sign(signed, keys, user_id=user_id, guild_id=guild_id, now=now))
    for field in form.fields:
        modal.add_item(ui.Label(text=field.label, description=field.about or None, component=_component(field)))
    return modal


def _component(field: Field) -> ui.Item[Any]:
    match field:
        case ChannelField():
            chosen = (
                [] if field.channel_id is None else [discord.SelectDefaultValue(id=field.channel_id, type=_CHANNEL)]
            )
            return ui.ChannelSelect(custom_id=field.name, channel_types=list(POSTABLE), default_values=chosen)
        case ChoiceField():
            return ui.Select(
                custom_id=field.name,
                options=[_option(each) for each in field.options],
                min_values=field.least,
                max_values=field.most,
                required=field.least > 0,
            )
        case RadioField():
            return ui.RadioGroup(custom_id=field.name, options=[_radio(each) for each in field.options])
        case TextField():
            return ui.TextInput(
                custom_id=field.name,
                default=field.value or None,
                max_length=field.longest,
                required=field.least > 0,
                style=discord.TextStyle.long if field.is_long else discord.TextStyle.short,
            )
        case _:
            assert_never(field)


_CHANNEL: Final = discord.SelectDefaultValueType.channel


def _option(option: FormOption) -> discord.SelectOption:
    return discord.SelectOption(
        label=option.label, value=option.value, description=option.description or None, default=option.is_chosen
    )


def _radio(option: FormOption) -> discord.RadioGroupOption:
    return discord.RadioGroupOption(
        label=option.label, value=option.value, description=option.description or None, default=option.is_chosen
    )


def read_submission(data: Mapping[str, Any]) -> Submission:
    """Read the data of a submission; a field that can't be read has no value."""
    values = {name: found for component in _fields(data) for name, found in _values(component)}
    resolved = data.get("resolved") or {}
    return Submission(values=values, channels=dict(_channels(resolved.get("channels") or {})))


def _fields(data: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for row in data.get("components") or ():
        if isinstance(component := row.get("component"), dict):
            yield component


def _values(component: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    many, one = component.get("values"), component.get("value")
    given = many if isinstance(many, list) else [] if one is None else [one]
    yield str(component.get("custom_id")), tuple(map(str, given))


def _channels(resolved: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[int, ChannelAccess]]:
    """Yield the channels whose permissions Discord named, as it does since July 2026."""
    for channel_id, channel in resolved.items():
        kind = KINDS.get(discord.enums.try_enum(discord.ChannelType, channel.get("type")), "other")
        bits = channel.get("app_permissions")
        if bits is not None and kind != "forum":
            thread = channel.get("thread_metadata") or {}
            allowed = frozenset(named(discord.Permissions(int(bits))))
            yield int(channel_id), ChannelAccess(kind=kind, allowed=allowed, is_locked=bool(thread.get("locked")))
