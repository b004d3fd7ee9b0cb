"""Whatever stops a schedule leaves alone what stopped it before: each stop ends with its own reason."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Final

import pytest
from typing_extensions import override

from bot.news.checkup.schedule import LastEdition, schedule_findings
from bot.news.delivery import DeliveryState, EditionKey, ScheduleId
from bot.news.notices.notice import Notice
from bot.news.notices.texts import STOP_TEXTS
from bot.news.schedules.schedule import Schedule, ScheduleState, StopReason
from bot.usecases.schedule import ClockTrust, note_servers, resume_rejoined, run_tick
from tests.support.clocks import ManualClock
from tests.support.fault_points import until_met
from tests.support.ledger import DUE, Ledger, save_schedule, set_state
from tests.support.makers import make_schedule
from tests.support.postoffice import SCHEDULE, NoticeBoard, Office, open_office

STOPS: Final = (
    (ScheduleState.PAUSED, StopReason.NONE),
    (ScheduleState.OFF, StopReason.SERVER_LEFT),
    (ScheduleState.PAUSED, StopReason.REJOINED),
    (ScheduleState.PAUSED, StopReason.UNKNOWN_ZONE),
)
"""What may stop a schedule while its message is under way or its edition is planned."""

REFUSALS: Final = ("a missing permission", "a deleted channel")
ATLANTIS: Final = "Europe/Atlantis"


@pytest.fixture
async def office(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Office]:
    """A sending process."""
    async with open_office(tmp_path, clock, limits=False) as opened:
        yield opened


async def as_it_is(ledger: Ledger, schedule: ScheduleId = SCHEDULE) -> Schedule:
    """A schedule as it is stored."""
    found = await ledger.schedules.find_schedule(schedule)
    assert found is not None
    return found


@pytest.mark.parametrize(("stop", "refusal"), [*product(STOPS, REFUSALS)], ids=str)
async def test_refusal_of_a_message_leaves_alone_what_stopped_its_schedule_meanwhile(
    office: Office, stop: tuple[ScheduleState, StopReason], refusal: str
) -> None:
    """A member's pause isn't ended by a retry, and a server that was left is still offered to be resumed."""
    await office.plan()
    office.channel.set_permissions(bot={"send_messages": False})
    fault = office.sandbox.faults.delay(0.3, method="POST", path=r"/messages$")
    posting = asyncio.create_task(office.while_time_runs(office.deliverer.deliver_due(), step_s=0.01))
    await until_met(fault)
    if refusal == "a deleted channel":
        office.channel.delete()
    await set_state(office.ledger.schedules, SCHEDULE, *stop)

    await posting

    schedule = await as_it_is(office.ledger)
    assert (schedule.state, schedule.state_reason) == stop
    assert office.board.notices == []


@pytest.mark.parametrize("refusal", REFUSALS)
async def test_refusal_of_a_message_whose_schedule_was_deleted_meanwhile_gives_no_notice(
    office: Office, refusal: str
) -> None:
    """It would say that the schedule is paused, and what to do about it."""
    await office.plan()
    office.channel.set_permissions(bot={"send_messages": False})
    fault = office.sandbox.faults.delay(0.3, method="POST", path=r"/messages$")
    posting = asyncio.create_task(office.while_time_runs(office.deliverer.deliver_due(), step_s=0.01))
    await until_met(fault)
    if refusal == "a deleted channel":
        office.channel.delete()
    await office.ledger.schedules.delete_schedule(SCHEDULE, at=office.own.now())

    await posting

    assert office.board.notices == []


class Meddler(NoticeBoard):
    """Stops a schedule at the moment in which a notice about it is written."""

    def __init__(self, ledger: Ledger, stop: tuple[ScheduleState, StopReason]) -> None:
        super().__init__()
        self._ledger = ledger
        self._stop = stop

    @override
    async def notify(self, notice: Notice) -> None:
        await super().notify(notice)
        await set_state(self._ledger.schedules, SCHEDULE, *self._stop)


@pytest.mark.parametrize("stop", STOPS[:3], ids=str)
async def test_unknown_zone_leaves_alone_what_stopped_the_schedule_meanwhile(
    office: Office, stop: tuple[ScheduleState, StopReason]
) -> None:
    """The tick had read the schedule as active."""
    ledger = office.ledger
    await ledger.schedules.save_schedule(make_schedule(id=SCHEDULE, timezone=ATLANTIS), next_due_at=office.own.now())

    async def plan(*_: object) -> None:
        raise AssertionError("a schedule in an unknown time zone is due at no moment")

    trust = ClockTrust(office.own, lambda: 0.0)
    await run_tick(ledger.schedules, ledger.digest, plan, notifier=Meddler(ledger, stop), clock=office.own, trust=trust)

    schedule = await as_it_is(ledger)
    assert (schedule.state, schedule.state_reason) == stop


async def test_one_schedule_that_can_not_be_resumed_keeps_no_other_from_it(office: Office) -> None:
    """After the bot was invited again: the answer names those that were resumed, and what keeps the other."""
    ledger, now = office.ledger, office.own.now()
    for number, zone in enumerate(("UTC", ATLANTIS, "Europe/Berlin"), start=1):
        await save_schedule(ledger, id=ScheduleId(number), name=f"No. {number}", timezone=zone)

    async def has_left(_guild_id: int) -> bool:
        return True

    await note_servers(ledger.schedules, (), has_left, notifier=office.board, now=now)
    await note_servers(ledger.schedules, (1,), has_left, notifier=office.board, now=now)
    found = await resume_rejoined(ledger.schedules, 1, now=now)

    assert [(each.name, each.state, each.state_reason) for each in found] == [
        ("No. 1", ScheduleState.ACTIVE, StopReason.NONE),
        ("No. 2", ScheduleState.PAUSED, StopReason.UNKNOWN_ZONE),
        ("No. 3", ScheduleState.ACTIVE, StopReason.NONE),
    ]


@pytest.mark.parametrize("stop", STOPS[2:], ids=str)
def test_checkup_names_what_stopped_a_schedule_although_its_last_edition_failed(
    stop: tuple[ScheduleState, StopReason],
) -> None:
    """The failure is another finding: the schedule is not paused for it."""
    schedule = replace(make_schedule(), state=stop[0], state_reason=stop[1])
    last = LastEdition(key=EditionKey("2021-05-10"), due_at=DUE, states={DeliveryState.FAILED: 1}, reason="400: no")

    found = [finding.text for finding in schedule_findings(schedule, last, DUE + timedelta(hours=1))]

    assert found == ["The edition of 2021-05-10 failed (400: no).", f"It is paused: {STOP_TEXTS[stop[1]]}."]
