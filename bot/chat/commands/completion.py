"""Autocomplete: articles, topics, providers, schedules and time zones while a member types."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import discord
from discord import app_commands

from bot.chat.commands.context import context_of
from bot.news.parsing.times import complete_zones
from bot.news.search import Completion
from bot.usecases.search import complete_articles, complete_providers, complete_topics

Choices = list[app_commands.Choice[str]]

MOST_CHOICES: Final = 25
"""Discord's limit."""


async def article_choices(interaction: discord.Interaction, typed: str) -> Choices:
    """Complete articles by the words of their titles."""
    context = context_of(interaction)
    return _choices(await complete_articles(context.store.search, context.shelves, typed))


async def topic_choices(interaction: discord.Interaction, typed: str) -> Choices:
    """Complete topics by a part of their names."""
    context = context_of(interaction)
    return _choices(await complete_topics(context.store.search, context.shelves, typed))


async def provider_choices(interaction: discord.Interaction, typed: str) -> Choices:
    """Complete providers by a part of their names or domains."""
    context = context_of(interaction)
    return _choices(await complete_providers(context.store.search, context.shelves, typed))


async def schedule_choices(interaction: discord.Interaction, typed: str) -> Choices:
    """Complete the server's schedules by a part of their names."""
    context = context_of(interaction)
    if context.guild_id is None:
        return []
    schedules = await context.store.schedules.schedules(context.guild_id)
    wanted = typed.casefold()
    return _as_typed(schedule.name for schedule in schedules if wanted in schedule.name.casefold())


async def zone_choices(_interaction: discord.Interaction, typed: str) -> Choices:
    """Complete time zones of the tz database by a part of their names."""
    return _as_typed(complete_zones(typed))


def _choices(completions: tuple[Completion, ...]) -> Choices:
    return [app_commands.Choice(name=found.label, value=found.value) for found in completions[:MOST_CHOICES]]


def _as_typed(names: Iterable[str]) -> Choices:
    return [app_commands.Choice(name=name, value=name) for name in names][:MOST_CHOICES]
