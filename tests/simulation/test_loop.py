"""The simulated loop: time, death and frost."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.simulation.loop import SimulatedLoop, StalledError


@pytest.fixture
def loop() -> Iterator[SimulatedLoop]:
    """A loop with nothing to do."""
    made = SimulatedLoop()
    with closing(made):
        yield made


async def note_after(seconds: float, notes: list[str], note: str) -> None:
    """Sleep, then say so; say also whether it was cleaned up."""
    try:
        await asyncio.sleep(seconds)
        notes.append(note)
    finally:
        notes.append(f"{note} ends")


def test_time_passes_only_when_nothing_is_to_be_done(loop: SimulatedLoop) -> None:
    """An hour takes no time."""
    task = loop.start(1, asyncio.sleep(3600.0))

    loop.run(task.done)

    assert loop.time() == 3600.0


def test_timers_for_one_moment_run_in_the_order_in_which_they_were_set(loop: SimulatedLoop) -> None:
    """A seed must always play the same."""
    order: list[int] = []
    for number in range(5):
        loop.call_later(1.0, order.append, number)

    loop.run(lambda: len(order) == 5)

    assert order == [0, 1, 2, 3, 4]


def test_killed_process_does_nothing_more(loop: SimulatedLoop) -> None:
    """Not even what is in its `finally` blocks."""
    notes: list[str] = []
    loop.start(1, note_after(1.0, notes, "one"))
    task = loop.start(2, note_after(2.0, notes, "two"))
    loop.call_later(0.5, loop.kill, 1)

    loop.run(task.done)

    assert notes == ["two", "two ends"]


def test_what_a_killed_process_started_dies_with_it(loop: SimulatedLoop) -> None:
    """Its tasks are its own."""
    notes: list[str] = []

    async def parent() -> None:
        await asyncio.gather(note_after(1.0, notes, "child"), note_after(2.0, notes, "other"))

    loop.start(1, parent())
    task = loop.start(2, asyncio.sleep(5.0))
    loop.call_later(1.5, loop.kill, 1)

    loop.run(task.done)

    assert notes == ["child", "child ends"]


def test_frozen_process_goes_on_where_it_was(loop: SimulatedLoop) -> None:
    """Time passed meanwhile."""
    notes: list[str] = []
    task = loop.start(1, note_after(1.0, notes, "one"))
    loop.call_later(0.5, loop.freeze, 1)
    loop.call_later(60.0, loop.thaw, 1)

    loop.run(task.done)

    assert (loop.time(), notes) == (60.0, ["one", "one ends"])


def test_world_goes_on_while_a_process_is_frozen(loop: SimulatedLoop) -> None:
    """Discord doesn't wait."""
    notes: list[str] = []
    loop.start(1, note_after(1.0, notes, "one"))
    loop.call_later(0.5, loop.freeze, 1)
    loop.call_outside(2.0, notes.append, "world")

    loop.run(lambda: bool(notes))

    assert notes == ["world"]


def test_call_outside_outlives_the_process_that_asked_for_it(loop: SimulatedLoop) -> None:
    """A request on the wire."""
    notes: list[str] = []

    async def ask() -> None:
        loop.call_outside(1.0, notes.append, "arrived")
        await asyncio.sleep(10.0)

    loop.start(1, ask())
    loop.call_later(0.5, loop.kill, 1)

    loop.run(lambda: bool(notes))

    assert notes == ["arrived"]


def test_loop_that_waits_for_ever_says_so(loop: SimulatedLoop) -> None:
    """Instead of standing still."""
    loop.start(1, asyncio.Event().wait())

    with pytest.raises(StalledError, match="nothing is left"):
        loop.run(lambda: False)
