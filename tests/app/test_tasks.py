"""The bot's tasks: one that ends too early ends the bot, and one that doesn't end in time is cancelled."""

from __future__ import annotations

import asyncio

import pytest

from bot.app import tasks as tasks_of_the_bot
from bot.app.tasks import Tasks
from bot.errors import NewsdeskError


async def until(event: asyncio.Event) -> None:
    """A task that ends when it is told to."""
    await event.wait()


async def forever() -> None:
    """A task that is never told."""
    await asyncio.Event().wait()


async def test_task_that_fails_ends_the_bot_with_its_error() -> None:
    """A bot without its sender looks well and posts nothing."""

    async def broken() -> None:
        raise ZeroDivisionError

    tasks = Tasks()
    tasks.run(broken(), "sender")

    with pytest.raises(ZeroDivisionError):
        await tasks.ended


async def test_task_that_ends_early_without_an_error_is_named() -> None:
    """The operator reports which one it was."""
    tasks = Tasks()
    tasks.run(asyncio.sleep(0), "sender")

    with pytest.raises(NewsdeskError, match="sender ended unexpectedly"):
        await tasks.ended


async def test_bot_that_is_to_end_ends_without_an_error() -> None:
    """As after SIGTERM, also if the signal comes twice."""
    tasks = Tasks()
    tasks.run(until(tasks.stop), "sender")
    tasks.end()
    tasks.end()

    await tasks.ended
    await tasks.stop_all()


async def test_connection_is_held_until_all_other_tasks_have_ended() -> None:
    """A delivery on its way still needs it."""
    order: list[str] = []

    async def sender() -> None:
        await tasks.stop.wait()
        await asyncio.sleep(0.01)
        order.append("sender")

    async def connection() -> None:
        await tasks.hang_up.wait()
        order.append("connection")

    tasks = Tasks()
    tasks.run_connection(connection(), "connection")
    tasks.run(sender(), "sender")
    await asyncio.sleep(0)
    await tasks.stop_all()

    assert order == ["sender", "connection"]
    assert not tasks.ended.done()


async def test_task_that_does_not_end_in_time_is_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service manager kills a process that takes too long, and with it what is being written."""
    monkeypatch.setattr(tasks_of_the_bot, "STOP_S", 0.02)
    tasks = Tasks()
    tasks.run(forever(), "sender")
    await asyncio.sleep(0)

    await asyncio.wait_for(tasks.stop_all(), 5)

    assert asyncio.all_tasks() == {asyncio.current_task()}
