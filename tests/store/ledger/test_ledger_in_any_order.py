"""The ledger under any order of claims, marks, pauses, answers and time: what must hold at every moment."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.news.delivery import Delivery, DeliveryKey, DeliveryState, ScheduleId
from bot.news.schedules.schedule import ScheduleState
from bot.store.sqlite.shelves.files import open_files
from tests.support.clocks import ManualClock
from tests.support.examples import up_to
from tests.support.ledger import DUE, LEASE, Ledger, find_delivery, parts_of, save_schedule, set_state, sqlite_ledger
from tests.support.makers import make_draft, make_edition

T = TypeVar("T")

PLANNED, SENDING, SENT = DeliveryState.PLANNED, DeliveryState.SENDING, DeliveryState.SENT
FAILED, UNKNOWN, SKIPPED = DeliveryState.FAILED, DeliveryState.UNKNOWN, DeliveryState.SKIPPED

SCHEDULES = (ScheduleId(11), ScheduleId(12))
SPANS = st.sampled_from([timedelta(0), timedelta(seconds=1), timedelta(seconds=45), LEASE, timedelta(days=1)])


@dataclass
class Believed:
    """What the test believes of a row."""

    state: DeliveryState = PLANNED
    attempt: int = 0
    free_at: datetime = DUE
    revision: int = 0


class LedgerInAnyOrder(RuleBasedStateMachine):
    """Another implementation is tried by a subclass with another `open_ledger`."""

    async def open_ledger(self, folder: Path, stack: AsyncExitStack) -> Ledger:
        """An empty ledger."""
        return sqlite_ledger(await stack.enter_async_context(open_files(folder / "n.db", clock=ManualClock())))

    def __init__(self) -> None:
        super().__init__()
        self.now = DUE
        self.rows: dict[DeliveryKey, Believed] = {}
        self.held: list[Delivery] = []
        self.at_rest: set[ScheduleId] = set()
        self.editions = 0
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        """Wait for it."""
        return self.runner.run(doing)

    @initialize()
    def two_schedules(self) -> None:
        """Both active, with no edition."""
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.ledger = self.run(self.open_ledger(folder, self.stack))
        for schedule in SCHEDULES:
            self.run(save_schedule(self.ledger, id=schedule, name=f"Schedule {schedule}"))

    def teardown(self) -> None:
        """Close the file, then the loop that it lived in."""
        self.runner.run(self.stack.aclose())
        self.runner.close()

    @rule(schedule=st.sampled_from(SCHEDULES), parts=st.integers(1, 3))
    def plan(self, schedule: ScheduleId, parts: int) -> None:
        """One edition more."""
        self.editions += 1
        edition = make_edition(schedule_id=schedule, due_at=DUE + timedelta(days=self.editions))
        deliveries = parts_of(edition, parts)
        assert self.run(self.ledger.digest.plan(edition, (), deliveries)) is not None
        self.rows |= {delivery.key: Believed() for delivery in deliveries}

    @rule(span=SPANS)
    def time_passes(self, span: timedelta) -> None:
        """Leases end, back-offs are over."""
        self.now += span

    @rule(limit=st.integers(1, 4))
    def claim(self, limit: int) -> None:
        """Only what may be claimed, in the order of the editions, and nothing that may be is passed over."""
        may_be = sorted((key for key in self.rows if self.may_claim(key)), key=lambda key: (key.edition, key.part))
        claimed = self.run(self.ledger.deliveries.claim(now=self.now, lease_until=self.now + LEASE, limit=limit))
        assert [delivery.key for delivery in claimed] == may_be[:limit]
        for delivery in claimed:
            row = self.rows[delivery.key]
            assert delivery.attempt == row.attempt + 1
            assert delivery.was_sending == (row.state is SENDING)
            assert delivery.revision == row.revision
            row.state, row.attempt, row.free_at = SENDING, delivery.attempt, self.now + LEASE
        self.held += claimed

    def may_claim(self, key: DeliveryKey) -> bool:
        """The rule, said once more."""
        row = self.rows[key]
        before = [other for other in self.rows if other.edition == key.edition and other.part == key.part - 1]
        return (
            row.state in {PLANNED, SENDING}
            and row.free_at <= self.now
            and key.schedule_id not in self.at_rest
            and all(self.rows[other].state is SENT for other in before)
        )

    @precondition(lambda self: self.held)
    @rule(data=st.data(), state=st.sampled_from([PLANNED, SENDING, SENT, FAILED, UNKNOWN]), span=SPANS)
    def mark(self, data: st.DataObject, state: DeliveryState, span: timedelta) -> None:
        """By a sender that may have lost its claim long ago: then it changes nothing."""
        delivery = data.draw(st.sampled_from(self.held))
        row = self.rows[delivery.key]
        is_in_time = row.state is SENDING and row.attempt == delivery.attempt
        assert self.run(self._mark(delivery, state, self.now + span)) == is_in_time
        if is_in_time:
            row.state = state
            row.free_at = self.now + span if state in {PLANNED, SENDING} else row.free_at

    def _mark(self, delivery: Delivery, state: DeliveryState, until: datetime) -> Coroutine[Any, Any, bool]:
        key, attempt, store = delivery.key, delivery.attempt, self.ledger.deliveries
        if state is PLANNED:
            return store.mark_planned(key, attempt, not_before=until, reason="")
        if state is SENDING:
            return store.mark_unclear(key, attempt, lease_until=until, reason="")
        if state is SENT:
            return store.mark_sent(key, attempt, message_id=1, at=self.now)
        if state is FAILED:
            return store.mark_failed(key, attempt, reason="")
        return store.mark_unknown(key, attempt, reason="")

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def replace_draft(self, data: st.DataObject) -> None:
        """The plain-text second try, once a claim."""
        delivery = data.draw(st.sampled_from(self.held))
        row = self.rows[delivery.key]
        is_in_time = row.state is SENDING and row.attempt == delivery.attempt
        replaced = self.ledger.deliveries.replace_draft(
            delivery.key, delivery.attempt, make_draft("plain"), revision=delivery.revision + 1
        )
        assert self.run(replaced) == is_in_time
        if is_in_time:
            row.state, row.free_at, row.revision = PLANNED, DUE, delivery.revision + 1

    @precondition(lambda self: self.rows)
    @rule(data=st.data(), answer=st.sampled_from([PLANNED, SENT, SKIPPED]))
    def settle(self, data: st.DataObject, answer: DeliveryState) -> None:
        """A person's answer counts for what waits for a person."""
        key = data.draw(st.sampled_from(list(self.rows)))
        row = self.rows[key]
        waits = row.state in {FAILED, UNKNOWN}
        assert self.run(self.ledger.deliveries.resolve(key, answer, reason="", at=DUE)) == waits
        if waits:
            row.state, row.free_at = answer, DUE
        if waits and answer is SKIPPED:
            for other, later in self.rows.items():
                if other.edition == key.edition and other.part > key.part and later.state is PLANNED:
                    later.state = SKIPPED

    @rule(schedule=st.sampled_from(SCHEDULES))
    def pause_or_resume(self, schedule: ScheduleId) -> None:
        """By hand."""
        self.at_rest ^= {schedule}
        state = ScheduleState.PAUSED if schedule in self.at_rest else ScheduleState.ACTIVE
        self.run(set_state(self.ledger.schedules, schedule, state))

    @rule(schedule=st.sampled_from(SCHEDULES))
    def lose_channel(self, schedule: ScheduleId) -> None:
        """What isn't begun is skipped, and the schedule rests."""
        if self.run(self.ledger.schedules.channel_gone(schedule, 100, reason="")):
            self.at_rest |= {schedule}
            for key, row in self.rows.items():
                if key.schedule_id == schedule and row.state is PLANNED:
                    row.state = SKIPPED

    @rule()
    def take_over(self) -> None:
        """Another process shortens what its dead predecessor held."""
        until = self.now + timedelta(seconds=45)
        longer = [row for row in self.rows.values() if row.state is SENDING and row.free_at > until]
        assert self.run(self.ledger.deliveries.shorten_leases(until=until)) == len(longer)
        for row in longer:
            row.free_at = until

    @invariant()
    def every_row_is_where_it_is_believed_to_be(self) -> None:
        """Nothing is lost, nothing is doubled, nothing moves by itself: SENT and SKIPPED are final."""
        for key, row in self.rows.items():
            stored = self.run(find_delivery(self.ledger.deliveries, key))
            assert stored is not None
            assert (stored.state, stored.attempt) == (row.state, row.attempt)


TestSqliteLedgerInAnyOrder = LedgerInAnyOrder.TestCase
TestSqliteLedgerInAnyOrder.settings = up_to(30, steps=40)
