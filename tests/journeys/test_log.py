"""A server's log says who changed what and when, to its managers alone, for thirty days."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.sandbox import Upload
from bot.store.sqlite.ledger import schedules
from tests.journeys.test_editors import name_editors
from tests.support.hostile_text import HOSTILE
from tests.support.running_bot import Town, edit_and_apply, import_files, make_seed_text

WEEKLY: dict[str, Any] = {"name": "Weekly", "day": "monday", "time": "09:00", "timezone": "UTC"}


async def test_manager_reads_what_an_editor_did(town: Town) -> None:
    """The newest first, each with the member, who isn't notified."""
    _, eve = await name_editors(town)
    await eve.run(town.channel, "schedule create", channel=town.channel, **WEEKLY)
    await edit_and_apply(eve, town.channel, name="Weekly", count=3, time="10:00")
    await eve.run(town.channel, "schedule pause", name="Weekly")
    await eve.run(town.channel, "schedule pause", name="Weekly")
    upload = Upload(filename="ferry.md", content=make_seed_text(title="Ferry sinks").encode())
    await import_files(eve, town.channel, upload)
    await eve.run(town.channel, "content hide", article="ferry.md", reason="a hoax")

    answer = await town.admin.run(town.channel, "admin log")

    lines = [line for line in answer.text.splitlines() if "@" in line]
    assert [line.partition("@Eve ")[2] or line.partition("@Ada ")[2] for line in lines] == [
        "hid Ferry sinks: a hoax",
        "imported ferry.md: 1 added, 0 changed",
        "paused Weekly",
        "edited Weekly: time, count",
        "created Weekly",
        "added the editor role Editors",
    ]


async def test_refused_and_failed_deeds_are_not_in_the_log(town: Town) -> None:
    """It says what was done."""
    await town.member.run(town.channel, "schedule create", channel=town.channel, force=True, **WEEKLY)
    await town.admin.run(town.channel, "schedule create", channel=town.channel, **{**WEEKLY, "timezone": "Mars"})
    await town.admin.run(town.channel, "schedule pause", name="Weekly")

    assert "Nothing was done here" in (await town.admin.run(town.channel, "admin log")).text


async def test_log_is_refused_to_editors_and_members(town: Town) -> None:
    """Also its pages."""
    _, eve = await name_editors(town)

    for member in (eve, town.member):
        answer = await member.run(town.channel, "admin log", force=True)
        assert answer.text.startswith("You need the Manage Server permission for this.")


async def test_log_has_pages_and_keeps_thirty_days(town: Town) -> None:
    """Older entries are gone for everybody."""
    await town.admin.run(town.channel, "schedule create", channel=town.channel, **WEEKLY)
    for count in range(1, 18):
        await edit_and_apply(town.admin, town.channel, name="Weekly", count=count)
        town.clock.jump_to(town.clock.now() + timedelta(seconds=10))

    first = await town.admin.run(town.channel, "admin log")
    newest = first.text
    second = await town.admin.press(first, "Older")

    assert "created Weekly" not in newest
    assert "created Weekly" in second.text
    assert second.buttons == ["Newer"]
    town.clock.jump_to(town.clock.now() + timedelta(days=30, seconds=1))
    assert "Nothing was done here" in (await town.admin.run(town.channel, "admin log")).text


async def test_log_of_one_server_has_nothing_of_another(town: Town) -> None:
    """Although one person manages both."""
    other = town.sandbox.add_guild("Elsewhere")
    channel = other.add_channel("news")
    other.add_member(town.admin, permissions=("manage_guild",))
    await town.admin.run(channel, "schedule create", channel=channel, **WEEKLY)

    assert "Nothing was done here" in (await town.admin.run(town.channel, "admin log")).text
    assert "created Weekly" in (await town.admin.run(channel, "admin log")).text


async def test_hostile_names_in_the_log_are_text(town: Town) -> None:
    """Names of schedules are members' words."""
    for number, text in enumerate(HOSTILE[:10]):
        name = f"{number}{text}"[:60]
        await town.admin.run(town.channel, "schedule create", channel=town.channel, **{**WEEKLY, "name": name})

    answer = await town.admin.run(town.channel, "admin log")

    assert answer.links == []
    assert answer.message is not None
    assert not answer.message.mentions


async def test_entry_is_written_with_what_it_is_about_or_neither_is(town: Town, monkeypatch: Any) -> None:
    """A failure between the two leaves nothing of either."""

    def fail(*_: object) -> None:
        raise RuntimeError("the disk is full just now")

    monkeypatch.setattr(schedules, "write_entry", fail)
    await town.admin.run(town.channel, "schedule create", channel=town.channel, **WEEKLY)
    monkeypatch.undo()

    assert "No schedules" in (await town.admin.run(town.channel, "schedule list")).text
    assert "Nothing was done here" in (await town.admin.run(town.channel, "admin log")).text
