"""`newsdesk doctor` next to a running bot."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.app.doctor import Depth, examine
from bot.checkup.doctor import MAX_SERVERS
from bot.checkup.probe import ask_health
from bot.clock import Clock
from bot.news.article import INSTANCE_SHELF
from bot.news.checkup.finding import Finding, Status
from bot.sandbox import RequestSeen
from tests.support.makers import make_seed
from tests.support.running_bot import Town, quiet_town, town

__all__ = ["quiet_town", "town"]


async def ask(
    town: Town,
    *,
    depth: Depth = "usual",
    clock: Clock | None = None,
    max_servers: int = MAX_SERVERS,
    environ: Mapping[str, str] | None = None,
    **changed: str,
) -> dict[str, list[Finding]]:
    """The findings by check."""
    given = {
        "NEWSDESK_TOKEN": town.sandbox.token,
        "NEWSDESK_DATABASE": str(town.folder / "newsdesk.sqlite3"),
        "NEWSDESK_SEEDS": str(town.seeds),
        "NEWSDESK_API_BASE": town.sandbox.api_base,
        "NEWSDESK_HEALTH_ADDRESS": "",
    }
    found: dict[str, list[Finding]] = {}
    for finding in await examine(
        None, {**given, **changed, **(environ or {})}, clock or town.clock, depth=depth, max_servers=max_servers
    ):
        found.setdefault(finding.check, []).append(finding)
    return found


def problems(found: dict[str, list[Finding]]) -> list[str]:
    """The texts of findings that need attention."""
    return [finding.text for each in found.values() for finding in each if finding.status is Status.FAILING]


async def health_address(town: Town) -> str:
    """Let the running bot answer `/healthz`, and return its address."""
    if town.bot is None:
        raise RuntimeError("the bot is not running")
    return f"127.0.0.1:{await town.bot._health.start('127.0.0.1', 0)}"


async def test_no_problems_next_to_a_healthy_bot(town: Town) -> None:
    """Database, clock, schedules, their channels."""
    await town.post_first_edition()
    found = await ask(town)
    assert problems(found) == []
    assert found["clock"][0].text == "0 s off Discord's."
    (database,), (file,) = found["database"], found["database file"]
    assert "no damage found" in database.text
    assert "can be read" in file.text
    assert found["schedule"][0].text.startswith(
        f"Weekly (server {town.guild.id}): last edition 2023-11-27 09:00 UTC: sent"
    )


async def test_record_with_an_impossible_date_is_named(town: Town) -> None:
    """It is left out of editions, and only here does anybody learn why."""
    assert town.bot is not None
    odd = make_seed("odd", title="A report of long ago", published_at=datetime(1, 1, 1, tzinfo=UTC))
    await town.bot.store.articles.put_seeds(INSTANCE_SHELF, [odd], seen_at=town.clock.now())

    (text,) = problems(await ask(town))

    assert text.startswith("1 article with an impossible date, the first: A report of long ago (odd), dated 0001-01-01")


async def test_missing_permission_is_named_with_schedule_and_server(town: Town) -> None:
    """The operator knows whom to ask."""
    await town.post_first_edition()
    town.channel.set_permissions(bot={"read_message_history": False})
    (text,) = problems(await ask(town))
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


async def test_wrong_clock_is_reported_with_its_offset(town: Town) -> None:
    """And with the fact that nothing is planned meanwhile."""
    (text,) = problems(await ask(town, clock=_Wrong(town.clock, timedelta(minutes=-10))))
    assert text == "600 s behind Discord's; no edition is planned until it is right."


async def test_rejected_token_is_a_problem(town: Town) -> None:
    """The rest is checked all the same."""
    await town.post_first_edition()
    found = await ask(town, NEWSDESK_TOKEN="another.token.of-some-length")
    assert problems(found) == ["Discord refuses the token."]
    assert "schedule" in found


async def test_without_a_token_the_rest_is_checked(town: Town) -> None:
    """And the rest is named."""
    found = await ask(town, NEWSDESK_TOKEN="")
    assert "Not checked" in found["discord"][0].text


async def test_failed_edition_is_a_problem(town: Town) -> None:
    """Also without Discord: it is in the ledger."""
    town.channel.set_permissions(bot={"send_messages": False})
    await town.post_first_edition()
    assert any("The edition of 2023-11-27 failed" in text for text in problems(await ask(town, depth="quick")))


async def test_overdue_edition_is_a_problem(town: Town) -> None:
    """The bot is stopped, or something keeps it from planning."""
    await town.admin.run(
        town.channel, "schedule create", name="W", channel=town.channel, day="monday", time="09:00", timezone="UTC"
    )
    await town.stop_bot()
    town.clock.jump_to(town.clock.now() + timedelta(hours=1))
    (text,) = problems(await ask(town))
    assert "due for 59 minutes" in text


async def test_servers_beyond_the_limit_are_counted(town: Town) -> None:
    """Three requests a server are many where there are thousands."""
    await town.post_first_edition()
    found = await ask(town, max_servers=0)
    assert "channels of 1 more servers were not checked; use --full." in found["schedules"][1].text
    assert len((await ask(town, depth="full", max_servers=0))["schedules"]) == 1


async def test_server_that_the_bot_was_removed_from_is_not_a_problem(town: Town) -> None:
    """Its data is deleted automatically."""
    await town.post_first_edition()
    town.guild.remove_bot()
    await town.let_pass(timedelta(minutes=1))
    found = await ask(town)
    assert problems(found) == []
    assert "no longer in its server" in found["schedule"][1].text
    assert len(found["schedule"]) == 2


async def test_missing_database_is_reported_and_not_created(town: Town, tmp_path: Path) -> None:
    """A check changes nothing."""
    found = await ask(town, NEWSDESK_DATABASE=str(tmp_path / "none.sqlite3"))
    assert found["database"][0].status is Status.FAILING
    assert not (tmp_path / "none.sqlite3").exists()


async def test_every_answer_about_the_bot_names_the_same_problem(town: Town) -> None:
    """The HTTP endpoint, the command line and the chat command share one check."""
    town.clock.jump_to(town.clock.now() + timedelta(minutes=3))
    address = await health_address(town)
    (problem,) = await ask_health("127.0.0.1", int(address.rpartition(":")[2])) or ()
    assert problem.check == "scheduler"
    assert problem in (await ask(town, NEWSDESK_HEALTH_ADDRESS=address))["scheduler"]
    answer = await town.admin.run(town.channel, "admin doctor")
    assert f"Scheduler: {problem.text} {problem.cure}" in answer.text


async def test_running_bot_without_problems_says_so(town: Town) -> None:
    """The operator sees that it was asked."""
    address = await health_address(town)
    found = await ask(town, NEWSDESK_HEALTH_ADDRESS=address)
    assert found["bot"][0].text == "running, no problems."


async def test_problem_seen_from_both_sides_is_reported_once(town: Town) -> None:
    """The bot and the doctor both read the database."""
    await town.admin.run(
        town.channel, "schedule create", name="W", channel=town.channel, day="monday", time="09:00", timezone="UTC"
    )
    town.clock.jump_to(town.clock.now() + timedelta(hours=1))
    address = await health_address(town)
    found = await ask(town, NEWSDESK_HEALTH_ADDRESS=address)
    assert [finding.text for finding in found["editions"]] == ["one has been due for 59 minutes and is not planned."]


class _Wrong:
    """A clock whose wall clock is set wrong."""

    def __init__(self, right: Clock, by: timedelta) -> None:
        self._right, self._by = right, by
        self.uptime = right.uptime
        self.sleep = right.sleep

    def now(self) -> datetime:
        """See `Clock.now`."""
        return self._right.now() + self._by


KEY = "0" * 64
"""The sandbox's, as long as no endpoint was set up."""


@pytest.mark.parametrize(
    ("changed", "status", "named"),
    [
        ({}, None, ""),
        ({"NEWSDESK_INTERACTIONS_PUBLIC_KEY": KEY}, Status.UNKNOWN, "they arrive over the gateway until"),
        (
            {"NEWSDESK_INTERACTIONS_PUBLIC_KEY": KEY, "NEWSDESK_GATEWAY": "false"},
            Status.FAILING,
            "no Interactions Endpoint URL is set",
        ),
        ({"NEWSDESK_INTERACTIONS_PUBLIC_KEY": "1" * 64}, Status.FAILING, "the key of another application"),
    ],
)
async def test_where_interactions_arrive_is_compared_with_what_discord_knows(
    town: Town, changed: dict[str, str], status: Status | None, named: str
) -> None:
    """Before members find that no command is answered."""
    address = {"NEWSDESK_INTERACTIONS_ADDRESS": "127.0.0.1:0"} if changed else {}

    found = (await ask(town, environ=changed | address)).get("interactions", [])

    assert [each.status for each in found] == ([] if status is None else [status])
    assert named in "".join(each.text for each in found)


async def test_an_address_that_discord_sends_to_is_named(tmp_path: Path) -> None:
    """And what is wrong if this bot doesn't listen there."""
    async with Town(tmp_path, endpoint=True) as remote:
        await remote.start_bot()
        assert remote.endpoint is not None
        key = remote.endpoint.verify_key
        listening = {"NEWSDESK_INTERACTIONS_ADDRESS": "127.0.0.1:0", "NEWSDESK_INTERACTIONS_PUBLIC_KEY": key}

        (good,) = (await ask(remote, environ=listening))["interactions"]
        (bad,) = (await ask(remote))["interactions"]

    assert (good.status, good.text) == (Status.OK, f"Discord sends them to {remote.endpoint.interactions_url}.")
    assert (bad.status, bad.text.split(",")[1]) == (Status.FAILING, " so none arrives over the gateway.")
