"""Standing orders: kept as they were said, found by name, due in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from bot.errors import BadInputError, UnknownScheduleError
from bot.news.delivery import DeliveryState, EditionKey, ScheduleId
from bot.news.schedules.looking import Outlook
from bot.news.schedules.schedule import EVERY_DAY, EmptyPolicy, Schedule, ScheduleState, StopReason
from bot.store.port.schedule import ServerChange
from tests.support.ledger import (
    DUE,
    SCHEDULE,
    Ledger,
    claim_one,
    find_delivery,
    plan_edition,
    plan_part,
    save_schedule,
    send_all,
    weeks_later,
)
from tests.support.makers import make_schedule

HOUR = timedelta(hours=1)


async def save_due(ledger: Ledger, number: int, *, state: ScheduleState = ScheduleState.ACTIVE, hours: int = 0) -> None:
    """A schedule that is to be looked at some hours after DUE."""
    schedule = make_schedule(id=ScheduleId(number), name=f"Schedule {number}", state=state)
    await ledger.schedules.save_schedule(schedule, next_due_at=DUE + hours * HOUR)


async def test_schedule_reads_as_it_was_saved(ledger: Ledger) -> None:
    """Every option of it."""
    schedule = make_schedule(
        id=ScheduleId(2**63 - 1),
        days=EVERY_DAY,
        at=time(23, 59),
        timezone="Pacific/Chatham",
        count=20,
        rule="upstream",
        min_score=0,
        topics=("ai", "law"),
        providers=("wbur.org",),
        muted_topics=("sport",),
        muted_providers=("example.com",),
        provider_cap=1,
        max_age=timedelta(days=3),
        max_lateness=timedelta(hours=1),
        empty_policy=EmptyPolicy.ARCHIVE,
        publish=True,
        mention_role=5,
        notice_channel_id=6,
        state=ScheduleState.PAUSED,
        state_reason=StopReason.UNKNOWN_ZONE,
    )
    await ledger.schedules.save_schedule(schedule, next_due_at=None)

    assert await ledger.schedules.find_schedule(schedule.id) == schedule


async def test_saving_again_replaces_the_schedule(ledger: Ledger) -> None:
    """`/schedule edit`."""
    await save_schedule(ledger)
    edited = await save_schedule(ledger, name="Daily", days=EVERY_DAY)

    assert await ledger.schedules.schedules() == (edited,)


async def test_unknown_schedule_is_not_found(ledger: Ledger) -> None:
    """None, not an error."""
    assert await ledger.schedules.find_schedule(SCHEDULE) is None


@pytest.mark.parametrize(
    "typed", ["Café News", "cafe news", "CAFÉ  NEWS", " café news ", "Cafe\u0301 News", "ＣＡＦＥ news"]
)
async def test_schedule_is_found_however_its_name_is_typed(ledger: Ledger, typed: str) -> None:
    """Case, marks, widths and spaces don't matter."""
    schedule = await save_schedule(ledger, name="Café News")

    assert await ledger.schedules.find_schedule_by_name(1, typed) == schedule


@pytest.mark.parametrize("name", ["weekly", "WEEKLY", "Wéekly"])
async def test_name_that_differs_only_in_case_or_marks_is_taken(ledger: Ledger, name: str) -> None:
    """Two schedules that nobody can tell apart."""
    await save_schedule(ledger, name="Weekly")

    with pytest.raises(BadInputError, match="already has a schedule"):
        await save_schedule(ledger, id=ScheduleId(12), name=name)


async def test_refused_name_leaves_both_schedules_as_they_were(ledger: Ledger) -> None:
    """Also when an edit asked for it."""
    weekly = await save_schedule(ledger, name="Weekly")
    other = await save_schedule(ledger, id=ScheduleId(12), name="Other")
    with pytest.raises(BadInputError):
        await save_schedule(ledger, id=ScheduleId(12), name="weekly")

    assert await ledger.schedules.schedules() == (other, weekly)


async def test_schedule_may_keep_its_own_name(ledger: Ledger) -> None:
    """Or write it otherwise."""
    await save_schedule(ledger, name="Weekly")
    renamed = await save_schedule(ledger, name="WEEKLY")

    assert await ledger.schedules.find_schedule_by_name(1, "weekly") == renamed


async def test_name_taken_in_one_server_is_free_in_another(ledger: Ledger) -> None:
    """Names are a server's own."""
    await save_schedule(ledger, name="Weekly")
    other = await save_schedule(ledger, id=ScheduleId(12), guild_id=2, name="Weekly")

    assert await ledger.schedules.find_schedule_by_name(2, "weekly") == other


async def test_schedule_of_another_server_is_not_found_by_name(ledger: Ledger) -> None:
    """Nobody reaches across."""
    await save_schedule(ledger, name="Weekly")

    assert await ledger.schedules.find_schedule_by_name(2, "Weekly") is None


@pytest.mark.parametrize("name", ["' OR 1=1 --", "%", "\N{ROBOT FACE}", "ß", "\u202enoon", '"', "a" * 60])
async def test_any_name_is_kept_as_it_is(ledger: Ledger, name: str) -> None:
    """What a person types is text and nothing else."""
    schedule = await save_schedule(ledger, name=name)

    assert await ledger.schedules.find_schedule_by_name(1, name) == schedule


async def test_schedules_of_a_server_come_by_name(ledger: Ledger) -> None:
    """As a list is read."""
    for number, name in enumerate(["b", "C", "á"]):
        await save_schedule(ledger, id=ScheduleId(number), name=name)
    await save_schedule(ledger, id=ScheduleId(9), guild_id=2, name="a")

    assert [schedule.name for schedule in await ledger.schedules.schedules(1)] == ["á", "b", "C"]


async def test_schedules_of_every_server_come_together(ledger: Ledger) -> None:
    """For the operator."""
    for guild in (2, 1):
        await save_schedule(ledger, id=ScheduleId(guild), guild_id=guild)

    assert [schedule.guild_id for schedule in await ledger.schedules.schedules()] == [1, 2]


async def test_due_schedules_come_earliest_first(ledger: Ledger) -> None:
    """The one that waits longest is planned first; the moment itself is due."""
    for number, hours in ((1, 0), (2, -2), (3, -1), (4, 1)):
        await save_due(ledger, number, hours=hours)

    assert [schedule.id for schedule in await ledger.schedules.due_schedules(DUE)] == [2, 3, 1]


@pytest.mark.parametrize("state", [ScheduleState.PAUSED, ScheduleState.OFF])
async def test_schedule_at_rest_is_not_due(ledger: Ledger, state: ScheduleState) -> None:
    """Nothing is planned for it."""
    await save_due(ledger, 1, state=state)

    assert await ledger.schedules.due_schedules(DUE) == ()


async def test_schedule_without_a_next_moment_is_not_due(ledger: Ledger) -> None:
    """None is not "at once"."""
    await save_schedule(ledger)

    assert await ledger.schedules.due_schedules(DUE) == ()


async def test_next_moment_is_remembered(ledger: Ledger) -> None:
    """The tick looks again then, and not before."""
    await save_due(ledger, 11)
    await ledger.schedules.change_schedule(SCHEDULE, lambda kept, _: (kept, weeks_later(1)))

    early, late = [await ledger.schedules.due_schedules(weeks_later(week)) for week in (0, 1)]

    assert (early, [schedule.id for schedule in late]) == ((), [11])


async def test_next_moment_can_be_taken_away(ledger: Ledger) -> None:
    """A schedule that has none any more."""
    await save_due(ledger, 11)
    await ledger.schedules.change_schedule(SCHEDULE, lambda kept, _: (kept, None))

    assert await ledger.schedules.due_schedules(weeks_later(9)) == ()


async def test_change_is_applied_to_the_schedule_as_it_is_stored(ledger: Ledger) -> None:
    """Two changes of what was read before both of them are both kept."""
    await save_schedule(ledger)

    await ledger.schedules.change_schedule(SCHEDULE, lambda kept, _: (replace(kept, count=3), None))
    await ledger.schedules.change_schedule(SCHEDULE, lambda kept, _: (replace(kept, provider_cap=4), None))

    kept = await ledger.schedules.find_schedule(SCHEDULE)
    assert kept is not None
    assert (kept.count, kept.provider_cap) == (3, 4)


async def test_change_is_given_the_editions_and_the_next_moment_as_they_are_stored(ledger: Ledger) -> None:
    """An edition may be planned between what an admin read and what they change."""
    key = (await plan_part(ledger)).edition
    seen: list[Outlook] = []

    def change(kept: Schedule, outlook: Outlook) -> tuple[Schedule, datetime]:
        seen.append(outlook)
        return kept, DUE

    await ledger.schedules.change_schedule(SCHEDULE, change)
    await send_all(ledger)
    await ledger.schedules.change_schedule(SCHEDULE, change)

    keys = frozenset({key})
    assert seen == [
        Outlook(next_due_at=None, planned=keys, unposted=keys),
        Outlook(next_due_at=DUE, planned=keys),
    ]


async def test_outlooks_are_those_of_a_server_by_name(ledger: Ledger) -> None:
    """The list shows each schedule with what was stored of it at the same moment."""
    for number, name in ((11, "Weekly"), (12, "Daily")):
        await ledger.schedules.save_schedule(make_schedule(id=ScheduleId(number), name=name), next_due_at=DUE)
    await ledger.schedules.save_schedule(make_schedule(id=ScheduleId(13), guild_id=99), next_due_at=DUE)

    found = await ledger.schedules.outlooks(make_schedule().guild_id)
    only = await ledger.schedules.outlooks(make_schedule().guild_id, ScheduleId(11))

    assert [schedule.name for schedule, _ in found] == ["Daily", "Weekly"]
    assert only == (found[1],)
    assert only[0][1] == Outlook(next_due_at=DUE)


async def test_change_that_raises_changes_nothing(ledger: Ledger) -> None:
    """The error reaches the caller."""
    schedule = await save_schedule(ledger)

    def change(_: Schedule, __: Outlook) -> tuple[Schedule, None]:
        raise BadInputError("No.")

    with pytest.raises(BadInputError):
        await ledger.schedules.change_schedule(SCHEDULE, change)
    assert await ledger.schedules.find_schedule(SCHEDULE) == schedule


async def test_change_of_a_deleted_schedule_is_not_made(ledger: Ledger) -> None:
    """Nobody brings it back."""
    await save_schedule(ledger)
    await ledger.schedules.delete_schedule(SCHEDULE, at=DUE)

    assert await ledger.schedules.change_schedule(SCHEDULE, lambda kept, _: (kept, DUE)) is None
    assert await ledger.schedules.due_schedules(DUE) == ()


async def test_deleted_schedule_is_not_found_any_more(ledger: Ledger) -> None:
    """By id, by name, in lists, when due."""
    await save_due(ledger, 11)
    before = await ledger.schedules.find_schedule(SCHEDULE)

    deleted = await ledger.schedules.delete_schedule(SCHEDULE, at=DUE)

    schedules = ledger.schedules
    assert deleted is not None
    assert deleted == before
    assert (
        await schedules.find_schedule(SCHEDULE),
        await schedules.find_schedule_by_name(1, "Schedule 11"),
        await schedules.schedules(),
        await schedules.due_schedules(DUE),
    ) == (None, None, (), ())


async def test_deleting_twice_deletes_once(ledger: Ledger) -> None:
    """The second admin is told that it is gone."""
    await save_schedule(ledger)
    await ledger.schedules.delete_schedule(SCHEDULE, at=DUE)

    assert not await ledger.schedules.delete_schedule(SCHEDULE, at=DUE)


async def test_deleting_an_unknown_schedule_deletes_nothing(ledger: Ledger) -> None:
    """None, not an error."""
    assert not await ledger.schedules.delete_schedule(SCHEDULE, at=DUE)


async def test_name_of_a_deleted_schedule_is_free(ledger: Ledger) -> None:
    """Deleted and created again."""
    await save_schedule(ledger)
    await ledger.schedules.delete_schedule(SCHEDULE, at=DUE)

    again = await save_schedule(ledger, id=ScheduleId(12))

    assert await ledger.schedules.schedules() == (again,)


async def test_deleted_schedule_is_not_brought_back_by_an_edit(ledger: Ledger) -> None:
    """Two admins: one deletes while the other edits."""
    await save_schedule(ledger)
    await ledger.schedules.delete_schedule(SCHEDULE, at=DUE)

    with pytest.raises(UnknownScheduleError):
        await save_schedule(ledger)


async def test_deletion_skips_the_parts_that_were_not_begun(ledger: Ledger) -> None:
    """And says why."""
    await plan_edition(ledger, parts=2)
    await claim_one(ledger)
    await ledger.schedules.delete_schedule(SCHEDULE, at=DUE)

    first, second = await ledger.deliveries.deliveries(SCHEDULE, EditionKey("2021-05-10"))

    assert (first.state, second.state, second.reason) == (
        DeliveryState.SENDING,
        DeliveryState.SKIPPED,
        "schedule deleted",
    )


async def test_posted_edition_of_a_deleted_schedule_still_answers(ledger: Ledger) -> None:
    """Its buttons are in the channel."""
    key = await plan_part(ledger)
    await send_all(ledger)
    delivery = await find_delivery(ledger.deliveries, key)
    assert delivery is not None

    await ledger.schedules.delete_schedule(SCHEDULE, at=DUE)

    assert await ledger.digest.find_edition_by_delivery(delivery.draft.key) is not None


async def test_oldest_due_moment_is_that_of_an_active_schedule_of_the_server(ledger: Ledger) -> None:
    """How long an edition has been waiting to be planned."""
    for number, (guild_id, weeks, state) in enumerate(
        [(1, 2, ScheduleState.ACTIVE), (1, 1, ScheduleState.PAUSED), (2, 0, ScheduleState.ACTIVE)], start=1
    ):
        schedule = make_schedule(id=ScheduleId(number), guild_id=guild_id, name=f"S{number}", state=state)
        await ledger.schedules.save_schedule(schedule, next_due_at=weeks_later(weeks))
    assert await ledger.schedules.oldest_due(weeks_later(2), 1) == weeks_later(2)
    assert await ledger.schedules.oldest_due(weeks_later(2)) == weeks_later(0)
    assert await ledger.schedules.oldest_due(weeks_later(1), 1) is None


async def test_changes_of_a_server_are_stored_together_or_not_at_all(ledger: Ledger) -> None:
    """One with a taken name takes the others and the editor roles back."""
    await save_due(ledger, 1)
    given: list[tuple[tuple[str, ...], frozenset[int]]] = []

    def change(*names: str) -> Callable[[tuple[tuple[Schedule, Outlook], ...], frozenset[int]], ServerChange]:
        def work(stored: tuple[tuple[Schedule, Outlook], ...], roles: frozenset[int]) -> ServerChange:
            given.append((tuple(each.name for each, _ in stored), roles))
            made = [make_schedule(id=ScheduleId(10 + number), name=name) for number, name in enumerate(names)]
            return ServerChange(saved=tuple((each, DUE) for each in made), editor_roles=frozenset({5}))

        return work

    server = make_schedule().guild_id
    with pytest.raises(BadInputError):
        await ledger.schedules.change_server(server, change("A", "schedule 1"))
    await ledger.schedules.change_server(server, change("A", "B"))
    await ledger.schedules.change_server(server, lambda *_: ServerChange())
    await ledger.schedules.change_server(server, change())

    first, everything = ("Schedule 1",), ("A", "B", "Schedule 1")
    assert given == [(first, frozenset()), (first, frozenset()), (everything, frozenset({5}))]
