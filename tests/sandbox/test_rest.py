"""REST: permissions, error codes, and what Discord remembers."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import pytest

from bot.sandbox import Channel, Guild, Member, Sandbox, Upload
from bot.sandbox.application.interactions import COMMAND, Interaction
from bot.sandbox.state.channel import Tag
from bot.sandbox.state.snowflakes import moment_of
from tests.sandbox.conftest import Rest, text_display
from tests.support.clocks import ManualClock

V2 = 1 << 15


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stops until the test moves it."""
    return ManualClock()


@pytest.fixture
async def sandbox(clock: ManualClock) -> Any:
    """A sandbox on that clock."""
    async with Sandbox(limits=False, clock=clock) as sandbox:
        yield sandbox


async def test_a_wrong_token_is_refused(rest: Rest) -> None:
    """401, as at login."""
    rest.headers = {"Authorization": "Bot wrong"}
    assert (await rest("GET", "/users/@me"))[0] == 401


async def test_an_unknown_route_is_a_deviation(sandbox: Sandbox, rest: Rest) -> None:
    """A path that the sandbox doesn't have is not silently nothing."""
    assert (await rest("GET", "/nowhere"))[0] == 404
    assert sandbox.deviations[0].path == "/nowhere"


async def test_answers_carry_the_clocks_date(clock: ManualClock, rest: Rest) -> None:
    """The Date header follows the injected clock."""
    await rest("GET", "/users/@me")
    assert parsedate_to_datetime(rest.last.headers["Date"]) == clock.now()


async def test_answers_are_exactly_json(rest: Rest) -> None:
    """discord.py reads a content type with a charset as text."""
    await rest("GET", "/users/@me")
    assert (rest.last.headers["Content-Type"], "Via" in rest.last.headers) == ("application/json", True)


async def test_ids_carry_the_clocks_moment(channel: Channel, clock: ManualClock, rest: Rest) -> None:
    """Snowflakes hold the time."""
    _, message = await rest.post(channel, content="x")
    assert moment_of(int(message["id"])) == clock.now()


async def test_a_request_that_is_not_json_is_refused(sandbox: Sandbox, channel: Channel) -> None:
    """50109."""
    url = f"{sandbox.api_base}/api/v10/channels/{channel.id}/messages"
    headers = {"Authorization": f"Bot {sandbox.token}", "Content-Type": "application/json"}
    async with aiohttp.ClientSession() as session, session.post(url, data=b"{", headers=headers) as answer:
        assert (await answer.json())["code"] == 50109


async def test_an_invalid_form_names_each_place(channel: Channel, rest: Rest) -> None:
    """50035 nests its errors by place."""
    _, answer = await rest.post(channel, embeds=[{"title": "x" * 257}])
    assert answer["errors"]["embeds"]["0"]["title"]["_errors"][0]["code"] == "BASE_TYPE_MAX_LENGTH"


# A change of the channel, the message, and Discord's error code.
REFUSALS: list[tuple[str, Callable[[Channel], Any], dict[str, Any], int]] = [
    ("may not write", lambda c: c.set_permissions(bot={"send_messages": False}), {"content": "x"}, 50013),
    ("may not embed", lambda c: c.set_permissions(bot={"embed_links": False}), {"embeds": [{"title": "x"}]}, 50013),
    ("may not see", lambda c: c.set_permissions(bot={"view_channel": False}), {"content": "x"}, 50001),
    ("is gone", lambda c: c.delete(), {"content": "x"}, 10003),
    ("lost its bot", lambda c: c.guild.remove_bot(), {"content": "x"}, 50001),  # type: ignore[union-attr]
    ("has a silent role", lambda c: c.guild.set_bot_permissions(send_messages=False), {"content": "x"}, 50013),  # type: ignore[union-attr]
    ("is closed to everyone", lambda c: c.set_permissions(everyone={"view_channel": False}), {"content": "x"}, 50001),
    ("gets nothing", lambda _: None, {"content": ""}, 50006),
    ("gets no components", lambda _: None, {"flags": V2, "components": []}, 50035),
]


@pytest.mark.parametrize(("prepare", "body", "code"), [pytest.param(*one[1:], id=one[0]) for one in REFUSALS])
async def test_a_post_is_refused_when_its_channel(
    channel: Channel, rest: Rest, prepare: Callable[[Channel], Any], body: dict[str, Any], code: int
) -> None:
    """Permissions are computed, and each refusal has Discord's code."""
    prepare(channel)
    assert (await rest.post(channel, **body))[1]["code"] == code


async def test_an_overwrite_for_the_bot_wins_over_everyones(channel: Channel, rest: Rest) -> None:
    """The member's own overwrite comes last."""
    channel.set_permissions(everyone={"view_channel": False}, bot={"view_channel": True})
    assert (await rest.post(channel, content="x"))[0] == 200


async def test_an_administrator_may_write_anywhere(guild: Guild, channel: Channel, rest: Rest) -> None:
    """Administrator knows no overwrites."""
    guild.set_bot_permissions(administrator=True)
    channel.set_permissions(bot={"send_messages": False})
    assert (await rest.post(channel, content="x"))[0] == 200


async def test_people_keep_what_is_taken_from_the_bot(guild: Guild, channel: Channel, member: Member) -> None:
    """A silenced bot silences no one else."""
    guild.set_bot_permissions(send_messages=False)
    assert (await member.say(channel, "x")).text == "x"


async def test_history_without_permission_is_empty(channel: Channel, rest: Rest) -> None:
    """Without Read Message History the list is empty, not an error."""
    await rest.post(channel, content="x")
    channel.set_permissions(bot={"read_message_history": False})
    assert await rest("GET", f"/channels/{channel.id}/messages") == (200, [])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"limit": "2"}, ["5", "4"]),
        ({"after": 1, "limit": "2"}, ["3", "2"]),
        ({"before": 3}, ["2", "1"]),
        ({"around": 3, "limit": "3"}, ["4", "3", "2"]),
    ],
)
async def test_history_is_paged(channel: Channel, rest: Rest, query: dict[str, Any], found: list[str]) -> None:
    """Newest first, before, after and around a message."""
    ids = {number: (await rest.post(channel, content=str(number)))[1]["id"] for number in range(1, 6)}
    named = {key: ids[value] if isinstance(value, int) else value for key, value in query.items()}
    _, listed = await rest("GET", f"/channels/{channel.id}/messages", **named)
    assert [one["content"] for one in listed] == found


async def test_a_nonce_returns_the_first_message_inside_its_window(channel: Channel, rest: Rest) -> None:
    """Nothing is posted twice."""
    first = await rest.post(channel, content="one", nonce="n", enforce_nonce=True)
    assert await rest.post(channel, content="two", nonce="n", enforce_nonce=True) == first
    assert len(channel.messages) == 1


async def test_a_nonce_is_forgotten_after_its_window(channel: Channel, rest: Rest, clock: ManualClock) -> None:
    """A few minutes later the same nonce posts again."""
    await rest.post(channel, content="one", nonce="n", enforce_nonce=True)
    clock.advance(120.5)
    await rest.post(channel, content="two", nonce="n", enforce_nonce=True)
    assert [one.content for one in channel.messages] == ["one", "two"]


async def test_a_nonce_counts_for_every_channel_of_its_author(guild: Guild, channel: Channel, rest: Rest) -> None:
    """Nonces are per author: a second channel gets nothing."""
    other = guild.add_channel("other")
    await rest.post(channel, content="one", nonce="n", enforce_nonce=True)
    await rest.post(other, content="two", nonce="n", enforce_nonce=True)
    assert other.messages == []


async def test_a_nonce_without_enforcement_posts_twice(channel: Channel, rest: Rest) -> None:
    """A nonce alone is only a label."""
    await rest.post(channel, content="one", nonce="n")
    await rest.post(channel, content="two", nonce="n")
    assert [one.nonce for one in channel.messages] == ["n", "n"]


async def test_a_nonce_of_a_deleted_message_is_unknown(channel: Channel, rest: Rest, member: Member) -> None:
    """Inside the window Discord answers 10008."""
    await rest.post(channel, content="one", nonce="n", enforce_nonce=True)
    member.delete(channel.messages[0])
    status, answer = await rest.post(channel, content="one", nonce="n", enforce_nonce=True)
    assert (status, answer["code"]) == (404, 10008)


async def test_a_message_is_edited(channel: Channel, rest: Rest) -> None:
    """PATCH changes only the fields that it has."""
    _, message = await rest.post(channel, content="one", embeds=[{"title": "kept"}])
    await rest("PATCH", f"/channels/{channel.id}/messages/{message['id']}", {"content": "two"})
    posted = channel.messages[0]
    assert (posted.content, posted.embeds[0]["title"], posted.edited) == ("two", "kept", True)


async def test_an_edit_cannot_put_content_beside_components(channel: Channel, rest: Rest) -> None:
    """A message of components stays one."""
    _, message = await rest.post(channel, flags=V2, components=[text_display("x")])
    status, _ = await rest("PATCH", f"/channels/{channel.id}/messages/{message['id']}", {"content": "two"})
    assert status == 400


async def test_a_members_message_is_not_the_bots_to_edit(channel: Channel, rest: Rest, member: Member) -> None:
    """50005."""
    message = await member.say(channel, "mine")
    assert (await rest("PATCH", f"/channels/{channel.id}/messages/{message.id}", {"content": "x"}))[1]["code"] == 50005


async def test_a_members_message_is_not_the_bots_to_delete(channel: Channel, rest: Rest, member: Member) -> None:
    """50013 without Manage Messages."""
    message = await member.say(channel, "mine")
    assert (await rest("DELETE", f"/channels/{channel.id}/messages/{message.id}"))[1]["code"] == 50013


async def test_a_deleted_message_is_unknown(channel: Channel, rest: Rest) -> None:
    """10008 afterwards."""
    _, message = await rest.post(channel, content="x")
    path = f"/channels/{channel.id}/messages/{message['id']}"
    assert (await rest("DELETE", path))[0] == 204
    assert (await rest("GET", path))[1]["code"] == 10008


async def test_a_message_is_published_once(guild: Guild, rest: Rest) -> None:
    """A second publishing is 40033."""
    channel = guild.add_channel("news", "announcement")
    _, message = await rest.post(channel, content="x")
    path = f"/channels/{channel.id}/messages/{message['id']}/crosspost"
    codes = [(await rest("POST", path))[0], (await rest("POST", path))[1]["code"]]
    assert (codes, channel.messages[0].crossposted) == ([200, 40033], True)


async def test_a_text_channel_cannot_publish(channel: Channel, rest: Rest) -> None:
    """50024."""
    _, message = await rest.post(channel, content="x")
    assert (await rest("POST", f"/channels/{channel.id}/messages/{message['id']}/crosspost"))[1]["code"] == 50024


async def test_a_forum_takes_posts_but_no_messages(guild: Guild, rest: Rest) -> None:
    """A post is a thread with the message's id."""
    forum = guild.add_channel("posts", "forum")
    assert (await rest.post(forum, content="x"))[1]["code"] == 50008
    status, post = await rest("POST", f"/channels/{forum.id}/threads", {"name": "Monday", "message": {"content": "x"}})
    assert (status, post["message"]["id"], forum.threads[0].messages[0].content) == (201, post["id"], "x")


async def test_a_message_unarchives_its_thread(channel: Channel, rest: Rest) -> None:
    """Nobody has to open it first, unless it is locked."""
    thread = channel.add_thread("old", archived=True)
    assert ((await rest.post(thread, content="x"))[0], thread.archived) == (200, False)


async def test_a_locked_archived_thread_takes_no_message(channel: Channel, rest: Rest) -> None:
    """50083."""
    thread = channel.add_thread("old", archived=True, locked=True)
    assert ((await rest.post(thread, content="x"))[1]["code"], thread.archived) == (50083, True)


async def test_a_locked_thread_is_unarchived_with_permission(guild: Guild, channel: Channel, rest: Rest) -> None:
    """A bot with Manage Threads may, by PATCH."""
    guild.set_bot_permissions(manage_threads=True)
    thread = channel.add_thread("old", archived=True, locked=True)
    assert (await rest("PATCH", f"/channels/{thread.id}", {"archived": False}))[0] == 200


async def post_in(rest: Rest, forum: Channel, *tags: Tag) -> tuple[int, Any]:
    """Create a post with these tags."""
    body = {"name": "Monday", "message": {"content": "x"}, "applied_tags": [str(tag.id) for tag in tags]}
    return await rest("POST", f"/channels/{forum.id}/threads", body)


async def test_a_forum_that_requires_a_tag_refuses_a_post_without(guild: Guild, rest: Rest) -> None:
    """40067."""
    forum = guild.add_channel("posts", "forum")
    forum.add_tag("News")
    forum.require_tag()
    assert (await post_in(rest, forum))[1]["code"] == 40067


async def test_a_post_with_a_tag_is_created(guild: Guild, rest: Rest) -> None:
    """It carries the tag."""
    forum = guild.add_channel("posts", "forum")
    tag = forum.add_tag("News")
    forum.require_tag()
    status, post = await post_in(rest, forum, tag)
    assert (status, post["applied_tags"]) == (201, [str(tag.id)])


async def test_a_tag_of_another_forum_is_unknown(guild: Guild, rest: Rest) -> None:
    """10087."""
    tag = guild.add_channel("other", "forum").add_tag("News")
    assert (await post_in(rest, guild.add_channel("posts", "forum"), tag))[1]["code"] == 10087


async def test_a_moderated_tag_needs_manage_threads(guild: Guild, rest: Rest) -> None:
    """50013."""
    forum = guild.add_channel("posts", "forum")
    tag = forum.add_tag("Official", moderated=True)
    assert (await post_in(rest, forum, tag))[1]["code"] == 50013


async def test_a_tag_is_in_the_channel_object(guild: Guild, rest: Rest) -> None:
    """With the flag that requires one."""
    forum = guild.add_channel("posts", "forum")
    tag = forum.add_tag("News")
    forum.require_tag()
    _, shape = await rest("GET", f"/channels/{forum.id}")
    assert (shape["available_tags"][0]["id"], shape["flags"]) == (str(tag.id), 1 << 4)


async def test_the_bot_has_exactly_the_permissions_of_its_invite(sandbox: Sandbox, channel: Channel) -> None:
    """The number in README's link; neither @everyone nor another role adds to it."""
    assert channel.permissions_of(sandbox.application_id) == 274877991936


async def test_a_locked_thread_stays_closed_without_permission(channel: Channel, rest: Rest) -> None:
    """Only Manage Threads opens a locked thread."""
    thread = channel.add_thread("old", archived=True, locked=True)
    assert (await rest("PATCH", f"/channels/{thread.id}", {"archived": False}))[1]["code"] == 50013


async def test_a_thread_opens_on_a_message_once(guild: Guild, channel: Channel, rest: Rest) -> None:
    """A second thread on it is 160004; the invite doesn't have the permission for the first."""
    guild.set_bot_permissions(create_public_threads=True)
    _, message = await rest.post(channel, content="x")
    path = f"/channels/{channel.id}/messages/{message['id']}/threads"
    assert (await rest("POST", path, {"name": "Talk"}))[1]["id"] == message["id"]
    assert (await rest("POST", path, {"name": "Talk"}))[1]["code"] == 160004


async def test_direct_messages_can_be_closed(admin: Member, rest: Rest) -> None:
    """50007."""
    admin.block_dms()
    _, direct = await rest("POST", "/users/@me/channels", {"recipient_id": str(admin.id)})
    assert (await rest("POST", f"/channels/{direct['id']}/messages", {"content": "x"}))[1]["code"] == 50007


async def test_commands_keep_their_ids_when_they_are_synced_again(sandbox: Sandbox, rest: Rest) -> None:
    """PUT answers whole command objects."""
    path = f"/applications/{sandbox.application_id}/commands"
    command = {"name": "help", "description": "Help"}
    first = (await rest("PUT", path, [command]))[1]
    second = (await rest("PUT", path, [command]))[1]
    assert (first[0]["id"], sandbox.sync_count) == (second[0]["id"], 2)


def ask(sandbox: Sandbox, channel: Channel, member: Member) -> Interaction:
    """An interaction that waits for its first answer."""
    data = {"id": "1", "name": "news", "type": 1}
    return sandbox._world.interactions.send(COMMAND, member, channel, data)


async def answer(rest: Rest, interaction: Interaction, kind: int = 4, **data: Any) -> tuple[int, Any]:
    """Send a first answer."""
    path = f"/interactions/{interaction.id}/{interaction.token}/callback?with_response=1"
    return await rest("POST", path, {"type": kind, "data": data})


async def test_an_answer_after_three_seconds_is_unknown(
    sandbox: Sandbox, channel: Channel, member: Member, rest: Rest, clock: ManualClock
) -> None:
    """10062."""
    interaction = ask(sandbox, channel, member)
    clock.advance(3.1)
    assert (await answer(rest, interaction, content="late"))[1]["code"] == 10062


async def test_a_second_first_answer_is_refused(sandbox: Sandbox, channel: Channel, member: Member, rest: Rest) -> None:
    """40060."""
    interaction = ask(sandbox, channel, member)
    await answer(rest, interaction, content="one")
    assert (await answer(rest, interaction, content="two"))[1]["code"] == 40060


async def test_a_token_ends_after_fifteen_minutes(
    sandbox: Sandbox, channel: Channel, member: Member, rest: Rest, clock: ManualClock
) -> None:
    """50027."""
    interaction = ask(sandbox, channel, member)
    await answer(rest, interaction, content="one")
    clock.advance(901)
    path = f"/webhooks/{sandbox.application_id}/{interaction.token}/messages/@original"
    assert (await rest("PATCH", path, {"content": "two"}))[1]["code"] == 50027


async def test_an_ephemeral_answer_is_never_in_the_channel(
    sandbox: Sandbox, channel: Channel, member: Member, rest: Rest
) -> None:
    """Flag 64 keeps it from everybody else."""
    interaction = ask(sandbox, channel, member)
    _, callback = await answer(rest, interaction, content="psst", flags=64)
    assert (channel.messages, callback["resource"]["message"]["content"]) == ([], "psst")


async def test_the_first_followup_fills_a_deferred_answer(
    sandbox: Sandbox, channel: Channel, member: Member, rest: Rest
) -> None:
    """Discord edits the waiting answer instead of adding a message."""
    interaction = ask(sandbox, channel, member)
    await answer(rest, interaction, kind=5)
    await rest("POST", f"/webhooks/{sandbox.application_id}/{interaction.token}", {"content": "done"})
    assert [one.content for one in channel.messages] == ["done"]


async def test_the_log_keeps_every_request(sandbox: Sandbox, channel: Channel, rest: Rest) -> None:
    """Method, path, status, moment."""
    await rest.post(channel, content="x")
    method, path, status, _ = sandbox.requests[-1]
    assert (method, path, status) == ("POST", f"/channels/{channel.id}/messages", 200)


async def test_an_upload_is_served_by_the_cdn(channel: Channel, member: Member) -> None:
    """The content is read as it was sent."""
    message = await member.say(channel, "", files=[Upload(filename="a b.txt", content=b"words")])
    async with aiohttp.ClientSession() as session, session.get(message.raw["attachments"][0]["url"]) as file:
        assert await file.read() == b"words"


async def test_members_are_not_listed_without_their_intent(guild: Guild, rest: Rest) -> None:
    """Listing members needs a privileged intent."""
    assert (await rest("GET", f"/guilds/{guild.id}/members"))[1]["code"] == 50001
