"""An edition being stored and a takedown exclude each other, shelf by shelf."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager

import pytest

from bot.errors import StoreBusyError
from bot.news.article import INSTANCE_SHELF, server_shelf
from bot.store.port.patience import waiting_at_most
from bot.store.sqlite.shelves.takedowns import Takedowns

OURS, THEIRS = server_shelf(1), server_shelf(2)


async def is_let_in(door: AbstractAsyncContextManager[None]) -> bool:
    """True if one doesn't have to wait."""
    with waiting_at_most(0.02):
        try:
            async with door:
                return True
        except StoreBusyError:
            return False


async def test_takedown_waits_for_an_edition_of_its_shelf_alone() -> None:
    """Another server's has nothing to do with it."""
    takedowns = Takedowns()
    async with takedowns.none_on([INSTANCE_SHELF, OURS]):
        found = [await is_let_in(takedowns.one_on(shelf)) for shelf in (INSTANCE_SHELF, OURS, THEIRS)]

    assert found == [False, False, True]
    assert await is_let_in(takedowns.one_on(OURS))


async def test_edition_waits_for_a_takedown_on_its_shelves_alone() -> None:
    """Whatever another server hides."""
    takedowns = Takedowns()
    async with takedowns.one_on(OURS):
        found = [await is_let_in(takedowns.none_on([INSTANCE_SHELF, shelf])) for shelf in (OURS, THEIRS)]

    assert found == [False, True]


async def test_editions_do_not_wait_for_each_other() -> None:
    """Also of one server, and all with the instance's articles."""
    takedowns = Takedowns()
    async with takedowns.none_on([INSTANCE_SHELF, OURS]):
        assert await is_let_in(takedowns.none_on([INSTANCE_SHELF, OURS]))


async def test_takedown_that_waits_goes_before_later_editions() -> None:
    """Otherwise it might wait forever."""
    takedowns, order = Takedowns(), list[str]()

    async def take_down() -> None:
        async with takedowns.one_on(OURS):
            order.append("takedown")

    async def store() -> None:
        async with takedowns.none_on([OURS]):
            order.append("edition")

    async with takedowns.none_on([OURS]):
        waiting = [asyncio.create_task(take_down()), asyncio.create_task(store())]
        await asyncio.sleep(0.01)
        assert order == []
    await asyncio.gather(*waiting)

    assert order == ["takedown", "edition"]


async def test_one_who_gave_up_keeps_nobody_out() -> None:
    """Editions go on."""
    takedowns = Takedowns()
    async with takedowns.none_on([OURS]):
        with waiting_at_most(0.01), pytest.raises(StoreBusyError, match="is being stored"):
            async with takedowns.one_on(OURS):
                pass
        assert await is_let_in(takedowns.none_on([OURS]))


async def test_edition_that_waited_for_one_who_gives_up_goes_on() -> None:
    """At once, although nothing was taken down."""
    takedowns = Takedowns()

    async def give_up() -> None:
        with waiting_at_most(0.05):
            async with takedowns.one_on(OURS):
                pass

    async def store() -> float:
        began = asyncio.get_running_loop().time()
        async with takedowns.none_on([OURS]):
            return asyncio.get_running_loop().time() - began

    async with takedowns.none_on([OURS]):
        waiting = asyncio.create_task(give_up())
        await asyncio.sleep(0.01)
        storing = asyncio.create_task(store())
        with pytest.raises(StoreBusyError):
            await waiting
        took_s = await storing

    assert took_s < 1
