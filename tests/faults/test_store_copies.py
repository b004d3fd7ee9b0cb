"""A backup from an hour ago is restored, or the file was copied by other means: nothing is doubled."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Final

import pytest

from bot.store.sqlite.backup import back_up_store, restore_store
from bot.store.sqlite.file.kinds import archive_folder, instance_path
from bot.store.sqlite.shelves.files import open_files
from tests.faults.files import copy_live, look
from tests.support.clocks import ManualClock
from tests.support.fault_points import PARTS, SENDING, SENT, UNKNOWN, post_one
from tests.support.postoffice import Office, open_office

Copy = Callable[[Office, Path], Awaitable[Path]]


@pytest.fixture
async def office(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Office]:
    """A process that sends, without rate limits."""
    async with open_office(tmp_path, clock, limits=False) as opened:
        yield opened


async def back_up_and_restore(office: Office, folder: Path) -> Path:
    """What the two commands do."""
    await back_up_store(office.database.path, folder / "backup", clock=office.clock)
    await restore_store(folder / "backup", folder / "restored.db", clock=office.clock)
    return folder / "restored.db"


async def copy_file_and_log(office: Office, folder: Path) -> Path:
    """What a snapshot of the disk does."""
    return copy_live(office.database.path, folder / "copied")


async def copy_files_alone(office: Office, folder: Path) -> Path:
    """What somebody does who doesn't know of the log, just after it was emptied."""
    archive_folder(folder / "alone.db").mkdir()
    for of in (Path, instance_path):
        look(of(office.database.path), "PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copyfile(of(office.database.path), of(folder / "alone.db"))
    return folder / "alone.db"


MEANS: Final[dict[str, tuple[Copy, float]]] = {
    "backup from an hour ago restored": (back_up_and_restore, 3600),
    "backup from minutes ago restored": (back_up_and_restore, 180),
    "files and logs copied": (copy_file_and_log, 3600),
    "files alone copied": (copy_files_alone, 3600),
}


@pytest.mark.parametrize("stage", ["nothing planned", "planned", "claimed", "first part sent", "all sent"])
@pytest.mark.parametrize(("copy", "age_s"), MEANS.values(), ids=MEANS)
async def test_backup_restored_or_file_copied_by_other_means_doubles_nothing(
    office: Office, tmp_path: Path, copy: Copy, stage: str, age_s: float
) -> None:
    """Whatever the copy says of an edition that the channel has by now."""
    due_at = office.clock.now()
    copied = await copy(office, tmp_path) if stage == "nothing planned" else None
    keys = await office.plan(parts=PARTS)
    match stage:
        case "claimed":
            await office.claim()
        case "first part sent":
            await post_one(office)
        case "all sent":
            await office.pass_over()
    copied = copied or await copy(office, tmp_path)
    for _ in range(3):
        await office.pass_over(60 if stage == "claimed" else 0)
    assert await office.states(keys) == [SENT] * PARTS

    office.clock.advance(age_s)
    async with open_files(copied, clock=office.clock) as files:
        await office.move_to(files)
        if stage == "nothing planned":
            assert await office.plan(parts=PARTS, due_at=due_at) == keys  # a tick finds that it is due
        for _ in range(4):
            await office.pass_over(61)

        assert await office.states(keys) == [SENT] * PARTS
        assert [message.text.splitlines()[0] for message in office.messages] == ["Part 1", "Part 2", "Part 3"]
        await office.close()


@pytest.mark.parametrize("knows_of_it", [False, True])
async def test_older_copy_finds_the_message_of_a_part_that_was_drawn_again(
    office: Office, tmp_path: Path, *, knows_of_it: bool
) -> None:
    """It has, or plans by itself, another revision than the one in the channel."""
    due_at = office.clock.now()
    copied = None if knows_of_it else await back_up_and_restore(office, tmp_path)
    keys = await office.plan(parts=PARTS)
    copied = copied or await back_up_and_restore(office, tmp_path)
    office.clock.advance(600)  # late, which the message says
    await office.pass_over()
    assert [(await office.row(key)).revision for key in keys] == [1] * PARTS

    office.clock.advance(3600)
    async with open_files(copied, clock=office.clock) as files:
        await office.move_to(files)
        if not knows_of_it:
            await office.plan(parts=PARTS, due_at=due_at)
        for _ in range(4):
            await office.pass_over(61)

        assert await office.states(keys) == [SENT] * PARTS
        assert [message.text.splitlines()[0] for message in office.messages] == ["Part 1", "Part 2", "Part 3"]
        await office.close()


async def test_parts_after_one_that_a_member_sends_again_are_looked_for_as_well(office: Office, tmp_path: Path) -> None:
    """The member decided about the first part; the channel has all of them."""
    keys = await office.plan(parts=PARTS)
    copied = await copy_file_and_log(office, tmp_path)
    await office.pass_over()
    office.clock.advance(3600)
    async with open_files(copied, clock=office.clock) as files:
        await office.move_to(files)
        office.channel.set_permissions(bot={"read_message_history": False})
        await office.pass_over()
        assert (await office.row(keys[0])).state is UNKNOWN
        office.channel.set_permissions(bot={"read_message_history": True})

        await office.ledger.deliveries.resolve(keys[0], SENDING, reason="asked for", at=office.clock.now())
        for _ in range(4):
            await office.pass_over(61)

        assert await office.states(keys) == [SENT] * PARTS
        assert [message.text.splitlines()[0] for message in office.messages] == ["Part 1", "Part 2", "Part 3"]
        await office.close()
