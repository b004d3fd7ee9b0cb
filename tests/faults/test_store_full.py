"""The disk is full at the n-th write of the ledger, for every n from 1 to 200."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from bot.errors import StoreUnavailableError
from bot.news.article import ArticleId
from bot.news.delivery import DeliveryKey, EditionKey, ScheduleId
from bot.news.edition import Reason, Verdict
from bot.store.sqlite.file.database import Database
from tests.support.clocks import ManualClock
from tests.support.delivering_bot import open_square
from tests.support.fault_points import PARTS, Place, at_each_place
from tests.support.makers import make_delivery, make_edition, make_schedule
from tests.support.postoffice import Office, open_office, posted_draft

MOST: Final = 200
BLOCK: Final = 25
REASONS: Final = 30
WRITES_OF_AN_EDITION: Final = 2 + REASONS + 4 * PARTS
"""Itself, its pick, its reasons; of each part its row, its Draft, its claim and its mark."""

_WEIGH: Final = "INSERT INTO ballast VALUES (zeroblob(3500))"
"""Of a page of 4096 bytes: each row needs a page of its own."""

_WRITES: Final = (
    ("edition", "INSERT"),
    ("pick", "INSERT"),
    ("verdict", "INSERT"),
    ("draft", "INSERT"),
    ("delivery", "INSERT"),
    ("delivery", "UPDATE"),
)


def lay_ballast(connection: sqlite3.Connection) -> None:
    """Let each row that the ledger writes take a page of the file, so that a limit of pages counts writes."""
    connection.execute("CREATE TABLE ballast (filling BLOB)")
    connection.execute(_WEIGH)  # the first row finds room in the table's own page
    for table, event in _WRITES:
        connection.execute(f"CREATE TEMP TRIGGER heavy_{table}_{event} AFTER {event} ON {table} BEGIN {_WEIGH}; END")


async def leave_room(database: Database, writes: int | None) -> None:
    """Space for this many more writes, or for all."""

    def work(connection: sqlite3.Connection) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        (free,) = connection.execute("PRAGMA freelist_count").fetchone()
        assert free == 0
        limit = 1 << 30 if writes is None else pages + writes
        connection.execute(f"PRAGMA max_page_count = {limit}").fetchone()

    await database.write(work)


@pytest.fixture
async def office(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Office]:
    """A process whose every write is a page; it has looked at its ledger once."""
    async with open_office(tmp_path, clock, limits=False) as opened:
        await opened.files.local.write(lay_ballast)
        await opened.pass_over()
        yield opened


class Stream:
    """Editions of three parts, one after the other, each in a schedule of its own."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.planned = 0
        self.channel = office.channel

    async def plan(self, count: int) -> list[tuple[DeliveryKey, ...]]:
        """Plan this many editions, and return the keys of their parts.

        Raises:
            StoreUnavailableError: the disk is full.
        """
        return [await self._plan_one() for _ in range(count)]

    async def _plan_one(self) -> tuple[DeliveryKey, ...]:
        office, now = self.office, self.office.own.now()
        schedule = ScheduleId(1000 + self.planned)
        key = EditionKey("2021-06-03")
        await office.ledger.schedules.save_schedule(
            make_schedule(id=schedule, name=f"S{schedule}", channel_id=self.channel.id, guild_id=office.guild.id),
            next_due_at=None,
        )
        keys = tuple(
            DeliveryKey(channel_id=self.channel.id, schedule_id=schedule, edition=key, part=part)
            for part in range(1, PARTS + 1)
        )
        edition = make_edition(schedule_id=schedule, due_at=now, planned_at=now, key=key)
        draft = [posted_draft(each, text=f"{schedule} part {each.part}") for each in keys]
        rows = [
            replace(make_delivery(edition, guild_id=office.guild.id), key=each, draft=text)
            for each, text in zip(keys, draft, strict=True)
        ]
        reasons = [Verdict(article_id=ArticleId(f"a{number}"), reason=Reason.OVER_COUNT) for number in range(REASONS)]
        await office.ledger.digest.plan(edition, reasons, rows)
        self.planned += 1
        return keys


def committed(path: Path) -> dict[tuple[int, int], tuple[str, int]]:
    """What another process reads: state and attempt of each part, by schedule and part."""
    connection = sqlite3.connect(path)
    try:
        rows = connection.execute("SELECT schedule_id, part, state, attempt FROM delivery").fetchall()
    finally:
        connection.close()
    return {(schedule, part): (state, attempt) for schedule, part, state, attempt in rows}


def standing(office: Office) -> Counter[tuple[int, int]]:
    """How often each part is in the channel, by schedule and part."""
    words = [message.text.splitlines()[0].split() for message in office.messages]
    return Counter((int(schedule), int(part)) for schedule, _, part in words)


async def plan_and_send(stream: Stream, editions: int) -> None:
    """All that is written from a tick to the last mark."""
    await stream.plan(editions)
    await stream.office.pass_over()


async def fill_at(stream: Stream, n: int) -> None:
    """Let the n-th write fail; then make room."""
    office = stream.office
    count = -(-n // WRITES_OF_AN_EDITION)
    first = stream.planned
    await leave_room(office.database, n - 1)
    with pytest.raises(StoreUnavailableError):
        await plan_and_send(stream, count)

    ledger = committed(office.database.path)
    for part, times in standing(office).items():
        state, attempt = ledger[part]
        assert (times, state in {"sending", "sent"}, attempt >= 1) == (1, True, True), f"n = {n}: {part}"

    await leave_room(office.database, None)
    await stream.plan(count - (stream.planned - first))
    for _ in range(4):
        await office.pass_over(130)
    assert {state for state, _ in committed(office.database.path).values()} == {"sent"}, f"n = {n}"
    assert set(standing(office).values()) == {1}, f"n = {n}"
    assert len(office.messages) == stream.planned * PARTS, f"n = {n}"


@pytest.mark.parametrize("first", range(1, MOST, BLOCK), ids=lambda first: f"n = {first}..{first + BLOCK - 1}")
async def test_disk_full_at_the_nth_write_sends_nothing_without_a_committed_sending_row_and_goes_on_with_room(
    office: Office, first: int
) -> None:
    """Whether it is an edition that can't be planned, a row that can't be claimed, or a mark that can't be written."""
    stream = Stream(office)
    for n in range(first, first + BLOCK):
        await fill_at(stream, n)


@at_each_place
async def test_disk_full_pauses_the_sending_and_health_says_so_until_there_is_room(
    tmp_path: Path, place: Place
) -> None:
    """The whole bot stays up: it answers, posts nothing, and goes on by itself."""
    async with open_square(tmp_path) as square:
        keys = await square.plan_up_to(place)
        database = square.running.store.files.local
        await database.write(lay_ballast)
        await leave_room(database, 0)

        await square.holds_its_posts_back(keys)
        await leave_room(database, None)

        await square.ends_well(keys)
