"""Ask a running bot for its health from another process."""

from __future__ import annotations

from typing import Final

import aiohttp

from bot.news.checkup.finding import Finding, failing

TIMEOUT_S: Final = 3.0


async def ask_health(host: str, port: int) -> tuple[Finding, ...] | None:
    """Read the problems that a running bot's `/healthz` reports; None if nothing, or something else, answers there."""
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(f"http://{host}:{port}/healthz") as answer,
        ):
            problems = (await answer.json())["problems"]
            return tuple(failing(str(each["text"]), str(each["cure"]), check=str(each["check"])) for each in problems)
    except (aiohttp.ClientError, OSError, ValueError, KeyError, TypeError):
        return None
