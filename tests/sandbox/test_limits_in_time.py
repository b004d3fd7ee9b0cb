"""Rate limits and faults on order."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from bot.sandbox import Channel, Guild, Member, Sandbox
from bot.sandbox.application.interactions import COMMAND
from tests.sandbox.conftest import Rest
from tests.support.clocks import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stops until the test moves it."""
    return ManualClock()


@pytest.fixture
async def sandbox(clock: ManualClock) -> Any:
    """A sandbox with limits, on that clock."""
    async with Sandbox(clock=clock) as sandbox:
        yield sandbox


async def test_a_bucket_counts_down_in_its_headers(channel: Channel, rest: Rest) -> None:
    """discord.py reads all of them."""
    await rest.post(channel, content="x")
    headers = rest.last.headers
    names = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset-After")
    assert [headers[name] for name in names] == ["5", "4", "5.000"]


async def test_an_empty_bucket_answers_429(channel: Channel, rest: Rest) -> None:
    """The sixth message in five seconds waits."""
    for _ in range(5):
        await rest.post(channel, content="x")
    status, answer = await rest.post(channel, content="x")
    assert (status, answer["retry_after"], answer["global"]) == (429, 5.0, False)


async def test_a_bucket_fills_again(channel: Channel, rest: Rest, clock: ManualClock) -> None:
    """After its time it takes requests again."""
    for _ in range(5):
        await rest.post(channel, content="x")
    clock.advance(5)
    assert (await rest.post(channel, content="x"))[0] == 200


async def test_every_channel_has_its_own_bucket(guild: Guild, channel: Channel, rest: Rest) -> None:
    """The channel is a major parameter."""
    for _ in range(5):
        await rest.post(channel, content="x")
    assert (await rest.post(guild.add_channel("other"), content="x"))[0] == 200


async def test_fifty_requests_a_second_are_the_global_limit(rest: Rest) -> None:
    """The fifty-first is a global 429."""
    paths = ["/users/@me", "/gateway/bot"]
    statuses = [(await rest("GET", paths[number % 2]))[0] for number in range(51)]
    assert (statuses[49], statuses[50], rest.last.headers["X-RateLimit-Scope"]) == (200, 429, "global")


async def spend_the_global_limit(rest: Rest) -> int:
    """The status of the fifty-first request of a second."""
    paths = ["/users/@me", "/gateway/bot"]
    return [(await rest("GET", paths[number % 2]))[0] for number in range(51)][-1]


async def test_an_interactions_webhook_is_not_bound_to_the_global_limit(
    sandbox: Sandbox, channel: Channel, member: Member, rest: Rest
) -> None:
    """Neither a follow-up nor an edit of `@original`."""
    data = {"id": "1", "name": "news", "type": 1}
    interaction = sandbox._world.interactions.send(COMMAND, member, channel, data)
    assert await spend_the_global_limit(rest) == 429
    hook = f"/webhooks/{sandbox.application_id}/{interaction.token}"
    await rest("POST", f"/interactions/{interaction.id}/{interaction.token}/callback", {"type": 5})
    first = await rest("PATCH", f"{hook}/messages/@original", {"content": "x"})
    second = await rest("POST", hook, {"content": "y"})
    assert (first[0], second[0]) == (200, 200)


async def test_a_global_429_does_not_block_an_interactions_webhook(
    sandbox: Sandbox, channel: Channel, member: Member, rest: Rest
) -> None:
    """Also one that a fault ordered."""
    data = {"id": "1", "name": "news", "type": 1}
    interaction = sandbox._world.interactions.send(COMMAND, member, channel, data)
    await rest("POST", f"/interactions/{interaction.id}/{interaction.token}/callback", {"type": 5})
    sandbox.faults.rate_limit(10, scope="global", path="/users")
    assert (await rest("GET", "/users/@me"))[0] == 429
    hook = f"/webhooks/{sandbox.application_id}/{interaction.token}"
    assert (await rest("POST", hook, {"content": "y"}))[0] == 200


@pytest.mark.parametrize(("scope", "counted"), [("user", 1), ("global", 1), ("shared", 0)])
async def test_a_429_of_a_shared_resource_is_not_an_invalid_request(
    sandbox: Sandbox, channel: Channel, rest: Rest, scope: str, counted: int
) -> None:
    """The others are counted toward the ban."""
    sandbox.faults.rate_limit(10, scope=scope, method="POST")
    await rest.post(channel, content="x")
    assert len(sandbox.limits.invalid) == counted


async def test_ten_thousand_invalid_requests_ban_the_address(sandbox: Sandbox) -> None:
    """401, 403 and 429 are counted over ten minutes."""
    for _ in range(10_000):
        sandbox.limits.note(401)
    status, _ = await ask_raw(sandbox)
    assert (status, sandbox.limits.banned) == (429, True)


async def ask_raw(sandbox: Sandbox) -> tuple[int, str]:
    """A status and a text, whatever its type."""
    url = sandbox.api_base + "/api/v10/users/@me"
    headers = {"Authorization": f"Bot {sandbox.token}"}
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        assert answer.status != 429 or "Via" not in answer.headers
        return answer.status, await answer.text()


async def test_a_ban_is_html_without_via(sandbox: Sandbox) -> None:
    """As from the guard in front of Discord."""
    sandbox.faults.ban()
    status, text = await ask_raw(sandbox)
    assert (status, text[:15]) == (429, "<!doctype html>")


async def test_an_error_before_accepting_posts_nothing(sandbox: Sandbox, channel: Channel, rest: Rest) -> None:
    """The request has no effect."""
    sandbox.faults.status(500, method="POST", path="/messages")
    assert ((await rest.post(channel, content="x"))[0], channel.messages) == (500, [])


async def test_an_error_after_accepting_has_posted(sandbox: Sandbox, channel: Channel, rest: Rest) -> None:
    """The message is posted although the response is an error."""
    sandbox.faults.status(503, after=True, method="POST", path="/messages")
    assert ((await rest.post(channel, content="x"))[0], len(channel.messages)) == (503, 1)


@pytest.mark.parametrize(("after", "posted"), [(False, 0), (True, 1)])
async def test_a_dropped_connection_gives_no_answer(
    sandbox: Sandbox, channel: Channel, rest: Rest, posted: int, *, after: bool
) -> None:
    """Before or after the message was taken."""
    sandbox.faults.drop(after=after, method="POST")
    with pytest.raises(aiohttp.ClientError):
        await rest.post(channel, content="x")
    assert (len(channel.messages), sandbox.requests[-1].status) == (posted, 0)


async def test_a_fault_strikes_the_nth_request_only(sandbox: Sandbox, rest: Rest) -> None:
    """Counted from when it was ordered."""
    fault = sandbox.faults.status(502, nth=2)
    assert [(await rest("GET", "/users/@me"))[0] for _ in range(3)] == [200, 502, 200]
    assert (fault.hits, fault.seen) == (1, 2)


async def test_a_fault_by_chance_is_repeatable() -> None:
    """The seed decides."""
    runs = []
    for _ in range(2):
        faults = Sandbox(seed=7).faults
        faults.status(500, probability=0.5, times=None)
        runs.append([faults.find("GET", "/") is not None for _ in range(20)])
    assert (runs[0] == runs[1], 0 < sum(runs[0]) < 20) == (True, True)


async def test_a_delay_lasts_on_the_sandboxs_clock(sandbox: Sandbox, rest: Rest, clock: ManualClock) -> None:
    """Simulated seconds, not real ones."""
    sandbox.faults.delay(30)
    waiting = asyncio.create_task(rest("GET", "/users/@me"))
    await clock.sleepers_reach()
    clock.advance(30)
    assert (await waiting)[0] == 200


@pytest.mark.parametrize(("scope", "other"), [("user", 200), ("shared", 200), ("global", 429)])
async def test_an_ordered_429_holds_until_its_time_is_over(
    sandbox: Sandbox, channel: Channel, rest: Rest, clock: ManualClock, scope: str, other: int
) -> None:
    """For its bucket, or for everything."""
    sandbox.faults.rate_limit(10, scope=scope, method="POST")
    first = (await rest.post(channel, content="x"))[0]
    elsewhere = (await rest("GET", "/users/@me"))[0]
    clock.advance(10)
    assert (first, elsewhere, (await rest.post(channel, content="x"))[0]) == (429, other, 200)


async def test_a_request_that_comes_too_early_is_counted(
    sandbox: Sandbox, channel: Channel, rest: Rest, clock: ManualClock
) -> None:
    """So that a test can say: none did."""
    sandbox.faults.rate_limit(10, method="POST")
    await rest.post(channel, content="x")
    clock.advance(4)
    await rest.post(channel, content="x")
    assert [one.left_s for one in sandbox.limits.early] == [6.0]


async def test_refused_connections_are_refused_until_they_are_taken_again(sandbox: Sandbox, rest: Rest) -> None:
    """The port stays the same."""
    await sandbox.refuse_connections()
    with pytest.raises(aiohttp.ClientConnectionError):
        await rest("GET", "/users/@me")
    await sandbox.accept_connections()
    assert (await rest("GET", "/users/@me"))[0] == 200


async def test_limits_can_be_switched_off() -> None:
    """Then nothing is counted, and the headers still come."""
    async with Sandbox(limits=False) as free, aiohttp.ClientSession() as session:
        rest = Rest(free, session)
        statuses = {(await rest("GET", "/users/@me"))[0] for _ in range(60)}
        assert (statuses, int(rest.last.headers["X-RateLimit-Remaining"]) > 0) == ({200}, True)
