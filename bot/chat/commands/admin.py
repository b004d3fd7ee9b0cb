"""`/help`, `/admin doctor` and `/admin editors`."""

from __future__ import annotations

from collections.abc import Mapping

import discord
from discord import app_commands

from bot.chat.account.permissions import ChannelPermissions
from bot.chat.answering.answers import Args, answers, replaces
from bot.chat.answering.context import Context
from bot.chat.answering.groups import ADMIN, EDITORS, in_servers_and_direct_messages, installed_by_servers
from bot.chat.commands.settings import editor_problem
from bot.chat.door import MANAGE, MANAGED_PAGE, READ
from bot.checkup import check_server
from bot.news.message.draft import Draft
from bot.news.servers.access import MOST_EDITOR_ROLES
from bot.news.servers.log import LOG_KEPT, Act
from bot.render.admin import HELP, draft_editor_added, draft_editor_removed, draft_editors, draft_help
from bot.render.checkup import draft_health
from bot.render.servers.log import LOG_PAGE, draft_log


@app_commands.command(name="help", description="List the commands and what they do")
@app_commands.describe(topic="Show one topic in full")
@in_servers_and_direct_messages
@installed_by_servers
@app_commands.choices(topic=[app_commands.Choice(name=name, value=name) for name in HELP])
@answers(READ)
async def show_help(_context: Context, topic: str = "") -> Draft:
    """Show a page of help."""
    return draft_help(topic)


@ADMIN.command(name="doctor", description="Check this server's schedules, their channels and permissions, and the bot")
@answers(MANAGE)
async def doctor(context: Context) -> Draft:
    """Check every schedule of the server, its channel and permissions, and the bot itself."""
    guild_id = context.require_server()
    permissions = ChannelPermissions(context.interaction.client, context.services.clock)
    runtime = context.services.runtime()
    is_owner = await context.is_owner()
    return draft_health(
        await check_server(
            context.store, permissions, runtime, guild_id=guild_id, now=context.now(), for_operator=is_owner
        )
    )


@EDITORS.command(name="add", description="Let members with a role manage schedules and content")
@app_commands.describe(role="A role that you give to your editors")
@answers(MANAGE)
async def add_editors(context: Context, role: discord.Role) -> Draft:
    """Name an editor role."""
    guild_id = context.require_server()
    if (problem := editor_problem(role)) is not None:
        raise problem
    has_changed = await context.store.editors.add_editor_role(
        guild_id,
        role.id,
        limit=MOST_EDITOR_ROLES,
        existing=await _role_names(context),
        entry=context.deed().entry(Act.ADD_EDITORS, role.name),
    )
    return draft_editor_added(role.name, has_changed=has_changed)


@EDITORS.command(name="remove", description="Take an editor role's rights away; the role itself stays")
@app_commands.describe(role="The role")
@answers(MANAGE)
async def remove_editors(context: Context, role: discord.Role) -> Draft:
    """Make a role an ordinary one again."""
    entry = context.deed().entry(Act.REMOVE_EDITORS, role.name)
    has_changed = await context.store.editors.remove_editor_role(context.require_server(), role.id, entry=entry)
    return draft_editor_removed(role.name, has_changed=has_changed)


@EDITORS.command(name="list", description="List the editor roles of this server")
@answers(MANAGE)
async def list_editors(context: Context) -> Draft:
    """List the server's editor roles, also those that were deleted in Discord."""
    names = await _role_names(context)
    roles = await context.store.editors.editor_roles(context.require_server())
    return draft_editors([names.get(role) for role in sorted(roles)])


@ADMIN.command(name="log", description="List what was done here in the last 30 days, and who did it")
@answers(MANAGE)
async def show_log(context: Context) -> Draft:
    """Show the newest entries of the server's log."""
    return await _log(context, 0)


@replaces(MANAGED_PAGE)
async def turn_log(context: Context, args: Args) -> Draft:
    """Handle the buttons *Newer* and *Older* of the log."""
    return await _log(context, int(args[0]))


async def _log(context: Context, first: int) -> Draft:
    since = context.now() - LOG_KEPT
    found = await context.store.log.entries(context.require_server(), since=since, limit=LOG_PAGE + 1, offset=first)
    return draft_log(found, first=first)


async def _role_names(context: Context) -> Mapping[int, str]:
    """Return the names of all roles that the server has now, by id."""
    guild = await context.require_visible_server()
    return {role.id: role.name for role in guild.roles}
