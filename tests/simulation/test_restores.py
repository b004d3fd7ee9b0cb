"""A backup that is put in the place of the file doubles nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.simulation.oracle import Tally
from tests.simulation.quiet import quiet_log
from tests.simulation.restores import RestoringWorld
from tests.simulation.variants import PROTOCOL, BlindMessenger


@pytest.fixture(autouse=True)
def surprises() -> Iterator[list[str]]:
    """What the core logged with an exception that no simulated fault explains: nothing, at the end."""
    with quiet_log() as surprises:
        yield surprises
    assert surprises == []


# What doubled a message here once: a read-back without an answer that made the next one begin too late, a refused try
# that was taken for a reason not to look, an edition planned again within minutes, a form refused, a wrong clock at the
# start.
@pytest.mark.parametrize("first", [0, 10, 20])
def test_restored_backup_doubles_nothing(first: int) -> None:
    """Whatever was sent between the backup and the crash."""
    tally = Tally()
    for seed in range(first, first + 4):
        world = RestoringWorld(seed)
        world.run()
        tally.add(world.tally)

    assert tally.restores > 3
    assert tally.is_clean


def test_restored_backup_doubles_where_nothing_is_read_back() -> None:
    """The worlds are rough enough to show it."""
    blind = replace(PROTOCOL, messenger=BlindMessenger)
    doubled = 0
    for seed in range(3):
        world = RestoringWorld(seed, variant=blind)
        world.run()
        doubled += world.tally.doubled

    assert doubled > 0
