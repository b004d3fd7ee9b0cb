"""Uploads that mean harm: what they cost everybody else is bounded."""

from __future__ import annotations

import asyncio
import random
from typing import Final

import pytest

from bot.sandbox import Upload
from tests.support.memory import MIB, watching_memory
from tests.support.running_bot import Town, import_files, quiet_town, town
from tests.support.seed_files import make_seed_file, make_zip

__all__ = ["quiet_town", "town"]

SERVERS: Final = 20
MOST_GROWTH: Final = 100 * MIB


def many_stubs(rng: random.Random) -> bytes:
    """A zip of some MiB: each of its seeds names as many other articles as it can."""
    return make_zip(
        {
            f"{number}.md": make_seed_file(
                title=f"Number {number}",
                webUrl=f"https://example.com/{number}",
                related=[
                    {
                        "title": f"{rng.getrandbits(64):x} {rng.getrandbits(64):x}",
                        "webUrl": f"https://r{rng.getrandbits(32)}.example/{each}",
                        "publishedDateTime": "2021-05-07",
                    }
                    for each in range(400)
                ],
            )
            for number in range(120)
        }
    )


def long_texts(rng: random.Random) -> bytes:
    """A zip that unpacks to 15 MiB of text."""
    word = f"{rng.getrandbits(64):x} "
    return make_zip(
        {
            f"{number}.md": make_seed_file(
                title=f"Long {number}", webUrl=f"https://example.com/{number}", excerpt=word * 3_500 + str(number)
            )
            for number in range(250)
        }
    )


def no_seeds(_rng: random.Random) -> bytes:
    """A zip of bad files with as many notes as they may have."""
    return make_zip({f"{number}.md": b"---\n" + b"a: b\n" * 2_000 + b"---\n" for number in range(600)})


@pytest.mark.timeout(240)
async def test_twenty_hostile_uploads_at_once_take_no_more_than_a_hundred_mebibytes(town: Town) -> None:
    """Of the whole bot with the processes that it starts; and each is answered with a sentence."""
    rng = random.Random(13)  # noqa: S311 - harm that can be repeated
    kinds = (many_stubs(rng), long_texts(rng), no_seeds(rng))
    uploads = [Upload(filename="pack.zip", content=kinds[number % len(kinds)]) for number in range(SERVERS)]
    servers = [town.sandbox.add_guild(f"Server {number}") for number in range(SERVERS)]
    places = [
        (guild.add_channel("news"), guild.add_member(f"Admin {number}", permissions=("manage_guild",)))
        for number, guild in enumerate(servers)
    ]

    async with watching_memory() as peak:
        answers = await asyncio.gather(
            *(
                import_files(admin, channel, upload, timeout=400)
                for (channel, admin), upload in zip(places, uploads, strict=True)
            )
        )

    assert peak.grown < MOST_GROWTH, f"{peak.grown / MIB:.0f} MiB"
    assert all(answer.text for answer in answers)
    assert sum("Too many imports of other servers" in answer.text for answer in answers) > 0
