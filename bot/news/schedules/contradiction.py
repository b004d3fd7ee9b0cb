"""Find options of a schedule that contradict each other."""

from __future__ import annotations

from bot.errors import BadInputError
from bot.news.schedules.schedule import Schedule
from bot.text.clean import clean


def contradiction(schedule: Schedule) -> BadInputError | None:
    """Return what is wrong with a schedule that selects and mutes the same topic or provider; None if none is."""
    both = [
        *(name for name in schedule.topics if name in schedule.muted_topics),
        *(name for name in schedule.providers if name in schedule.muted_providers),
    ]
    if not both:
        return None
    return BadInputError(
        f"“{clean(both[0])}” is both selected and muted, so nothing about it would be posted.",
        cure="Take it out of one of the two lists; clear empties a list.",
    )


def desk_contradiction(schedule: Schedule) -> BadInputError | None:
    """Return what is wrong with a schedule that shows drafts in the channel that it posts to; None if it doesn't."""
    if schedule.desk_channel_id != schedule.channel_id:
        return None
    return BadInputError("Drafts can't be shown where the editions are posted.", cure="Choose another channel.")
