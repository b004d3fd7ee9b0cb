"""An edition in an announcement channel reaches its followers, whenever the process dies and whatever Discord says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.news.delivery import DeliveryState, ScheduleId
from bot.sandbox import Channel
from tests.support.clocks import ManualClock
from tests.support.postoffice import Office, open_office

BUDGET = 10
HOUR_S = 3601.0


@pytest.fixture
async def office(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Office]:
    """A sending process; Discord keeps its limits."""
    async with open_office(tmp_path, clock, global_limit=None) as opened:
        yield opened


@pytest.fixture
def announcements(office: Office) -> Channel:
    """A channel with followers."""
    return office.guild.add_channel("announcements", kind="announcement")


async def send(office: Office, channel: Channel, *, parts: int = 1, schedule: int = 11) -> None:
    """An edition that is sent, and not published yet."""
    await office.plan(parts=parts, channel=channel, publish=True, id=ScheduleId(schedule), name=f"S{schedule}")
    await office.while_time_runs(office.pass_over())


async def publish(office: Office, *, after_s: float = 0.0) -> None:
    """Let time pass, then let the process publish what it may."""
    office.clock.advance(after_s)
    await office.publisher.do_due()
    await office.publisher.finish()


def published(channel: Channel) -> list[bool]:
    """Which of its messages their followers have."""
    return [message.crossposted for message in channel.messages]


async def test_edition_is_published_once_it_stands_in_its_channel(office: Office, announcements: Channel) -> None:
    """And nothing is left to publish."""
    await send(office, announcements)
    await publish(office)
    assert published(announcements) == [True]
    assert await office.ledger.deliveries.to_publish(now=office.clock.now()) == ()


async def test_message_is_not_published_if_its_schedule_no_longer_wants_it(
    office: Office, announcements: Channel
) -> None:
    """An admin switched it off in between."""
    await send(office, announcements)
    await office.ledger.schedules.change_schedule(
        ScheduleId(11), lambda schedule, outlook: (replace(schedule, publish=False), outlook.next_due_at)
    )
    await publish(office)
    assert published(announcements) == [False]
    assert await office.ledger.deliveries.to_publish(now=office.clock.now()) == ()


async def test_process_killed_between_post_and_publishing_publishes_after_its_restart(
    office: Office, announcements: Channel
) -> None:
    """The message was posted; the ledger says that its followers have not received it."""
    await send(office, announcements)
    await office.restart(after_s=600)
    await publish(office)
    assert published(announcements) == [True]


async def test_process_killed_between_publishing_and_its_mark_publishes_once(
    office: Office, announcements: Channel
) -> None:
    """Discord says that it was done, and that is as good."""
    await send(office, announcements)
    message = announcements.messages[0]
    await office.messenger.publish(announcements.id, message.id)
    await office.restart(after_s=60)
    await publish(office)
    assert published(announcements) == [True]
    assert await office.ledger.deliveries.to_publish(now=office.clock.now()) == ()


async def test_edition_that_was_found_by_reading_back_is_published(office: Office, announcements: Channel) -> None:
    """Its post was never answered."""
    office.sandbox.faults.drop(after=True, method="POST", path="/messages$")
    await send(office, announcements)
    await office.restart(after_s=300)
    await office.pass_over(300)
    await publish(office)
    assert published(announcements) == [True]


async def test_budget_of_a_channel_is_waited_for_over_a_restart(office: Office, announcements: Channel) -> None:
    """No request comes before its time, and nothing is lost."""
    await send(office, announcements, parts=BUDGET + 2)
    await publish(office)
    assert published(announcements).count(True) == BUDGET
    await office.restart(after_s=60)
    before = len(office.sandbox.requests)
    await publish(office)
    assert not [request for request in list(office.sandbox.requests)[before:] if request.path.endswith("crosspost")]
    await publish(office, after_s=HOUR_S)
    assert published(announcements) == [True] * (BUDGET + 2)
    assert 429 not in {request.status for request in office.sandbox.requests}


async def test_channel_without_budget_holds_up_no_other_one_and_no_delivery(
    office: Office, announcements: Channel
) -> None:
    """Each waits for itself."""
    other = office.guild.add_channel("others", kind="announcement")
    await send(office, announcements, parts=BUDGET + 1)
    await publish(office)
    await send(office, other, schedule=12)
    await publish(office)
    assert published(announcements).count(False) == 1
    assert published(other) == [True]


@pytest.mark.parametrize("fault", ["503", "401", "drop", "429"])
async def test_fault_while_publishing_is_tried_again(office: Office, announcements: Channel, fault: str) -> None:
    """Until the followers have it."""
    await send(office, announcements)
    faults = office.sandbox.faults
    match fault:
        case "503" | "401":
            faults.status(int(fault), path="crosspost")
        case "drop":
            faults.drop(after=True, path="crosspost")
        case _:
            faults.rate_limit(30.0, path="crosspost")
    await publish(office)
    assert await office.ledger.deliveries.to_publish(now=office.clock.now()) == ()
    await publish(office, after_s=61)
    assert published(announcements) == [True]
    assert office.sandbox.limits.early == []


async def test_channel_that_cannot_be_published_is_reported_once_and_given_up(office: Office) -> None:
    """The message is posted all the same."""
    await send(office, office.channel, parts=2)
    await publish(office)
    assert office.board.causes == ["not published", "not published"]
    assert "was posted but could not be published" in office.board.notices[0].text
    await publish(office, after_s=HOUR_S)
    assert len(office.board.causes) == 2
    assert published(office.channel) == [False, False]


async def test_message_that_was_deleted_meanwhile_is_given_up_in_silence(
    office: Office, announcements: Channel
) -> None:
    """The member who deleted it knows."""
    await send(office, announcements)
    announcements.by_id.clear()
    await publish(office)
    assert office.board.causes == []
    assert await office.ledger.deliveries.to_publish(now=office.clock.now()) == ()


async def test_database_that_fails_ends_no_publishing(office: Office, announcements: Channel) -> None:
    """It goes on when the database does."""
    await send(office, announcements)
    with office.locked():
        await publish(office)
    await publish(office)
    assert await office.ledger.deliveries.to_publish(now=office.clock.now()) == ()


async def test_publisher_runs_until_it_is_stopped(office: Office, announcements: Channel) -> None:
    """And what it waits for then waits for the next start."""
    stop = asyncio.Event()
    running = asyncio.create_task(office.publisher.run(stop))
    await send(office, announcements)
    for _ in range(200):
        await asyncio.sleep(0.01)
        office.clock.advance(0.5)
        if published(announcements) == [True]:
            break
    stop.set()
    await running
    assert published(announcements) == [True]
    assert await _states(office) == [DeliveryState.SENT]


async def _states(office: Office) -> list[DeliveryState]:
    counts = await office.ledger.deliveries.counts()
    return [state for state, count in counts.items() if count]
