"""`/news search latest top topics providers`, and the pages of a search."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal

from discord import app_commands

from bot.chat.answering.answers import Args, archive_answers, replaces
from bot.chat.answering.completion import provider_choices, topic_choices
from bot.chat.answering.context import Context
from bot.chat.answering.groups import NEWS
from bot.chat.door import PAGE, READ
from bot.news.article import ShelfId
from bot.news.message.draft import Draft
from bot.news.parsing.query import read_query
from bot.news.search import PAGE_SIZE, SearchQuery
from bot.render.search import draft_latest, draft_page, draft_providers, draft_top, draft_topics
from bot.store.port.search import SearchStore
from bot.usecases.search import (
    first_page,
    latest_news,
    list_providers,
    list_topics,
    open_view,
    page_of_view,
    query_as_typed,
    search_news,
)

Count = app_commands.Range[int, 1, 20]
Day = app_commands.Range[str, 1, 30]
Words = app_commands.Range[str, 1, 100]

_COUNT: Final = "How many, 1 to 20 (default 5)"
_TOPIC: Final = "Only this topic"
_PROVIDER: Final = "Only this provider"
_DAYS: Final = {"day": 1, "week": 7, "month": 30, "all": None}


@NEWS.command(name="search", description="Search articles")
@app_commands.describe(
    query='Words; "together", -without, topic:ai, provider:wbur.org, after:2024-01, quality:>=80',
    topic=_TOPIC,
    provider=_PROVIDER,
    after="Published on or after this day: 2024-05-17, 2024-05 or 7d",
    before="Published before this day: 2024-05-17, 2024-05 or 7d",
    sort="The order of the results (default relevance)",
)
@app_commands.autocomplete(topic=topic_choices, provider=provider_choices)
@archive_answers(READ)
async def search(
    context: Context,
    query: app_commands.Range[str, 1, 300],
    topic: Words | None = None,
    provider: Words | None = None,
    after: Day | None = None,
    before: Day | None = None,
    sort: Literal["relevance", "newest", "score"] = "relevance",
) -> Draft:
    """Search, and show the first page."""
    now = context.now()
    asked = read_query(
        query,
        sort=sort,
        topic=topic or "",
        provider=provider or "",
        after=after or "",
        before=before or "",
        now=now,
        zone=context.services.zone,
    )
    return await draft_search(context.store.search, context.shelves, asked, now=now)


async def draft_search(store: SearchStore, shelves: Sequence[ShelfId], query: SearchQuery, *, now: datetime) -> Draft:
    """Search, keep the results so that members can turn pages, and draw the first page."""
    query = dataclasses.replace(query, by_story=True)
    result = await search_news(store, shelves, query, now=now, loaded=PAGE_SIZE)
    return draft_page(first_page(await open_view(store, result, now=now), result))


async def page(context: Context, view_id: str, number: int) -> Draft:
    """Draw one page of a search as its results were when it was made."""
    shown = await page_of_view(context.store, context.shelves, view_id, number, now=context.now())
    return draft_page(shown)


@replaces(PAGE)
async def turn_page(context: Context, args: Args) -> Draft:
    """Handle the buttons *Next* and *Previous*: the page replaces the one before."""
    view_id, number = args
    return await page(context, view_id, int(number))


@replaces(READ)
async def search_as_typed(context: Context, args: Args) -> Draft:
    """Handle the button *Search as typed*: the results without corrections replace those with them."""
    (view_id,) = args
    now = context.now()
    query = await query_as_typed(context.store.search, view_id, now=now)
    return await draft_search(context.store.search, context.shelves, query, now=now)


@NEWS.command(name="latest", description="List the newest articles")
@app_commands.describe(topic=_TOPIC, provider=_PROVIDER, count=_COUNT)
@app_commands.autocomplete(topic=topic_choices, provider=provider_choices)
@archive_answers(READ)
async def latest(
    context: Context, topic: Words | None = None, provider: Words | None = None, count: Count = 5
) -> Draft:
    """List the newest articles."""
    asked = {"topic": topic or "", "provider": provider or ""}
    return draft_latest(await latest_news(context.store.search, context.shelves, limit=count, **asked), **asked)


@NEWS.command(name="top", description="List the best stories of a day, a week, a month or all time")
@app_commands.describe(period="The last day, week or month, or all (default week)", topic=_TOPIC, count=_COUNT)
@app_commands.autocomplete(topic=topic_choices)
@archive_answers(READ)
async def top(
    context: Context,
    period: Literal["day", "week", "month", "all"] = "week",
    topic: Words | None = None,
    count: Count = 5,
) -> Draft:
    """List the stories with the highest scores."""
    days, wanted = _DAYS[period], topic or ""
    stories = await context.services.stories.top(context.shelves, days=days, topic=wanted, limit=count)
    return draft_top(stories, days=days, topic=wanted)


@NEWS.command(name="topics", description="List topics with their number of articles")
@app_commands.describe(filter="Part of a topic's name")
@archive_answers(READ)
async def topics(context: Context, filter: Words | None = None) -> Draft:  # noqa: A002 - the option's name for members
    """List topics with their number of articles."""
    found = await list_topics(context.store.search, context.shelves, contains=filter or "")
    return draft_topics(found, contains=filter or "")


@NEWS.command(name="providers", description="List providers with their number of articles")
@app_commands.describe(filter="Part of a provider's name or domain")
@archive_answers(READ)
async def providers(context: Context, filter: Words | None = None) -> Draft:  # noqa: A002 - the option's name for members
    """List providers with their number of articles."""
    found = await list_providers(context.store.search, context.shelves, contains=filter or "")
    return draft_providers(found, contains=filter or "")
