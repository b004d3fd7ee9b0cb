"""Give a schedule an editors' desk, or take it away."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.errors import BadInputError
from bot.news.schedules.contradiction import desk_contradiction
from bot.news.schedules.looking import Outlook, looked_at
from bot.news.schedules.schedule import DeskDefault, Schedule, next_free
from bot.news.servers.log import Act, Deed
from bot.store.port.schedule import ScheduleStore
from bot.usecases.schedule.lifecycle import apply_change
from bot.usecases.schedule.lookup import ScheduleStatus


async def set_desk(
    store: ScheduleStore,
    schedule: Schedule,
    *,
    channel_id: int | None,
    lead_hours: int | None = None,
    default: DeskDefault | None = None,
    now: datetime,
    deed: Deed,
) -> ScheduleStatus:
    """Have a schedule's editions drafted in a channel, or no longer, and return the schedule as it is right after that.

    A draft that is on the desk stays there.

    Args:
        store: Keeps the schedule.
        schedule: The schedule.
        channel_id: The editors' channel; None for no desk.
        lead_hours: How long before it is due an edition is drafted, 1 to 72; None leaves it as it is.
        default: What happens to a draft without an act; None leaves it as it is.
        now: The current moment.
        deed: The member's.

    Raises:
        BadInputError: the desk is the channel that the schedule posts to, or there is nothing to draft ahead.
        UnknownScheduleError: the schedule was deleted meanwhile.
    """

    def change(current: Schedule, outlook: Outlook) -> tuple[Schedule, datetime | None]:
        if (contradicted := desk_contradiction(replace(current, desk_channel_id=channel_id))) is not None:
            raise contradicted
        if channel_id is not None and current.rule == "breaking":
            raise BadInputError("Breaking news is posted at once, without a draft.", cure="Choose another schedule.")
        changed = replace(
            current,
            desk_channel_id=channel_id,
            lead_time=current.lead_time if lead_hours is None else timedelta(hours=lead_hours),
            desk_default=current.desk_default if default is None else default,
            saved_by=deed.member_id,
        )
        if outlook.next_due_at is None:
            return changed, None
        if outlook.next_due_at <= now - current.lead:  # an edition is due and waits for a tick
            return changed, outlook.next_due_at + current.lead - changed.lead
        return changed, looked_at(changed, next_free(changed, outlook.planned, now)[1])

    return await apply_change(store, schedule, change, now, deed.entry(Act.EDIT, schedule.name, "desk"))
