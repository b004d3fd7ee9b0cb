"""Parse a forum's tags, and roles by topic, as an admin writes them."""

from __future__ import annotations

import re
from typing import Final

from bot.errors import BadInputError
from bot.news.parsing.names import folded, split_names
from bot.news.schedules.posting import MOST_TAGS, MOST_TOPIC_ROLES, TopicRole

_PAIR: Final = re.compile(r"(.+?)\s*=\s*(?:<@&)?(\d{1,19})>?")


def read_tags(typed: str) -> tuple[str, ...]:
    """Parse a list of tags by name, as they are written; the forum may get one of them later, so each is accepted.

    Raises:
        BadInputError: the list is empty, or longer than a post's tags may be.
    """
    by_name: dict[str, str] = {}
    for item in split_names(typed):
        by_name.setdefault(folded(item.text), item.text)
    tags = tuple(by_name.values())
    if not tags:
        raise BadInputError("The list is empty.", cure="Give the names of tags, comma-separated.")
    if len(tags) > MOST_TAGS:
        raise BadInputError(f"{len(tags)} given; the limit is {MOST_TAGS}.", cure="Shorten the list.")
    return tags


def read_topic_roles(typed: str) -> tuple[TopicRole, ...]:
    """Parse roles by topic: `AI=123, Law=456`, each role by its id or as a mention.

    Raises:
        BadInputError: an item isn't a pair, or the list is empty or too long.
    """
    roles: tuple[TopicRole, ...] = ()
    for item in split_names(typed):
        pair = _PAIR.fullmatch(item.text)
        topic = folded(pair[1]) if pair else ""
        if pair is None or not topic:
            raise BadInputError(f"Not a topic and a role: “{item.text[:60]}”.", cure="Write AI=123, Law=456.")
        roles = with_role(roles, topic, int(pair[2]))
    if not roles:
        raise BadInputError("The list is empty.", cure="Write AI=123, Law=456.")
    return roles


def with_role(roles: tuple[TopicRole, ...], topic: str, role_id: int | None) -> tuple[TopicRole, ...]:
    """Set the role of a topic; None takes it away.

    Args:
        roles: The roles before.
        topic: Folded.
        role_id: The role; a topic has one at most.

    Raises:
        BadInputError: there would be too many, or the topic had none to take away.
    """
    others = tuple(each for each in roles if each.topic != topic)
    if role_id is None:
        if len(others) == len(roles):
            raise BadInputError(f"No role is mentioned for the topic “{topic}”.", cure="See /schedule show.")
        return others
    if len(others) >= MOST_TOPIC_ROLES:
        raise BadInputError(f"The limit is {MOST_TOPIC_ROLES} topics with a role.", cure="Remove one of them first.")
    return (*others, TopicRole(topic=topic, role_id=role_id))
