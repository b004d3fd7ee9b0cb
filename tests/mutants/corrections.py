"""Faults of corrections: posted messages that are edited too often, too late or not at all."""

from __future__ import annotations

from typing import Final

from tests.mutants.mutant import Mutant

_PROOFS: Final = ("tests/usecases/test_corrections.py",)

CORRECTIONS: Final = (
    Mutant(
        name="a posted message is edited as often as its articles change",
        file="bot/usecases/delivery/corrections.py",
        old="end_edit(begun, at=now, again_at=now + BETWEEN_EDITS)",
        new="end_edit(begun, at=now, again_at=now)",
        proofs=_PROOFS,
    ),
    Mutant(
        name="a posted message is edited a fourth time",
        file="bot/usecases/digest/corrections.py",
        old="correction.edits >= MOST_EDITS",
        new="correction.edits > MOST_EDITS",
        proofs=_PROOFS,
    ),
    Mutant(
        name="an edit that was begun is forgotten by the next process",
        file="bot/store/sqlite/corrections.py",
        old="    correction.state IN ('due', 'sending') AND correction.not_before <= :now\n",
        new="    correction.state = 'due' AND correction.not_before <= :now\n",
        proofs=_PROOFS,
    ),
    Mutant(
        name="a repeated edit counts again",
        file="bot/store/sqlite/corrections.py",
        old="edits = correction.edits + CASE WHEN correction.begun <> correction.revision THEN 1 ELSE 0 END",
        new="edits = correction.edits + 1",
        proofs=_PROOFS,
    ),
    Mutant(
        name="another text is stored while it isn't known whether the one before arrived",
        file="bot/store/sqlite/corrections.py",
        old="    WHERE correction.revision = excluded.revision - 1 AND correction.begun = correction.shown_revision\n",
        new="    WHERE correction.revision = excluded.revision - 1\n",
        proofs=("tests/store/test_corrections.py",),
    ),
    Mutant(
        name="a hidden story stays in what was posted",
        file="bot/news/choosing/correction.py",
        old="    left = [pick for pick in picks if pick.article.id not in gone]\n",
        new="    left = list(picks)\n",
        proofs=(*_PROOFS, "tests/news/test_correction.py"),
    ),
)
