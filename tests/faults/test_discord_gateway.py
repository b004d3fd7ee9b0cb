"""The gateway: posts go on whatever it does, commands come back, and what can't come back ends the bot with a cure."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Final

import pytest

from bot.errors import TokenRefusedError
from bot.sandbox import Sandbox
from bot.sandbox.gateway.gateway import Gateway
from tests.support.delivering_bot import Square, open_square
from tests.support.fault_points import PARTS

EVENTS: Final[dict[str, Callable[[Gateway], object]]] = {
    "gateway dropped": lambda gateway: gateway.drop(),
    "op 7": lambda gateway: gateway.reconnect(),
    "op 9": lambda gateway: gateway.invalidate(),
    "op 9, resumable": lambda gateway: gateway.invalidate(resumable=True),
    "malformed event": lambda gateway: gateway.malformed(),
    "malformed event of our own": lambda gateway: gateway.malformed("GUILD_ROLE_UPDATE"),
    **{f"code {code}": lambda gateway, code=code: gateway.close(code) for code in (1000, 1001, *range(4000, 4004))},  # type: ignore[misc]
    **{f"code {code}": lambda gateway, code=code: gateway.close(code) for code in (4005, 4007, 4008, 4009)},  # type: ignore[misc]
}
FOR_GOOD: Final = (4004, 4010, 4011, 4012, 4013, 4014)


@pytest.fixture
async def square(tmp_path: Path) -> AsyncIterator[Square]:
    """The whole bot, connected."""
    async with open_square(tmp_path) as opened:
        yield opened


@pytest.fixture
async def quiet_square(tmp_path: Path) -> AsyncIterator[Square]:
    """The same before the bot is started."""
    async with open_square(tmp_path, start=False) as opened:
        yield opened


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
async def test_gateway_dropped_op_7_op_9_codes_4000_to_4009_malformed_event_posts_go_on_and_commands_are_back(
    square: Square, event: Callable[[Gateway], object]
) -> None:
    """Within 60 seconds, and with at most two IDENTIFYs."""
    await square.survives(lambda: event(square.sandbox.gateway))


async def test_resume_goes_on_where_the_connection_broke(square: Square) -> None:
    """Nothing is missed, and no IDENTIFY is spent."""
    await square.survives(square.sandbox.gateway.drop)

    assert (square.sandbox.gateway.identify_count, square.sandbox.gateway.resume_count) == (1, 1)


@pytest.mark.parametrize("on", ["IDENTIFY", "RESUME"])
async def test_gateway_dropped_again_while_it_comes_back(square: Square, on: str) -> None:
    """The second connection breaks, too: before it has a session, or while it takes the old one up."""
    gateway, fault = square.sandbox.gateway, square.sandbox.faults.gateway_drop(on=on)

    await square.survives(lambda: gateway.invalidate() if on == "IDENTIFY" else gateway.drop())

    assert fault.hits == 1
    if on == "IDENTIFY":  # discord.py then resumes a session that it never had, and takes Discord's no
        assert {(seen.path, seen.where) for seen in square.sandbox.deviations} == {
            ("RESUME", "d.session_id"),
            ("RESUME", "d.seq"),
        }
        square.sandbox.deviations.clear()


async def test_gateway_that_stays_away_stops_no_post(quiet_square: Square) -> None:
    """Posting needs the login alone; commands are there as soon as the gateway is."""
    fault = quiet_square.sandbox.faults.gateway_drop(on="HELLO", times=None)
    with pytest.raises(Exception, match="not ready in time"):
        await _start_without_waiting(quiet_square)
    await quiet_square.plan()
    await quiet_square.channel.wait_for_messages(PARTS)
    assert not quiet_square.running.client.is_connected

    quiet_square.sandbox.faults.remove(fault)
    await quiet_square.until(lambda: quiet_square.running.client.is_connected, patience_s=20)
    assert (await quiet_square.member.run(quiet_square.channel, "help")).text


async def _start_without_waiting(square: Square) -> None:
    await square.start_bot(patience_s=0.5)


@pytest.mark.parametrize("code", FOR_GOOD)
async def test_4004_4010_to_4014_end_with_exit_status_78_and_the_cure_in_one_line(
    quiet_square: Square, code: int
) -> None:
    """Discord won't have this connection, whatever is tried; so it is tried once."""
    fault = quiet_square.sandbox.faults.gateway_close(code, on="IDENTIFY", times=None)

    with pytest.raises(TokenRefusedError) as caught:
        await quiet_square.start_bot()

    assert (caught.value.exit_status, fault.hits) == (78, 1)
    assert str(code) in caught.value.message
    assert caught.value.cure
    assert "\n" not in str(caught.value)


async def test_4014_ends_the_process_with_exit_status_78_and_prints_the_cure_in_one_line(tmp_path: Path) -> None:
    """What the operator's service manager and the operator see."""
    async with Sandbox() as sandbox:
        sandbox.faults.gateway_close(4014, on="IDENTIFY", times=None)
        environment = os.environ | {
            "NEWSDESK_TOKEN": sandbox.token,
            "NEWSDESK_DATABASE": str(tmp_path / "newsdesk.sqlite3"),
            "NEWSDESK_SEEDS": "",
            "NEWSDESK_API_BASE": sandbox.api_base,
            "NEWSDESK_HEALTH_ADDRESS": "",
        }
        ended = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "bot", "run"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=20,
        )

    said = [line for line in ended.stderr.splitlines() if line.startswith("newsdesk: ")]
    assert (ended.returncode, len(said)) == (78, 1)
    assert "Developer Portal" in said[0]
    assert "Traceback" not in ended.stderr + ended.stdout
