"""In-memory implementation of `DeliveryStore`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from typing_extensions import override

from bot.errors import PlanOutdatedError
from bot.news.article import ArticleId
from bot.news.choosing.recheck import Holding, Redrawn
from bot.news.delivery import Delivery, DeliveryKey, DeliveryState, EditionKey, Publication, ScheduleId
from bot.news.edition import Edition, Reason
from bot.news.message.draft import Draft
from bot.news.message.draft_json import draft_to_json
from bot.news.servers.log import LogEntry
from bot.store.port.delivery import DeliveryStore
from tests.simulation.memory.digest import MemoryDigestStore
from tests.simulation.memory.disk import Disk
from tests.simulation.memory.tables import Tables

_PLANNED, _SENDING, _SENT = DeliveryState.PLANNED, DeliveryState.SENDING, DeliveryState.SENT
_FAILED, _UNKNOWN, _SKIPPED = DeliveryState.FAILED, DeliveryState.UNKNOWN, DeliveryState.SKIPPED

_SKIPPABLE: Final = frozenset({_PLANNED, _FAILED, _UNKNOWN})
_WAITS_FOR_A_PERSON: Final = frozenset({_FAILED, _UNKNOWN})
_ANSWERS: Final = frozenset({_PLANNED, _SENDING, _SENT, _SKIPPED})


class MemoryDeliveryStore(DeliveryStore):
    """In-memory implementation of `DeliveryStore`."""

    def __init__(self, tables: Tables, disk: Disk) -> None:
        self._tables = tables
        self._disk = disk
        self._digest = MemoryDigestStore(tables, disk)

    @override
    async def claim(self, *, now: datetime, lease_until: datetime, limit: int = 40) -> tuple[Delivery, ...]:
        def work() -> tuple[Delivery, ...]:
            claimed = tuple(_claimed(row, now, lease_until) for row in self._claimable(now, limit))
            for row in claimed:
                self._tables.put(row)
            return claimed

        return await self._disk.write(work)

    def _claimable(self, now: datetime, limit: int) -> list[Delivery]:
        found: list[Delivery] = []
        for _, _, key in self._tables.open:
            if len(found) >= limit:
                break
            row = self._tables.rows[key]
            free_at = row.not_before if row.state is _PLANNED else row.lease_until
            if (free_at is None or free_at <= now) and self._tables.may_go(row):
                found.append(row)
        return found

    @override
    async def mark_sent(self, key: DeliveryKey, attempt: int, *, message_id: int, at: datetime) -> bool:
        # The time of sending only matters for publishing.
        def publish(row: Delivery) -> Delivery:
            if row.publish and message_id:
                self._tables.publish_at[key] = at
            if row.posting.thread and message_id:
                self._tables.thread_at[key] = at
            return row

        return await self._mark(key, attempt, _SENT, publish, message_id=message_id)

    @override
    async def mark_planned(
        self, key: DeliveryKey, attempt: int, *, not_before: datetime, reason: str, forget_attempt: bool = False
    ) -> bool:
        def change(row: Delivery) -> Delivery:
            claimed_at = None if forget_attempt else row.claimed_at
            return replace(row, not_before=not_before, tries=row.tries + 1, claimed_at=claimed_at)

        return await self._mark(key, attempt, _PLANNED, change, reason=reason)

    @override
    async def mark_unclear(self, key: DeliveryKey, attempt: int, *, lease_until: datetime, reason: str) -> bool:
        def change(row: Delivery) -> Delivery:
            return replace(row, lease_until=lease_until)

        return await self._mark(key, attempt, _SENDING, change, reason=reason)

    @override
    async def mark_failed(self, key: DeliveryKey, attempt: int, *, reason: str) -> bool:
        return await self._mark(key, attempt, _FAILED, reason=reason)

    @override
    async def mark_unknown(self, key: DeliveryKey, attempt: int, *, reason: str) -> bool:
        return await self._mark(key, attempt, _UNKNOWN, reason=reason)

    @override
    async def replace_draft(self, key: DeliveryKey, attempt: int, draft: Draft, *, revision: int) -> bool:
        def change(row: Delivery) -> Delivery | None:
            return replace(row, draft=draft, revision=revision) if row.revision + 1 == revision else None

        return await self._mark(key, attempt, _PLANNED, change)

    async def _mark(
        self,
        key: DeliveryKey,
        attempt: int,
        state: DeliveryState,
        change: Callable[[Delivery], Delivery | None] = lambda row: row,
        **fields: Any,
    ) -> bool:
        def work() -> bool:
            row = self._tables.rows.get(key)
            if row is None or row.state is not _SENDING or row.attempt != attempt:
                return False
            blank: dict[str, Any] = {"reason": "", "lease_until": None, "not_before": None, "message_id": None}
            moved = change(replace(row, state=state, **(blank | fields)))
            if moved is None:
                return False
            self._tables.put(replace(moved, was_sending=row.was_sending and state is _SENDING))
            return True

        return await self._disk.write(work)

    @override
    async def holding(self, key: DeliveryKey) -> Holding:
        def work() -> Holding:
            stored = self._tables.schedules.get(key.schedule_id)
            edition = self._tables.editions.get(key.schedule_id, {}).get(key.edition)
            picks = edition.picks if edition else ()
            members = {article.id for pick in picks for article in (*pick.story.articles, pick.article)}
            return Holding(
                schedule=None if stored is None or stored.deleted_at is not None else stored.schedule,
                taken_down=frozenset(members & self._tables.taken_down),
            )

        return await self._disk.read(work)

    @override
    async def revise(self, key: DeliveryKey, attempt: int, redrawn: Redrawn) -> bool:
        numbers = [part.key.part for part in redrawn.parts]
        if not numbers or numbers != list(range(key.part, key.part + len(numbers))):
            raise ValueError(f"the parts {numbers} are not those from part {key.part} on")
        if len({part.key.channel_id for part in redrawn.parts}) > 1:
            raise ValueError("the parts are for several channels")

        def work() -> bool:
            row = self._tables.rows.get(key)
            if row is None or row.state is not _SENDING or row.attempt != attempt:
                return False
            parts = self._tables.parts_of((key.schedule_id, key.edition))
            rest = {each.key.part: each for each in parts if each.key.part >= key.part}
            for part in redrawn.parts:
                before = rest.get(part.key.part)
                if before is not None and part.revision <= before.revision:
                    raise ValueError(f"part {part.key.part} already has revision {before.revision}")
            for part in redrawn.parts:
                self._redraw(rest.pop(part.key.part, None), part)
            for surplus in rest.values():
                self._tables.drop(surplus.key)
            self._lose_picks(redrawn.edition)
            return True

        return await self._disk.write(work)

    def _redraw(self, before: Delivery | None, part: Delivery) -> None:
        tables = self._tables
        blank: dict[str, Any] = {"state": _PLANNED, "reason": "", "not_before": None, "lease_until": None}
        blank |= {"claimed_at": None, "first_attempt_at": None, "was_sending": False}
        if before is None:
            tables.add(replace(part, **blank))
            return
        row = replace(
            before,
            key=part.key,
            draft=part.draft,
            revision=part.revision,
            title=part.title,
            mention_role=part.mention_role,
            publish=part.publish,
            posting=part.posting,
            drawn_at=part.drawn_at,
            **blank,
        )
        if part.key == before.key:
            tables.put(row)
        else:
            tables.drop(before.key)
            tables.add(row)

    def _lose_picks(self, edition: Edition) -> None:
        stored = self._tables.editions[edition.schedule_id][edition.key]
        self._tables.editions[edition.schedule_id][edition.key] = replace(
            stored, picks=edition.picks, is_late=edition.is_late
        )
        kept = {pick.article.id for pick in edition.picks}
        verdicts = self._tables.verdicts.get((edition.schedule_id, edition.key), ())
        self._tables.verdicts[edition.schedule_id, edition.key] = tuple(
            replace(each, reason=Reason.HIDDEN, detail="")
            if each.reason is Reason.PICKED and each.article_id not in kept
            else each
            for each in verdicts
        )

    @override
    async def mark_cancelled(self, key: DeliveryKey, attempt: int, *, reason: str) -> bool:
        def change(row: Delivery) -> Delivery:
            self._skip_later(key, reason)
            return row

        return await self._mark(key, attempt, _SKIPPED, change, reason=reason)

    @override
    async def mark_skipped(self, keys: Sequence[DeliveryKey], *, reason: str) -> int:
        def work() -> int:
            found = [self._tables.rows[key] for key in dict.fromkeys(keys) if key in self._tables.rows]
            skipped = [row for row in found if row.state in _SKIPPABLE]
            for row in skipped:
                self._tables.put(replace(row, state=_SKIPPED, reason=reason))
            return len(skipped)

        return await self._disk.write(work)

    @override
    async def resolve(
        self,
        key: DeliveryKey,
        state: DeliveryState,
        *,
        reason: str,
        at: datetime,
        message_id: int | None = None,
        told: frozenset[tuple[ScheduleId, EditionKey]] | None = None,
        entry: LogEntry | None = None,
    ) -> bool:
        if state not in _ANSWERS:
            raise ValueError(f"a person can't decide for {state!r}")

        def work() -> bool:
            row = self._tables.rows.get(key)
            if row is None or row.state not in _WAITS_FOR_A_PERSON:
                return False
            if self._tables.schedules[key.schedule_id].deleted_at is not None:
                return False
            self._require_told(key, told)
            there = row.message_id if message_id is None else message_id
            decided = replace(row, state=state, reason=reason, message_id=there, not_before=None, tries=0)
            if state in {_PLANNED, _SENDING}:
                decided = replace(decided, asked_at=at)
            if state is _SENDING:
                decided = replace(decided, lease_until=row.claimed_at or at, claimed_at=row.claimed_at or at)
            self._tables.put(decided)
            if state is _SKIPPED:
                self._skip_later(key, reason)
            elif state in {_PLANNED, _SENDING}:
                for later in self._later_planned(key):
                    self._tables.put(replace(later, asked_at=at))
            return True

        return await self._disk.write(work)

    def _require_told(self, key: DeliveryKey, told: frozenset[tuple[ScheduleId, EditionKey]] | None) -> None:
        now = self._digest.told_now(key.schedule_id, self._tables.schedules[key.schedule_id].schedule.channel_id)
        if told is not None and (now ^ told) - {(key.schedule_id, key.edition)}:
            raise PlanOutdatedError("Another edition was planned.")

    def _skip_later(self, key: DeliveryKey, reason: str) -> None:
        for row in self._later_planned(key):
            self._tables.put(replace(row, state=_SKIPPED, reason=reason))

    def _later_planned(self, key: DeliveryKey) -> list[Delivery]:
        return [
            row
            for row in self._tables.parts_of((key.schedule_id, key.edition))
            if row.key.part > key.part and row.key.channel_id == key.channel_id and row.state is _PLANNED
        ]

    @override
    async def shorten_leases(self, *, until: datetime) -> int:
        def work() -> int:
            rows = [self._tables.rows[key] for _, _, key in self._tables.open]
            longer = [row for row in rows if row.lease_until is not None and row.lease_until > until]
            for row in longer:
                self._tables.put(replace(row, lease_until=until))
            return len(longer)

        return await self._disk.write(work)

    @override
    async def to_publish(self, *, now: datetime, limit: int = 200) -> tuple[Publication, ...]:
        return await self._waiting(self._tables.publish_at, now, limit)

    @override
    async def to_open(self, *, now: datetime, limit: int = 200) -> tuple[Publication, ...]:
        return await self._waiting(self._tables.thread_at, now, limit)

    async def _waiting(self, due: Mapping[DeliveryKey, datetime], now: datetime, limit: int) -> tuple[Publication, ...]:
        def work() -> tuple[Publication, ...]:
            planned_order = self._tables.planned_order
            waiting = sorted((at, planned_order[key], key) for key, at in due.items() if at <= now)
            rows = [self._tables.rows[key] for _, _, key in waiting[: max(0, limit)]]
            return tuple(
                Publication(key=row.key, guild_id=row.guild_id, message_id=row.message_id or 0) for row in rows
            )

        return await self._disk.read(work)

    @override
    async def count_unpublished(self) -> int:
        return await self._disk.read(lambda: len(self._tables.publish_at))

    @override
    async def mark_published(self, key: DeliveryKey, *, failure: str = "") -> bool:
        del failure  # nobody reads it here
        return await self._disk.write(lambda: self._tables.publish_at.pop(key, None) is not None)

    @override
    async def mark_threaded(self, key: DeliveryKey, *, failure: str = "") -> bool:
        del failure  # as above
        return await self._disk.write(lambda: self._tables.thread_at.pop(key, None) is not None)

    @override
    async def publish_later(self, channel_id: int, *, at: datetime) -> int:
        return await self._put_off(self._tables.publish_at, channel_id, at)

    @override
    async def thread_later(self, channel_id: int, *, at: datetime) -> int:
        return await self._put_off(self._tables.thread_at, channel_id, at)

    async def _put_off(self, waiting: dict[DeliveryKey, datetime], channel_id: int, at: datetime) -> int:
        def work() -> int:
            earlier = [key for key, due in waiting.items() if key.channel_id == channel_id and due < at]
            waiting.update(dict.fromkeys(earlier, at))
            return len(earlier)

        return await self._disk.write(work)

    @override
    async def deliveries(self, schedule: ScheduleId, edition: EditionKey) -> tuple[Delivery, ...]:
        return await self._disk.read(lambda: self._tables.parts_of((schedule, edition)))

    @override
    async def sending(self, schedule: ScheduleId) -> tuple[Delivery, ...]:
        def work() -> tuple[Delivery, ...]:
            rows = (self._tables.rows[key] for _, _, key in self._tables.open if key.schedule_id == schedule)
            return tuple(row for row in rows if row.state is _SENDING)

        return await self._disk.read(work)

    @override
    async def showing(
        self, article: ArticleId, url: str, *, guild_id: int | None = None, limit: int = 100
    ) -> tuple[Delivery, ...]:
        def work() -> tuple[Delivery, ...]:
            tables = self._tables
            found = [
                row
                for row in tables.rows.values()
                if guild_id in {None, row.guild_id}
                and any(pick.article.id == article for pick in self._edition_of(row).picks)
                and _mentions(row.draft, article, url)
            ]
            found.sort(key=lambda row: tables.planned_order[row.key])
            found.sort(key=lambda row: row.due_at, reverse=True)
            return tuple(found[: max(0, limit)])

        return await self._disk.read(work)

    def _edition_of(self, row: Delivery) -> Edition:
        return self._tables.editions[row.key.schedule_id][row.key.edition]

    @override
    async def unresolved(self, guild_id: int | None = None) -> tuple[Delivery, ...]:
        return await self._disk.read(lambda: self._unresolved(guild_id))

    def _unresolved(self, guild_id: int | None) -> tuple[Delivery, ...]:
        tables = self._tables
        waiting = [
            row
            for row in tables.rows.values()
            if row.state in _WAITS_FOR_A_PERSON
            and guild_id in {None, row.guild_id}
            and tables.schedules[row.key.schedule_id].deleted_at is None
        ]
        return tuple(sorted(waiting, key=lambda row: (row.due_at, tables.planned_order[row.key])))

    @override
    async def counts(self) -> Mapping[DeliveryState, int]:
        def work() -> dict[DeliveryState, int]:
            counts = dict.fromkeys(DeliveryState, 0)
            for row in self._tables.rows.values():
                counts[row.state] += 1
            return counts

        return await self._disk.read(work)

    @override
    async def oldest_open_due(self) -> datetime | None:
        def work() -> datetime | None:
            schedules = self._tables.schedules
            return next(
                (
                    due
                    for due, _, key in self._tables.open
                    if schedules[key.schedule_id].is_active and not _waits(self._tables.rows[key])
                ),
                None,
            )

        return await self._disk.read(work)


def _waits(row: Delivery) -> bool:
    """Whether it is a draft's, and nothing before it could be claimed."""
    return row.attempt == 0 and row.not_before is not None and row.not_before > row.due_at


def _mentions(draft: Draft, article: ArticleId, url: str) -> bool:
    text = draft_to_json(draft)
    return json.dumps(article) in text or json.dumps(url) in text


def _claimed(row: Delivery, now: datetime, lease_until: datetime) -> Delivery:
    return replace(
        row,
        state=_SENDING,
        was_sending=row.state is _SENDING,
        attempt=row.attempt + 1,
        first_attempt_at=row.first_attempt_at or row.claimed_at,
        claimed_at=now,
        lease_until=lease_until,
        not_before=None,
    )
