"""`/schedule retry history`, and an admin's decision about a message of unknown outcome."""

from __future__ import annotations

from typing import Final

from discord import app_commands

from bot.chat.commands.answers import answers
from bot.chat.commands.completion import schedule_choices
from bot.chat.commands.context import Context
from bot.chat.commands.groups import SCHEDULE
from bot.chat.commands.options import SCHEDULE_NAME, Name
from bot.errors import BadInputError, UnknownScheduleError
from bot.news.delivery import Delivery, DeliveryState, EditionKey, ScheduleId
from bot.news.message.draft import Draft
from bot.render.delivery import draft_decided, draft_history, draft_retried
from bot.usecases.schedule import RETRIED_BY_ADMIN, get_schedule, retry_schedule

MOST_EDITIONS: Final = 10


@SCHEDULE.command(name="retry", description="Send failed messages again, the newest edition first")
@app_commands.describe(name=SCHEDULE_NAME)
@app_commands.autocomplete(name=schedule_choices)
@answers
async def retry(context: Context, name: Name) -> Draft:
    """Send a schedule's failed messages again, and resume it if the failure paused it."""
    store = context.store
    schedule = await get_schedule(store.schedules, context.require_manager(), name)
    retries = await retry_schedule(store.schedules, store.digest, store.deliveries, schedule, now=context.now())
    context.services.wake_sender()
    return draft_retried(schedule, retries)


@SCHEDULE.command(name="history", description="List the latest editions and whether they were sent")
@app_commands.describe(name=SCHEDULE_NAME)
@app_commands.autocomplete(name=schedule_choices)
@answers
async def history(context: Context, name: Name) -> Draft:
    """List the latest editions with the states of their messages."""
    schedule = await get_schedule(context.store.schedules, context.require_manager(), name)
    return draft_history(schedule, await _latest_deliveries(context, schedule.id))


async def _latest_deliveries(context: Context, schedule: ScheduleId) -> list[Delivery]:
    digests = context.store.digest
    newest = await digests.find_edition(schedule)
    rows: list[Delivery] = []
    for number in range(newest.number if newest and newest.number else 0, 0, -1)[:MOST_EDITIONS]:
        edition = await digests.find_edition(schedule, number)
        if edition is not None:
            rows += await context.store.deliveries.deliveries(schedule, edition.key)
    return rows


@answers
async def send_again(context: Context, args: tuple[str, ...]) -> Draft:
    """Handle the button *Send again*."""
    return await _decide(context, args, DeliveryState.PLANNED, RETRIED_BY_ADMIN)


@answers
async def mark_posted(context: Context, args: tuple[str, ...]) -> Draft:
    """Handle the button *It was posted*."""
    return await _decide(context, args, DeliveryState.SENT, "an admin found it in the channel")


@answers
async def skip(context: Context, args: tuple[str, ...]) -> Draft:
    """Handle the button *Skip*."""
    return await _decide(context, args, DeliveryState.SKIPPED, "an admin skipped it")


async def _decide(context: Context, args: tuple[str, ...], state: DeliveryState, reason: str) -> Draft:
    schedule_id, edition, part = ScheduleId(int(args[0])), EditionKey(args[1]), int(args[2])
    schedule = await context.store.schedules.find_schedule(schedule_id)
    if schedule is None:
        raise UnknownScheduleError("That schedule was deleted.", cure="Nothing to do.")
    await context.require_manager_of(schedule.guild_id)
    rows = await context.store.deliveries.deliveries(schedule_id, edition)
    row = next((row for row in rows if row.key.part == part), None)
    if row is None or not await context.store.deliveries.resolve(row.key, state, reason=reason):
        raise BadInputError("Someone has already decided this.", cure="Nothing to do.")
    context.services.wake_sender()
    return draft_decided(state)
