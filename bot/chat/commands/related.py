"""`/news story related`, the message menu *Find related coverage*, and the buttons *Full coverage* and *Share*."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.chat.answering.answers import Args, archive_answers, posts
from bot.chat.answering.completion import article_choices
from bot.chat.answering.context import Context
from bot.chat.answering.groups import NEWS, in_servers_and_direct_messages, installed_by_servers
from bot.chat.commands.search import page
from bot.chat.door import READ, SHARE
from bot.errors import BadInputError, UnknownArticleError
from bot.news.article import ArticleId
from bot.news.message.draft import Draft
from bot.news.stories.related import Coverage
from bot.render.article import draft_article
from bot.render.related import draft_coverage
from bot.render.share import without_private
from bot.usecases.related import coverage_of_text, find_article, related_coverage

ArticleText = app_commands.Range[str, 1, 500]


@NEWS.command(name="story", description="Show one article in full")
@app_commands.describe(article="Its title (choose from the list) or its link")
@app_commands.autocomplete(article=article_choices)
@archive_answers(READ)
async def story(context: Context, article: ArticleText) -> Draft:
    """Show an article."""
    return draft_article(await find_article(context.store.articles, context.store.search, context.shelves, article))


@NEWS.command(name="related", description="List other reports of an article's story, as a timeline")
@app_commands.describe(article="Its title (choose from the list), or any link or headline")
@app_commands.autocomplete(article=article_choices)
@archive_answers(READ)
async def related(context: Context, article: ArticleText) -> Draft:
    """Show the coverage of an article, or of any link or headline."""
    return await _coverage_of_text(context, article)


@app_commands.context_menu(name="Find related coverage")
@in_servers_and_direct_messages
@installed_by_servers
@archive_answers(READ)
async def related_of_message(context: Context, message: discord.Message) -> Draft:
    """Show the coverage of the first link of a message, or of its text."""
    text = " ".join([message.content, *(part for embed in message.embeds for part in (embed.url, embed.title) if part)])
    return await _coverage_of_text(context, text)


async def _coverage_of_text(context: Context, text: str) -> Draft:
    store = context.store
    coverage = await coverage_of_text(store.related, store.articles, store.search, context.shelves, text)
    return await _draft(context, coverage)


async def _coverage_of(context: Context, article: ArticleId) -> Draft:
    """Draw the coverage of an article that a message of ours offered; it may have been removed since."""
    store = context.store
    found = await store.articles.find_article(context.shelves, article)
    if found is None:
        raise UnknownArticleError("This article has been removed.", cure="Look for others with /news search.")
    return await _draft(context, await related_coverage(store.related, store.articles, context.shelves, found))


async def _draft(context: Context, coverage: Coverage) -> Draft:
    """Draw coverage with the story first, if it is of an article of the archive."""
    article = coverage.article
    tied = await context.services.stories.tied(context.shelves, article) if article.id else None
    return draft_coverage(coverage, tied)


@archive_answers(READ)
async def show_coverage(context: Context, args: tuple[str, ...]) -> Draft:
    """Handle the button *Full coverage*: a private timeline."""
    return await _coverage_of(context, ArticleId(args[0]))


@archive_answers(READ)
async def show_chosen_coverage(context: Context, _args: tuple[str, ...]) -> Draft:
    """Handle the choice of a story in an edition's select: its private timeline."""
    values: object = dict(context.interaction.data or {}).get("values")
    if not isinstance(values, list) or not values:
        raise BadInputError("No story was chosen.", cure="Choose one from the list.")
    return await _coverage_of(context, ArticleId(str(values[0])))


@posts(SHARE)
async def share(context: Context, args: Args) -> Draft:
    """Handle the button *Share*: post a member's private answer to the channel, without its private buttons."""
    if len(args) > 1:
        return without_private(await page(context, args[0], int(args[1])))
    return without_private(await _coverage_of(context, ArticleId(args[0])))
