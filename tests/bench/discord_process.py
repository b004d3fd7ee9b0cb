"""A Discord in a process of its own, so that what is measured is the bot and not the two of them on one core.

It has no description to hold requests against: 5,000 that are all alike need no judge, only somebody who counts them.
"""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Final, cast

from bot.sandbox import Sandbox

_TOO_MANY: Final = 429
_END_S: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where it listens, and what is there.

    Attributes:
        channels: The ids of its text channels, all of one server.
    """

    api_base: str
    token: str
    guild_id: int
    channels: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What it has seen.

    Attributes:
        messages: How many are posted in all channels.
        nonces: How many different nonces they have.
        refused: Requests that were answered 429.
    """

    messages: int
    nonces: int
    refused: int


class DiscordProcess:
    """The other process. Made by `open_discord`."""

    def __init__(self, pipe: Connection, address: Address) -> None:
        self._pipe = pipe
        self.address = address

    def tally(self) -> Tally:
        """What it has seen so far."""
        self._pipe.send(None)
        return cast("Tally", self._pipe.recv())


@contextmanager
def open_discord(*, channels: int, latency_s: float, limits: bool = False) -> Iterator[DiscordProcess]:
    """A Discord at work.

    Args:
        channels: How many text channels it has.
        latency_s: Seconds that each post takes there.
        limits: Whether it keeps its limit of 50 requests a second and those of its routes.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, channels, latency_s, limits), daemon=True)
    process.start()
    theirs.close()
    try:
        yield DiscordProcess(ours, cast("Address", ours.recv()))
    finally:
        ours.close()
        process.join(_END_S)
        if process.is_alive():
            process.terminate()


def _serve(pipe: Connection, channels: int, latency_s: float, limits: bool) -> None:  # noqa: FBT001 - a process's arguments
    asyncio.run(_run(pipe, channels, latency_s, limits=limits))


async def _run(pipe: Connection, channels: int, latency_s: float, *, limits: bool) -> None:
    async with Sandbox(limits=limits) as sandbox:
        guild = sandbox.add_guild("Town Square")
        ids = tuple(guild.add_channel(f"news-{number}").id for number in range(channels))
        sandbox.faults.delay(latency_s, method="POST", times=None)
        pipe.send(Address(api_base=sandbox.api_base, token=sandbox.token, guild_id=guild.id, channels=ids))
        while await asyncio.to_thread(_is_asked, pipe):
            pipe.send(_tally(sandbox))


def _is_asked(pipe: Connection) -> bool:
    """Wait for the next question; False when the asking process is gone."""
    try:
        pipe.recv()
    except EOFError:
        return False
    return True


def _tally(sandbox: Sandbox) -> Tally:
    messages = [message for guild in sandbox.guilds for channel in guild.channels for message in channel.messages]
    return Tally(
        messages=len(messages),
        nonces=len({message.nonce for message in messages}),
        refused=sum(request.status == _TOO_MANY for request in sandbox.requests),
    )
