"""Drafts on the editors' desk: acts with a revision, and messages that show them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from bot.errors import DraftChangedError
from bot.news.delivery import Delivery, DeliveryState, ScheduleId, nonce_for
from bot.news.edition import Edition, Reason, Verdict, Window
from bot.news.schedules.desk import Deed, Desk, DeskAct, DeskMessage, OnDesk, after, claimable_at
from tests.support.ledger import DUE, SCHEDULE, Ledger, claim, claim_one, plan_part, save_schedule, send_all
from tests.support.makers import make_article, make_delivery, make_draft, make_edition, make_pick

DRAFTED: Final = DUE - timedelta(hours=12)
LATENESS: Final = timedelta(hours=24)
KEPT, LOST, GAINED = make_article("kept"), make_article("lost"), make_article("gained")
EDITION: Final = make_edition(
    picks=(make_pick(KEPT), make_pick(LOST)), planned_at=DRAFTED, window=Window(start=None, end=DRAFTED)
)
DESK: Final = Desk(schedule_id=SCHEDULE, edition=EDITION.key, guild_id=1, channel_id=5, due_at=DUE)
DROP: Final = DeskAct(deed=Deed.DROP, at=DRAFTED, member_id=7, article_id=LOST.id, detail="A title")
HOLD: Final = DeskAct(deed=Deed.HOLD, at=DRAFTED, member_id=7)


def drawn(desk: Desk, edition: Edition = EDITION, *, revision: int = 0) -> list[Delivery]:
    """The one part of the draft, to be claimed as the desk says."""
    part = make_delivery(edition, revision=revision)
    draft = make_draft(f"Revision {revision}", key=nonce_for(part.key))
    return [replace(part, draft=draft, not_before=claimable_at(desk, LATENESS))]


async def put_on_desk(ledger: Ledger, desk: Desk = DESK) -> Desk:
    """A draft of two stories."""
    await save_schedule(ledger)
    verdicts = [Verdict(article_id=each.id, reason=Reason.PICKED, detail="") for each in (KEPT, LOST)]
    assert await ledger.digest.plan(EDITION, verdicts, drawn(desk), desk=desk) is not None
    return desk


async def drop_lost(ledger: Ledger, desk: Desk) -> Desk:
    """Take the second story out."""
    changed, edition = after(desk, Deed.DROP), replace(EDITION, picks=EDITION.picks[:1])
    return (await ledger.desks.change(changed, DROP, edition, drawn(changed, edition, revision=1))).desk


async def hold(ledger: Ledger, desk: Desk) -> Desk:
    """Hold the draft with the messages that it has."""
    held = after(desk, Deed.HOLD)
    return (await ledger.desks.change(held, HOLD, EDITION, drawn(held))).desk


async def found(ledger: Ledger) -> OnDesk:
    """The draft with all that belongs to it."""
    draft = await ledger.desks.find_draft(SCHEDULE, EDITION.key)
    assert draft is not None
    return draft


async def test_draft_is_kept_with_its_edition(ledger: Ledger) -> None:
    """It is on the desk, and its parts are planned."""
    desk = await put_on_desk(ledger)

    assert (await found(ledger)).desk == desk
    assert await ledger.desks.desks() == await ledger.desks.drafts(SCHEDULE) == (desk,)


async def test_draft_is_not_claimed_before_it_is_due(ledger: Ledger) -> None:
    """However long it was planned before."""
    await put_on_desk(ledger)

    assert await claim(ledger, DUE - timedelta(seconds=1)) == ()
    assert len(await claim(ledger, DUE)) == 1


async def test_held_draft_is_claimed_only_when_it_is_too_late(ledger: Ledger) -> None:
    """Which cancels it, so that its stories come back."""
    await hold(ledger, await put_on_desk(ledger))

    assert await claim(ledger, DUE + LATENESS) == ()
    assert len(await claim(ledger, DUE + LATENESS + timedelta(seconds=1))) == 1


async def test_act_replaces_messages_and_picks_together(ledger: Ledger) -> None:
    """The row that is claimed has the new message."""
    await drop_lost(ledger, await put_on_desk(ledger))

    edition = await ledger.digest.find_edition_by_key(SCHEDULE, EDITION.key)
    assert edition is not None
    assert [pick.article.id for pick in edition.picks] == [KEPT.id]
    assert (await claim_one(ledger)).draft.blocks == make_draft("Revision 1").blocks


async def test_dropped_story_has_its_reason(ledger: Ledger) -> None:
    """So that *why* says it."""
    await drop_lost(ledger, await put_on_desk(ledger))

    reasons = {each.article_id: each.reason for each in await ledger.digest.verdicts(SCHEDULE, EDITION.key)}
    assert reasons == {KEPT.id: Reason.PICKED, LOST.id: Reason.DROPPED}


async def test_story_that_was_taken_down_has_another_reason(ledger: Ledger) -> None:
    """No editor took it out."""
    desk = after(await put_on_desk(ledger), Deed.REDRAW)
    act = DeskAct(deed=Deed.REDRAW, at=DRAFTED, member_id=0)
    edition = replace(EDITION, picks=EDITION.picks[:1])
    await ledger.desks.change(desk, act, edition, drawn(desk, edition, revision=1))

    reasons = {each.article_id: each.reason for each in await ledger.digest.verdicts(SCHEDULE, EDITION.key)}
    assert reasons[LOST.id] is Reason.HIDDEN


async def test_story_that_was_swapped_in_is_picked(ledger: Ledger) -> None:
    """Whether or not it had a reason before."""
    desk = after(await put_on_desk(ledger), Deed.SWAP)
    edition = replace(EDITION, picks=(EDITION.picks[0], make_pick(GAINED)))
    await ledger.desks.change(desk, replace(DROP, deed=Deed.SWAP), edition, drawn(desk, edition, revision=1))

    reasons = {each.article_id: each.reason for each in await ledger.digest.verdicts(SCHEDULE, EDITION.key)}
    assert reasons == {KEPT.id: Reason.PICKED, LOST.id: Reason.DROPPED, GAINED.id: Reason.PICKED}


async def test_each_act_is_recorded_with_its_editor(ledger: Ledger) -> None:
    """In order, each with the revision that it led to."""
    desk = await put_on_desk(ledger)
    await hold(ledger, await drop_lost(ledger, desk))

    assert (await found(ledger)).acts == (replace(DROP, revision=1), replace(HOLD, revision=2))


async def test_editor_is_forgotten_and_the_act_stays(ledger: Ledger) -> None:
    """Without the id, of this member alone."""
    await hold(ledger, await put_on_desk(ledger))

    assert (await ledger.desks.count_acts(7), await ledger.desks.count_acts(8)) == (1, 0)
    assert (await ledger.desks.forget_editor(7), await ledger.desks.forget_editor(7)) == (1, 0)
    assert (await found(ledger)).acts == (replace(HOLD, revision=1, member_id=0),)


async def test_second_editor_at_the_same_revision_is_refused(ledger: Ledger) -> None:
    """And nothing of that act is stored."""
    desk = await put_on_desk(ledger)
    await drop_lost(ledger, desk)

    with pytest.raises(DraftChangedError):
        await hold(ledger, desk)
    assert len((await found(ledger)).acts) == 1


@pytest.mark.parametrize("is_claimed_again", [False, True])
async def test_edition_on_its_way_is_not_changed(ledger: Ledger, *, is_claimed_again: bool) -> None:
    """Neither while it is sent, nor once an attempt was refused."""
    desk = await put_on_desk(ledger)
    row = await claim_one(ledger)
    if is_claimed_again:
        await ledger.deliveries.mark_planned(row.key, row.attempt, not_before=DUE, reason="refused")

    with pytest.raises(DraftChangedError):
        await drop_lost(ledger, desk)
    assert await ledger.desks.drafts(SCHEDULE) == ()


async def test_act_returns_the_draft_as_it_left_it(ledger: Ledger) -> None:
    """With the picks, the parts and the acts of that moment, whatever comes right after it."""
    desk = await put_on_desk(ledger)
    changed, edition = after(desk, Deed.DROP), replace(EDITION, picks=EDITION.picks[:1])
    draft = await ledger.desks.change(changed, DROP, edition, drawn(changed, edition, revision=1))

    assert draft == await found(ledger)
    assert (draft.desk, draft.acts) == (changed, (replace(DROP, revision=1),))
    assert [part.revision for part in draft.parts] == [1]


async def test_editor_who_comes_too_late_reads_why(ledger: Ledger) -> None:
    """Another editor was faster, or it is not a draft any more."""
    desk = await put_on_desk(ledger)
    await drop_lost(ledger, desk)
    with pytest.raises(DraftChangedError, match="Somebody changed the draft"):
        await hold(ledger, desk)
    await claim_one(ledger)

    with pytest.raises(DraftChangedError, match="not a draft any more"):
        await hold(ledger, desk)


async def test_next_draft_is_skipped_whatever_was_done_to_it(ledger: Ledger) -> None:
    """No revision is named: it is the edition that is skipped."""
    await drop_lost(ledger, await put_on_desk(ledger))
    skip = replace(HOLD, deed=Deed.SKIP, detail="not this week")
    skipped = await ledger.desks.skip_next(SCHEDULE, skip, after=DUE - timedelta(seconds=1))

    assert skipped == await found(ledger)
    assert [(part.state, part.reason) for part in skipped.parts] == [(DeliveryState.SKIPPED, "not this week")]
    assert skipped.acts[-1] == replace(skip, revision=2)


async def test_only_a_draft_that_is_due_later_is_skipped(ledger: Ledger) -> None:
    """One that is due already is about to be posted."""
    await put_on_desk(ledger)
    skip = replace(HOLD, deed=Deed.SKIP)

    assert await ledger.desks.skip_next(SCHEDULE, skip, after=DUE) is None
    assert await ledger.desks.skip_next(ScheduleId(SCHEDULE + 1), skip, after=DRAFTED) is None
    assert (await found(ledger)).acts == ()


async def test_act_without_parts_skips_the_edition(ledger: Ledger) -> None:
    """Its stories are not told."""
    desk = after(await put_on_desk(ledger), Deed.SKIP)
    await ledger.desks.change(desk, replace(HOLD, deed=Deed.SKIP, detail="not this week"), EDITION, ())

    (part,) = await ledger.deliveries.deliveries(SCHEDULE, EDITION.key)
    assert (part.state, part.reason) == (DeliveryState.SKIPPED, "not this week")
    assert await ledger.digest.told(SCHEDULE, 100, before=DUE + LATENESS) == ()


async def test_draft_is_told_and_moves_the_cutoff_to_when_it_was_drafted(ledger: Ledger) -> None:
    """What comes in until it is due is new for the next edition."""
    await put_on_desk(ledger)

    told = await ledger.digest.told(SCHEDULE, 100, before=DUE + LATENESS)
    assert [each.pick_id for each in told] == [KEPT.id, LOST.id]
    assert await ledger.digest.last_cutoff(SCHEDULE, before=DUE + LATENESS) == DRAFTED


async def test_draft_is_found_as_an_edition_only_by_those_who_ask_for_drafts(ledger: Ledger) -> None:
    """Members see it once it is posted."""
    await put_on_desk(ledger)
    before = [await ledger.digest.find_edition(SCHEDULE, number) for number in (None, 1)]
    drafts = [await ledger.digest.find_edition(SCHEDULE, number, drafts=True) for number in (None, 1)]
    await send_all(ledger)

    assert before == [None, None]
    assert None not in drafts
    assert await ledger.digest.find_edition(SCHEDULE) == drafts[0]


async def test_draft_that_waits_is_not_overdue(ledger: Ledger) -> None:
    """An editor decides about it; nothing is wrong with the sender."""
    await hold(ledger, await put_on_desk(ledger))

    assert await ledger.deliveries.oldest_open_due() is None


async def test_draft_can_be_postponed_while_it_is_one(ledger: Ledger) -> None:
    """By the revision that was seen."""
    desk = await put_on_desk(ledger)
    later = [replace(part, not_before=DUE + LATENESS) for part in drawn(desk)]

    assert not await ledger.desks.postpone(replace(desk, revision=1), later)
    assert await ledger.desks.postpone(desk, later)
    assert await claim(ledger, DUE) == ()


async def test_parts_are_postponed_together(ledger: Ledger) -> None:
    """A caller's mistake is not stored."""
    desk = await put_on_desk(ledger)

    with pytest.raises(ValueError, match="one moment"):
        await ledger.desks.postpone(desk, [])


async def test_number_of_late_stories_is_kept(ledger: Ledger) -> None:
    """The revision stays: nothing that is posted changes."""
    desk = await put_on_desk(ledger)
    await ledger.desks.note_came_in(desk, 2)

    assert (await found(ledger)).desk == replace(desk, came_in=2)


async def test_message_of_the_desk_is_kept_by_its_number(ledger: Ledger) -> None:
    """And replaced by what is known of it later."""
    desk = await put_on_desk(ledger)
    tried = DeskMessage(number=0, tried_at=DRAFTED, first_tried_at=DRAFTED)
    posted = DeskMessage(number=0, message_id=900, shown="abc")
    for message in (DeskMessage(number=1), tried, posted):
        await ledger.desks.save_message(desk, message)

    assert await ledger.desks.messages(SCHEDULE, EDITION.key) == (posted, DeskMessage(number=1))


async def test_message_of_a_desk_that_is_not_there_is_not_kept(ledger: Ledger) -> None:
    """Its server may have been purged meanwhile."""
    await save_schedule(ledger)
    await ledger.desks.save_message(DESK, DeskMessage(number=0))

    assert await ledger.desks.messages(SCHEDULE, EDITION.key) == ()


async def test_closed_desk_is_left_alone(ledger: Ledger) -> None:
    """Nothing is left to show of it."""
    desk = await put_on_desk(ledger)
    await ledger.desks.close(desk)

    assert await ledger.desks.desks() == ()
    assert (await found(ledger)).desk == replace(desk, is_closed=True)


async def test_desks_are_read_by_server(ledger: Ledger) -> None:
    """One server's editors don't see another's."""
    desk = await put_on_desk(ledger)

    assert (await ledger.desks.desks(guild_id=1), await ledger.desks.desks(guild_id=2)) == ((desk,), ())


async def test_edition_without_a_desk_has_no_draft(ledger: Ledger) -> None:
    """Nothing of it is on a desk."""
    key = await plan_part(ledger)

    assert await ledger.desks.find_draft(SCHEDULE, key.edition) is None
    assert await ledger.desks.drafts(SCHEDULE) == ()
