"""The write-ahead log is torn or garbled: a consistent earlier ledger, and nothing is doubled for it."""

from __future__ import annotations

import random
import struct
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final

import pytest

from bot.news.delivery import DeliveryKey
from bot.store.sqlite.ledger.check import check_ledger
from bot.store.sqlite.shelves.files import open_files
from tests.faults.files import PAGE, copy_live, look, overwrite
from tests.support.clocks import ManualClock
from tests.support.fault_points import PARTS, SENT
from tests.support.postoffice import SCHEDULE, Office, minutes, open_office

HEADER: Final = 32
FRAME: Final = 24 + PAGE

_ORDER: Final = ("planned", "sending", "sent")


class Crash:
    """A machine that lost its power: its file and its log as they were, and the channel that got three parts."""

    def __init__(self, office: Office, keys: tuple[DeliveryKey, ...], torn: Path) -> None:
        self.office = office
        self.keys = keys
        self.torn = torn

    @property
    def log(self) -> Path:
        """The write-ahead log."""
        return self.torn.with_name(self.torn.name + "-wal")

    def restored(self, folder: Path) -> Path:
        """A fresh copy of both, to be damaged; what reads them changes them."""
        return copy_live(self.torn, folder)


@pytest.fixture
async def crash(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Crash]:
    """An edition of three parts was planned, claimed and sent since the log was last emptied."""
    async with open_office(tmp_path, clock, limits=False) as office:
        look(office.database.path, "PRAGMA wal_checkpoint(TRUNCATE)")
        keys = await office.plan(parts=PARTS)
        await office.pass_over()
        assert await office.states(keys) == [SENT] * PARTS
        yield Crash(office, keys, copy_live(office.database.path, tmp_path / "torn"))


def frames(log: Path) -> Iterator[tuple[int, bool]]:
    """Where each frame of a log ends, and whether a transaction ends with it."""
    content = log.read_bytes()
    for start in range(HEADER, len(content) - FRAME + 1, FRAME):
        (pages_after_commit,) = struct.unpack(">I", content[start + 4 : start + 8])
        yield start + FRAME, pages_after_commit > 0


def cuts(log: Path) -> list[int]:
    """Lengths at which a log may have been torn: around every end of a transaction, and within frames."""
    ends = [HEADER, *(end for end, _ in frames(log))]
    commits = [end for end, is_commit in frames(log) if is_commit]
    beside = [end + by for end in commits for by in (-1, 0, 1, 25)]
    return sorted({0, 1, HEADER - 1, *beside, *(end + PAGE // 2 for end in ends[:-1])})


def progress(path: Path) -> list[int]:
    """How far each part is by the ledger; nothing where it wasn't planned yet."""
    return [_ORDER.index(state) for (state,) in look(path, "SELECT state FROM delivery ORDER BY part")]


async def starts(path: Path, clock: ManualClock) -> None:
    """A process starts on it, and its ledger is sound."""
    async with open_files(path, clock=clock) as files:
        await check_ledger(files.local)


async def test_torn_wal_tail_starts_with_a_consistent_earlier_ledger(
    crash: Crash, clock: ManualClock, tmp_path: Path
) -> None:
    """Wherever the log ends: what was committed last before it counts, whole, and never less than a shorter log."""
    seen: list[list[int]] = []
    for length in cuts(crash.log):
        path = crash.restored(tmp_path / f"cut-{length}")
        path.with_name(path.name + "-wal").write_bytes(crash.log.read_bytes()[:length])
        await starts(path, clock)
        seen.append(progress(path))

    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == ([], [2, 2, 2])
    assert [1, 0, 0] in seen
    assert all(len(parts) in (0, PARTS) for parts in seen)


async def test_garbled_wal_starts_with_a_consistent_earlier_ledger(
    crash: Crash, clock: ManualClock, tmp_path: Path
) -> None:
    """A flipped bit anywhere: nothing of its transaction or of a later one counts."""
    chance = random.Random(1)  # noqa: S311 - repeatable, not secret
    content = crash.log.read_bytes()
    for at in (0, 8, 20, *chance.sample(range(HEADER, len(content)), 40)):
        path = crash.restored(tmp_path / f"garbled-{at}")
        overwrite(path.with_name(path.name + "-wal"), at, bytes([content[at] ^ 0x10]))
        await starts(path, clock)
        assert len(progress(path)) in (0, PARTS)


@pytest.mark.parametrize("share", range(8), ids=lambda share: f"{share} of 8")
@pytest.mark.parametrize("after_s", [5.0, 600.0], ids=["nonces known", "nonces forgotten"])
async def test_torn_wal_tail_doubles_nothing(crash: Crash, tmp_path: Path, share: int, after_s: float) -> None:
    """The next process on what is left of the ledger reads back what it doesn't know, and posts nothing again."""
    commits = [HEADER, *(end for end, is_commit in frames(crash.log) if is_commit)]
    length = commits[(len(commits) - 1) * share // 7]
    path = crash.restored(tmp_path / "again")
    path.with_name(path.name + "-wal").write_bytes(crash.log.read_bytes()[:length])
    office = crash.office
    due_at = office.clock.now()

    async with open_files(path, clock=office.clock) as files:
        office.clock.advance(after_s)
        await office.move_to(files)
        if await office.ledger.schedules.find_schedule(SCHEDULE) is None or not progress(path):
            assert await office.plan(parts=PARTS, due_at=due_at) == crash.keys  # a tick finds that it is due
        for _ in range(4):
            await office.pass_over(61)

        assert await office.states(crash.keys) == [SENT] * PARTS
        assert [message.text.splitlines()[0] for message in office.messages] == ["Part 1", "Part 2", "Part 3"]
        await office.close()
    assert due_at + minutes(30) > office.clock.now()
