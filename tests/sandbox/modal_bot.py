"""A small bot on discord.py whose modals have one of each component, and whose messages have one of each select."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from tests.sandbox.conftest import SmallBot


class Words(ui.Modal, title="Words"):
    """Text inputs with limits, a default, and one that may stay empty."""

    intro: ui.TextDisplay[Any] = ui.TextDisplay("Say it **briefly**.")
    name: ui.Label[Words] = ui.Label(
        text="Name", component=ui.TextInput(custom_id="name", default="Weekly", min_length=3, max_length=10)
    )
    note: ui.Label[Words] = ui.Label(
        text="A note",
        description="If you like",
        component=ui.TextInput(custom_id="note", style=discord.TextStyle.paragraph, required=False),
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Respond with both."""
        await _say(interaction, _value(self.name), _value(self.note))


class Choices(ui.Modal, title="Choices"):
    """What is chosen from options, with defaults."""

    days: ui.Label[Choices] = ui.Label(
        text="Days",
        component=ui.Select(
            custom_id="days",
            max_values=2,
            options=[
                discord.SelectOption(label="Monday", value="mon", default=True),
                discord.SelectOption(label="Tuesday", value="tue"),
                discord.SelectOption(label="Friday", value="fri"),
            ],
        ),
    )
    stories: ui.Label[Choices] = ui.Label(
        text="Stories",
        component=ui.RadioGroup(
            custom_id="stories",
            options=[
                discord.RadioGroupOption(label="Three", value="3"),
                discord.RadioGroupOption(label="Five", value="5", default=True),
            ],
        ),
    )
    topics: ui.Label[Choices] = ui.Label(
        text="Topics",
        component=ui.CheckboxGroup(
            custom_id="topics",
            required=False,
            min_values=0,
            max_values=2,
            options=[
                discord.CheckboxGroupOption(label="AI", value="ai", default=True),
                discord.CheckboxGroupOption(label="Fashion", value="fashion"),
                discord.CheckboxGroupOption(label="Law", value="law"),
            ],
        ),
    )
    silent: ui.Label[Choices] = ui.Label(text="Silent", component=ui.Checkbox(custom_id="silent", default=True))
    colour: ui.Label[Choices] = ui.Label(
        text="Colour",
        component=ui.RadioGroup(
            custom_id="colour",
            required=False,
            options=[discord.RadioGroupOption(label="Red"), discord.RadioGroupOption(label="Blue")],
        ),
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Respond with all of them."""
        fields = (self.days, self.stories, self.topics, self.silent, self.colour)
        await _say(interaction, *map(_value, fields))


class Things(ui.Modal, title="Things"):
    """Channels, people and roles of the server, and files."""

    def __init__(self, channel: discord.abc.Snowflake) -> None:
        super().__init__()
        chosen: ui.ChannelSelect[Any] = ui.ChannelSelect(
            custom_id="channel",
            required=True,
            channel_types=[discord.ChannelType.text, discord.ChannelType.forum],
            default_values=[discord.SelectDefaultValue.from_channel(channel)],
        )
        self.fields: list[ui.Label[Any]] = [
            ui.Label(text="Channel", component=chosen),
            ui.Label(text="Editors", component=ui.UserSelect(custom_id="editors", max_values=3, required=False)),
            ui.Label(text="Role", component=ui.RoleSelect(custom_id="role", required=False)),
            ui.Label(text="Anyone", component=ui.MentionableSelect(custom_id="anyone", max_values=2, required=False)),
            ui.Label(text="Files", component=ui.FileUpload(custom_id="files", max_values=10, required=False)),
        ]
        for field in self.fields:
            self.add_item(field)

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Respond with their ids, and the files' contents."""
        *selects, files = (_value(field) for field in self.fields)
        ids = [sorted(one.id for one in values) for values in selects]
        contents = [(await one.read()).decode() for one in files]
        await _say(interaction, *ids, contents)


class Again(ui.Modal, title="Again"):
    """A modal that tries to answer its own submission with a modal."""

    name: ui.Label[Again] = ui.Label(text="Name", component=ui.TextInput(custom_id="name"))

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Respond with Discord's refusal."""
        try:
            await interaction.response.send_modal(Words())
        except discord.HTTPException as error:
            await interaction.response.send_message(f"refused with {error.status}, code {error.code}")


class Selects(ui.View):
    """A message with one select for each kind of thing."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        kinds = (ui.UserSelect, ui.RoleSelect, ui.MentionableSelect, ui.ChannelSelect)
        for kind in kinds:
            select: Any = kind(custom_id=kind.__name__, max_values=2)
            select.callback = _chosen_by(select)
            self.add_item(select)


def _chosen_by(select: Any) -> Any:
    async def chosen(interaction: discord.Interaction) -> None:
        await _say(interaction, sorted(one.id for one in select.values))

    return chosen


def _value(field: ui.Label[Any]) -> Any:
    component: Any = field.component
    return component.values if hasattr(component, "values") else component.value


async def _say(interaction: discord.Interaction, *values: object) -> None:
    await interaction.response.send_message(repr(values), ephemeral=True)


class ModalBot(SmallBot):
    """Keeps the data of each interaction, as it came."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Any] = []

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Keep its data."""
        self.seen.append(interaction.data)


def modal_bot() -> ModalBot:
    """Create a bot with a command for each of the modals, and one for the selects."""
    bot = ModalBot()

    @bot.tree.command(name="form", description="A form")
    async def form(interaction: discord.Interaction, kind: str) -> None:
        assert interaction.channel is not None
        forms = {"words": Words, "choices": Choices, "again": Again}
        modal = Things(interaction.channel) if kind == "things" else forms[kind]()
        await interaction.response.send_modal(modal)

    @bot.tree.command(name="selects", description="Selects")
    async def selects(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("Choose", view=Selects())

    return bot
