"""SQLite implementation of `DigestStore`: plan editions and read them; `edition_candidates` reads candidates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final, TypeVar

from typing_extensions import override

from bot.errors import UnknownScheduleError
from bot.news.article import Article, ArticleId, ShelfId
from bot.news.delivery import Delivery, DeliveryState, EditionKey, ScheduleId
from bot.news.edition import Basis, Candidate, Edition, Pick, ToldStory, Verdict, Window
from bot.news.schedules.desk import Desk
from bot.news.servers.log import LogEntry
from bot.store.engine.connection import Connection, Row
from bot.store.port.digest import DigestStore
from bot.store.sqlite.file.moments import as_micros, as_moment
from bot.store.sqlite.ledger.basis import outdated, read_told_editions, require_basis
from bot.store.sqlite.ledger.delivery_rows import insert_delivery, take_over_delivery
from bot.store.sqlite.ledger.edition_candidates import read_candidates, read_coverage, read_taken_down
from bot.store.sqlite.ledger.edition_rows import (
    insert_desk,
    insert_edition,
    read_edition,
    read_pick,
    read_told,
    read_verdict,
)
from bot.store.sqlite.ledger.servers.log import write_entry
from bot.store.sqlite.shelves.files import StoreFiles

T = TypeVar("T")

# Of one moment, another schedule's edition comes first: of two that are due together the second knows the first.
_TOLD: Final = """
    WITH told AS (
        SELECT edition_id FROM moving_edition WHERE schedule_id = :schedule_id AND due_at < :before
        UNION
        SELECT edition.edition_id FROM delivery INDEXED BY delivery_by_channel JOIN edition USING (schedule_id, edition)
        WHERE channel_id = :channel_id AND schedule_id <> :schedule_id AND edition.due_at <= :before
            AND state IN ('planned', 'sending', 'unknown', 'sent')
    )
    SELECT pick.* FROM told JOIN edition USING (edition_id) JOIN pick USING (edition_id)
    WHERE is_best_of = 0 AND (due_at > :after OR :after IS NULL)
    ORDER BY due_at, edition_id, place
"""

# A draft's cutoff is when it was drafted: what came in since is in the next edition's window.
_LAST_CUTOFF: Final = """
    SELECT window_end FROM moving_edition WHERE schedule_id = ? AND due_at < ? ORDER BY due_at DESC LIMIT 1
"""

_IS_DRAFT: Final = """
    EXISTS (SELECT 1 FROM desk WHERE desk.schedule_id = mine.schedule_id AND desk.edition = mine.edition)
    AND NOT EXISTS (
        SELECT 1 FROM delivery WHERE delivery.schedule_id = mine.schedule_id AND delivery.edition = mine.edition
            AND (state <> 'planned' OR attempt > 0)
    )
"""

_EDITION: Final = f"""
    SELECT * FROM edition AS mine WHERE schedule_id = ? AND number = ? AND (? <> 0 OR NOT ({_IS_DRAFT}))
"""

_NEWEST: Final = f"""
    SELECT * FROM moving_edition AS mine
    WHERE schedule_id = ? AND number IS NOT NULL AND (? <> 0 OR NOT ({_IS_DRAFT})) ORDER BY number DESC LIMIT 1
"""

_LATEST: Final = "SELECT * FROM edition WHERE schedule_id = ? ORDER BY due_at DESC, edition_id DESC LIMIT ?"

_BY_DRAFT: Final = """
    SELECT edition.* FROM draft JOIN delivery USING (delivery_id) JOIN edition USING (schedule_id, edition)
    WHERE draft_key = ? AND draft_key <> ''
"""

_VERDICTS: Final = """
    SELECT verdict.* FROM edition JOIN verdict USING (edition_id) WHERE schedule_id = ? AND edition = ?
    ORDER BY article_id
"""

# One that was skipped, or had nothing to send: it has neither stories nor messages.
_DROP_UNSENT: Final = """
    DELETE FROM edition WHERE schedule_id = :schedule_id AND edition = :edition
        AND NOT EXISTS (SELECT 1 FROM pick WHERE pick.edition_id = edition.edition_id)
        AND NOT EXISTS (
            SELECT 1 FROM delivery WHERE delivery.schedule_id = :schedule_id AND delivery.edition = :edition
        )
"""

_EXISTS: Final = "SELECT 1 FROM schedule WHERE schedule_id = ? AND deleted_at IS NULL"

_PLANNABLE: Final = frozenset({DeliveryState.PLANNED, DeliveryState.SKIPPED})


class SqliteDigestStore(DigestStore):
    """SQLite implementation of `DigestStore`."""

    def __init__(self, files: StoreFiles, qualities: Mapping[str, int] = MappingProxyType({})) -> None:
        self._database = files.ledger
        self._shelves = files.shelves
        self._qualities = qualities

    @property
    @override
    def qualities(self) -> Mapping[str, int]:
        return self._qualities

    @override
    async def candidates(
        self,
        shelves: Sequence[ShelfId],
        *,
        as_of: datetime,
        published_after: datetime | None,
        limit: int = 5000,
    ) -> tuple[Candidate, ...]:
        return await self._shelves.read(
            shelves, lambda view: read_candidates(view, as_of=as_of, published_after=published_after, limit=limit)
        )

    @override
    async def coverage_of(
        self, shelves: Sequence[ShelfId], ids: Sequence[ArticleId], *, as_of: datetime
    ) -> tuple[Article, ...]:
        return await self._shelves.read(shelves, lambda view: read_coverage(view, ids, as_of=as_of))

    @override
    async def taken_down(self, shelves: Sequence[ShelfId], ids: Sequence[ArticleId]) -> frozenset[ArticleId]:
        return await self._shelves.read(shelves, lambda view: read_taken_down(view, ids))

    @override
    async def told(self, schedule: ScheduleId, channel_id: int, *, before: datetime) -> tuple[ToldStory, ...]:
        asked = {"schedule_id": schedule, "channel_id": channel_id, "before": as_micros(before), "after": None}
        return await self._rows(_TOLD, asked, read_told)

    @override
    async def told_picks(self, schedule: ScheduleId, channel_id: int, *, window: Window) -> tuple[Pick, ...]:
        asked = {
            "schedule_id": schedule,
            "channel_id": channel_id,
            "before": as_micros(window.end),
            "after": as_micros(window.start),
        }
        return await self._rows(_TOLD, asked, lambda row: read_pick(f"Edition {row['edition_id']}", row))

    @override
    async def last_cutoff(self, schedule: ScheduleId, *, before: datetime) -> datetime | None:
        cutoffs = await self._rows(
            _LAST_CUTOFF, (schedule, as_micros(before)), lambda row: as_moment(row["window_end"])
        )
        return next(iter(cutoffs), None)

    @override
    async def told_editions(self, schedule: ScheduleId, channel_id: int) -> frozenset[tuple[ScheduleId, EditionKey]]:
        return await self._database.read(lambda connection: read_told_editions(connection, schedule, channel_id))

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

        def work(connection: Connection) -> Edition | None:
            if connection.execute(_EXISTS, (edition.schedule_id,)).fetchone() is None:
                raise UnknownScheduleError("The schedule was deleted.", cure="Create it again.")
            if basis is not None:
                require_basis(connection, basis, edition)
            planned = insert_edition(connection, edition, verdicts)
            if planned is not None:
                for delivery in deliveries:
                    insert_delivery(connection, delivery)
                if desk is not None:
                    insert_desk(connection, desk)
                if deliveries:
                    write_entry(connection, entry, schedule=edition.schedule_id)
            return planned

        if basis is None:
            return await self._database.write(work)
        picked = {pick.article.id: pick.article.shelf for pick in edition.picks}
        async with self._shelves.takedowns.none_on(set(picked.values())):  # between the look and the write
            if await self.taken_down(sorted(set(picked.values())), sorted(picked)):
                raise outdated()
            return await self._database.write(work)

    @override
    async def take_over(self, edition: Edition, deliveries: Sequence[Delivery]) -> None:

        def work(connection: Connection) -> None:
            connection.execute(_DROP_UNSENT, {"schedule_id": edition.schedule_id, "edition": edition.key})
            insert_edition(connection, edition, ())
            for delivery in deliveries:
                take_over_delivery(connection, delivery)

        await self._database.write(work)

    @override
    async def find_edition(
        self, schedule: ScheduleId, number: int | None = None, *, drafts: bool = False
    ) -> Edition | None:
        if number is None:
            return await self._find_edition(_NEWEST, schedule, drafts)
        return await self._find_edition(_EDITION, schedule, number, drafts)

    @override
    async def find_edition_by_key(self, schedule: ScheduleId, key: EditionKey) -> Edition | None:
        return await self._find_edition("SELECT * FROM edition WHERE schedule_id = ? AND edition = ?", schedule, key)

    @override
    async def find_edition_by_delivery(self, delivery_key: str) -> Edition | None:
        return await self._find_edition(_BY_DRAFT, delivery_key)

    async def _find_edition(self, sql: str, *values: object) -> Edition | None:
        def work(connection: Connection) -> Edition | None:
            row = connection.execute(sql, values).fetchone()
            return None if row is None else read_edition(connection, row)

        return await self._database.read(work)

    @override
    async def editions(self, schedule: ScheduleId, *, limit: int) -> tuple[Edition, ...]:
        def work(connection: Connection) -> tuple[Edition, ...]:
            rows = connection.execute(_LATEST, (schedule, max(0, limit))).fetchall()
            return tuple(read_edition(connection, row) for row in rows)

        return await self._database.read(work)

    @override
    async def edition_keys(self, schedule: ScheduleId) -> frozenset[EditionKey]:
        sql = "SELECT edition FROM edition WHERE schedule_id = ?"
        return frozenset(await self._rows(sql, (schedule,), lambda row: EditionKey(row["edition"])))

    @override
    async def verdicts(self, schedule: ScheduleId, edition: EditionKey) -> tuple[Verdict, ...]:
        return await self._rows(_VERDICTS, (schedule, edition), read_verdict)

    async def _rows(
        self, sql: str, values: Sequence[object] | Mapping[str, object], read: Callable[[Row], T]
    ) -> tuple[T, ...]:
        return await self._database.read(lambda connection: tuple(read(row) for row in connection.execute(sql, values)))


def _require_parts(edition: Edition, deliveries: Sequence[Delivery]) -> None:
    keys = [delivery.key for delivery in deliveries]
    if any((key.schedule_id, key.edition) != (edition.schedule_id, edition.key) for key in keys):
        raise ValueError(f"a delivery belongs to another edition than {edition.key} of schedule {edition.schedule_id}")
    if [key.part for key in keys] != list(range(1, len(keys) + 1)) or len({key.channel_id for key in keys}) > 1:
        raise ValueError("the parts of an edition are 1, 2, ..., all for one channel")
    if any(delivery.state not in _PLANNABLE for delivery in deliveries):
        raise ValueError("a new delivery is PLANNED or SKIPPED")
