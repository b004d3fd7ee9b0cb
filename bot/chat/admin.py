"""`/help`."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.chat.answers import answer
from bot.news.draft import Draft
from bot.render.admin import HELP, draft_help


@app_commands.command(name="help", description="What I can do, and how to ask for it")
@app_commands.describe(topic="One part of it in full")
@app_commands.choices(topic=[app_commands.Choice(name=name, value=name) for name in HELP])
async def show_help(interaction: discord.Interaction, topic: str = "") -> None:
    """Answer with a page of help."""

    async def work() -> Draft:
        return draft_help(topic)

    await answer(interaction, work())
