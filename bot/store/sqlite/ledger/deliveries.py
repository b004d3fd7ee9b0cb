"""SQLite implementation of `DeliveryStore`: claims (`claim`), marks (`marks`) and reads of the ledger."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final

from typing_extensions import override

from bot.errors import StoreDamagedError
from bot.news.article import ArticleId, shelves_seen_by
from bot.news.choosing.recheck import Holding, Redrawn
from bot.news.delivery import Delivery, DeliveryKey, DeliveryState, EditionKey, Publication, ScheduleId
from bot.news.message.draft import Draft
from bot.news.servers.log import LogEntry
from bot.store.engine.connection import Connection
from bot.store.port.delivery import DeliveryStore
from bot.store.sqlite.file.moments import as_micros, as_moment
from bot.store.sqlite.ledger.basis import require_told
from bot.store.sqlite.ledger.claim import claim_rows
from bot.store.sqlite.ledger.delivery_rows import key_columns, put_draft, read_delivery, read_parts
from bot.store.sqlite.ledger.edition_candidates import read_taken_down
from bot.store.sqlite.ledger.marks import Marks, mark_of, write_mark
from bot.store.sqlite.ledger.publish import Waiting, count_waiting, end_waiting, put_off, read_waiting
from bot.store.sqlite.ledger.recheck import read_rest, require_rest, revise_edition
from bot.store.sqlite.ledger.servers.log import write_entry
from bot.store.sqlite.shelves.files import StoreFiles

_SKIP: Final = """
    UPDATE delivery SET state = 'skipped', reason = :reason
    WHERE schedule_id = :schedule_id AND edition = :edition AND part = :part AND channel_id = :channel_id
        AND state IN ('planned', 'failed', 'unknown')
"""

_RESOLVE: Final = """
    UPDATE delivery SET state = :state, reason = :reason, message_id = coalesce(:message_id, message_id),
        not_before = NULL, tries = 0, asked_at = coalesce(:asked_at, asked_at),
        lease_until = CASE WHEN :state = 'sending' THEN coalesce(claimed_at, :asked_at) END,
        claimed_at = CASE WHEN :state = 'sending' THEN coalesce(claimed_at, :asked_at) ELSE claimed_at END
    WHERE schedule_id = :schedule_id AND edition = :edition AND part = :part AND channel_id = :channel_id
        AND state IN ('unknown', 'failed')
        AND EXISTS (SELECT 1 FROM schedule WHERE schedule.schedule_id = :schedule_id AND deleted_at IS NULL)
"""

_SKIP_LATER: Final = """
    UPDATE delivery SET state = 'skipped', reason = :reason
    WHERE schedule_id = :schedule_id AND edition = :edition AND part > :part AND channel_id = :channel_id
        AND state = 'planned'
"""

_ASK_LATER: Final = """
    UPDATE delivery SET asked_at = :asked_at
    WHERE schedule_id = :schedule_id AND edition = :edition AND part > :part AND channel_id = :channel_id
        AND state = 'planned'
"""

_FIND: Final = """
    SELECT * FROM delivery JOIN draft USING (delivery_id)
    WHERE schedule_id = :schedule_id AND edition = :edition AND part = :part AND channel_id = :channel_id
"""

_UNRESOLVED: Final = """
    SELECT delivery.*, draft.value FROM delivery JOIN draft USING (delivery_id) JOIN schedule USING (schedule_id)
    WHERE delivery.state IN ('unknown', 'failed') AND deleted_at IS NULL
        AND (delivery.guild_id = :guild_id OR :guild_id IS NULL)
    ORDER BY due_at, delivery_id
"""

_SENDING: Final = """
    SELECT * FROM delivery JOIN draft USING (delivery_id) WHERE state = 'sending' AND schedule_id = ?
    ORDER BY due_at, delivery_id
"""

# A Draft is stored as JSON in ASCII, so what it holds is found in it as text; so are the stories of a message that was
# corrected since.
_SHOWING: Final = """
    SELECT delivery.*, draft.value
    FROM pick JOIN edition USING (edition_id) JOIN delivery USING (schedule_id, edition) JOIN draft USING (delivery_id)
        LEFT JOIN correction USING (delivery_id)
    WHERE pick.article_id = :article AND (delivery.guild_id = :guild_id OR :guild_id IS NULL)
        AND (instr(draft.value, :choice) > 0 OR instr(draft.value, :link) > 0)
        AND (coalesce(correction.shown, '') = '' OR instr(correction.shown, :choice) > 0)
    ORDER BY delivery.due_at DESC, delivery_id LIMIT :limit
"""

# A draft that waits on the editors' desk isn't late.
_OLDEST_OPEN: Final = """
    SELECT due_at FROM delivery INDEXED BY delivery_open JOIN schedule USING (schedule_id)
    WHERE delivery.state IN ('planned', 'sending') AND schedule.state = 'active' AND deleted_at IS NULL
        AND NOT (attempt = 0 AND coalesce(not_before, 0) > due_at)
    ORDER BY due_at LIMIT 1
"""

_SHORTEN: Final = """
    UPDATE delivery SET lease_until = :until WHERE state = 'sending' AND lease_until > :until
"""

_ASKS_AGAIN: Final = frozenset({DeliveryState.PLANNED, DeliveryState.SENDING})
_DECISIONS: Final = _ASKS_AGAIN | {DeliveryState.SENT, DeliveryState.SKIPPED}


class SqliteDeliveryStore(DeliveryStore):
    """SQLite implementation of `DeliveryStore`."""

    def __init__(self, files: StoreFiles) -> None:
        self._database = files.ledger
        self._shelves = files.shelves
        self._marks = Marks(files.ledger)

    @override
    async def claim(self, *, now: datetime, lease_until: datetime, limit: int = 40) -> tuple[Delivery, ...]:
        return await self._database.write(
            lambda connection: claim_rows(connection, now=now, lease_until=lease_until, limit=limit)
        )

    @override
    async def mark_sent(self, key: DeliveryKey, attempt: int, *, message_id: int, at: datetime) -> bool:
        return await self._mark(key, attempt, DeliveryState.SENT, message_id=message_id, sent_at=as_micros(at))

    @override
    async def mark_planned(
        self, key: DeliveryKey, attempt: int, *, not_before: datetime, reason: str, forget_attempt: bool = False
    ) -> bool:
        return await self._mark(
            key,
            attempt,
            DeliveryState.PLANNED,
            reason=reason,
            not_before=as_micros(not_before),
            more_tries=1,
            forget_attempt=forget_attempt,
        )

    @override
    async def mark_unclear(self, key: DeliveryKey, attempt: int, *, lease_until: datetime, reason: str) -> bool:
        return await self._mark(key, attempt, DeliveryState.SENDING, reason=reason, lease_until=as_micros(lease_until))

    @override
    async def mark_failed(self, key: DeliveryKey, attempt: int, *, reason: str) -> bool:
        return await self._mark(key, attempt, DeliveryState.FAILED, reason=reason)

    @override
    async def mark_unknown(self, key: DeliveryKey, attempt: int, *, reason: str) -> bool:
        return await self._mark(key, attempt, DeliveryState.UNKNOWN, reason=reason)

    async def _mark(self, key: DeliveryKey, attempt: int, state: DeliveryState, **changes: object) -> bool:
        return await self._marks.write(mark_of(key, attempt, state, **changes))

    @override
    async def replace_draft(self, key: DeliveryKey, attempt: int, draft: Draft, *, revision: int) -> bool:
        mark = mark_of(key, attempt, DeliveryState.PLANNED, more_revisions=1)

        def work(connection: Connection) -> bool:
            before = connection.execute(_FIND, key_columns(key)).fetchone()
            if before is None or before["revision"] + 1 != revision:
                return False
            if not write_mark(connection, mark):
                return False
            put_draft(connection, before["delivery_id"], connection.execute(_FIND, key_columns(key)).fetchone(), draft)
            return True

        return await self._database.write(work)

    @override
    async def mark_skipped(self, keys: Sequence[DeliveryKey], *, reason: str) -> int:
        rows = [key_columns(key) | {"reason": reason} for key in keys]
        return await self._database.write(lambda connection: connection.executemany(_SKIP, rows).rowcount)

    @override
    async def holding(self, key: DeliveryKey) -> Holding:
        schedule, members = await self._database.read(lambda connection: read_rest(connection, key))
        shelves = shelves_seen_by(None if schedule is None else schedule.guild_id)
        taken_down: frozenset[ArticleId] = frozenset()
        with suppress(StoreDamagedError):  # sending needs the ledger alone
            taken_down = await self._shelves.read(shelves, lambda view: read_taken_down(view, members))
        return Holding(schedule=schedule, taken_down=taken_down)

    @override
    async def revise(self, key: DeliveryKey, attempt: int, redrawn: Redrawn) -> bool:
        require_rest(key, redrawn)
        return await self._database.write(lambda connection: revise_edition(connection, key, attempt, redrawn))

    @override
    async def mark_cancelled(self, key: DeliveryKey, attempt: int, *, reason: str) -> bool:
        mark = mark_of(key, attempt, DeliveryState.SKIPPED, reason=reason)

        def work(connection: Connection) -> bool:
            if not write_mark(connection, mark):
                return False
            connection.execute(_SKIP_LATER, key_columns(key) | {"reason": reason})
            return True

        return await self._database.write(work)

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
        if state not in _DECISIONS:
            raise ValueError(f"a person can't decide for {state!r}")
        asked_at = as_micros(at) if state in _ASKS_AGAIN else None
        row = key_columns(key) | {"state": state, "reason": reason, "message_id": message_id, "asked_at": asked_at}

        def work(connection: Connection) -> bool:
            if told is not None:
                require_told(connection, told, (key.schedule_id, key.edition))
            if connection.execute(_RESOLVE, row).rowcount != 1:
                return False
            if state is DeliveryState.SKIPPED:
                connection.execute(_SKIP_LATER, row)
            elif state in _ASKS_AGAIN:
                connection.execute(_ASK_LATER, row)
            write_entry(connection, entry, schedule=key.schedule_id)
            return True

        return await self._database.write(work)

    @override
    async def shorten_leases(self, *, until: datetime) -> int:
        row = {"until": as_micros(until)}
        return await self._database.write(lambda connection: connection.execute(_SHORTEN, row).rowcount)

    @override
    async def to_publish(self, *, now: datetime, limit: int = 200) -> tuple[Publication, ...]:
        return await self._waiting(Waiting.TO_PUBLISH, now, limit)

    @override
    async def to_open(self, *, now: datetime, limit: int = 200) -> tuple[Publication, ...]:
        return await self._waiting(Waiting.TO_THREAD, now, limit)

    async def _waiting(self, what: Waiting, now: datetime, limit: int) -> tuple[Publication, ...]:
        return await self._database.read(lambda connection: read_waiting(connection, what, now, limit))

    @override
    async def count_unpublished(self) -> int:
        return await self._database.read(lambda connection: count_waiting(connection, Waiting.TO_PUBLISH))

    @override
    async def mark_published(self, key: DeliveryKey, *, failure: str = "") -> bool:
        return await self._end_waiting(Waiting.TO_PUBLISH, key, failure)

    @override
    async def mark_threaded(self, key: DeliveryKey, *, failure: str = "") -> bool:
        return await self._end_waiting(Waiting.TO_THREAD, key, failure)

    async def _end_waiting(self, what: Waiting, key: DeliveryKey, failure: str) -> bool:
        return await self._database.write(lambda connection: end_waiting(connection, what, key, failure))

    @override
    async def publish_later(self, channel_id: int, *, at: datetime) -> int:
        return await self._database.write(lambda connection: put_off(connection, Waiting.TO_PUBLISH, channel_id, at))

    @override
    async def thread_later(self, channel_id: int, *, at: datetime) -> int:
        return await self._database.write(lambda connection: put_off(connection, Waiting.TO_THREAD, channel_id, at))

    @override
    async def deliveries(self, schedule: ScheduleId, edition: EditionKey) -> tuple[Delivery, ...]:
        return await self._database.read(lambda connection: read_parts(connection, schedule, edition))

    @override
    async def sending(self, schedule: ScheduleId) -> tuple[Delivery, ...]:
        return await self._read(_SENDING, (schedule,))

    @override
    async def showing(
        self, article: ArticleId, url: str, *, guild_id: int | None = None, limit: int = 100
    ) -> tuple[Delivery, ...]:
        asked = {"article": article, "guild_id": guild_id, "limit": max(0, limit)}
        return await self._read(_SHOWING, asked | {"choice": json.dumps(article), "link": json.dumps(url)})

    @override
    async def unresolved(self, guild_id: int | None = None) -> tuple[Delivery, ...]:
        return await self._read(_UNRESOLVED, {"guild_id": guild_id})

    async def _read(self, sql: str, values: Mapping[str, object] | Sequence[object]) -> tuple[Delivery, ...]:
        return await self._database.read(
            lambda connection: tuple(read_delivery(row) for row in connection.execute(sql, values))
        )

    @override
    async def counts(self) -> Mapping[DeliveryState, int]:
        rows = await self._database.read(
            lambda connection: connection.execute("SELECT state, count(*) FROM delivery GROUP BY state").fetchall()
        )
        return dict.fromkeys(DeliveryState, 0) | {DeliveryState(state): count for state, count in rows}

    @override
    async def oldest_open_due(self) -> datetime | None:
        row = await self._database.read(lambda connection: connection.execute(_OLDEST_OPEN).fetchone())
        return None if row is None else as_moment(row["due_at"])
