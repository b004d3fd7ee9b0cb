"""A backup that is put in the place of the file doubles nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.simulation.quiet import quiet_log
from tests.simulation.restores import RestoringWorld
from tests.simulation.variants import PROTOCOL, BlindMessenger


@pytest.fixture(autouse=True)
def surprises() -> Iterator[list[str]]:
    """What the core logged with an exception that no simulated fault explains: nothing, at the end."""
    with quiet_log() as surprises:
        yield surprises
    assert surprises == []


# Worlds in which a message was doubled once: a read-back without an answer that made the next one begin too late, a
# refused try that was taken for a reason not to look, an edition planned anew within minutes, a form refused.
@pytest.mark.parametrize("seed", [4, 6, 8, 9, 13])
def test_restored_backup_doubles_nothing(seed: int) -> None:
    """Whatever was sent between the backup and the crash."""
    world = RestoringWorld(seed)

    findings = world.run()

    assert world.tally.restores > 0
    assert (findings.lost, findings.doubled) == ([], [])


def test_restored_backup_doubles_where_nothing_is_read_back() -> None:
    """The worlds are rough enough to show it."""
    blind = replace(PROTOCOL, messenger=BlindMessenger)
    doubled = 0
    for seed in range(3):
        world = RestoringWorld(seed, variant=blind)
        world.run()
        doubled += world.tally.doubled

    assert doubled > 0
