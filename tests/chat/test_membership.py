"""Asking what the bot is in a server, once for all who want to know it at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import discord
import pytest

from bot.chat.account.membership import Membership, Memberships
from bot.news.message.messenger import NotThere, ReadBack
from tests.support.clocks import ManualClock
from tests.support.postoffice import Office, open_office


@pytest.fixture
async def office(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Office]:
    """A client that is logged in, without rate limits."""
    async with open_office(tmp_path, clock, limits=False) as opened:
        yield opened


@pytest.fixture
def memberships(office: Office) -> Memberships:
    """What is tried here."""
    return Memberships(office.client, office.clock)


def lookups(office: Office) -> int:
    """How often the server was asked for."""
    return [request.path for request in office.sandbox.requests].count(f"/guilds/{office.guild.id}")


def begin(memberships: Memberships, office: Office) -> asyncio.Task[Membership]:
    """Ask, without waiting for the answer."""
    return asyncio.create_task(memberships.find(office.guild.id))


async def look_everywhere(office: Office, count: int) -> list[ReadBack]:
    """Read many channels of the server back at once, as after a restart."""
    now = office.clock.now()
    channels = [office.guild.add_channel(f"news-{number}") for number in range(count)]
    looks = [
        office.messenger.read_back(channel.id, "k" * 25, after=now - timedelta(minutes=1), before=now)
        for channel in channels
    ]
    return await asyncio.gather(*looks)


async def test_all_who_ask_at_the_same_time_share_a_lookup(office: Office, memberships: Memberships) -> None:
    """Fifty questions, one request."""
    found = await asyncio.gather(*(memberships.find(office.guild.id) for _ in range(50)))

    assert lookups(office) == 1
    assert {membership.me.id for membership in found} == {office.sandbox.application_id}


async def test_later_question_is_asked_anew(office: Office, memberships: Memberships) -> None:
    """Nothing is kept: a permission may be taken away at any moment."""
    await memberships.find(office.guild.id)
    await memberships.find(office.guild.id)

    assert lookups(office) == 2


async def test_answer_is_never_older_than_the_question(office: Office, memberships: Memberships) -> None:
    """A question while a lookup is under way gets the next one's answer."""
    office.sandbox.faults.delay(5, after=True, path=rf"^/guilds/{office.guild.id}$")
    early = begin(memberships, office)
    await office.clock.sleepers_reach(2)  # the sandbox's delay, and the cut on the wire
    role = office.guild.add_role("Since then")

    late = begin(memberships, office)

    found = await office.while_time_runs(late)
    assert found.guild.get_role(role.id) is not None
    assert (await early).guild.get_role(role.id) is None


async def test_all_who_ask_during_a_lookup_share_the_next_one(office: Office, memberships: Memberships) -> None:
    """However many they are."""
    office.sandbox.faults.delay(5, after=True, path=rf"^/guilds/{office.guild.id}$")
    early = begin(memberships, office)
    await office.clock.sleepers_reach(2)

    await office.while_time_runs(asyncio.gather(early, *(begin(memberships, office) for _ in range(50))))

    assert lookups(office) == 2


async def test_cancelled_question_leaves_the_others_their_answer(office: Office, memberships: Memberships) -> None:
    """They only share it."""
    first, second = begin(memberships, office), begin(memberships, office)
    await asyncio.sleep(0)

    first.cancel()

    assert (await second).guild.id == office.guild.id


async def test_lookup_after_one_that_failed_is_asked_anew(office: Office, memberships: Memberships) -> None:
    """A failure is told to those who shared it, and kept for nobody."""
    office.sandbox.faults.status(404, path=r"^/guilds/")
    answers = await asyncio.gather(begin(memberships, office), begin(memberships, office), return_exceptions=True)

    assert [type(answer) for answer in answers] == [discord.NotFound] * 2
    assert (await memberships.find(office.guild.id)).guild.id == office.guild.id


async def test_hundred_channels_of_a_server_are_read_back_with_two_requests_each(office: Office) -> None:
    """The channel and its messages; the server is asked for a few times in all."""
    before = len(office.sandbox.requests)

    assert await look_everywhere(office, 100) == [NotThere()] * 100

    assert len(office.sandbox.requests) - before < 2 * 100 + 50


async def test_refused_lookup_of_a_server_is_one_refused_request(office: Office) -> None:
    """Reading one of its hundred channels back waits; a thousand refused ones would open the circuit."""
    await look_everywhere(office, 1)  # from now on discord.py knows the bucket, and sends as many at once as it holds
    office.sandbox.faults.rate_limit(5, path=r"^/guilds/")

    assert await office.while_time_runs(look_everywhere(office, 100)) == [NotThere()] * 100

    assert [request.status for request in office.sandbox.requests].count(429) == 1
