"""A server's settings as a file: what was exported can be shown, applied and taken back, all of it or nothing."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.sandbox import Answer, Upload
from tests.journeys.test_editors import name_editors
from tests.support.hostile_text import HOSTILE
from tests.support.running_bot import Town, edit_and_apply

WEEKLY: dict[str, Any] = {"name": "Weekly", "day": "monday", "time": "09:00", "timezone": "UTC"}
FORGOTTEN = "I no longer have this file; nothing was changed."


async def exported(town: Town) -> str:
    """What the export's file says."""
    (file,) = (await town.admin.run(town.channel, "admin export")).files
    return file.content.decode()


async def preview(town: Town, text: str) -> Answer:
    """Let the admin upload a file of settings."""
    file = Upload(filename="settings.toml", content=text.encode())
    return await town.admin.run(town.channel, "admin import", file=file)


async def apply(town: Town, text: str) -> Answer:
    """Let the admin upload a file and apply it."""
    return await town.admin.press(await preview(town, text), "Apply")


async def test_export_restores_schedules_and_editor_roles(town: Town) -> None:
    """After they were edited, deleted and removed."""
    role, _ = await name_editors(town)
    desk = town.guild.add_channel("desk")
    for name in ("Weekly", "Daily"):
        await town.admin.run(town.channel, "schedule create", channel=town.channel, **{**WEEKLY, "name": name})
    await town.admin.run(town.channel, "schedule desk", name="Weekly", channel=desk)
    before = await exported(town)
    await edit_and_apply(town.admin, town.channel, name="Weekly", count=9, topics="ai")
    await town.admin.run(town.channel, "schedule desk", name="Weekly")
    await town.admin.run(town.channel, "schedule delete", name="Daily")
    await town.admin.run(town.channel, "admin editors remove", role=role)

    shown = await preview(town, before)
    assert "count: 9 → 5" in shown.text
    assert "topics: ai → default" in shown.text
    assert f"Editor roles new: {role.id}" in shown.text
    assert "Daily: new" in shown.text
    assert await exported(town) != before
    said = await town.admin.press(shown, "Apply")

    assert said.text.startswith("Imported: 1 schedule created, 1 changed, editor roles changed.")
    assert (await exported(town)) == before
    assert (
        "imported the settings of this server: Daily, Weekly, editor roles"
        in (await town.admin.run(town.channel, "admin log")).text
    )
    assert "Nothing to import" in (await preview(town, before)).text


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('channel = "4"', "This server has no channel 4 to post in."),
        ('notices = "4"', "This server has no text channel 4."),
        ('desk = "4"', "This server has no text channel 4."),
        ('mention_role = "4"', "This server has no role 4."),
        ('topic_roles = "AI=4"', "This server has no role 4."),
        ("count = 99", "99 is not between 1 and 20"),
    ],
)
async def test_settings_that_cannot_be_used_are_named_and_none_is_applied(town: Town, line: str, why: str) -> None:
    """A file of another server has that server's channels."""
    await town.admin.run(town.channel, "schedule create", channel=town.channel, **WEEKLY)
    before = await exported(town)
    good = f'[[schedule]]\nname = "Daily"\nchannel = "{town.channel.id}"\n'

    shown = await preview(town, f'{good}[[schedule]]\nname = "Weekly"\n{line}\n')

    assert why in shown.text
    assert why in shown.files[0].content.decode()
    assert shown.buttons == []
    assert await exported(town) == before


async def test_roles_that_cannot_be_editor_roles_are_named(town: Town) -> None:
    """One that is missing, @everyone, and more than the limit."""
    many = ", ".join(f'"{town.guild.add_role(f"R{number}").id}"' for number in range(11))
    for roles, why in (
        ('"4"', "This server has no role 4."),
        (f'"{town.guild.id}"', "it can't be an editor role"),
        (many, "the limit is 10"),
    ):
        shown = await preview(town, f"editor_roles = [{roles}]\n")
        assert why in shown.text
        assert shown.buttons == []


@pytest.mark.parametrize(
    "text", ["", "x", "schedule = 3", "editor_roles = 5", 'editor_roles = ["x"]', "a = 1\nschedule=[]"]
)
async def test_file_of_something_else_is_refused(town: Town, text: str) -> None:
    """With what to do, and without a button."""
    answer = await preview(town, text)

    assert (answer.buttons, answer.files) == ([], ())


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param("a" + ".a" * 5_000 + " = 1", "A line has more than 250 dots.", id="deep key"),
        pytest.param("a = " + "[" * 10_000, "It can't be read: a value is too large.", id="deep list"),
        pytest.param("a = " + "9" * 10_000, "It can't be read: a value is too large.", id="long number"),
    ],
)
async def test_file_that_would_take_too_long_to_read_is_refused(town: Town, text: str, why: str) -> None:
    """Any server's managers can upload one, and the others don't wait for it."""
    assert (await preview(town, text)).text.startswith(why)


async def test_large_and_unreadable_files_are_refused(town: Town) -> None:
    """Before they are read."""
    for content, why in ((b"#" * (512 * 1024 + 1), "too large"), (b"\xff\xfe", "not UTF-8")):
        file = Upload(filename="settings.toml", content=content)
        assert why in (await town.admin.run(town.channel, "admin import", file=file)).text


async def test_settings_that_changed_since_the_preview_are_shown_again(town: Town) -> None:
    """Two admins at once: what one of them set in between is not overwritten unseen."""
    await town.admin.run(town.channel, "schedule create", channel=town.channel, **WEEKLY)
    before = await exported(town)
    await edit_and_apply(town.admin, town.channel, name="Weekly", count=9)
    shown = await preview(town, before)
    await edit_and_apply(town.admin, town.channel, name="Weekly", count=7)

    again = await town.admin.press(shown, "Apply")
    assert "The settings have changed since the preview." in again.text
    assert "count: 7 → 5" in again.text
    assert "count = 7" in await exported(town)
    await town.admin.press(again, "Apply")
    assert await exported(town) == before


async def test_apply_pressed_twice_applies_once(town: Town) -> None:
    """At once."""
    shown = await preview(town, f'[[schedule]]\nname = "Daily"\nchannel = "{town.channel.id}"\n')

    await asyncio.gather(*(town.admin.press(shown, "Apply") for _ in range(2)))

    assert (await town.admin.run(town.channel, "admin log")).text.count("imported the settings") == 1
    assert (await exported(town)).count("[[schedule]]") == 1


async def test_apply_expires_and_is_refused_to_others(town: Town) -> None:
    """After a quarter of an hour, a newer file, a restart, and to another manager."""
    text = f'[[schedule]]\nname = "Daily"\nchannel = "{town.channel.id}"\n'
    other = town.guild.add_member("Eve", permissions=("manage_guild",))
    first = await preview(town, text)
    second = await preview(town, text)
    assert FORGOTTEN in (await town.admin.press(first, "Apply")).text
    assert "another member's answer" in (await other.press(second, "Apply")).text
    town.clock.jump_to(town.clock.now() + timedelta(minutes=15, seconds=1))
    assert FORGOTTEN in (await town.admin.press(second, "Apply")).text
    third = await preview(town, text)
    await town.stop_bot()
    await town.start_bot()
    assert FORGOTTEN in (await town.admin.press(third, "Apply")).text
    assert "[[schedule]]" not in await exported(town)


async def test_member_who_lost_their_right_cannot_apply(town: Town) -> None:
    """The button asks again."""
    shown = await preview(town, f'[[schedule]]\nname = "Daily"\nchannel = "{town.channel.id}"\n')
    town.guild.memberships[town.admin.id].roles.clear()

    assert "You need the Manage Server permission" in (await town.admin.press(shown, "Apply")).text


async def test_paused_schedule_is_imported_paused_and_resumed_by_a_file(town: Town) -> None:
    """Nothing is due meanwhile."""
    table = f'[[schedule]]\nname = "Daily"\nchannel = "{town.channel.id}"\nday = "daily"\n'
    await apply(town, f"{table}paused = true\n")
    assert "paused" in (await town.admin.run(town.channel, "schedule show", name="Daily")).text.lower()

    await apply(town, f"{table}paused = false\n")
    assert "paused" not in (await town.admin.run(town.channel, "schedule show", name="Daily")).text.lower()
    await apply(town, f"{table}paused = true\n")
    assert "paused = true" in await exported(town)


@pytest.mark.parametrize("text", HOSTILE[:20])
async def test_hostile_names_are_shown_as_text(town: Town, text: str) -> None:
    """They mention nobody and link to nothing; the file keeps them."""
    name = "".join(each for each in text if each.isprintable() and each not in '"\\')[:50] or "x"
    shown = await preview(town, f'[[schedule]]\nname = "{name}"\nchannel = "{town.channel.id}"\ncount = 99\n')

    assert shown.message is None or not shown.message.raw.get("mentions")
    assert "99 is not between" in shown.text
