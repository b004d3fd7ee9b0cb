"""Faults of the editors' desk: what editors decided is not what is posted."""

from __future__ import annotations

from typing import Final

from tests.mutants.mutant import Mutant

_OF_WORLDS: Final = ("tests/simulation/test_editors.py",)
_OF_PAIRS: Final = ("tests/kinds/test_desk_pairs.py",)
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
    Mutant(
        name="a draft is drawn again by a clock that may be wrong",
        file="bot/app/planning.py",
        old="        if not report.waits_for_clock:  # drafts",
        new="        if report is not None:  # drafts",
        proofs=("tests/app/test_planning.py",),
    ),
    Mutant(
        name="an editor's act is answered with a later look at the draft",
        file="bot/usecases/digest/desk.py",
        old="    return await _change(store, seen, schedule, act, picks, now, draws=order.article_id is not None)\n",
        new="    await _change(store, seen, schedule, act, picks, now, draws=order.article_id is not None)\n"
        "    return await read_desk(store, schedule_id, key)\n",
        proofs=_OF_PAIRS,
    ),
    Mutant(
        name="a draft is read in two transactions",
        file="bot/usecases/digest/desk.py",
        old="    return found\n\n\nasync def act_on_draft(\n",
        new="    acts = await store.desks.find_draft(schedule_id, key)\n"
        "    return replace(found, acts=found.acts if acts is None else acts.acts)\n\n\nasync def act_on_draft(\n",
        proofs=_OF_PAIRS,
    ),
    Mutant(
        name="a renamed schedule is logged by its old name",
        file="bot/store/sqlite/ledger/servers/log.py",
        old="    named = None if schedule is None else ",
        new="    named = None if schedule is not None or schedule is None else ",
        proofs=_OF_PAIRS,
    ),
    Mutant(
        name="a schedule's desk is answered with a later look at the schedule",
        file="bot/chat/commands/schedule.py",
        old="        default=None if default is None else DeskDefault(default),\n"
        "        now=context.now(),\n        deed=context.deed(),\n    )\n",
        new="        default=None if default is None else DeskDefault(default),\n"
        "        now=context.now(),\n        deed=context.deed(),\n    )\n    status = await show_schedule("
        "context.store.schedules, status.schedule.guild_id, str(status.schedule.id), now=context.now())\n",
        proofs=_OF_PAIRS,
    ),
    Mutant(
        name="two presses of one button apply settings at once",
        file="bot/usecases/schedule/pending.py",
        old="        async with self._get(guild_id, token, clock).turn:\n",
        new="        if self._get(guild_id, token, clock):\n",
        proofs=_OF_PAIRS,
    ),
)
