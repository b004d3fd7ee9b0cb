"""Planning an edition: chosen, drawn, and stored with its deliveries in one transaction, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from bot.news.article import shelves_seen_by
from bot.news.choosing.eligibility import new_at
from bot.news.delivery import Delivery, DeliveryKey, DeliveryState, EditionKey, nonce_for
from bot.news.edition import SKIPPED_BEFORE_FIRST, SKIPPED_EMPTY, SKIPPED_LATE, Choice, Edition, Pick, Reason, Verdict
from bot.news.message.draft import Draft
from bot.news.schedule import EmptyPolicy, Schedule, zone_of
from bot.render.digest import draft_edition, draft_empty_note
from bot.render.format.clip import clip
from bot.store.port.digest import DigestStore
from bot.store.port.related import RelatedStore
from bot.usecases.digest.choose import Chosen, StoryNames, choose, choose_from_store, window_of

LATE_AFTER: Final = timedelta(minutes=5)
"""An edition that is planned so much after it was due says that it is late."""

LONGEST_TITLE: Final = 100
"""UTF-16 units of a forum post's title."""

_PREVIEW: Final = EditionKey("preview")


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What planning did.

    Attributes:
        edition: As it is stored now.
        deliveries: Its parts, none where it was skipped.
        outcome: `sent` there is something to deliver (stories, or the note of an empty week); `empty` nothing was new;
            `late` it came after the schedule's longest lateness: it moves nothing, and somebody should be told.
    """

    edition: Edition
    deliveries: tuple[Delivery, ...] = ()
    outcome: Literal["sent", "empty", "late"]


async def plan_edition(
    digest_store: DigestStore,
    related_store: RelatedStore,
    schedule: Schedule,
    *,
    key: EditionKey,
    due_at: datetime,
    now: datetime,
    is_extra: bool = False,
    stories: StoryNames | None = None,
) -> Planned | None:
    """Choose, draw and store an edition with its deliveries.

    Args:
        digest_store: Candidates and what was told, and where the edition is stored.
        related_store: Coverage among the candidates.
        schedule: Whose edition it is.
        key: Names it; a second plan of the same key does nothing.
        due_at: Its cutoff, however late it is planned; for an extra one the press.
        now: The moment of planning.
        is_extra: Asked for by a person, beside the schedule.
        stories: Their ids, by which a told story is known again; None goes by its articles alone.

    Returns:
        What was stored; None where the schedule has an edition of that key.

    Raises:
        UnknownScheduleError: the schedule was deleted meanwhile.
    """
    if now - due_at > schedule.max_lateness:
        window = await window_of(digest_store, schedule, due_at)
        nothing = Choice(window=window, picks=(), verdicts=())
        late = replace(_edition(schedule, key, nothing, planned_at=now), is_extra=is_extra, skipped=SKIPPED_LATE)
        return await _store(digest_store, late, (), ())
    chosen = await choose_from_store(digest_store, related_store, schedule, cutoff=due_at, stories=stories)
    skipped = "" if _has_message(chosen.choice, schedule) else _why_empty(chosen.choice)
    edition = replace(_edition(schedule, key, chosen.choice, planned_at=now), is_extra=is_extra, skipped=skipped)
    edition = replace(edition, picks=await _under_their_ids(edition.picks, schedule, stories))
    deliveries = () if skipped else _deliveries(edition, schedule, now)
    return await _store(digest_store, edition, _entered(chosen, schedule), deliveries)


async def preview_edition(
    digest_store: DigestStore,
    related_store: RelatedStore,
    schedule: Schedule,
    *,
    now: datetime,
    as_of: datetime | None = None,
    stories: StoryNames | None = None,
) -> tuple[Choice, tuple[Draft, ...]]:
    """Show the edition that would be sent if it were due; nothing is planned.

    Args:
        digest_store: Candidates and what was told.
        related_store: Coverage among them.
        schedule: Whose edition it would be.
        now: When it is drawn.
        as_of: The cutoff, with everything as it was known then; None for now.
        stories: Their ids, by which a told story is known again; None goes by its articles alone.

    Returns:
        The choice, and its messages: none where it would be skipped.
    """
    choice = await choose(digest_store, related_store, schedule, cutoff=as_of or now, stories=stories)
    edition = _edition(schedule, _PREVIEW, choice, planned_at=choice.window.end)
    return choice, _draw(edition, schedule, keys=None, now=now) if _has_message(choice, schedule) else ()


def _draw(
    edition: Edition, schedule: Schedule, *, keys: Callable[[int], str] | None, now: datetime
) -> tuple[Draft, ...]:
    """An edition's messages; the one line that says so where it has no story."""
    if edition.picks:
        return draft_edition(edition, schedule, keys=keys, now=now)
    return (draft_empty_note(edition, schedule, keys=keys),)


async def _under_their_ids(picks: Sequence[Pick], schedule: Schedule, stories: StoryNames | None) -> tuple[Pick, ...]:
    """The picks with the ids under which their stories are kept, and which the next edition knows them by."""
    if stories is None or not picks:
        return tuple(picks)
    named = await stories.named(shelves_seen_by(schedule.guild_id), [pick.article for pick in picks])
    return tuple(
        replace(pick, story_id=named[pick.article.id].id) if pick.article.id in named else pick for pick in picks
    )


def _has_message(choice: Choice, schedule: Schedule) -> bool:
    return bool(choice.picks) or schedule.empty_policy is EmptyPolicy.NOTE


def _why_empty(choice: Choice) -> str:
    return SKIPPED_BEFORE_FIRST if choice.is_first else SKIPPED_EMPTY


def _edition(schedule: Schedule, key: EditionKey, choice: Choice, *, planned_at: datetime) -> Edition:
    due_at = choice.window.end
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
    )


def _entered(chosen: Chosen, schedule: Schedule) -> tuple[Verdict, ...]:
    """The verdicts that are kept: on what entered in the window, and on every pick."""
    window = chosen.choice.window
    entered = {each.article.id for each in chosen.candidates if new_at(each, schedule, window.end) in window}
    return tuple(
        verdict
        for verdict in chosen.choice.verdicts
        if verdict.article_id in entered or verdict.reason is Reason.PICKED
    )


def _deliveries(edition: Edition, schedule: Schedule, now: datetime) -> tuple[Delivery, ...]:
    def delivery_key(part: int) -> DeliveryKey:
        return DeliveryKey(channel_id=schedule.channel_id, schedule_id=schedule.id, edition=edition.key, part=part)

    drafts = _draw(edition, schedule, keys=lambda part: nonce_for(delivery_key(part), 0), now=now)
    return tuple(
        Delivery(
            key=delivery_key(part),
            guild_id=schedule.guild_id,
            state=DeliveryState.PLANNED,
            draft=draft,
            due_at=edition.due_at,
            planned_at=edition.planned_at,
            title=_title(edition, schedule, part),
            mention_role=schedule.mention_role if part == 1 else None,
            publish=schedule.publish,
        )
        for part, draft in enumerate(drafts, start=1)
    )


def _title(edition: Edition, schedule: Schedule, part: int) -> str:
    """A forum post's title: the schedule's name and the local date on which the edition was due."""
    local = edition.due_at.astimezone(zone_of(schedule.timezone))
    suffix = f", {local:%Y-%m-%d}" + (f", part {part}" if part > 1 else "")
    return clip(schedule.name, LONGEST_TITLE - len(suffix)) + suffix


async def _store(
    digest_store: DigestStore, edition: Edition, verdicts: Sequence[Verdict], deliveries: tuple[Delivery, ...]
) -> Planned | None:
    stored = await digest_store.plan(edition, verdicts, deliveries)
    if stored is None:
        return None
    return Planned(edition=stored, deliveries=deliveries, outcome=_OUTCOMES.get(stored.skipped, "sent"))


_OUTCOMES: Final[dict[str, Literal["empty", "late"]]] = {
    SKIPPED_BEFORE_FIRST: "empty",
    SKIPPED_EMPTY: "empty",
    SKIPPED_LATE: "late",
}
