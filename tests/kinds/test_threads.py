"""Heavy work has threads by whom it works for: what members and uploads ask for can't delay planning or sending."""

from __future__ import annotations

import ast
import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest

from bot.threads import WorksFor, compute, working_for
from tests.support.running_bot import Town, make_seed_text, quiet_town, town

__all__ = ["quiet_town", "town"]

USE_CASES: Final = Path(__file__).parents[2] / "bot" / "usecases"
MANY: Final = 40
"""More than any pool has threads, asyncio's own included."""


@pytest.fixture
async def held() -> AsyncIterator[asyncio.Event]:
    """Forty members' requests and forty uploads compute, and don't come to an end before the test does."""
    let_go, begun = threading.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def work() -> None:
        loop.call_soon_threadsafe(begun.set)
        let_go.wait(30)

    tasks = [asyncio.create_task(compute(work)) for _ in range(MANY)]
    with working_for(WorksFor.UPLOADS):
        tasks += [asyncio.create_task(compute(work)) for _ in range(MANY)]
    await begun.wait()
    yield begun
    let_go.set()
    await asyncio.gather(*tasks)


async def test_editions_are_planned_and_posted_while_all_threads_of_members_and_uploads_are_taken(
    town: Town, held: asyncio.Event
) -> None:
    """Looking a host name up, which sending needs, isn't a request of a member either."""
    assert held.is_set()
    async with asyncio.timeout(20):
        await town.post_first_edition(day="monday", time="09:00")

    assert town.channel.messages != []


async def test_seeds_are_imported_while_all_threads_of_members_and_uploads_are_taken(
    town: Town, held: asyncio.Event
) -> None:
    """The operator's folder waits for no server."""
    assert held.is_set()
    assert town.bot is not None
    (town.seeds / "new.md").write_text(make_seed_text(title="Quay reopens"), "utf-8")
    async with asyncio.timeout(20):
        (report,) = await town.bot.refresh()

    assert report.added == 1


async def test_work_that_names_nobody_takes_threads_of_members() -> None:
    """A request that was forgotten can't take those of editions."""
    name = await compute(lambda: threading.current_thread().name)
    with working_for(WorksFor.EDITIONS):
        of_editions = await compute(lambda: threading.current_thread().name)

    assert (name.partition("_")[0], of_editions.partition("_")[0]) == ("members", "editions")


def test_use_cases_compute_in_these_threads_alone() -> None:
    """Those of asyncio are for short waits: one that is taken for seconds holds up the next look-up of a host name."""
    found = [
        f"{path.name}:{node.lineno}"
        for path in sorted(USE_CASES.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in {"to_thread", "run_in_executor"}
    ]

    assert found == []
