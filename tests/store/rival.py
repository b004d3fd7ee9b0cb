"""Another process on the same ledger: claims, plans or asks for the key in a hurry, and prints what it got as JSON."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from bot.store.sqlite.shelves.files import open_files
from tests.support.clocks import ManualClock
from tests.support.ledger import Ledger, claim, parts_of, sqlite_ledger, weeks_later
from tests.support.makers import make_edition


async def claim_all(ledger: Ledger) -> list[str]:
    """Claim in small bites until nothing is left; the editions' keys."""
    got: list[str] = []
    while claimed := await claim(ledger, weeks_later(100), limit=3):
        got += [delivery.key.edition for delivery in claimed]
    return got


async def plan_all(ledger: Ledger) -> list[str]:
    """Plan thirty weeks; the keys of those that this process planned."""
    got: list[str] = []
    for week in range(30):
        edition = make_edition(due_at=weeks_later(week))
        if await ledger.digest.plan(edition, (), parts_of(edition, 2)):
            got.append(edition.key)
    return got


async def ask_for_keys(ledger: Ledger) -> list[str]:
    """The keys of custom ids."""
    return [key.hex() for key in await ledger.admin.secrets()]


async def main(path: str, what: str, postgres: str = "") -> None:
    """Open the files, the ledger's or those beside a PostgreSQL, and do it."""
    doings = {"claim": claim_all, "plan": plan_all, "keys": ask_for_keys}
    async with open_files(Path(path), clock=ManualClock(), postgres=postgres) as files:
        sys.stdout.write(json.dumps(await doings[what](sqlite_ledger(files))))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
