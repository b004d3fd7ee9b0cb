"""What was shown and waits to be applied is kept for a quarter of an hour, and no more of it than is allowed."""

from __future__ import annotations

import pytest

from bot.errors import BadInputError
from bot.usecases.schedule.pending import PENDING_FOR_S, PendingChanges
from tests.support.clocks import ManualClock

GUILD = 1
LOST = BadInputError("It is gone.", cure="Do it again.")


@pytest.fixture
def pending() -> PendingChanges[str]:
    """Room for two."""
    return PendingChanges(most=2, expired=LOST)


async def taken(pending: PendingChanges[str], token: str, clock: ManualClock, guild_id: int = GUILD) -> str:
    """What is found under a token."""
    async with pending.taken(guild_id, token, clock) as found:
        return found.what


async def test_what_waits_is_found_by_its_token_in_its_server_only(
    pending: PendingChanges[str], clock: ManualClock
) -> None:
    """Another server reads that it is gone."""
    token = pending.add(GUILD, "a", clock)

    assert await taken(pending, token, clock) == "a"
    with pytest.raises(BadInputError, match="It is gone"):
        await taken(pending, token, clock, guild_id=2)


async def test_the_oldest_is_dropped_for_one_too_many(pending: PendingChanges[str], clock: ManualClock) -> None:
    """Memory is bounded whatever members do."""
    first, second, third = (pending.add(GUILD, what, clock) for what in "abc")

    with pytest.raises(BadInputError, match="It is gone"):
        await taken(pending, first, clock)
    assert [await taken(pending, each, clock) for each in (second, third)] == ["b", "c"]


async def test_what_has_expired_is_not_kept(pending: PendingChanges[str], clock: ManualClock) -> None:
    """Neither found, nor left in memory once something else comes."""
    old = pending.add(GUILD, "a", clock)
    clock.advance(PENDING_FOR_S)

    with pytest.raises(BadInputError, match="It is gone"):
        await taken(pending, old, clock)
    pending.add(GUILD, "b", clock)
    assert [each.what for each in pending._waiting.values()] == ["b"]


async def test_a_newer_one_of_the_same_name_takes_the_place(pending: PendingChanges[str], clock: ManualClock) -> None:
    """As of a server's files."""
    old = pending.add(GUILD, "a", clock, instead_of=GUILD)
    new = pending.add(GUILD, "b", clock, instead_of=GUILD)

    assert await taken(pending, new, clock) == "b"
    with pytest.raises(BadInputError, match="It is gone"):
        await taken(pending, old, clock)
