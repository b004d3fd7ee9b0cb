"""Posting, reading back and telling, by discord.py against the sandbox, with a login and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.news.delivery import DeliveryKey, EditionKey, ScheduleId, nonce_for
from bot.news.message.draft import Button, ButtonRow, Draft, Mention, Paragraph, Text
from bot.news.message.messenger import CannotRead, NotThere, Outcome, Posted, ReadBack, Refused, Unclear
from bot.news.schedules.posting import Posting
from bot.sandbox import Channel
from bot.sandbox.application.posting import create, delete
from tests.support.clocks import ManualClock
from tests.support.postoffice import Office, open_office, posted_draft

FORUM_POSTS = r"/threads$"
ARCHIVED_PAGE = 100
"""Threads that Discord lists in one answer at most."""


@pytest.fixture
async def office(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Office]:
    """A client that is logged in, without rate limits."""
    async with open_office(tmp_path, clock, limits=False) as opened:
        yield opened


def key_in(channel: Channel) -> DeliveryKey:
    """Some part on its way to a channel."""
    return DeliveryKey(channel_id=channel.id, schedule_id=ScheduleId(1), edition=EditionKey("2021-06-03"), part=1)


async def post(office: Office, channel: Channel | None = None, **more: object) -> Outcome:
    """Post a part to a channel, the usual one where none is given."""
    where = channel or office.channel
    draft = posted_draft(key_in(where))
    return await office.messenger.post(where.id, draft, **{"nonce": draft.key, "title": "An edition", **more})  # type: ignore[arg-type] # a test's options


async def look(office: Office, channel: Channel | None = None, *, minutes: float = 10) -> ReadBack:
    """Look for that part in the last minutes."""
    where = channel or office.channel
    now = office.clock.now()
    return await office.messenger.read_back(
        where.id,
        nonce_for(key_in(where)),
        after=now - timedelta(minutes=minutes),
        before=now + timedelta(minutes=1),
    )


def archive_all(office: Office, forum: Channel) -> None:
    """Archive the forum's posts, one a second, the oldest first."""
    for thread in forum.threads:
        if not thread.archived:
            office.clock.advance(1)
            thread.set_archived()


async def test_post_needs_no_gateway_connection(office: Office) -> None:
    """A login is enough: senders and shards may be separate processes."""
    outcome = await post(office)

    assert outcome == Posted(message_id=office.messages[0].id)
    assert office.sandbox.gateway.identify_count == 0


async def test_same_nonce_gives_the_first_message_again(office: Office) -> None:
    """While Discord remembers it."""
    assert await post(office) == await post(office)
    assert len(office.messages) == 1


async def test_post_pings_nobody_whatever_stands_in_it(office: Office) -> None:
    """Headlines are other people's words."""
    role = office.guild.add_role("Readers", mentionable=True)
    text = f"@everyone <@&{role.id}> <@{office.sandbox.owner.id}>"
    draft = Draft(blocks=(Paragraph(runs=(Text(text=text),)),))

    await office.messenger.post(office.channel.id, draft, nonce="n")

    assert not office.messages[0].mentions


async def test_post_pings_the_one_role_that_the_schedule_names(office: Office) -> None:
    """And no other one."""
    readers, others = (
        office.guild.add_role("Readers", mentionable=True),
        office.guild.add_role("Others", mentionable=True),
    )
    blocks = (Mention(role_id=readers.id), Mention(role_id=others.id))

    await office.messenger.post(office.channel.id, Draft(blocks=blocks), nonce="n", mention_roles=(readers.id,))

    assert office.messages[0].mentions.roles == (readers.id,)


@pytest.mark.parametrize("kind", ["text", "forum"])
@pytest.mark.parametrize("silent", [True, False])
async def test_silent_post_notifies_nobody(office: Office, kind: str, *, silent: bool) -> None:
    """A message and a forum's post alike."""
    channel = office.guild.add_channel("somewhere", kind=kind)
    await post(office, channel, posting=Posting(silent=silent))

    (message,) = [one for place in (channel, *channel.threads) for one in place.messages]
    assert message.silent is silent


async def test_thread_is_opened_under_a_message_once(office: Office) -> None:
    """A second try finds it, whatever became of the first one's answer."""
    await allow_threads(office)
    await post(office)
    message = office.messages[0]
    for _ in range(2):
        assert await office.messenger.open_thread(office.channel.id, message.id, "Weekly") == Posted(
            message_id=message.id
        )

    assert [(thread.id, thread.name) for thread in office.channel.threads] == [(message.id, "Weekly")]


@pytest.mark.parametrize("is_known", [True, False])
async def test_forums_post_needs_no_thread(office: Office, *, is_known: bool) -> None:
    """It is one, also for a process that didn't post it."""
    forum = office.guild.add_channel("posts", kind="forum")
    outcome = await post(office, forum)
    assert isinstance(outcome, Posted)
    if not is_known:
        await office.restart()

    assert await office.messenger.open_thread(forum.id, outcome.message_id, "Weekly") == outcome
    assert len(forum.threads) == 1


async def test_thread_without_the_permission_is_refused(office: Office) -> None:
    """Create Public Threads is missing."""
    await post(office)

    outcome = await office.messenger.open_thread(office.channel.id, office.messages[0].id, "Weekly")

    assert isinstance(outcome, Refused)
    assert (outcome.cause, outcome.can_retry) == ("no_permission", False)


async def test_thread_that_gets_no_answer_is_tried_again(office: Office) -> None:
    """Nothing is lost by that: there is one at most."""
    await allow_threads(office)
    await post(office)
    office.sandbox.faults.drop(after=True, method="POST", path="/threads$")

    outcome = await office.messenger.open_thread(office.channel.id, office.messages[0].id, "Weekly")

    assert isinstance(outcome, Refused)
    assert outcome.can_retry


async def allow_threads(office: Office) -> None:
    """Let the bot open threads, which the invite doesn't."""
    office.guild.set_bot_permissions(create_public_threads=True)


async def announce(office: Office, count: int = 1) -> tuple[Channel, list[int]]:
    """Post to an announcement channel; the channel and its messages."""
    channel = office.guild.add_channel("announcements", kind="announcement")
    for number in range(count):
        create(channel, office.sandbox._world.bot, {"content": f"News {number}"})
    return channel, [message.id for message in channel.messages]


async def test_announcement_is_published(office: Office) -> None:
    """To the channel's followers."""
    channel, (message_id,) = await announce(office)

    assert await office.messenger.publish(channel.id, message_id) == Posted(message_id=message_id)
    assert channel.messages[0].crossposted


async def test_announcement_that_was_published_before_is_published(office: Office) -> None:
    """It changes nothing to do it again."""
    channel, (message_id,) = await announce(office)
    await office.messenger.publish(channel.id, message_id)

    assert await office.messenger.publish(channel.id, message_id) == Posted(message_id=message_id)


async def test_message_of_a_text_channel_cannot_be_published(office: Office) -> None:
    """And trying again doesn't help."""
    await post(office)

    outcome = await office.messenger.publish(office.channel.id, office.messages[0].id)

    assert isinstance(outcome, Refused)
    assert (outcome.cause, outcome.can_retry) == ("refused", False)


async def test_network_that_fails_while_publishing_is_worth_another_try(office: Office) -> None:
    """Whether it was published doesn't matter: doing it again changes nothing."""
    channel, (message_id,) = await announce(office)
    office.sandbox.faults.drop(after=True, path="crosspost")

    outcome = await office.messenger.publish(channel.id, message_id)

    assert isinstance(outcome, Refused)
    assert outcome.can_retry
    assert await office.messenger.publish(channel.id, message_id) == Posted(message_id=message_id)


async def test_publishing_that_empties_the_budget_returns_at_once(tmp_path: Path, clock: ManualClock) -> None:
    """discord.py alone would return an hour later; the next one is told how long to wait, and asks nobody."""
    async with open_office(tmp_path, clock) as office:
        channel, ids = await announce(office, 11)
        outcomes = [await office.messenger.publish(channel.id, message_id) for message_id in ids]
        assert outcomes[:10] == [Posted(message_id=message_id) for message_id in ids[:10]]
        last = outcomes[10]
        assert isinstance(last, Refused)
        assert (last.cause, last.can_retry) == ("rate_limited", True)
        assert last.retry_after_s is not None
        assert 3500 < last.retry_after_s <= 3601
        assert 429 not in {request.status for request in office.sandbox.requests}


async def test_budget_that_is_used_up_is_not_asked_for_before_its_time(tmp_path: Path, clock: ManualClock) -> None:
    """A new process knows nothing of it, and learns it from the first answer."""
    async with open_office(tmp_path, clock) as office:
        channel, ids = await announce(office, 11)
        for message_id in ids:
            await office.messenger.publish(channel.id, message_id)
        await office.restart()
        outcomes = [await office.messenger.publish(channel.id, ids[10]) for _ in range(3)]
        assert all(isinstance(outcome, Refused) and (outcome.retry_after_s or 0) > 3500 for outcome in outcomes)
        assert [request.status for request in office.sandbox.requests].count(429) == 1


async def test_forum_gets_a_post_with_a_title(office: Office) -> None:
    """Discord takes no message there."""
    forum = office.guild.add_channel("forum", kind="forum")

    outcome = await post(office, forum)

    (thread,) = forum.threads
    assert thread.name == "An edition"
    assert outcome == Posted(message_id=thread.messages[0].id)


async def test_forum_post_whose_answer_was_lost_is_not_repeated(office: Office) -> None:
    """No nonce guards a second one: it is read back."""
    forum = office.guild.add_channel("forum", kind="forum")
    office.sandbox.faults.status(500, after=True, path=FORUM_POSTS)

    outcome = await post(office, forum)

    assert isinstance(outcome, Unclear)
    assert len(forum.threads) == 1


async def test_forum_is_known_the_second_time(office: Office) -> None:
    """One refused request a process, not one a post."""
    forum = office.guild.add_channel("forum", kind="forum")
    await post(office, forum)
    await post(office, forum)

    refused = [seen for seen in office.sandbox.requests if seen.status == 400]
    assert (len(refused), len(forum.threads)) == (1, 2)


async def test_forums_title_is_cut_to_discords_length(office: Office) -> None:
    """A hundred characters, at a word's end."""
    forum = office.guild.add_channel("forum", kind="forum")

    await post(office, forum, title="word " * 40)

    assert len(forum.threads[0].name) <= 100


async def test_edition_is_posted_to_a_thread_that_was_archived_and_locked(office: Office) -> None:
    """A thread is archived after some quiet days; the bot opens it again if it may manage threads."""
    office.channel.set_permissions(bot={"manage_threads": True})
    thread = office.channel.add_thread("Daily news")
    thread.set_archived(locked=True)

    assert isinstance(await post(office, thread), Posted)

    assert not thread.archived
    assert [message.nonce for message in thread.messages] == [nonce_for(key_in(thread))]


@pytest.mark.parametrize("archived", [False, True])
async def test_forum_post_is_found_again(office: Office, archived: bool) -> None:  # noqa: FBT001 - a test's parameter
    """Among the active ones, and among the archived ones after a day."""
    forum = office.guild.add_channel("forum", kind="forum")
    await post(office, forum)
    forum.threads[0].set_archived(archived)

    assert await look(office, forum) == Posted(message_id=forum.threads[0].id)


@pytest.mark.parametrize("archived", [False, True])
@pytest.mark.parametrize("restarted", [False, True])
async def test_forum_post_is_edited(office: Office, *, archived: bool, restarted: bool) -> None:
    """In its thread, which has the message's id; an archived one is opened again first."""
    forum = office.guild.add_channel("forum", kind="forum")
    await post(office, forum)
    (message,) = forum.threads[0].messages
    forum.threads[0].set_archived(archived)
    if restarted:
        await office.restart()
    draft = posted_draft(key_in(forum), "Corrected")

    assert await office.messenger.edit(forum.id, message.id, draft) == Posted(message_id=message.id)
    assert "Corrected" in message.text
    assert len(forum.threads) == 1


async def test_edit_of_a_message_that_was_deleted_is_refused(office: Office) -> None:
    """Its channel is asked for, which may be a forum."""
    await post(office)
    outcome = await office.messenger.edit(office.channel.id, 1, posted_draft(key_in(office.channel)))

    assert isinstance(outcome, Refused)
    assert outcome.cause == "message_gone"


async def test_forum_post_is_found_behind_other_archived_posts(office: Office) -> None:
    """The latest archived post is not the only one that is looked at."""
    forum = office.guild.add_channel("forum", kind="forum")
    await post(office, forum)
    archive_all(office, forum)
    forum.add_thread("archived since")
    archive_all(office, forum)

    assert await look(office, forum) == Posted(message_id=forum.threads[0].id)


async def test_forum_post_is_found_behind_more_than_a_page_of_archived_posts(office: Office) -> None:
    """Archived posts come in pages of a hundred, the latest archived first."""
    forum = office.guild.add_channel("forum", kind="forum")
    await post(office, forum)
    for number in range(ARCHIVED_PAGE + 20):
        forum.add_thread(f"archived since: {number}")
    archive_all(office, forum)

    assert await look(office, forum) == Posted(message_id=forum.threads[0].id)
    pages = [seen for seen in office.sandbox.requests if seen.path.endswith("/threads/archived/public")]
    assert len(pages) == 2


async def test_forum_without_our_post_is_read_to_its_end(office: Office) -> None:
    """Other posts of ours and of others don't count."""
    forum = office.guild.add_channel("forum", kind="forum")
    other = posted_draft(DeliveryKey(channel_id=forum.id, schedule_id=ScheduleId(2), edition=EditionKey("x"), part=1))
    await office.messenger.post(forum.id, other, nonce=other.key)
    forum.add_thread("somebody's")

    assert await look(office, forum) == NotThere()


async def test_thread_is_read_back_with_its_parents_permissions(office: Office) -> None:
    """It has none of its own."""
    thread = office.channel.add_thread("discussion")
    await post(office, thread)
    found = await look(office, thread)
    office.channel.set_permissions(bot={"read_message_history": False})

    assert found == Posted(message_id=thread.messages[0].id)
    assert isinstance(await look(office, thread), CannotRead)


async def test_message_is_found_by_its_key(office: Office) -> None:
    """Among others of ours and of members."""
    for number in range(3):
        other = posted_draft(
            DeliveryKey(
                channel_id=office.channel.id, schedule_id=ScheduleId(2), edition=EditionKey("x"), part=number + 1
            )
        )
        await office.messenger.post(office.channel.id, other, nonce=other.key)
    outcome = await post(office)

    assert await look(office) == outcome


async def test_message_is_found_behind_hundreds_of_others(office: Office) -> None:
    """History comes in pages of a hundred."""
    member = office.guild.add_member("Mo")
    for number in range(250):
        create(office.channel, member.user, {"content": f"chatter {number}"})
    outcome = await post(office)

    assert await look(office) == outcome


async def test_message_from_before_the_span_is_not_looked_at(office: Office) -> None:
    """Reading back reads a span, not the channel's years."""
    await post(office)
    office.clock.advance(3600)

    assert await look(office, minutes=30) == NotThere()


async def test_message_of_another_user_with_our_key_is_not_ours(office: Office) -> None:
    """Custom ids can be read by every member, and another bot could use one."""
    await post(office)
    copied = office.messages[0].raw["components"]
    delete(office.messages[0])
    create(office.channel, office.guild.add_member("Mallory").user, {"components": copied, "flags": 1 << 15})

    assert await look(office) == NotThere()


async def test_channel_without_read_message_history_cannot_be_read(office: Office) -> None:
    """Discord would answer an empty list: the message would seem lost."""
    await post(office)
    office.channel.set_permissions(bot={"read_message_history": False})

    assert isinstance(await look(office), CannotRead)


async def test_channel_that_the_bot_does_not_see_cannot_be_read(office: Office) -> None:
    """Nobody can say what was posted."""
    office.channel.set_permissions(bot={"view_channel": False})

    assert isinstance(await look(office), CannotRead)


async def test_channel_that_is_gone_holds_nothing(office: Office) -> None:
    """The post that follows says what is the matter."""
    office.channel.delete()

    assert await look(office) == NotThere()


async def test_channel_that_does_not_answer_is_unclear(office: Office) -> None:
    """It is read again later."""
    office.sandbox.faults.status(503, times=None, method="GET", path=r"/messages$")

    assert isinstance(await office.while_time_runs(look(office)), Unclear)


async def test_refused_token_ends_a_read_back(office: Office) -> None:
    """No retry."""
    office.sandbox.faults.status(401, method="GET")

    found = await look(office)
    assert isinstance(found, Refused)
    assert found.cause == "token_refused"


@pytest.mark.parametrize(
    ("status", "code", "cause"),
    [
        (400, 50035, "invalid_form"),
        (400, 50006, "invalid_form"),
        (400, 30046, "refused"),
        (401, 0, "token_refused"),
        (403, 50013, "no_permission"),
        (403, 50001, "no_permission"),
        (404, 10003, "channel_gone"),
        (404, 10004, "channel_gone"),
        (404, 10008, "message_gone"),
        (418, 0, "refused"),
    ],
)
async def test_each_refusal_has_its_word(office: Office, status: int, code: int, cause: str) -> None:
    """And Discord's own sentence with it."""
    office.sandbox.faults.status(status, body={"code": code, "message": "Because."}, path=r"/messages$")

    outcome = await post(office)

    assert isinstance(outcome, Refused)
    assert (outcome.cause, outcome.can_retry) == (cause, False)
    assert "Because." in outcome.detail


async def test_channel_that_holds_no_messages_is_refused(office: Office) -> None:
    """A category, say: neither a text channel nor a forum."""
    outcome = await post(office, office.guild.add_channel("shelf", kind="category"))

    assert isinstance(outcome, Refused)
    assert (outcome.cause, outcome.can_retry) == ("refused", False)


async def test_draft_that_cannot_be_a_message_never_leaves(office: Office) -> None:
    """Its plain text is tried then."""
    button = Button(action="why", args=("x" * 200,), label="Why?")

    outcome = await office.messenger.post(office.channel.id, Draft(blocks=(ButtonRow(buttons=(button,)),)), nonce="n")

    assert isinstance(outcome, Refused)
    assert outcome.cause == "invalid_form"


async def test_member_is_told_directly(office: Office) -> None:
    """Saving a schedule is the opt-in."""
    ada = office.guild.add_member("Ada")

    outcome = await office.messenger.tell_user(ada.id, Draft(blocks=(Paragraph(runs=(Text(text="Hello"),)),)))

    assert isinstance(outcome, Posted)
    assert [message.text for message in ada.direct_messages] == ["Hello"]


async def test_member_whose_door_is_closed_is_a_refusal(office: Office) -> None:
    """The notice stays unread then."""
    ada = office.guild.add_member("Ada")
    ada.takes_direct_messages = False

    outcome = await office.messenger.tell_user(ada.id, Draft(blocks=(Paragraph(runs=(Text(text="Hello"),)),)))

    assert isinstance(outcome, Refused)
    assert not outcome.can_retry


async def test_closed_client_posts_nothing_and_says_so(office: Office) -> None:
    """At the end of the process a row that was claimed goes back, and isn't a bad form."""
    await office.close()

    outcome = await post(office)

    assert isinstance(outcome, Refused)
    assert (outcome.cause, outcome.can_retry) == ("unreachable", True)
