"""Wait for the outcome of what was planned or decided, so that an answer says what happened and not what may."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

from bot.clock import Clock
from bot.news.delivery import Delivery, DeliveryState, EditionKey, ScheduleId
from bot.store.port.delivery import DeliveryStore

FOLLOW_S: Final = 12.0
"""How long an answer waits for an outcome: a few messages take about a second each, more if Discord is slow."""

_PAUSE_S: Final = 0.1
_ON_ITS_WAY: Final = frozenset({DeliveryState.PLANNED, DeliveryState.SENDING})


async def follow(
    deliveries: DeliveryStore,
    editions: Iterable[tuple[ScheduleId, EditionKey]],
    clock: Clock,
    *,
    within_s: float = FOLLOW_S,
) -> tuple[Delivery, ...]:
    """Wait until nothing of some editions is on its way, at most `within_s` seconds; return their parts then."""
    until_s = clock.uptime() + within_s
    wanted = tuple(editions)
    while True:
        parts = [part for edition in wanted for part in await deliveries.deliveries(*edition)]
        if not is_moving(parts) or clock.uptime() >= until_s:
            return tuple(parts)
        await clock.sleep(_PAUSE_S)


def is_moving(parts: Sequence[Delivery]) -> bool:
    """True if a part of one of the editions is on its way; one that waits for a failed part is not."""
    for _, edition in groupby(parts, key=lambda part: (part.key.schedule_id, part.key.edition)):
        unsent = next((part for part in edition if part.state is not DeliveryState.SENT), None)
        if unsent is not None and unsent.state in _ON_ITS_WAY:
            return True
    return False
