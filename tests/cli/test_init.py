"""`newsdesk init`: asked at a terminal, run without one, with a wrong token, and where a configuration is already."""

from __future__ import annotations

import asyncio
import os
import pty
import re
import select
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest

from bot.app.config import load_config
from bot.chat.account.invite import INVITED, invite_link
from bot.sandbox import Sandbox
from tests.support.command_line import ROOT, Said

WRONG: Final = "wrong-token"
TOKEN: Final = r"Token \(it is not shown\): "


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """Discord, which takes one token."""
    async with Sandbox() as opened:
        yield opened


def environment(sandbox: Sandbox, folder: Path, **more: str) -> dict[str, str]:
    """What a person's shell has, pointed at the sandbox."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NEWSDESK_")}
    own = {"HOME": str(folder), "PYTHONPATH": str(ROOT), "NEWSDESK_API_BASE": sandbox.api_base, "TZ": "Europe/Berlin"}
    return kept | own | {"NEWSDESK_HEALTH_ADDRESS": "", "COLUMNS": "1000", "TERM": "dumb"} | more


async def init(sandbox: Sandbox, folder: Path, *options: str, **more: str) -> Said:
    """Run it without a terminal."""

    def work() -> Said:
        done = subprocess.run(
            [sys.executable, "-m", "bot", "init", *options],
            cwd=folder,
            env=environment(sandbox, folder, **more),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return Said(out=done.stdout, err=done.stderr, status=done.returncode)

    return await asyncio.to_thread(work)


async def converse(sandbox: Sandbox, folder: Path, *answers: tuple[str, str]) -> tuple[str, int]:
    """Run it at a terminal, and answer each question once it is asked; what it shows, and the exit status."""

    def work() -> tuple[str, int]:
        own, other = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "init"],
            cwd=folder,
            env=environment(sandbox, folder),
            stdin=other,
            stdout=other,
            stderr=other,
            start_new_session=True,
        )
        os.close(other)
        shown, asked = "", 0
        for question, answer in answers:
            while not re.search(question, shown[asked:]):
                ready, _, _ = select.select([own], [], [], 30)
                assert ready, f"not asked for {question!r}: {shown}"
                shown += os.read(own, 4096).decode(errors="replace")
            asked = len(shown)
            os.write(own, f"{answer}\n".encode())
        try:
            while part := os.read(own, 4096).decode(errors="replace"):
                shown += part
        except OSError:  # the other end is closed
            pass
        status = process.wait(60)
        os.close(own)
        return shown, status

    return await asyncio.wait_for(asyncio.to_thread(work), 90)


def names(folder: Path, start: str = "") -> set[str]:
    """The files of a folder whose name begins so."""
    return {path.name for path in folder.iterdir() if path.name.startswith(start)}


def mode(path: Path) -> int:
    """A file's permissions."""
    return stat.S_IMODE(path.stat().st_mode)


async def test_it_asks_for_the_token_and_writes_what_the_bot_needs(sandbox: Sandbox, tmp_path: Path) -> None:
    """A configuration that only this user can read, and the invite link."""
    shown, status = await converse(sandbox, tmp_path, (TOKEN, sandbox.token), ("Time zone", ""), (r"systemd unit", "y"))

    assert status == 0, shown
    assert sandbox.token not in shown
    assert f"client_id={sandbox.application_id}&scope=bot%20applications.commands&permissions=274877991936" in shown
    config = load_config(tmp_path / "config.toml", {"HOME": str(tmp_path)})
    assert config.require_token() == sandbox.token
    assert config.default_timezone.key == "Europe/Berlin"
    assert config.database.exists()
    assert config.seeds == (tmp_path / "seeds",)
    assert mode(tmp_path / "config.toml") == mode(tmp_path / "newsdesk.token") == 0o600


async def test_the_unit_starts_this_installation(sandbox: Sandbox, tmp_path: Path) -> None:
    """With this program, this configuration and this user, and with all of the shipped unit's protection."""
    await init(sandbox, tmp_path, "--unit", NEWSDESK_TOKEN=sandbox.token)
    unit = (tmp_path / "newsdesk.service").read_text("utf-8").splitlines()

    assert f'ExecStart={Path(sys.executable).parent / "newsdesk"} --config "{tmp_path / "config.toml"}" run' in unit
    assert f"LoadCredential=token:{tmp_path / 'newsdesk.token'}" in unit
    assert f"ReadWritePaths={tmp_path}" in unit
    shipped = (ROOT / "deploy" / "newsdesk.service").read_text("utf-8")
    changed = {"ExecStart", "User", "Group", "Environment", "LoadCredential", "StateDirectory", "StateDirectoryMode"}
    kept = [line for line in shipped.partition("[Unit]")[2].splitlines() if line.partition("=")[0] not in changed]
    assert set(kept) - set(unit) == {"ProtectHome=yes"}


async def test_a_wrong_token_is_asked_for_again(sandbox: Sandbox, tmp_path: Path) -> None:
    """The portal's other secrets look alike."""
    shown, status = await converse(
        sandbox,
        tmp_path,
        (TOKEN, WRONG),
        (r"refuses the token[\s\S]*" + TOKEN, f"Bot {sandbox.token}"),
        ("Time zone", "berlim"),
        (r"no time zone[\s\S]*Time zone", "UTC"),
        ("systemd unit", "n"),
    )

    assert status == 0, shown
    assert load_config(tmp_path / "config.toml", {"HOME": str(tmp_path)}).require_token() == sandbox.token
    assert not (tmp_path / "newsdesk.service").exists()


async def test_three_wrong_tokens_end_it_and_nothing_is_written(sandbox: Sandbox, tmp_path: Path) -> None:
    """Discord counts failed logins."""
    shown, status = await converse(
        sandbox,
        tmp_path,
        (TOKEN, WRONG),
        (r"refuses[\s\S]*" + TOKEN, "two words"),
        (r"not a token[\s\S]*" + TOKEN, WRONG),
    )

    assert status == 78
    assert "Reset it in the Developer Portal" in shown
    assert not {"config.toml", "newsdesk.token"} & names(tmp_path)


async def test_without_a_terminal_and_without_a_token_it_says_so(sandbox: Sandbox, tmp_path: Path) -> None:
    """And writes nothing."""
    said = await init(sandbox, tmp_path)

    assert said.status == 1
    assert "there is no terminal" in said.err
    assert "NEWSDESK_TOKEN" in said.err
    assert not (tmp_path / "config.toml").exists()


async def test_a_wrong_token_of_the_environment_loses_nothing(sandbox: Sandbox, tmp_path: Path) -> None:
    """The configuration of before is as it was."""
    (tmp_path / "config.toml").write_text("# mine\n", "utf-8")

    said = await init(sandbox, tmp_path, "--replace", NEWSDESK_TOKEN=WRONG)

    assert said.status == 78
    assert "Discord refuses the token" in said.err
    assert (tmp_path / "config.toml").read_text("utf-8") == "# mine\n"


async def test_a_configuration_is_replaced_only_if_somebody_says_so(sandbox: Sandbox, tmp_path: Path) -> None:
    """And kept even then."""
    (tmp_path / "config.toml").write_text("# mine\n", "utf-8")

    refused = await init(sandbox, tmp_path, NEWSDESK_TOKEN=sandbox.token)
    declined, status = await converse(sandbox, tmp_path, ("exists. Replace it", "n"))
    assert (refused.status, status) == (1, 1)
    assert "--replace" in refused.err
    assert "Nothing was changed" in declined
    assert (tmp_path / "config.toml").read_text("utf-8") == "# mine\n"

    replaced = await init(sandbox, tmp_path, "--replace", NEWSDESK_TOKEN=sandbox.token)
    assert replaced.status == 0, replaced.err
    (kept,) = names(tmp_path, "config.toml.before-")
    assert (tmp_path / kept).read_text("utf-8") == "# mine\n"


async def test_it_ends_with_the_doctors_findings(sandbox: Sandbox, tmp_path: Path) -> None:
    """All that a new installation lacks is articles."""
    said = await init(sandbox, tmp_path, NEWSDESK_TOKEN=sandbox.token)

    assert "database file" in said.out
    (trouble,) = (line for line in said.out.splitlines() if line.startswith("!!"))
    assert "no articles yet" in trouble


async def test_without_discord_it_says_so(sandbox: Sandbox, tmp_path: Path) -> None:
    """A token that can't be checked is not written."""
    said = await init(sandbox, tmp_path, NEWSDESK_TOKEN=sandbox.token, NEWSDESK_API_BASE="http://127.0.0.1:9")

    assert said.status == 1
    assert "Discord can't be reached" in said.err
    assert not (tmp_path / "config.toml").exists()


def test_the_link_asks_for_what_the_bot_uses_and_for_nothing_else() -> None:
    """README names the same permissions."""
    readme = (ROOT / "README.md").read_text("utf-8")

    assert {name for name, has in INVITED if has} == {
        "read_messages",
        "send_messages",
        "embed_links",
        "read_message_history",
        "send_messages_in_threads",
    }
    assert invite_link(7).replace("client_id=7", "client_id=YOUR_ID") in readme
