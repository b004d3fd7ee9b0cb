"""An upload is shown before it is imported, and exactly what was shown is imported."""

from __future__ import annotations

import asyncio
import io
import time
import zipfile
from datetime import timedelta
from typing import Any

import pytest

from bot.sandbox import Answer, Upload
from tests.support.hostile_text import HOSTILE
from tests.support.running_bot import Town, import_files, make_seed_text


def seed(name: str, title: str, **fields: Any) -> Upload:
    """A seed file."""
    text = make_seed_text(title=title, url=f"https://example.com/{name}", **fields)
    return Upload(filename=f"{name}.md", content=text.encode())


def zipped(files: dict[str, bytes]) -> Upload:
    """A zip with folders in it."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return Upload(filename="pack.zip", content=data.getvalue())


BROKEN = Upload(filename="broken.md", content=b"---\ntitle: A\ntitle: B\n---\n")


async def preview(town: Town, *files: Upload) -> Answer:
    """Let the admin upload files, and return the preview."""
    given: dict[str, Any] = {f"file{number}" if number > 1 else "file": each for number, each in enumerate(files, 1)}
    return await town.admin.run(town.channel, "content import", timeout=20, **given)


async def found(town: Town, words: str) -> str:
    """What a search shows."""
    return (await town.member.run(town.channel, "news search", query=words)).text


async def test_preview_shows_what_is_new_what_changes_and_what_is_refused(town: Town) -> None:
    """In the message, and all of it in the file."""
    await import_files(town.admin, town.channel, seed("ferry", "Ferry sinks"))

    answer = await preview(
        town, seed("ferry", "Ferry raised", excerpt="It floats."), seed("pier", "Pier opens"), BROKEN
    )

    assert "1 would be added, 1 would be changed" in answer.text
    assert "Ferry raised (title, excerpt)" in answer.text
    assert "Pier opens" in answer.text
    assert "broken.md:3" in answer.text
    (report,) = answer.files
    text = report.content.decode()
    assert "changed: ferry.md: Ferry raised (title, excerpt)" in text
    assert "added: pier.md: Pier opens" in text
    assert "rejected: broken.md:3: duplicate field 'title'" in text
    assert "Ferry raised" not in await found(town, "ferry")


async def test_import_is_found_as_soon_as_its_button_answers(town: Town) -> None:
    """And the button is gone with the answer, as is the file."""
    answer = await preview(town, seed("ferry", "Ferry sinks"), seed("pier", "Pier opens"))

    done = await town.admin.press(answer, "Import", timeout=20)

    assert "Ferry sinks" in await found(town, "ferry sinks")
    assert "2 added" in done.text
    assert done.message is not None
    assert (done.buttons, done.message.raw["attachments"]) == ([], [])


async def test_zip_with_folders_is_previewed_and_imported_as_one(town: Town) -> None:
    """Folders are part of the files' names."""
    files = {f"2024/{name}.md": seed(name, f"{name} opens").content for name in ("Pier", "Library")}

    await import_files(town.admin, town.channel, zipped(files))

    assert "Library opens" in await found(town, "library opens")


async def test_button_pressed_twice_imports_once(town: Town) -> None:
    """At once or later."""
    answer = await preview(town, seed("ferry", "Ferry sinks"))

    said = await asyncio.gather(*(town.admin.press(answer, "Import", timeout=20) for _ in range(2)))

    assert town.bot is not None
    log = (await town.admin.run(town.channel, "admin log")).text
    assert log.count("imported ferry.md") == 1
    assert all(each.message is not None for each in said)


async def test_button_of_another_members_preview_is_refused(town: Town) -> None:
    """Although that member may import."""
    other = town.guild.add_member("Eve", permissions=("manage_guild",))
    answer = await preview(town, seed("ferry", "Ferry sinks"))

    said = await other.press(answer, "Import")

    assert "another member's answer" in said.text
    assert "Ferry sinks" not in await found(town, "ferry")


async def test_button_expires_after_a_quarter_of_an_hour_and_with_a_restart(town: Town) -> None:
    """Nothing is stored then, and the answer says so."""
    first, second = await preview(town, seed("ferry", "Ferry sinks")), await preview(town, seed("pier", "Pier opens"))
    town.clock.jump_to(town.clock.now() + timedelta(minutes=15, seconds=1))
    late = await town.admin.press(first, "Import")
    await town.stop_bot()
    await town.start_bot()
    forgotten = await town.admin.press(second, "Import")

    assert "I no longer have this upload; nothing was stored." in late.text
    assert "I no longer have this upload; nothing was stored." in forgotten.text


async def test_import_that_would_do_something_else_by_now_is_shown_again(town: Town) -> None:
    """Two admins at once: what one of them imported in between is not overwritten unseen."""
    answer = await preview(town, seed("ferry", "Ferry sinks"))
    await import_files(town.admin, town.channel, seed("ferry", "Ferry raised"))

    again = await town.admin.press(answer, "Import", timeout=20)
    assert "The articles have changed since the preview." in again.text
    assert "1 would be changed" in again.text
    assert "Ferry raised" in await found(town, "ferry")

    assert "1 changed" in (await town.admin.press(again, "Import", timeout=20)).text
    assert "Ferry sinks" in await found(town, "ferry")


async def test_zip_beside_other_files_and_two_files_of_one_name_are_refused(town: Town) -> None:
    """Before anything is counted or read."""
    beside = await preview(town, zipped({"a.md": b""}), seed("ferry", "Ferry sinks"))
    twice = await preview(town, seed("ferry", "Ferry sinks"), seed("ferry", "Ferry raised"))

    assert "A zip can't be imported together with other files." in beside.text
    assert "Two of the files are called ferry.md." in twice.text


async def test_upload_without_anything_new_has_no_button(town: Town) -> None:
    """There is nothing to import."""
    await import_files(town.admin, town.channel, seed("ferry", "Ferry sinks"))

    answer = await preview(town, seed("ferry", "Ferry sinks"), BROKEN)

    assert "Nothing to import." in answer.text
    assert answer.buttons == []


@pytest.mark.parametrize("name", ["a\u202egpj.md", "@everyone.md", "x" * 150 + ".md", "…/…\\….md"])
async def test_hostile_file_name_is_only_text(town: Town, name: str) -> None:
    """Nothing is written under it, and nothing of it is markup."""
    upload = Upload(filename=name, content=make_seed_text(title="Ferry sinks").encode())

    answer = await preview(town, upload)
    await town.admin.press(answer, "Import", timeout=20)

    assert answer.message is not None
    assert not answer.message.mentions
    assert "\u202e" not in answer.text
    assert "Ferry sinks" in await found(town, "ferry")


async def test_hostile_titles_are_only_text_in_preview_and_report(town: Town) -> None:
    """Of every article."""
    files = {
        f"{number}.md": make_seed_text(title=text or "x", url=f"https://example.com/{number}").encode(errors="replace")
        for number, text in enumerate(HOSTILE)
    }

    answer = await preview(town, zipped(files))

    assert answer.links == []
    assert answer.message is not None
    assert not answer.message.mentions


async def test_preview_of_five_hundred_seeds_takes_less_than_three_seconds(town: Town) -> None:
    """A member waits for it; measured by the clock, since a busy machine is slower."""
    files = {f"{number}.md": seed(f"s{number}", f"Story number {number} of the pier").content for number in range(500)}
    began_s, began_cpu_s = time.perf_counter(), time.process_time()

    answer = await preview(town, zipped(files))

    assert "500 would be added" in answer.text
    assert min(time.perf_counter() - began_s, time.process_time() - began_cpu_s) < 3.0
    done = await town.admin.press(answer, "Import", timeout=60)
    assert "500 added" in done.text
    assert "Story number 77" in await found(town, '"story number 77"')
