"""Answers about edits of schedules: the difference before one is applied, and what is wrong with a schedule."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, TypeAlias

import structlog

from bot.chat.account.permissions import ChannelPermissions
from bot.chat.answering.context import Context
from bot.checkup import check_saved
from bot.news.checkup.finding import Finding, unchecked
from bot.news.checkup.options import Checked, has_filters
from bot.news.message.draft import Draft
from bot.news.parsing.names import NOTHING_KNOWN
from bot.news.schedules.schedule import Schedule
from bot.render.servers.edit import EditPreview, draft_edit_preview
from bot.usecases.digest import count_matching
from bot.usecases.schedule import ScheduleChanges, ScheduleStatus, ShownEdit, try_edit

log = structlog.get_logger(__name__)

Findings: TypeAlias = tuple[Finding, ...]

NOT_CHECKED: Final = unchecked("Its channel and its options were not checked: something went wrong here.")


async def preview_edit(context: Context, schedule: Schedule, changes: ScheduleChanges, *, has_form: bool) -> Draft:
    """Show what an edit would change, with *Apply* and *Cancel*.

    Args:
        context: The interaction.
        schedule: The schedule.
        changes: What the member gave.
        has_form: They gave it in a form.
    """
    status = await try_edit(context.store.schedules, schedule, changes, member_id=context.user_id, now=context.now())
    edit = ShownEdit(
        schedule_id=schedule.id,
        changes=replace(changes, known=NOTHING_KNOWN),  # which are many
        status=status,
        has_form=has_form,
    )
    token = context.services.pending_edits.add(schedule.guild_id, edit, context.services.clock)
    return await difference(context, status, token, is_outdated=False)


async def difference(context: Context, status: ScheduleStatus, token: str, *, is_outdated: bool) -> Draft:
    """Draw what an edit that waits would come to.

    Args:
        context: The interaction.
        status: What it comes to.
        token: Names it.
        is_outdated: The schedule has changed since the member looked.
    """
    guild = await context.find_server()
    preview = EditPreview(
        before=status.before or status.schedule,
        after=status.schedule,
        next_due_at=status.next_due_at,
        skipped_at=status.skipped_at,
        unskipped_at=status.unskipped_at,
        has_earlier_choice=status.has_earlier_choice,
        checked=await checked(context, status.schedule),
    )
    roles = {} if guild is None else {role.id: role.name for role in guild.roles}
    return draft_edit_preview(preview, token, roles, is_outdated=is_outdated)


async def checked(context: Context, schedule: Schedule) -> Checked:
    """Check a schedule as it is or would be saved; a check that fails must not hide the rest of the answer."""
    findings = await findings_of(context, schedule)
    if not has_filters(schedule):
        return Checked(findings=findings)
    try:
        matching = await count_matching(context.store, schedule, now=context.now())
    except Exception:
        log.exception("the stories that a schedule's filters let through could not be counted", schedule=schedule.id)
        return Checked(findings=findings)
    return Checked(findings=findings, matching=matching)


async def findings_of(context: Context, schedule: Schedule) -> Findings:
    """Find what is wrong with a schedule's channels and options."""
    permissions = ChannelPermissions(context.interaction.client, context.services.clock)
    try:
        return await check_saved(context.store, permissions, schedule)
    except Exception:
        log.exception("a saved schedule could not be checked", schedule=schedule.id)
        return (NOT_CHECKED,)
