"""An admin refreshes what the bot knows; nobody else can."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest

from bot.sandbox import SandboxError, Upload
from tests.support.running_bot import SHIPPED_SEEDS, Town, import_files, make_seed_text

FERRY = make_seed_text(title="Harbour ferry to run on hydrogen from spring")
FERRY_FILE = Upload(filename="ferry.md", content=FERRY.encode())
TITLED_TWICE = Upload(filename="broken.md", content=b"---\ntitle: a\ntitle: b\n---\n")


async def test_an_admin_uploads_a_seed_and_finds_it_at_once(town: Town) -> None:
    """What was imported is searchable in the next breath."""
    report = await import_files(town.admin, town.channel, FERRY_FILE)
    assert "1" in report.text
    answer = await town.admin.run(town.channel, "news search", query="hydrogen ferry")
    assert "Harbour ferry to run on hydrogen" in answer.text


async def test_an_admin_uploads_a_zip_and_is_told_of_the_bad_file_in_it(town: Town) -> None:
    """One bad file does not stop the others."""
    pack = io.BytesIO()
    with zipfile.ZipFile(pack, "w") as archive:
        archive.writestr("ferry.md", FERRY)
        archive.writestr("broken.md", "---\ntitle: [\n---\n")
    report = await import_files(town.admin, town.channel, Upload(filename="pack.zip", content=pack.getvalue()))
    assert "broken.md" in report.text
    answer = await town.admin.run(town.channel, "news search", query="hydrogen ferry")
    assert "Harbour ferry to run on hydrogen" in answer.text


async def test_content_status_names_the_operators_path_to_the_operator_alone(town: Town) -> None:
    """Every server's admin sees that the operator's folder was imported, not where it is on the machine."""
    answer = await town.admin.run(town.channel, "content status")
    assert "the operator's folder: 5 added" in answer.text
    assert str(town.seeds) not in answer.text

    town.guild.add_member(town.sandbox.owner, permissions=("manage_guild",))
    answer = await town.sandbox.owner.run(town.channel, "content status")
    assert f"{town.seeds}: 5 added" in answer.text


async def test_a_preview_changes_nothing(town: Town) -> None:
    """An admin can look before leaping."""
    await town.admin.run(town.channel, "content import", file=FERRY_FILE)
    answer = await town.admin.run(town.channel, "news search", query="hydrogen")
    assert "Harbour ferry" not in answer.text


async def test_one_servers_upload_is_invisible_to_another(town: Town) -> None:
    """Words that one server's admin uploads never reach another server."""
    await import_files(town.admin, town.channel, FERRY_FILE)
    other = town.sandbox.add_guild("Elsewhere")
    channel = other.add_channel("news")
    stranger = other.add_member("Bo")
    answer = await stranger.run(channel, "news search", query="hydrogen ferry")
    assert "Harbour ferry" not in answer.text


async def test_refresh_reads_the_servers_operators_folder_again(town: Town) -> None:
    """The bot's owner refreshes the instance's folder from Discord."""
    (town.seeds / "ferry.md").write_text(FERRY, "utf-8")
    town.guild.add_member(town.sandbox.owner, permissions=("manage_guild",))
    answer = await town.sandbox.owner.run(town.channel, "content refresh")
    assert "1" in answer.text
    found = await town.member.run(town.channel, "news search", query="hydrogen ferry")
    assert "Harbour ferry" in found.text


async def test_a_seed_dropped_into_the_folder_is_found_without_a_command(town: Town) -> None:
    """The folder is watched while the bot runs."""
    assert town.bot is not None
    (town.seeds / "ferry.md").write_text(FERRY, "utf-8")
    found = await town.member.run(town.channel, "news latest")
    for _ in range(100):
        if "Harbour ferry" in found.text:
            break
        town.clock.jump_to(town.clock.now() + timedelta(seconds=3))  # a member may ask 30 times a minute
        await asyncio.sleep(0.1)
        found = await town.member.run(town.channel, "news latest")
    assert "Harbour ferry to run on hydrogen" in found.text


async def test_a_manager_who_does_not_own_the_bot_cannot_refresh_its_folder(town: Town) -> None:
    """The instance's own folder is its operator's."""
    answer = await town.admin.run(town.channel, "content refresh")
    assert answer.ephemeral
    assert "own" in answer.text.lower() or "operat" in answer.text.lower()


async def test_problems_name_the_file_the_line_and_the_reason(town: Town) -> None:
    """What was refused can be fixed by the person who reads it."""
    await import_files(town.admin, town.channel, FERRY_FILE, TITLED_TWICE)
    answer = await town.admin.run(town.channel, "content problems")
    assert "broken.md" in answer.text
    assert "3" in answer.text


async def test_status_tells_how_much_there_is_and_when_it_came(town: Town) -> None:
    """An admin sees the archive at a glance."""
    answer = await town.admin.run(town.channel, "content status")
    assert "5" in answer.text


async def test_a_member_does_not_even_see_the_admin_commands(town: Town) -> None:
    """Discord hides them by default."""
    with pytest.raises(SandboxError):
        await town.member.run(town.channel, "content status")


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("content status", {}),
        ("content problems", {}),
        ("content refresh", {}),
        ("schedule list", {}),
        ("schedule delete", {"name": "Weekly"}),
        ("schedule pause", {"name": "Weekly"}),
        ("schedule send-now", {"name": "Weekly"}),
    ],
)
async def test_a_member_without_the_right_to_is_refused(town: Town, command: str, options: dict[str, Any]) -> None:
    """Also where the server's settings hand the command to everybody, the bot checks again."""
    await town.post_first_edition()
    answer = await town.member.run(town.channel, command, force=True, **options)
    assert answer.ephemeral
    assert "manage" in answer.text.lower() or "own" in answer.text.lower()
    assert len(town.channel.messages) == 1


async def test_a_member_cannot_upload(town: Town) -> None:
    """The check comes before the file is read."""
    await town.member.run(town.channel, "content import", force=True, file=FERRY_FILE)
    answer = await town.member.run(town.channel, "news search", query="hydrogen")
    assert "Harbour ferry" not in answer.text


@pytest.mark.parametrize("name", ["seed.exe", "seed.tar.gz", "noending"])
async def test_a_file_that_is_no_seed_is_refused_with_what_is_taken(town: Town, name: str) -> None:
    """The answer says which files are seeds."""
    answer = await import_files(town.admin, town.channel, Upload(filename=name, content=b"MZ"))
    assert ".md" in answer.text
    assert ".zip" in answer.text


HOSTILE_TITLES = [
    "@everyone @here <@1> <@&2> <#3> </x:4> <t:0:R>",
    "a](https://evil.example) [b](https://evil.example/2)",
    "https://evil.example/bare and discord.gg/evil",
    "||spoiler|| **bold** `code` ```block``` > quote # heading",
    "\N{RIGHT-TO-LEFT OVERRIDE}gnp.exe \N{ZERO WIDTH SPACE}@\N{ZERO WIDTH SPACE}everyone",
    "Z" + "a\N{COMBINING ACUTE ACCENT}\N{COMBINING DIAERESIS}" * 60,
    "\N{GRINNING FACE}" * 400,
    "<https://evil.example> <mailto:x@evil.example>",
    "\\](https://evil.example) \\\\[x](https://evil.example)",
]


async def test_hostile_titles_make_no_mention_no_unplanned_link_and_no_refused_request(quiet_town: Town) -> None:
    """Other people's headlines are text, wherever they are shown."""
    for number, title in enumerate(HOSTILE_TITLES):
        text = make_seed_text(title=title, excerpt=title, url=f"https://example.com/{number}")
        text = text.replace("name: Example", f"name: {json.dumps(title, ensure_ascii=False)}")
        (quiet_town.seeds / f"hostile{number}.md").write_text(text, "utf-8")
    await quiet_town.start_bot()
    town = quiet_town
    await town.post_first_edition(count=20, provider_cap=20)
    answers = [
        await town.member.run(town.channel, "news latest", count=20),
        await town.member.run(town.channel, "news search", query="boat evil bold code quote"),
        await town.member.run(town.channel, "news providers"),
        await town.member.run(town.channel, "news related", article="https://example.com/1"),
        await town.member.run(town.channel, "news story", article="https://example.com/2"),
    ]
    messages = [*town.channel.messages, *(answer.message for answer in answers if answer.message is not None)]
    assert len(messages) >= 6
    for message in messages:
        assert not message.mentions
        assert not [link for link in message.links if "evil" in link]


async def test_the_shipped_seeds_are_loaded_at_the_start(town: Town) -> None:
    """A newcomer's first start has something to show."""
    answer = await town.member.run(town.channel, "news latest")
    assert len(list(SHIPPED_SEEDS.glob("*.txt"))) == 5
    assert "Boston Herald" in answer.text
