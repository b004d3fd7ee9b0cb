"""Send a schedule's failed editions again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby

from bot.errors import BadInputError, PlanOutdatedError
from bot.news.article import ArticleId
from bot.news.choosing.retry import SUPERSEDED, FailedEdition, Retries, choose_retries
from bot.news.delivery import Delivery, DeliveryState, EditionKey
from bot.news.edition import Edition
from bot.news.schedules.schedule import Schedule
from bot.news.servers.log import Act, Deed, LogEntry, entry_of
from bot.store.port.delivery import DeliveryStore
from bot.store.port.digest import DigestStore
from bot.store.port.schedule import ScheduleStore
from bot.usecases.schedule.lifecycle import resume_stopped

_TRIES = 5

RETRIED_BY_ADMIN = "an admin asked for another try"


async def retry_schedule(
    schedules: ScheduleStore,
    digests: DigestStore,
    deliveries: DeliveryStore,
    schedule: Schedule,
    *,
    now: datetime,
    unread: Collection[int] = (),
    edition: EditionKey | None = None,
    deed: Deed | None = None,
) -> Retries:
    """Plan the parts that failed to be sent again, the newest edition first, and look for those of unknown outcome.

    A part of unknown outcome is sent only if it isn't in the channel. Parts that would repeat a later edition become
    SKIPPED. A schedule that the bot paused is resumed if there is something to send.

    Args:
        schedules: Resume the schedule.
        digests: Know what later editions have.
        deliveries: The ledger.
        schedule: The schedule.
        now: The moment of the decision.
        unread: Channels that the bot can't read and a member looked into: parts of unknown outcome are sent there.
        edition: Only this one; None for all.
        deed: The member who asked for it, for the log.

    Raises:
        BadInputError: nothing failed, or another admin has decided it meanwhile.
        PlanOutdatedError: others kept planning.
    """
    settled = _Settled(entry=entry_of(deed, Act.RETRY, schedule.name))
    for _ in range(_TRIES - 1):
        with suppress(PlanOutdatedError):
            await _retry(schedules, digests, deliveries, schedule, settled, now=now, unread=unread, edition=edition)
            return settled.as_retries()
        # Its channel may be another one by now, and with it what counts as told.
        schedule = await schedules.find_schedule(schedule.id) or schedule
    await _retry(schedules, digests, deliveries, schedule, settled, now=now, unread=unread, edition=edition)
    return settled.as_retries()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Settled:
    """The editions of which this retry settled a part, over all of its tries; and its one entry in the log."""

    entry: LogEntry | None
    sent: list[FailedEdition] = field(default_factory=list)
    superseded: list[FailedEdition] = field(default_factory=list)

    def as_retries(self) -> Retries:
        return Retries(sent=tuple(self.sent), superseded=tuple(self.superseded))

    def __bool__(self) -> bool:
        return bool(self.sent or self.superseded)


async def _retry(
    schedules: ScheduleStore,
    digests: DigestStore,
    deliveries: DeliveryStore,
    schedule: Schedule,
    settled: _Settled,
    *,
    now: datetime,
    unread: Collection[int],
    edition: EditionKey | None,
) -> None:
    told = await digests.told_editions(schedule.id, schedule.channel_id)
    unresolved = [
        row
        for row in await deliveries.unresolved(schedule.guild_id)
        if row.key.schedule_id == schedule.id and edition in {None, row.key.edition}
    ]
    if not unresolved and settled:
        return
    if not unresolved:
        raise BadInputError(f"{schedule.name} has no failed messages.", cure="See /schedule show for the next edition.")
    by_edition = sorted(unresolved, key=lambda row: row.key.edition)
    retries = choose_retries(
        [
            await _failed_edition(digests, deliveries, schedule, key, next(rows))
            for key, rows in groupby(by_edition, key=lambda row: row.key.edition)
        ]
    )
    if retries.sent:
        await resume_stopped(schedules, schedule, now=now)
    by_now = set(told)

    async def send(part: Delivery) -> bool:
        state = state_to_retry(part, unread=unread)
        is_sent = await deliveries.resolve(
            part.key, state, reason=RETRIED_BY_ADMIN, at=now, told=frozenset(by_now), entry=settled.entry
        )
        if is_sent:  # its edition counts as told from now on
            by_now.add((schedule.id, part.key.edition))
        return is_sent

    await _settle(retries.sent, settled.sent, send)
    await _settle(
        retries.superseded,
        settled.superseded,
        lambda part: deliveries.resolve(
            part.key, DeliveryState.SKIPPED, reason=SUPERSEDED, at=now, told=frozenset(by_now), entry=settled.entry
        ),
    )
    if not settled:
        raise BadInputError("Someone has already decided this.", cure="See /schedule history for the result.")


def state_to_retry(part: Delivery, *, unread: Collection[int] = ()) -> DeliveryState:
    """Return the state in which a part is tried again: SENDING, which looks for it first, or PLANNED."""
    is_looked_for = part.state is DeliveryState.UNKNOWN and part.key.channel_id not in unread
    return DeliveryState.SENDING if is_looked_for else DeliveryState.PLANNED


async def _settle(
    editions: Iterable[FailedEdition], settled: list[FailedEdition], settle: Callable[[Delivery], Awaitable[bool]]
) -> None:
    """Settle the waiting parts, and note the editions of which nobody else had settled a part meanwhile."""
    for edition in editions:
        for part in edition.waiting:
            if await settle(part) and all(each.key != edition.key for each in settled):
                settled.append(edition)


async def _failed_edition(
    digests: DigestStore,
    deliveries: DeliveryStore,
    schedule: Schedule,
    key: EditionKey,
    row: Delivery,
) -> FailedEdition:
    edition = await digests.find_edition_by_delivery(row.draft.key)
    return FailedEdition(
        key=key,
        due_at=row.due_at,
        parts=await deliveries.deliveries(schedule.id, key),
        articles=_articles(edition) if edition is not None else frozenset(),
        told_since=await _told_since(digests, schedule, row.due_at),
    )


def _articles(edition: Edition) -> frozenset[ArticleId]:
    return frozenset(article.id for pick in edition.picks for article in (*pick.story.articles, pick.article))


async def _told_since(digests: DigestStore, schedule: Schedule, after: datetime) -> frozenset[ArticleId]:
    """The articles told by editions that were due after a moment, be it ahead: a clock may have been wrong."""
    # `told` is ordered by due moment, so what it says of a later moment only adds to the end.
    until_then = await digests.told(schedule.id, schedule.channel_id, before=after + timedelta.resolution)
    until_now = await digests.told(schedule.id, schedule.channel_id, before=datetime.max.replace(tzinfo=UTC))
    return frozenset(article for story in until_now[len(until_then) :] for article in story.article_ids)
