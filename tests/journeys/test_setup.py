"""From the invitation to a first edition: one form, and everything that can happen to it."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

from bot.chat.admission import MOST_RUNNING
from bot.chat.answering.answers import DEFER_AFTER_S
from bot.sandbox import Answer, SandboxMessage
from tests.journeys.test_edition import HERALD
from tests.kinds.test_door import services_of
from tests.support.running_bot import Town, apply_shown


async def sent_at_once(town: Town, **fields: Any) -> Answer:
    """The admin's `/setup`, whose form is sent as it is but for some fields."""
    form = await town.admin.run(town.channel, "setup")
    return await town.admin.submit(form, **fields)


async def schedules(town: Town) -> str:
    """What `/schedule list` says."""
    return (await town.admin.run(town.channel, "schedule list")).text


async def test_from_the_join_to_the_first_edition_in_three_steps(quiet_town: Town) -> None:
    """Press, send, press."""
    quiet_town.guild.set_system_channel(quiet_town.channel)
    await quiet_town.start_bot()
    (greeting,) = await quiet_town.channel.wait_for_messages(1)

    form = await quiet_town.admin.press(greeting, "Set up")
    answer = await quiet_town.admin.submit(form)
    sent = await quiet_town.admin.press(answer, "Post it now")

    assert "Weekly" in sent.text
    (_, edition) = await quiet_town.channel.wait_for_messages(2)
    assert HERALD in edition.text


async def test_a_form_that_is_sent_at_once_creates_a_weekly_digest(town: Town) -> None:
    """Each of its five fields has a default."""
    form = await town.admin.run(town.channel, "setup")
    assert form.modal is not None
    assert list(form.modal.inputs()) == [
        "Channel",
        "Days",
        "Time and time zone",
        "Topics",
        "Stories in an edition, at most",
    ]

    answer = await town.admin.submit(form)

    assert answer.ephemeral
    assert "Created Weekly" in answer.text
    assert "Every Monday at 09:00 (UTC) in #news" in answer.text
    assert "Up to 5 stories" in answer.text
    assert answer.buttons == ["Post it now", "Wait for Monday 09:00", "Change"]


async def test_the_answer_shows_the_very_edition_that_is_posted(town: Town) -> None:
    """But for the buttons of its readers, and for the line that says why it comes."""
    answer = await sent_at_once(town)
    (shown,) = await answer.wait_for_followups(1)
    await town.admin.press(answer, "Post it now")
    (posted,) = await town.channel.wait_for_messages(1)

    def stories(message: SandboxMessage) -> list[str]:
        return [
            each for each in message.text.split("\n") if "From the archive" not in each and "Why these?" not in each
        ]

    assert len(stories(shown)) > 8
    assert stories(shown) == stories(posted)
    assert shown.ephemeral


async def test_every_field_of_the_form_counts(town: Town) -> None:
    """Channel, days, time, zone, topics and number."""
    tips = town.guild.add_channel("tips")
    answer = await sent_at_once(
        town,
        channel=tips,
        days=["Tuesday", "Friday"],
        when="6:30 pm europe/berlin",
        topics=["Computer Vision"],
        stories="3",
    )

    assert "Every Tuesday and Friday at 18:30 (Europe/Berlin) in #tips" in answer.text
    assert "Up to 3 stories" in answer.text
    assert "Only topics: computer vision" in answer.text


async def test_topics_are_offered_with_their_number_of_articles(town: Town) -> None:
    """The most frequent first."""
    form = await town.admin.run(town.channel, "setup")
    assert form.modal is not None

    options = form.modal.inputs()["Topics"]["options"]

    assert options[0]["label"] in {"AI", "Computer Vision"}
    assert options[0]["description"] == "5 articles"


async def test_a_time_that_cannot_be_read_is_refused_and_nothing_is_created(town: Town) -> None:
    """The refusal shows how a time is written."""
    answer = await sent_at_once(town, when="soon Europe/Berlin")

    assert "Write it as 18:30 or 6pm" in answer.text
    assert "No schedules yet" in await schedules(town)


async def test_a_missing_permission_is_named_and_checked_again(town: Town) -> None:
    """Until then nothing can be posted."""
    town.channel.set_permissions(bot={"embed_links": False})
    answer = await sent_at_once(town, channel=town.channel)
    assert "Embed Links" in answer.text
    assert answer.buttons[0] == "Check again"

    town.channel.set_permissions(bot={"embed_links": True})
    again = await town.admin.press(answer, "Check again")

    assert again.is_update
    assert "Embed Links" not in again.text
    assert again.buttons == ["Post it now", "Wait for Monday 09:00", "Change"]


async def test_the_check_of_permissions_costs_no_request(town: Town) -> None:
    """Discord sends them with the form."""
    form = await town.admin.run(town.channel, "setup")
    town.sandbox.requests.clear()

    await town.admin.submit(form)

    assert [each.path for each in town.sandbox.requests if each.method == "GET"] == []


async def test_the_form_begins_with_a_channel_where_the_bot_can_post(town: Town) -> None:
    """Not with this one, where it can't."""
    tips = town.guild.add_channel("tips")
    town.channel.set_permissions(bot={"send_messages": False})

    answer = await sent_at_once(town)

    assert f"in #{tips.name}" in answer.text


async def test_waiting_says_when_the_edition_comes(town: Town) -> None:
    """And it comes then."""
    answer = await sent_at_once(town)
    waiting = await town.admin.press(answer, "Wait for Monday 09:00")

    assert waiting.is_update
    assert "Monday, 27 November 2023 09:00 UTC" in waiting.text
    await town.let_pass(timedelta(seconds=31))
    assert len(town.channel.messages) == 1


async def test_change_opens_the_form_with_what_was_chosen(town: Town) -> None:
    """Sending it changes that schedule and creates no other."""
    answer = await sent_at_once(town, stories="3", days=["Friday"])
    form = await town.admin.press(answer, "Change")
    assert form.modal is not None
    assert form.modal.title == "Change the schedule"

    changed = await apply_shown(town.admin, await town.admin.submit(form, when="10:00"))

    assert "Updated Weekly" in changed.text
    assert "Every Friday at 10:00 (UTC)" in changed.text
    assert "Up to 3 stories" in changed.text


async def test_without_articles_the_answer_says_where_they_come_from(empty_town: Town) -> None:
    """And shows an example instead."""
    answer = await sent_at_once(empty_town)

    assert "There are no articles yet" in answer.text
    assert "/content import" in answer.text
    assert answer.buttons == ["See an example", "Wait for Monday 09:00", "Change"]


async def test_a_form_that_is_sent_twice_creates_one_schedule(town: Town) -> None:
    """Discord may deliver it twice."""
    form = await town.admin.run(town.channel, "setup")

    first, second = await asyncio.gather(town.admin.submit(form), town.admin.submit(form))

    assert "Weekly 2" not in await schedules(town)
    assert sorted("Created" in each.text for each in (first, second)) == [False, True]


async def test_of_two_admins_who_send_their_forms_at_once_one_creates_it(town: Town) -> None:
    """The other one sees what was created."""
    other = town.guild.add_member("Bo", permissions=("manage_guild",))
    forms = [await member.run(town.channel, "setup") for member in (town.admin, other)]

    answers = await asyncio.gather(town.admin.submit(forms[0]), other.submit(forms[1]))

    assert sorted(each.text.split("\n")[0] for each in answers) == [
        "Created Weekly",
        "Someone else has just created Weekly",
    ]
    assert "Weekly 2" not in await schedules(town)


async def test_a_second_form_in_the_same_channel_later_creates_a_second_schedule(town: Town) -> None:
    """It was opened after the first one was sent, so it is meant; its name is free."""
    await sent_at_once(town)
    answer = await sent_at_once(town)

    assert "Created Weekly 2" in answer.text


async def test_a_form_expires_after_a_day(town: Town) -> None:
    """Like the buttons of a private answer."""
    form = await town.admin.run(town.channel, "setup")
    town.clock.jump_to(town.clock.now() + timedelta(hours=25))

    answer = await town.admin.submit(form)

    assert "This form has expired" in answer.text
    assert "No schedules yet" in await schedules(town)


async def test_a_form_works_after_a_restart(town: Town) -> None:
    """Nothing about it is kept in memory."""
    form = await town.admin.run(town.channel, "setup")
    await town.stop_bot()
    await town.start_bot()

    assert "Created Weekly" in (await town.admin.submit(form)).text


async def test_a_member_who_lost_manage_server_meanwhile_is_refused(town: Town) -> None:
    """Each step checks it again."""
    form = await town.admin.run(town.channel, "setup")
    town.guild.set_permissions_of(town.admin)

    answer = await town.admin.submit(form)

    assert "Manage Server" in answer.text


async def test_a_member_without_manage_server_cannot_press_set_up(quiet_town: Town) -> None:
    """The greeting is for everyone to see, and not to use."""
    quiet_town.guild.set_system_channel(quiet_town.channel)
    await quiet_town.start_bot()
    (greeting,) = await quiet_town.channel.wait_for_messages(1)

    answer = await quiet_town.member.press(greeting, "Set up")

    assert answer.modal is None
    assert "Manage Server" in answer.text


async def test_an_editor_may_set_up_a_digest(town: Town) -> None:
    """Schedules are what a server names editors for."""
    role = town.guild.add_role("Editors")
    eve = town.guild.add_member("Eve", roles=[role])
    await town.admin.run(town.channel, "admin editors add", role=role)

    answer = await eve.submit(await eve.run(town.channel, "setup", force=True))

    assert "Created Weekly" in answer.text


async def test_a_channel_that_was_deleted_meanwhile_is_reported(town: Town) -> None:
    """Between the form and the press that posts to it."""
    tips = town.guild.add_channel("tips")
    answer = await sent_at_once(town, channel=tips)
    tips.delete()

    sent = await town.admin.press(answer, "Post it now")

    assert "deleted" in sent.text
    assert town.channel.messages == []


async def test_a_schedule_of_a_deleted_channel_gets_another_one_by_its_form(town: Town) -> None:
    """No channel is chosen in it any more."""
    tips = town.guild.add_channel("tips")
    answer = await sent_at_once(town, channel=tips)
    tips.delete()

    form = await town.admin.press(answer, "Change")
    changed = await apply_shown(town.admin, await town.admin.submit(form, channel=town.channel))

    assert "in #news" in changed.text


async def test_a_form_that_is_not_ready_within_a_second_is_one_press_away(town: Town) -> None:
    """Discord takes one only as a first answer."""
    async with AsyncExitStack() as busy:
        for _ in range(MOST_RUNNING):
            await busy.enter_async_context(services_of(town).admission.turn())
        asked = asyncio.create_task(town.admin.run(town.channel, "setup"))
        await asyncio.sleep(DEFER_AFTER_S + 0.5)
    form = await town.admin.press(await asked, "Open the form")

    assert "Created Weekly" in (await town.admin.submit(form)).text


async def test_a_schedule_that_was_deleted_meanwhile_is_not_created_again(town: Town) -> None:
    """By none of its buttons, nor by its form."""
    form = await town.admin.run(town.channel, "setup")
    answer = await town.admin.submit(form)
    await town.admin.run(town.channel, "schedule delete", name="Weekly")

    again = [
        await town.admin.submit(form),
        *[await town.admin.press(answer, label) for label in ("Change", "Wait for Monday 09:00", "Post it now")],
    ]

    assert [("deleted" in each.text) for each in again] == [True] * 4
    assert "No schedules yet" in await schedules(town)


async def test_a_form_of_another_member_or_server_is_refused(town: Town) -> None:
    """Its id is signed for the member who opened it, where it was opened."""
    other = town.guild.add_member("Bo", permissions=("manage_guild",))
    form = await town.admin.run(town.channel, "setup")
    own = await other.run(town.channel, "setup")
    assert form.modal is not None
    assert own.modal is not None

    own.interaction.modal = own.modal.raw | {"custom_id": form.modal.custom_id}
    answer = await other.submit(own)

    assert "This form belongs to another member's answer" in answer.text
    assert "No schedules yet" in await schedules(town)


async def test_create_and_edit_without_options_open_the_form(town: Town) -> None:
    """The only schedule needs no name."""
    created = await town.admin.submit(await town.admin.run(town.channel, "schedule create"))
    sent = await town.admin.submit(await town.admin.run(town.channel, "schedule edit"), stories="8")
    edited = await apply_shown(town.admin, sent)

    assert "Created Weekly" in created.text
    assert "Updated Weekly" in edited.text
    assert "Up to 8 stories" in edited.text


async def test_edit_without_a_name_asks_which_of_several_schedules(town: Town) -> None:
    """And says what to do in a server without any."""
    none = await town.admin.run(town.channel, "schedule edit")
    await sent_at_once(town)
    await sent_at_once(town)
    several = await town.admin.run(town.channel, "schedule edit")

    assert "/setup" in none.text
    assert "several schedules" in several.text


async def test_create_with_some_options_takes_the_others_from_where_it_is(town: Town) -> None:
    """This channel, and a free name."""
    answer = await town.admin.run(town.channel, "schedule create", day="friday")

    assert "Created Weekly" in answer.text
    assert "Every Friday at 09:00 (UTC) in #news" in answer.text


async def test_buttons_change_their_own_schedule_though_another_one_is_named_like_its_id(town: Town) -> None:
    """A schedule is also found by its id as it is typed; a button means the id alone."""
    answer = await sent_at_once(town)
    (schedule,) = await services_of(town).store.schedules.schedules(town.guild.id)
    await town.admin.run(town.channel, "schedule create", name=str(schedule.id), channel=town.channel, day="friday")

    waiting = await town.admin.press(answer, "Wait for Monday 09:00")

    assert waiting.text.startswith("Weekly posts its next edition on Monday")
