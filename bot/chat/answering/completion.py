"""Autocomplete: articles, topics, providers, schedules, imports and time zones while a member types."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from functools import wraps
from typing import Any, Final, TypeAlias

import discord
from discord import app_commands

from bot.chat.answering.context import context_of
from bot.chat.door import COMPLETE, COMPLETE_FOR_EDITORS, Effect, admitted, declare
from bot.errors import ForbiddenError, LateError, TooManyError
from bot.news.article import ShelfId, server_shelf
from bot.news.parsing.names import as_item, folded, last_name, split_names
from bot.news.parsing.rule import EXAMPLES
from bot.news.parsing.times import complete_zones
from bot.news.search import Completion
from bot.render.format.clip import units
from bot.render.servers.rollback import batch_label
from bot.store.port.search import SearchStore
from bot.text.words import fold
from bot.usecases.search import complete_articles, complete_providers, complete_topics

Choices = list[app_commands.Choice[str]]

MOST_CHOICES: Final = 25
LONGEST_CHOICE: Final = 100
"""Discord's limits; the length in UTF-16 units."""

Autocomplete: TypeAlias = Callable[[discord.Interaction, str], Coroutine[Any, Any, Choices]]
Complete = Callable[[SearchStore, Sequence[ShelfId], str], Awaitable[tuple[Completion, ...]]]


def _completing(effect: Effect) -> Callable[[Autocomplete], Autocomplete]:
    """Let a completion pass the door; if it is refused, there is nothing to choose from."""

    def declared(complete: Autocomplete) -> Autocomplete:
        @wraps(complete)
        async def bounded(interaction: discord.Interaction, typed: str) -> Choices:
            context = context_of(interaction)
            context.note_arrival()
            try:
                async with admitted(context, effect):
                    return await complete(interaction, typed)
            except (TooManyError, LateError, ForbiddenError):
                return []

        return declare(bounded, effect)

    return declared


_completes = _completing(COMPLETE)
_completes_for_editors = _completing(COMPLETE_FOR_EDITORS)


@_completes
async def article_choices(interaction: discord.Interaction, typed: str) -> Choices:
    """Complete articles by the words of their titles."""
    context = context_of(interaction)
    return _choices(await complete_articles(context.store.search, context.shelves, typed))


@_completes
async def topic_choices(interaction: discord.Interaction, typed: str) -> Choices:
    """Complete topics by a part of their names."""
    context = context_of(interaction)
    return _choices(await complete_topics(context.store.search, context.shelves, typed))


@_completes
async def provider_choices(interaction: discord.Interaction, typed: str) -> Choices:
    """Complete providers by a part of their names or domains."""
    context = context_of(interaction)
    return _choices(await complete_providers(context.store.search, context.shelves, typed))


@_completes
async def topic_list_choices(interaction: discord.Interaction, typed: str) -> Choices:
    """Complete the last topic of a comma-separated list."""
    return await _complete_last(interaction, typed, complete_topics)


@_completes
async def provider_list_choices(interaction: discord.Interaction, typed: str) -> Choices:
    """Complete the last provider of a comma-separated list, by name or domain."""
    return await _complete_last(interaction, typed, complete_providers)


@_completes
async def mute_list_choices(interaction: discord.Interaction, typed: str) -> Choices:
    """Complete the last topic or provider of a comma-separated list."""
    return await _complete_last(interaction, typed, complete_topics, complete_providers)


async def _complete_last(interaction: discord.Interaction, typed: str, *completes: Complete) -> Choices:
    """Offer the list with its last item completed; one that is finished is not offered again."""
    context = context_of(interaction)
    before, begun = last_name(typed)
    given = {folded(item.text) for item in split_names(before)}
    found = [each for complete in completes for each in await complete(context.store.search, context.shelves, begun)]
    # Those that begin with what was typed come first, of either kind.
    found.sort(key=lambda each: not folded(each.label).startswith(folded(begun)))
    choices = (_with_items(before, each) for each in found if folded(each.value) not in given)
    return [choice for choice in choices if choice is not None][:MOST_CHOICES]


def _with_items(before: str, found: Completion) -> app_commands.Choice[str] | None:
    """A choice for the whole list; None if Discord takes none of its length.

    If the member types on, Discord sends the label, so that is a list as well.
    """
    head = f"{before} " if before else ""
    value, label = head + as_item(found.value), head + as_item(found.label)
    if units(value) > LONGEST_CHOICE:
        return None
    return app_commands.Choice(name=label if units(label) <= LONGEST_CHOICE else value, value=value)


@_completes
async def schedule_choices(interaction: discord.Interaction, typed: str) -> Choices:
    """Complete the server's schedules by a part of their names."""
    context = context_of(interaction)
    if context.guild_id is None:
        return []
    schedules = await context.store.schedules.schedules(context.guild_id)
    wanted = fold(typed)
    return _as_typed(schedule.name for schedule in schedules if wanted in fold(schedule.name))


@_completes_for_editors
async def batch_choices(interaction: discord.Interaction, typed: str) -> Choices:
    """Complete the server's imports that can be rolled back by a part of what they are called or of their id."""
    context = context_of(interaction)
    if context.guild_id is None:
        return []
    shelf, wanted = server_shelf(context.guild_id), fold(typed)
    batches = [each for each in await context.store.articles.imports(shelf, limit=MOST_CHOICES) if each.can_roll_back]
    deeds = [each.deed_id for each in batches if each.deed_id is not None]
    members = await context.store.log.members_of(context.guild_id, deeds)
    labels = [batch_label(each, is_own=members.get(each.deed_id or 0) == context.user_id) for each in batches]
    return [
        app_commands.Choice(name=label, value=each.id)
        for each, label in zip(batches, labels, strict=True)
        if wanted in fold(label)
    ]


@_completes
async def zone_choices(_interaction: discord.Interaction, typed: str) -> Choices:
    """Complete time zones of the tz database by a part of their names."""
    return [app_commands.Choice(name=zone.label, value=zone.name) for zone in complete_zones(typed, limit=MOST_CHOICES)]


@_completes
async def rule_choices(_interaction: discord.Interaction, typed: str) -> Choices:
    """Complete the rules by which stories are chosen."""
    return _as_typed(rule for rule in EXAMPLES if rule.startswith(typed.casefold().strip()))


def _choices(completions: tuple[Completion, ...]) -> Choices:
    return [app_commands.Choice(name=found.label, value=found.value) for found in completions[:MOST_CHOICES]]


def _as_typed(names: Iterable[str]) -> Choices:
    return [app_commands.Choice(name=name, value=name) for name in names][:MOST_CHOICES]
