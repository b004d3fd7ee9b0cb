"""The causes of trouble: how each begins and ends, and by which check health and the doctor name it meanwhile."""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from bot.app.log import set_up_logging
from bot.sandbox import Sandbox
from bot.sandbox.faults import Fault
from bot.store.sqlite.backup import back_up_store, restore_store
from bot.store.sqlite.file.kinds import instance_path
from tests.faults.files import PAGE, overwrite
from tests.faults.jumping import JumpingLoop
from tests.outage.town import TroubledTown
from tests.support.fault_points import POSTS

Course = Callable[[TroubledTown], AbstractAsyncContextManager[None]]
"""Enters where the cause begins, leaves where it has ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A cause of trouble.

    Attributes:
        name: In a few words.
        course: Begins and ends it.
        named: The checks by which it is named; one of them is enough. Empty for what is over before anybody can ask.
        of: What it happens to: two troubles at the same time happen to different things.
        seconds: How long it lasts, at least and at most.
    """

    name: str
    course: Course
    named: frozenset[str]
    of: str
    seconds: tuple[int, int] = (360, 720)


@asynccontextmanager
async def _locked(town: TroubledTown) -> AsyncIterator[None]:
    """Another process is in the middle of a write."""
    with closing(sqlite3.connect(town.ledger, isolation_level=None)) as rival:
        while True:
            with suppress(sqlite3.OperationalError):
                rival.execute("BEGIN IMMEDIATE")
                break
            await asyncio.sleep(0.1)
        yield


@asynccontextmanager
async def _locked_at_the_start(town: TroubledTown) -> AsyncIterator[None]:
    """The bot is started while another process writes."""
    await town.stop_bot()
    async with _locked(town):
        starting = asyncio.create_task(town.start_bot(patience_s=3600))
        yield
    await starting


_WEIGH: Final = "BEGIN INSERT INTO ballast VALUES (zeroblob(9000)); END"
_WEIGHTS: Final = ("edition", "delivery", "setting", "occurrence")


@asynccontextmanager
async def _full(town: TroubledTown) -> AsyncIterator[None]:
    """No file of the ledger can grow, and what is written needs room."""
    assert town.bot is not None
    ledger = town.bot.store.files.local

    def fill(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE IF NOT EXISTS ballast (filling BLOB)")
        for table in _WEIGHTS:
            for event in ("INSERT", "UPDATE"):
                connection.execute(f"CREATE TEMP TRIGGER heavy_{table}_{event} AFTER {event} ON {table} {_WEIGH}")
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 2}").fetchone()

    def make_room(connection: sqlite3.Connection) -> None:
        connection.execute(f"PRAGMA max_page_count = {1 << 30}").fetchone()
        for table in _WEIGHTS:
            for event in ("INSERT", "UPDATE"):
                connection.execute(f"DROP TRIGGER heavy_{table}_{event}")

    await ledger.write(fill)
    yield
    await ledger.write(make_room)


def _moved_away(of: Callable[[Path], Path]) -> Course:
    @asynccontextmanager
    async def course(town: TroubledTown) -> AsyncIterator[None]:
        path = of(town.ledger)
        path.rename(path.with_name("away"))
        yield
        path.with_name("away").rename(path)

    return course


@asynccontextmanager
async def _archive_damaged(town: TroubledTown) -> AsyncIterator[None]:
    """A disk loses pages while the bot is restarted; the operator, who gets a notice, restores a backup."""
    backup = town.folder / f"backup-{town.clock.uptime():.0f}"
    await town.stop_bot()
    await back_up_store(town.ledger, backup, clock=town.machine)
    archive = instance_path(town.ledger)
    overwrite(archive, PAGE, b"\x5a" * (archive.stat().st_size - PAGE))
    before = len(town.sandbox.owner.direct_messages)
    await town.start_bot(patience_s=3600)
    yield
    notices = town.sandbox.owner.direct_messages[before:]
    assert any("newsdesk restore" in notice.text for notice in notices), "no notice asked for the restore"
    await town.stop_bot()
    await restore_store(backup, town.ledger, clock=town.machine)
    await town.start_bot(patience_s=3600)


def _ordered(order: Callable[[Sandbox], Fault], *, reconnects: bool = False) -> Course:
    @asynccontextmanager
    async def course(town: TroubledTown) -> AsyncIterator[None]:
        fault = order(town.sandbox)
        if reconnects:
            town.sandbox.gateway.reconnect()
        yield
        town.sandbox.faults.remove(fault)

    return course


@contextmanager
def logging_to(path: Path) -> Iterator[int]:
    """Log to a file while this lasts, and return its descriptor."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    with path.open("a", encoding="utf-8") as stream:
        set_up_logging("INFO", "json", stream=stream)
        logging.getLogger("aiohttp.access").setLevel(logging.WARNING)  # the sandbox's, not the bot's
        try:
            yield stream.fileno()
        finally:
            root.handlers[:] = handlers
            root.setLevel(level)
            logging.captureWarnings(capture=False)


@asynccontextmanager
async def _log_full(town: TroubledTown) -> AsyncIterator[None]:
    """The disk of the log is full."""
    kept, full = os.dup(town.log_descriptor), os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, town.log_descriptor)
    logging.getLogger("outage").warning("a line that finds no room")
    yield
    os.dup2(kept, town.log_descriptor)
    os.close(full)
    os.close(kept)
    logging.getLogger("outage").warning("a line that finds room")


@asynccontextmanager
async def _seeds_gone(town: TroubledTown) -> AsyncIterator[None]:
    town.seeds.rename(town.seeds.with_name("unmounted"))
    yield
    town.seeds.with_name("unmounted").rename(town.seeds)
    await asyncio.sleep(6)  # the bot looks for missing folders every five seconds
    with _loop().real_time():  # the system's watch is outside of the loop
        await asyncio.sleep(6)


def _clock_wrong(by: timedelta) -> Course:
    @asynccontextmanager
    async def course(town: TroubledTown) -> AsyncIterator[None]:
        town.machine.wrong_by = by
        yield
        town.machine.wrong_by = timedelta(0)

    return course


@asynccontextmanager
async def _restarted(town: TroubledTown) -> AsyncIterator[None]:
    await town.stop_bot()
    await town.start_bot(patience_s=3600)
    yield


def _loop() -> JumpingLoop:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, JumpingLoop)
    return loop


@asynccontextmanager
async def _paused(_town: TroubledTown) -> AsyncIterator[None]:
    """SIGSTOP, or a suspended machine: time passes without the process."""
    _loop().jump(420.0)
    yield


def _trouble(name: str, course: Course, of: str, *named: str, seconds: tuple[int, int] = (360, 720)) -> Trouble:
    return Trouble(name=name, course=course, of=of, named=frozenset(named), seconds=seconds)


TROUBLES: Final = (
    _trouble("the ledger is locked", _locked, "store", "posting", "scheduler", seconds=(60, 150)),
    _trouble(
        "the ledger is locked at the start",
        _locked_at_the_start,
        "process",
        "database",
        "posting",
        "scheduler",
        seconds=(60, 150),
    ),
    _trouble("the ledger's disk is full", _full, "store", "posting", "scheduler", seconds=(120, 480)),
    _trouble("the ledger is moved away", _moved_away(Path), "store", "file", seconds=(120, 480)),
    _trouble("the archive is moved away", _moved_away(instance_path), "store", "file", seconds=(120, 480)),
    _trouble("the archive is damaged", _archive_damaged, "process", "articles", seconds=(120, 480)),
    _trouble(
        "op 7 at each RESUME",
        _ordered(lambda sandbox: sandbox.faults.gateway_reconnect(on="RESUME", times=None), reconnects=True),
        *("gateway", "gateway"),
    ),
    _trouble(
        "closed at each HELLO",
        _ordered(lambda sandbox: sandbox.faults.gateway_close(4000, on="HELLO", times=None), reconnects=True),
        *("gateway", "gateway"),
    ),
    _trouble(
        "op 9 at each RESUME and IDENTIFY",
        _ordered(
            lambda sandbox: sandbox.faults.gateway_invalidate(on="(RESUME|IDENTIFY)", times=None), reconnects=True
        ),
        *("gateway", "gateway"),
    ),
    _trouble(
        "dropped at each HELLO",
        _ordered(lambda sandbox: sandbox.faults.gateway_drop(on="HELLO", times=None), reconnects=True),
        *("gateway", "gateway"),
    ),
    _trouble(
        "posts answered 503", _ordered(lambda box: box.faults.status(503, times=None, **POSTS)), "rest", "posting"
    ),
    _trouble("posts dropped", _ordered(lambda box: box.faults.drop(times=None, **POSTS)), "rest", "posting"),
    _trouble("answers to posts dropped", _ordered(lambda box: box.faults.drop(after=True, times=1, **POSTS)), "rest"),
    _trouble("everything answered 503", _ordered(lambda box: box.faults.status(503, times=None)), "rest", "posting"),
    _trouble("everything dropped", _ordered(lambda box: box.faults.drop(times=None)), "rest", "posting"),
    _trouble("the log's disk is full", _log_full, "log", "log"),
    _trouble("the seeds are gone", _seeds_gone, "seeds", "seeds"),
    _trouble("the clock is two hours slow", _clock_wrong(timedelta(hours=-2)), "clock", "clock"),
    _trouble("the clock is two hours fast", _clock_wrong(timedelta(hours=2)), "clock", "clock"),
    _trouble("the bot is restarted", _restarted, "process", seconds=(1, 5)),
    _trouble("the process is paused", _paused, "process", seconds=(1, 5)),
)
