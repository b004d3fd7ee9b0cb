"""`/setup`, the form that it opens, and the buttons of the answer: from an invited bot to a first edition."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import discord
from discord import app_commands

from bot.chat.account.permissions import ChannelPermissions, KnownPermissions
from bot.chat.account.servers import HASTY_S
from bot.chat.answering.answers import Args, answers, archive_answers, replaces
from bot.chat.answering.context import Context
from bot.chat.answering.editing import preview_edit
from bot.chat.answering.groups import in_servers, installed_by_servers
from bot.chat.door import EDIT
from bot.chat.posting.forms import POSTABLE
from bot.checkup import check_saved, read_names
from bot.errors import UnknownScheduleError
from bot.news.checkup.channel import PermissionCheck
from bot.news.delivery import ScheduleId
from bot.news.edition import Reason
from bot.news.message.draft import Draft
from bot.news.message.form import Form, Submission
from bot.news.schedules.schedule import Schedule
from bot.render.setup import draft_set_up, draft_setup_form, draft_waiting, read_opened
from bot.usecases.digest import preview_edition
from bot.usecases.schedule import ScheduleStatus, SentForm, SetUp, current_status, propose_schedule, set_up
from bot.usecases.search import list_topics

_BY_ANOTHER: Final = "Someone else has just created"


@app_commands.command(
    name="setup", description="Set up a digest: one form, and you see the edition before it is posted"
)
@app_commands.default_permissions(manage_guild=True)
@in_servers
@installed_by_servers
@answers(EDIT)
async def setup(context: Context) -> Form:
    """Open the form for a new schedule."""
    return await form_for_new(context)


@answers(EDIT)
async def open_setup(context: Context, _args: Args) -> Form:
    """Handle the button *Set up* of the greeting."""
    return await form_for_new(context)


@answers(EDIT)
async def open_change(context: Context, args: Args) -> Form:
    """Handle the button *Change*."""
    return await form_for(context, (await _status(context, args)).schedule)


async def form_for_new(context: Context) -> Form:
    """Draw the form for a new schedule; the interaction that opens it is the schedule's id."""
    proposed = await propose_schedule(
        context.store.schedules,
        context.require_server(),
        await channel_to_begin_with(context),
        form_id=context.interaction.id,
        default_timezone=context.services.zone.key,
        now=context.now(),
    )
    topics = await list_topics(context.store.search, context.shelves)
    return draft_setup_form(proposed, topics, opened_at=context.now())


async def form_for(context: Context, schedule: Schedule) -> Form:
    """Draw the form that changes a schedule; a channel that was deleted can't be chosen in it."""
    guild = await context.find_server(within_s=HASTY_S)
    if guild is not None and guild.get_channel_or_thread(schedule.channel_id) is None:
        schedule = replace(schedule, channel_id=0)
    return draft_setup_form(schedule, await list_topics(context.store.search, context.shelves), opened_at=None)


async def channel_to_begin_with(context: Context) -> int:
    """Choose the channel that the form begins with: this one, if the bot can post here, or one where it can."""
    here = context.interaction.channel
    if here is None:
        return context.interaction.channel_id or 0
    allowed = context.interaction.app_permissions
    may_send = allowed.send_messages_in_threads if isinstance(here, discord.Thread) else allowed.send_messages
    if here.type in POSTABLE and allowed.read_messages and may_send:
        return here.id
    guild = await context.find_server(within_s=HASTY_S)
    if guild is None:
        return here.id
    others = [guild.system_channel, *guild.text_channels]
    writable = (each for each in others if each is not None and each.permissions_for(guild.me).send_messages)
    found = next(writable, None)
    return here.id if found is None else found.id


@archive_answers(EDIT)
async def submit_setup(context: Context, args: Args, submission: Submission) -> tuple[Draft, ...]:
    """Handle a form that was sent: create the schedule, and show the edition that would be posted.

    Of a schedule that exists, show what the form would change.
    """
    guild_id = context.require_server()
    form = SentForm(
        submission=submission,
        schedule_id=ScheduleId(int(args[0])),
        opened_at=read_opened(args[1]) if len(args) > 1 else None,
        guild_id=guild_id,
        deed=context.deed(),
        known=await read_names(context.store, guild_id),
        default_timezone=context.services.zone.key,
    )
    done = await set_up(context.store.schedules, form, now=context.now())
    if done.changes is not None:
        return (await preview_edit(context, done.status.schedule, done.changes, has_form=True),)
    permissions = KnownPermissions(submission.channels, _permissions(context))
    return await drafts_of(context, done.status, _head(done), permissions)


def _head(done: SetUp) -> str:
    if done.is_another:
        return _BY_ANOTHER
    return "Created" if done.is_new else ""


@replaces(EDIT)
async def check_again(context: Context, args: Args) -> Draft:
    """Handle the button *Check again*."""
    return (await drafts_of(context, await _status(context, args), "", _permissions(context)))[0]


@replaces(EDIT)
async def wait(context: Context, args: Args) -> Draft:
    """Handle the button *Wait for ...*."""
    status = await _status(context, args)
    return draft_waiting(status.schedule, status.next_due_at)


async def drafts_of(
    context: Context, status: ScheduleStatus, head: str, permissions: PermissionCheck
) -> tuple[Draft, ...]:
    """Draw a schedule, what is missing for it, and its edition as `/schedule preview` shows it."""
    store, schedule = context.store, status.schedule
    findings = await check_saved(store, permissions, schedule)
    choice, drafts = await preview_edition(store, schedule, now=context.now(), stories=context.services.stories)
    candidates = sum(verdict.reason is not Reason.OUTSIDE_WINDOW for verdict in choice.verdicts)
    first = draft_set_up(
        schedule,
        status.next_due_at,
        choice.picks,
        head=head,
        candidates=candidates,
        now=context.now(),
        findings=findings,
        collects=context.services.runtime().collector is not None,
    )
    return (first, *(drafts if choice.picks else ()))


def _permissions(context: Context) -> ChannelPermissions:
    return ChannelPermissions(context.interaction.client, context.services.clock)


async def _status(context: Context, args: Args) -> ScheduleStatus:
    """Find the schedule of a button.

    Raises:
        UnknownScheduleError: it was deleted, or belongs to another server.
    """
    guild_id = context.require_server()
    schedule = await context.store.schedules.find_schedule(ScheduleId(int(args[0])))
    if schedule is None or schedule.guild_id != guild_id:
        raise UnknownScheduleError("That schedule was deleted.", cure="Use /setup to create another one.")
    return await current_status(context.store.schedules, schedule, now=context.now())
