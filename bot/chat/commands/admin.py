"""`/help`, and `/admin doctor`: what is well here, what is not, what to do."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.chat.account.permissions import ChannelPermissions
from bot.chat.commands.answers import answer
from bot.chat.commands.context import desk_of, require_manager
from bot.chat.commands.groups import ADMIN
from bot.checkup import check_server
from bot.news.message.draft import Draft
from bot.render.admin import HELP, draft_help
from bot.render.checkup import draft_health


@app_commands.command(name="help", description="What I can do, and how to ask for it")
@app_commands.describe(topic="One part of it in full")
@app_commands.choices(topic=[app_commands.Choice(name=name, value=name) for name in HELP])
async def show_help(interaction: discord.Interaction, topic: str = "") -> None:
    """Answer with a page of help."""

    async def work() -> Draft:
        return draft_help(topic)

    await answer(interaction, work())


@ADMIN.command(name="doctor", description="What is well with the schedules of this server, what is not, what to do")
async def doctor(interaction: discord.Interaction) -> None:
    """Look at every schedule, its channel and permissions, and at the bot itself."""
    guild_id, desk = require_manager(interaction), desk_of(interaction)

    async def work() -> Draft:
        permissions = ChannelPermissions(interaction.client, desk.clock)
        now = desk.clock.now()
        return draft_health(await check_server(desk.store, permissions, desk.runtime(), guild_id=guild_id, now=now))

    await answer(interaction, work())
