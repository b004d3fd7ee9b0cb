"""discord.py, unmodified, finds nothing missing in the sandbox."""

from __future__ import annotations

import pytest

from bot.sandbox import Channel, Guild, Member, Sandbox, SandboxError, Upload
from tests.sandbox.conftest import SmallBot, Start
from tests.sandbox.news_bot import news_bot

pytestmark = pytest.mark.usefixtures("bot")


@pytest.fixture
async def bot(channel: Channel, start: Start) -> SmallBot:
    """The bot, ready, in a server."""
    assert channel.takes_messages
    return await start(news_bot())


async def test_a_bot_becomes_ready_and_knows_its_server(bot: SmallBot, guild: Guild, channel: Channel) -> None:
    """READY and GUILD_CREATE have all that discord.py needs."""
    known = bot.get_guild(guild.id)
    assert known is not None
    assert known.get_channel(channel.id) is not None


async def test_a_whole_session_has_no_deviation(
    bot: SmallBot, sandbox: Sandbox, channel: Channel, member: Member
) -> None:
    """Requests of discord.py and responses of the sandbox match Discord's description."""
    await member.run(channel, "news search", query="lamps")
    await member.run(channel, "news more")
    await member.run(channel, "news slow")
    answer = await member.run(channel, "news panel")
    await member.choose(answer, ["Second"])
    await bot.get_partial_messageable(channel.id).send("hello")
    assert sandbox.deviations == []


async def test_a_slash_command_is_answered(channel: Channel, member: Member) -> None:
    """Options go by name and type."""
    answer = await member.run(channel, "news search", query="lamps", topic="AI", count=2)
    assert (answer.text, answer.ephemeral) == ("lamps/AI/2", True)


async def test_an_autocomplete_offers_choices(channel: Channel, member: Member) -> None:
    """The focused option reaches the bot."""
    choices = await member.complete(channel, "news search", focused="topic", value="fa", query="x")
    assert [choice.name for choice in choices] == ["Fashion", "Fables"]


async def test_a_deferred_answer_is_awaited(channel: Channel, member: Member) -> None:
    """`run` returns when the deferred answer is filled."""
    answer = await member.run(channel, "news slow")
    assert (answer.text, answer.deferred, answer.ephemeral) == ("done", True, True)


async def test_a_layout_view_reads_as_text(channel: Channel, member: Member) -> None:
    """Components come in reading order."""
    answer = await member.run(channel, "news panel")
    assert answer.text == "Lamps\n[picture: A lamp]\n[Full coverage]\n[▾ A story]"


async def test_a_button_inside_a_container_is_pressed(channel: Channel, member: Member) -> None:
    """A button is found by its label."""
    answer = await member.run(channel, "news panel")
    assert (await member.press(answer, "Full coverage")).text == "all of it"


async def test_a_select_can_edit_its_own_message(channel: Channel, member: Member) -> None:
    """An update differs from a new answer."""
    answer = await member.run(channel, "news panel")
    assert (await member.choose(answer, ["Second"])).is_update


async def test_an_attachment_is_read_from_the_cdn(channel: Channel, member: Member) -> None:
    """`discord.Attachment.read` works, and an uploaded answer comes back."""
    file = Upload(filename="seed.txt", content=b"words", content_type="text/plain")
    answer = await member.run(channel, "news upload", file=file, where=channel)
    assert (answer.text.splitlines()[0], answer.files[0].content) == ("seed.txt for news", b"WORDS")


async def test_a_modal_is_opened_and_submitted(channel: Channel, member: Member) -> None:
    """Fields go by their labels."""
    form = await member.run(channel, "news form")
    assert (await member.submit(form, name="Weekly")).text == "called Weekly"


async def test_a_followup_is_kept_beside_the_answer(channel: Channel, member: Member) -> None:
    """Further messages are the answer's follow-ups."""
    answer = await member.run(channel, "news more")
    assert [one.text for one in await answer.wait_for_followups(1)] == ["two"]


async def test_a_message_menu_carries_its_message(channel: Channel, member: Member) -> None:
    """The target is resolved."""
    message = await member.say(channel, "a headline")
    assert (await member.menu(channel, "Find related coverage", message)).text == "related to a headline"


async def test_a_member_does_not_see_an_admins_command(channel: Channel, member: Member) -> None:
    """Default permissions hide a command."""
    with pytest.raises(SandboxError, match="permissions"):
        await member.run(channel, "admin")


async def test_a_hidden_command_can_be_forced(channel: Channel, member: Member) -> None:
    """An admin may have re-assigned the permissions."""
    assert (await member.run(channel, "admin", force=True)).text == "secret"


async def test_silence_is_an_error_as_in_the_client(channel: Channel, member: Member) -> None:
    """A bot that does not answer is not waited for endlessly."""
    with pytest.raises(SandboxError, match=r"did not respond to /news silent: nothing within"):
        await member.run(channel, "news silent", timeout=0.2)


async def test_a_command_needs_no_guild_in_direct_messages(member: Member) -> None:
    """Commands work in direct messages."""
    assert (await member.run(member.direct_channel, "news search", query="x")).text == "x/None/3"


async def test_a_direct_message_arrives(bot: SmallBot, admin: Member) -> None:
    """The bot can write to a person."""
    user = await bot.fetch_user(admin.id)
    await user.send("psst")
    assert [one.text for one in admin.direct_messages] == ["psst"]
