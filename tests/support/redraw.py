"""Draw parts again that no edition's stories were drawn for: as they are, with the keys that they have now."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.news.choosing.recheck import Holding, Redrawn
from bot.news.delivery import Delivery, nonce_for
from bot.news.message.draft import Block, ButtonRow, Draft
from bot.usecases.digest.parts import PlannedStores


async def redraw_as_they_are(store: PlannedStores, row: Delivery, holding: Holding, now: datetime) -> Redrawn:
    """Give the parts from `row` on a higher revision, in the schedule's channel of now."""
    edition = await store.digest.find_edition_by_key(row.key.schedule_id, row.key.edition)
    assert edition is not None
    assert holding.schedule is not None
    parts = await store.deliveries.deliveries(row.key.schedule_id, row.key.edition)
    rest = [part for part in parts if part.key.part >= row.key.part]
    revision = 1 + max(part.revision for part in rest)
    channel_id = holding.schedule.channel_id
    return Redrawn(
        edition=edition, parts=tuple(_again(part, channel_id, revision, now) for part in rest), is_reduced=False
    )


def _again(part: Delivery, channel_id: int, revision: int, now: datetime) -> Delivery:
    key = replace(part.key, channel_id=channel_id)
    nonce = nonce_for(key)
    draft = Draft(blocks=tuple(_with_key(block, part.draft.key, nonce) for block in part.draft.blocks), key=nonce)
    return replace(part, key=key, draft=draft, revision=revision, drawn_at=now)


def _with_key(block: Block, before: str, key: str) -> Block:
    if not isinstance(block, ButtonRow):
        return block
    buttons = (replace(each, args=tuple(key if arg == before else arg for arg in each.args)) for each in block.buttons)
    return replace(block, buttons=tuple(buttons))
