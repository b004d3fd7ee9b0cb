"""`/news story related`, the menu *Find related coverage*, *Full coverage* and *Share*."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.chat.commands.answers import answer, send
from bot.chat.commands.context import Desk, desk_of, shelves_of
from bot.chat.commands.groups import NEWS
from bot.chat.commands.search import choices, page
from bot.errors import BadInputError
from bot.news.article import ArticleId, ShelfId
from bot.news.message.draft import Draft
from bot.news.stories.related import Coverage
from bot.render.article import draft_article
from bot.render.related import draft_coverage
from bot.render.share import without_private
from bot.usecases.related import coverage_of_text, find_article, related_coverage
from bot.usecases.search import complete_articles


@NEWS.command(name="story", description="One article in full")
@app_commands.describe(article="Its title (choose from the list) or its link")
async def story(interaction: discord.Interaction, article: app_commands.Range[str, 1, 500]) -> None:
    """Answer with the article."""

    async def work() -> Draft:
        desk = desk_of(interaction)
        return draft_article(
            await find_article(desk.store.articles, desk.store.search, shelves_of(interaction), article)
        )

    await answer(interaction, work())


@NEWS.command(name="related", description="Who else reports what an article reports")
@app_commands.describe(article="Its title (choose from the list), or any link")
async def related(interaction: discord.Interaction, article: app_commands.Range[str, 1, 500]) -> None:
    """Answer with the coverage of an article, or of any link or headline."""
    await answer(interaction, _coverage_of_text(desk_of(interaction), shelves_of(interaction), article))


@story.autocomplete("article")
@related.autocomplete("article")
async def article_choices(interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Articles whose title holds the typed words."""
    return choices(await complete_articles(desk_of(interaction).store.search, shelves_of(interaction), typed))


@app_commands.context_menu(name="Find related coverage")
async def related_of_message(interaction: discord.Interaction, message: discord.Message) -> None:
    """Answer with the coverage of the first link of a message, or of its text."""
    text = " ".join([message.content, *(part for embed in message.embeds for part in (embed.url, embed.title) if part)])
    await answer(interaction, _coverage_of_text(desk_of(interaction), shelves_of(interaction), text))


async def _coverage_of_text(desk: Desk, shelves: tuple[ShelfId, ...], text: str) -> Draft:
    return await _draft(
        desk,
        shelves,
        await coverage_of_text(desk.store.related, desk.store.articles, desk.store.search, shelves, text),
    )


async def _coverage_of(desk: Desk, shelves: tuple[ShelfId, ...], article: ArticleId) -> Draft:
    found = await find_article(desk.store.articles, desk.store.search, shelves, article)
    return await _draft(desk, shelves, await related_coverage(desk.store.related, desk.store.articles, shelves, found))


async def _draft(desk: Desk, shelves: tuple[ShelfId, ...], coverage: Coverage) -> Draft:
    """Coverage with the story first, where what was asked about is an article of the archive."""
    tied = await desk.stories.tied(shelves, coverage.article) if coverage.article.id else None
    return draft_coverage(coverage, tied)


async def show_coverage(interaction: discord.Interaction, args: tuple[str, ...]) -> None:
    """The press on *Full coverage*: a private timeline."""
    await answer(interaction, _coverage_of(desk_of(interaction), shelves_of(interaction), ArticleId(args[0])))


async def show_chosen_coverage(interaction: discord.Interaction, _args: tuple[str, ...]) -> None:
    """The choice of a story in an edition's list: its private timeline."""
    values: object = dict(interaction.data or {}).get("values")
    if not isinstance(values, list) or not values:
        raise BadInputError("No story was chosen.", cure="Choose one from the list.")
    await answer(interaction, _coverage_of(desk_of(interaction), shelves_of(interaction), ArticleId(str(values[0]))))


async def share(interaction: discord.Interaction, args: tuple[str, ...]) -> None:
    """The press on *Share*: what a member saw privately is shown to the channel, without the private buttons."""
    desk, shelves = desk_of(interaction), shelves_of(interaction)
    if len(args) > 1:
        draft = await page(desk, shelves, args[0], int(args[1]))
    else:
        draft = await _coverage_of(desk, shelves, ArticleId(args[0]))
    await send(interaction, without_private(draft), private=False)
