"""Two changes at the same time: none is lost, and every answer is true of an order in which they can have happened."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations_with_replacement, count
from pathlib import Path
from typing import Any, Final, TypeAlias

import pytest

from bot.errors import NewsdeskError, UnknownScheduleError
from bot.news.delivery import EditionKey, ScheduleId
from bot.news.edition import Edition
from bot.news.schedule import Schedule
from bot.store.sqlite.file.database import Database, open_database
from bot.usecases.schedule import (
    ClockTrust,
    ScheduleChanges,
    ScheduleStatus,
    create_schedule,
    delete_schedule,
    edit_schedule,
    pause_schedule,
    resume_schedule,
    run_tick,
    skip_next,
    unskip_next,
)
from tests.kinds.interleave import FIRST, SECOND, InTurns, Turns, merges, side_by_side
from tests.support.clocks import ManualClock
from tests.support.ledger import sqlite_ledger
from tests.support.postoffice import NoticeBoard
from tests.support.running_bot import Town

NOW: Final = datetime(2021, 6, 7, 9, 0, 5, tzinfo=UTC)
"""A Monday, five seconds after the edition was due."""

Command: TypeAlias = Callable[[Any, int], Awaitable[Any]]
"""Of the store of schedules and a server."""


async def found(store: Any, guild: int) -> Schedule:
    """The server's schedule by its id, for another command may rename it."""
    schedule: Schedule | None = await store.find_schedule(ScheduleId(guild))
    if schedule is None:
        raise UnknownScheduleError("It was deleted.")
    return schedule


def edit(**options: str | int) -> Command:
    """An edit of the server's schedule."""

    async def run(store: Any, guild: int) -> ScheduleStatus:
        schedule = await found(store, guild)
        return await edit_schedule(store, schedule, ScheduleChanges(options=options), member_id=7, now=NOW)

    return run


async def rename(store: Any, guild: int) -> ScheduleStatus:
    """Rename it as the other one may be renamed."""
    schedule = await found(store, guild)
    return await edit_schedule(store, schedule, ScheduleChanges(name="Monthly"), member_id=7, now=NOW)


async def pause(store: Any, guild: int) -> ScheduleStatus:
    """Stop posting."""
    return await pause_schedule(store, await found(store, guild))


async def resume(store: Any, guild: int) -> ScheduleStatus:
    """Post again."""
    return await resume_schedule(store, await found(store, guild), now=NOW)


async def skip(store: Any, guild: int) -> ScheduleStatus:
    """Leave the next edition out."""
    return await skip_next(store, await found(store, guild), now=NOW)


async def unskip(store: Any, guild: int) -> ScheduleStatus:
    """Take that back."""
    return await unskip_next(store, await found(store, guild), now=NOW)


async def delete(store: Any, guild: int) -> None:
    """Delete it."""
    await delete_schedule(store, await found(store, guild), now=NOW)


class NoEditions:
    """A schedule's editions where there is none yet."""

    async def edition_keys(self, _schedule: ScheduleId) -> frozenset[EditionKey]:
        """None."""
        return frozenset()


async def tick(store: Any, _guild: int) -> None:
    """Plan what is due, which is empty here."""
    clock = ManualClock(NOW)
    trust = ClockTrust(clock, lambda: 0.0)

    async def plan(_schedule: Schedule, _key: EditionKey, _at: datetime) -> Edition | None:
        return None

    await run_tick(store, NoEditions(), plan, notifier=NoticeBoard(), clock=clock, trust=trust)  # type: ignore[arg-type] # reads one method


COMMANDS: Final[dict[str, Command]] = {
    "time": edit(time="18:00"),
    "topics": edit(topics="space, energy"),
    "rename": rename,
    "pause": pause,
    "resume": resume,
    "skip": skip,
    "unskip": unskip,
    "delete": delete,
    "tick": tick,
}


class Servers:
    """A database in which each trial has its own server with one schedule."""

    def __init__(self, database: Database) -> None:
        self.ledger = sqlite_ledger(database)
        self._database = database
        self._guilds = count(1)

    async def make(self) -> int:
        """Found a server with a schedule that is due, and return its id."""
        guild = next(self._guilds)
        made = await create_schedule(
            self.ledger.schedules,
            ScheduleChanges(name="Weekly", options={"channel": 100, "topics": "science"}),
            guild_id=guild,
            member_id=7,
            default_timezone="UTC",
            now=NOW - timedelta(days=3),
            schedule_id=ScheduleId(guild),
        )
        assert made.next_due_at == NOW - timedelta(seconds=5)
        return guild

    async def close(self, guild: int) -> tuple[Any, ...]:
        """Delete the server's schedule; return what it was, and when it was due next."""
        store = self.ledger.schedules
        left = await store.find_schedule(ScheduleId(guild))
        if left is None:
            return ()
        sql = "SELECT next_due_at FROM schedule WHERE schedule_id = ?"
        (due,) = await self._database.read(lambda connection: connection.execute(sql, (left.id,)).fetchone())
        await store.delete_schedule(left.id, at=NOW)
        return _without_ids(left), due


def _without_ids(value: Any) -> Any:
    """What is the same in every server."""
    if isinstance(value, ScheduleStatus):
        return replace(value, schedule=_without_ids(value.schedule))
    if isinstance(value, Schedule):
        return replace(value, id=ScheduleId(0), guild_id=0)
    return value


async def answer_of(command: Command, store: Any, guild: int) -> Any:
    """What the admin is told: a status, or a refusal."""
    try:
        return _without_ids(await command(store, guild))
    except NewsdeskError as error:
        return type(error)


@pytest.fixture
async def servers(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Servers]:
    """No server yet."""
    async with open_database(tmp_path / "newsdesk.db", clock=clock) as database:
        yield Servers(database)


async def one_after_the_other(servers: Servers, first: Command, second: Command) -> tuple[tuple[Any, ...], int, int]:
    """The answers and the end of two commands in this order, and how many calls each made."""
    guild = await servers.make()
    calls = []
    answers = []
    for command in (first, second):
        store = InTurns(servers.ledger.schedules, Turns(()), FIRST)
        answers.append(await answer_of(command, store, guild))
        calls.append(store.calls)
    return (*answers, await servers.close(guild)), calls[0], calls[1]


@pytest.mark.parametrize(("first", "second"), list(combinations_with_replacement(COMMANDS, 2)))
async def test_any_two_commands_at_the_same_time_end_as_in_one_of_their_two_orders(
    servers: Servers, first: str, second: str
) -> None:
    """Interleaved at every call of the store; the answers are those of that order, too."""
    one, other = COMMANDS[first], COMMANDS[second]
    forwards, *calls = await one_after_the_other(servers, one, other)
    (later, earlier, end), *more = await one_after_the_other(servers, other, one)
    allowed = [forwards, (earlier, later, end)]

    for order in merges(max(calls[0], more[1]), max(calls[1], more[0])):
        guild = await servers.make()
        turns = Turns(order)
        store = servers.ledger.schedules
        answers = await side_by_side(
            turns,
            answer_of(one, InTurns(store, turns, FIRST), guild),
            answer_of(other, InTurns(store, turns, SECOND), guild),
        )
        assert (*answers, await servers.close(guild)) in allowed, order


async def test_two_admins_edits_at_the_same_time_are_both_kept(town: Town) -> None:
    """Each gave one option and was told that it is set."""
    await town.post_first_edition()
    other = town.guild.add_member("Eve", permissions=("manage_guild",))

    await asyncio.gather(
        town.admin.run(town.channel, "schedule edit", name="Weekly", count=3),
        other.run(town.channel, "schedule edit", name="Weekly", time="10:00"),
    )

    shown = await town.admin.run(town.channel, "schedule show", name="Weekly")
    assert "3 stories" in shown.text
    assert "10:00" in shown.text


async def test_schedule_that_was_paused_beside_an_edit_is_paused(town: Town) -> None:
    """The admin was told so."""
    await town.post_first_edition()
    other = town.guild.add_member("Eve", permissions=("manage_guild",))

    paused, _ = await asyncio.gather(
        town.admin.run(town.channel, "schedule pause", name="Weekly"),
        other.run(town.channel, "schedule edit", name="Weekly", count=3),
    )

    assert "Paused Weekly" in paused.text
    assert "paused" in (await town.admin.run(town.channel, "schedule show", name="Weekly")).text.lower()
