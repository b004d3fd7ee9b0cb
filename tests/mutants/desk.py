"""Faults of the editors' desk: what editors decided is not what is posted."""

from __future__ import annotations

from typing import Final

from tests.mutants.mutant import Mutant

_OF_WORLDS: Final = ("tests/simulation/test_editors.py",)
_OF_DESKS: Final = ("tests/usecases/test_desk.py",)

DESK: Final = (
    Mutant(
        name="of two editors at once the second undoes the first",
        file="bot/store/sqlite/desk.py",
        old="AND revision = :revision - 1 AND {_CAN_CHANGE}\n",
        new="AND {_CAN_CHANGE}\n",
        proofs=(*_OF_WORLDS, "tests/store/ledger/test_desk.py"),
    ),
    Mutant(
        name="a draft on hold is posted at its time",
        file="bot/news/schedules/desk.py",
        old="        return self.state is DeskState.HELD or (self.state is DeskState.OPEN and self.waits)\n",
        new="        return self.state is DeskState.OPEN and self.waits\n",
        proofs=_OF_WORLDS,
    ),
    Mutant(
        name="a draft without an act is posted although it waits for an approval",
        file="bot/news/schedules/desk.py",
        old="        return self.state is DeskState.HELD or (self.state is DeskState.OPEN and self.waits)\n",
        new="        return self.state is DeskState.HELD\n",
        proofs=_OF_WORLDS,
    ),
    Mutant(
        name="an editor changes a draft that they didn't see",
        file="bot/usecases/digest/desk.py",
        old="    if seen.desk.revision != revision:\n",
        new="    if seen.desk.revision < revision:\n",
        proofs=_OF_DESKS,
    ),
)
