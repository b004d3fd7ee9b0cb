"""`/content import refresh status problems hide`: what an admin brings in, and what was refused."""

from __future__ import annotations

from typing import Final

import discord
from discord import app_commands

from bot.chat.commands.answers import answer
from bot.chat.commands.context import Desk, desk_of, is_owner, require_manager, require_owner
from bot.chat.commands.groups import CONTENT
from bot.chat.commands.related import article_choices
from bot.errors import BadInputError
from bot.news.article import INSTANCE_SHELF, server_shelf, shelves_seen_by
from bot.news.message.draft import Draft
from bot.render.content import draft_content_status, draft_hidden, draft_import_report, draft_problems
from bot.usecases.ingest import hide_article, ingest_upload, room_of

LARGEST_UPLOAD: Final = 10 * 1024 * 1024
"""Bytes; what Discord lets a member attach without a boost. A zip's contents are bounded by themselves."""

PROBLEMS_SHOWN: Final = 200


@CONTENT.command(name="import", description="Bring in a seed file (.md, .txt) or a .zip of them")
@app_commands.describe(file="A seed file or a zip of them", dry_run="Only look: nothing is kept")
async def import_file(
    interaction: discord.Interaction,
    file: discord.Attachment,
    dry_run: bool = False,
) -> None:
    """Import an upload onto the server's own shelf."""
    guild_id = require_manager(interaction)
    await answer(interaction, _import(desk_of(interaction), guild_id, interaction.user.id, file, dry_run=dry_run))


async def _import(desk: Desk, guild_id: int, member_id: int, file: discord.Attachment, *, dry_run: bool) -> Draft:
    if file.size > LARGEST_UPLOAD:
        raise BadInputError(
            f"{file.filename} has {file.size / 2**20:.1f} MiB; {LARGEST_UPLOAD // 2**20} are the most.",
            cure="Split it into several.",
        )
    report = await ingest_upload(
        desk.store.articles,
        await file.read(),
        file.filename,
        server_shelf(guild_id),
        by=member_id,
        clock=desk.clock,
        limits=desk.import_limits,
        dry_run=dry_run,
    )
    if report.added or report.changed:
        await desk.stories.take_in(shelves_seen_by(guild_id))
    return draft_import_report(report)


@CONTENT.command(name="refresh", description="Read the operator's folder again (for the bot's owner)")
async def refresh(interaction: discord.Interaction) -> None:
    """Read the instance's folders again; only for who owns the application."""
    require_manager(interaction)

    async def work(desk: Desk) -> Draft:
        require_owner(interaction)
        reports = await desk.refresh()
        if not reports:
            raise BadInputError("No folder of seeds is configured.", cure="Set `seeds` in the configuration.")
        return draft_import_report(reports[0], *reports[1:])

    await answer(interaction, work(desk_of(interaction)))


@CONTENT.command(name="status", description="How much there is, when it came, what still fits")
async def status(interaction: discord.Interaction) -> None:
    """Answer with the server's shelf and the instance's."""
    guild_id = require_manager(interaction)

    async def work(desk: Desk) -> Draft:
        store, own = desk.store.articles, server_shelf(guild_id)
        imports = (*await store.imports(own, limit=10), *await store.imports(INSTANCE_SHELF, limit=5))
        return draft_content_status(
            await store.shelf_size(own),
            sorted(imports, key=lambda record: record.at, reverse=True),
            problems=len(await store.problems(own, limit=PROBLEMS_SHOWN)),
            left=await room_of(store, own, desk.import_limits, desk.clock),
            instance=await store.shelf_size(INSTANCE_SHELF),
        )

    await answer(interaction, work(desk_of(interaction)))


@CONTENT.command(name="problems", description="Files that were refused, why, and what to do")
async def problems(interaction: discord.Interaction) -> None:
    """Answer with the open problems of the server's shelf; the owner sees the instance's too."""
    guild_id = require_manager(interaction)

    async def work(desk: Desk) -> Draft:
        found = await desk.store.articles.problems(server_shelf(guild_id), limit=PROBLEMS_SHOWN)
        if is_owner(interaction):
            found += await desk.store.articles.problems(INSTANCE_SHELF, limit=PROBLEMS_SHOWN)
        return draft_problems(found)

    await answer(interaction, work(desk_of(interaction)))


@CONTENT.command(name="hide", description="Take an article of this server down, or show it again")
@app_commands.describe(article="Its title (choose from the list) or its link", undo="Show it again")
async def hide(
    interaction: discord.Interaction,
    article: app_commands.Range[str, 1, 500],
    undo: bool = False,
) -> None:
    """Hide an article of the server's own shelf."""
    guild_id = require_manager(interaction)

    async def work(desk: Desk) -> Draft:
        found = await hide_article(desk.store.articles, server_shelf(guild_id), article, hidden=not undo)
        return draft_hidden(found, hidden=not undo)

    await answer(interaction, work(desk_of(interaction)))


hide.autocomplete("article")(article_choices)
