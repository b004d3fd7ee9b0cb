"""Corrections of posted messages in the ledger: what is stored, begun and counted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from bot.errors import StoreDamagedError
from bot.news.choosing.correction import BegunEdit, Correction, CorrectionState, facts_now
from bot.news.delivery import Delivery, DeliveryKey
from bot.news.schedules.schedule import ScheduleState
from bot.store.sqlite import SqliteStore, open_store
from tests.support.clocks import ManualClock
from tests.support.ledger import DUE, LEASE, set_state
from tests.support.makers import make_article, make_delivery, make_draft, make_edition, make_pick, make_schedule

PICK: Final = make_pick(make_article("a"))
NOW: Final = DUE + timedelta(hours=1)
AGAIN: Final = NOW + timedelta(seconds=45)
MONTH: Final = timedelta(days=30)
KEY: Final = make_delivery().key
WANTED: Final = Correction(key=KEY, draft=make_draft("Second"), picks=(PICK,), withdraws=False)


@pytest.fixture
async def planned(tmp_path: Path, clock: ManualClock) -> AsyncIterator[SqliteStore]:
    """An edition of one message that is being sent."""
    async with open_store(tmp_path / "newsdesk.db", clock=clock) as store:
        await store.schedules.save_schedule(make_schedule(), next_due_at=None)
        edition = make_edition(picks=(PICK,))
        assert await store.digest.plan(edition, (), [make_delivery(edition)]) is not None
        yield store


async def send(store: SqliteStore, *, message_id: int = 1000) -> Delivery:
    """Let the message be posted at the moment at which it is due."""
    (row,) = await store.deliveries.claim(now=DUE, lease_until=DUE + LEASE)
    assert await store.deliveries.mark_sent(row.key, row.attempt, message_id=message_id, at=DUE)
    return row


@pytest.fixture
async def store(planned: SqliteStore) -> SqliteStore:
    """The message was posted."""
    await send(planned)
    return planned


async def begin(store: SqliteStore) -> BegunEdit:
    """Begin the edit that is due."""
    begun = await store.corrections.begin_edit(KEY, now=NOW, again_at=AGAIN)
    assert begun is not None
    return begun


async def due(store: SqliteStore) -> list[DeliveryKey]:
    """The messages that may be edited now."""
    found = await store.corrections.to_correct(now=NOW, since=DUE - MONTH)
    return [each.key for each in found]


async def found(store: SqliteStore) -> Correction:
    """The message's correction."""
    correction = await store.corrections.find_correction(KEY)
    assert correction is not None
    return correction


async def test_correction_is_due_at_once(store: SqliteStore) -> None:
    """With the message and the stories that it was stored with."""
    assert await store.corrections.find_correction(KEY) is None
    assert await store.corrections.save_correction(WANTED)

    assert await found(store) == WANTED
    assert await due(store) == [KEY]


async def test_message_that_was_not_posted_has_no_correction(planned: SqliteStore) -> None:
    """It is drawn again when it is sent."""
    assert not await planned.corrections.save_correction(WANTED)
    assert await planned.corrections.shown(since=DUE - MONTH) == ()


async def test_articles_of_posted_messages_are_known_as_they_were_shown(store: SqliteStore) -> None:
    """Of those that were posted since a moment."""
    (shown,) = await store.corrections.shown(since=DUE - MONTH)
    (showing,) = await store.corrections.showing([PICK.article.id], since=DUE - MONTH)

    assert (shown.article_id, shown.facts) == (PICK.article.id, facts_now(PICK.article))
    assert (showing.key, showing.article_ids, showing.is_active) == (KEY, frozenset({PICK.article.id}), True)
    assert await store.corrections.shown(since=DUE) == ()
    assert await store.corrections.showing([PICK.article.id], since=DUE) == ()


async def test_message_that_was_found_deleted_can_not_be_corrected(planned: SqliteStore) -> None:
    """It has no id."""
    await send(planned, message_id=0)

    assert await planned.corrections.shown(since=DUE - MONTH) == ()


async def test_begun_edit_is_not_begun_again_before_its_request_must_have_ended(store: SqliteStore) -> None:
    """Then it is the same edit, which counts once."""
    await store.corrections.save_correction(WANTED)
    first = await begin(store)
    assert await store.corrections.begin_edit(KEY, now=NOW, again_at=AGAIN) is None
    assert await due(store) == []

    second = await store.corrections.begin_edit(KEY, now=AGAIN, again_at=AGAIN + LEASE)
    assert second == replace(first, before=1)
    assert await found(store) == replace(WANTED, state=CorrectionState.SENDING, edits=1, is_unsettled=True)


async def test_edit_that_arrived_is_what_the_message_shows(store: SqliteStore) -> None:
    """And the next one waits."""
    await store.corrections.save_correction(WANTED)
    assert await store.corrections.end_edit(await begin(store), at=AGAIN, again_at=AGAIN + timedelta(hours=1))
    done = replace(WANTED, state=CorrectionState.DONE, shown=(PICK,), edits=1, corrected_at=AGAIN)
    assert await found(store) == done
    assert await store.corrections.corrected_at(KEY.schedule_id) == {KEY: AGAIN}

    assert await store.corrections.save_correction(replace(WANTED, revision=2, picks=()))
    assert await found(store) == replace(done, state=CorrectionState.DUE, revision=2, picks=())
    assert await due(store) == []


async def test_refused_edit_does_not_count(store: SqliteStore) -> None:
    """It may have another form the next time."""
    await store.corrections.save_correction(WANTED)
    plain = make_draft("Plain")
    assert await store.corrections.put_off_edit(await begin(store), again_at=NOW, reason="403", draft=plain)

    assert await found(store) == replace(WANTED, draft=plain, reason="403")
    assert (await begin(store)).reason == "403"


async def test_refusal_after_an_attempt_that_may_have_arrived_leaves_it_counted(store: SqliteStore) -> None:
    """Nobody knows what readers saw."""
    await store.corrections.save_correction(WANTED)
    await begin(store)
    again = await store.corrections.begin_edit(KEY, now=AGAIN, again_at=AGAIN + LEASE)
    assert again is not None
    await store.corrections.put_off_edit(again, again_at=AGAIN, reason="403")

    assert await found(store) == replace(WANTED, reason="403", edits=1, is_unsettled=True)


async def test_nothing_else_is_drawn_while_an_edit_may_have_arrived(store: SqliteStore) -> None:
    """Nor is it taken back: the channel may show it."""
    await store.corrections.save_correction(WANTED)
    begun = await begin(store)
    assert not await store.corrections.save_correction(replace(WANTED, revision=2))
    assert not await store.corrections.drop_correction(WANTED)

    again = await store.corrections.begin_edit(KEY, now=AGAIN, again_at=AGAIN + LEASE)
    assert again is not None
    assert await store.corrections.put_off_edit(again, again_at=AGAIN, reason="403")
    assert not await store.corrections.save_correction(replace(WANTED, revision=2))
    assert not await store.corrections.drop_correction(WANTED)
    assert begun.before == 0


async def test_another_look_stores_only_the_next_revision(store: SqliteStore) -> None:
    """Of two looks that saw the same one, the second changes nothing."""
    await store.corrections.save_correction(WANTED)

    assert not await store.corrections.save_correction(WANTED)
    assert not await store.corrections.save_correction(replace(WANTED, revision=3))
    assert await store.corrections.save_correction(replace(WANTED, revision=2))


async def test_correction_is_taken_back_before_it_was_begun(store: SqliteStore) -> None:
    """A first one leaves nothing; a later one leaves what the message shows."""
    await store.corrections.save_correction(WANTED)
    assert await store.corrections.drop_correction(WANTED)
    assert await store.corrections.find_correction(KEY) is None

    await store.corrections.save_correction(WANTED)
    await store.corrections.end_edit(await begin(store), at=NOW, again_at=NOW)
    second = replace(WANTED, revision=2, picks=())
    await store.corrections.save_correction(second)
    assert await store.corrections.drop_correction(second)
    after = await found(store)
    assert (after.state, after.picks, after.edits) == (CorrectionState.DONE, (PICK,), 1)


async def test_correction_that_was_given_up_stays_so(store: SqliteStore) -> None:
    """The message is gone."""
    await store.corrections.save_correction(WANTED)
    begun = await begin(store)
    assert await store.corrections.give_up_edits(begun, reason="gone")

    assert (await found(store)).reason == "gone"
    assert not await store.corrections.save_correction(replace(WANTED, revision=2))
    assert not await store.corrections.end_edit(begun, at=NOW, again_at=NOW)
    assert await store.corrections.begin_edit(KEY, now=DUE + MONTH, again_at=DUE + MONTH) is None


async def test_late_mark_changes_nothing(store: SqliteStore) -> None:
    """Another revision is on its way, or none."""
    await store.corrections.save_correction(WANTED)
    begun = await begin(store)
    await store.corrections.end_edit(begun, at=NOW, again_at=NOW)

    assert not await store.corrections.end_edit(begun, at=AGAIN, again_at=AGAIN)
    assert not await store.corrections.put_off_edit(begun, again_at=AGAIN, reason="403")
    assert not await store.corrections.give_up_edits(begun, reason="gone")
    assert (await found(store)).corrected_at == NOW


@pytest.mark.parametrize(("withdraws", "expected"), [(True, [KEY]), (False, [])])
@pytest.mark.parametrize("stop", ["paused", "off", "deleted"])
async def test_stopped_schedule_only_loses_stories(
    store: SqliteStore, stop: str, *, withdraws: bool, expected: list[DeliveryKey]
) -> None:
    """As it is when the edit is begun; its last name is known."""
    await store.corrections.save_correction(replace(WANTED, withdraws=withdraws))
    if stop == "deleted":
        await store.schedules.delete_schedule(KEY.schedule_id, at=NOW)
    else:
        await set_state(store.schedules, KEY.schedule_id, ScheduleState(stop))
    schedule = await store.corrections.schedule_of(KEY)

    assert await due(store) == expected
    assert (await store.corrections.begin_edit(KEY, now=NOW, again_at=AGAIN) is not None) is withdraws
    assert schedule is not None
    assert schedule.name == "Weekly"


async def test_edits_of_a_channel_can_be_postponed(store: SqliteStore) -> None:
    """Those of other channels go on."""
    await store.corrections.save_correction(WANTED)

    assert await store.corrections.edits_later(KEY.channel_id + 1, at=AGAIN) == 0
    assert await store.corrections.edits_later(KEY.channel_id, at=AGAIN) == 1
    assert await due(store) == []


async def test_message_posted_too_long_ago_is_passed_over(store: SqliteStore) -> None:
    """Its correction waited in vain."""
    await store.corrections.save_correction(WANTED)

    assert await store.corrections.to_correct(now=NOW, since=DUE) == ()


async def test_corrections_go_with_their_schedule(store: SqliteStore) -> None:
    """A server that was left leaves nothing."""
    await store.corrections.save_correction(WANTED)
    await store.schedules.guild_left(make_schedule().guild_id, at=DUE)
    assert await due(store) == []
    await store.schedules.purge_guilds(left_before=NOW)

    assert await store.corrections.find_correction(KEY) is None
    assert await store.corrections.schedule_of(KEY) is None


@pytest.mark.parametrize("column", ["draft", "picks"])
async def test_damaged_correction_is_an_error(store: SqliteStore, column: str) -> None:
    """It names the message and how to restore."""
    await store.corrections.save_correction(WANTED)
    await store.files.ledger.write(
        lambda connection: connection.execute(f"UPDATE correction SET {column} = 'torn'").rowcount  # noqa: S608
    )

    with pytest.raises(StoreDamagedError, match="correction of part 1 of edition 2021-05-10"):
        await store.corrections.find_correction(KEY)
