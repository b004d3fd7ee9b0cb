"""A server of news that answers with exactly the bytes that a test gives: what no library would send."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

DOMAIN = "raw.test"


@asynccontextmanager
async def answering(answers: Mapping[str, bytes]) -> AsyncIterator[str]:
    """Answer each site's requests with bytes, headers included; yields the test site as the configuration names it."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = b""
        while line := (await reader.readline()).strip():
            host = line.partition(b":")[2].strip() if line.lower().startswith(b"host:") else host
        writer.write(answers[host.decode().partition(".")[0]])
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"{DOMAIN}:{server.sockets[0].getsockname()[1]}"
