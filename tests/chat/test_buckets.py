"""What discord.py remembers of buckets is forgotten where it says nothing any more."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from discord.http import Ratelimit

from bot.chat.wire.buckets import BucketSweep
from bot.news.message.draft import Draft, Paragraph, Text
from tests.support.clocks import ManualClock
from tests.support.postoffice import Office, open_office

EVERY = 100


@pytest.fixture
async def office(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Office]:
    """A client that is logged in, without rate limits."""
    async with open_office(tmp_path, clock, limits=False) as opened:
        yield opened


async def bucket_of_a_post(office: Office) -> Ratelimit:
    """What discord.py remembers once a message was posted."""
    await office.client.get_partial_messageable(office.channel.id).send("hello")
    return next(bucket for key, bucket in buckets(office).items() if key.endswith(f":{office.channel.id}"))


def buckets(office: Office) -> dict[str, Ratelimit]:
    """What discord.py remembers of all buckets."""
    return office.client.http._buckets


def sweep(office: Office) -> None:
    """Make as many requests as it takes until the buckets are looked at."""
    counting = BucketSweep(office.client)
    for _ in range(EVERY):
        counting.count_request()


async def test_bucket_whose_window_is_over_is_forgotten(office: Office) -> None:
    """It is full again."""
    bucket = await bucket_of_a_post(office)
    bucket.expires = 0.0

    sweep(office)

    assert bucket not in buckets(office).values()


async def test_bucket_whose_window_runs_is_kept(office: Office) -> None:
    """It says how many requests are left."""
    bucket = await bucket_of_a_post(office)

    sweep(office)

    assert bucket in buckets(office).values()


async def test_bucket_with_a_request_on_its_way_is_kept(office: Office) -> None:
    """It holds back those that would be too many."""
    bucket = await bucket_of_a_post(office)
    async with bucket:
        bucket.expires = 0.0

        sweep(office)

        assert bucket in buckets(office).values()


async def test_channel_whose_bucket_was_forgotten_takes_the_next_post(office: Office) -> None:
    """As it took the first one."""
    (await bucket_of_a_post(office)).expires = 0.0
    sweep(office)

    await bucket_of_a_post(office)

    assert len(office.messages) == 2


async def test_posts_and_read_backs_are_counted(office: Office) -> None:
    """A hundred of both let go of what is over."""
    bucket = await bucket_of_a_post(office)
    bucket.expires = 0.0
    now, other = office.clock.now(), office.guild.add_channel("other")
    for number in range(EVERY // 2):
        await office.messenger.post(other.id, Draft(blocks=(Paragraph(runs=(Text(text="x"),)),)), nonce=str(number))
        await office.messenger.read_back(other.id, "k" * 25, after=now, before=now)

    assert bucket not in buckets(office).values()
