"""Send a schedule's failed editions again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import groupby

from bot.errors import BadInputError
from bot.news.article import ArticleId
from bot.news.choosing.retry import SUPERSEDED, FailedEdition, Retries, choose_retries
from bot.news.delivery import Delivery, DeliveryState, EditionKey
from bot.news.edition import Edition
from bot.news.schedule import Schedule
from bot.store.port.delivery import DeliveryStore
from bot.store.port.digest import DigestStore
from bot.store.port.schedule import ScheduleStore
from bot.usecases.schedule.lifecycle import resume_stopped

RETRIED_BY_ADMIN = "an admin asked for another try"


async def retry_schedule(
    schedules: ScheduleStore, digests: DigestStore, deliveries: DeliveryStore, schedule: Schedule, *, now: datetime
) -> Retries:
    """Plan the parts that failed, or whose outcome is unknown, to be sent again; the newest edition first.

    Parts that would repeat a later edition become SKIPPED. A schedule that the bot paused is resumed if there is
    something to send.

    Raises:
        BadInputError: nothing failed, or another admin has decided it meanwhile.
    """
    unresolved = [row for row in await deliveries.unresolved(schedule.guild_id) if row.key.schedule_id == schedule.id]
    if not unresolved:
        raise BadInputError(f"{schedule.name} has no failed messages.", cure="See /schedule show for the next edition.")
    by_edition = sorted(unresolved, key=lambda row: row.key.edition)
    retries = choose_retries(
        [
            await _failed_edition(digests, deliveries, schedule, key, next(rows), now=now)
            for key, rows in groupby(by_edition, key=lambda row: row.key.edition)
        ]
    )
    if retries.sent:
        await resume_stopped(schedules, schedule, now=now)
    settled = Retries(
        sent=await _settle(deliveries, retries.sent, DeliveryState.PLANNED, RETRIED_BY_ADMIN),
        superseded=await _settle(deliveries, retries.superseded, DeliveryState.SKIPPED, SUPERSEDED),
    )
    if not settled.sent and not settled.superseded:
        raise BadInputError("Someone has already decided this.", cure="See /schedule history for the result.")
    return settled


async def _settle(
    deliveries: DeliveryStore, editions: Iterable[FailedEdition], state: DeliveryState, reason: str
) -> tuple[FailedEdition, ...]:
    """Settle the waiting parts; return the editions of which nobody else had settled a part meanwhile."""
    settled = []
    for edition in editions:
        moved = [await deliveries.resolve(part.key, state, reason=reason) for part in edition.waiting]
        if any(moved):
            settled.append(edition)
    return tuple(settled)


async def _failed_edition(
    digests: DigestStore,
    deliveries: DeliveryStore,
    schedule: Schedule,
    key: EditionKey,
    row: Delivery,
    *,
    now: datetime,
) -> FailedEdition:
    edition = await digests.find_edition_by_delivery(row.draft.key)
    return FailedEdition(
        key=key,
        due_at=row.due_at,
        parts=await deliveries.deliveries(schedule.id, key),
        articles=_articles(edition) if edition is not None else frozenset(),
        told_since=await _told_between(digests, schedule, row.due_at, now),
    )


def _articles(edition: Edition) -> frozenset[ArticleId]:
    return frozenset(article.id for pick in edition.picks for article in (*pick.story.articles, pick.article))


async def _told_between(
    digests: DigestStore, schedule: Schedule, after: datetime, now: datetime
) -> frozenset[ArticleId]:
    """The articles told by editions that were due after one moment and up to another."""
    # `told` is ordered by due moment, so what it says of a later moment only adds to the end.
    until_then = await digests.told(schedule.id, schedule.channel_id, before=after + timedelta.resolution)
    until_now = await digests.told(schedule.id, schedule.channel_id, before=now + timedelta.resolution)
    return frozenset(article for story in until_now[len(until_then) :] for article in story.article_ids)
