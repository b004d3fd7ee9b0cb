"""`/news suggest`, the message menu *Suggest for the next edition*, and the buttons of a suggestion."""

from __future__ import annotations

from pathlib import Path

import discord
from discord import app_commands

from bot.chat.answering.answers import Args, answers
from bot.chat.answering.context import Context
from bot.chat.answering.groups import NEWS, in_servers, installed_by_servers
from bot.chat.door import DECIDE, SUGGEST
from bot.news.article import server_shelf, shelves_seen_by
from bot.news.message.draft import Draft
from bot.news.servers.suggestion import Page, SuggestionId
from bot.render.edition.suggestion import draft_named, draft_refused, draft_suggested, draft_taken
from bot.threads import compute
from bot.usecases.ingest import Upload
from bot.usecases.suggestion import name_suggester, refuse_suggestion, suggest_message, take_suggestion


@NEWS.command(name="suggest", description="Suggest a link for this server's next edition")
@app_commands.describe(url="The link", title="Its title (optional)")
@answers(SUGGEST)
async def suggest(
    context: Context, url: app_commands.Range[str, 1, 2048], title: app_commands.Range[str, 1, 200] = ""
) -> Draft:
    """Suggest a link."""
    return await _suggest(context, url, (), title=title)


@app_commands.context_menu(name="Suggest for the next edition")
@in_servers
@installed_by_servers
@answers(SUGGEST)
async def suggest_of_message(context: Context, message: discord.Message) -> Draft:
    """Suggest the page that a message links to, with what the message shows of it."""
    return await _suggest(context, message.content, tuple(map(_page_of, message.embeds)))


async def _suggest(context: Context, text: str, pages: tuple[Page, ...], *, title: str = "") -> Draft:
    suggestion = await suggest_message(
        context.store,
        context.require_server(),
        text,
        pages,
        title=title,
        member_id=context.user_id,
        now=context.now(),
    )
    context.services.wake_sender()
    return draft_suggested(suggestion)


def _page_of(embed: discord.Embed) -> Page:
    return Page(
        url=embed.url or "",
        title=embed.title or "",
        description=embed.description or "",
        picture_url=embed.image.url or embed.thumbnail.url or "",
        site=embed.provider.name or "",
    )


@answers(SUGGEST)
async def show_name(context: Context, args: Args) -> Draft:
    """Handle the button *Show my name with it*."""
    await name_suggester(
        context.store,
        context.require_server(),
        SuggestionId(int(args[0])),
        member_id=context.user_id,
        name=context.interaction.user.display_name,
    )
    context.services.wake_sender()
    return draft_named()


@answers(DECIDE)
async def take(context: Context, args: Args) -> Draft:
    """Handle the button *Take*: import the suggestion into the server's articles."""
    guild_id, suggestion = _named(args)

    async def take_in(name: str, text: str) -> None:
        async def fetch(path: Path) -> None:
            await compute(path.write_bytes, text.encode())

        upload = Upload(name=name, fetch=fetch)
        uploads, taker = context.services.uploads, context.interaction.id
        await uploads.put_at_once([upload], server_shelf(guild_id), deed_id=taker)
        await context.services.stories.take_in(shelves_seen_by(guild_id))

    taken = await take_suggestion(context.store, guild_id, suggestion, take_in, deed=context.deed(guild_id))
    context.services.wake_sender()
    return draft_taken(taken)


@answers(DECIDE)
async def refuse(context: Context, args: Args) -> Draft:
    """Handle the button *Refuse*."""
    guild_id, suggestion = _named(args)
    await refuse_suggestion(context.store, guild_id, suggestion, deed=context.deed(guild_id))
    context.services.wake_sender()
    return draft_refused()


def _named(args: Args) -> tuple[int, SuggestionId]:
    return int(args[0]), SuggestionId(int(args[1]))
