"""Look at what holds just before a part is posted: post it, draw it again, or leave it out and say why."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeAlias, assert_never

import structlog

from bot.news.choosing.recheck import Finding, Holding, Redrawn, recheck
from bot.news.delivery import Delivery
from bot.news.notices.notice import Notifier
from bot.news.notices.texts import late_notice, not_sent_notice
from bot.news.schedules.schedule import Schedule
from bot.store.port.delivery import DeliveryStore
from bot.usecases.delivery.outcome import DiscordTime

log = structlog.get_logger(__name__)

Redraw: TypeAlias = Callable[[Delivery, Holding, datetime], Awaitable[Redrawn]]
"""Draws the unsent parts of an edition again, from a part on, by what holds at a moment; the schedule exists."""


class Rechecker:
    """Compares claimed parts with what holds now, and records what becomes of those that aren't posted as planned.

    An edition of which nothing was posted is left out as a whole, and its stories come back. The rest of one that has
    begun fails instead, with a notice: its stories count as sent, so a member decides about it.
    """

    def __init__(self, *, ledger: DeliveryStore, redraw: Redraw, notifier: Notifier, time: DiscordTime) -> None:
        self._ledger = ledger
        self._redraw = redraw
        self._notifier = notifier
        self._time = time

    async def is_as_planned(self, row: Delivery) -> bool:
        """True if a part, which is not in its channel, is to be posted as it is; otherwise the ledger has the rest."""
        now = self._time.now()
        holding = await self._ledger.holding(row.key)
        finding = recheck(row, holding, now)
        match finding:
            case Finding.AS_PLANNED:
                return True
            case Finding.OUTDATED | Finding.REDUCED:
                return await self._is_the_same(row, holding, finding, now)
            case Finding.INACTIVE:
                await self._ledger.mark_planned(
                    row.key, row.attempt, not_before=now, reason=row.reason, forget_attempt=True
                )
            case Finding.DELETED:
                await self._ledger.mark_cancelled(row.key, row.attempt, reason=finding)
            case Finding.TOO_LATE | Finding.MOVED | Finding.EMPTIED:
                await self._leave_out(row, holding.schedule, finding, now)
            case _:
                assert_never(finding)
        log.info("not posted as planned", schedule=row.key.schedule_id, edition=row.key.edition, why=str(finding))
        return False

    async def _is_the_same(self, row: Delivery, holding: Holding, finding: Finding, now: datetime) -> bool:
        """Draw the part and the later ones again; True if nothing in them was taken down, and nothing else is new."""
        redrawn = await self._redraw(row, holding, now)
        if finding is Finding.REDUCED and not redrawn.is_reduced:
            return True
        if redrawn.parts:
            await self._ledger.revise(row.key, row.attempt, redrawn)
        else:
            await self._leave_out(row, holding.schedule, Finding.EMPTIED, now)
        return False

    async def _leave_out(self, row: Delivery, schedule: Schedule | None, finding: Finding, now: datetime) -> None:
        # The notice comes first: if the process ends before the mark, the row is looked at again.
        if finding is Finding.TOO_LATE and row.key.part == 1 and schedule is not None:
            await self._notifier.notify(late_notice(schedule, row.due_at, at=now))
        else:
            await self._notifier.notify(not_sent_notice(row, finding, at=now))
        if row.key.part == 1 or finding is Finding.EMPTIED:
            await self._ledger.mark_cancelled(row.key, row.attempt, reason=finding)
        else:
            await self._ledger.mark_failed(row.key, row.attempt, reason=finding)
