"""What the system around the bot does to it: signals, limits, folders that are gone, events of a new kind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from pathlib import Path

import pytest
from typing_extensions import override

from bot.app.config import load_config
from bot.errors import ConfigError
from bot.store.sqlite import open_store
from bot.usecases.schedule import ClockTrust
from tests.faults.process import events_in, running
from tests.support.clocks import ManualClock
from tests.support.command_line import ROOT, run_python
from tests.support.delivering_bot import Square, open_square


@pytest.fixture
async def square(tmp_path: Path) -> AsyncIterator[Square]:
    """The whole bot, connected."""
    async with open_square(tmp_path) as opened:
        yield opened


async def test_sighup_ends_nothing_and_is_said_to_change_nothing(tmp_path: Path) -> None:
    """A closed terminal, or `systemctl reload` by habit."""
    async with running(tmp_path) as bot:
        await bot.until_connected()
        bot.process.send_signal(signal.SIGHUP)
        await bot.until(lambda: any("SIGHUP changes nothing" in event for event in events_in(bot.log)))
        await bot.until_well()
        assert await bot.end(signal.SIGTERM) == 0


def in_shell(script: str, **variables: str) -> tuple[int, str]:
    """The exit status and the errors of a script in which $NEWSDESK is the command."""
    environment = os.environ | {"NEWSDESK": f"{sys.executable} -m bot", "PYTHONPATH": str(ROOT)} | variables
    done = subprocess.run(
        ["bash", "-c", script], env=environment, capture_output=True, text=True, check=False, timeout=50
    )
    return done.returncode, done.stderr


def test_deleted_working_folder_is_named_in_a_sentence(tmp_path: Path) -> None:
    """Not with a traceback."""
    (tmp_path / "gone").mkdir()
    status, said = in_shell(
        f"cd {tmp_path}/gone && rmdir ../gone && $NEWSDESK check seeds", NEWSDESK_DATABASE=str(tmp_path / "n.db")
    )
    assert (status, said.count("\n")) == (1, 1)
    assert "The working folder no longer exists. Change to another one first." in said


def test_user_without_a_home_is_named_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container's user of any number, without HOME."""

    def find_no_home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", find_no_home)
    with pytest.raises(ConfigError, match="HOME: not set, and this user has no home folder"):
        load_config(None, {})


@pytest.mark.parametrize("kib", [90_000, 120_000, 160_000, 200_000])
def test_too_little_memory_is_named_in_a_sentence(kib: int, tmp_path: Path) -> None:
    """`ulimit -v`: whatever can't be had, the last line says what is missing."""
    status, said = in_shell(f"ulimit -v {kib}; $NEWSDESK ingest {ROOT}/seeds", NEWSDESK_DATABASE=str(tmp_path / "n.db"))
    # OpenBLAS ends the process by itself, with a sentence of its own.
    assert status == 0 or "memory" in said.splitlines()[-1].lower(), said


def interaction(square: Square, **fields: object) -> Mapping[str, object]:
    """An interaction as Discord sends it, with other fields."""
    user = {"id": "5", "username": "somebody", "discriminator": "0", "avatar": None, "global_name": None}
    return {
        "id": "1",
        "application_id": str(square.sandbox.application_id),
        "token": "token",
        "version": 1,
        "channel_id": str(square.channel.id),
        "user": user,
        "locale": "en-US",
        "entitlements": [],
        "authorizing_integration_owners": {},
        "context": 1,
        "attachment_size_limit": 10_485_760,
    } | fields


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"type": 99},
        {"type": "word", "data": {}},
        {"type": 2},
        {"type": 2, "data": {"id": "1", "name": "news", "type": 99}},
        {"type": 3, "data": {"custom_id": "x", "component_type": 99}},
        {"type": 5, "data": {"custom_id": "x", "components": [{"type": 99}]}},
    ],
    ids=repr,
)
async def test_interaction_of_a_kind_that_cannot_be_read_leaves_the_connection(
    fields: Mapping[str, object], square: Square
) -> None:
    """It was ended, with all commands that were under way."""
    gateway = square.sandbox.gateway
    counts = (gateway.identify_count, gateway.resume_count)
    gateway.malformed("INTERACTION_CREATE", dict(interaction(square, **fields)))

    assert (await square.member.run(square.channel, "news latest")).text
    assert (gateway.identify_count, gateway.resume_count) == counts


class _Frozen(ManualClock):
    """A process that is stopped for a while between a look at the one clock and one at the other."""

    def __init__(self) -> None:
        super().__init__()
        self.freezes = False

    @override
    def now(self) -> datetime:
        at = super().now()
        if self.freezes:
            self.freezes = False
            self.advance(3600)
        return at


def test_pause_between_two_looks_is_no_clock_that_was_set() -> None:
    """SIGSTOP comes at any line."""
    clock = _Frozen()
    trust = ClockTrust(clock, lambda: 0.0)
    trust.may_plan()
    clock.freezes = True

    assert trust.may_plan()
    assert trust.may_plan()


async def test_rotated_key_signs_and_the_one_before_it_stays_valid(tmp_path: Path, clock: ManualClock) -> None:
    """Older ones are gone: a leaked key is out after two rotations."""
    async with open_store(tmp_path / "n.db", clock=clock) as store:
        (first,) = await store.admin.secrets()
        await store.admin.rotate_secret()
        second, kept = await store.admin.secrets()
        assert (kept, second == first) == (first, False)
        await store.admin.rotate_secret()
        third, kept = await store.admin.secrets()
        assert (kept, third in {first, second}) == (second, False)


def test_key_is_rotated_by_a_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It says when the new one counts."""
    monkeypatch.setenv("NEWSDESK_DATABASE", str(tmp_path / "n.db"))
    said = run_python("-m", "bot", "rotate-key")
    assert (said.status, "after the bot's next start" in said.out) == (0, True)


@pytest.mark.parametrize(
    ("mode", "named"), [(0o600, ""), (0o640, "its group"), (0o644, "all users of this machine"), (0o400, "")]
)
def test_token_file_that_others_can_read_is_named_by_the_doctor(
    mode: int, named: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With the command that changes it."""
    path = tmp_path / "token"
    path.write_text("token")
    path.chmod(mode)
    monkeypatch.setenv("NEWSDESK_TOKEN_FILE", str(path))
    monkeypatch.setenv("NEWSDESK_DATABASE", str(tmp_path / "n.db"))
    rows = json.loads(run_python("-m", "bot", "doctor", "--quick", "--json").out)

    (row,) = [row for row in rows if row["check"] == "token"]
    assert row["status"] == ("failing" if named else "ok")
    assert named in row["text"]
