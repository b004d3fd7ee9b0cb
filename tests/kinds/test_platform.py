"""Rules of Discord that its library keeps only in part hold on each path that the bot takes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Final

import discord
import pytest
from structlog.testing import capture_logs

from bot.sandbox import SandboxError
from tests.faults.test_discord_answers import slow_files
from tests.support.delivering_bot import Square, open_square
from tests.support.running_bot import Town

SYNC: Final = r"/applications/\d+/commands$"
REFUSED: Final = {"code": 50035, "message": "Invalid Form Body"}
HOOK: Final = r"/webhooks/"


@pytest.fixture
async def square(tmp_path: Path) -> AsyncIterator[Square]:
    """The whole bot, whose clock runs fast."""
    async with open_square(tmp_path) as opened:
        yield opened


@pytest.fixture
async def quiet_square(tmp_path: Path) -> AsyncIterator[Square]:
    """The same before the bot is started."""
    async with open_square(tmp_path, start=False) as opened:
        yield opened


def syncs(town: Town) -> int:
    """How often the commands were sent."""
    return sum(seen.method == "PUT" and seen.path.endswith("/commands") for seen in town.sandbox.requests)


async def test_refused_commands_are_logged_once_and_not_sent_again_by_a_restart(quiet_town: Town) -> None:
    """Nothing has changed: Discord would refuse them again."""
    quiet_town.sandbox.faults.status(400, body=REFUSED, times=None, method="PUT", path=SYNC)

    with capture_logs() as logs:
        await quiet_town.start_bot()
        await quiet_town.stop_bot()
        await quiet_town.start_bot(patience_s=20)

    warnings = [entry for entry in logs if "refused the commands" in entry["event"]]
    assert syncs(quiet_town) == 1
    assert [len(entry["error"]) <= 200 and "exc_info" not in entry for entry in warnings] == [True]


async def test_refused_commands_are_sent_again_after_a_day(quiet_town: Town) -> None:
    """What Discord minded may have been on its side."""
    fault = quiet_town.sandbox.faults.status(400, body=REFUSED, method="PUT", path=SYNC)
    await quiet_town.start_bot()
    await quiet_town.stop_bot()
    quiet_town.clock.jump_to(quiet_town.clock.now() + timedelta(days=1, hours=1))

    await quiet_town.start_bot(patience_s=20)

    assert (fault.hits, syncs(quiet_town)) == (1, 2)
    assert quiet_town.sandbox.commands != []


async def test_refused_commands_are_sent_again_once_they_have_changed(quiet_town: Town) -> None:
    """A new version has other commands; here the refused ones are said to have been others."""
    quiet_town.sandbox.faults.status(400, body=REFUSED, method="PUT", path=SYNC)
    bot = await quiet_town.start_bot()
    name = f"commands:{quiet_town.sandbox.application_id}"
    stored = await bot.store.admin.find_setting(name)
    assert stored is not None
    await bot.store.admin.save_setting(name, "another" + stored)
    await quiet_town.stop_bot()

    await quiet_town.start_bot(patience_s=20)

    assert syncs(quiet_town) == 2


async def test_commands_that_discord_could_not_take_are_sent_again_by_the_clock(quiet_square: Square) -> None:
    """An outage is not a refusal, and no restart is needed after it."""
    fault = quiet_square.sandbox.faults.status(503, times=3, method="PUT", path=SYNC)

    await quiet_square.start_bot()
    await quiet_square.until(lambda: quiet_square.sandbox.commands != [])

    assert fault.hits == 3
    await quiet_square.until(lambda: quiet_square.running._runtime().others == ())


async def test_member_whose_token_has_expired_is_not_answered(square: Square) -> None:
    """Discord accepts answers for 15 minutes; later ones are not attempted."""
    async with slow_files(square) as release:
        asking = asyncio.create_task(square.member.run(square.channel, "news latest", timeout=2.5))
        await square.until(lambda: any(seen.path.endswith("/callback") for seen in square.sandbox.requests))
        square.clock.jump_to(square.clock.now() + timedelta(minutes=16))
        release.set()
        with pytest.raises(SandboxError):
            await asking

    assert hooks(square) == []


@pytest.mark.parametrize(("status", "code"), [(404, 10015), (401, 50027), (404, 10008), (404, 10062)])
async def test_error_is_not_told_to_a_member_whose_token_is_dead(square: Square, status: int, code: int) -> None:
    """One attempt, one line in the log, no traceback."""
    square.sandbox.faults.status(status, body={"code": code, "message": "Unknown"}, times=None, path=HOOK)
    with capture_logs() as logs:
        async with slow_files(square) as release:
            asking = asyncio.create_task(square.member.run(square.channel, "news latest", timeout=2.5))
            await square.until(lambda: any(seen.path.endswith("/callback") for seen in square.sandbox.requests))
            release.set()
            with pytest.raises(SandboxError):
                await asking

    assert hooks(square) == [status]
    assert [entry["event"] for entry in logs if entry["log_level"] in {"warning", "error"}] == []


def hooks(square: Square) -> list[int]:
    """The answers to everything that was sent with an interaction's token after the deferral."""
    return [seen.status for seen in square.sandbox.requests if "/webhooks/" in seen.path]


def asked_for_gateway(town: Town) -> int:
    """How often the bot has asked for the gateway's address."""
    return sum((seen.method, seen.path) == ("GET", "/gateway") for seen in town.sandbox.requests)


async def test_gateways_address_is_the_one_that_discord_names(square: Square) -> None:
    """Not one that the library or the configuration presumes; it is asked for again when a connection has ended."""
    assert str(discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY) == square.sandbox.gateway_base
    assert asked_for_gateway(square) == 1

    square.sandbox.gateway.invalidate()

    await square.until(lambda: square.sandbox.gateway.identify_count == 2)
    assert asked_for_gateway(square) >= 2
