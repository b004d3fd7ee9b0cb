"""Editors see an edition before it is posted, change it, hold it and release it."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Final

import pytest

from bot.sandbox import Answer
from bot.sandbox.state.channel import Channel
from bot.sandbox.state.message import SandboxMessage
from tests.journeys.test_edition import HERALD, WBUR
from tests.support.running_bot import NINE, Town

HOUR: Final = timedelta(hours=1)


class Desk:
    """A town whose weekly digest is drafted an hour before, in a channel of its own."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.channel: Channel = town.guild.add_channel("desk")

    @property
    def control(self) -> SandboxMessage:
        """The message with the buttons."""
        return self.channel.messages[0]

    @property
    def texts(self) -> list[str]:
        """What the desk shows."""
        return [message.text for message in self.channel.messages]

    async def press(self, label: str) -> Answer:
        """Let the admin press a button of the desk."""
        return await self.town.admin.press(self.control, label)


def news(town: Town) -> list[str]:
    """What was posted."""
    return [message.text for message in town.channel.messages]


@pytest.fixture
async def desk(town: Town) -> Desk:
    """The desk an hour before its first edition."""
    desk = Desk(town)
    await order(desk)
    await town.let_pass(NINE)
    return desk


async def order(desk: Desk) -> None:
    """Let the admin order a digest for Mondays at ten, which is drafted at nine."""
    town = desk.town
    await town.admin.run(
        town.channel,
        "schedule create",
        name="Weekly",
        channel=town.channel,
        day="monday",
        time="10:00",
        timezone="UTC",
    )
    await town.admin.run(town.channel, "schedule desk", name="Weekly", channel=desk.channel, lead_time=1)


async def test_draft_is_shown_before_the_edition_is_due(desk: Desk) -> None:
    """With its stories and buttons, and nothing is posted yet."""
    assert "Draft: Weekly" in desk.control.text
    assert {"Approve", "Hold", "Send now"} <= set(desk.control.buttons)
    assert HERALD in desk.texts[1]
    assert news(desk.town) == []


async def test_edition_is_posted_at_its_time_as_the_desk_showed_it(desk: Desk) -> None:
    """And the desk says so."""
    shown = desk.texts[1]
    await desk.town.let_pass(HOUR)

    assert news(desk.town) == [shown.replace("[Draft]", "[Why these?]")]
    assert "Not a draft any more: sent" in desk.control.text
    assert len(desk.channel.messages) == 2


async def test_held_draft_waits_for_its_approval(desk: Desk) -> None:
    """However long it is due."""
    answer = await desk.press("Hold")
    await desk.town.let_pass(HOUR)
    assert "On hold." in answer.text
    assert news(desk.town) == []

    await desk.press("Approve")
    await desk.town.let_pass(timedelta(seconds=1))
    assert len(news(desk.town)) == 1


async def test_draft_can_be_sent_at_once(desk: Desk) -> None:
    """Before it is due."""
    await desk.press("Send now")
    await desk.town.let_pass(timedelta(seconds=1))

    assert len(news(desk.town)) == 1


async def test_dropped_story_is_not_posted(desk: Desk) -> None:
    """The desk shows the edition without it."""
    story = await desk.town.admin.choose(desk.control, [HERALD])
    dropped = await desk.town.admin.press(story, "Drop")
    await desk.town.let_pass(timedelta(seconds=1))
    assert "Dropped." in dropped.text
    assert HERALD not in desk.texts[1]

    await desk.town.let_pass(HOUR)
    (posted,) = news(desk.town)
    assert WBUR in posted
    assert HERALD not in posted


async def test_story_moves_up(desk: Desk) -> None:
    """The second one leads then."""
    story = await desk.town.admin.choose(desk.control, [WBUR])
    await desk.town.admin.press(story, "Up")
    await desk.town.let_pass(timedelta(seconds=1))

    text = desk.control.text
    assert text.index(f"1. {WBUR[:20]}") < text.index(f"2. {HERALD[:20]}")


async def test_act_on_an_older_draft_shows_the_draft_as_it_is(desk: Desk) -> None:
    """Nothing is done to what the editor didn't see."""
    first = await desk.town.admin.choose(desk.control, [HERALD])
    second = await desk.town.admin.choose(desk.control, [WBUR])
    await desk.town.admin.press(first, "Drop")
    refused = await desk.town.admin.press(second, "Drop")

    assert "Somebody changed the draft meanwhile." in refused.text
    assert "1. " in refused.text


async def test_member_can_do_nothing_on_the_desk(desk: Desk) -> None:
    """A member who sees the channel sees the buttons."""
    answer = await desk.town.member.press(desk.control, "Approve")
    await desk.town.let_pass(timedelta(seconds=1))

    assert "Manage Server" in answer.text
    assert "It is posted then, unless someone holds it." in desk.control.text


async def test_skipped_draft_is_not_posted(desk: Desk) -> None:
    """Its stories come in the following edition."""
    answer = await desk.town.admin.run(desk.town.channel, "schedule skip-next", name="Weekly")
    await desk.town.let_pass(HOUR)
    assert "Skipped the draft of Weekly" in answer.text
    assert news(desk.town) == []
    assert "skipped" in desk.control.text

    await desk.town.let_pass(timedelta(weeks=1))
    assert HERALD in news(desk.town)[0]


async def test_preview_shows_the_draft(desk: Desk) -> None:
    """It is what will be posted."""
    answer = await desk.town.admin.run(desk.town.channel, "schedule preview", name="Weekly")

    assert "Draft: Weekly" in answer.text


async def test_schedule_shows_its_desk_and_its_draft(desk: Desk) -> None:
    """With what happens without an act."""
    answer = await desk.town.admin.run(desk.town.channel, "schedule show", name="Weekly")

    assert "1 hour before; posted at its time unless someone holds it" in answer.text
    assert "On the desk: the draft of the edition of" in answer.text


async def test_restart_shows_each_message_once(desk: Desk) -> None:
    """What is in the channel is found there."""
    await desk.town.stop_bot()
    await desk.town.start_bot()
    await desk.town.let_pass(timedelta(seconds=60))

    assert len(desk.channel.messages) == 2


async def test_hidden_story_leaves_the_desk(desk: Desk) -> None:
    """At the next tick, with its title."""
    assert desk.town.bot is not None
    (schedule,) = await desk.town.bot.store.schedules.schedules()
    edition = await desk.town.bot.store.digest.find_edition(schedule.id, drafts=True)
    assert edition is not None
    article = edition.picks[0].article
    await desk.town.bot.store.articles.hide(article.shelf, article.id)
    await desk.town.let_pass(timedelta(seconds=60))

    assert "Drawn again: " + HERALD[:30] in desk.control.text
    assert HERALD not in desk.texts[1]


async def test_note_and_headline_are_posted_as_they_were_written(desk: Desk) -> None:
    """The note with its editor's name, who asked for it."""
    story = await desk.town.admin.choose(desk.control, [HERALD])
    noted = await desk.town.admin.submit(await desk.town.admin.press(story, "Note"), note="Worth your time", sign="Yes")
    titled = await desk.town.admin.submit(await desk.town.admin.press(noted, "Headline"), headline="A better title")
    assert "The note is saved." in noted.text
    assert "The headline is saved." in titled.text

    await desk.town.let_pass(HOUR)
    (posted,) = news(desk.town)
    assert all(each in posted for each in ("Editor's note by Ada:", "Worth your time"))
    assert "A better title" in posted
    assert HERALD not in posted


async def test_note_on_an_older_draft_is_not_lost_in_silence(desk: Desk) -> None:
    """Its editor sees the draft as it is."""
    story = await desk.town.admin.choose(desk.control, [HERALD])
    form = await desk.town.admin.press(story, "Note")
    await desk.press("Hold")
    late = await desk.town.admin.submit(form, note="Worth your time")
    again = await desk.town.admin.press(story, "Headline")

    assert "Somebody changed the draft meanwhile." in late.text
    assert "Somebody changed the draft meanwhile." in again.text


async def test_hostile_note_pings_nobody_and_links_nowhere(desk: Desk) -> None:
    """It is shown as it was typed."""
    story = await desk.town.admin.choose(desk.control, [HERALD])
    form = await desk.town.admin.press(story, "Note")
    await desk.town.admin.submit(form, note="@everyone [free](https://evil.example) <@&1> https://evil.example")
    await desk.town.let_pass(HOUR)

    (posted,) = desk.town.channel.messages
    assert (posted.mentions.users, posted.mentions.roles, posted.mentions.everyone) == ((), (), False)
    assert not any("evil.example" in link for link in posted.links)


async def test_act_is_shown_after_a_kill(desk: Desk) -> None:
    """It was stored, and its edit is left to be done."""
    await desk.press("Hold")
    await desk.town.stop_bot()
    await desk.town.start_bot()
    await desk.town.let_pass(timedelta(seconds=1))

    assert "On hold: it waits until someone approves it." in desk.control.text


async def test_desk_message_whose_answer_was_lost_is_not_repeated(town: Town) -> None:
    """It is looked for before it is posted again."""
    desk = Desk(town)
    await order(desk)
    town.sandbox.faults.status(503, times=None, after=True, method="POST", path=r"/messages$")
    await town.let_pass(NINE)
    town.sandbox.faults.clear()
    await town.let_pass(timedelta(seconds=100))
    await town.let_pass(timedelta(seconds=100))

    assert len(desk.channel.messages) == 2
    assert "Draft: Weekly" in desk.control.text


async def test_edition_goes_its_way_if_the_desk_cannot_be_shown(town: Town) -> None:
    """With a notice."""
    desk = Desk(town)
    desk.channel.set_permissions(bot={"send_messages": False})
    await order(desk)
    await town.let_pass(NINE)
    await town.let_pass(HOUR)

    assert len(news(town)) == 1
    assert any("I can't show the draft" in message.text for message in town.admin.direct_messages)


async def test_deleted_desk_message_is_posted_again(desk: Desk) -> None:
    """Once something has to be shown."""
    control = desk.control
    desk.town.admin.delete(control)
    await desk.town.admin.run(desk.town.channel, "schedule skip-next", name="Weekly")
    await desk.town.let_pass(timedelta(seconds=60))
    await desk.town.let_pass(timedelta(seconds=60))

    assert any("skipped" in text for text in desk.texts)


HOSTILE: Final = (
    "@everyone @here <@1> <@&2> <#3> </x:4> <t:0:R>",
    "a](https://evil.example) [b](https://evil.example/2) https://evil.example",
    "||spoiler|| **bold** `code` ```block``` > quote # heading",
    "\N{RIGHT-TO-LEFT OVERRIDE}gnp.exe \N{ZERO WIDTH SPACE}@\N{ZERO WIDTH SPACE}everyone",
    "\\](https://evil.example) \\\\[x](https://evil.example) <mailto:x@evil.example>",
)


def payload_of(message: SandboxMessage) -> str:
    """A message's components without its last row, and without the id that Discord gives to each picture."""
    return re.sub(r'"id": "\d+"', "", json.dumps(message.components[:-1]))


@pytest.mark.parametrize("words", HOSTILE)
async def test_posted_payload_is_that_of_the_desk_after_hostile_notes_and_headlines(desk: Desk, words: str) -> None:
    """Every component, but for the last row: the desk has none for readers. Nobody is pinged, and nothing is linked."""
    story = await desk.town.admin.choose(desk.control, [HERALD])
    noted = await desk.town.admin.submit(await desk.town.admin.press(story, "Note"), note=words, sign="Yes")
    await desk.town.admin.submit(await desk.town.admin.press(noted, "Headline"), headline=words)
    await desk.press("Approve")
    await desk.town.let_pass(timedelta(seconds=5))
    shown = payload_of(desk.channel.messages[1])
    await desk.town.let_pass(HOUR)

    (posted,) = desk.town.channel.messages
    assert payload_of(posted) == shown
    for message in (posted, *desk.channel.messages):
        assert (message.mentions.users, message.mentions.roles, message.mentions.everyone) == ((), (), False)
        assert not any("evil.example" in link for link in message.links)
