"""Asking a running bot how it is."""

from __future__ import annotations

from typing import Final

import aiohttp

PATIENCE_S: Final = 3.0
"""How long its answer is waited for."""


async def ask_health(host: str, port: int) -> tuple[str, ...] | None:
    """What a running bot's `/healthz` complains of; None where nothing (or something else) answers there."""
    patience = aiohttp.ClientTimeout(total=PATIENCE_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=patience) as session,
            session.get(f"http://{host}:{port}/healthz") as answer,
        ):
            return tuple(map(str, (await answer.json())["problems"]))
    except (aiohttp.ClientError, OSError, ValueError, KeyError, TypeError):
        return None
