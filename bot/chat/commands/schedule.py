"""`/schedule create edit list show pause resume skip-next delete`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from weakref import WeakValueDictionary

import discord
import structlog
from discord import app_commands

from bot.chat.account.permissions import ChannelPermissions
from bot.chat.answering.answers import Args, answer, answers, replaces
from bot.chat.answering.completion import schedule_choices, topic_choices
from bot.chat.answering.context import Context, context_of
from bot.chat.answering.editing import NOT_CHECKED, Findings, checked, difference, findings_of, preview_edit
from bot.chat.answering.groups import SCHEDULE
from bot.chat.answering.options import SCHEDULE_NAME, Name, TextChannel, given_options, takes_options
from bot.chat.commands.setup import channel_to_begin_with, drafts_of, form_for, form_for_new
from bot.chat.door import EDIT, EDITED_PAGE, RESUME, declare
from bot.checkup import check_schedules, read_names
from bot.errors import BadInputError, StoreError, UnknownScheduleError
from bot.news.delivery import ScheduleId
from bot.news.message.draft import Draft
from bot.news.message.form import Form
from bot.news.notices.fold import FoldedNotice, listed_notices
from bot.news.schedules.options import clear_choices
from bot.news.schedules.schedule import LONGEST_LEAD_HOURS, DeskDefault, Schedule
from bot.news.schedules.setup import free_name
from bot.render.edition.desk import draft_skipped_draft
from bot.render.schedule import (
    channels_of,
    draft_deleted,
    draft_paused,
    draft_resumed,
    draft_resumed_after_return,
    draft_saved,
    draft_schedule,
    draft_schedules,
    draft_skipped,
    draft_unskipped,
)
from bot.render.servers.edit import draft_edit_cancelled
from bot.usecases.delivery import settled
from bot.usecases.digest import skip_draft
from bot.usecases.schedule import (
    ScheduleChanges,
    ScheduleStatus,
    create_schedule,
    delete_schedule,
    edit_schedule,
    get_schedule,
    list_schedules,
    pause_schedule,
    resume_rejoined,
    resume_schedule,
    set_desk,
    set_topic_role,
    show_schedule,
    skip_next,
    unskip_next,
)

log = structlog.get_logger(__name__)

_MOMENT_S: Final = 3.0

_lists: Final[WeakValueDictionary[int, asyncio.Lock]] = WeakValueDictionary()
"""By server: the next list waits until the notices of the one before are marked as read."""


@SCHEDULE.command(name="create", description="Schedule a digest: what to post, where and when; without options, a form")
@app_commands.describe(name="A name for it, such as Weekly")
@takes_options()
@answers(EDIT)
async def create(context: Context, /, name: Name | None = None, **options: Any) -> Draft | Form:
    """Create a schedule and show all of its options, and what is wrong with them; without options, open the form.

    Without a channel it posts to this one, or to the one that the form would begin with.
    """
    guild_id, given = context.require_server(), given_options(options)
    if name is None and not given:
        return await form_for_new(context)
    known = await read_names(context.store, guild_id)
    taken = [] if name else [each.name for each in await context.store.schedules.schedules(guild_id)]
    created = await create_schedule(
        context.store.schedules,
        ScheduleChanges(
            name=name or free_name((), taken),
            options={"channel": await channel_to_begin_with(context)} | given,
            known=known,
        ),
        guild_id=guild_id,
        member_id=context.user_id,
        default_timezone=context.services.zone.key,
        now=context.now(),
        deed=context.deed(),
    )
    return draft_saved(created.schedule, _due(created), await checked(context, created.schedule), is_new=True)


@SCHEDULE.command(
    name="edit", description="Change a schedule; options that you don't give stay as they are; without options, a form"
)
@app_commands.describe(
    name=f"{SCHEDULE_NAME} (optional if there is only one)",
    new_name="Rename it",
    clear="Set an option back to its default",
)
@app_commands.choices(clear=[app_commands.Choice(name=choice, value=choice) for choice in clear_choices()])
@app_commands.autocomplete(name=schedule_choices)
@takes_options()
@answers(EDIT)
async def edit(
    context: Context,
    /,
    name: Name | None = None,
    new_name: Name | None = None,
    clear: str | None = None,
    **options: Any,
) -> Draft | Form:
    """Show what would change in a schedule, and what is wrong with it then; without options, open the form."""
    schedule = await _named_or_only(context, name)
    changes = ScheduleChanges(
        name=new_name,
        options=given_options(options),
        clear=frozenset({clear} if clear else ()),
        known=await read_names(context.store, schedule.guild_id),
    )
    if changes.is_empty:
        return await form_for(context, schedule)
    return await preview_edit(context, schedule, changes, has_form=False)


@replaces(EDIT)
async def apply_edit(context: Context, args: Args) -> Draft | tuple[Draft, ...]:
    """Handle the button *Apply*: change what was shown; if that is something else by now, show it and ask again."""
    store, services = context.store, context.services
    async with services.pending_edits.taken(context.require_server(), args[0], services.clock) as pending:
        edit = pending.what
        schedule = edit.status.before or edit.status.schedule
        known = await read_names(store, schedule.guild_id)
        edited = await edit_schedule(
            store.schedules,
            schedule,
            replace(edit.changes, known=known),
            member_id=context.user_id,
            now=context.now(),
            shown=edit.status,
            deed=context.deed(),
        )
        if not edited.has_changed:
            pending.what = replace(edit, status=edited)
            return await difference(context, edited, pending.token, is_outdated=True)
        pending.is_done = True
    if edited.schedule.channel_id != schedule.channel_id:
        await _on_their_way(context, edited.schedule)
    if edit.has_form:
        return await drafts_of(
            context, edited, "Updated", ChannelPermissions(context.interaction.client, services.clock)
        )
    return draft_saved(
        edited.schedule,
        _due(edited),
        await checked(context, edited.schedule),
        is_new=False,
        skipped_at=edited.skipped_at,
        unskipped_at=edited.unskipped_at,
        has_earlier_choice=edited.has_earlier_choice,
    )


@replaces(EDIT)
async def cancel_edit(context: Context, args: Args) -> Draft:
    """Handle the button *Cancel*."""
    pending_edits, clock = context.services.pending_edits, context.services.clock
    async with pending_edits.taken(context.require_server(), args[0], clock) as pending:
        pending_edits.drop(pending)
    return draft_edit_cancelled(pending.what.status.schedule)


@SCHEDULE.command(name="topic-role", description="Mention a role only in editions that have a story on a topic")
@app_commands.describe(
    name=SCHEDULE_NAME, topic="The topic", role="The role; leave it out to mention none for the topic any more"
)
@app_commands.autocomplete(name=schedule_choices, topic=topic_choices)
@answers(EDIT)
async def topic_role(
    context: Context, name: Name, topic: app_commands.Range[str, 1, 100], role: discord.Role | None = None
) -> Draft:
    """Set or remove the role of a topic, and show the schedule with what is wrong with it."""
    status = await set_topic_role(
        context.store.schedules,
        await _named(context, name),
        topic=topic,
        role_id=role.id if role is not None else None,
        member_id=context.user_id,
        now=context.now(),
        deed=context.deed(),
    )
    return draft_saved(status.schedule, _due(status), await checked(context, status.schedule), is_new=False)


@SCHEDULE.command(name="desk", description="Show drafts to editors before they are posted; no channel: no drafts")
@app_commands.describe(
    name=SCHEDULE_NAME,
    channel="The editors' channel; leave it out to draft nothing any more",
    lead_time="Hours before an edition is due that its draft is shown (default 12)",
    default="What happens to a draft that nobody decides about (default send)",
)
@app_commands.choices(default=[app_commands.Choice(name=str(each), value=str(each)) for each in DeskDefault])
@app_commands.autocomplete(name=schedule_choices)
@answers(EDIT)
async def set_up_desk(
    context: Context,
    name: Name,
    channel: TextChannel | None = None,
    lead_time: app_commands.Range[int, 1, LONGEST_LEAD_HOURS] | None = None,
    default: str | None = None,
) -> Draft:
    """Give a schedule an editors' desk or take it away, and show it with what is wrong with it."""
    status = await set_desk(
        context.store.schedules,
        await _named(context, name),
        channel_id=channel.id if channel is not None else None,
        lead_hours=lead_time,
        default=None if default is None else DeskDefault(default),
        now=context.now(),
        deed=context.deed(),
    )
    return draft_saved(status.schedule, _due(status), await checked(context, status.schedule), is_new=False)


@SCHEDULE.command(name="list", description="List this server's schedules, with any unread notices on top")
async def list_all(interaction: discord.Interaction) -> None:
    """List every schedule below the unread notices, and mark the notices that were shown as read."""
    context = context_of(interaction)
    guild_id = context.require_server()
    listed: list[FoldedNotice] = []

    async def work() -> Draft:
        statuses = await list_schedules(context.store.schedules, guild_id, now=context.now())
        unread = await context.store.admin.notices(guild_id)
        listed.extend(listed_notices(unread, channels_of(each.schedule for each in statuses)))
        return draft_schedules([(each.schedule, each.next_due_at) for each in statuses], unread)

    async with _lists.setdefault(guild_id, asyncio.Lock()):
        await answer(context, EDIT, work)
        # Only now: a notice that Discord did not show must be in the next list.
        for notice in (each for folded in listed for each in folded.notices):
            if notice.id is not None:
                with suppress(StoreError):  # it was shown, and is shown again next time
                    await context.store.admin.mark_notice_shown(notice.id, at=context.now())


declare(list_all.callback, EDIT)


@replaces(EDITED_PAGE)
async def turn_list(context: Context, args: Args) -> Draft:
    """Handle the buttons *Next* and *Previous* of the list; its notices were on the first page."""
    statuses = await list_schedules(context.store.schedules, context.require_server(), now=context.now())
    return draft_schedules([(each.schedule, each.next_due_at) for each in statuses], first=int(args[0]))


@SCHEDULE.command(name="show", description="Show one schedule in full")
@app_commands.describe(name=SCHEDULE_NAME)
@app_commands.autocomplete(name=schedule_choices)
@answers(EDIT)
async def show(context: Context, name: Name) -> Draft:
    """Show a schedule's options, its state and its next editions."""
    status = await show_schedule(context.store.schedules, context.require_server(), name, now=context.now())
    findings = await findings_of(context, status.schedule)
    return draft_schedule(
        status.schedule, _due(status), skipped_at=status.skipped_at, draft_due_at=status.draft_due_at, findings=findings
    )


@SCHEDULE.command(name="pause", description="Stop posting until you resume it")
@app_commands.describe(name=SCHEDULE_NAME)
@app_commands.autocomplete(name=schedule_choices)
@answers(EDIT)
async def pause(context: Context, name: Name) -> Draft:
    """Pause a schedule."""
    paused = await pause_schedule(context.store.schedules, await _named(context, name), deed=context.deed())
    on_their_way = await _on_their_way(context, paused.schedule)
    return draft_paused(paused.schedule, has_changed=paused.has_changed, on_their_way=on_their_way)


@SCHEDULE.command(name="resume", description="Post again, starting with the next edition")
@app_commands.describe(name=SCHEDULE_NAME)
@app_commands.autocomplete(name=schedule_choices)
@answers(EDIT)
async def resume(context: Context, name: Name) -> Draft:
    """Resume a schedule."""
    schedule = await _named(context, name)
    resumed = await resume_schedule(context.store.schedules, schedule, now=context.now(), deed=context.deed())
    findings = await findings_of(context, resumed.schedule)
    return draft_resumed(resumed.schedule, _due(resumed), findings, has_changed=resumed.has_changed)


@SCHEDULE.command(name="skip-next", description="Skip the next edition; its stories roll over to the following one")
@app_commands.describe(name=SCHEDULE_NAME, undo="Don't skip it after all")
@app_commands.autocomplete(name=schedule_choices)
@answers(EDIT)
async def skip(context: Context, name: Name, *, undo: bool = False) -> Draft:
    """Skip the next edition, or undo that."""
    store, schedule = context.store.schedules, await _named(context, name)
    if undo:
        kept = await unskip_next(store, schedule, now=context.now(), deed=context.deed())
        return draft_unskipped(kept.schedule, _due(kept))
    by = context.deed()
    draft = await skip_draft(context.store, schedule, member_id=context.user_id, now=context.now(), by=by)
    if draft is not None:
        context.services.wake_sender()
        return draft_skipped_draft((draft.schedule or schedule).name, draft.desk.due_at)
    skipping = await skip_next(store, schedule, now=context.now(), deed=context.deed())
    return draft_skipped(skipping.schedule, _due(skipping), skipped_at=skipping.skipped_at)


@SCHEDULE.command(name="delete", description="Delete a schedule permanently; messages that it has posted are kept")
@app_commands.describe(name=SCHEDULE_NAME)
@app_commands.autocomplete(name=schedule_choices)
@answers(EDIT)
async def delete(context: Context, name: Name) -> Draft:
    """Delete a schedule."""
    schedule = await _named(context, name)
    deleted = await delete_schedule(context.store.schedules, schedule, now=context.now(), deed=context.deed())
    return draft_deleted(deleted, on_their_way=await _on_their_way(context, deleted))


async def _on_their_way(context: Context, schedule: Schedule) -> int:
    """Count the messages on their way whose outcome is unknown a moment after a decision: they may have been posted."""
    ledger, clock = context.store.deliveries, context.services.clock
    return len(await settled(lambda: ledger.sending(schedule.id), clock, within_s=_MOMENT_S))


async def _named(context: Context, name: str) -> Schedule:
    return await get_schedule(context.store.schedules, context.require_server(), name)


async def _named_or_only(context: Context, name: str | None) -> Schedule:
    """Find a schedule by name, or the server's only one.

    Raises:
        UnknownScheduleError, BadInputError: there is none, or it is not clear which one is meant.
    """
    if name is not None:
        return await _named(context, name)
    schedules = await context.store.schedules.schedules(context.require_server())
    if not schedules:
        raise UnknownScheduleError("This server has no schedules yet.", cure="Create one with /setup.")
    if len(schedules) > 1:
        raise BadInputError("This server has several schedules.", cure="Choose one as the option name.")
    return schedules[0]


def _due(status: ScheduleStatus) -> tuple[datetime, ...]:
    return () if status.next_due_at is None else (status.next_due_at,)


@answers(RESUME)
async def resume_after_return(context: Context, args: tuple[str, ...]) -> Draft:
    """Handle the button *Resume* of the notice after the bot was invited to a server again."""
    guild_id = int(args[0])
    deed = context.deed(guild_id)
    resumed = await resume_rejoined(context.store.schedules, guild_id, now=context.now(), deed=deed)
    return draft_resumed_after_return(resumed, await _findings_by_id(context, guild_id, resumed))


async def _findings_by_id(context: Context, guild_id: int, schedules: Sequence[Schedule]) -> dict[ScheduleId, Findings]:
    """Find what keeps the schedules of a server from posting; a check that fails must not hide what was done."""
    if not schedules:
        return {}
    permissions = ChannelPermissions(context.interaction.client, context.services.clock)
    try:
        healths = await check_schedules(
            context.store, permissions, guild_id=guild_id, now=context.now(), schedules=schedules
        )
    except Exception:
        log.exception("the schedules of a server could not be checked", guild=guild_id)
        return {schedules[0].id: (NOT_CHECKED,)}
    return {health.schedule.id: health.findings for health in healths}
