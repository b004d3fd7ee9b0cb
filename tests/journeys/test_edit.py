"""Editing a schedule: the difference first, and a press that applies it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from bot.news.schedules.schedule import Schedule
from bot.sandbox import Answer
from bot.usecases.schedule.pending import PENDING_FOR_S
from tests.kinds.test_door import services_of
from tests.support.running_bot import Town, apply_shown

LOST = "I no longer have this edit; nothing was changed."


async def weekly(town: Town) -> Schedule:
    """The town's schedule as it is stored."""
    (schedule,) = await services_of(town).store.schedules.schedules(town.guild.id)
    return schedule


async def shown(town: Town, **options: Any) -> Answer:
    """The difference of an edit, of a schedule of five stories on Mondays at nine."""
    await town.admin.run(
        town.channel, "schedule create", name="Weekly", channel=town.channel, day="monday", time="09:00", timezone="UTC"
    )
    return await town.admin.run(town.channel, "schedule edit", name="Weekly", **(options or {"count": 3}))


async def test_difference_is_shown_privately_before_anything_changes(town: Town) -> None:
    """Each option before and after, and the next edition."""
    answer = await shown(town, count=3, day="tuesday", new_name="Tuesdays")

    assert answer.ephemeral
    assert answer.buttons == ["Apply", "Cancel"]
    lines = answer.text.splitlines()
    assert {"name: Weekly → Tuesdays", "day: monday → tuesday", "count: 5 → 3"} <= set(lines)
    assert "Next: Tuesday, 28 November 2023 09:00 UTC" in answer.text
    assert (await weekly(town)).count == 5


async def test_apply_changes_what_was_shown_and_is_logged_once(town: Town) -> None:
    """With the member's name."""
    applied = await town.admin.press(await shown(town), "Apply")

    assert applied.text.startswith("Updated Weekly\n")
    assert applied.buttons == []
    assert (await weekly(town)).count == 3
    assert (await town.admin.run(town.channel, "admin log")).text.count("edited Weekly") == 1


async def test_cancel_changes_nothing(town: Town) -> None:
    """And takes the buttons away."""
    cancelled = await town.admin.press(await shown(town), "Cancel")

    assert cancelled.text == "Cancelled. Nothing changed in Weekly."
    assert cancelled.buttons == []
    assert (await weekly(town)).count == 5


async def test_apply_and_cancel_at_once_are_answered_as_it_came_out(town: Town) -> None:
    """Whichever comes first counts, and the other one reads that."""
    answer = await shown(town)

    cancelled, applied = await asyncio.gather(town.admin.press(answer, "Cancel"), town.admin.press(answer, "Apply"))

    count = (await weekly(town)).count
    assert (LOST in applied.text, "This was applied already" in cancelled.text) == (count == 5, count == 3)
    assert ("Updated Weekly" in applied.text, "Nothing changed" in cancelled.text) == (count == 3, count == 5)


async def test_two_presses_at_once_apply_once(town: Town) -> None:
    """The second one reads so."""
    answer = await shown(town)

    pressed = await asyncio.gather(town.admin.press(answer, "Apply"), town.admin.press(answer, "Apply"))

    assert sorted(each.text.split("\n")[0] for each in pressed) == ["This was applied already.", "Updated Weekly"]
    assert (await town.admin.run(town.channel, "admin log")).text.count("edited Weekly") == 1


async def test_schedule_that_changed_meanwhile_is_compared_again(town: Town) -> None:
    """Nothing is applied that nobody saw; the next press applies the new difference."""
    answer = await shown(town, count=3)
    eve = town.guild.add_member("Eve", permissions=("manage_guild",))
    await apply_shown(eve, await eve.run(town.channel, "schedule edit", name="Weekly", count=8, time="10:00"))

    again = await town.admin.press(answer, "Apply")

    assert "Weekly has changed since you looked" in again.text
    assert "count: 8 → 3" in again.text
    assert (await weekly(town)).count == 8
    assert "Updated Weekly" in (await town.admin.press(again, "Apply")).text
    assert ((await weekly(town)).count, (await weekly(town)).at.hour) == (3, 10)


async def test_edit_that_was_made_by_somebody_else_meanwhile_leaves_nothing_to_apply(town: Town) -> None:
    """They had the same idea."""
    answer = await shown(town, count=3)
    eve = town.guild.add_member("Eve", permissions=("manage_guild",))
    await apply_shown(eve, await eve.run(town.channel, "schedule edit", name="Weekly", count=3))

    again = await town.admin.press(answer, "Apply")

    assert "Nothing to change: Weekly has these options already." in again.text
    assert again.buttons == []


async def test_next_edition_that_is_another_one_by_now_is_shown_again(town: Town) -> None:
    """The one that was shown has been posted."""
    answer = await shown(town, count=3)
    await town.let_pass(timedelta(minutes=2))
    assert len(town.channel.messages) == 1

    again = await town.admin.press(answer, "Apply")

    assert "Next: Monday, 4 December 2023 09:00 UTC" in again.text
    assert again.buttons == ["Apply", "Cancel"]


async def test_after_a_restart_the_edit_is_gone_and_the_answer_says_so(town: Town) -> None:
    """It was only kept in memory."""
    answer = await shown(town)
    await town.stop_bot()
    await town.start_bot()

    pressed = await town.admin.press(answer, "Apply")

    assert LOST in pressed.text
    assert "Use /schedule edit again." in pressed.text
    assert (await weekly(town)).count == 5


async def test_edit_expires_after_a_quarter_of_an_hour(town: Town) -> None:
    """As its text says."""
    answer = await shown(town)
    town.clock.jump_to(town.clock.now() + timedelta(seconds=PENDING_FOR_S))

    assert LOST in (await town.admin.press(answer, "Apply")).text
    assert (await weekly(town)).count == 5


async def test_member_who_lost_the_right_meanwhile_applies_nothing(town: Town) -> None:
    """Rights are checked again at the press."""
    answer = await shown(town)
    town.guild.set_permissions_of(town.admin)

    for label in ("Apply", "Cancel"):
        assert "You need the Manage Server permission" in (await town.admin.press(answer, label)).text
    assert (await weekly(town)).count == 5


async def test_schedule_that_was_deleted_meanwhile_stays_deleted(town: Town) -> None:
    """Applying says so."""
    answer = await shown(town)
    await town.admin.run(town.channel, "schedule delete", name="Weekly")

    assert "was deleted" in (await town.admin.press(answer, "Apply")).text
    assert await services_of(town).store.schedules.schedules(town.guild.id) == ()


async def test_option_that_cannot_be_read_is_refused_before_there_is_anything_to_apply(town: Town) -> None:
    """As it was."""
    answer = await shown(town, time="25:99")

    assert answer.buttons == []
    assert (await weekly(town)).at.hour == 9


async def test_what_would_be_wrong_is_said_before_it_is_applied(town: Town) -> None:
    """A channel that the bot can't post in."""
    closed = town.guild.add_channel("closed")
    closed.set_permissions(bot={"send_messages": False})

    answer = await shown(town, channel=closed)

    assert "channel: #news → #closed" in answer.text
    assert "Send Messages" in answer.text
    assert answer.buttons == ["Apply", "Cancel"]


async def test_form_shows_the_difference_and_apply_the_edition(town: Town) -> None:
    """With the buttons that follow a setup."""
    await shown(town)
    sent = await town.admin.submit(await town.admin.run(town.channel, "schedule edit"), stories="8")
    assert "count: 5 → 8" in sent.text
    assert (await weekly(town)).count == 5

    applied = await town.admin.press(sent, "Apply")

    assert "Updated Weekly" in applied.text
    assert "Post it now" in applied.buttons
    (edition,) = await applied.wait_for_followups(1)
    assert edition.ephemeral
    assert (await weekly(town)).count == 8
