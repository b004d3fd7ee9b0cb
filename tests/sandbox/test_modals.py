"""Modals and selects, sent and received by discord.py unmodified, and filled in as Discord's client would."""

from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox import Answer, Channel, Guild, Member, Sandbox, SandboxError, Upload
from tests.sandbox.conftest import Start
from tests.sandbox.modal_bot import ModalBot, modal_bot

pytestmark = pytest.mark.usefixtures("bot")

MIB = 1024 * 1024


@pytest.fixture
async def bot(channel: Channel, start: Start) -> ModalBot:
    """The bot with the modals, ready."""
    assert channel.takes_messages
    bot = modal_bot()
    await start(bot)
    return bot


async def send(member: Member, channel: Channel, kind: str, /, **fields: Any) -> Answer:
    """Open a modal and submit it with these fields."""
    return await member.submit(await member.run(channel, "form", kind=kind), **fields)


def upload(name: str = "seed.md", content: bytes = b"words") -> Upload:
    """A file."""
    return Upload(filename=name, content=content, content_type="text/plain")


async def test_every_modal_and_its_submission_follow_the_description(
    sandbox: Sandbox, channel: Channel, member: Member
) -> None:
    """None of the modals that discord.py builds deviates from what Discord publishes."""
    for kind in ("words", "choices", "things"):
        await send(member, channel, kind)
    assert sandbox.deviations == []


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("words", "('Weekly', '')"),
        ("choices", "(['mon'], '5', ['ai'], True, None)"),
    ],
)
async def test_an_untouched_modal_is_sent_with_its_defaults(
    channel: Channel, member: Member, kind: str, said: str
) -> None:
    """Submitting at once is as good as entering what was prefilled."""
    assert (await send(member, channel, kind)).text == said


async def test_a_select_is_sent_with_its_default_channel(channel: Channel, member: Member) -> None:
    """By its id, resolved."""
    assert (await send(member, channel, "things")).text == f"([{channel.id}], [], [], [], [])"


@pytest.mark.parametrize(
    ("kind", "fields", "said"),
    [
        ("words", {"name": "Daily", "A note": "Mind\nthe gap"}, "('Daily', 'Mind\\nthe gap')"),
        ("words", {"a_note": "x"}, "('Weekly', 'x')"),
        ("choices", {"days": ["Tuesday", "fri"]}, "(['tue', 'fri'], '5', ['ai'], True, None)"),
        ("choices", {"stories": "Three", "colour": "Blue"}, "(['mon'], '3', ['ai'], True, 'Blue')"),
        ("choices", {"topics": ["AI", "Law"], "silent": False}, "(['mon'], '5', ['ai', 'law'], False, None)"),
        ("choices", {"topics": [], "silent": None}, "(['mon'], '5', [], False, None)"),
    ],
)
async def test_entered_values_reach_the_bot(
    channel: Channel, member: Member, kind: str, fields: dict[str, Any], said: str
) -> None:
    """Fields go by custom id or label, options by label or value; None and [] empty a field."""
    assert (await send(member, channel, kind, **fields)).text == said


@pytest.mark.parametrize(
    ("kind", "fields", "why"),
    [
        ("words", {"name": ""}, "'Name': it is required"),
        ("words", {"name": "ab"}, "'Name': it takes 3 to 10 characters, not 2"),
        ("words", {"name": "x" * 11}, "'Name': it takes 3 to 10 characters, not 11"),
        ("words", {"name": "two\nlines"}, "'Name': it takes one line"),
        ("words", {"nme": "x"}, "no field nme"),
        ("choices", {"days": []}, "'Days': it is required"),
        ("choices", {"days": ["mon", "tue", "fri"]}, "'Days': it takes 1 to 2, not 3"),
        ("choices", {"days": ["Sunday"]}, "'Days': The select doesn't offer 'Sunday'"),
        ("choices", {"stories": None}, "'Stories': it is required"),
        ("choices", {"stories": ["3", "5"]}, "'Stories': it takes 1 to 1, not 2"),
        ("choices", {"stories": "4"}, "'Stories': The select doesn't offer '4'"),
        ("choices", {"topics": ["ai", "fashion", "law"]}, "'Topics': it takes 0 to 2, not 3"),
        ("choices", {"silent": "yes"}, "a checkbox is True or False"),
        ("things", {"channel": []}, "'Channel': it is required"),
        ("things", {"files": ["seed.md"]}, "'Files': it takes Uploads"),
    ],
)
async def test_what_the_client_refuses_is_not_sent(
    channel: Channel, member: Member, kind: str, fields: dict[str, Any], why: str
) -> None:
    """The member sees what is wrong, and the bot sees nothing."""
    with pytest.raises(SandboxError) as refused:
        await send(member, channel, kind, **fields)
    assert why in str(refused.value)


async def test_people_roles_and_channels_are_resolved(channel: Channel, guild: Guild, member: Member) -> None:
    """discord.py turns each select's values into objects of the right kind."""
    role, forum = guild.add_role("Readers"), guild.add_channel("stories", "forum")
    fields = {"channel": forum, "editors": [member], "role": role, "anyone": [member, role]}
    said = (await send(member, channel, "things", **fields)).text
    both = sorted((member.id, role.id))
    assert said == f"([{forum.id}], [{member.id}], [{role.id}], {both}, [])"


@pytest.mark.parametrize("field", ["channel", "editors", "role"])
async def test_a_select_takes_only_its_own_kind(channel: Channel, guild: Guild, member: Member, field: str) -> None:
    """A voice channel for text ones, a channel for a person or a role."""
    with pytest.raises(SandboxError, match="doesn't offer"):
        await send(member, channel, "things", **{field: [guild.add_channel("talk", "voice")]})


async def test_a_default_channel_that_was_deleted_is_left_out(guild: Guild, member: Member) -> None:
    """The client shows the select empty, so it must be filled in."""
    form = await member.run(guild.add_channel("gone"), "form", kind="things")
    guild.channels[-1].delete()
    with pytest.raises(SandboxError, match="it is required"):
        await member.submit(form)


async def test_ten_files_are_uploaded(channel: Channel, member: Member) -> None:
    """Each is read from the CDN."""
    files = [upload(f"{number}.md", f"n{number}".encode()) for number in range(10)]
    said = (await send(member, channel, "things", files=files)).text
    assert said.endswith(f"{[f'n{number}' for number in range(10)]})")


@pytest.mark.parametrize(
    ("files", "why"),
    [([upload()] * 11, "it takes 1 to 10, not 11"), ([upload(content=b"x" * (10 * MIB + 1))], "above the limit")],
)
async def test_too_many_or_too_large_files_are_refused(
    channel: Channel, member: Member, files: list[Upload], why: str
) -> None:
    """By the client, before anything is sent."""
    with pytest.raises(SandboxError, match=why):
        await send(member, channel, "things", files=files)


async def test_a_modal_does_not_answer_a_modal(sandbox: Sandbox, channel: Channel, member: Member) -> None:
    """Discord refuses it, so a message with a button comes between."""
    assert (await send(member, channel, "again", name="x")).text == "refused with 400, code 50035"
    assert [one.why for one in sandbox.deviations] == ["a response of type 9 doesn't fit an interaction of type 5"]


async def test_a_resolved_channel_says_what_member_and_app_may(
    bot: ModalBot, sandbox: Sandbox, channel: Channel, guild: Guild, member: Member
) -> None:
    """`permissions` are the member's, `app_permissions` the app's."""
    board = guild.add_channel("board")
    board.set_permissions(bot={"send_messages": False})
    await send(member, channel, "things", channel=board)
    [seen] = bot.seen[-1]["resolved"]["channels"].values()
    app = board.permissions_of(sandbox.application_id)
    assert (int(seen["permissions"]), int(seen["app_permissions"])) == (board.permissions_of(member.id), app)


async def test_a_resolved_channel_is_partial(bot: ModalBot, channel: Channel, member: Member) -> None:
    """It has no overwrites, so nothing may rely on them."""
    await send(member, channel, "things")
    [seen] = bot.seen[-1]["resolved"]["channels"].values()
    assert {"permission_overwrites", "available_tags"} & set(seen) == set()


@pytest.mark.parametrize("kind", ["UserSelect", "RoleSelect", "MentionableSelect", "ChannelSelect"])
async def test_each_select_in_a_message_gives_its_things(
    sandbox: Sandbox, channel: Channel, guild: Guild, member: Member, kind: str
) -> None:
    """As objects with ids, so they were resolved."""
    offered: dict[str, list[Any]] = {
        "UserSelect": [member],
        "RoleSelect": [guild.add_role("Readers")],
        "MentionableSelect": [member, guild.add_role("Readers")],
        "ChannelSelect": [channel],
    }
    things = offered[kind]
    answer = await member.choose(await member.run(channel, "selects"), things, custom_id=kind)
    assert (answer.text, sandbox.deviations) == (repr((sorted(one.id for one in things),)), [])
