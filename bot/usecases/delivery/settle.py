"""Wait for requests that were under way when something was decided, so that an answer is true once it is given."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Final

from bot.clock import Clock
from bot.news.delivery import Delivery, DeliveryState, Times

_PAUSE_S: Final = 0.1
_SETTLE_S: Final = Times().settle_s


async def settled(
    read: Callable[[], Awaitable[Sequence[Delivery]]], clock: Clock, *, within_s: float = _SETTLE_S
) -> Sequence[Delivery]:
    """Read some parts after a decision, once no request that began before it can be under way any more.

    A part is compared with what holds after it was claimed, so only claims that are there now can be too early. Their
    requests end within the protocol's settle time. A part that is still SENDING then may have been posted.

    Args:
        read: Reads the parts.
        clock: For the waits, and for the age of a claim.
        within_s: Seconds to wait at most; less than the settle time if "may have been posted" will do as an answer.
    """
    parts = await read()
    until_s = clock.uptime() + within_s
    early = {(part.key, part.attempt) for part in parts if _is_under_way(part, clock)}
    while clock.uptime() < until_s:
        if not any(part.state is DeliveryState.SENDING and (part.key, part.attempt) in early for part in parts):
            break
        await clock.sleep(_PAUSE_S)
        parts = await read()
    return parts


def _is_under_way(part: Delivery, clock: Clock) -> bool:
    """False also for a part that waits to be looked for: its lease has ended."""
    now = clock.now()
    is_leased = part.lease_until is not None and part.lease_until > now
    is_recent = part.claimed_at is not None and now - part.claimed_at < timedelta(seconds=_SETTLE_S)
    return part.state is DeliveryState.SENDING and is_leased and is_recent
