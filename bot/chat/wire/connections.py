"""The HTTP connections to Discord: bounded, because each takes a file descriptor, and a process has 1,024 or so."""

from __future__ import annotations

from typing import Final

import aiohttp

MOST_CONNECTIONS: Final = 128
"""More than twice the requests of a second that Discord allows; further ones wait for a free connection."""


def bounded_connector() -> aiohttp.BaseConnector:
    """Create what `discord.Client(connector=...)` takes; discord.py's own has no limit."""
    return aiohttp.TCPConnector(limit=MOST_CONNECTIONS)
