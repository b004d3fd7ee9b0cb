"""A forum's tags and roles by topic: how they are read, and which roles an edition mentions."""

from __future__ import annotations

import pytest

from bot.errors import BadInputError
from bot.news.parsing.posting import read_tags, read_topic_roles, with_role
from bot.news.schedules.posting import MOST_TOPIC_ROLES, TopicRole, roles_for

AI = TopicRole(topic="ai", role_id=1)
LAW = TopicRole(topic="law", role_id=2)
TEN = tuple(TopicRole(topic=f"t{number}", role_id=number) for number in range(MOST_TOPIC_ROLES))


def test_tags_keep_their_spelling_and_each_is_named_once() -> None:
    """As the forum shows them, whatever their case."""
    assert read_tags(' News , "Arts, Culture", news') == ("News", "Arts, Culture")


@pytest.mark.parametrize(("typed", "said"), [(" , ", "The list is empty"), ("a,b,c,d,e,f", "6 given; the limit is 5")])
def test_tags_that_no_post_can_have_are_refused(typed: str, said: str) -> None:
    """None, or more than Discord takes."""
    with pytest.raises(BadInputError, match=said):
        read_tags(typed)


def test_roles_by_topic_are_read_by_id_or_mention() -> None:
    """The last role of a topic counts."""
    assert read_topic_roles("AI = 9, Law=<@&2>, ai=1") == (LAW, AI)


@pytest.mark.parametrize(
    ("typed", "said"),
    [("", "empty"), ("AI", "Not a topic and a role"), ("=5", "Not a topic"), (" \u200b =5", "Not a topic")],
)
def test_roles_by_topic_that_cannot_be_read_are_refused(typed: str, said: str) -> None:
    """The refusal shows the form."""
    with pytest.raises(BadInputError, match=said):
        read_topic_roles(typed)


@pytest.mark.parametrize(
    ("topic", "role_id", "left"),
    [
        ("law", 2, (AI, LAW)),
        ("ai", 5, (TopicRole(topic="ai", role_id=5),)),
        ("ai", None, ()),
    ],
)
def test_a_topic_has_one_role_at_most(topic: str, role_id: int | None, left: tuple[TopicRole, ...]) -> None:
    """A new one replaces the old one, and None takes it away."""
    assert with_role((AI,), topic, role_id) == left


def test_a_role_that_is_not_there_cannot_be_taken_away() -> None:
    """The member may have misspelled the topic."""
    with pytest.raises(BadInputError, match="No role is mentioned for the topic “law”"):
        with_role((AI,), "law", None)


def test_more_roles_than_fit_a_header_are_refused() -> None:
    """But one of them can still be replaced."""
    assert len(with_role(TEN, "t1", 99)) == MOST_TOPIC_ROLES
    with pytest.raises(BadInputError, match="limit is 10"):
        with_role(TEN, "more", 99)


@pytest.mark.parametrize(("topics", "roles"), [(("AI",), (1,)), (("Law", "ai"), (1, 2)), (("Fashion",), ()), ((), ())])
def test_only_roles_whose_topic_is_in_the_edition_are_mentioned(
    topics: tuple[str, ...], roles: tuple[int, ...]
) -> None:
    """Whatever the spelling of the topic, in the schedule's order."""
    assert roles_for((AI, LAW), topics) == roles


def test_a_role_with_two_topics_is_mentioned_once() -> None:
    """One ping is enough."""
    assert roles_for((AI, TopicRole(topic="law", role_id=1)), ("AI", "Law")) == (1,)
