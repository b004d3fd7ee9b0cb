"""A small news bot on discord.py, with one of each kind of interaction."""

from __future__ import annotations

import asyncio
import io

import discord
from discord import app_commands

from tests.sandbox.conftest import SmallBot


class Panel(discord.ui.LayoutView):
    """A container with a section, a row of buttons and a select."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        picture: discord.ui.Thumbnail[Panel] = discord.ui.Thumbnail(
            "https://pictures.example/lamp.png", description="A lamp"
        )
        full: discord.ui.Button[Panel] = discord.ui.Button(label="Full coverage", custom_id="full")
        pick: discord.ui.Select[Panel] = discord.ui.Select(
            custom_id="pick",
            placeholder="A story",
            options=[discord.SelectOption(label="First", value="1"), discord.SelectOption(label="Second", value="2")],
        )
        self.add_item(
            discord.ui.Container(
                discord.ui.Section("## [Lamps](https://news.example/lamps)", accessory=picture),
                discord.ui.ActionRow(full),
                discord.ui.ActionRow(pick),
            )
        )


class Form(discord.ui.Modal, title="New schedule"):
    """A modal with a name."""

    name: discord.ui.TextInput[Form] = discord.ui.TextInput(label="Name", custom_id="name", max_length=10)

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Respond with the name."""
        await interaction.response.send_message(f"called {self.name.value}", ephemeral=True)


def news_bot() -> SmallBot:
    """Create a bot that answers commands, autocomplete, buttons, selects, a modal, a menu and an upload."""
    bot = SmallBot()
    group = app_commands.Group(name="news", description="News")
    _add_search(group)
    _add_answers(group)
    _add_files_and_forms(group)
    bot.tree.add_command(group)
    _add_admin_and_menu(bot)

    @bot.event
    async def on_interaction(interaction: discord.Interaction) -> None:
        data: dict[str, object] = dict(interaction.data or {})
        if interaction.type is discord.InteractionType.component and data.get("custom_id") == "full":
            await interaction.response.send_message("all of it", ephemeral=True)
        if interaction.type is discord.InteractionType.component and data.get("custom_id") == "pick":
            await interaction.response.edit_message(view=Panel())

    return bot


def _add_search(group: app_commands.Group) -> None:
    @group.command(name="search", description="Search")
    @app_commands.describe(query="What", topic="Topic", count="How many")
    async def search(
        interaction: discord.Interaction,
        query: str,
        topic: str | None = None,
        count: app_commands.Range[int, 1, 5] = 3,
    ) -> None:
        await interaction.response.send_message(f"{query}/{topic}/{count}", ephemeral=True)

    @search.autocomplete("topic")
    async def topics(_: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
        names = ["fashion", "fables", "AI"]
        return [app_commands.Choice(name=one.title(), value=one) for one in names if one.startswith(current)]


def _add_answers(group: app_commands.Group) -> None:
    @group.command(name="slow", description="Slow")
    async def slow(interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await asyncio.sleep(0.02)
        await interaction.edit_original_response(content="done")

    @group.command(name="panel", description="Panel")
    async def panel(interaction: discord.Interaction) -> None:
        await interaction.response.send_message(view=Panel())

    @group.command(name="more", description="More")
    async def more(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("one")
        await interaction.followup.send("two", ephemeral=True)

    @group.command(name="silent", description="Says nothing")
    async def silent(interaction: discord.Interaction) -> None:
        del interaction


def _add_files_and_forms(group: app_commands.Group) -> None:
    @group.command(name="upload", description="Upload")
    async def upload(interaction: discord.Interaction, file: discord.Attachment, where: discord.TextChannel) -> None:
        content = await file.read()
        reply = discord.File(io.BytesIO(content.upper()), "loud.txt")
        await interaction.response.send_message(f"{file.filename} for {where.name}", file=reply)

    @group.command(name="form", description="Form")
    async def form(interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Form())


def _add_admin_and_menu(bot: SmallBot) -> None:
    @app_commands.command(name="admin", description="Admin")
    @app_commands.default_permissions(manage_guild=True)
    async def admin(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("secret", ephemeral=True)

    @app_commands.context_menu(name="Find related coverage")
    async def related(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"related to {message.content}", ephemeral=True)

    bot.tree.add_command(admin)
    bot.tree.add_command(related)
