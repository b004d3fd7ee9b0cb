"""`/schedule retry history`, and an admin's word on a delivery whose outcome nobody knows."""

from __future__ import annotations

from typing import Final

import discord
from discord import app_commands

from bot.chat.commands.answers import answer
from bot.chat.commands.context import Desk, desk_of, require_manager
from bot.chat.commands.groups import SCHEDULE
from bot.chat.commands.schedule import Name, name_choices
from bot.errors import BadInputError, UnknownScheduleError
from bot.news.delivery import Delivery, DeliveryState, EditionKey, ScheduleId
from bot.news.message.draft import Draft
from bot.news.schedule import ScheduleState
from bot.render.delivery import draft_history, draft_settled
from bot.usecases.schedule import get_schedule, resume_schedule

HISTORY: Final = 10


@SCHEDULE.command(name="retry", description="Send again what failed")
@app_commands.describe(name="Which schedule")
async def retry(interaction: discord.Interaction, name: Name) -> None:
    """Send the schedule's failed parts again; a schedule that a failure paused goes on with it."""
    guild_id = require_manager(interaction)
    await answer(interaction, _retry(desk_of(interaction), guild_id, name))


async def _retry(desk: Desk, guild_id: int, name: str) -> Draft:
    schedule = await get_schedule(desk.store.schedules, guild_id, name)
    failed = [row for row in await _waiting(desk, guild_id) if row.key.schedule_id == schedule.id]
    if not failed:
        raise BadInputError(f"{schedule.name} has nothing that failed.", cure="See /schedule show for what comes next.")
    await _require_latest(desk, failed)
    if schedule.state is ScheduleState.PAUSED and schedule.state_reason:
        await resume_schedule(desk.store.schedules, schedule, now=desk.clock.now())
    for row in failed:
        await desk.store.deliveries.resolve(row.key, DeliveryState.PLANNED, reason="an admin asked for another try")
    desk.wake_sender()
    return draft_settled(DeliveryState.PLANNED)


@SCHEDULE.command(name="history", description="What was sent, and what became of it")
@app_commands.describe(name="Which schedule")
async def history(interaction: discord.Interaction, name: Name) -> None:
    """Answer with the newest editions and the states of their parts."""
    guild_id = require_manager(interaction)

    async def work(desk: Desk) -> Draft:
        schedule = await get_schedule(desk.store.schedules, guild_id, name)
        return draft_history(schedule, await _newest_deliveries(desk, schedule.id))

    await answer(interaction, work(desk_of(interaction)))


async def _newest_deliveries(desk: Desk, schedule: ScheduleId) -> list[Delivery]:
    newest = await desk.store.digest.find_edition(schedule)
    rows: list[Delivery] = []
    for number in range(newest.number if newest and newest.number else 0, 0, -1)[:HISTORY]:
        edition = await desk.store.digest.find_edition(schedule, number)
        if edition is not None:
            rows += await desk.store.deliveries.deliveries(schedule, edition.key)
    return rows


async def _require_latest(desk: Desk, failed: list[Delivery]) -> None:
    """A later edition has caught up already: sending the older one again would tell its stories twice."""
    for row in failed:
        newest = await desk.store.digest.find_edition(row.key.schedule_id)
        if newest is not None and newest.due_at > row.due_at:
            raise BadInputError(
                "A later edition is planned: it tells what that one would have told.", cure="Nothing needs to be done."
            )


async def settle_send_again(interaction: discord.Interaction, args: tuple[str, ...]) -> None:
    """The press on *Send again*."""
    await _settle(interaction, args, DeliveryState.PLANNED, "an admin asked for another try")


async def settle_is_there(interaction: discord.Interaction, args: tuple[str, ...]) -> None:
    """The press on *It is there*."""
    await _settle(interaction, args, DeliveryState.SENT, "an admin saw it")


async def settle_skip(interaction: discord.Interaction, args: tuple[str, ...]) -> None:
    """The press on *Skip*."""
    await _settle(interaction, args, DeliveryState.SKIPPED, "an admin left it out")


async def _settle(interaction: discord.Interaction, args: tuple[str, ...], state: DeliveryState, reason: str) -> None:
    schedule_id, edition, part = ScheduleId(int(args[0])), EditionKey(args[1]), int(args[2])

    async def work(desk: Desk) -> Draft:
        schedule = await desk.store.schedules.find_schedule(schedule_id)
        if schedule is None:
            raise UnknownScheduleError("That schedule is gone.", cure="Nothing is left to do.")
        await _require_manager_of(interaction, schedule.guild_id, schedule.saved_by)
        rows = await desk.store.deliveries.deliveries(schedule_id, edition)
        row = next((row for row in rows if row.key.part == part), None)
        if row is None or not await desk.store.deliveries.resolve(row.key, state, reason=reason):
            raise BadInputError("That is settled already.", cure="Nothing is left to do.")
        desk.wake_sender()
        return draft_settled(state)

    await answer(interaction, work(desk_of(interaction)))


async def _require_manager_of(interaction: discord.Interaction, guild_id: int, saved_by: int) -> None:
    """In the server: Manage Server. In a direct message, which carries no permissions: they are asked of the server.

    Raises:
        ForbiddenError: the member may not manage that server.
    """
    if interaction.guild_id is None and interaction.user.id == saved_by:
        return
    if require_manager(interaction) != guild_id:
        raise UnknownScheduleError("That schedule is another server's.", cure="See /schedule list.")


async def _waiting(desk: Desk, guild_id: int) -> tuple[Delivery, ...]:
    return await desk.store.deliveries.unresolved(guild_id)


retry.autocomplete("name")(name_choices)
history.autocomplete("name")(name_choices)
