"""SQLite implementation of `DeskStore`: drafts on the editors' desk, their acts and their messages."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final, TypeVar

from typing_extensions import override

from bot.news.delivery import Delivery, EditionKey, ScheduleId
from bot.news.edition import Edition, Reason
from bot.news.schedules.desk import (
    Deed,
    Desk,
    DeskAct,
    DeskMessage,
    DeskState,
    OnDesk,
    draft_was_changed,
    not_a_draft,
)
from bot.news.schedules.desk import after as desk_after
from bot.news.schedules.schedule import NOBODY
from bot.store.engine.connection import Connection, Row
from bot.store.port.desk import DeskStore
from bot.store.sqlite.file.moments import as_micros, as_moment
from bot.store.sqlite.ledger.delivery_rows import insert_delivery, read_parts
from bot.store.sqlite.ledger.edition_rows import read_edition, replace_picks
from bot.store.sqlite.ledger.schedules import find_schedule
from bot.store.sqlite.ledger.servers.log import write_entry
from bot.store.sqlite.shelves.files import StoreFiles

T = TypeVar("T")

_FIND: Final = "SELECT * FROM desk WHERE schedule_id = ? AND edition = ?"

_OPEN: Final = """
    SELECT * FROM desk WHERE is_closed = 0 AND (guild_id = :guild_id OR :guild_id IS NULL)
    ORDER BY due_at, schedule_id
"""

_CAN_CHANGE: Final = """
    EXISTS (
        SELECT 1 FROM delivery WHERE delivery.schedule_id = desk.schedule_id AND delivery.edition = desk.edition
    ) AND NOT EXISTS (
        SELECT 1 FROM delivery WHERE delivery.schedule_id = desk.schedule_id AND delivery.edition = desk.edition
            AND (state <> 'planned' OR attempt > 0)
    )
"""

_DRAFTS: Final = f"SELECT * FROM desk WHERE schedule_id = ? AND is_closed = 0 AND {_CAN_CHANGE} ORDER BY due_at"

_CHANGE: Final = f"""
    UPDATE desk SET state = :state, revision = :revision
    WHERE schedule_id = :schedule_id AND edition = :edition AND revision = :revision - 1 AND {_CAN_CHANGE}
"""

_IS_DRAFT: Final = f"SELECT 1 FROM desk WHERE schedule_id = :schedule_id AND edition = :edition AND {_CAN_CHANGE}"

_EDITION: Final = "SELECT * FROM edition WHERE schedule_id = ? AND edition = ?"

_ACT: Final = """
    INSERT INTO desk_act (schedule_id, edition, revision, done_at, member_id, deed, article_id, detail)
    VALUES (:schedule_id, :edition, :revision, :done_at, :member_id, :deed, :article_id, :detail)
"""

_ACTS: Final = "SELECT * FROM desk_act WHERE schedule_id = ? AND edition = ? ORDER BY act_id"

_DROP_PARTS: Final = "DELETE FROM delivery WHERE schedule_id = :schedule_id AND edition = :edition"

_SKIP_PARTS: Final = """
    UPDATE delivery SET state = 'skipped', reason = :reason, not_before = NULL
    WHERE schedule_id = :schedule_id AND edition = :edition
"""

_JUDGE: Final = """
    UPDATE verdict SET reason = :reason, detail = :detail
    WHERE article_id IN (SELECT value FROM json_each(:articles)) AND edition_id = (
        SELECT edition_id FROM edition WHERE schedule_id = :schedule_id AND edition = :edition
    )
"""

_ADD_VERDICTS: Final = """
    INSERT INTO verdict SELECT edition_id, value, 'picked', '' FROM edition, json_each(:articles)
    WHERE schedule_id = :schedule_id AND edition = :edition ON CONFLICT DO NOTHING
"""

_PICKED: Final = """
    SELECT article_id FROM pick JOIN edition USING (edition_id)
    WHERE schedule_id = :schedule_id AND edition = :edition
"""

_POSTPONE: Final = f"""
    UPDATE delivery SET not_before = :not_before
    WHERE schedule_id = :schedule_id AND edition = :edition AND EXISTS (
        SELECT 1 FROM desk
        WHERE desk.schedule_id = :schedule_id AND desk.edition = :edition AND revision = :revision AND {_CAN_CHANGE}
    )
"""

_MESSAGES: Final = "SELECT * FROM desk_message WHERE schedule_id = ? AND edition = ? ORDER BY number"

_SAVE_MESSAGE: Final = """
    INSERT INTO desk_message (schedule_id, edition, number, message_id, tried_at, first_tried_at, shown)
    SELECT :schedule_id, :edition, :number, :message_id, :tried_at, :first_tried_at, :shown FROM desk
    WHERE schedule_id = :schedule_id AND edition = :edition
    ON CONFLICT (schedule_id, edition, number) DO UPDATE
    SET message_id = excluded.message_id, tried_at = excluded.tried_at, first_tried_at = excluded.first_tried_at,
        shown = excluded.shown
"""


class SqliteDeskStore(DeskStore):
    """SQLite implementation of `DeskStore`."""

    def __init__(self, files: StoreFiles) -> None:
        self._database = files.ledger

    @override
    async def find_draft(self, schedule: ScheduleId, edition: EditionKey) -> OnDesk | None:
        return await self._database.read(lambda connection: _find_draft(connection, schedule, edition))

    @override
    async def desks(self, *, guild_id: int | None = None) -> tuple[Desk, ...]:
        return await self._rows(_OPEN, {"guild_id": guild_id}, _read_desk)

    @override
    async def drafts(self, schedule: ScheduleId) -> tuple[Desk, ...]:
        return await self._rows(_DRAFTS, (schedule,), _read_desk)

    @override
    async def change(self, desk: Desk, act: DeskAct, edition: Edition, parts: Sequence[Delivery]) -> OnDesk:
        def work(connection: Connection) -> OnDesk:
            _record(connection, desk, act)
            if parts:
                _replace_draft(connection, act, edition, parts)
            else:
                connection.execute(_SKIP_PARTS, _key(desk) | {"reason": act.detail})
            return _draft(connection, desk)

        return await self._database.write(work)

    @override
    async def skip_next(self, schedule: ScheduleId, act: DeskAct, *, after: datetime) -> OnDesk | None:
        def work(connection: Connection) -> OnDesk | None:
            drafts = map(_read_desk, connection.execute(_DRAFTS, (schedule,)))
            desk = next((each for each in drafts if each.due_at > after), None)
            if desk is None:
                return None
            skipped = desk_after(desk, act.deed)
            _record(connection, skipped, act)
            connection.execute(_SKIP_PARTS, _key(desk) | {"reason": act.detail})
            return _draft(connection, skipped)

        return await self._database.write(work)

    @override
    async def count_acts(self, member_id: int) -> int:
        sql = "SELECT count(*) AS acts FROM desk_act WHERE member_id = ?"
        (count,) = await self._rows(sql, (member_id,), lambda row: int(row["acts"]))
        return count

    @override
    async def forget_editor(self, member_id: int) -> int:
        sql = f"UPDATE desk_act SET member_id = {NOBODY} WHERE member_id = :member_id"
        return await self._write(sql, {"member_id": member_id})

    @override
    async def note_came_in(self, desk: Desk, count: int) -> None:
        sql = "UPDATE desk SET came_in = :came_in WHERE schedule_id = :schedule_id AND edition = :edition"
        await self._write(sql, _key(desk) | {"came_in": count})

    @override
    async def postpone(self, desk: Desk, parts: Sequence[Delivery]) -> bool:
        not_before = {part.not_before for part in parts}
        if len(not_before) != 1:
            raise ValueError("the parts of a draft may be claimed from one moment on")
        row = _key(desk) | {"not_before": as_micros(not_before.pop()), "revision": desk.revision}
        return await self._write(_POSTPONE, row) > 0

    @override
    async def messages(self, schedule: ScheduleId, edition: EditionKey) -> tuple[DeskMessage, ...]:
        return await self._rows(_MESSAGES, (schedule, edition), _read_message)

    @override
    async def save_message(self, desk: Desk, message: DeskMessage) -> None:
        row = {
            "number": message.number,
            "message_id": message.message_id,
            "tried_at": as_micros(message.tried_at),
            "first_tried_at": as_micros(message.first_tried_at),
            "shown": message.shown,
        }
        await self._write(_SAVE_MESSAGE, _key(desk) | row)

    @override
    async def close(self, desk: Desk) -> None:
        await self._write(
            "UPDATE desk SET is_closed = 1 WHERE schedule_id = :schedule_id AND edition = :edition", _key(desk)
        )

    async def _write(self, sql: str, values: Mapping[str, object]) -> int:
        return await self._database.write(lambda connection: connection.execute(sql, values).rowcount)

    async def _rows(
        self, sql: str, values: Mapping[str, object] | Sequence[object], read: Callable[[Row], T]
    ) -> tuple[T, ...]:
        return await self._database.read(lambda connection: tuple(read(row) for row in connection.execute(sql, values)))


def _find_draft(connection: Connection, schedule: ScheduleId, key: EditionKey) -> OnDesk | None:
    """Read a draft with all that belongs to it within the caller's transaction."""
    desk = connection.execute(_FIND, (schedule, key)).fetchone()
    edition = connection.execute(_EDITION, (schedule, key)).fetchone()
    if desk is None or edition is None:
        return None
    return OnDesk(
        desk=_read_desk(desk),
        schedule=find_schedule(connection, schedule),
        edition=read_edition(connection, edition),
        parts=read_parts(connection, schedule, key),
        acts=tuple(map(_read_act, connection.execute(_ACTS, (schedule, key)))),
    )


def _draft(connection: Connection, desk: Desk) -> OnDesk:
    """Read the draft of a desk that is known to be there."""
    found = _find_draft(connection, desk.schedule_id, desk.edition)
    if found is None:
        raise not_a_draft()
    return found


def _record(connection: Connection, desk: Desk, act: DeskAct) -> None:
    """Store a draft's new state, and what was done to it.

    Raises:
        DraftChangedError: as `DeskStore.change`.
    """
    row = _key(desk) | {"state": desk.state, "revision": desk.revision}
    if connection.execute(_CHANGE, row).rowcount != 1:
        is_draft = connection.execute(_IS_DRAFT, _key(desk)).fetchone() is not None
        raise draft_was_changed() if is_draft else not_a_draft()  # as somebody reads who comes later
    connection.execute(_ACT, _key(desk) | _act_columns(act, desk.revision))
    write_entry(connection, act.entry, schedule=desk.schedule_id)


def _replace_draft(connection: Connection, act: DeskAct, edition: Edition, parts: Sequence[Delivery]) -> None:
    key = {"schedule_id": edition.schedule_id, "edition": edition.key}
    before = _picked(connection, key)
    connection.execute(_DROP_PARTS, key)
    for part in parts:
        insert_delivery(connection, part)
    replace_picks(connection, edition)
    now = {pick.article.id for pick in edition.picks}
    if act.deed is not Deed.REDRAW:  # `replace_picks` gave those that were taken down their reason
        lost = {"reason": Reason.DROPPED, "detail": "", "articles": json.dumps(sorted(before - now))}
        connection.execute(_JUDGE, key | lost)
    gained = key | {"reason": Reason.PICKED, "detail": "by an editor", "articles": json.dumps(sorted(now - before))}
    connection.execute(_ADD_VERDICTS, gained)
    connection.execute(_JUDGE, gained)


def _picked(connection: Connection, key: Mapping[str, object]) -> set[str]:
    return {row["article_id"] for row in connection.execute(_PICKED, key)}


def _key(desk: Desk) -> dict[str, object]:
    return {"schedule_id": desk.schedule_id, "edition": desk.edition}


def _act_columns(act: DeskAct, revision: int) -> dict[str, object]:
    return {
        "revision": revision,
        "done_at": as_micros(act.at),
        "member_id": act.member_id,
        "deed": act.deed,
        "article_id": act.article_id,
        "detail": act.detail,
    }


def _read_desk(row: Row) -> Desk:
    return Desk(
        schedule_id=ScheduleId(row["schedule_id"]),
        edition=EditionKey(row["edition"]),
        guild_id=row["guild_id"],
        channel_id=row["channel_id"],
        due_at=as_moment(row["due_at"]),
        waits=bool(row["waits"]),
        state=DeskState(row["state"]),
        revision=row["revision"],
        came_in=row["came_in"],
        is_closed=bool(row["is_closed"]),
    )


def _read_act(row: Row) -> DeskAct:
    return DeskAct(
        deed=Deed(row["deed"]),
        at=as_moment(row["done_at"]),
        member_id=row["member_id"],
        revision=row["revision"],
        article_id=row["article_id"],
        detail=row["detail"],
    )


def _read_message(row: Row) -> DeskMessage:
    return DeskMessage(
        number=row["number"],
        message_id=row["message_id"],
        tried_at=as_moment(row["tried_at"]),
        first_tried_at=as_moment(row["first_tried_at"]),
        shown=row["shown"],
    )
