"""Read what was posted in a period, and choose the best of it."""

from __future__ import annotations

from datetime import datetime

from bot.news.article import shelves_seen_by
from bot.news.choosing.best_of import best_of_window, choose_best_of
from bot.news.edition import Choice
from bot.news.schedules.schedule import Schedule
from bot.store.port import Store
from bot.usecases.digest.parts import picks_now


async def choose_best_of_posted(store: Store, schedule: Schedule, *, cutoff: datetime, before: datetime) -> Choice:
    """Choose the best of what the schedule and its channel's other schedules posted in the period up to a cutoff.

    Args:
        store: The database.
        schedule: The schedule of the edition.
        cutoff: The end of the period.
        before: Cutoffs of the schedule itself from this moment on don't count.

    Raises:
        UnknownZoneError: the schedule's time zone is not known any more.
    """
    window = best_of_window(schedule, cutoff, await store.digest.last_cutoff(schedule.id, before=before))
    told = await store.digest.told_picks(schedule.id, schedule.channel_id, window=window)
    picks = await picks_now(store, shelves_seen_by(schedule.guild_id), told)
    return choose_best_of(picks, schedule, window=window)
