"""discord.py, unmodified, finds nothing missing in the sandbox."""

from __future__ import annotations

import asyncio
import io

import discord
import pytest
from discord import app_commands

from bot.sandbox import Channel, Guild, Member, Sandbox, SandboxError, Upload
from tests.sandbox.conftest import SmallBot, Start


class Panel(discord.ui.LayoutView):
    """A container with a section, a row of buttons and a select."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        picture = discord.ui.Thumbnail("https://pictures.example/lamp.png", description="A lamp")
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


def news_bot() -> SmallBot:
    """A bot that answers a command, completions, a button, a select, a modal, a menu and an upload."""
    bot = SmallBot()
    group = app_commands.Group(name="news", description="News")

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
    async def topics(interaction: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
        names = ["fashion", "fables", "AI"]
        return [app_commands.Choice(name=one.title(), value=one) for one in names if one.startswith(current)]

    @group.command(name="slow", description="Slow")
    async def slow(interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await asyncio.sleep(0.02)
        await interaction.edit_original_response(content="done")

    @group.command(name="panel", description="Panel")
    async def panel(interaction: discord.Interaction) -> None:
        await interaction.response.send_message(view=Panel())

    @group.command(name="upload", description="Upload")
    async def upload(interaction: discord.Interaction, file: discord.Attachment, where: discord.TextChannel) -> None:
        content = await file.read()
        reply = discord.File(io.BytesIO(content.upper()), "loud.txt")
        await interaction.response.send_message(f"{file.filename} for {where.name}", file=reply)

    @group.command(name="form", description="Form")
    async def form(interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Form())

    @group.command(name="more", description="More")
    async def more(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("one")
        await interaction.followup.send("two", ephemeral=True)

    @group.command(name="silent", description="Says nothing")
    async def silent(interaction: discord.Interaction) -> None:
        del interaction

    @app_commands.command(name="admin", description="Admin")
    @app_commands.default_permissions(manage_guild=True)
    async def admin(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("secret", ephemeral=True)

    @app_commands.context_menu(name="Find related coverage")
    async def related(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"related to {message.content}", ephemeral=True)

    @bot.event
    async def on_interaction(interaction: discord.Interaction) -> None:
        data = interaction.data or {}
        if interaction.type is discord.InteractionType.component and data.get("custom_id") == "full":
            await interaction.response.send_message("all of it", ephemeral=True)
        if interaction.type is discord.InteractionType.component and data.get("custom_id") == "pick":
            await interaction.response.edit_message(view=Panel())

    bot.tree.add_command(group)
    bot.tree.add_command(admin)
    bot.tree.add_command(related)
    return bot


class Form(discord.ui.Modal, title="New schedule"):
    """Asks for a name."""

    name: discord.ui.TextInput[Form] = discord.ui.TextInput(label="Name", custom_id="name", max_length=10)

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"called {self.name.value}", ephemeral=True)


@pytest.fixture
async def bot(sandbox: Sandbox, channel: Channel, start: Start) -> SmallBot:
    """The bot, ready."""
    return await start(news_bot())


async def test_a_bot_becomes_ready_and_knows_its_server(bot: SmallBot, guild: Guild, channel: Channel) -> None:
    """READY and GUILD_CREATE have all that discord.py needs."""
    known = bot.get_guild(guild.id)
    assert known is not None
    assert known.get_channel(channel.id) is not None


async def test_a_whole_session_has_no_deviation(
    bot: SmallBot, sandbox: Sandbox, channel: Channel, member: Member
) -> None:
    """What discord.py sends, and what the sandbox answers, is what Discord's description says."""
    await member.run(channel, "news search", query="lamps")
    await member.run(channel, "news more")
    await member.run(channel, "news slow")
    answer = await member.run(channel, "news panel")
    await member.choose(answer, ["Second"])
    await bot.get_partial_messageable(channel.id, guild_id=channel.guild.id if channel.guild else None).send("hello")
    assert sandbox.deviations == []


async def test_a_slash_command_is_answered(bot: SmallBot, channel: Channel, member: Member) -> None:
    """Options go by name and type."""
    answer = await member.run(channel, "news search", query="lamps", topic="AI", count=2)
    assert (answer.text, answer.ephemeral) == ("lamps/AI/2", True)


async def test_an_autocomplete_offers_choices(bot: SmallBot, channel: Channel, member: Member) -> None:
    """The focused option reaches the bot."""
    choices = await member.complete(channel, "news search", focused="topic", value="fa", query="x")
    assert [choice.name for choice in choices] == ["Fashion", "Fables"]


async def test_a_deferred_answer_is_awaited(bot: SmallBot, channel: Channel, member: Member) -> None:
    """`run` returns when the deferred answer is filled."""
    answer = await member.run(channel, "news slow")
    assert (answer.text, answer.deferred, answer.ephemeral) == ("done", True, True)


async def test_a_layout_view_reads_as_text(bot: SmallBot, channel: Channel, member: Member) -> None:
    """Components come in reading order."""
    answer = await member.run(channel, "news panel")
    assert answer.text == "Lamps\n[picture: A lamp]\n[Full coverage]\n[▾ A story]"


async def test_a_button_inside_a_container_is_pressed(bot: SmallBot, channel: Channel, member: Member) -> None:
    """A button is found by its label."""
    answer = await member.run(channel, "news panel")
    assert (await member.press(answer, "Full coverage")).text == "all of it"


async def test_a_select_can_edit_its_own_message(bot: SmallBot, channel: Channel, member: Member) -> None:
    """An update is told from a new answer."""
    answer = await member.run(channel, "news panel")
    assert (await member.choose(answer, ["Second"])).is_update


async def test_an_attachment_is_read_from_the_cdn(bot: SmallBot, channel: Channel, member: Member) -> None:
    """`discord.Attachment.read` works, and an uploaded answer comes back."""
    file = Upload(filename="seed.txt", content=b"words", content_type="text/plain")
    answer = await member.run(channel, "news upload", file=file, where=channel)
    assert (answer.text.splitlines()[0], answer.files[0].content) == ("seed.txt for news", b"WORDS")


async def test_a_modal_is_opened_and_submitted(bot: SmallBot, channel: Channel, member: Member) -> None:
    """Fields go by their labels."""
    form = await member.run(channel, "news form")
    assert (await member.submit(form, name="Weekly")).text == "called Weekly"


async def test_a_followup_is_kept_beside_the_answer(bot: SmallBot, channel: Channel, member: Member) -> None:
    """Further messages are the answer's follow-ups."""
    answer = await member.run(channel, "news more")
    assert [one.text for one in await answer.wait_for_followups(1)] == ["two"]


async def test_a_message_menu_carries_its_message(bot: SmallBot, channel: Channel, member: Member) -> None:
    """The target is resolved."""
    message = await member.say(channel, "a headline")
    assert (await member.menu(channel, "Find related coverage", message)).text == "related to a headline"


async def test_a_member_does_not_see_an_admins_command(bot: SmallBot, channel: Channel, member: Member) -> None:
    """Default permissions hide a command."""
    with pytest.raises(SandboxError, match="permissions"):
        await member.run(channel, "admin")


async def test_a_hidden_command_can_be_forced(bot: SmallBot, channel: Channel, member: Member) -> None:
    """An admin may have re-assigned the permissions."""
    assert (await member.run(channel, "admin", force=True)).text == "secret"


async def test_silence_is_told_as_the_client_tells_it(bot: SmallBot, channel: Channel, member: Member) -> None:
    """A bot that does not answer is no endless wait."""
    with pytest.raises(SandboxError, match="did not respond to /news silent: nothing within"):
        await member.run(channel, "news silent", timeout=0.2)


async def test_a_command_needs_no_guild_in_direct_messages(bot: SmallBot, member: Member) -> None:
    """Commands work in direct messages."""
    assert (await member.run(member.direct_channel, "news search", query="x")).text == "x/None/3"


async def test_a_direct_message_arrives(bot: SmallBot, sandbox: Sandbox, admin: Member) -> None:
    """The bot can write to a person."""
    user = await bot.fetch_user(admin.id)
    await user.send("psst")
    assert [one.text for one in admin.direct_messages] == ["psst"]
