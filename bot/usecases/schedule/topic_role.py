"""Set the role that a schedule mentions only if a story has a topic."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.errors import BadInputError
from bot.news.parsing.names import read_topics
from bot.news.parsing.posting import with_role
from bot.news.schedules.looking import Outlook
from bot.news.schedules.schedule import Schedule
from bot.news.servers.log import Act, Deed, entry_of
from bot.store.port.schedule import ScheduleStore
from bot.usecases.schedule.lifecycle import apply_change
from bot.usecases.schedule.lookup import ScheduleStatus


async def set_topic_role(
    store: ScheduleStore,
    schedule: Schedule,
    *,
    topic: str,
    role_id: int | None,
    member_id: int,
    now: datetime,
    deed: Deed | None = None,
) -> ScheduleStatus:
    """Set the role of one topic, and return the schedule as it is right after that.

    Args:
        store: Keeps the schedule.
        schedule: As the caller read it; what was changed meanwhile stays.
        topic: As it was typed; one topic.
        role_id: The role; None takes it away.
        member_id: The member who saves it.
        now: The current moment.
        deed: The same, for the log.

    Raises:
        BadInputError: it isn't one topic, the role is @everyone, there would be too many, or none to take away.
        UnknownScheduleError: the schedule was deleted meanwhile.
    """
    topics = read_topics(topic)
    if len(topics) > 1:
        raise BadInputError("Give one topic at a time.", cure="Use the command once for each topic.")
    if role_id == schedule.guild_id:  # @everyone is the role with the server's own id
        raise BadInputError("@everyone can't be mentioned.", cure="Choose a role that members opt in to.")

    def change(current: Schedule, outlook: Outlook) -> tuple[Schedule, datetime | None]:
        roles = with_role(current.topic_roles, topics[0], role_id)
        return replace(current, topic_roles=roles, saved_by=member_id), outlook.next_due_at

    entry = entry_of(deed, Act.EDIT, schedule.name, f"role of the topic {topics[0]}")
    return await apply_change(store, schedule, change, now, entry)
