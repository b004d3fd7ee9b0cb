"""How an edition is posted, besides its text: silently, with a forum's tags, with a thread, with roles by topic."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from bot.news.parsing.names import folded

MOST_TAGS: Final = 5
"""Tags of a forum's post (Discord's documentation, Channel Object)."""

MOST_TOPIC_ROLES: Final = 10
"""Roles by topic of one schedule: their mentions fit the space that is kept for an edition's header."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicRole:
    """A role that is mentioned in editions that have a story on a topic.

    Attributes:
        topic: Folded, as a schedule's other topics.
        role_id: The role.
    """

    topic: str
    role_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """How a message of an edition is posted.

    Attributes:
        silent: Readers get no notification.
        tags: Names of the tags that its post gets in a forum.
        thread: A discussion thread is opened under it.
        topic_roles: As the schedule had them when the message was drawn.
    """

    silent: bool = False
    tags: tuple[str, ...] = ()
    thread: bool = False
    topic_roles: tuple[TopicRole, ...] = ()


USUAL: Final = Posting()
"""With a notification, and nothing else."""


def roles_for(topic_roles: Iterable[TopicRole], topics: Iterable[str]) -> tuple[int, ...]:
    """Select the roles whose topic is among the topics of an edition's stories; each once, in the given order."""
    found = {folded(topic) for topic in topics}
    return tuple(dict.fromkeys(each.role_id for each in topic_roles if each.topic in found))
