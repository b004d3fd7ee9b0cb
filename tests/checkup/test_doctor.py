"""An operator asks from the command line whether all is well, beside the running bot."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from bot.app.doctor import MOST_SERVERS, Depth, examine
from bot.clock import Clock
from bot.news.checkup.finding import Finding
from bot.sandbox import RequestSeen
from tests.journeys.conftest import quiet_town, town
from tests.journeys.town import Town

__all__ = ["quiet_town", "town"]


async def ask(
    town: Town, *, depth: Depth = "usual", clock: Clock | None = None, most_servers: int = MOST_SERVERS, **changed: str
) -> dict[str, list[Finding]]:
    """The findings by what they are about."""
    environ = {
        "NEWSDESK_TOKEN": town.sandbox.token,
        "NEWSDESK_DATABASE": str(town.folder / "newsdesk.sqlite3"),
        "NEWSDESK_SEEDS": str(town.seeds),
        "NEWSDESK_API_BASE": town.sandbox.api_base,
        "NEWSDESK_HEALTH_ADDRESS": "",
    }
    found: dict[str, list[Finding]] = {}
    for finding in await examine(None, environ | changed, clock or town.clock, depth=depth, most_servers=most_servers):
        found.setdefault(finding.what, []).append(finding)
    return found


def ill(found: dict[str, list[Finding]]) -> list[str]:
    """What is to be done."""
    return [finding.text for each in found.values() for finding in each if finding.is_well is False]


async def test_all_is_well_beside_a_running_bot(town: Town) -> None:
    """Database, clock, schedules, their channels."""
    await town.post_first_edition()
    found = await ask(town)
    assert ill(found) == []
    assert found["clock"][0].text == "0 s from Discord's."
    assert "the ledger is sound" in found["database"][1].text
    assert found["schedule"][0].text.startswith(
        f"Weekly (server {town.guild.id}): last edition 2023-11-27 09:00 UTC: sent"
    )


async def test_missing_permission_is_named_with_schedule_and_server(town: Town) -> None:
    """The operator knows whom to tell."""
    await town.post_first_edition()
    town.channel.set_permissions(bot={"read_message_history": False})
    (text,) = ill(await ask(town))
    assert text.startswith(f"Weekly (server {town.guild.id}): Read Message History is missing")


async def test_doctor_needs_no_gateway_and_changes_nothing(town: Town) -> None:
    """A login and a few reads: no IDENTIFY of the day is spent, and the bot's connection stays."""
    await town.post_first_edition()
    identified, before = town.sandbox.gateway.identify_count, len(town.sandbox.requests)
    await ask(town, depth="full")
    asked: list[RequestSeen] = list(town.sandbox.requests)[before:]
    assert asked
    assert {request.method for request in asked} == {"GET"}
    assert town.sandbox.gateway.identify_count == identified


async def test_wrong_clock_is_told_with_its_offset(town: Town) -> None:
    """And that nothing is planned meanwhile."""
    (text,) = ill(await ask(town, clock=_Wrong(town.clock, timedelta(minutes=-10))))
    assert text == "600 s behind Discord's; no edition is planned until it is right."


async def test_refused_token_is_something_to_do(town: Town) -> None:
    """The rest is looked at all the same."""
    await town.post_first_edition()
    found = await ask(town, NEWSDESK_TOKEN="another.token.of-some-length")
    assert ill(found) == ["Discord refuses the token."]
    assert "schedule" in found


async def test_without_a_token_the_rest_is_looked_at(town: Town) -> None:
    """And what was left out is said."""
    found = await ask(town, NEWSDESK_TOKEN="")
    assert "Left out" in found["discord"][0].text


async def test_failed_edition_is_something_to_do(town: Town) -> None:
    """Without Discord, too: it stands in the ledger."""
    town.channel.set_permissions(bot={"send_messages": False})
    await town.post_first_edition()
    assert any("The edition of 2023-11-27 failed" in text for text in ill(await ask(town, depth="quick")))


async def test_edition_that_is_overdue_is_something_to_do(town: Town) -> None:
    """The bot is stopped, or something keeps it from planning."""
    await town.admin.run(
        town.channel, "schedule create", name="W", channel=town.channel, day="monday", time="09:00", timezone="UTC"
    )
    await town.stop_bot()
    town.clock.jump_to(town.clock.now() + timedelta(hours=1))
    (text,) = ill(await ask(town))
    assert "due for 59 minutes" in text


async def test_more_servers_than_it_looks_at_are_counted(town: Town) -> None:
    """Three requests a server are many where there are thousands."""
    await town.post_first_edition()
    found = await ask(town, most_servers=0)
    assert "the channels of 1 more servers were not looked at; --full does." in found["schedules"][1].text
    assert len((await ask(town, depth="full", most_servers=0))["schedules"]) == 1


async def test_server_that_the_bot_was_removed_from_is_nothing_to_do(town: Town) -> None:
    """Its data goes by itself."""
    await town.post_first_edition()
    town.guild.remove_bot()
    await town.let_pass(timedelta(minutes=1))
    found = await ask(town)
    assert ill(found) == []
    assert "not in its server any more" in found["schedule"][1].text
    assert len(found["schedule"]) == 2


async def test_missing_database_is_said_and_nothing_is_made(town: Town, tmp_path: Path) -> None:
    """Looking is not making."""
    found = await ask(town, NEWSDESK_DATABASE=str(tmp_path / "none.sqlite3"))
    assert found["database"][0].is_well is False
    assert not (tmp_path / "none.sqlite3").exists()


class _Wrong:
    """A clock whose wall clock is set wrong."""

    def __init__(self, right: Clock, by: timedelta) -> None:
        self._right, self._by = right, by
        self.uptime = right.uptime
        self.sleep = right.sleep

    def now(self) -> datetime:
        """See `Clock.now`."""
        return self._right.now() + self._by
