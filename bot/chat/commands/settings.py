"""`/admin export` and `import`: a server's schedules and editor roles as a file."""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import discord
from discord import app_commands

from bot.chat.answering.answers import Args, WithFile, answers, replaces
from bot.chat.answering.context import Context
from bot.chat.answering.groups import ADMIN
from bot.chat.door import MANAGE
from bot.chat.posting.forms import POSTABLE
from bot.checkup.check import read_names
from bot.errors import BadInputError, ImportOutdatedError, NewsdeskError
from bot.news.message.draft import Draft
from bot.news.schedules.imported import Imported
from bot.news.servers.access import require_editor_role
from bot.render.servers.settings import (
    draft_exported,
    draft_settings_applied,
    draft_settings_preview,
    settings_report_text,
)
from bot.usecases.schedule import Place, ServerIds, ShownSettings, import_settings, try_import, write_settings

LARGEST_SETTINGS: Final = 512 * 1024
"""Bytes; fifty schedules with the longest lists take half of it."""


@ADMIN.command(name="export", description="Get this server's schedules and editor roles as a file")
@answers(MANAGE)
async def export(context: Context) -> WithFile:
    """Write the server's settings as a file."""
    guild_id = context.require_server()
    schedules = await context.store.schedules.schedules(guild_id)
    roles = await context.store.editors.editor_roles(guild_id)
    draft = draft_exported(len(schedules), len(roles))
    return WithFile(draft=draft, name="newsdesk-settings.toml", text=write_settings(schedules, roles))


@ADMIN.command(name="import", description="Preview a file of schedules and editor roles, then apply it")
@app_commands.describe(file="A file from /admin export")
@answers(MANAGE)
async def preview(context: Context, file: discord.Attachment) -> WithFile:
    """Show what a file would change, and offer to apply that."""
    guild_id = context.require_server()
    text = await _read(context, file)
    place = await _place(context)
    imported = await _try(context, text, place)
    shown = ShownSettings(text=text, shown=imported.shown)
    token = context.services.pending_settings.add(guild_id, shown, context.services.clock, instead_of=guild_id)
    return _with_report(imported, token)


@replaces(MANAGE)
async def apply(context: Context, args: Args) -> Draft | WithFile:
    """Handle the button *Apply*: import what was shown; if that is something else by now, show it and ask again."""
    guild_id = context.require_server()
    pending_settings, clock = context.services.pending_settings, context.services.clock
    async with pending_settings.taken(guild_id, args[0], clock) as pending:
        file, place = pending.what, await _place(context)
        try:
            imported = await import_settings(
                context.store.schedules,
                file.text,
                place,
                now=context.now(),
                shown=file.shown,
                deed=context.deed(),
            )
        except ImportOutdatedError:
            imported = await _try(context, file.text, place)
            pending.what = ShownSettings(text=file.text, shown=imported.shown)
            return _with_report(imported, pending.token, has_changed=True)
        pending.is_done = True
    return draft_settings_applied(imported)


async def _try(context: Context, text: str, place: Place) -> Imported:
    roles = await context.store.editors.editor_roles(place.guild_id)
    return await try_import(context.store.schedules, text, place, now=context.now(), roles=roles)


def _with_report(imported: Imported, token: str, *, has_changed: bool = False) -> WithFile:
    draft = draft_settings_preview(imported, token, has_changed=has_changed)
    return WithFile(draft=draft, name="settings-changes.txt", text=settings_report_text(imported))


async def _read(context: Context, file: discord.Attachment) -> str:
    if file.size > LARGEST_SETTINGS:
        limit = f"{LARGEST_SETTINGS // 1024} KiB"
        raise BadInputError(f"The file is too large; the limit is {limit}.", cure="Upload a file from /admin export.")
    with TemporaryDirectory(prefix="newsdesk-settings-") as folder:
        target = Path(folder) / "settings.toml"
        await context.services.download(file.url, target, most_bytes=LARGEST_SETTINGS)
        data = await asyncio.to_thread(target.read_bytes)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInputError("The file is not UTF-8.", cure="Save it as UTF-8.") from error


async def _place(context: Context) -> Place:
    guild_id, guild = context.require_server(), await context.require_visible_server()
    postable = [each.id for each in (*guild.channels, *guild.threads) if each.type in POSTABLE]
    return Place(
        guild_id=guild_id,
        member_id=context.user_id,
        default_timezone=context.services.zone.key,
        known=await read_names(context.store, guild_id),
        ids=ServerIds(
            channels=frozenset(postable),
            text_channels=frozenset(each.id for each in guild.text_channels),
            roles={role.id: editor_problem(role) for role in guild.roles},
        ),
    )


def editor_problem(role: discord.Role) -> NewsdeskError | None:
    """Return why a role can't be an editor role; None if it can."""
    tags = role.tags
    try:
        require_editor_role(
            role_id=role.id,
            guild_id=role.guild.id,
            is_managed=role.managed,
            is_taken_freely=role.flags.in_prompt or (tags is not None and tags.is_guild_connection()),
        )
    except NewsdeskError as error:
        return error
    return None
