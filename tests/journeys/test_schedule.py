"""An admin orders, looks ahead, stops and sends now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.sandbox import Answer
from tests.journeys.test_edition import HERALD, WBUR
from tests.support.running_bot import Town, edit_and_apply


async def test_a_new_schedule_says_when_its_first_edition_comes(town: Town) -> None:
    """The confirmation repeats what was understood."""
    answer = await town.post_first_edition()
    assert "Weekly" in answer.text
    assert "Monday" in answer.text


async def test_a_zone_that_does_not_exist_is_refused_with_the_nearest_names(town: Town) -> None:
    """A slip of the pen is answered with what may have been meant."""
    answer = await town.admin.run(
        town.channel,
        "schedule create",
        name="Berlin",
        channel=town.channel,
        day="monday",
        time="09:00",
        timezone="Europe/Berlim",
    )
    assert "Europe/Berlin" in answer.text
    listed = await town.admin.run(town.channel, "schedule list")
    assert "Berlim" not in listed.text


@pytest.mark.parametrize("time", ["25:00", "nine", "9:99", ""])
async def test_a_time_that_does_not_exist_is_refused(town: Town, time: str) -> None:
    """The refusal shows how a time is written."""
    answer = await town.admin.run(
        town.channel, "schedule create", name="X", channel=town.channel, day="monday", time=time or " ", timezone="UTC"
    )
    assert ":" in answer.text
    assert "18:30" in answer.text or "09:00" in answer.text


async def test_two_schedules_of_a_server_cannot_share_a_name(town: Town) -> None:
    """Commands name a schedule, so its name must be one."""
    await town.post_first_edition()
    answer = await town.admin.run(
        town.channel, "schedule create", name="weekly", channel=town.channel, day="monday", time="09:00", timezone="UTC"
    )
    assert "name" in answer.text.lower()


async def test_an_edition_later_than_the_schedules_max_lateness_is_skipped(town: Town) -> None:
    """An admin who wants no stale news says how late an edition may be."""
    answer = await _order_with(town, max_lateness=1)
    assert "skipped if more than 1 hour late" in answer.text
    await town.let_pass(timedelta(hours=2))
    assert town.channel.messages == []
    history = await town.admin.run(town.channel, "schedule list")
    assert "the schedule's limit of 1 hour" in history.text or "limit of 1 hour" in town.admin.direct_messages[0].text


async def test_every_option_that_was_set_can_be_cleared(town: Town) -> None:
    """The notices' channel and the cap on one provider as well."""
    await _order_with(town, provider_cap=7, notices=town.channel)
    before = await town.admin.run(town.channel, "schedule show", name="Weekly")
    for option in ("provider_cap", "notices"):
        await edit_and_apply(town.admin, town.channel, name="Weekly", clear=option)
    after = await town.admin.run(town.channel, "schedule show", name="Weekly")

    assert "at most 7 from one provider" in before.text
    assert "Notices in" in before.text
    assert "at most 2 from one provider" in after.text
    assert "Notices in" not in after.text


async def test_a_preview_shows_the_edition_and_posts_nothing(town: Town) -> None:
    """Looking ahead changes nothing."""
    await _order(town)
    answer = await town.admin.run(town.channel, "schedule preview", name="Weekly")
    (edition,) = await answer.wait_for_followups(1)
    assert answer.ephemeral
    assert edition.ephemeral
    assert HERALD in edition.text
    assert WBUR in edition.text
    assert town.channel.messages == []


async def test_send_now_posts_an_extra_edition_and_the_weekly_one_does_not_repeat_it(town: Town) -> None:
    """What was sent now counts as told."""
    await _order(town)
    await town.admin.run(town.channel, "schedule send-now", name="Weekly")
    assert town.bot is not None
    await town.bot.deliver_pending()
    assert len(town.channel.messages) == 1
    await town.let_pass(timedelta(minutes=1))
    assert len(town.channel.messages) == 1


async def test_a_paused_schedule_posts_nothing_until_it_is_resumed(town: Town) -> None:
    """Pause means silence, resume means the next edition as ordered."""
    await _order(town)
    await town.admin.run(town.channel, "schedule pause", name="Weekly")
    await town.let_pass(timedelta(minutes=1))
    assert town.channel.messages == []
    await town.admin.run(town.channel, "schedule resume", name="Weekly")
    await town.let_pass(timedelta(days=7))
    assert len(town.channel.messages) == 1


async def test_a_deleted_schedule_is_gone(town: Town) -> None:
    """Deleting stops it permanently."""
    await _order(town)
    await town.admin.run(town.channel, "schedule delete", name="Weekly")
    await town.let_pass(timedelta(minutes=1))
    assert town.channel.messages == []
    answer = await town.admin.run(town.channel, "schedule show", name="Weekly")
    assert "no schedule" in answer.text.lower()


async def test_a_skipped_edition_stays_left_out_when_the_schedule_is_edited(town: Town) -> None:
    """A typo fixed in the time must not send what an admin took off."""
    await _order(town)
    skipped = await town.admin.run(town.channel, "schedule skip-next", name="Weekly")
    assert "27 November 2023" in skipped.text
    edited = await edit_and_apply(town.admin, town.channel, name="Weekly", time="09:30", count=3)
    assert "Skipped: the edition of 27 November 2023 09:30 UTC" in edited.text
    assert "Next: Monday, 4 December 2023 09:30 UTC" in edited.text
    await town.let_pass(timedelta(hours=1))
    assert town.channel.messages == []
    await town.let_pass(timedelta(days=7))
    assert len(town.channel.messages) == 1


async def test_a_skip_whose_day_is_edited_away_is_taken_back_and_said(town: Town) -> None:
    """There is nothing left on that day to leave out, and the next edition comes."""
    await _order(town)
    await town.admin.run(town.channel, "schedule skip-next", name="Weekly")
    edited = await edit_and_apply(town.admin, town.channel, name="Weekly", day="tuesday")
    assert "is no longer skipped, because no edition is due on that day any more" in edited.text
    assert "Next: Tuesday, 28 November 2023 09:00 UTC" in edited.text
    await town.let_pass(timedelta(days=1, minutes=1))
    assert len(town.channel.messages) == 1


async def test_a_skip_can_be_taken_back(town: Town) -> None:
    """Twice says that there is nothing to take back."""
    await _order(town)
    await town.admin.run(town.channel, "schedule skip-next", name="Weekly")
    kept = await town.admin.run(town.channel, "schedule skip-next", name="Weekly", undo=True)
    assert "Next: Monday, 27 November 2023 09:00 UTC" in kept.text
    again = await town.admin.run(town.channel, "schedule skip-next", name="Weekly", undo=True)
    assert "has no skipped edition" in again.text
    await town.let_pass(timedelta(minutes=1))
    assert len(town.channel.messages) == 1


async def test_a_list_tells_what_comes_after_the_skipped_edition(town: Town) -> None:
    """The one that is left out is not the next one."""
    await _order(town)
    await town.admin.run(town.channel, "schedule skip-next", name="Weekly")
    listed = await town.admin.run(town.channel, "schedule list")
    assert "4 December 2023" in listed.text
    assert "27 November" not in listed.text


async def test_a_digest_in_an_announcement_channel_reaches_its_followers(town: Town) -> None:
    """Where the order says so."""
    announcements = town.guild.add_channel("announcements", "announcement")
    await town.post_first_edition(channel=announcements, publish=True)
    assert [message.crossposted for message in announcements.messages] == [True]


async def test_why_tells_the_reason_of_every_article(town: Town) -> None:
    """Also what was not picked has a reason that a person understands."""
    await town.post_first_edition()
    answer = await town.admin.run(town.channel, "schedule why", name="Weekly")
    assert "picked" in answer.text.lower()
    assert "led" in answer.text.lower()


async def test_latest_edition_can_be_read_again(town: Town) -> None:
    """A member who missed the message asks for it."""
    await town.post_first_edition()
    answer = await town.member.run(town.channel, "digest latest")
    assert answer.ephemeral
    assert HERALD in answer.text


async def test_latest_edition_before_the_first_says_when_it_comes(town: Town) -> None:
    """Nothing yet is an answer too."""
    await _order(town)
    answer = await town.member.run(town.channel, "digest latest")
    assert answer.text
    assert "broke" not in answer.text


async def test_an_unknown_schedule_gets_a_sentence(town: Town) -> None:
    """A wrong name is answered with what to do."""
    answer = await town.admin.run(town.channel, "schedule show", name="Nope")
    assert "no schedule" in answer.text.lower()


async def _order(town: Town) -> None:
    await _order_with(town)


async def _order_with(town: Town, **options: Any) -> Answer:
    when: dict[str, Any] = {"day": "monday", "time": "09:00", "timezone": "UTC"}
    return await town.admin.run(town.channel, "schedule create", name="Weekly", channel=town.channel, **when, **options)
