"""A process is killed while its post is on the wire, and the next one starts at once: it must not be too quick."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

import pytest

from bot.news.delivery import DeliveryState
from tests.support.clocks import ManualClock
from tests.support.fault_points import POSTS, until_met
from tests.support.postoffice import SETTLED_S, open_office

LATE_S: Final = 20.0
FORGOTTEN_S: Final = 1.0
"""The sandbox's memory of nonces here: only waiting and reading back can help."""


@pytest.mark.parametrize("after", [False, True], ids=["Discord takes it late", "Discord answers late"])
async def test_late_answer_then_a_kill_and_a_restart_at_once_give_one_message(
    tmp_path: Path,
    clock: ManualClock,
    after: bool,  # noqa: FBT001
) -> None:
    """The channel is read back only when the dead process's request must have ended."""
    async with open_office(tmp_path, clock, limits=False, nonce_window_s=FORGOTTEN_S) as office:
        (key,) = await office.plan()
        late = office.sandbox.faults.delay(LATE_S, after=after, **POSTS)
        sending = asyncio.ensure_future(office.pass_over())
        await until_met(late)
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        await office.restart()

        for _ in range(int(LATE_S)):
            await office.pass_over(1)
            await asyncio.sleep(0.002)
        assert (await office.row(key)).state is DeliveryState.SENDING
        await office.pass_over(SETTLED_S)
        await office.pass_over(SETTLED_S)

        assert (await office.row(key)).state is DeliveryState.SENT
        assert len(office.messages) == 1
