"""The archive is damaged: what is planned is sent, since that needs the ledger alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from bot.app.doctor import examine
from bot.store.sqlite.backup import back_up_store, restore_store
from bot.store.sqlite.file.kinds import instance_path
from tests.faults.files import PAGE, look, overwrite
from tests.support.delivering_bot import Square, open_square
from tests.support.fault_points import PARTS, SENT, Place
from tests.support.running_bot import make_seed_text


def _ruin_most(path: Path) -> None:
    overwrite(path, PAGE, b"\x5a" * (path.stat().st_size - PAGE))


def _ruin_one_table(path: Path) -> None:
    ((page,),) = look(path, "SELECT rootpage FROM sqlite_schema WHERE name = 'article'")
    overwrite(path, (page - 1) * PAGE, b"\x5a" * PAGE)


DAMAGE: Final[dict[str, Callable[[Path], object]]] = {
    "its first page": lambda path: overwrite(path, 0, b"\x5a" * PAGE),
    "all pages but the first": _ruin_most,
    "the articles": _ruin_one_table,
}


async def _damaged(square: Square, ruin: Callable[[Path], object]) -> Path:
    """Stop the bot with an edition under way, keep a backup, and ruin the archive; the backup's folder."""
    path, backup = square.folder / "newsdesk.sqlite3", square.folder / "backup"
    await square.stop_bot()
    await back_up_store(path, backup, clock=square.clock)
    ruin(instance_path(path))
    return backup


@pytest.mark.parametrize("ruin", DAMAGE.values(), ids=DAMAGE)
async def test_damaged_archive_stops_nothing_that_is_planned_and_is_named_until_it_is_restored(
    tmp_path: Path, ruin: Callable[[Path], object]
) -> None:
    """In health, in the doctor, and in a notice to the owner; no edition is planned from what is left."""
    async with open_square(tmp_path) as square:
        (square.seeds / "quay.md").write_text(make_seed_text(title="Quay reopens"), "utf-8")
        await square.running.refresh()
        keys = await square.plan_up_to(Place.MIDDLE)
        backup = await _damaged(square, ruin)
        await square.start_bot()
        square.clock.jump_to(square.clock.now() + timedelta(minutes=11))
        await square.running.tick()
        await square.reach(keys, [SENT] * PARTS)

        status, checks = await square.health()
        assert (status, checks[-1], {*checks} <= {"seeds", "corrections", "articles"}) == (503, "articles", True)
        await square.until(lambda: bool(square.sandbox.owner.direct_messages))
        assert "newsdesk restore" in square.sandbox.owner.direct_messages[0].text
        variables = {"NEWSDESK_DATABASE": str(square.folder / "newsdesk.sqlite3"), "NEWSDESK_SEEDS": ""}
        found = await examine(None, variables, square.clock, depth="usual")
        assert any("damaged" in each.text or "not a Newsdesk database" in each.text for each in found)
        assert (await square.member.run(square.channel, "help")).text

        await square.stop_bot()
        await restore_store(backup, square.folder / "newsdesk.sqlite3", clock=square.clock)
        await square.start_bot()
        await square.running.tick()
        assert await square.health() == (200, [])
        assert [message.text.splitlines()[0] for message in square.channel.messages] == ["Part 1", "Part 2", "Part 3"]
