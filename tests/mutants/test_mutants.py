"""Mutants change code that is there, name tests that are there, and are caught or said to have survived."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.mutants.__main__ import MUTANTS
from tests.mutants.mutant import Mutant, OutdatedMutantError
from tests.mutants.trial import ROOT, Tree

_NONCE = "bot/news/delivery.py"
_PROOF = "tests/news/test_delivery.py"


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_mutant_changes_code_that_is_there(mutant: Mutant) -> None:
    """A change of that code changes the mutant with it."""
    assert mutant.planted(ROOT) != (ROOT / mutant.file).read_text("utf-8")


def test_every_mutant_names_proofs_that_are_there() -> None:
    """A test that is renamed is renamed there as well."""
    for proof in {proof for mutant in MUTANTS for proof in mutant.proofs}:
        file, _, test = proof.partition("::")
        assert re.search(rf"def {test}\b", (ROOT / file).read_text("utf-8")), proof


def test_no_two_mutants_have_one_name() -> None:
    """A mutant is played alone by its name."""
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)


def test_mutant_whose_code_is_gone_is_an_error() -> None:
    """It would survive, or stand for another fault."""
    gone = Mutant(name="gone", file=_NONCE, old="not there", new="", proofs=())

    with pytest.raises(OutdatedMutantError, match="0 times, not once"):
        gone.planted(ROOT)


@pytest.mark.slow
def test_mutant_is_caught_or_has_survived_or_broken_its_proof(tmp_path: Path) -> None:
    """And the copy of the tree is as it was after each of them."""
    tree = Tree(tmp_path / "tree")
    old = "def nonce_for("
    sound = Mutant(name="nothing is wrong", file=_NONCE, old=old, new=f"# as it was\n{old}", proofs=(_PROOF,))
    wrong = Mutant(name="a nonce is too short", file=_NONCE, old="[:25]", new="[:24]", proofs=(_PROOF,))
    broken = Mutant(name="it can't be read", file=_NONCE, old=old, new=f"({old}", proofs=(_PROOF,))

    outcomes = [tree.try_out(each) for each in (sound, wrong, broken)]

    assert [outcome.is_caught for outcome in outcomes] == [False, True, False]
    assert "test_delivery.py::test_" in outcomes[1].caught_by
    assert "didn't run" in outcomes[2].trouble
    assert (tree.folder / _NONCE).read_text("utf-8") == (ROOT / _NONCE).read_text("utf-8")
