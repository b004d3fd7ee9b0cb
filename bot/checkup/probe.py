"""Ask a running bot for its health from another process."""

from __future__ import annotations

from typing import Final

import aiohttp

from bot.news.checkup.finding import Finding, failing, unchecked

TIMEOUT_S: Final = 3.0


async def ask_health(host: str, port: int) -> tuple[Finding, ...] | None:
    """Read the problems that a running bot's `/healthz` reports, and what it doesn't know yet.

    None if nothing, or something else, answers there.
    """
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(f"http://{host}:{port}/healthz") as answer,
        ):
            facts = await answer.json()
            unknown = (unchecked(str(each["text"]), check=str(each["check"])) for each in facts.get("unknown", ()))
            problems = (
                failing(str(each["text"]), str(each["cure"]), check=str(each["check"])) for each in facts["problems"]
            )
            return (*problems, *unknown)
    except (aiohttp.ClientError, OSError, ValueError, KeyError, TypeError):
        return None
