"""Members suggest stories, and editors take or refuse them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

import pytest

from bot.news.article import server_shelf
from bot.sandbox import Answer, Upload
from bot.sandbox.actions.answer import wait_for_answer
from bot.sandbox.application.interactions import COMMAND
from bot.sandbox.state.message import SandboxMessage
from tests.journeys.test_desk import Desk, order
from tests.kinds.test_door import services_of
from tests.support.running_bot import Town, import_files

LINK: Final = "https://harbour.example/quay-closes-for-winter"
TITLE: Final = "Quay closes for the winter"
CARD: Final = {
    "url": LINK,
    "title": TITLE,
    "description": "The old quay is shut until March.",
    "image": {"url": "https://harbour.example/quay.jpg"},
    "provider": {"name": "Harbour Post"},
}


@pytest.fixture
async def desk(town: Town) -> Desk:
    """A desk without a draft."""
    desk = Desk(town)
    await order(desk)
    return desk


async def suggest(desk: Desk, text: str = f"Look: {LINK}") -> Answer:
    """Let a member suggest a message of another one."""
    town = desk.town
    message = await town.admin.say(town.channel, text, embeds=[CARD])
    return await town.member.menu(town.channel, "Suggest for the next edition", message)


async def candidate(desk: Desk) -> SandboxMessage:
    """The suggestion on the desk, as it is now."""
    await desk.town.let_pass(timedelta(seconds=6))
    return desk.channel.messages[0]


async def preview(desk: Desk) -> str:
    """What the next edition would be."""
    answer = await desk.town.admin.run(desk.town.channel, "schedule preview", name="Weekly")
    return "\n".join(message.text for message in await answer.wait_for_followups(1))


async def count_articles(desk: Desk) -> int:
    """How many articles of its own the server has."""
    shelf = server_shelf(desk.town.guild.id)
    return (await services_of(desk.town).store.articles.shelf_size(shelf)).articles


async def test_taken_suggestion_is_in_the_next_preview_with_its_credit(desk: Desk) -> None:
    """If its member agreed to be named."""
    suggested = await suggest(desk)
    await desk.town.member.press(suggested, "Show my name with it")
    shown = await candidate(desk)
    assert TITLE in shown.text
    assert "Harbour Post" in shown.text
    assert f"Suggested by {desk.town.member.name}" in shown.text

    taken = await desk.town.admin.press(shown, "Take")
    assert "Taken into this server's articles." in taken.text
    found = await preview(desk)
    assert TITLE in found
    assert f"suggested by {desk.town.member.name}" in found
    assert "Taken:" in (await candidate(desk)).text


async def test_member_is_not_named_without_their_consent(desk: Desk) -> None:
    """Neither on the desk nor in the edition."""
    await suggest(desk)
    shown = await candidate(desk)
    await desk.town.admin.press(shown, "Take")

    assert "uggested by" not in shown.text + await preview(desk)


async def test_refused_suggestion_is_in_no_edition(desk: Desk) -> None:
    """And can't be suggested again."""
    await suggest(desk)
    await desk.town.admin.press(await candidate(desk), "Refuse")

    assert TITLE not in await preview(desk)
    assert "Refused." in (await candidate(desk)).text
    assert "was suggested here already" in (await suggest(desk)).text


async def test_two_editors_at_once_take_it_once(desk: Desk) -> None:
    """One of them is told so."""
    town = desk.town
    second = town.guild.add_member("Second", permissions=("manage_guild",))
    await suggest(desk)
    shown = await candidate(desk)
    answers = await asyncio.gather(town.admin.press(shown, "Take"), second.press(shown, "Take"))

    taken = [answer for answer in answers if "Taken into" in answer.text]
    assert len(taken) == 1
    assert await count_articles(desk) == 1


async def test_link_that_arrived_meanwhile_is_not_added_again(desk: Desk) -> None:
    """The editor is told, and the suggestion counts as taken."""
    await suggest(desk)
    shown = await candidate(desk)
    seed = f'---\ntitle: "The other one"\nwebUrl: "{LINK}"\npublishedDateTime: "2023-11-20"\n---\n'
    await import_files(desk.town.admin, desk.town.channel, Upload(filename="other.md", content=seed.encode()))

    assert "already" in (await desk.town.admin.press(shown, "Take")).text
    found = await preview(desk)
    assert TITLE not in found


async def test_link_of_the_archive_is_not_suggested(desk: Desk) -> None:
    """The answer says that it is here already."""
    await suggest(desk)
    await desk.town.admin.press(await candidate(desk), "Take")
    again = await desk.town.member.run(desk.town.channel, "news suggest", url=LINK)

    assert "already" in again.text


async def test_link_alone_can_be_suggested(desk: Desk) -> None:
    """With a title out of its address, or the member's own."""
    town = desk.town
    first = await town.member.run(town.channel, "news suggest", url=LINK)
    second = await town.member.run(town.channel, "news suggest", url="https://a.example/1", title="My @everyone title")

    assert "Quay closes for winter" in first.text
    assert "My @everyone title" in second.text.replace("\\", "").replace("\u200b", "")


async def test_sixth_suggestion_of_a_day_is_refused(desk: Desk) -> None:
    """And nothing is stored of it."""
    town = desk.town
    for number in range(5):
        await town.member.run(town.channel, "news suggest", url=f"https://a.example/{number}")
    answer = await town.member.run(town.channel, "news suggest", url="https://a.example/6")

    assert "5 suggestions here within a day" in answer.text
    await town.let_pass(timedelta(days=1, minutes=1))
    assert "Suggested." in (await town.member.run(town.channel, "news suggest", url="https://a.example/6")).text


async def test_server_without_a_desk_says_who_can_name_one(town: Town) -> None:
    """And stores nothing."""
    answer = await town.member.run(town.channel, "news suggest", url=LINK)

    assert "Manage Server or an editor role can name one with /schedule desk" in answer.text


async def test_member_sees_and_deletes_what_is_kept_of_suggestions(desk: Desk) -> None:
    """The suggestion stays, without the id and the name."""
    town = desk.town
    await town.member.press(await suggest(desk), "Show my name with it")
    kept = await town.member.run(town.channel, "my data")
    gone = await town.member.run(town.channel, "my data", delete=True)

    assert "1 suggestion" in kept.text
    assert "1 suggestion" in gone.text
    assert town.member.name not in (await candidate(desk)).text


async def test_suggestion_is_posted_once_through_a_lost_answer(desk: Desk) -> None:
    """A request whose outcome is unknown is looked for before it is repeated."""
    town = desk.town
    town.sandbox.faults.drop(after=True, method="POST", path=r"/messages$")
    await suggest(desk)
    await town.let_pass(timedelta(minutes=3))

    assert len([message for message in desk.channel.messages if TITLE in message.text]) == 1


async def test_suggestion_is_posted_once_through_a_kill(desk: Desk) -> None:
    """Discord had taken it when the bot ended; the next run finds it, and its buttons work."""
    town = desk.town
    fault = town.sandbox.faults.drop(after=True, method="POST", path=r"/messages$")
    await suggest(desk)
    await town.let_pass(timedelta(seconds=6))
    await town.stop_bot()
    town.sandbox.faults.remove(fault)
    await town.start_bot()
    await town.let_pass(timedelta(minutes=3))

    (shown,) = [message for message in desk.channel.messages if TITLE in message.text]
    assert "Taken into" in (await town.admin.press(shown, "Take")).text


async def test_desk_that_can_not_be_written_to_gives_a_notice(desk: Desk) -> None:
    """Which says what the bot lacks."""
    town = desk.town
    desk.channel.set_permissions(bot={"send_messages": False})
    await suggest(desk)
    await town.let_pass(timedelta(seconds=6))
    (notice,) = await town.admin.wait_for_direct_messages(1)
    assert "I can't show members' suggestions in the editors' channel" in notice.text


async def test_member_who_can_not_see_the_channel_can_not_suggest_from_it(desk: Desk) -> None:
    """Whatever a client sends."""
    town = desk.town
    message = await town.admin.say(town.channel, LINK, embeds=[CARD])
    town.channel.set_permissions(members={town.member: {"view_channel": False}})
    world = town.sandbox._world
    root = next(each for each in town.sandbox.commands if each["name"] == "Suggest for the next edition")
    data = {key: root[key] for key in ("id", "name", "type")}
    data |= {"target_id": str(message.id), "resolved": {"messages": {str(message.id): message.raw}}}
    answer = await wait_for_answer(world.interactions.send(COMMAND, town.member, town.channel, data), 10.0)

    assert "You can't see this channel" in answer.text
    assert await services_of(town).store.suggestions.count_suggestions(town.member.id) == 0
