"""Resolve names for connections, and give out public addresses alone.

aiohttp connects to exactly the addresses that its resolver gives it. So an address is checked where it is used: a DNS
answer that changes between a look-up and the connection has no look-up to change between.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult
from typing_extensions import override

from bot.collect.fetch.addresses import LOOPBACK, Reach, is_public

LookUp = Callable[[str], Awaitable[list[str]]]
"""Returns the IP addresses of a host."""


class PrivateAddressError(OSError):
    """A name leads to an address that isn't public."""


async def look_up(host: str) -> list[str]:
    """Ask the system's resolver for a host's addresses.

    Raises:
        OSError: The name can't be resolved.
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]


class CheckedResolver(AbstractResolver):
    """Refuses a host if any of its addresses is not public."""

    def __init__(self, reach: Reach, look_up: LookUp = look_up) -> None:
        self._reach = reach
        self._look_up = look_up

    @override
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        if self._reach.is_here(host):
            return [_result(host, port, LOOPBACK)]
        addresses = list(dict.fromkeys(await self._look_up(host)))
        if not addresses or not all(map(is_public, addresses)):
            raise PrivateAddressError(f"{host} leads to a private address")
        return [_result(host, port, address) for address in addresses]

    @override
    async def close(self) -> None:
        """Hold nothing open."""


def _result(host: str, port: int, address: str) -> Any:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST)
