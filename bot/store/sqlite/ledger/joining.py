"""SQLite implementation of `GreetingStore`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from typing_extensions import override

from bot.news.servers.joining import Greeting, GreetingState
from bot.store.engine.connection import Connection, Row
from bot.store.engine.ledger import LedgerDatabase
from bot.store.port.joining import GreetingStore
from bot.store.sqlite.file.moments import as_micros, as_moment
from bot.store.sqlite.file.stored import read_stored

_CLAIM: Final = """
    INSERT INTO greeting (guild_id, state, channel_id, at) VALUES (:guild_id, :state, :channel_id, :at)
    ON CONFLICT DO NOTHING
"""
_MARK: Final = """
    UPDATE greeting SET state = :state, channel_id = :channel_id, at = :at
    WHERE guild_id = :guild_id AND state = 'sending'
"""
_RELEASE: Final = "DELETE FROM greeting WHERE guild_id = ? AND state = 'sending'"


class SqliteGreetingStore(GreetingStore):
    """SQLite implementation of `GreetingStore`."""

    def __init__(self, database: LedgerDatabase) -> None:
        self._database = database

    @override
    async def greetings(self) -> Mapping[int, Greeting]:
        def work(connection: Connection) -> dict[int, Greeting]:
            return {row["guild_id"]: _read(row) for row in connection.execute("SELECT * FROM greeting")}

        return await self._database.read(work)

    @override
    async def claim_greeting(self, greeting: Greeting) -> bool:
        row = _row(greeting)
        return await self._database.write(lambda connection: connection.execute(_CLAIM, row).rowcount == 1)

    @override
    async def mark_greeting(self, greeting: Greeting) -> None:
        row = _row(greeting)
        await self._database.write(lambda connection: connection.execute(_MARK, row).rowcount)

    @override
    async def release_greeting(self, guild_id: int) -> None:
        await self._database.write(lambda connection: connection.execute(_RELEASE, (guild_id,)).rowcount)


def _row(greeting: Greeting) -> dict[str, object]:
    return {
        "guild_id": greeting.guild_id,
        "state": greeting.state,
        "channel_id": greeting.channel_id,
        "at": as_micros(greeting.at),
    }


def _read(row: Row) -> Greeting:
    return Greeting(
        guild_id=row["guild_id"],
        state=read_stored(f"The greeting of server {row['guild_id']}", GreetingState, row["state"]),
        channel_id=row["channel_id"],
        at=as_moment(row["at"]),
    )
