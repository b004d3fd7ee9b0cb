"""SQLite implementation of `CorrectionStore`: what posted messages are to show, and their edits."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import partial
from typing import Final, TypeVar

from typing_extensions import override

from bot.news.article import ArticleId, ShelfId
from bot.news.choosing.correction import BegunEdit, Correction, CorrectionState, Showing, ShownArticle, facts_of
from bot.news.delivery import DeliveryKey, Publication, ScheduleId
from bot.news.edition import Pick
from bot.news.message.draft import Draft
from bot.news.message.draft_json import draft_from_json, draft_to_json
from bot.news.schedules.schedule import Schedule, ScheduleState
from bot.news.value_json import value_from_json, value_to_json
from bot.store.engine.connection import Connection, Row
from bot.store.port.delivery import CorrectionStore
from bot.store.sqlite.file.moments import as_micros, as_moment
from bot.store.sqlite.file.sql import as_list, storable
from bot.store.sqlite.file.stored import read_stored
from bot.store.sqlite.ledger.delivery_rows import key_columns, key_of
from bot.store.sqlite.ledger.schedules import read_schedule
from bot.store.sqlite.shelves.files import StoreFiles

T = TypeVar("T")

_THE_MESSAGE: Final = """
    schedule_id = :schedule_id AND edition = :edition AND part = :part AND channel_id = :channel_id
"""

# A message that was deleted when it was found has no id to edit it by.
_RECENT: Final = """
    delivery.state = 'sent' AND delivery.sent_at > :since AND coalesce(delivery.message_id, 0) <> 0
        AND NOT EXISTS (SELECT 1 FROM guild WHERE guild.guild_id = delivery.guild_id)
"""

_SHOWN: Final = f"""
    SELECT DISTINCT pick.article_id, json_extract(pick.value, '$.article.shelf') AS shelf,
        json_extract(pick.value, '$.article.title') AS title, json_extract(pick.value, '$.article.url') AS url,
        coalesce(json_extract(pick.value, '$.article.pictures[0].alt'), '') AS alt
    FROM delivery INDEXED BY delivery_by_sending JOIN edition USING (schedule_id, edition) JOIN pick USING (edition_id)
    WHERE {_RECENT}
"""

_SHOWING: Final = f"""
    SELECT delivery.*, json_group_array(pick.article_id) AS article_ids,
        schedule.state = '{ScheduleState.ACTIVE}' AND deleted_at IS NULL AS is_active
    FROM delivery INDEXED BY delivery_by_sending JOIN edition USING (schedule_id, edition) JOIN pick USING (edition_id)
        JOIN schedule USING (schedule_id)
    WHERE {_RECENT} AND pick.article_id IN (SELECT value FROM json_each(:articles))
    GROUP BY delivery_id, schedule.schedule_id ORDER BY delivery.sent_at, delivery_id
"""

_SCHEDULE: Final = "SELECT * FROM schedule WHERE schedule_id = ?"

_FIND: Final = f"""
    SELECT correction.*, channel_id, schedule_id, edition, part
    FROM delivery JOIN correction USING (delivery_id) WHERE {_THE_MESSAGE}
"""

_SAVE: Final = f"""
    INSERT INTO correction (delivery_id, state, revision, begun, shown_revision, edits, not_before, withdraws, draft,
        picks, shown, reason)
    SELECT delivery_id, :state, :revision, 0, 0, 0, sent_at, :withdraws, :draft, :picks, '', :reason
    FROM delivery WHERE {_THE_MESSAGE} AND delivery.state = 'sent'
    ON CONFLICT (delivery_id) DO UPDATE SET state = excluded.state, revision = excluded.revision,
        withdraws = excluded.withdraws, draft = excluded.draft, picks = excluded.picks, reason = excluded.reason
    WHERE correction.revision = excluded.revision - 1 AND correction.begun = correction.shown_revision
        AND correction.state IN ('due', 'done')
"""

_OF_MESSAGE: Final = f"delivery_id = (SELECT delivery_id FROM delivery WHERE {_THE_MESSAGE})"

_TAKEN_BACK: Final = f"{_OF_MESSAGE} AND state = 'due' AND revision = :revision AND begun = shown_revision"
_FORGET: Final = f"DELETE FROM correction WHERE {_TAKEN_BACK} AND edits = 0"
_TAKE_BACK: Final = f"UPDATE correction SET state = 'done', picks = shown, reason = '' WHERE {_TAKEN_BACK}"

_MAY_BE_SENT: Final = """
    correction.state IN ('due', 'sending') AND correction.not_before <= :now
        AND (withdraws <> 0 OR EXISTS (
            SELECT 1 FROM schedule
            WHERE schedule.schedule_id = delivery.schedule_id AND schedule.state = 'active' AND deleted_at IS NULL
        ))
"""

_DUE: Final = f"""
    SELECT delivery.* FROM correction INDEXED BY correction_open JOIN delivery USING (delivery_id)
    WHERE {_MAY_BE_SENT} AND {_RECENT}
    ORDER BY correction.not_before, delivery_id LIMIT :limit
"""

_BEGIN: Final = f"""
    UPDATE correction SET state = 'sending', begun = correction.revision, not_before = :again_at,
        edits = correction.edits + CASE WHEN correction.begun <> correction.revision THEN 1 ELSE 0 END
    FROM delivery
    WHERE delivery.delivery_id = correction.delivery_id AND {_THE_MESSAGE} AND {_MAY_BE_SENT}
"""

_IS_BEGUN: Final = f"{_OF_MESSAGE} AND state = 'sending' AND revision = :revision"

_END: Final = f"""
    UPDATE correction SET state = 'done', shown = picks, shown_revision = revision, corrected_at = :at,
        not_before = :again_at, reason = ''
    WHERE {_IS_BEGUN}
"""

_PUT_OFF: Final = f"""
    UPDATE correction SET state = 'due', begun = :before, not_before = :again_at,
        edits = edits - CASE WHEN :before <> revision THEN 1 ELSE 0 END,
        reason = :reason, draft = coalesce(:draft, draft)
    WHERE {_IS_BEGUN}
"""

_GIVE_UP: Final = f"UPDATE correction SET state = 'given up', reason = :reason WHERE {_IS_BEGUN}"

_LATER: Final = """
    UPDATE correction SET not_before = :at
    WHERE state IN ('due', 'sending') AND not_before < :at
        AND delivery_id IN (SELECT delivery_id FROM delivery WHERE channel_id = :channel_id)
"""

_CORRECTED: Final = """
    SELECT delivery.*, corrected_at FROM delivery JOIN correction USING (delivery_id)
    WHERE schedule_id = ? AND corrected_at IS NOT NULL
"""


class SqliteCorrectionStore(CorrectionStore):
    """SQLite implementation of `CorrectionStore`."""

    def __init__(self, files: StoreFiles) -> None:
        self._database = files.ledger

    @override
    async def shown(self, *, since: datetime) -> tuple[ShownArticle, ...]:
        return await self._rows(_SHOWN, {"since": as_micros(since)}, _read_shown)

    @override
    async def showing(self, articles: Collection[ArticleId], *, since: datetime) -> tuple[Showing, ...]:
        asked = {"since": as_micros(since), "articles": as_list(map(storable, articles))}
        return await self._rows(_SHOWING, asked, _read_showing)

    @override
    async def schedule_of(self, key: DeliveryKey) -> Schedule | None:
        return await self._database.read(
            lambda connection: next(map(read_schedule, connection.execute(_SCHEDULE, (key.schedule_id,))), None)
        )

    @override
    async def find_correction(self, key: DeliveryKey) -> Correction | None:
        return next(iter(await self._rows(_FIND, key_columns(key), _read)), None)

    @override
    async def save_correction(self, correction: Correction) -> bool:
        row = {
            "state": correction.state,
            "revision": correction.revision,
            "withdraws": correction.withdraws,
            "draft": draft_to_json(correction.draft),
            "picks": value_to_json(correction.picks),
            "reason": correction.reason,
        }
        return await self._write(_SAVE, key_columns(correction.key) | row)

    @override
    async def drop_correction(self, correction: Correction) -> bool:
        row = key_columns(correction.key) | {"revision": correction.revision}

        def work(connection: Connection) -> bool:
            return connection.execute(_FORGET, row).rowcount + connection.execute(_TAKE_BACK, row).rowcount == 1

        return await self._database.write(work)

    @override
    async def to_correct(self, *, now: datetime, since: datetime, limit: int = 200) -> tuple[Publication, ...]:
        asked = {"now": as_micros(now), "since": as_micros(since), "limit": max(0, limit)}
        return await self._rows(_DUE, asked, _read_publication)

    @override
    async def begin_edit(self, key: DeliveryKey, *, now: datetime, again_at: datetime) -> BegunEdit | None:
        row = key_columns(key) | {"now": as_micros(now), "again_at": as_micros(again_at)}

        def work(connection: Connection) -> BegunEdit | None:
            found = connection.execute(_FIND, row).fetchone()
            if found is None or connection.execute(_BEGIN, row).rowcount != 1:
                return None
            return BegunEdit(
                key=key,
                draft=_read_draft(found),
                revision=found["revision"],
                before=found["begun"],
                reason=found["reason"],
            )

        return await self._database.write(work)

    @override
    async def end_edit(self, begun: BegunEdit, *, at: datetime, again_at: datetime) -> bool:
        return await self._mark(_END, begun, at=as_micros(at), again_at=as_micros(again_at))

    @override
    async def put_off_edit(
        self, begun: BegunEdit, *, again_at: datetime, reason: str, draft: Draft | None = None
    ) -> bool:
        text = None if draft is None else draft_to_json(draft)
        return await self._mark(
            _PUT_OFF, begun, again_at=as_micros(again_at), reason=reason, draft=text, before=begun.before
        )

    @override
    async def give_up_edits(self, begun: BegunEdit, *, reason: str) -> bool:
        return await self._mark(_GIVE_UP, begun, reason=reason)

    @override
    async def edits_later(self, channel_id: int, *, at: datetime) -> int:
        row = {"channel_id": channel_id, "at": as_micros(at)}
        return await self._database.write(lambda connection: connection.execute(_LATER, row).rowcount)

    @override
    async def corrected_at(self, schedule: ScheduleId) -> Mapping[DeliveryKey, datetime]:
        found = await self._rows(_CORRECTED, (schedule,), lambda row: (key_of(row), as_moment(row["corrected_at"])))
        return dict(found)

    async def _mark(self, sql: str, begun: BegunEdit, **changes: object) -> bool:
        return await self._write(sql, key_columns(begun.key) | {"revision": begun.revision} | changes)

    async def _write(self, sql: str, row: Mapping[str, object]) -> bool:
        return await self._database.write(lambda connection: connection.execute(sql, row).rowcount == 1)

    async def _rows(
        self, sql: str, values: Mapping[str, object] | tuple[object, ...], read: Callable[[Row], T]
    ) -> tuple[T, ...]:
        return await self._database.read(lambda connection: tuple(map(read, connection.execute(sql, values))))


def _read_shown(row: Row) -> ShownArticle:
    return ShownArticle(
        article_id=ArticleId(row["article_id"]),
        shelf=ShelfId(row["shelf"]),
        facts=facts_of(row["title"], row["url"], row["alt"]),
    )


def _read_showing(row: Row) -> Showing:
    return Showing(
        key=key_of(row),
        guild_id=row["guild_id"],
        article_ids=frozenset(map(ArticleId, json.loads(row["article_ids"]))),
        is_active=bool(row["is_active"]),
    )


def _read_publication(row: Row) -> Publication:
    return Publication(key=key_of(row), guild_id=row["guild_id"], message_id=row["message_id"])


def _read(row: Row) -> Correction:
    return Correction(
        key=key_of(row),
        state=CorrectionState(row["state"]),
        revision=row["revision"],
        draft=_read_draft(row),
        picks=_read_picks(row, "picks"),
        shown=_read_picks(row, "shown") if row["shown"] else None,
        withdraws=bool(row["withdraws"]),
        edits=row["edits"],
        is_unsettled=row["begun"] != row["shown_revision"],
        corrected_at=as_moment(row["corrected_at"]),
        reason=row["reason"],
    )


def _read_draft(row: Row) -> Draft:
    return read_stored(_name_of(row), draft_from_json, row["draft"])


def _read_picks(row: Row, column: str) -> tuple[Pick, ...]:
    return read_stored(_name_of(row), partial(value_from_json, tuple[Pick, ...]), row[column])


def _name_of(row: Row) -> str:
    return f"The correction of part {row['part']} of edition {row['edition']} of schedule {row['schedule_id']}"
