"""`/help`, and `/admin doctor`."""

from __future__ import annotations

from discord import app_commands

from bot.chat.account.permissions import ChannelPermissions
from bot.chat.answering.answers import answers
from bot.chat.answering.context import Context
from bot.chat.answering.groups import ADMIN, in_servers_and_direct_messages, installed_by_servers
from bot.chat.door import MANAGE, READ
from bot.checkup import check_server
from bot.news.message.draft import Draft
from bot.render.admin import HELP, draft_help
from bot.render.checkup import draft_health


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
    guild_id = context.require_manager()
    permissions = ChannelPermissions(context.interaction.client, context.services.clock)
    runtime = context.services.runtime()
    return draft_health(await check_server(context.store, permissions, runtime, guild_id=guild_id, now=context.now()))
