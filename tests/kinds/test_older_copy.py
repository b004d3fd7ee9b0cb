"""The ledger is not the only memory of what a channel shows: an older copy of it is brought up to date from there."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from bot.news.delivery import DeliveryState, EditionKey
from bot.news.schedules.schedule import Schedule
from bot.store.sqlite.backup import back_up_store, restore_store
from bot.store.sqlite.file.kinds import instance_path
from bot.store.sqlite.file.opening import open_database
from bot.usecases.recovery import GAP
from tests.faults.files import look
from tests.support.running_bot import MONDAY, NINE, Town, make_seed_text

Means = Callable[[Town], Awaitable[None]]
WEEK: Final = timedelta(days=7)
KEY: Final = EditionKey("2023-11-27")


def database(town: Town) -> Path:
    """The bot's file."""
    return town.folder / "newsdesk.sqlite3"


def backup(town: Town) -> Path:
    """The copy of the bot's file in the backup."""
    return town.folder / "backup" / "newsdesk.sqlite3"


async def back_up(town: Town) -> None:
    """What `newsdesk backup` does."""
    await back_up_store(database(town), town.folder / "backup", clock=town.clock)


async def restore(town: Town) -> None:
    """What `newsdesk restore` does."""
    await restore_store(town.folder / "backup", database(town), clock=town.clock)


async def copy_over(town: Town) -> None:
    """What `cp` does: the files' content is replaced, and they stay the same files."""
    for of in (Path, instance_path):
        file = of(database(town))
        look(file, "PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copyfile(of(backup(town)), file)
        for ending in ("-wal", "-shm"):
            file.with_name(file.name + ending).unlink(missing_ok=True)


async def put_another(town: Town) -> None:
    """What `mv` does, with a copy that is only seconds old."""
    shutil.copyfile(backup(town), town.folder / "another.sqlite3")
    await copy_over(town)
    (town.folder / "another.sqlite3").replace(database(town))


async def order(town: Town, **options: Any) -> None:
    """Schedule a digest for Mondays at nine, half a minute from now."""
    when: dict[str, Any] = {"day": "monday", "time": "09:00", "timezone": "UTC"}
    given = {"name": "Weekly", "channel": town.channel, **when, **options}
    await town.admin.run(town.channel, "schedule create", **given)


async def let_next_monday_come(town: Town) -> None:
    """Let time pass until the next edition is due, and let the bot do what is due."""
    await town.let_pass(MONDAY + WEEK + NINE - town.clock.now())


async def weekly(town: Town) -> Schedule:
    """The schedule as it is stored."""
    assert town.bot is not None
    (schedule,) = await town.bot.store.schedules.schedules(town.guild.id)
    return schedule


async def go_back(town: Town, means: Means, *, after: timedelta) -> None:
    """Stop the bot, put the older copy in place, and start it later."""
    await town.stop_bot()
    await means(town)
    town.clock.jump_to(town.clock.now() + after)
    await town.start_bot()


@pytest.mark.parametrize(
    ("means", "after"),
    [(restore, timedelta(days=2)), (copy_over, timedelta(days=2)), (put_another, timedelta(seconds=20))],
    ids=["restored on Wednesday", "copied over on Wednesday", "another file, at once"],
)
async def test_edition_that_an_older_copy_lacks_is_taken_over_from_its_channel(
    town: Town, means: Means, after: timedelta
) -> None:
    """It is not posted again, it is not late, and next week doesn't repeat its stories."""
    await order(town)
    await back_up(town)
    await town.let_pass(NINE)
    (message,) = town.channel.messages

    await go_back(town, means, after=after)

    assert town.bot is not None
    (row,) = await town.bot.store.deliveries.deliveries((await weekly(town)).id, KEY)
    assert (row.state, row.message_id) == (DeliveryState.SENT, message.id)
    shown = await town.member.run(town.channel, "digest latest")
    assert "Guardrails needed for police use of facial recognition software" in shown.text
    await let_next_monday_come(town)
    assert (len(town.channel.messages), town.admin.direct_messages) == (1, [])


@pytest.mark.parametrize(
    ("means", "after"),
    [(restore, timedelta(minutes=10)), (put_another, timedelta(seconds=20))],
    ids=["restored after ten minutes", "another file, at once"],
)
async def test_extra_edition_that_an_older_copy_lacks_counts_as_told(
    town: Town, means: Means, after: timedelta
) -> None:
    """Nobody knows any more which press it was; its message names its stories."""
    await order(town)
    await back_up(town)
    await town.admin.run(town.channel, "schedule send-now", name="Weekly")
    assert town.bot is not None
    await town.bot.deliver_pending()
    assert len(town.channel.messages) == 1

    await go_back(town, means, after=after)
    await let_next_monday_come(town)

    assert len(town.channel.messages) == 1


async def test_story_that_the_archive_lacks_as_well_is_not_repeated(town: Town) -> None:
    """Its seed comes only later; its message names it by its id."""
    await order(town)
    await back_up(town)
    late = town.seeds / "ferry.md"
    late.write_text(make_seed_text(title="Ferry to run on hydrogen"), "utf-8")
    assert town.bot is not None
    await town.bot.refresh()
    await town.let_pass(NINE)
    assert "Ferry to run on hydrogen" in town.channel.messages[0].text
    text = late.read_text("utf-8")
    late.unlink()

    await go_back(town, restore, after=timedelta(days=2))
    late.write_text(text, "utf-8")
    await town.bot.refresh()
    await let_next_monday_come(town)

    assert len(town.channel.messages) == 1


async def test_part_that_an_older_copy_calls_failed_is_sent_if_the_channel_has_it(town: Town) -> None:
    """Somebody had retried it after the copy was made."""
    await order(town)
    town.channel.set_permissions(bot={"send_messages": False})
    await town.let_pass(NINE)
    await back_up(town)
    town.channel.set_permissions(bot={"send_messages": True})
    await town.admin.run(town.channel, "schedule retry", name="Weekly")
    assert town.bot is not None
    await town.bot.deliver_pending()
    assert len(town.channel.messages) == 1

    await go_back(town, restore, after=timedelta(minutes=10))

    assert await town.bot.store.deliveries.unresolved(town.guild.id) == ()


async def test_forum_is_read_back_as_well(town: Town) -> None:
    """Its posts are threads."""
    forum = town.guild.add_channel("forum", kind="forum")
    await order(town, channel=forum)
    await back_up(town)
    await town.let_pass(NINE)

    await go_back(town, restore, after=timedelta(days=2))

    assert town.bot is not None
    (row,) = await town.bot.store.deliveries.deliveries((await weekly(town)).id, KEY)
    assert row.state is DeliveryState.SENT


async def test_channel_that_cannot_be_read_is_named_and_read_once_it_can(town: Town) -> None:
    """In a notice and by the doctor; the clock looks again."""
    await order(town)
    await back_up(town)
    await town.let_pass(NINE)
    town.channel.set_permissions(bot={"read_message_history": False})

    await go_back(town, restore, after=timedelta(days=2))

    await until_noticed(town, "may be an older copy")
    assert "could not be read back after a restore" in (await town.admin.run(town.channel, "admin doctor")).text
    town.channel.set_permissions(bot={"read_message_history": True})
    assert town.bot is not None
    town.bot._reading_back.ask()
    await until_read(town)
    assert "could not be read back" not in (await town.admin.run(town.channel, "admin doctor")).text
    await let_next_monday_come(town)
    assert len(town.channel.messages) == 1


async def test_channel_that_could_not_be_read_is_read_after_another_restart(town: Town) -> None:
    """What is still to be read back is stored."""
    await order(town)
    await back_up(town)
    await town.let_pass(NINE)
    town.channel.set_permissions(bot={"read_message_history": False})
    await go_back(town, restore, after=timedelta(days=2))
    await until_noticed(town, "may be an older copy")

    await go_back(town, _nothing, after=GAP / 4)
    assert "could not be read back after a restore" in (await town.admin.run(town.channel, "admin doctor")).text
    town.channel.set_permissions(bot={"read_message_history": True})
    assert town.bot is not None
    town.bot._reading_back.ask()
    await until_read(town)
    await let_next_monday_come(town)
    assert len(town.channel.messages) == 1


async def test_nothing_is_planned_for_a_channel_while_discord_does_not_answer_about_it(town: Town) -> None:
    """It might repeat what is there; the clock asks again, also after a restart."""
    await order(town)
    await back_up(town)
    await town.let_pass(NINE)
    fault = town.sandbox.faults.status(503, times=None, method="GET", path=r"/channels/\d+/messages")

    await go_back(town, restore, after=timedelta(hours=2))
    assert town.bot is not None
    await town.bot.tick()
    assert (fault.hits > 0, town.bot._recovery.holds((await weekly(town)).id)) == (True, True)
    refused = await town.admin.run(town.channel, "schedule send-now", name="Weekly")
    assert "still reading what its channel shows" in refused.text

    await town.stop_bot()
    town.sandbox.faults.clear()
    await town.start_bot(patience_s=20)
    assert not town.bot._recovery.holds((await weekly(town)).id)
    assert len(town.channel.messages) == 1


async def until_noticed(town: Town, text: str) -> None:
    """Return once a direct message to the admin contains the text; others may come before it."""
    for _ in range(500):
        if any(text in message.text for message in town.admin.direct_messages):
            return
        await asyncio.sleep(0.01)
    raise AssertionError([message.text for message in town.admin.direct_messages])


async def until_read(town: Town) -> None:
    """Return once every channel is read back."""
    assert town.bot is not None
    for _ in range(500):
        if not town.bot._recovery.findings():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it was not read")


async def test_restart_within_moments_reads_no_channel(town: Town) -> None:
    """An upgrade of a bot with a thousand channels must not begin with three thousand requests."""
    await town.post_first_edition()
    before = histories(town)

    await go_back(town, _nothing, after=GAP / 2)

    assert histories(town) == before


async def _nothing(_town: Town) -> None:
    """Leave the file as it is."""


def histories(town: Town) -> int:
    """How often a channel's history was asked for."""
    return sum(seen.method == "GET" and seen.path.endswith("/messages") for seen in town.sandbox.requests)


async def test_backup_does_not_take_the_file_for_the_one_that_is_copied(town: Town) -> None:
    """The copy has the identity of its original, and is another file."""
    await order(town)
    await town.let_pass(NINE)
    await back_up(town)

    async with open_database(backup(town), clock=town.clock, read_only=True) as copy:
        sql = "SELECT value FROM setting WHERE name = 'alive'"
        stored = await copy.read(lambda connection: connection.execute(sql).fetchone()["value"])

    assert stored.split()[0] == str(database(town).stat().st_ino) != str(copy.path.stat().st_ino)
