"""`/schedule retry history`, and an admin's decision about a message of unknown outcome."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Final

from discord import app_commands

from bot.chat.account.permissions import ChannelPermissions
from bot.chat.answering.answers import answers
from bot.chat.answering.completion import schedule_choices
from bot.chat.answering.context import Context
from bot.chat.answering.groups import SCHEDULE
from bot.chat.answering.options import SCHEDULE_NAME, Name
from bot.chat.door import EDIT, POST
from bot.errors import BadInputError, UnknownScheduleError
from bot.news.checkup.channel import may_be_readable
from bot.news.delivery import Delivery, DeliveryState, EditionKey, ScheduleId
from bot.news.message.draft import Draft
from bot.news.schedules.schedule import Schedule, ScheduleState
from bot.news.servers.log import Act
from bot.render.edition.delivery import draft_decided, draft_history, draft_retried
from bot.usecases.delivery import FOLLOW_S, follow
from bot.usecases.schedule import RETRIED_BY_ADMIN, get_schedule, retry_schedule, state_to_retry

MOST_EDITIONS: Final = 10


@SCHEDULE.command(name="retry", description="Send failed messages again, the newest edition first")
@app_commands.describe(name=SCHEDULE_NAME)
@app_commands.autocomplete(name=schedule_choices)
@answers(EDIT)
async def retry(context: Context, name: Name) -> Draft:
    """Send a schedule's failed messages again, and resume it if the failure paused it."""
    schedule = await get_schedule(context.store.schedules, context.require_server(), name)
    return await _retry(context, schedule)


async def _retry(
    context: Context, schedule: Schedule, *, unread: Collection[int] = (), edition: EditionKey | None = None
) -> Draft:
    store = context.store
    retries = await retry_schedule(
        store.schedules,
        store.digest,
        store.deliveries,
        schedule,
        now=context.now(),
        unread=unread,
        edition=edition,
        deed=context.deed(schedule.guild_id),
    )
    parts = await outcome_of(context, schedule, (edition.key for edition in retries.sent))
    return draft_retried(await _as_it_is(context, schedule), retries, parts)


async def outcome_of(context: Context, schedule: Schedule, editions: Iterable[EditionKey]) -> tuple[Delivery, ...]:
    """Have some editions sent, and return their parts once their outcome is known, or after some seconds."""
    context.services.wake_sender()
    wanted = [(schedule.id, key) for key in editions]
    is_active = (await _as_it_is(context, schedule)).state is ScheduleState.ACTIVE
    within_s = FOLLOW_S if is_active else 0.0
    return await follow(context.store.deliveries, wanted, context.services.clock, within_s=within_s)


async def _as_it_is(context: Context, schedule: Schedule) -> Schedule:
    return await context.store.schedules.find_schedule(schedule.id) or schedule


@SCHEDULE.command(name="history", description="List the latest editions and whether they were sent")
@app_commands.describe(name=SCHEDULE_NAME)
@app_commands.autocomplete(name=schedule_choices)
@answers(EDIT)
async def history(context: Context, name: Name) -> Draft:
    """List the latest editions with the states of their messages."""
    store = context.store
    schedule = await get_schedule(store.schedules, context.require_server(), name)
    editions = await store.digest.editions(schedule.id, limit=MOST_EDITIONS)
    parts = [(edition, await store.deliveries.deliveries(schedule.id, edition.key)) for edition in editions]
    corrected = await store.corrections.corrected_at(schedule.id)
    return draft_history(schedule, parts, corrected, await context.forums())


@answers(POST)
async def send_again(context: Context, args: tuple[str, ...]) -> Draft:
    """Handle the button *Send again*: a message of unknown outcome is looked for first.

    If it has failed since, its edition is retried: a later one may have its stories by now.
    """
    schedule, edition = await _schedule_of(context, args), EditionKey(args[1])
    parts = await context.store.deliveries.deliveries(schedule.id, edition)
    if any(part.key.part == int(args[2]) and part.state is DeliveryState.FAILED for part in parts):
        return await _retry(context, schedule, edition=edition)
    return await _decide(context, args, state_to_retry, RETRIED_BY_ADMIN, Act.RETRY)


@answers(POST)
async def send_unread(context: Context, args: tuple[str, ...]) -> Draft:
    """Handle the button *Send anyway* below an answer that couldn't look for messages of unknown outcome.

    Where the bot may read by now, it looks first.
    """
    schedule = await _schedule_of(context, args)
    return await _retry(context, schedule, unread=await _unreadable(context, schedule))


async def _unreadable(context: Context, schedule: Schedule) -> frozenset[int]:
    """Find the channels with messages of unknown outcome whose history the bot is not allowed to read now."""
    unresolved = await context.store.deliveries.unresolved(schedule.guild_id)
    channel_ids = frozenset(
        part.key.channel_id
        for part in unresolved
        if part.key.schedule_id == schedule.id and part.state is DeliveryState.UNKNOWN
    )
    permissions = ChannelPermissions(context.interaction.client, context.services.clock)
    access = await permissions.check_channels(schedule.guild_id, channel_ids)
    return frozenset(channel_id for channel_id, found in access.channels.items() if not may_be_readable(found))


@answers(POST)
async def mark_posted(context: Context, args: tuple[str, ...]) -> Draft:
    """Handle the button *It was posted*."""
    return await _decide(
        context, args, lambda _: DeliveryState.SENT, "an admin found it in the channel", Act.MARK_POSTED
    )


@answers(POST)
async def skip(context: Context, args: tuple[str, ...]) -> Draft:
    """Handle the button *Skip*."""
    return await _decide(context, args, lambda _: DeliveryState.SKIPPED, "an admin skipped it", Act.SKIP_MESSAGE)


async def _decide(
    context: Context, args: tuple[str, ...], state_of: Callable[[Delivery], DeliveryState], reason: str, act: Act
) -> Draft:
    schedule = await _schedule_of(context, args)
    edition, number = EditionKey(args[1]), int(args[2])
    ledger = context.store.deliveries
    parts = await ledger.deliveries(schedule.id, edition)
    part = next((part for part in parts if part.key.part == number), None)
    state = DeliveryState.SKIPPED if part is None else state_of(part)
    entry = context.deed(schedule.guild_id).entry(act, schedule.name)
    if part is None or not await ledger.resolve(part.key, state, reason=reason, at=context.now(), entry=entry):
        raise BadInputError("Someone has already decided this.", cure="See /schedule history for the result.")
    parts = await outcome_of(context, schedule, (edition,))
    return draft_decided(state, await _as_it_is(context, schedule), parts)


async def _schedule_of(context: Context, args: tuple[str, ...]) -> Schedule:
    """Return the schedule of a button; the door let its member in."""
    schedule = await context.store.schedules.find_schedule(ScheduleId(int(args[0])))
    if schedule is None:
        raise UnknownScheduleError("That schedule was deleted.", cure="Nothing to do.")
    return schedule
