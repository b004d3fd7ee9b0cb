"""The judge of the trials finds what it is there to find."""

from __future__ import annotations

from pathlib import Path

import discord

from bot.chat.posting.components import to_view
from bot.news.delivery import DeliveryKey, DeliveryState, EditionKey, ScheduleId
from bot.store.sqlite.shelves.files import open_files
from tests.kill.check import check_channels, check_file
from tests.support.clocks import ManualClock
from tests.support.ledger import DUE, plan_edition, send_all, sqlite_ledger
from tests.support.postoffice import KEYS, posted_draft

CHANNEL = 100
FIRST, SECOND = (
    DeliveryKey(channel_id=CHANNEL, schedule_id=ScheduleId(11), edition=EditionKey("2021-05-10"), part=part)
    for part in (1, 2)
)


async def message(key: DeliveryKey) -> list[str]:
    """The custom ids of a delivery as it is posted."""
    view = to_view(posted_draft(key), keys=KEYS, now=DUE)
    return [item.custom_id for item in view.walk_children() if isinstance(item, discord.ui.Button) and item.custom_id]


async def test_each_delivery_that_stands_once_is_found_so() -> None:
    """Nothing lost, doubled or unexplained."""
    findings = check_channels([FIRST, SECOND], {CHANNEL: [await message(FIRST), await message(SECOND)]})

    assert (findings.lost, findings.doubled, findings.strays) == ([], [], 0)


async def test_planted_double_is_found() -> None:
    """The same key in two messages of its channel."""
    findings = check_channels([FIRST, SECOND], {CHANNEL: [await message(FIRST), await message(SECOND)] * 2})

    assert findings.doubled == [FIRST, SECOND]


async def test_planted_loss_is_found() -> None:
    """A key in no message of its channel."""
    findings = check_channels([FIRST, SECOND], {CHANNEL: [await message(SECOND)]})

    assert findings.lost == [FIRST]


async def test_message_in_another_channel_is_a_loss_and_a_stray() -> None:
    """Delivered means: in its own channel."""
    findings = check_channels([FIRST], {CHANNEL: [], CHANNEL + 1: [await message(FIRST)]})

    assert (findings.lost, findings.strays) == ([FIRST], 1)


async def test_row_left_in_sending_is_a_problem_of_the_file(tmp_path: Path, clock: ManualClock) -> None:
    """A trial that ends may leave none behind."""
    path = tmp_path / "newsdesk.db"
    async with open_files(path, clock=clock) as files:
        ledger = sqlite_ledger(files)
        await plan_edition(ledger, parts=2)
        await send_all(ledger)
        left = "UPDATE delivery SET state = 'sending', lease_until = claimed_at WHERE part = 2"
        await files.ledger.write(lambda raw: raw.execute(left))

    assert list(check_file(path, 2)) == [f"1 rows left in {DeliveryState.SENDING}"]
