"""In-memory editions: planning them, and their stories. This store has no articles, so no candidates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from typing_extensions import override

from bot.errors import PlanOutdatedError, ScheduleChangedError, UnknownScheduleError
from bot.news.article import Article, ArticleId, ShelfId
from bot.news.delivery import Delivery, DeliveryState, EditionKey, ScheduleId
from bot.news.edition import Basis, Candidate, Edition, Pick, Skipped, ToldStory, Verdict, Window, told_story
from bot.news.schedules.desk import Desk
from bot.news.servers.log import LogEntry
from bot.store.port.digest import DigestStore
from tests.simulation.memory.disk import Disk
from tests.simulation.memory.tables import Tables

_PAST_EVERY_ID: Final = 1 << 63
_PLANNABLE: Final = frozenset({DeliveryState.PLANNED, DeliveryState.SKIPPED})
_MOVING: Final = frozenset({DeliveryState.PLANNED, DeliveryState.SENDING, DeliveryState.UNKNOWN, DeliveryState.SENT})


class MemoryDigestStore(DigestStore):
    """In-memory implementation of `DigestStore`."""

    def __init__(self, tables: Tables, disk: Disk) -> None:
        self._tables = tables
        self._disk = disk

    @property
    @override
    def qualities(self) -> Mapping[str, int]:
        return {}

    async def candidates(
        self,
        shelves: Sequence[ShelfId],
        *,
        as_of: datetime,
        published_after: datetime | None,
        limit: int = 5000,
    ) -> tuple[Candidate, ...]:
        """None: this store has no articles."""
        del shelves, as_of, published_after, limit
        return ()

    async def coverage_of(
        self, shelves: Sequence[ShelfId], ids: Sequence[ArticleId], *, as_of: datetime
    ) -> tuple[Article, ...]:
        """None: this store has no articles."""
        del shelves, ids, as_of
        return ()

    async def taken_down(self, shelves: Sequence[ShelfId], ids: Sequence[ArticleId]) -> frozenset[ArticleId]:
        """Find those that were taken down; this store has no articles beside that."""
        del shelves
        return frozenset(ids) & self._tables.taken_down

    @override
    async def told(self, schedule: ScheduleId, channel_id: int, *, before: datetime) -> tuple[ToldStory, ...]:
        window = Window(start=None, end=before)
        return tuple(map(told_story, await self.told_picks(schedule, channel_id, window=window)))

    @override
    async def told_picks(self, schedule: ScheduleId, channel_id: int, *, window: Window) -> tuple[Pick, ...]:
        def work() -> tuple[Pick, ...]:
            editions = [*self._moving(schedule, window.end), *self._of_channel(channel_id, schedule, window.end)]
            told = [each for each in editions if each.due_at in window and not each.is_best_of]
            told.sort(key=lambda edition: edition.due_at)
            return tuple(pick for edition in told for pick in edition.picks)

        return await self._disk.read(work)

    def _of_channel(self, channel_id: int, schedule: ScheduleId, before: datetime) -> list[Edition]:
        """List what other schedules had in a channel."""
        return [
            edition
            for other, editions in self._tables.editions.items()
            for edition in editions.values()
            if other != schedule
            and edition.due_at <= before
            and any(
                part.state in _MOVING and part.key.channel_id == channel_id
                for part in self._tables.parts_of((other, edition.key))
            )
        ]

    @override
    async def last_cutoff(self, schedule: ScheduleId, *, before: datetime) -> datetime | None:
        return await self._disk.read(
            lambda: next((each.window.end for each in reversed(self._moving(schedule, before))), None)
        )

    def _moving(self, schedule: ScheduleId, before: datetime) -> list[Edition]:
        moving = [each for each in self._of(schedule) if each.due_at < before and self._moves(each)]
        return sorted(moving, key=lambda edition: edition.due_at)

    def _moves(self, edition: Edition) -> bool:
        parts = self._tables.parts_of((edition.schedule_id, edition.key))
        if not parts:
            return not edition.picks and edition.skipped in {None, Skipped.EMPTY}
        return any(part.state in _MOVING for part in parts)

    def _of(self, schedule: ScheduleId) -> list[Edition]:
        return list(self._tables.editions.get(schedule, {}).values())

    @override
    async def told_editions(self, schedule: ScheduleId, channel_id: int) -> frozenset[tuple[ScheduleId, EditionKey]]:
        return await self._disk.read(lambda: self.told_now(schedule, channel_id))

    def told_now(self, schedule: ScheduleId, channel_id: int) -> frozenset[tuple[ScheduleId, EditionKey]]:
        """Find what `told_editions` does, within a transaction."""
        told = [each for each in self._of(schedule) if self._moves(each)]
        told += self._of_channel(channel_id, schedule, datetime.max.replace(tzinfo=UTC))
        return frozenset((each.schedule_id, each.key) for each in told)

    @override
    async def plan(
        self,
        edition: Edition,
        verdicts: Sequence[Verdict],
        deliveries: Sequence[Delivery],
        *,
        basis: Basis | None = None,
        desk: Desk | None = None,
        entry: LogEntry | None = None,
    ) -> Edition | None:
        _require_parts(edition, deliveries)

        def work() -> Edition | None:
            stored = self._tables.schedules.get(edition.schedule_id)
            if stored is None or stored.deleted_at is not None:
                raise UnknownScheduleError("The schedule was deleted.")
            if basis is not None and stored.schedule != basis.schedule:
                raise ScheduleChangedError("The schedule was changed.")
            if basis is not None and self.told_now(edition.schedule_id, basis.schedule.channel_id) != basis.told:
                raise PlanOutdatedError("Another edition was planned.")
            editions = self._tables.editions.setdefault(edition.schedule_id, {})
            if edition.key in editions:
                return None
            rows = [_as_planned(delivery) for delivery in deliveries]
            planned = replace(edition, number=self._number(edition))
            editions[edition.key] = planned
            self._tables.verdicts[edition.schedule_id, edition.key] = tuple(verdicts)
            for row in rows:
                self._tables.add(row)
            if desk is not None:
                self._tables.desks[edition.schedule_id, edition.key] = desk
            return planned

        return await self._disk.write(work)

    @override
    async def take_over(self, edition: Edition, deliveries: Sequence[Delivery]) -> None:
        def work() -> None:
            editions = self._tables.editions.setdefault(edition.schedule_id, {})
            known_edition = editions.get(edition.key)
            parts = self._tables.parts_of((edition.schedule_id, edition.key))
            if known_edition is None or not (known_edition.picks or parts):
                editions[edition.key] = replace(edition, number=self._number(edition))
            for delivery in deliveries:
                known = self._tables.rows.get(delivery.key)
                if known is None:
                    self._tables.add(replace(delivery, state=DeliveryState.SENT))
                elif known.state is not DeliveryState.SENT:
                    sent = replace(known, state=DeliveryState.SENT, message_id=delivery.message_id, reason="")
                    self._tables.put(replace(sent, lease_until=None, not_before=None))

        await self._disk.write(work)

    def _number(self, edition: Edition) -> int | None:
        if not edition.picks or edition.skipped:
            return None
        return max((each.number or 0 for each in self._of(edition.schedule_id)), default=0) + 1

    @override
    async def find_edition(
        self, schedule: ScheduleId, number: int | None = None, *, drafts: bool = False
    ) -> Edition | None:
        def work() -> Edition | None:
            found = [each for each in self._of(schedule) if drafts or not self._tables.is_draft(schedule, each.key)]
            numbered = {each.number: each for each in found if each.number is not None}
            if number is not None:
                return numbered.get(number)
            return numbered.get(max((each for each in numbered if self._moves(numbered[each])), default=0))

        return await self._disk.read(work)

    @override
    async def find_edition_by_key(self, schedule: ScheduleId, key: EditionKey) -> Edition | None:
        return await self._disk.read(lambda: self._tables.editions.get(schedule, {}).get(key))

    @override
    async def find_edition_by_delivery(self, delivery_key: str) -> Edition | None:
        def work() -> Edition | None:
            rows = self._tables.rows.values()
            row = next((each for each in rows if delivery_key and each.draft.key == delivery_key), None)
            return None if row is None else self._tables.editions[row.key.schedule_id][row.key.edition]

        return await self._disk.read(work)

    @override
    async def editions(self, schedule: ScheduleId, *, limit: int) -> tuple[Edition, ...]:
        def work() -> tuple[Edition, ...]:
            numbered = list(enumerate(self._of(schedule)))
            numbered.sort(key=lambda each: (each[1].due_at, each[0]), reverse=True)
            return tuple(edition for _, edition in numbered[: max(0, limit)])

        return await self._disk.read(work)

    @override
    async def edition_keys(self, schedule: ScheduleId) -> frozenset[EditionKey]:
        return await self._disk.read(lambda: frozenset(self._tables.editions.get(schedule, {})))

    @override
    async def verdicts(self, schedule: ScheduleId, edition: EditionKey) -> tuple[Verdict, ...]:
        def work() -> tuple[Verdict, ...]:
            found = self._tables.verdicts.get((schedule, edition), ())
            return tuple(sorted(found, key=lambda verdict: verdict.article_id))

        return await self._disk.read(work)


def _require_parts(edition: Edition, deliveries: Sequence[Delivery]) -> None:
    keys = [delivery.key for delivery in deliveries]
    if any((key.schedule_id, key.edition) != (edition.schedule_id, edition.key) for key in keys):
        raise ValueError(f"a delivery of another edition than {edition.key}")
    if [key.part for key in keys] != list(range(1, len(keys) + 1)) or len({key.channel_id for key in keys}) > 1:
        raise ValueError("the parts of an edition are 1, 2, ..., all for one channel")
    if any(delivery.state not in _PLANNABLE for delivery in deliveries):
        raise ValueError("a new delivery is PLANNED or SKIPPED")


def _as_planned(delivery: Delivery) -> Delivery:
    """Drop the values of attempts.

    Raises:
        OverflowError: a role's id that no database takes.
    """
    if (delivery.mention_role or 0) >= _PAST_EVERY_ID:
        raise OverflowError("a number too large")
    return Delivery(
        key=delivery.key,
        guild_id=delivery.guild_id,
        state=delivery.state,
        draft=delivery.draft,
        revision=delivery.revision,
        due_at=delivery.due_at,
        planned_at=delivery.planned_at,
        not_before=delivery.not_before,
        reason=delivery.reason,
        title=delivery.title,
        mention_role=delivery.mention_role,
        publish=delivery.publish,
        posting=delivery.posting,
    )
