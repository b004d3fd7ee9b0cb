"""An article of a posted edition is corrected or taken down: its message is edited in place, and nobody is pinged."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

import pytest

from bot.news.article import server_shelf
from bot.sandbox import Upload
from bot.sandbox.state.message import SandboxMessage
from tests.kinds.test_door import services_of
from tests.support.fault_points import until_met
from tests.support.running_bot import NINE, Town, import_files, make_seed_text

HOUR: Final = timedelta(hours=1, seconds=5)
MINUTE: Final = timedelta(minutes=1)
WRONG: Final = "Harbour ferry sinks after the storm"
RIGHT: Final = "Harbour ferry starts again after the storm"
OTHER: Final = "Library lends telescopes"


async def upload(town: Town, title: str, *, name: str = "ferry", url: str = "https://example.com/ferry") -> None:
    """Let the admin import one article; one that has its name is corrected."""
    seed = make_seed_text(title=title, url=url).encode()
    await import_files(town.admin, town.channel, Upload(filename=f"{name}.md", content=seed))


@pytest.fixture
async def posted(empty_town: Town) -> Town:
    """A server whose first edition, which mentions a role, has two stories."""
    role = empty_town.guild.add_role("Readers", mentionable=True)
    await upload(empty_town, WRONG)
    await upload(empty_town, OTHER, name="library", url="https://example.com/library")
    await empty_town.post_first_edition(mention_role=role)
    assert WRONG in only_message(empty_town).text
    return empty_town


def only_message(town: Town) -> SandboxMessage:
    """The edition's message; nothing else was ever posted."""
    (message,) = town.channel.messages
    return message


async def test_corrected_title_is_in_the_message_with_the_day(posted: Town) -> None:
    """In place: it is the same message."""
    before = only_message(posted).id
    await upload(posted, RIGHT)
    await posted.let_pass(MINUTE)

    message = only_message(posted)
    assert message.id == before
    assert RIGHT in message.text
    assert WRONG not in message.text
    assert OTHER in message.text
    assert "Corrected 27 November" in message.text


async def test_edit_pings_nobody(posted: Town) -> None:
    """Although the message mentions a role."""
    assert only_message(posted).mentions.roles != ()
    await upload(posted, RIGHT)
    await posted.let_pass(MINUTE)

    assert only_message(posted).edited
    assert only_message(posted).mentions.roles == ()


async def test_corrected_link_is_in_the_message(posted: Town) -> None:
    """The old one is gone."""
    await upload(posted, WRONG, url="https://example.com/harbour/ferry")
    await posted.let_pass(MINUTE)

    assert "https://example.com/harbour/ferry" in only_message(posted).links
    assert "https://example.com/ferry" not in only_message(posted).links


async def test_link_that_leads_to_the_same_page_is_not_a_correction(posted: Town) -> None:
    """A feed may add tracking parameters at any time."""
    await upload(posted, WRONG, url="https://www.example.com/ferry/?utm_source=feed")
    await posted.let_pass(MINUTE)

    assert not only_message(posted).edited


async def test_import_of_the_same_article_changes_nothing(posted: Town) -> None:
    """Nor does another one."""
    await upload(posted, WRONG)
    await upload(posted, "Bridge closed for repairs", name="bridge", url="https://example.com/bridge")
    await posted.let_pass(MINUTE)

    assert not only_message(posted).edited


async def test_hidden_story_leaves_the_message(posted: Town) -> None:
    """Its title and its link vanish, and the message counts it; no other story takes its place."""
    await posted.admin.run(posted.channel, "content hide", article="ferry.md", reason="wrong")
    await upload(posted, "Bridge closed for repairs", name="bridge", url="https://example.com/bridge")
    await posted.let_pass(MINUTE)

    message = only_message(posted)
    assert WRONG not in message.text
    assert "https://example.com/ferry" not in message.links
    assert "1 story from 1 provider" in message.text
    assert "Corrected 27 November · 1 story withdrawn" in message.text
    assert "Bridge" not in message.text


async def test_message_without_a_story_is_kept_and_says_why(posted: Town) -> None:
    """Its reader doesn't wonder what became of it."""
    for name in ("ferry.md", "library.md"):
        await posted.admin.run(posted.channel, "content hide", article=name, reason="wrong")
    await posted.let_pass(MINUTE)

    assert "all of its stories were withdrawn" in only_message(posted).text
    assert only_message(posted).links == []


async def test_story_that_is_shown_again_stays_out_of_the_message(posted: Town) -> None:
    """It was withdrawn in front of its readers."""
    await posted.admin.run(posted.channel, "content hide", article="ferry.md", reason="wrong")
    await posted.let_pass(MINUTE)
    await posted.admin.run(posted.channel, "content unhide", article="ferry.md")
    await posted.let_pass(HOUR)

    assert WRONG not in only_message(posted).text


async def test_rollback_corrects_the_message_as_its_preview_says(posted: Town) -> None:
    """The story that the import added leaves it."""
    batch = (await services_of(posted).store.articles.imports(server_shelf(posted.guild.id), limit=1))[0]
    preview = await posted.admin.run(posted.channel, "content rollback", batch=batch.id)
    said = preview.text
    await posted.admin.press(preview, "Roll back")
    await posted.let_pass(MINUTE)

    assert "Posted messages of the last 14 days are corrected." in said
    assert OTHER not in only_message(posted).text
    assert "Corrected 27 November · 1 story withdrawn" in only_message(posted).text


async def test_what_is_taken_back_at_once_leaves_the_message_as_it_was(posted: Town) -> None:
    """Within the minute until somebody looks."""
    await posted.admin.run(posted.channel, "content hide", article="ferry.md", reason="wrong")
    await posted.admin.run(posted.channel, "content unhide", article="ferry.md")
    await posted.let_pass(MINUTE)

    assert not only_message(posted).edited


async def test_message_is_edited_once_an_hour_at_most(posted: Town) -> None:
    """The second correction waits, and the last of several is made."""
    await upload(posted, RIGHT)
    await posted.let_pass(MINUTE)
    for title in ("Second title of the ferry", "Third title of the ferry"):
        await upload(posted, title)
        await posted.let_pass(MINUTE)
    assert RIGHT in only_message(posted).text

    await posted.let_pass(HOUR)
    assert "Third title" in only_message(posted).text


async def test_message_is_edited_three_times_in_all(posted: Town) -> None:
    """Then it stays as it is."""
    for number in range(1, 6):
        await upload(posted, f"Title {number} of the ferry")
        await posted.let_pass(HOUR)

    assert "Title 3" in only_message(posted).text


@pytest.mark.parametrize(("days", "is_corrected"), [(13, True), (15, False)])
async def test_message_is_corrected_for_two_weeks(posted: Town, days: int, *, is_corrected: bool) -> None:
    """Later nobody would see it."""
    await posted.let_pass(timedelta(days=days))
    await upload(posted, RIGHT)
    await posted.let_pass(MINUTE)

    assert only_message(posted).edited is is_corrected


async def test_deleted_message_is_not_posted_again(posted: Town) -> None:
    """A moderator wanted it gone."""
    only_message(posted).channel.by_id.clear()
    for title in (RIGHT, "Second title of the ferry"):
        await upload(posted, title)
        await posted.let_pass(HOUR)

    assert posted.channel.messages == []


async def test_message_is_edited_once_the_channel_is_seen_again(posted: Town) -> None:
    """The admin reads a notice meanwhile, once."""
    posted.channel.set_permissions(bot={"view_channel": False})
    await upload(posted, RIGHT)
    await posted.let_pass(MINUTE)
    await posted.let_pass(HOUR)
    assert WRONG in only_message(posted).text
    assert ["can't edit its message" in message.text for message in posted.admin.direct_messages] == [True]

    posted.channel.set_permissions(bot={"view_channel": True})
    await posted.let_pass(HOUR)
    assert RIGHT in only_message(posted).text


async def test_paused_schedule_loses_hidden_stories_and_gets_no_other_correction(posted: Town) -> None:
    """Until it is resumed."""
    await posted.admin.run(posted.channel, "schedule pause", name="Weekly")
    await upload(posted, RIGHT)
    await posted.let_pass(MINUTE)
    assert not only_message(posted).edited

    await posted.admin.run(posted.channel, "content hide", article="library.md", reason="wrong")
    await posted.let_pass(MINUTE)
    assert (OTHER in only_message(posted).text, WRONG in only_message(posted).text) == (False, True)

    await posted.admin.run(posted.channel, "schedule resume", name="Weekly")
    await posted.let_pass(HOUR)
    assert RIGHT in only_message(posted).text


async def test_hidden_story_leaves_the_message_of_a_deleted_schedule(posted: Town) -> None:
    """Hiding it would otherwise be in vain."""
    await posted.admin.run(posted.channel, "schedule delete", name="Weekly")
    await posted.admin.run(posted.channel, "content hide", article="ferry.md", reason="wrong")
    await posted.let_pass(MINUTE)

    assert WRONG not in only_message(posted).text


async def test_correction_reaches_a_message_after_a_restart(posted: Town) -> None:
    """The articles changed while nobody looked."""
    await upload(posted, RIGHT)
    await posted.stop_bot()
    await posted.start_bot()
    await posted.let_pass(MINUTE)

    assert RIGHT in only_message(posted).text


async def test_edit_of_unknown_outcome_is_made_again_and_counts_once(posted: Town) -> None:
    """Discord took it, and its answer was lost."""
    posted.sandbox.faults.drop(after=True, method="PATCH", path="/messages/")
    await upload(posted, RIGHT)
    await posted.let_pass(MINUTE)
    await posted.let_pass(MINUTE)
    history = await posted.admin.run(posted.channel, "schedule history", name="Weekly")

    assert RIGHT in only_message(posted).text
    assert "corrected" in history.text


@pytest.mark.parametrize("arrives", [True, False])
async def test_process_that_ends_while_its_edit_is_on_the_wire_leaves_it_to_be_done(
    posted: Town, *, arrives: bool
) -> None:
    """The next one makes it, once that request must have ended; nothing is posted."""
    assert posted.bot is not None
    fault = posted.sandbox.faults.delay(2.0, after=arrives, method="PATCH", path="/messages/")
    await upload(posted, RIGHT)
    posted.clock.jump_to(posted.clock.now() + MINUTE)
    sending = asyncio.create_task(posted.bot.deliver_pending())
    await until_met(fault)
    sending.cancel()
    await posted.stop_bot()
    await posted.start_bot()
    await posted.let_pass(MINUTE)

    assert RIGHT in only_message(posted).text


async def test_history_says_when_an_edition_was_corrected(posted: Town) -> None:
    """And nothing of an edition that never was."""
    before = await posted.admin.run(posted.channel, "schedule history", name="Weekly")
    await upload(posted, RIGHT)
    await posted.let_pass(MINUTE)
    after = await posted.admin.run(posted.channel, "schedule history", name="Weekly")

    assert "corrected" not in before.text
    assert "sent" in after.text
    assert "corrected 27 Nov" in after.text.replace("November", "Nov")


async def test_latest_edition_is_shown_as_its_stories_are_now(posted: Town) -> None:
    """The message and the answer say the same."""
    await upload(posted, RIGHT)
    answer = await posted.member.run(posted.channel, "digest latest", schedule="Weekly")

    assert RIGHT in answer.text
    assert WRONG not in answer.text


async def test_published_message_stays_published(empty_town: Town) -> None:
    """Discord brings the edit to the followers."""
    announcements = empty_town.guild.add_channel("announcements", kind="announcement")
    await upload(empty_town, WRONG)
    await empty_town.post_first_edition(channel=announcements, publish=True)
    await upload(empty_town, RIGHT)
    await empty_town.let_pass(MINUTE)

    (message,) = announcements.messages
    assert (message.crossposted, RIGHT in message.text) == (True, True)


async def test_post_in_a_forum_is_corrected(empty_town: Town) -> None:
    """Its message is in the post, also after a restart."""
    forum = empty_town.guild.add_channel("posts", "forum")
    await upload(empty_town, WRONG)
    await empty_town.post_first_edition(channel=forum)
    await empty_town.stop_bot()
    await empty_town.start_bot()
    await upload(empty_town, RIGHT)
    await empty_town.let_pass(MINUTE)

    (message,) = forum.threads[0].messages
    assert RIGHT in message.text


async def test_editors_headline_stays(empty_town: Town) -> None:
    """The link below the headline is the corrected one."""
    desk = empty_town.guild.add_channel("desk")
    await upload(empty_town, WRONG)
    await empty_town.admin.run(
        empty_town.channel,
        "schedule create",
        name="Weekly",
        channel=empty_town.channel,
        day="monday",
        time="10:00",
        timezone="UTC",
    )
    await empty_town.admin.run(empty_town.channel, "schedule desk", name="Weekly", channel=desk, lead_time=1)
    await empty_town.let_pass(NINE)
    story = await empty_town.admin.choose(desk.messages[0], [WRONG])
    form = await empty_town.admin.press(story, "Headline")
    await empty_town.admin.submit(form, headline="What happened in the harbour")
    await empty_town.let_pass(timedelta(hours=1))
    await upload(empty_town, RIGHT)
    await upload(empty_town, RIGHT, url="https://example.com/harbour")
    await empty_town.let_pass(MINUTE)

    message = only_message(empty_town)
    assert "What happened in the harbour" in message.text
    assert RIGHT not in message.text
    assert "https://example.com/harbour" in message.links
