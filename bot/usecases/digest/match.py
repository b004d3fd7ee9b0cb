"""Count the stories of the last weeks that a schedule's filters let through."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.news.article import shelves_seen_by
from bot.news.checkup.options import Matching
from bot.news.edition import Reason
from bot.news.schedules.schedule import Schedule
from bot.store.port import Store
from bot.usecases.digest.choose import choose_between

WEEKS: Final = 4

_OF_A_STORY: Final = (Reason.PICKED, Reason.OVER_COUNT, Reason.PROVIDER_CAP)
"""The reasons that exactly one article of a story has if the story could be in an edition."""


async def count_matching(store: Store, schedule: Schedule, *, now: datetime) -> Matching:
    """Choose an edition of the last four weeks as if nothing had been sent, and count what its filters did.

    Args:
        store: The database.
        schedule: The schedule with the filters.
        now: The end of the four weeks.
    """
    # The other rule has a window of its own.
    by_default_rule = replace(schedule, rule="default")
    shelves = shelves_seen_by(schedule.guild_id)
    choice = await choose_between(store, by_default_rule, shelves, start=now - timedelta(weeks=WEEKS), cutoff=now)
    counts = Counter(verdict.reason for verdict in choice.verdicts)
    return Matching(
        weeks=WEEKS,
        stories=sum(counts[reason] for reason in _OF_A_STORY),
        off_topic=counts[Reason.OFF_TOPIC],
        muted=counts[Reason.MUTED],
        below_bar=counts[Reason.BELOW_BAR],
    )
