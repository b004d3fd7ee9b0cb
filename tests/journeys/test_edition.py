"""A folder of seeds becomes an edition in a channel, once."""

from __future__ import annotations

import shutil
from datetime import timedelta

import pytest

from tests.support.running_bot import SHIPPED_SEEDS, Town, make_seed_text

HERALD = "Guardrails needed for police use of facial recognition software in Massachusetts, advocates say"
WBUR = "Debating the role of facial recognition technology in Mass."

FERRY = "Harbour ferry to run on hydrogen from spring"


async def test_a_folder_of_seeds_becomes_one_posted_edition(town: Town) -> None:
    """The first edition holds the two listed stories, the best week first, and says that it is from the archive."""
    await town.post_first_edition()
    (message,) = town.channel.messages
    _, _, stories = message.text.partition("From the ")
    assert HERALD in stories
    assert WBUR in stories
    assert stories.index(HERALD) < stories.index(WBUR)
    assert "archive" in stories


async def test_an_edition_begins_with_its_name_days_and_titles_for_the_notification(town: Town) -> None:
    """Clients show the beginning of a message as its notification."""
    await town.post_first_edition()
    (message,) = town.channel.messages
    heading, titles, *_ = message.text.splitlines()
    assert "Weekly · 27 November" in heading
    assert HERALD[:40] in titles
    assert " / " in titles


async def test_an_edition_is_posted_once_however_often_the_clock_ticks(town: Town) -> None:
    """Ticks after the due moment find the edition planned."""
    await town.post_first_edition()
    for _ in range(3):
        await town.let_pass(timedelta(minutes=1))
    assert len(town.channel.messages) == 1


async def test_a_restart_posts_nothing_twice(town: Town) -> None:
    """The ledger, not the process, knows what was posted."""
    await town.post_first_edition()
    await town.stop_bot()
    await town.start_bot()
    await town.let_pass(timedelta(minutes=1))
    assert len(town.channel.messages) == 1


async def test_the_buttons_of_an_old_message_work_after_a_restart(town: Town) -> None:
    """Nothing about a message's buttons is kept in memory."""
    await town.post_first_edition()
    await town.stop_bot()
    await town.start_bot()
    answer = await town.member.press(town.channel.messages[0], "Why these?")
    assert answer.ephemeral
    assert "Boston Herald" in answer.text or HERALD in answer.text


async def test_full_coverage_shows_who_else_reported(town: Town) -> None:
    """A story of an edition opens as a timeline, for the member alone."""
    await town.post_first_edition()
    answer = await town.member.choose(town.channel.messages[0], values=[HERALD])
    assert answer.ephemeral
    assert "Mass. bill would curb police use of facial recognition technology" in answer.text


async def test_the_second_week_tells_only_what_is_new(town: Town) -> None:
    """A seed that came within the week is in the next edition; what was told is not."""
    await town.post_first_edition()
    (town.seeds / "fresh.md").write_text(make_seed_text(published="2023-11-28T10:00:00Z", title=FERRY), "utf-8")
    assert town.bot is not None
    await town.bot.refresh()
    await town.let_pass(timedelta(days=7))
    first, second = town.channel.messages
    assert FERRY not in first.text
    assert FERRY in second.text
    assert HERALD not in second.text


async def test_a_week_without_news_posts_nothing(town: Town) -> None:
    """An empty week is skipped unless the schedule says otherwise."""
    await town.post_first_edition()
    await town.let_pass(timedelta(days=7))
    assert len(town.channel.messages) == 1


async def test_a_missed_week_is_caught_up(quiet_town: Town) -> None:
    """What came while the bot was down for ten days is in the next edition."""
    shutil.rmtree(quiet_town.seeds)
    quiet_town.seeds.mkdir()
    shutil.copy(SHIPPED_SEEDS / "004_8f32f6f453e83b6d.txt", quiet_town.seeds)
    await quiet_town.start_bot()
    await quiet_town.post_first_edition()
    await quiet_town.stop_bot()
    shutil.copy(SHIPPED_SEEDS / "001_c491b083016e13b6.txt", quiet_town.seeds)
    quiet_town.clock.jump_to(quiet_town.clock.now() + timedelta(days=9))
    await quiet_town.start_bot()
    await quiet_town.let_pass(timedelta(days=5))
    assert [HERALD in message.text for message in quiet_town.channel.messages] == [False, True]


async def test_no_permission_in_the_channel_pauses_the_schedule_and_tells_the_admin(town: Town) -> None:
    """A failure is never silent: the schedule stops and says why."""
    town.channel.set_permissions(bot={"send_messages": False})
    await town.post_first_edition()
    assert town.channel.messages == []
    answer = await town.admin.run(town.channel, "schedule list")
    assert "paused" in answer.text.lower()
    assert town.admin.direct_messages


async def test_a_deleted_channel_switches_the_schedule_off(town: Town) -> None:
    """A schedule whose channel is gone asks for another one and tries no more."""
    other = town.guild.add_channel("later-gone")
    await town.admin.run(
        town.channel, "schedule create", name="Gone", channel=other, day="monday", time="09:00", timezone="UTC"
    )
    other.delete()
    await town.let_pass(timedelta(minutes=1))
    answer = await town.admin.run(town.channel, "schedule show", name="Gone")
    assert "off" in answer.text.lower()


async def test_an_empty_archive_posts_nothing_and_preview_says_why(empty_town: Town) -> None:
    """Without a seed there is no edition, and the admin is told what to do."""
    await empty_town.post_first_edition()
    assert empty_town.channel.messages == []
    answer = await empty_town.admin.run(empty_town.channel, "schedule preview", name="Weekly")
    assert "nothing" in answer.text.lower() or "no " in answer.text.lower()


async def test_a_schedule_made_before_the_first_seed_begins_with_the_archive(empty_town: Town) -> None:
    """A digest that was ordered too early loses nothing: what is imported later is its first edition."""
    await empty_town.post_first_edition()
    for seed in SHIPPED_SEEDS.iterdir():
        shutil.copy(seed, empty_town.seeds)
    assert empty_town.bot is not None
    await empty_town.bot.refresh()
    await empty_town.let_pass(timedelta(days=7))
    (message,) = empty_town.channel.messages
    assert HERALD in message.text
    assert "archive" in message.text


@pytest.mark.parametrize("count", [1, 5])
async def test_an_edition_takes_at_most_its_count(town: Town, count: int) -> None:
    """The schedule's count is the most that an edition holds."""
    await town.post_first_edition(count=count)
    (message,) = town.channel.messages
    assert (WBUR in message.text) == (count > 1)


BRIDGE = "Storm tears the roof off the old harbour bridge"


async def put_reports(town: Town, *outlets: str) -> None:
    """Reports of one event, each by another outlet, that come in at noon."""
    for outlet in outlets:
        text = make_seed_text(title=BRIDGE, published="2023-11-27T11:30:00Z", url=f"https://{outlet}.example/bridge")
        (town.seeds / f"{outlet}.md").write_text(text.replace("example.com", f"{outlet}.example"), "utf-8")
    assert town.bot is not None
    await town.bot.refresh()


async def test_breaking_news_is_posted_once_and_is_not_in_the_digest(town: Town) -> None:
    """At the next look, and no second time: not by later ticks, a restart, or an outlet that follows."""
    await town.post_first_edition(name="Flash", rule="breaking 3 outlets in 6 hours")
    await town.admin.run(
        town.channel, "schedule create", name="Daily", channel=town.channel, day="daily", time="18:00", timezone="UTC"
    )
    await town.let_pass(timedelta(hours=3))
    await put_reports(town, "one", "two")
    await town.let_pass(timedelta(minutes=6))
    assert town.channel.messages == []

    await put_reports(town, "three")
    await town.let_pass(timedelta(minutes=6))
    (message,) = town.channel.messages
    assert BRIDGE in message.text
    assert "Breaking news" in message.text

    await town.stop_bot()
    await town.start_bot()
    await put_reports(town, "four")
    await town.let_pass(timedelta(minutes=6))
    await town.let_pass(timedelta(minutes=6))
    assert len(town.channel.messages) == 1
    await town.let_pass(timedelta(hours=6))
    (_, digest) = town.channel.messages
    assert HERALD in digest.text
    assert BRIDGE not in digest.text
