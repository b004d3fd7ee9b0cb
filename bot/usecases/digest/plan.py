"""Plan an edition: choose, render and store it with its deliveries in one transaction, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Literal

import structlog

from bot.errors import PlanOutdatedError, PreviewOutdatedError
from bot.news.choosing.eligibility import new_at
from bot.news.choosing.sections import by_section
from bot.news.choosing.soundness import without_broken
from bot.news.delivery import Delivery, EditionKey
from bot.news.edition import LATE_AFTER, Basis, Choice, Edition, Pick, Reason, Skipped, Verdict, picks_key
from bot.news.message.draft import Draft
from bot.news.schedules.desk import Desk, claimable_at
from bot.news.schedules.schedule import DeskDefault, EmptyPolicy, Schedule
from bot.news.servers.log import Act, Deed, LogEntry, entry_of
from bot.render.edition.digest import MOST_PARTS, count_fitting, draft_edition
from bot.store.port import Store
from bot.usecases.digest.choose import Chosen, StoryNames, choose_from_store, log_broken, window_of, with_story_ids
from bot.usecases.digest.parts import draw, planned_parts

log = structlog.get_logger(__name__)

NO_ROOM_IN_EDITION: Final = f"no room for it in the {MOST_PARTS} messages of the edition"

_TRIES: Final = 5

_MEANWHILE: Final = timedelta(minutes=10)
"""An edition that others planned while this one was chosen may have a later cutoff than the moment of planning."""

_PREVIEW: Final = EditionKey("preview")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person who asks for an edition says of it.

    Attributes:
        previewed: The `picks_key` of what they saw; other stories are not planned. None plans any.
        deed: The member who asks, for the log.
    """

    previewed: str | None = None
    deed: Deed | None = None


_UNASKED: Final = Asked()


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """The result of planning.

    Attributes:
        edition: The edition as stored.
        deliveries: Its parts; none if it was skipped.
        outcome: `sent` if there is something to deliver (stories, or the note of an empty week); `empty` if nothing was
            new; `late` if the schedule's maximum lateness was exceeded: the cutoff doesn't move, and an admin should
            be notified.
    """

    edition: Edition
    deliveries: tuple[Delivery, ...] = ()
    outcome: Literal["sent", "empty", "late"]


async def plan_edition(
    store: Store,
    schedule: Schedule,
    *,
    key: EditionKey,
    due_at: datetime,
    now: datetime,
    is_extra: bool = False,
    stories: StoryNames | None = None,
    asked: Asked = _UNASKED,
) -> Planned | None:
    """Choose, render and store an edition with its deliveries.

    Args:
        store: The database.
        schedule: The schedule of the edition.
        key: The edition's key; planning the same key again does nothing.
        due_at: Its cutoff, however late it is planned; for an extra edition the moment of the command. If the schedule
            has a desk and it isn't due yet, it is drafted: its cutoff is now, and nothing is stored without a story.
        now: The moment of planning.
        is_extra: A person asked for it, outside the schedule.
        stories: Story ids, by which an already posted story is recognized; None compares its articles only.
        asked: What a person asked for.

    Returns:
        What was stored; None if the schedule already has an edition of that key, there is no breaking news, or there
        is nothing to draft yet.

    What it was chosen from is checked in the transaction that stores it; if that has changed, it is chosen again.

    Raises:
        UnknownScheduleError: the schedule was deleted meanwhile.
        ScheduleChangedError: it was changed meanwhile.
        PreviewOutdatedError: there are stories, and they are not those of the preview.
        PlanOutdatedError: what was chosen was outdated each time, because others kept planning.
    """
    plan = partial(
        _plan,
        store,
        schedule,
        key=key,
        due_at=due_at,
        now=now,
        is_extra=is_extra,
        stories=stories,
        asked=asked,
    )
    for _ in range(_TRIES - 1):
        try:
            return await plan()
        except PlanOutdatedError:
            continue
    return await plan()


async def _plan(
    store: Store,
    schedule: Schedule,
    *,
    key: EditionKey,
    due_at: datetime,
    now: datetime,
    is_extra: bool,
    stories: StoryNames | None,
    asked: Asked,
) -> Planned | None:
    desk = None if is_extra else _desk_of(schedule, key, due_at)
    basis = Basis(schedule=schedule, told=await store.digest.told_editions(schedule.id, schedule.channel_id))
    if now - due_at > schedule.max_lateness:
        window = await window_of(store, schedule, due_at)
        nothing = Choice(window=window, picks=(), verdicts=())
        late = _edition(schedule, key, nothing, due_at=due_at, planned_at=now)
        return await _save(store, replace(late, is_extra=is_extra, skipped=Skipped.LATE), (), (), basis)
    until = max(due_at, now) + _MEANWHILE
    cutoff = due_at if desk is None else min(due_at, now)
    chosen = await choose_from_store(store, schedule, cutoff=cutoff, stories=stories, told_before=until)
    if cutoff < due_at and not chosen.choice.picks:
        return None  # a story may come in until it is due
    chosen = _renderable(chosen, schedule, now)
    if asked.previewed is not None and chosen.choice.picks and picks_key(chosen.choice.picks) != asked.previewed:
        raise PreviewOutdatedError("The stories have changed since the preview.", cure="Look at the new preview.")
    if schedule.rule == "breaking" and not chosen.choice.picks and not is_extra:
        return None  # a later look on this date may find some
    skipped = None if _has_message(chosen.choice, schedule) else _why_empty(chosen.choice)
    edition = _edition(schedule, key, chosen.choice, due_at=due_at, planned_at=now)
    edition = replace(edition, is_extra=is_extra, skipped=skipped)
    edition = replace(edition, picks=await with_story_ids(edition.picks, schedule, stories))
    deliveries = () if skipped else planned_parts(edition, schedule, now=now, left_out=chosen.choice.left_out)
    if desk is not None:
        free_at = claimable_at(desk, schedule.max_lateness)
        deliveries = tuple(replace(part, not_before=free_at) for part in deliveries)
    entry = entry_of(asked.deed, Act.SEND_NOW, schedule.name)
    verdicts = _kept_verdicts(chosen, schedule)
    return await _save(store, edition, verdicts, deliveries, basis, desk if deliveries else None, entry)


def _desk_of(schedule: Schedule, key: EditionKey, due_at: datetime) -> Desk | None:
    if schedule.desk_channel_id is None or not schedule.has_desk:
        return None
    return Desk(
        schedule_id=schedule.id,
        edition=key,
        guild_id=schedule.guild_id,
        channel_id=schedule.desk_channel_id,
        due_at=due_at,
        waits=schedule.desk_default is DeskDefault.WAIT,
    )


async def preview_edition(
    store: Store,
    schedule: Schedule,
    *,
    now: datetime,
    as_of: datetime | None = None,
    stories: StoryNames | None = None,
) -> tuple[Choice, tuple[Draft, ...]]:
    """Render the edition that would be posted if it were due; nothing is planned.

    Args:
        store: The database.
        schedule: The schedule of the edition.
        now: The moment of rendering.
        as_of: The cutoff, with everything as it was known then; None for now.
        stories: Story ids, by which an already posted story is recognized; None compares its articles only.

    Returns:
        The choice and its messages; no messages if it would be skipped.
    """
    told_before = now + _MEANWHILE if as_of is None else None
    chosen = await choose_from_store(store, schedule, cutoff=as_of or now, stories=stories, told_before=told_before)
    choice = _renderable(chosen, schedule, now).choice
    edition = _edition(schedule, _PREVIEW, choice, due_at=choice.window.end, planned_at=choice.window.end)
    if not _has_message(choice, schedule):
        return choice, ()
    return choice, draw(edition, schedule, keys=None, now=now, left_out=choice.left_out)


def _renderable(chosen: Chosen, schedule: Schedule, now: datetime) -> Chosen:
    """Leave out the picks that can't be rendered, and those for which the edition's messages have no room."""

    def work(picks: Sequence[Pick]) -> None:
        choice = replace(chosen.choice, picks=tuple(picks))
        edition = _edition(schedule, _PREVIEW, choice, due_at=choice.window.end, planned_at=now)
        draft_edition(edition, schedule, keys=None, now=now)

    _, broken = without_broken(chosen.choice.picks, work)
    for pick in broken:
        log_broken(pick.article)
    kept = by_section([pick for pick in chosen.choice.picks if pick not in broken], schedule)
    fitting = count_fitting(kept, schedule, now=now)
    return replace(chosen, choice=_shortened(replace(chosen.choice, picks=kept), fitting))


def _shortened(choice: Choice, fitting: int) -> Choice:
    """Take back the picks after the first ones, so that they don't count as sent, and say why."""
    taken_back = {pick.article.id for pick in choice.picks[fitting:]}
    if not taken_back:
        return choice
    verdicts = tuple(
        replace(each, reason=Reason.OVER_COUNT, detail=NO_ROOM_IN_EDITION) if each.article_id in taken_back else each
        for each in choice.verdicts
    )
    return replace(choice, picks=choice.picks[:fitting], verdicts=verdicts, left_out=len(taken_back))


def _has_message(choice: Choice, schedule: Schedule) -> bool:
    return bool(choice.picks) or schedule.empty_policy is EmptyPolicy.NOTE


def _why_empty(choice: Choice) -> Skipped:
    return Skipped.BEFORE_FIRST if choice.is_first else Skipped.EMPTY


def _edition(schedule: Schedule, key: EditionKey, choice: Choice, *, due_at: datetime, planned_at: datetime) -> Edition:
    return Edition(
        schedule_id=schedule.id,
        key=key,
        due_at=due_at,
        planned_at=planned_at,
        window=choice.window,
        picks=choice.picks,
        is_first=choice.is_first,
        is_archive=choice.is_archive,
        is_late=planned_at - due_at > LATE_AFTER,
        is_best_of=schedule.rule == "best-of",
    )


def _kept_verdicts(chosen: Chosen, schedule: Schedule) -> tuple[Verdict, ...]:
    """Select the verdicts to store: those on articles that entered in the window, and those on every pick.

    A "best of" has no candidates; all of its verdicts are on what was posted in the window.
    """
    if schedule.rule == "best-of":
        return chosen.choice.verdicts
    window = chosen.choice.window
    entered = {each.article.id for each in chosen.candidates if new_at(each, schedule, window.end) in window}
    return tuple(
        verdict
        for verdict in chosen.choice.verdicts
        if verdict.article_id in entered or verdict.reason is Reason.PICKED
    )


async def _save(
    store: Store,
    edition: Edition,
    verdicts: Sequence[Verdict],
    deliveries: tuple[Delivery, ...],
    basis: Basis,
    desk: Desk | None = None,
    entry: LogEntry | None = None,
) -> Planned | None:
    stored = await store.digest.plan(edition, verdicts, deliveries, basis=basis, desk=desk, entry=entry)
    if stored is None:
        return None
    return Planned(
        edition=stored, deliveries=deliveries, outcome="sent" if stored.skipped is None else _OUTCOMES[stored.skipped]
    )


_OUTCOMES: Final[dict[Skipped, Literal["empty", "late"]]] = {
    Skipped.BEFORE_FIRST: "empty",
    Skipped.EMPTY: "empty",
    Skipped.LATE: "late",
}
