"""SQLite implementation of `SuggestionStore`: members' suggestions, each with its message."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, TypeVar

from typing_extensions import override

from bot.errors import BadInputError, Limit, TooManyError
from bot.news.article import ArticleId
from bot.news.delivery import EditionKey, ScheduleId
from bot.news.schedules.desk import Desk, DeskMessage
from bot.news.servers.log import NOBODY, LogEntry
from bot.news.servers.suggestion import TAKING_LASTS, Page, Suggestion, SuggestionId, SuggestionState, suggestion_of
from bot.store.engine.connection import Connection, Row
from bot.store.port.desk import SuggestionStore
from bot.store.sqlite.file.moments import as_micros, as_moment
from bot.store.sqlite.file.stored import read_stored
from bot.store.sqlite.ledger.servers.log import write_entry
from bot.store.sqlite.shelves.files import StoreFiles
from bot.text.pages import page_key

T = TypeVar("T")

_SAME_PAGE: Final = "SELECT 1 FROM suggestion WHERE guild_id = :guild_id AND page = :page"
_SINCE: Final = """
    SELECT count(*) FROM suggestion WHERE member_id = :member_id AND guild_id = :guild_id AND suggested_at > :since
"""
_ADD: Final = """
    INSERT INTO suggestion (guild_id, schedule_id, channel_id, member_id, suggested_at, page, url, title, description,
        picture_url, site, credit, state, shown, is_closed)
    VALUES (:guild_id, :schedule_id, :channel_id, :member_id, :suggested_at, :page, :url, :title, :description,
        :picture_url, :site, :credit, :state, '', 0)
    RETURNING suggestion_id
"""
_FIND: Final = "SELECT * FROM suggestion WHERE guild_id = ? AND suggestion_id = ?"
_OPEN: Final = """
    SELECT * FROM suggestion WHERE is_closed = 0 AND (guild_id = :guild_id OR :guild_id IS NULL)
    ORDER BY suggestion_id
"""
_BEGIN: Final = """
    UPDATE suggestion SET state = 'taking', taking_at = :at WHERE suggestion_id = :suggestion_id
        AND (state = 'waiting' OR (state = 'taking' AND NOT (taking_at BETWEEN :since AND :at)))
"""
_DECIDE: Final = """
    UPDATE suggestion SET state = :state, article_id = :article_id
    WHERE suggestion_id = :suggestion_id AND state = :was
"""
_CREDIT: Final = """
    UPDATE suggestion SET credit = :credit WHERE suggestion_id = :suggestion_id AND member_id = :member_id
"""
_CREDITS: Final = """
    SELECT article_id, credit FROM suggestion
    WHERE guild_id = ? AND credit <> '' AND article_id IN (SELECT value FROM json_each(?))
"""
_COUNT: Final = "SELECT count(*) FROM suggestion WHERE member_id = ?"
_FORGET: Final = f"UPDATE suggestion SET member_id = {NOBODY}, credit = '' WHERE member_id = :member_id"
_OLD: Final = "SELECT 1 FROM suggestion WHERE suggested_at < ? LIMIT 1"
_DROP: Final = "DELETE FROM suggestion WHERE suggested_at < :before"
_MESSAGE: Final = "SELECT * FROM suggestion WHERE suggestion_id = ?"
_SAVE_MESSAGE: Final = """
    UPDATE suggestion
    SET message_id = :message_id, tried_at = :tried_at, first_tried_at = :first_tried_at, shown = :shown
    WHERE suggestion_id = :suggestion_id
"""
_CLOSE: Final = """
    UPDATE suggestion SET is_closed = 1 WHERE suggestion_id = :suggestion_id AND state IN ('taken', 'refused')
"""


class SqliteSuggestionStore(SuggestionStore):
    """SQLite implementation of `SuggestionStore`."""

    def __init__(self, files: StoreFiles) -> None:
        self._database = files.ledger

    @override
    async def add_suggestion(self, suggestion: Suggestion, *, since: datetime, limit: int) -> Suggestion:
        row = _columns(suggestion)

        def work(connection: Connection) -> Suggestion:
            if connection.execute(_SAME_PAGE, row).fetchone() is not None:
                raise BadInputError("This link was suggested here already.", cure="Suggest another one.")
            (count,) = connection.execute(_SINCE, row | {"since": as_micros(since)}).fetchone()
            if count >= limit:
                raise TooManyError(
                    f"You have made {limit} suggestions here within a day, the limit.",
                    limit=Limit.SUGGESTIONS,
                    cure="Try again tomorrow.",
                )
            return replace(suggestion, id=SuggestionId(connection.execute(_ADD, row).fetchone()["suggestion_id"]))

        return await self._database.write(work)

    @override
    async def find_suggestion(self, guild_id: int, suggestion: SuggestionId) -> Suggestion | None:
        return next(iter(await self._rows(_FIND, (guild_id, suggestion), _read)), None)

    @override
    async def begin_taking(self, suggestion: SuggestionId, *, at: datetime) -> bool:
        row = {"suggestion_id": suggestion, "at": as_micros(at), "since": as_micros(at - TAKING_LASTS)}
        return await self._write(_BEGIN, row) == 1

    @override
    async def decide(
        self,
        suggestion: SuggestionId,
        state: SuggestionState,
        *,
        was: SuggestionState,
        article: ArticleId | None = None,
        entry: LogEntry | None = None,
    ) -> bool:
        row = {"suggestion_id": suggestion, "state": state, "was": was, "article_id": article}

        def work(connection: Connection) -> bool:
            if connection.execute(_DECIDE, row).rowcount != 1:
                return False
            write_entry(connection, entry)
            return True

        return await self._database.write(work)

    @override
    async def give_credit(self, suggestion: SuggestionId, *, member_id: int, credit: str) -> bool:
        row = {"suggestion_id": suggestion, "member_id": member_id, "credit": credit}
        return await self._write(_CREDIT, row) == 1

    @override
    async def credits(self, guild_id: int, articles: Sequence[ArticleId]) -> Mapping[ArticleId, str]:
        values = (guild_id, json.dumps(list(articles)))
        return dict(await self._rows(_CREDITS, values, lambda row: (ArticleId(row["article_id"]), str(row["credit"]))))

    @override
    async def count_suggestions(self, member_id: int) -> int:
        (count,) = await self._rows(_COUNT, (member_id,), lambda row: int(row[0]))
        return count

    @override
    async def forget_suggester(self, member_id: int) -> int:
        return await self._write(_FORGET, {"member_id": member_id})

    @override
    async def drop_suggestions(self, *, before: datetime) -> int:
        moment = as_micros(before)
        if not await self._rows(_OLD, (moment,), lambda row: row[0]):
            return 0  # the usual case, for which no writer is needed
        return await self._write(_DROP, {"before": moment})

    @override
    async def desks(self, *, guild_id: int | None = None) -> tuple[Desk, ...]:
        return await self._rows(_OPEN, {"guild_id": guild_id}, lambda row: _read(row).desk)

    @override
    async def messages(self, schedule: ScheduleId, edition: EditionKey) -> tuple[DeskMessage, ...]:
        return await self._rows(_MESSAGE, (suggestion_of(edition),), _read_message)

    @override
    async def save_message(self, desk: Desk, message: DeskMessage) -> None:
        row = {
            "suggestion_id": suggestion_of(desk.edition),
            "message_id": message.message_id,
            "tried_at": as_micros(message.tried_at),
            "first_tried_at": as_micros(message.first_tried_at),
            "shown": message.shown,
        }
        await self._write(_SAVE_MESSAGE, row)

    @override
    async def close(self, desk: Desk) -> None:
        await self._write(_CLOSE, {"suggestion_id": suggestion_of(desk.edition)})

    async def _write(self, sql: str, values: Mapping[str, object]) -> int:
        return await self._database.write(lambda connection: connection.execute(sql, values).rowcount)

    async def _rows(
        self, sql: str, values: Mapping[str, object] | Sequence[object], read: Callable[[Row], T]
    ) -> tuple[T, ...]:
        return await self._database.read(lambda connection: tuple(read(row) for row in connection.execute(sql, values)))


def _columns(suggestion: Suggestion) -> dict[str, object]:
    page = suggestion.page
    return {
        "guild_id": suggestion.guild_id,
        "schedule_id": suggestion.schedule_id,
        "channel_id": suggestion.channel_id,
        "member_id": suggestion.member_id,
        "suggested_at": as_micros(suggestion.at),
        "page": page_key(page.url),
        "url": page.url,
        "title": page.title,
        "description": page.description,
        "picture_url": page.picture_url,
        "site": page.site,
        "credit": suggestion.credit,
        "state": suggestion.state,
    }


def _read(row: Row) -> Suggestion:
    return Suggestion(
        id=SuggestionId(row["suggestion_id"]),
        guild_id=row["guild_id"],
        schedule_id=ScheduleId(row["schedule_id"]),
        channel_id=row["channel_id"],
        member_id=row["member_id"],
        at=as_moment(row["suggested_at"]),
        page=Page(
            url=row["url"],
            title=row["title"],
            description=row["description"],
            picture_url=row["picture_url"],
            site=row["site"],
        ),
        credit=row["credit"],
        state=read_stored(f"Suggestion {row['suggestion_id']}", SuggestionState, row["state"]),
        article_id=None if row["article_id"] is None else ArticleId(row["article_id"]),
        is_closed=bool(row["is_closed"]),
    )


def _read_message(row: Row) -> DeskMessage:
    return DeskMessage(
        number=0,
        message_id=row["message_id"],
        tried_at=as_moment(row["tried_at"]),
        first_tried_at=as_moment(row["first_tried_at"]),
        shown=row["shown"],
    )
