"""`/content import rollback refresh status problems hide unhide`: a server's articles, and files that were refused."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final

import discord
from discord import app_commands

from bot.chat.answering.answers import Args, WithFile, answers, replaces
from bot.chat.answering.completion import article_choices, batch_choices
from bot.chat.answering.context import Context
from bot.chat.answering.groups import CONTENT
from bot.chat.answering.options import takes_files
from bot.chat.door import EDIT, IMPORT, OPERATE
from bot.errors import BadInputError, ImportOutdatedError
from bot.news.article import INSTANCE_SHELF, Article, server_shelf
from bot.news.content import MOST_FINDINGS, ImportRecord, ShelfOverview
from bot.news.message.draft import Draft
from bot.news.servers.batch import Rollback
from bot.news.servers.log import LOG_KEPT, Act, reasons_of
from bot.render.content import draft_content_status, draft_hidden, draft_import_report, draft_problems
from bot.render.servers.content_report import draft_import_preview, import_report_text
from bot.render.servers.rollback import draft_rollback_preview, draft_rolled_back
from bot.usecases.delivery import settled
from bot.usecases.ingest import MOST_FILES, Previewed, Upload, hide_article, plan_rollback, roll_back
from bot.usecases.logged import logged

_MOST_ENTRIES: Final = 1_000
"""Entries of the log in which the reasons of hidden articles are looked up."""

LARGEST_UPLOAD: Final = 10 * 1024 * 1024
"""Bytes; what Discord lets a member attach without a boost. The unpacked size of a zip has its own limits."""


@CONTENT.command(name="import", description="Preview seed files (.md, .txt) or a .zip of them, then import them")
@takes_files(MOST_FILES)
@answers(IMPORT)
async def import_files(context: Context, /, **files: Any) -> WithFile:
    """Read an upload, show what it would change, and offer to import that."""
    guild_id = context.require_server()
    given: list[discord.Attachment] = [file for file in files.values() if file is not None]
    for file in given:
        if file.size > LARGEST_UPLOAD:
            raise BadInputError(
                f"{file.filename} has {file.size / 2**20:.1f} MiB; the limit is {LARGEST_UPLOAD // 2**20} MiB.",
                cure="Split it into several files.",
            )
    fetch = context.services.download
    uploads = [Upload(name=each.filename, fetch=partial(fetch, each.url, most_bytes=LARGEST_UPLOAD)) for each in given]
    return _with_report(await context.services.uploads.preview(uploads, server_shelf(guild_id)))


@replaces(IMPORT)
async def import_previewed(context: Context, args: Args) -> Draft | WithFile:
    """Handle the button *Import*: store what was shown; if that is something else by now, show it and ask again."""
    shelf, uploads = server_shelf(context.require_server()), context.services.uploads
    try:
        deed = context.deed()
        report = await logged(context.store, deed, Act.IMPORT, lambda: uploads.put(args[0], shelf, deed_id=deed.id))
    except ImportOutdatedError:
        return _with_report(await uploads.preview_again(args[0], shelf), has_changed=True)
    await context.services.stories.take_in(context.shelves)
    return draft_import_report(report)


def _with_report(previewed: Previewed, *, has_changed: bool = False) -> WithFile:
    report = previewed.report
    draft = draft_import_preview(report, previewed.token, has_changed=has_changed)
    return WithFile(draft=draft, name="import-report.txt", text=import_report_text(report))


@CONTENT.command(name="rollback", description="Undo an import: preview what that removes and restores, then do it")
@app_commands.describe(batch="The import")
@app_commands.autocomplete(batch=batch_choices)
@answers(EDIT)
async def roll_back_batch(context: Context, batch: app_commands.Range[str, 1, 100]) -> Draft:
    """Show what rolling an import of the server back would do."""
    shelf = server_shelf(context.require_server())
    return await _rollback_preview(context, await plan_rollback(context.store.batches, shelf, batch))


@replaces(EDIT)
async def roll_back_previewed(context: Context, args: Args) -> Draft:
    """Handle the button *Roll back*: do what was shown; if that is something else by now, show it and ask again."""
    (batch, key), services = args, context.services
    shelf, deed = server_shelf(context.require_server()), context.deed()

    async def work() -> Rollback:
        return await roll_back(context.store.batches, services.clock, shelf, batch, key=key, deed=deed)

    done = await logged(context.store, deed, Act.ROLL_BACK, work)
    if done.key != key:
        return await _rollback_preview(context, done, has_changed=True)
    await services.stories.take_in(context.shelves)
    services.wake_sender()
    return draft_rolled_back(done)


async def _rollback_preview(context: Context, rollback: Rollback, *, has_changed: bool = False) -> Draft:
    deed_id = rollback.batch.deed_id or 0
    members = await context.store.log.members_of(context.require_server(), [deed_id])
    return draft_rollback_preview(rollback, member_id=members.get(deed_id), has_changed=has_changed)


@CONTENT.command(name="refresh", description="Import the operator's folders again (bot owner only)")
@answers(OPERATE)
async def refresh(context: Context) -> Draft:
    """Import the instance's folders again, for the application's owner."""
    reports = await context.services.refresh()
    if not reports:
        raise BadInputError("No seed folder is configured.", cure="Set `seeds` in the configuration.")
    return draft_import_report(reports[0], *reports[1:])


@CONTENT.command(name="status", description="Article counts, recent imports and remaining quota")
@answers(EDIT)
async def status(context: Context) -> Draft:
    """Show the server's shelf and the instance's."""
    store, own = context.store.articles, server_shelf(context.require_server())
    of_operator = await store.imports(INSTANCE_SHELF, limit=5)
    if not await context.is_owner():  # where the operator's files are is nobody else's business
        of_operator = tuple(replace(record, origin="the operator's folder") for record in of_operator)
    imports = (*await store.imports(own, limit=10), *of_operator)
    return draft_content_status(
        await store.shelf_size(own),
        sorted(imports, key=lambda record: record.at, reverse=True),
        problems=len(await store.problems(own, limit=MOST_FINDINGS)),
        notes=len(await store.notes(own, limit=MOST_FINDINGS)),
        left=await context.services.uploads.room_of(own),
        instance=await store.shelf_size(INSTANCE_SHELF),
        reading=context.services.reading(),
        overview=await _overview(context, imports),
    )


async def _overview(context: Context, imports: Sequence[ImportRecord]) -> ShelfOverview:
    """Read what is on the server's shelf, why articles are hidden, and by whom they were imported."""
    guild_id, store, log = context.require_server(), context.store.articles, context.store.log
    entries = await log.entries(guild_id, since=context.now() - LOG_KEPT, limit=_MOST_ENTRIES)
    titles = [article.title for article in await store.find_hidden(server_shelf(guild_id))]
    return replace(
        await store.overview(server_shelf(guild_id), context.now()),
        hidden=tuple(zip(titles, reasons_of(titles, entries), strict=True)),
        importers=await log.members_of(guild_id, [each.deed_id for each in imports if each.deed_id is not None]),
    )


@CONTENT.command(name="problems", description="List problems of files and notes on them, with the fix")
@answers(EDIT)
async def problems(context: Context) -> Draft:
    """List the open problems and notes of the server's shelf; the owner also sees the instance's."""
    store, own = context.store.articles, server_shelf(context.require_server())
    shelves = (own, INSTANCE_SHELF) if await context.is_owner() else (own,)
    found = [each for shelf in shelves for each in await store.problems(shelf, limit=MOST_FINDINGS)]
    notes = [each for shelf in shelves for each in await store.notes(shelf, limit=MOST_FINDINGS)]
    return draft_problems(found, notes)


@CONTENT.command(name="hide", description="Hide an article of this server from searches and editions")
@app_commands.describe(article="Its title or its link", reason="Why, for the server's log")
@app_commands.autocomplete(article=article_choices)
@answers(EDIT)
async def hide(
    context: Context, article: app_commands.Range[str, 1, 500], reason: app_commands.Range[str, 1, 200] = ""
) -> Draft:
    """Hide an article of the server's own shelf."""
    found, has_changed = await _set_hidden(context, article, hidden=True, reason=reason)
    guild_id, ledger = context.require_server(), context.store.deliveries
    parts = await settled(lambda: ledger.showing(found.id, found.url, guild_id=guild_id), context.services.clock)
    return draft_hidden(found, hidden=True, has_changed=has_changed, parts=parts, forums=await context.forums())


@CONTENT.command(name="unhide", description="Show a hidden article of this server again")
@app_commands.describe(article="Its title, its link, its file name or its id")
@answers(EDIT)
async def unhide(context: Context, article: app_commands.Range[str, 1, 500]) -> Draft:
    """Show an article of the server's own shelf again."""
    found, has_changed = await _set_hidden(context, article, hidden=False)
    return draft_hidden(found, hidden=False, has_changed=has_changed)


async def _set_hidden(context: Context, article: str, *, hidden: bool, reason: str = "") -> tuple[Article, bool]:
    store, shelf = context.store, server_shelf(context.require_server())
    deed = context.deed()

    def work() -> Awaitable[tuple[Article, bool]]:
        return hide_article(
            store.articles, shelf, article, titles=store.search, hidden=hidden, deed_id=deed.id, reason=reason
        )

    return await logged(store, deed, Act.HIDE if hidden else Act.UNHIDE, work)
