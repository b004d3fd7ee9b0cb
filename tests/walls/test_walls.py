"""A few of the sequences that `make walls` plays."""

from __future__ import annotations

import pytest

from tests.walls.trial import try_out

SEQUENCES = 20
PER_TEST = 5


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, SEQUENCES, PER_TEST))
async def test_no_answer_and_no_edition_depends_on_another_servers_history(first: int) -> None:
    """Byte for byte: what a server and a direct message are shown is the same with and without it."""
    outcomes = [await try_out(f"test-{number}") for number in range(first, first + PER_TEST)]

    assert not [outcome.leak for outcome in outcomes if outcome.leak]
    assert not [outcome.seed for outcome in outcomes if outcome.stories_differ]
    assert all(outcome.answers and outcome.history for outcome in outcomes)
