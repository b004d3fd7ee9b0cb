"""The person who reads the notices: fixes what they can, looks into channels, and answers."""

from __future__ import annotations

from typing import Final

from bot.news.delivery import Delivery, DeliveryState, nonce_for
from bot.news.schedules.schedule import Schedule, ScheduleState
from bot.store.port.delivery import DeliveryStore
from bot.store.port.schedule import ScheduleStore
from bot.usecases.schedule import ScheduleChanges, edit_schedule, resume_schedule
from tests.simulation.clock import SimulatedClock
from tests.simulation.discord import Message, Place, SimulatedDiscord

_MOVED: Final = 1_000_000
"""Between a channel's number and the one that is opened in its place."""


class Admin:
    """An admin of every server. They answer as a person would: by what the channel shows."""

    def __init__(
        self, ledger: DeliveryStore, schedules: ScheduleStore, discord: SimulatedDiscord, clock: SimulatedClock
    ) -> None:
        self._ledger = ledger
        self._schedules = schedules
        self._discord = discord
        self._clock = clock

    async def look_after(self) -> bool:
        """Settle what waits for a person, and let schedules go on; whether there was anything to do."""
        rows = await self._ledger.unresolved()
        for row in rows:
            await self._answer(row)
        stopped = [each for each in await self._schedules.schedules() if each.state is not ScheduleState.ACTIVE]
        for schedule in stopped:
            await self._mend(schedule)
        return bool(rows or stopped)

    async def _answer(self, row: Delivery) -> None:
        place = self._discord.places[row.key.channel_id]
        message, now = self._message(row), self._clock.now()
        if message is not None:
            await self._ledger.resolve(row.key, DeliveryState.SENT, reason="it is there", at=now, message_id=message.id)
        elif not place.is_there or (row.state is DeliveryState.FAILED and row.draft.refused):
            await self._ledger.resolve(row.key, DeliveryState.SKIPPED, reason="left out by hand", at=now)
        elif place.may_post:
            await self._ledger.resolve(row.key, DeliveryState.PLANNED, reason="once more", at=now)

    def _message(self, row: Delivery) -> Message | None:
        posted = self._discord.posted.get(nonce_for(row.key), ())
        return next((message for message in posted if message.deleted_at is None), None)

    async def _mend(self, schedule: Schedule) -> None:
        place = self._discord.places[schedule.channel_id]
        if schedule.state is ScheduleState.PAUSED and place.may_post:
            await resume_schedule(self._schedules, schedule, now=self._clock.now())
        if schedule.state is ScheduleState.OFF:
            channel_id = schedule.channel_id + _MOVED
            self._discord.places.setdefault(channel_id, Place())
            await edit_schedule(
                self._schedules,
                schedule,
                ScheduleChanges(options={"channel": channel_id}),
                member_id=7,
                now=self._clock.now(),
            )
