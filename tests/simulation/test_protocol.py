"""The protocol in simulated worlds, and what it would be with a piece missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.simulation.crash_points import SCRIPTS, Script, ScriptedWorld, count_steps, crash_everywhere
from tests.simulation.oracle import Tally
from tests.simulation.quiet import quiet_log
from tests.simulation.variants import CONTROLS, PROTOCOL, VARIANTS, Variant
from tests.simulation.weather import QUIET
from tests.simulation.world import Plan, World

SMALL = Plan(schedules=20, days=4.0)


@pytest.fixture(autouse=True)
def surprises() -> Iterator[list[str]]:
    """What the core logged with an exception that no simulated fault explains: nothing, at the end."""
    with quiet_log() as surprises:
        yield surprises
    assert surprises == []


def play(variant: Variant, seeds: range, plan: Plan = SMALL) -> Tally:
    """Some worlds together."""
    tally = Tally()
    for seed in seeds:
        world = World(seed, plan=plan, variant=variant)
        world.run()
        tally.add(world.tally)
    return tally


@pytest.mark.parametrize("seed", range(900, 904))
def test_protocol_loses_and_doubles_nothing(seed: int) -> None:
    """Through crashes, pauses, clock steps and all that Discord can answer."""
    tally = play(PROTOCOL, range(seed, seed + 1))

    assert tally.deliveries > 80
    assert tally.is_clean


def test_worlds_are_rough() -> None:
    """Nothing is proved where nothing goes wrong."""
    tally = play(PROTOCOL, range(900, 904))

    assert min(tally.crashes, tally.pauses, tally.faults, tally.changes) > 10


def test_quiet_world_has_no_fault() -> None:
    """What goes wrong goes wrong on purpose."""
    tally = play(PROTOCOL, range(1), Plan(schedules=5, days=2.0, climate=QUIET))

    assert (tally.crashes, tally.pauses, tally.faults, tally.changes, tally.left_out) == (0, 0, 0, 0, 0)
    assert tally.messages == tally.deliveries > 0


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.name)
def test_each_control_fails(control: Variant) -> None:
    """A proof that can't fail proves nothing."""
    assert not all(play(control, range(seed, seed + 1), Plan()).is_clean for seed in range(6))


def test_at_most_once_loses_and_never_doubles() -> None:
    """Each control fails in its own way."""
    tally = play(VARIANTS["at most once"], range(2), Plan())

    assert tally.lost > 0
    assert tally.doubled == 0


def test_ledger_alone_doubles_and_never_loses() -> None:
    """What most systems of this kind do."""
    tally = play(VARIANTS["ledger only"], range(4), Plan())

    assert tally.lost == 0
    assert tally.doubled > 0


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_process_killed_at_any_step_loses_and_doubles_nothing(script: Script) -> None:
    """Every 23rd step here, each one in `make proof`; down for a second and for an hour."""
    problems = [(where, found) for where, found in crash_everywhere(script, stride=23) if found.lost or found.doubled]

    assert problems == []


def test_crash_points_find_what_a_missing_nonce_does() -> None:
    """The enumeration can fail, too."""
    found = [each for _, each in crash_everywhere(SCRIPTS[0], variant=VARIANTS["ledger only"]) if each.doubled]

    assert found


@pytest.mark.parametrize("slow_s", [143.0, 86_400.0], ids=str)
def test_message_is_found_though_discords_clock_seems_slow(slow_s: float) -> None:
    """Whatever a proxy writes into `Date`, the span that is read back holds the message."""
    world = ScriptedWorld(Script(name="slow", fates=("answer_lost",)))

    def spoil() -> None:
        right = world.messenger.discords_clock
        assert right is not None
        slow = replace(right, least_s=right.least_s - slow_s, most_s=right.most_s - slow_s)
        world.messenger.discords_clock = slow

    world.loop.call_outside(50.0, spoil)

    findings = world.run()

    assert (world.tally.deliveries, findings.doubled) == (1, [])


def test_steps_of_a_script_are_counted_the_same_each_time() -> None:
    """Or a step would be another one."""
    assert count_steps(SCRIPTS[1]) == count_steps(SCRIPTS[1]) > 50
