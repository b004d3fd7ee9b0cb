"""Servers that the bot leaves: nothing more is sent, and in the end nothing is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.news.article import INSTANCE_SHELF, ShelfId, server_shelf
from bot.news.delivery import DeliveryKey, DeliveryState, EditionKey, ScheduleId
from bot.news.notices.notice import Notice, NoticeCause, NoticeKind
from bot.news.schedules.schedule import ScheduleState, StopReason
from tests.support.ledger import (
    DUE,
    SCHEDULE,
    Ledger,
    claim,
    claim_one,
    find_delivery,
    found,
    plan_edition,
    plan_part,
    save_schedule,
)
from tests.support.makers import make_schedule, make_seed, make_stub

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


async def neighbour(ledger: Ledger) -> DeliveryKey:
    """Another server with a schedule, an edition and a notice."""
    await save_schedule(ledger, id=ScheduleId(22), guild_id=2)
    await ledger.admin.add_notice(Notice(guild_id=2, cause=NoticeCause(kind=NoticeKind.LATE), text="Late.", at=DUE))
    return await plan_part(ledger, schedule_id=ScheduleId(22))


async def test_leaving_switches_every_schedule_off_but_those_that_a_member_paused(ledger: Ledger) -> None:
    """The member's decision outlasts the bot's absence; the bot's own reason doesn't."""
    paused: dict[str, Any] = {"state": ScheduleState.PAUSED}
    await save_schedule(ledger)
    await save_schedule(ledger, id=ScheduleId(12), name="By a member", **paused)
    await save_schedule(ledger, id=ScheduleId(13), name="By the bot", state_reason=StopReason.NO_PERMISSION, **paused)

    await ledger.schedules.guild_left(1, at=DUE)

    states = {schedule.id: schedule.state for schedule in await ledger.schedules.schedules(1)}
    assert states == {11: ScheduleState.OFF, 12: ScheduleState.PAUSED, 13: ScheduleState.OFF}


async def test_every_server_of_which_anything_is_kept_is_known(ledger: Ledger) -> None:
    """A schedule, also a deleted one, a notice, an upload, or the record of one that was refused."""
    await save_schedule(ledger, id=ScheduleId(1), guild_id=1)
    await save_schedule(ledger, id=ScheduleId(2), guild_id=2)
    await ledger.schedules.delete_schedule(ScheduleId(2), at=DUE)
    await ledger.admin.add_notice(Notice(guild_id=3, cause=NoticeCause(kind=NoticeKind.LATE), text="Late.", at=DUE))
    await ledger.articles.put_seeds(server_shelf(4), [make_seed("a", shelf=server_shelf(4))], seen_at=DUE)
    await ledger.articles.put_seeds(INSTANCE_SHELF, [make_seed("b")], seen_at=DUE)
    await ledger.articles.begin_import(server_shelf(5), at=DUE, since=DUE - DAY, limit=1)

    assert await ledger.schedules.kept_guilds() == {1, 2, 3, 4, 5}


async def test_leaving_skips_every_part_that_is_not_sent(ledger: Ledger) -> None:
    """And says why; one that waits for a person is among them."""
    await plan_edition(ledger, parts=3)
    first = await claim_one(ledger)
    await ledger.deliveries.mark_sent(first.key, first.attempt, message_id=5, at=DUE)
    second = await claim_one(ledger)
    await ledger.deliveries.mark_unknown(second.key, second.attempt, reason="?")
    await ledger.schedules.guild_left(1, at=DUE)

    sent, *skipped = await ledger.deliveries.deliveries(SCHEDULE, EditionKey("2021-05-10"))

    assert sent.state is DeliveryState.SENT
    assert {(part.state, part.reason) for part in skipped} == {(DeliveryState.SKIPPED, "server left")}


async def test_leaving_skips_a_part_that_is_on_its_way(ledger: Ledger) -> None:
    """What became of it can't be found out any more; its mark comes too late."""
    key = await plan_part(ledger)
    row = await claim_one(ledger)
    await ledger.schedules.guild_left(1, at=DUE)

    assert not await ledger.deliveries.mark_sent(key, row.attempt, message_id=5, at=DUE)

    assert (await found(ledger, key)).state is DeliveryState.SKIPPED


async def test_leaving_one_server_leaves_the_others_as_they_are(ledger: Ledger) -> None:
    """Their editions go on."""
    key = await neighbour(ledger)
    await plan_part(ledger)

    await ledger.schedules.guild_left(1, at=DUE)

    assert [delivery.key for delivery in await claim(ledger)] == [key]


async def test_leaving_a_server_without_schedules_is_remembered(ledger: Ledger) -> None:
    """Its uploads are purged like any other's."""
    await ledger.schedules.guild_left(1, at=DUE)

    assert await ledger.schedules.purge_guilds(left_before=DUE + DAY) == 1


async def test_purge_spares_a_server_left_at_the_moment_itself(ledger: Ledger) -> None:
    """Thirty days are thirty days."""
    await plan_part(ledger)
    await ledger.schedules.guild_left(1, at=DUE)

    purged = await ledger.schedules.purge_guilds(left_before=DUE)

    assert (purged, len(await ledger.schedules.schedules(1))) == (0, 1)


async def test_purge_deletes_schedules_editions_deliveries_and_notices(ledger: Ledger) -> None:
    """Nothing of the server is left to ask for."""
    key = await plan_part(ledger)
    draft_key = (await found(ledger, key)).draft.key
    await ledger.admin.add_notice(
        Notice(guild_id=1, schedule_id=SCHEDULE, cause=NoticeCause(kind=NoticeKind.LATE), text="Late.", at=DUE)
    )
    await ledger.schedules.guild_left(1, at=DUE)

    purged = await ledger.schedules.purge_guilds(left_before=DUE + SECOND)

    assert purged == 1
    assert await ledger.schedules.schedules(1) == ()
    assert await find_delivery(ledger.deliveries, key) is None
    assert await ledger.digest.find_edition(SCHEDULE) is None
    assert await ledger.digest.find_edition_by_delivery(draft_key) is None
    assert await ledger.admin.notices(1, unread_only=False) == ()


async def test_purge_leaves_other_servers_alone(ledger: Ledger) -> None:
    """Their schedule, edition, delivery and notice."""
    key = await neighbour(ledger)
    await plan_part(ledger)
    await ledger.schedules.guild_left(1, at=DUE)

    await ledger.schedules.purge_guilds(left_before=DUE + DAY)

    assert await ledger.schedules.schedules(2) == (make_schedule(id=ScheduleId(22), guild_id=2),)
    assert await ledger.digest.find_edition(ScheduleId(22)) is not None
    assert (await found(ledger, key)).state is DeliveryState.PLANNED
    assert len(await ledger.admin.notices(2)) == 1


async def test_purge_leaves_the_instances_notices(ledger: Ledger) -> None:
    """They are the operator's."""
    await ledger.admin.add_notice(Notice(guild_id=None, cause=NoticeCause(kind=NoticeKind.LATE), text="Wait.", at=DUE))
    await ledger.schedules.guild_left(1, at=DUE)

    await ledger.schedules.purge_guilds(left_before=DUE + DAY)

    assert len(await ledger.admin.notices(None)) == 1


async def test_purge_spares_a_server_that_the_bot_came_back_to(ledger: Ledger) -> None:
    """An invitation by mistake and back again loses nothing."""
    await plan_part(ledger)
    await ledger.schedules.guild_left(1, at=DUE)
    await ledger.schedules.guild_joined(1)

    purged = await ledger.schedules.purge_guilds(left_before=DUE + DAY)

    assert (purged, len(await ledger.schedules.schedules(1))) == (0, 1)


async def test_coming_back_does_not_begin_to_post_again(ledger: Ledger) -> None:
    """A person resumes it."""
    await save_schedule(ledger)
    await ledger.schedules.guild_left(1, at=DUE)
    await ledger.schedules.guild_joined(1)

    assert [schedule.state for schedule in await ledger.schedules.schedules(1)] == [ScheduleState.OFF]


async def test_hearing_twice_of_leaving_counts_from_the_first(ledger: Ledger) -> None:
    """Each restart gets the event again; the thirty days don't restart."""
    await ledger.schedules.guild_left(1, at=DUE)
    await ledger.schedules.guild_left(1, at=DUE + DAY)

    assert await ledger.schedules.purge_guilds(left_before=DUE + SECOND) == 1


async def test_leaving_again_after_coming_back_counts_from_the_second(ledger: Ledger) -> None:
    """The first leaving was taken back."""
    await ledger.schedules.guild_left(1, at=DUE)
    await ledger.schedules.guild_joined(1)
    await ledger.schedules.guild_left(1, at=DUE + DAY)

    assert await ledger.schedules.purge_guilds(left_before=DUE + SECOND) == 0


async def test_purging_twice_purges_once(ledger: Ledger) -> None:
    """The daily round finds nothing more to do."""
    await plan_part(ledger)
    await ledger.schedules.guild_left(1, at=DUE)

    counts = [await ledger.schedules.purge_guilds(left_before=DUE + DAY) for _ in range(2)]

    assert counts == [1, 0]


async def test_several_servers_are_purged_together(ledger: Ledger) -> None:
    """One count for all."""
    await neighbour(ledger)
    for guild in (1, 2, 3):
        await ledger.schedules.guild_left(guild, at=DUE)

    assert await ledger.schedules.purge_guilds(left_before=DUE + DAY) == 3


OWN, OTHERS = server_shelf(1), server_shelf(2)


async def upload(ledger: Ledger, shelf: ShelfId, *, count: int = 1) -> None:
    """Some seeds on a shelf, each with a stub."""
    stub = make_stub("s", shelf=shelf)
    seeds = [make_seed(f"seed{number}", shelf=shelf, coverage=[stub]) for number in range(count)]
    await ledger.articles.put_seeds(shelf, seeds, seen_at=DUE)


async def purge(ledger: Ledger) -> int:
    """Leave server 1 and purge it."""
    await ledger.schedules.guild_left(1, at=DUE)
    return await ledger.schedules.purge_guilds(left_before=DUE + DAY)


async def test_purge_deletes_the_servers_own_articles(ledger: Ledger) -> None:
    """As if it had never uploaded anything: its next import is its first."""
    await upload(ledger, OWN)

    await purge(ledger)

    assert (await ledger.articles.is_empty_shelf(OWN), (await ledger.articles.shelf_size(OWN)).articles) == (True, 0)


async def test_purge_deletes_more_articles_than_go_in_one_batch(ledger: Ledger) -> None:
    """A shelf may hold twenty thousand."""
    await upload(ledger, OWN, count=1201)

    await purge(ledger)

    assert (await ledger.articles.shelf_size(OWN)).articles == 0


@pytest.mark.parametrize("shelf", [INSTANCE_SHELF, OTHERS])
async def test_purge_leaves_the_articles_of_other_shelves(ledger: Ledger, shelf: ShelfId) -> None:
    """The operator's folder, and what other servers uploaded."""
    await upload(ledger, OWN)
    await upload(ledger, shelf)

    await purge(ledger)

    assert await ledger.articles.find_article([shelf], make_seed("seed0", shelf=shelf).article.id) is not None


async def test_purged_server_can_begin_anew(ledger: Ledger) -> None:
    """Invited again, it uploads again."""
    await upload(ledger, OWN)
    await purge(ledger)
    await ledger.schedules.guild_joined(1)

    await upload(ledger, OWN)

    assert (await ledger.articles.shelf_size(OWN)).articles == 1
