"""The proof's verdict."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.proof.jobs import Answer, play_worlds
from tests.proof.report import Part, failures, lines_of
from tests.simulation.oracle import Tally
from tests.simulation.variants import CONTROLS, PROTOCOL, Variant

CLEAN = Tally(worlds=1, deliveries=100, messages=100)


def part(name: str, tally: Tally, *problems: str) -> Part:
    """One job's answer as a part."""
    return Part.of(name, [Answer(tally=tally, problems=list(problems))])


def test_clean_protocol_holds() -> None:
    """Nothing lost, nothing doubled."""
    assert failures([part(PROTOCOL.name, CLEAN)]) == []


def test_problem_of_the_protocol_is_said_with_its_replay() -> None:
    """A person can play it again."""
    (said,) = failures([part(PROTOCOL.name, replace(CLEAN, lost=1), "lost one; again: python -m tests.simulation")])

    assert "python -m tests.simulation" in said


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.name)
def test_control_that_does_not_fail_fails_the_proof(control: Variant) -> None:
    """What can't fail proves nothing."""
    assert len(failures([part(control.name, CLEAN)])) == 1


def test_control_that_fails_is_as_it_must_be() -> None:
    """Its problems are expected."""
    assert failures([part(CONTROLS[0].name, replace(CLEAN, doubled=1), "doubled one")]) == []


def test_parts_of_several_jobs_are_counted_together() -> None:
    """Two workers, one line."""
    both = Part.of(PROTOCOL.name, [Answer(tally=CLEAN), Answer(tally=CLEAN)])

    assert both.figures["deliveries"] == 200


def test_lines_show_each_part() -> None:
    """Worlds in columns, other parts in their own words."""
    other = Part.of("soak", [Answer(figures={"channels": 10_000})])

    lines = list(lines_of([part(PROTOCOL.name, CLEAN), other]))

    assert [PROTOCOL.name in line or "channels 10,000" in line for line in lines] == [False, True, True]


def test_failing_seed_names_the_command_that_plays_it_again() -> None:
    """With the variant that failed."""
    answer = play_worlds("no ledger", [0])

    assert 'python -m tests.simulation --seed 0 --variant "no ledger"' in answer.problems[0]
