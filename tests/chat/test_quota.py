"""How many commands one member may run at once and within a minute."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from bot.chat.quota import FORGET_ABOVE, MINUTE_S, Quota
from bot.errors import TooManyError
from tests.support.clocks import ManualClock

ADA, MO = 1, 2
PER_MINUTE = 3


@pytest.fixture
def quota(clock: ManualClock) -> Quota:
    """Three commands a minute, two at once."""
    return Quota(clock, per_minute=PER_MINUTE, at_once=2)


def run(quota: Quota, user_id: int = ADA, *, times: int = 1) -> None:
    """Run commands one after the other."""
    for _ in range(times):
        with quota.one(user_id):
            pass


def test_command_beyond_those_of_a_minute_is_refused_with_the_seconds_to_wait(quota: Quota, clock: ManualClock) -> None:
    """The wait is what is left of the first command's minute."""
    run(quota, times=PER_MINUTE)
    clock.advance(20)

    with pytest.raises(TooManyError) as caught:
        run(quota)

    assert caught.value.cure == "Try again in 41 seconds."


def test_member_may_go_on_after_the_wait(quota: Quota, clock: ManualClock) -> None:
    """The refused command itself doesn't count."""
    run(quota, times=PER_MINUTE)
    with pytest.raises(TooManyError):
        run(quota)
    clock.advance(MINUTE_S)

    run(quota, times=PER_MINUTE)


def test_command_beside_too_many_unanswered_ones_is_refused(quota: Quota) -> None:
    """One of them has to be answered first, and then the next may run."""
    with ExitStack() as slow, quota.one(ADA):
        slow.enter_context(quota.one(ADA))
        with pytest.raises(TooManyError, match="at once"):
            run(quota)
        slow.close()
        run(quota)


def test_command_that_fails_is_no_longer_running(quota: Quota) -> None:
    """A member with errors isn't shut out."""
    for _ in range(PER_MINUTE):
        with pytest.raises(ValueError, match="broken"), quota.one(ADA):
            raise ValueError("broken")

    assert quota._running == {}


def test_one_members_flood_slows_nobody_else(quota: Quota) -> None:
    """Each member has their own count."""
    run(quota, ADA, times=PER_MINUTE)

    run(quota, MO, times=PER_MINUTE)


def test_members_without_a_command_in_the_last_minute_are_forgotten(quota: Quota, clock: ManualClock) -> None:
    """The process doesn't grow with everyone who ever used the bot."""
    for user_id in range(FORGET_ABOVE + 1):
        run(quota, user_id)
    clock.advance(MINUTE_S)
    run(quota, MO)

    assert set(quota._begun) == {MO}
