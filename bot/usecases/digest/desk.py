"""The editors' desk: read a draft, change it, keep it true to what holds, and skip it.

Each act names the revision that its editor saw. If the draft was changed meanwhile, nothing is done, and the editor
sees the draft as it is. The act, the new messages and the new picks are stored in one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bot.errors import BadInputError, DraftChangedError, UnknownEditionError
from bot.news.article import ArticleId
from bot.news.choosing.recheck import Finding, recheck
from bot.news.choosing.sections import by_section
from bot.news.delivery import EditionKey, ScheduleId
from bot.news.edition import LATE_AFTER, Pick, Reason, Window
from bot.news.schedules.desk import (
    Deed,
    Desk,
    DeskAct,
    DeskFace,
    OnDesk,
    after,
    claimable_at,
    desk_key,
    draft_was_changed,
    dropped,
    moved_up,
    next_best,
    not_a_draft,
    swapped,
    with_headline,
    with_note,
)
from bot.news.schedules.schedule import NOBODY, Schedule
from bot.news.servers import log
from bot.render.edition.desk import draft_desk
from bot.render.edition.digest import count_fitting
from bot.store.port import Store
from bot.usecases.digest.choose import StoryNames, choose_others
from bot.usecases.digest.parts import planned_parts, without_taken_down

SKIPPED_ON_DESK = "skipped with /schedule skip-next"

_LOGGED: Final = {
    Deed.APPROVE: log.Act.DRAFT_APPROVE,
    Deed.HOLD: log.Act.DRAFT_HOLD,
    Deed.SEND: log.Act.DRAFT_SEND,
    Deed.DROP: log.Act.DRAFT_DROP,
    Deed.UP: log.Act.DRAFT_UP,
    Deed.SWAP: log.Act.DRAFT_SWAP,
    Deed.NOTE: log.Act.DRAFT_NOTE,
    Deed.HEADLINE: log.Act.DRAFT_HEADLINE,
}
"""How the server's log names what an editor does to a draft."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What an editor wants done.

    Attributes:
        article_id: The story; None for the draft as a whole.
        text: The note or the headline, as it was typed.
        signed: The editor's name below the note; empty for none.
        by: The member, for the server's log; None not to log it.
    """

    deed: Deed
    article_id: ArticleId | None = None
    text: str = ""
    signed: str = ""
    by: log.Deed | None = None


async def read_desk(store: Store, schedule_id: ScheduleId, key: EditionKey) -> OnDesk:
    """Read a draft, also one that was posted or skipped since.

    Raises:
        UnknownEditionError: there is none.
    """
    found = await store.desks.find_draft(schedule_id, key)
    if found is None:
        raise UnknownEditionError("This draft was deleted.", cure="See /schedule list.")
    return found


async def act_on_draft(
    store: Store,
    schedule_id: ScheduleId,
    key: EditionKey,
    order: Order,
    *,
    revision: int,
    member_id: int,
    now: datetime,
    stories: StoryNames | None = None,
) -> OnDesk:
    """Do what an editor wants done to a draft, and return it as it is right after that.

    Args:
        store: The database.
        schedule_id: The schedule of the draft.
        key: The key of its edition.
        order: What to do.
        revision: Of the draft that the editor saw.
        member_id: The editor.
        now: The current moment.
        stories: Story ids, as for `plan_edition`.

    Raises:
        UnknownEditionError: there is no such draft.
        DraftChangedError: somebody changed it meanwhile, or it is already on its way; nothing is done.
        BadInputError: the order can't be carried out.
    """
    seen = await read_desk(store, schedule_id, key)
    schedule = seen.schedule
    if schedule is None or not seen.can_change:
        raise not_a_draft()
    if seen.desk.revision != revision:
        raise draft_was_changed()
    picks, detail = await _ordered(store, seen, schedule, order, now, stories)
    entry = log.entry_of(order.by, _LOGGED[order.deed], schedule.name, detail)
    act = DeskAct(deed=order.deed, at=now, member_id=member_id, article_id=order.article_id, detail=detail, entry=entry)
    return await _change(store, seen, schedule, act, picks, now, draws=order.article_id is not None)


async def _ordered(
    store: Store, seen: OnDesk, schedule: Schedule, order: Order, now: datetime, stories: StoryNames | None
) -> tuple[tuple[Pick, ...], str]:
    """The picks after an order, and what is recorded beside it."""
    picks, article = seen.edition.picks, order.article_id
    if article is None:
        return picks, ""
    title = next((pick.shown.title for pick in picks if pick.article.id == article), "")
    match order.deed:
        case Deed.DROP:
            return dropped(picks, article), title
        case Deed.UP:
            moved = by_section(moved_up(picks, article), schedule)
            if moved == picks:
                raise BadInputError("This story is already the first of its section.", cure="Move another one up.")
            return moved, title
        case Deed.NOTE:
            return with_note(picks, article, order.text, order.signed), order.text
        case Deed.HEADLINE:
            return with_headline(picks, article, order.text), order.text
        case Deed.SWAP:
            other = await _next_best(store, seen, schedule, now, stories)
            is_brief = any(pick.is_brief for pick in picks if pick.article.id == article)
            changed = swapped(picks, article, replace(other, is_brief=is_brief))
            return by_section(changed, schedule), f"{title} / {other.article.title}"
        case _:
            raise ValueError(f"{order.deed} is not done to a story")


async def _next_best(store: Store, seen: OnDesk, schedule: Schedule, now: datetime, stories: StoryNames | None) -> Pick:
    window = Window(start=seen.edition.window.start, end=now)
    others = await choose_others(store, schedule, window=window, stories=stories)
    verdicts = await store.digest.verdicts(seen.edition.schedule_id, seen.edition.key)
    left_out = frozenset(each.article_id for each in verdicts if each.reason is Reason.DROPPED)
    found = next_best(others, seen.edition.picks, left_out)
    if found is None:
        raise BadInputError("There is no other story to swap it for.", cure="Drop it instead.")
    return found


async def _change(
    store: Store,
    seen: OnDesk,
    schedule: Schedule,
    act: DeskAct,
    picks: Sequence[Pick],
    now: datetime,
    *,
    draws: bool,
) -> OnDesk:
    """Store a draft's new picks and messages; if it isn't drawn, the messages stay as the editor saw them.

    Raises:
        DraftChangedError: as `DeskStore.change`.
        BadInputError: the new messages have no room for the stories.
    """
    desk = after(seen.desk, act.deed)
    edition, parts = seen.edition, seen.parts
    if draws or await _is_outdated(store, seen, now):
        if count_fitting(picks, schedule, now=now) < len(picks):
            raise BadInputError("The edition's messages have no room for this.", cure="Shorten it, or drop a story.")
        edition = replace(edition, picks=tuple(picks), is_late=now - edition.due_at > LATE_AFTER)
        parts = planned_parts(edition, schedule, now=now, revision=1 + max(part.revision for part in parts))
        parts = tuple(replace(part, drawn_at=now) for part in parts)
    free_at = claimable_at(desk, schedule.max_lateness)
    return await store.desks.change(desk, act, edition, [replace(part, not_before=free_at) for part in parts])


async def _is_outdated(store: Store, seen: OnDesk, now: datetime) -> bool:
    """True if the messages would be drawn again when they are sent."""
    holding = await store.deliveries.holding(seen.parts[0].key)
    return recheck(seen.parts[0], holding, now) is Finding.OUTDATED


async def refresh_drafts(store: Store, *, now: datetime) -> int:
    """Bring the drafts on all desks up to what holds now, and return how many were changed.

    A story that was taken down leaves its draft; a draft without a story is skipped, and a schedule that was edited is
    seen in its drafts. What would be drawn again when it is sent is drawn again here, so that editors see it.
    """
    changed = 0
    for desk in await store.desks.desks():
        seen = await read_desk(store, desk.schedule_id, desk.edition)
        if seen.schedule is not None and seen.can_change:
            changed += await _refresh(store, seen, seen.schedule, now)
    return changed


async def _refresh(store: Store, seen: OnDesk, schedule: Schedule, now: datetime) -> bool:
    holding = await store.deliveries.holding(seen.parts[0].key)
    picks = without_taken_down(seen.edition.picks, holding.taken_down)
    act = DeskAct(deed=Deed.REDRAW, at=now, member_id=NOBODY)
    try:
        if seen.edition.picks and not picks:
            lost = replace(act, detail=Finding.EMPTIED)
            await store.desks.change(after(seen.desk, act.deed), lost, seen.edition, ())
            return True
        if picks != seen.edition.picks or await _is_outdated(store, seen, now):
            detail = _lost(seen.edition.picks, picks)
            await _change(store, seen, schedule, replace(act, detail=detail), picks, now, draws=True)
            return True
        free_at = claimable_at(seen.desk, schedule.max_lateness)
        if seen.parts[0].not_before == free_at:
            return False
        return await store.desks.postpone(seen.desk, [replace(part, not_before=free_at) for part in seen.parts])
    except (DraftChangedError, BadInputError):  # an editor was faster; the next look finds what is left to do
        return False


def _lost(before: Sequence[Pick], picks: Sequence[Pick]) -> str:
    """The titles of the stories that were taken down, for the desk."""
    kept = {pick.article.id for pick in picks}
    return " / ".join(pick.shown.title for pick in before if pick.article.id not in kept)


async def skip_draft(
    store: Store, schedule: Schedule, *, member_id: int, now: datetime, by: log.Deed | None = None
) -> OnDesk | None:
    """Skip the schedule's draft that is due next, whatever editors did to it, and return it; None if none is ahead.

    Its stories roll over to the following edition.

    Args:
        store: The database.
        schedule: The schedule of the draft.
        member_id: The member who skips it.
        now: The current moment.
        by: The same, for the log.
    """
    entry = log.entry_of(by, log.Act.SKIP, schedule.name)
    act = DeskAct(deed=Deed.SKIP, at=now, member_id=member_id, detail=SKIPPED_ON_DESK, entry=entry)
    return await store.desks.skip_next(schedule.id, act, after=now)


async def count_came_in(store: Store, desk: Desk, *, now: datetime, stories: StoryNames | None = None) -> int:
    """Count the stories that came in since an edition was drafted, and record it with the draft."""
    seen = await read_desk(store, desk.schedule_id, desk.edition)
    if seen.schedule is None:
        return 0
    window = Window(start=seen.edition.window.end, end=max(now, seen.edition.window.end))
    others = await choose_others(store, seen.schedule, window=window, stories=stories)
    count = sum(not pick.is_carried for pick in others)
    if count != desk.came_in:
        await store.desks.note_came_in(desk, count)
    return count


async def desk_face(store: Store, desk: Desk) -> DeskFace:
    """Draw what a desk's messages show now: the one with the buttons, then the edition's messages.

    Raises:
        UnknownEditionError: as `read_desk`.
    """
    seen = await read_desk(store, desk.schedule_id, desk.edition)
    return DeskFace(
        messages=draft_desk(seen, lambda number: desk_key(desk, number)),
        since=seen.edition.planned_at,
        is_over=not seen.can_change and not seen.is_on_its_way,
    )
