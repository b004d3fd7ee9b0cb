"""An admin decides how editions are posted: silently, with a thread, with a role by topic, with a forum's tags."""

from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox import Answer
from tests.support.running_bot import NINE, Town


async def create(town: Town, **options: Any) -> Answer:
    """Schedule a digest for Monday at nine."""
    asked: dict[str, Any] = {"channel": town.channel, "day": "monday", "time": "09:00", "timezone": "UTC", **options}
    return await town.admin.run(town.channel, "schedule create", name="Weekly", **asked)


async def test_a_silent_edition_gets_a_thread_and_notifies_nobody(town: Town) -> None:
    """The thread has the edition's name, and is opened once however long the bot runs."""
    town.guild.set_bot_permissions(create_public_threads=True)
    answer = await create(town, silent=True, thread=True)
    await town.let_pass(NINE)
    await town.let_pass(NINE)

    assert "without a notification, with a discussion thread" in answer.text
    assert [message.silent for message in town.channel.messages] == [True]
    assert [thread.name.partition(",")[0] for thread in town.channel.threads] == ["Weekly"]


@pytest.mark.parametrize(("topic", "is_pinged"), [("AI", True), ("Gardening", False)])
async def test_a_role_is_pinged_only_if_its_topic_is_in_the_edition(town: Town, topic: str, *, is_pinged: bool) -> None:
    """Readers of one topic are left in peace otherwise."""
    role = town.guild.add_role("Readers", mentionable=True)
    await create(town)
    answer = await town.admin.run(town.channel, "schedule topic-role", name="Weekly", topic=topic, role=role)
    preview = await town.admin.run(town.channel, "schedule preview", name="Weekly")
    await town.let_pass(NINE)

    assert f"mentions roles by topic ({topic.lower()})" in answer.text.lower()
    assert ("Mentions 1 role." in preview.text) is is_pinged
    assert town.channel.messages[0].mentions.roles == ((role.id,) if is_pinged else ())


async def test_what_discord_would_not_do_is_said_when_it_is_chosen(town: Town) -> None:
    """A missing permission, a role that nobody may mention, tags outside of a forum."""
    role = town.guild.add_role("Quiet")
    created = await create(town, thread=True, tags="News")
    answer = await town.admin.run(town.channel, "schedule topic-role", name="Weekly", topic="AI", role=role)

    assert "Create Public Threads is missing" in created.text
    assert "its channel is not a forum" in created.text
    assert "for the topic “ai” is not pinged" in answer.text


async def test_an_edition_in_a_forum_gets_its_tags(town: Town) -> None:
    """By name."""
    forum = town.guild.add_channel("posts", "forum")
    tag = forum.add_tag("Weekly")
    await create(town, channel=forum, tags="weekly")
    await town.let_pass(NINE)

    assert [thread.applied_tags for thread in forum.threads] == [(tag.id,)]


async def test_the_history_leads_to_the_messages(town: Town) -> None:
    """By a link for each."""
    await create(town)
    await town.let_pass(NINE)
    history = await town.admin.run(town.channel, "schedule history", name="Weekly")

    message = town.channel.messages[0]
    assert f"https://discord.com/channels/{town.guild.id}/{town.channel.id}/{message.id}" in history.links


async def test_the_history_of_a_forum_leads_to_its_posts(town: Town) -> None:
    """A post is a thread with the id of its first message; the forum itself has no messages."""
    forum = town.guild.add_channel("posts", "forum")
    await create(town, channel=forum)
    await town.let_pass(NINE)
    history = await town.admin.run(town.channel, "schedule history", name="Weekly")

    (post,) = forum.threads
    (message,) = post.messages
    assert f"https://discord.com/channels/{town.guild.id}/{post.id}/{message.id}" in history.links
