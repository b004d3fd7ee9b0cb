"""`/news search latest topics providers`, the pages of a search, and completion while a member types."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal

import discord
from discord import app_commands

from bot.chat.commands.answers import answer, replace
from bot.chat.commands.context import Desk, desk_of, shelves_of
from bot.chat.commands.groups import NEWS
from bot.news.article import ShelfId
from bot.news.message.draft import Draft
from bot.news.parsing.query import read_query
from bot.news.search import PAGE_SIZE, Completion, SearchQuery
from bot.render.search import (
    draft_latest,
    draft_page,
    draft_providers,
    draft_top,
    draft_topics,
)
from bot.store.port.search import SearchStore
from bot.usecases.search import (
    complete_providers,
    complete_topics,
    first_page,
    latest_news,
    list_providers,
    list_topics,
    open_view,
    page_of_view,
    search_news,
)


@NEWS.command(name="search", description="Find articles by words")
@app_commands.describe(
    query='Words; "together", -without, topic:ai, provider:wbur.org, after:2024-01, quality:>=80',
    topic="Only this topic",
    provider="Only this provider",
    after="From this day on: 2024-05-17, 2024-05 or 7d",
    before="Before this day: 2024-05-17, 2024-05 or 7d",
    sort="What comes first",
)
async def search(
    interaction: discord.Interaction,
    query: app_commands.Range[str, 1, 300],
    topic: app_commands.Range[str, 1, 100] | None = None,
    provider: app_commands.Range[str, 1, 100] | None = None,
    after: app_commands.Range[str, 1, 30] | None = None,
    before: app_commands.Range[str, 1, 30] | None = None,
    sort: Literal["relevance", "newest", "score"] = "relevance",
) -> None:
    """Search, and answer with the first page."""
    desk = desk_of(interaction)
    now = desk.clock.now()
    asked = read_query(
        query,
        sort=sort,
        topic=topic or "",
        provider=provider or "",
        after=after or "",
        before=before or "",
        now=now,
        zone=desk.zone,
    )
    await answer(interaction, draft_search(desk.store.search, shelves_of(interaction), asked, now=now))


async def draft_search(store: SearchStore, shelves: Sequence[ShelfId], query: SearchQuery, *, now: datetime) -> Draft:
    """The first page of a search, which is kept so that its other pages can be asked for."""
    result = await search_news(store, shelves, query, now=now, loaded=PAGE_SIZE)
    return draft_page(first_page(await open_view(store, result, now=now), result))


async def page(desk: Desk, shelves: tuple[ShelfId, ...], view_id: str, number: int) -> Draft:
    """One page of a search as it stood when it was asked."""
    shown = await page_of_view(desk.store, shelves, view_id, number, now=desk.clock.now())
    return draft_page(shown)


async def turn_page(interaction: discord.Interaction, args: tuple[str, ...]) -> None:
    """The press on *Next* or *Previous*: the page is shown in the place of the one before."""
    view_id, number = args
    await replace(interaction, page(desk_of(interaction), shelves_of(interaction), view_id, int(number)))


@NEWS.command(name="latest", description="The newest articles")
@app_commands.describe(topic="Only this topic", provider="Only this provider", count="How many, 1 to 20")
async def latest(
    interaction: discord.Interaction,
    topic: app_commands.Range[str, 1, 100] | None = None,
    provider: app_commands.Range[str, 1, 100] | None = None,
    count: app_commands.Range[int, 1, 20] = 5,
) -> None:
    """Answer with the newest."""

    async def work() -> Draft:
        desk = desk_of(interaction)
        articles = await latest_news(
            desk.store.search, shelves_of(interaction), topic=topic or "", provider=provider or "", limit=count
        )
        return draft_latest(articles, topic=topic or "", provider=provider or "")

    await answer(interaction, work())


@NEWS.command(name="top", description="The best stories of a day, a week, a month or of all")
@app_commands.describe(period="Of how long", topic="Only this topic", count="How many, 1 to 20")
async def top(
    interaction: discord.Interaction,
    period: Literal["day", "week", "month", "all"] = "week",
    topic: app_commands.Range[str, 1, 100] | None = None,
    count: app_commands.Range[int, 1, 20] = 5,
) -> None:
    """Answer with the highest scores."""
    days = _DAYS[period]

    async def work() -> Draft:
        desk = desk_of(interaction)
        stories = await desk.stories.top(shelves_of(interaction), days=days, topic=topic or "", limit=count)
        return draft_top(stories, days=days, topic=topic or "")

    await answer(interaction, work())


_DAYS: Final = {"day": 1, "week": 7, "month": 30, "all": None}


@NEWS.command(name="topics", description="Topics there are articles on")
@app_commands.describe(filter="Part of a topic's name")
async def topics(interaction: discord.Interaction, filter: app_commands.Range[str, 1, 100] | None = None) -> None:  # noqa: A002 - the option's name for members
    """Answer with the topics and how many articles each has."""

    async def work() -> Draft:
        found = await list_topics(desk_of(interaction).store.search, shelves_of(interaction), contains=filter or "")
        return draft_topics(found, contains=filter or "")

    await answer(interaction, work())


@NEWS.command(name="providers", description="Providers there are articles from")
@app_commands.describe(filter="Part of a provider's name or domain")
async def providers(interaction: discord.Interaction, filter: app_commands.Range[str, 1, 100] | None = None) -> None:  # noqa: A002 - the option's name for members
    """Answer with the providers and how many articles each has."""

    async def work() -> Draft:
        found = await list_providers(desk_of(interaction).store.search, shelves_of(interaction), contains=filter or "")
        return draft_providers(found, contains=filter or "")

    await answer(interaction, work())


@search.autocomplete("topic")
@latest.autocomplete("topic")
@top.autocomplete("topic")
async def topic_choices(interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Topics whose name holds what was typed."""
    return choices(await complete_topics(desk_of(interaction).store.search, shelves_of(interaction), typed))


@search.autocomplete("provider")
@latest.autocomplete("provider")
async def provider_choices(interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Providers whose name or domain holds what was typed."""
    return choices(await complete_providers(desk_of(interaction).store.search, shelves_of(interaction), typed))


def choices(completions: tuple[Completion, ...]) -> list[app_commands.Choice[str]]:
    """Completions as Discord takes them: 25 at most."""
    return [app_commands.Choice(name=found.label, value=found.value) for found in completions[:25]]
