"""Faults of the delivery protocol: claims, marks, read-backs, what is looked at before a part is posted."""

from __future__ import annotations

from typing import Final

from tests.mutants.mutant import Mutant

_DELIVERER: Final = "bot/usecases/delivery/deliverer.py"
_OUTCOME: Final = "bot/usecases/delivery/outcome.py"
_CLAIM: Final = "bot/store/sqlite/ledger/claim.py"
_MARKS: Final = "bot/store/sqlite/ledger/marks.py"
_LEDGER: Final = "bot/store/sqlite/ledger/deliveries.py"
_RECHECK: Final = "bot/news/choosing/recheck.py"

_OF_CLAIMS: Final = ("tests/store/ledger/test_delivery_claim.py",)
_OF_MARKS: Final = ("tests/store/ledger/test_delivery_mark.py", "tests/store/ledger/test_ledger_marks.py")
_OF_DECISIONS: Final = ("tests/store/ledger/test_delivery_resolve.py",)
_OF_DELIVERY: Final = ("tests/usecases/test_delivery.py", "tests/usecases/test_delivery_in_flight.py")
_OF_OUTAGES: Final = ("tests/faults/test_discord_outages.py",)
_OF_REFUSALS: Final = ("tests/faults/test_discord_refusals.py",)
_OF_RECHECKS: Final = ("tests/news/test_recheck.py",)

DELIVERY: Final = (
    Mutant(
        name="a take-over doesn't wait for the dead process's last request",
        file=_DELIVERER,
        old="until=self._time.now() + timedelta(seconds=self._times.settle_s))\n            # Our clock",
        new="until=self._time.now())\n            # Our clock",
        proofs=("tests/faults/test_take_over.py",),
    ),
    Mutant(
        name="the fence is counted from the request, not from the claim",
        file=_DELIVERER,
        old="fence_s=claimed.at_s + self._times.fence_s - self._clock.uptime(),",
        new="fence_s=self._times.fence_s,",
        proofs=_OF_DELIVERY,
    ),
    Mutant(
        name="the uptime of a claim is read after its commit",
        file=_DELIVERER,
        old="return [_Claimed(row=row, at_s=at_s) for row in rows]",
        new="return [_Claimed(row=row, at_s=self._clock.uptime()) for row in rows]",
        proofs=_OF_DELIVERY,
    ),
    Mutant(
        name="a part of unknown outcome is posted again without reading the channel",
        file=_DELIVERER,
        old="        if row.was_sending:\n            return True\n",
        new="        if row.was_sending:\n            return False\n",
        proofs=_OF_OUTAGES,
    ),
    Mutant(
        name="no row is suspected to come from an older copy of the database",
        file=_DELIVERER,
        old="return min(row.planned_at, row.due_at) < self._started_at or row.planned_at - row.due_at > LATE_AFTER",
        new="return False",
        proofs=("tests/faults/test_store_copies.py", *_OF_DELIVERY),
    ),
    Mutant(
        name="a process doesn't wait for its own last request if the clock is set forward",
        file=_DELIVERER,
        old="        if left <= 0:\n            return True\n",
        new="        if left <= 1e9:\n            return True\n",
        proofs=_OF_DELIVERY,
    ),
    Mutant(
        name="a read-back begins at the last claim, not at the first attempt",
        file=_DELIVERER,
        old="after=min(row.first_attempt_at or due_at, due_at) - _BEFORE,",
        new="after=(row.claimed_at or due_at) - _BEFORE,",
        proofs=_OF_OUTAGES,
    ),
    Mutant(
        name="nothing is looked at again before a part is posted",
        file=_DELIVERER,
        old="        if not await self._rechecker.is_as_planned(row):\n",
        new="        if row.attempt < 0:\n",
        proofs=("tests/kinds/test_plans.py",),
    ),
    Mutant(
        name="a process whose database can't be written goes on claiming",
        file="bot/usecases/delivery/in_flight.py",
        old="return any(isinstance(error, TokenRefusedError | StoreError) for error in self._errors)",
        new="return False",
        proofs=_OF_DELIVERY,
    ),
    Mutant(
        name="the ledger counts in the machine's clock, not in Discord's",
        file=_OUTCOME,
        old="return timedelta(seconds=self._messenger.discord_offset_s() or 0.0)",
        new="return timedelta(0)",
        proofs=("tests/faults/test_clock.py",),
    ),
    Mutant(
        name="an attempt that was refused on the way counts as one that never began",
        file=_OUTCOME,
        old="forget_attempt=refusal.cause in _NOT_SENT,",
        new="forget_attempt=True,",
        proofs=(*_OF_DELIVERY, *_OF_REFUSALS),
    ),
    Mutant(
        name="a missing permission doesn't pause the schedule",
        file=_OUTCOME,
        old="return (paused, None) if is_concerned else None",
        new="return None if is_concerned else (paused, None)",
        proofs=_OF_REFUSALS,
    ),
    Mutant(
        name="a refusal in the old channel stops a schedule that has another one now",
        file=_OUTCOME,
        old="return schedule.channel_id == row.key.channel_id and schedule",
        new="return schedule.channel_id > 0 and schedule",
        proofs=_OF_DELIVERY,
    ),
    Mutant(
        name="a refusal overwrites the reason for which a schedule was stopped meanwhile",
        file=_OUTCOME,
        old=" and schedule.may_be_stopped_for(reason)\n",
        new="\n",
        proofs=("tests/kinds/test_stops.py",),
    ),
    Mutant(
        name="a message that was posted and then deleted counts as refused",
        file=_OUTCOME,
        old="                await self._sent(row, DELETED_MESSAGE)\n",
        new="                await self._give_up(row, refusal)\n",
        proofs=_OF_OUTAGES,
    ),
    Mutant(
        name="a message of refused form is given up, not posted as plain text",
        file=_OUTCOME,
        old='            case "invalid_form" if not row.draft.refused:\n',
        new='            case "invalid_form" if row.draft.refused:\n',
        proofs=_OF_REFUSALS,
    ),
    Mutant(
        name="a nonce doesn't name the channel",
        file="bot/news/delivery.py",
        old='text = f"{key.channel_id}|{key.schedule_id}|',
        new='text = f"{key.schedule_id}|',
        proofs=("tests/news/test_delivery.py",),
    ),
    Mutant(
        name="a nonce is the same for every part",
        file="bot/news/delivery.py",
        old="|{key.edition}|{key.part}|0",
        new="|{key.edition}|0",
        proofs=("tests/news/test_delivery.py",),
    ),
    Mutant(
        name="a part is claimed before the one before it is sent",
        file=_CLAIM,
        old="        AND (part = 1 OR EXISTS (\n",
        new="        AND (part > 0 OR EXISTS (\n",
        proofs=_OF_CLAIMS,
    ),
    Mutant(
        name="parts of a paused schedule are claimed",
        file=_CLAIM,
        old="AND schedule.state = 'active' AND deleted_at IS NULL",
        new="AND deleted_at IS NULL",
        proofs=_OF_CLAIMS,
    ),
    Mutant(
        name="parts of a deleted schedule are claimed",
        file=_CLAIM,
        old="AND schedule.state = 'active' AND deleted_at IS NULL",
        new="AND schedule.state = 'active'",
        proofs=_OF_CLAIMS,
    ),
    Mutant(
        name="a part is claimed again while its lease lasts",
        file=_CLAIM,
        old="ELSE lease_until <= :now END",
        new="ELSE :now > 0 END",
        proofs=_OF_CLAIMS,
    ),
    Mutant(
        name="a claim doesn't count as another attempt",
        file=_CLAIM,
        old="attempt = attempt + 1,",
        new="attempt = max(attempt, 1),",
        proofs=_OF_CLAIMS,
    ),
    Mutant(
        name="a claim forgets that the last outcome is unknown",
        file=_CLAIM,
        old="was_sending = CASE state WHEN 'sending' THEN 1 ELSE 0 END,",
        new="was_sending = 0,",
        proofs=_OF_CLAIMS,
    ),
    Mutant(
        name="the first attempt is overwritten by later ones",
        file=_CLAIM,
        old="first_attempt_at = coalesce(first_attempt_at, claimed_at),",
        new="first_attempt_at = claimed_at,",
        proofs=_OF_CLAIMS,
    ),
    Mutant(
        name="a mark doesn't ask whose attempt it is",
        file=_MARKS,
        old="AND attempt = :attempt AND state = 'sending'",
        new="AND attempt >= :attempt AND state = 'sending'",
        proofs=_OF_MARKS,
    ),
    Mutant(
        name="a mark moves a row that was decided meanwhile",
        file=_MARKS,
        old="AND attempt = :attempt AND state = 'sending'",
        new="AND attempt = :attempt",
        proofs=_OF_MARKS,
    ),
    Mutant(
        name="one mark that can't be written takes its batch with it",
        file=_MARKS,
        old="            if len(batch) == 1:\n",
        new="            if batch:\n",
        proofs=_OF_MARKS,
    ),
    Mutant(
        name="a decision is not compared with what was decided before",
        file=_LEDGER,
        old="        AND state IN ('unknown', 'failed')\n        AND EXISTS",
        new="        AND EXISTS",
        proofs=_OF_DECISIONS,
    ),
    Mutant(
        name="the rest of a skipped edition is posted",
        file=_LEDGER,
        old="                connection.execute(_SKIP_LATER, row)\n",
        new="                key_columns(key)\n",
        proofs=_OF_DECISIONS,
    ),
    Mutant(
        name="the rest of a cancelled edition is posted",
        file=_LEDGER,
        old='            connection.execute(_SKIP_LATER, key_columns(key) | {"reason": reason})\n',
        new="            key_columns(key)\n",
        proofs=("tests/store/ledger/test_delivery_recheck.py", *_OF_MARKS),
    ),
    Mutant(
        name="a take-over makes leases longer",
        file=_LEDGER,
        old="WHERE state = 'sending' AND lease_until > :until",
        new="WHERE state = 'sending'",
        proofs=(*_OF_CLAIMS, *_OF_MARKS),
    ),
    Mutant(
        name="parts that an edition no longer has are posted",
        file="bot/store/sqlite/ledger/recheck.py",
        old='"DELETE FROM delivery WHERE delivery_id IN',
        new='"DELETE FROM delivery WHERE 0 AND delivery_id IN',
        proofs=("tests/store/ledger/test_delivery_recheck.py",),
    ),
    Mutant(
        name="a part is posted however late it is",
        file=_RECHECK,
        old="    if now - max(row.due_at, row.asked_at or row.due_at) > schedule.max_lateness:\n",
        new="    if schedule.max_lateness < now - now:\n",
        proofs=_OF_RECHECKS,
    ),
    Mutant(
        name="a part is posted in the channel that its schedule had",
        file=_RECHECK,
        old="    if row.key.channel_id != schedule.channel_id:\n",
        new="    if row.key.channel_id < 0:\n",
        proofs=_OF_RECHECKS,
    ),
    Mutant(
        name="an article that was taken down is posted",
        file=_RECHECK,
        old="return Finding.REDUCED if holding.taken_down else Finding.AS_PLANNED",
        new="return Finding.AS_PLANNED",
        proofs=_OF_RECHECKS,
    ),
    Mutant(
        name="a thread is opened although its schedule no longer wants it",
        file="bot/usecases/delivery/threads.py",
        old="return holding.schedule is not None and holding.schedule.thread",
        new="return holding.schedule is not None",
        proofs=("tests/usecases/test_threads.py",),
    ),
    Mutant(
        name="a message is published although its schedule no longer wants it",
        file=_RECHECK,
        old="return schedule is not None and schedule.publish and is_clean",
        new="return schedule is not None and is_clean",
        proofs=("tests/usecases/test_publish.py",),
    ),
)
