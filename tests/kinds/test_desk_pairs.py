"""Two deeds at the same time whose answers come from the transaction that wrote; without that each of them is found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Final

import pytest

from bot.news.message import actions
from tests.kinds.interleavings import Pair, Trials
from tests.kinds.town_in_steps import TownInSteps
from tests.simulation.inline import empty_newsroom
from tests.simulation.quiet import quiet_log
from tests.simulation.weather import chance

_PAIRS: Final = (
    Pair(first="schedule skip-next (3)", second=actions.DESK_DROP),
    Pair(first=actions.DESK_APPROVE, second="show"),
    Pair(first="schedule edit (4)", second="schedule skip-next (1)"),
    Pair(first="schedule topic-role (1)", second="schedule desk (2)"),
    Pair(first=actions.SETTINGS_APPLY, second=actions.SETTINGS_APPLY),
)
_ORDERS: Final = 30


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TownInSteps]:
    """One town for all of them."""
    with quiet_log() as surprises, closing(TownInSteps(tmp_path_factory.mktemp("town"), empty_newsroom())) as opened:
        yield opened
    assert surprises == []


@pytest.mark.slow
@pytest.mark.parametrize("pair", _PAIRS, ids=str)
def test_answer_is_of_the_transaction_that_wrote(town: TownInSteps, pair: Pair) -> None:
    """In thirty orders of each pair."""
    trials = Trials(town, pair)

    assert list(trials.check(trials.orders(chance(str(pair)), _ORDERS))) == []
