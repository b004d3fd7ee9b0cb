"""Rows of an edition: itself, its picks as planned, and its reasons."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.news.article import ArticleId
from bot.news.delivery import EditionKey, ScheduleId
from bot.news.edition import Edition, Pick, Reason, Skipped, ToldStory, Verdict, Window, told_story
from bot.news.schedules.desk import Desk
from bot.news.value_json import value_from_json, value_to_json
from bot.store.engine.connection import Connection, Row
from bot.store.sqlite.file.moments import as_micros, as_moment
from bot.store.sqlite.file.sql import as_strings
from bot.store.sqlite.file.stored import read_stored

_INSERT: Final = """
    INSERT INTO edition (schedule_id, edition, number, due_at, planned_at, window_start, window_end,
        is_first, is_archive, is_late, is_extra, is_best_of, is_empty, skipped)
    VALUES (:schedule_id, :edition, :number, :due_at, :planned_at, :window_start, :window_end,
        :is_first, :is_archive, :is_late, :is_extra, :is_best_of, :is_empty, :skipped)
    ON CONFLICT (schedule_id, edition) DO NOTHING RETURNING edition_id
"""

_NEXT_NUMBER: Final = "SELECT coalesce(max(number), 0) + 1 FROM edition WHERE schedule_id = ?"

_INSERT_PICK: Final = """
    INSERT INTO pick (edition_id, place, article_id, score, story_ids, providers, value, story_id,
        urls, story_urls, text)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

_FIND_ID: Final = """
    UPDATE edition SET is_late = :is_late WHERE schedule_id = :schedule_id AND edition = :edition RETURNING edition_id
"""

_LOSE: Final = """
    UPDATE verdict SET reason = 'hidden', detail = ''
    WHERE edition_id = :edition_id AND reason = 'picked' AND article_id NOT IN (SELECT value FROM json_each(:kept))
"""

_INSERT_DESK: Final = """
    INSERT INTO desk (schedule_id, edition, guild_id, channel_id, due_at, waits, state, revision, came_in, is_closed)
    VALUES (:schedule_id, :edition, :guild_id, :channel_id, :due_at, :waits, :state, :revision, :came_in, :is_closed)
"""

_PICKS: Final = "SELECT value FROM pick WHERE edition_id = ? ORDER BY place"


def insert_edition(connection: Connection, edition: Edition, verdicts: Sequence[Verdict]) -> Edition | None:
    """Insert an edition with its picks and reasons; return it with its number, or None if its key is taken."""
    with_stories = bool(edition.picks) and not edition.skipped
    number = connection.execute(_NEXT_NUMBER, (edition.schedule_id,)).fetchone()[0] if with_stories else None
    numbered = replace(edition, number=number)
    inserted = connection.execute(_INSERT, _columns(numbered)).fetchone()
    if inserted is None:
        return None
    edition_id = inserted["edition_id"]
    _insert_picks(connection, edition_id, edition.picks)
    connection.executemany(
        "INSERT INTO verdict VALUES (?, ?, ?, ?)",
        [(edition_id, verdict.article_id, verdict.reason, verdict.detail) for verdict in verdicts],
    )
    return numbered


def _insert_picks(connection: Connection, edition_id: int, picks: Sequence[Pick]) -> None:
    connection.executemany(
        _INSERT_PICK, [(edition_id, place, *_pick_columns(pick)) for place, pick in enumerate(picks)]
    )


def insert_desk(connection: Connection, desk: Desk) -> None:
    """Store a new draft within the caller's transaction, after its edition."""
    row = {
        "schedule_id": desk.schedule_id,
        "edition": desk.edition,
        "guild_id": desk.guild_id,
        "channel_id": desk.channel_id,
        "due_at": as_micros(desk.due_at),
        "waits": desk.waits,
        "state": desk.state,
        "revision": desk.revision,
        "came_in": desk.came_in,
        "is_closed": desk.is_closed,
    }
    connection.execute(_INSERT_DESK, row)


def replace_picks(connection: Connection, edition: Edition) -> None:
    """Store the picks that an edition still has; those that it lost get the reason HIDDEN."""
    asked = {"schedule_id": edition.schedule_id, "edition": edition.key, "is_late": edition.is_late}
    edition_id = connection.execute(_FIND_ID, asked).fetchone()["edition_id"]
    kept = json.dumps([pick.article.id for pick in edition.picks])
    connection.execute(_LOSE, {"edition_id": edition_id, "kept": kept})
    connection.execute("DELETE FROM pick WHERE edition_id = ?", (edition_id,))
    _insert_picks(connection, edition_id, edition.picks)


def _columns(edition: Edition) -> dict[str, object]:
    return {
        "schedule_id": edition.schedule_id,
        "edition": edition.key,
        "number": edition.number,
        "due_at": as_micros(edition.due_at),
        "planned_at": as_micros(edition.planned_at),
        "window_start": as_micros(edition.window.start),
        "window_end": as_micros(edition.window.end),
        "is_first": edition.is_first,
        "is_archive": edition.is_archive,
        "is_late": edition.is_late,
        "is_extra": edition.is_extra,
        "is_best_of": edition.is_best_of,
        "is_empty": not edition.picks and edition.skipped in {None, Skipped.EMPTY},
        "skipped": edition.skipped or "",
    }


def _pick_columns(pick: Pick) -> tuple[object, ...]:
    told = told_story(pick)
    return (
        told.pick_id,
        told.score,
        json.dumps(sorted(told.article_ids)),
        json.dumps(sorted(told.providers)),
        value_to_json(pick),
        told.story_id,
        as_strings(told.pick_urls),
        as_strings(told.urls),
        as_strings((told.title, told.excerpt)),
    )


def read_edition(connection: Connection, row: Row) -> Edition:
    """Build an edition from its row, with its picks as planned.

    Raises:
        StoreDamagedError: a pick can't be read.
    """
    what = f"Edition {row['edition']} of schedule {row['schedule_id']}"
    picks = connection.execute(_PICKS, (row["edition_id"],))
    return Edition(
        schedule_id=ScheduleId(row["schedule_id"]),
        key=EditionKey(row["edition"]),
        number=row["number"],
        due_at=as_moment(row["due_at"]),
        planned_at=as_moment(row["planned_at"]),
        window=Window(start=as_moment(row["window_start"]), end=as_moment(row["window_end"])),
        picks=tuple(read_pick(what, pick) for pick in picks),
        is_first=bool(row["is_first"]),
        is_archive=bool(row["is_archive"]),
        is_late=bool(row["is_late"]),
        is_extra=bool(row["is_extra"]),
        is_best_of=bool(row["is_best_of"]),
        skipped=read_stored(what, Skipped, row["skipped"]) if row["skipped"] else None,
    )


def read_pick(what: str, row: Row) -> Pick:
    """Build a pick from its row.

    Args:
        what: The edition that it belongs to, for the error.
        row: A row of `pick`.

    Raises:
        StoreDamagedError: it can't be read.
    """
    return read_stored(what, lambda text: value_from_json(Pick, text), row["value"])


def read_told(row: Row) -> ToldStory:
    """Build a told story from a row of `pick`."""
    title, excerpt = json.loads(row["text"])
    return ToldStory(
        pick_id=ArticleId(row["article_id"]),
        article_ids=frozenset(json.loads(row["story_ids"])),
        providers=frozenset(json.loads(row["providers"])),
        score=row["score"],
        story_id=row["story_id"],
        pick_urls=tuple(json.loads(row["urls"])),
        urls=tuple(json.loads(row["story_urls"])),
        title=title,
        excerpt=excerpt,
    )


def read_verdict(row: Row) -> Verdict:
    """Build a verdict from its row."""
    return Verdict(article_id=ArticleId(row["article_id"]), reason=Reason(row["reason"]), detail=row["detail"])
