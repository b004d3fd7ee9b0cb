"""What only SQLite's own rows can show: damage is found, a purge leaves none, no question reads a whole table."""

from __future__ import annotations

import json
import sqlite3

import pytest

from bot.errors import StoreDamagedError
from bot.news.article import server_shelf
from bot.news.delivery import DeliveryState, EditionKey
from bot.news.notices.notice import Notice, NoticeCause, NoticeKind
from bot.news.schedules.schedule import ScheduleState, StopReason
from bot.store.sqlite.file.database import Database
from bot.store.sqlite.ledger import claim, delivery_rows
from bot.store.sqlite.ledger import deliveries as delivery
from bot.store.sqlite.ledger import edition_candidates as candidate
from bot.store.sqlite.ledger import editions as digest
from bot.store.sqlite.ledger import schedules as schedule
from bot.store.sqlite.ledger.check import check_ledger
from bot.store.sqlite.shelves.files import StoreFiles
from bot.store.sqlite.stories import stories
from tests.support.ledger import (
    DAMAGE,
    DUE,
    SCHEDULE,
    Ledger,
    claim_one,
    find_delivery,
    found,
    plan_edition,
    plan_part,
    save_schedule,
    sqlite_ledger,
    weeks_later,
)
from tests.support.makers import make_draft, make_seed, make_stub


@pytest.fixture
def ledger(files: StoreFiles) -> Ledger:
    """The ports of the SQLite file that a test looks into."""
    return sqlite_ledger(files)


async def change(ledger_file: Database, sql: str, *values: object) -> None:
    """Do to the file what no port does."""
    await ledger_file.write(lambda connection: connection.execute(sql, values).rowcount)


every_damage = pytest.mark.parametrize("sql", DAMAGE.values(), ids=DAMAGE)


@every_damage
async def test_row_that_is_not_as_planned_is_not_claimed(ledger: Ledger, ledger_file: Database, sql: str) -> None:
    """It would be posted as ours; the error names the cure."""
    await plan_part(ledger)
    await change(ledger_file, sql)

    with pytest.raises(StoreDamagedError, match="newsdesk restore"):
        await claim_one(ledger)


async def test_damage_to_one_row_claims_no_other(ledger: Ledger, ledger_file: Database) -> None:
    """The claim is one transaction: a row that nobody works on isn't left SENDING."""
    sound = await plan_part(ledger)
    await plan_part(ledger, due_at=weeks_later(1))
    await change(ledger_file, "UPDATE draft SET value = '{}' WHERE delivery_id = 2")
    with pytest.raises(StoreDamagedError):
        await claim_one(ledger)

    row = await found(ledger, sound)

    assert (row.state, row.attempt) == (DeliveryState.PLANNED, 0)


async def test_ledger_moved_by_its_own_marks_is_sound(ledger: Ledger, ledger_file: Database) -> None:
    """Claims, marks and a replaced Draft keep the sums right."""
    first, _ = await plan_edition(ledger, parts=2)
    await claim_one(ledger)
    await ledger.deliveries.replace_draft(first, 1, make_draft("plain"), revision=1)
    await claim_one(ledger)
    await ledger.deliveries.mark_failed(first, 2, reason="refused")

    await check_ledger(ledger_file)


async def test_draft_of_a_form_that_is_not_known_is_damage(ledger: Ledger, ledger_file: Database) -> None:
    """Reading it is refused with a sentence, not a traceback."""
    key = await plan_part(ledger)
    await change(ledger_file, "UPDATE draft SET value = replace(value, '\"form\":1', '\"form\":9')")

    with pytest.raises(StoreDamagedError, match="form 9"):
        await find_delivery(ledger.deliveries, key)


async def test_damaged_pick_is_damage(ledger: Ledger, ledger_file: Database) -> None:
    """A stored edition is shown as it was stored, or not at all."""
    await plan_part(ledger)
    await change(ledger_file, "UPDATE pick SET value = replace(value, 'title', 'titel')")

    with pytest.raises(StoreDamagedError, match="Edition 2021-05-10 of schedule 11"):
        await ledger.digest.find_edition(SCHEDULE)


async def test_damaged_schedule_is_damage(ledger: Ledger, ledger_file: Database) -> None:
    """A standing order is not guessed."""
    await plan_part(ledger)
    await change(ledger_file, "UPDATE schedule SET value = replace(value, 'monday', 'someday')")

    with pytest.raises(StoreDamagedError, match="Schedule 11"):
        await ledger.schedules.find_schedule(SCHEDULE)


# Tables that belong to the instance, and the inner ones of the text indexes.
THE_INSTANCES = {"setting", "secret", "occurrence", "file_mark", "text_index"}


def tables_with_rows(connection: sqlite3.Connection) -> set[str]:
    """Every table that holds something of a server."""
    # What a text index holds is in its inner tables alone, and in the table that it was made from.
    sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL %'"
    tables = connection.execute(sql).fetchall()
    names = {row["name"] for row in tables if "_text_" not in row["name"] and "vocabulary" not in row["name"]}
    return {
        name
        for name in names - THE_INSTANCES
        if connection.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchone()  # noqa: S608
    }


async def fill_server(ledger: Ledger) -> None:
    """A server with uploads, an edition and a notice."""
    shelf = server_shelf(1)
    seeds = [make_seed(stem, shelf=shelf, topics=("AI",), coverage=[make_stub(shelf=shelf)]) for stem in "ab"]
    await ledger.articles.put_seeds(shelf, seeds, seen_at=DUE)
    await ledger.articles.delete(shelf, seeds[1].article.id)
    await plan_edition(ledger, parts=2)
    await ledger.admin.add_notice(Notice(guild_id=1, cause=NoticeCause(kind=NoticeKind.LATE), text="Late.", at=DUE))


async def filled(files: StoreFiles) -> set[str]:
    """The tables of the ledger and the archive that hold something of a server."""
    uploads = await files.shelves.read_file(server_shelf(1), tables_with_rows)
    return await files.local.read(tables_with_rows) | await files.archive.read(tables_with_rows) | uploads


async def test_purge_leaves_no_row_of_the_server_behind(ledger: Ledger, files: StoreFiles) -> None:
    """Also none that no question reaches, in whatever table comes later."""
    await fill_server(ledger)
    await ledger.schedules.guild_left(1, at=DUE)

    await ledger.schedules.purge_guilds(left_before=weeks_later(5))

    # The word counts of the whole archive are one row that is always there.
    assert await filled(files) <= {"text_total"}


async def test_server_fills_the_tables_that_a_purge_empties(ledger: Ledger, files: StoreFiles) -> None:
    """Otherwise the purge would prove nothing."""
    await fill_server(ledger)

    assert {"schedule", "edition", "pick", "delivery", "draft", "notice", "shelf", "article", "article_words"} <= (
        await filled(files)
    )


QUESTIONS: dict[str, str] = {
    "claim": claim._CLAIMABLE,
    "oldest open": delivery._OLDEST_OPEN,
    "unresolved": delivery._UNRESOLVED,
    "one row": delivery._FIND,
    "an edition's parts": delivery_rows._OF_EDITION,
    "told": digest._TOLD,
    "last cutoff": digest._LAST_CUTOFF,
    "newest edition": digest._NEWEST,
    "by a message's key": digest._BY_DRAFT,
    "reasons": digest._VERDICTS,
    "due": schedule._DUE,
    "told stories": stories._TOLD,
}
ARCHIVES: dict[str, str] = {
    "old stories": stories._OLD,
    "candidates": candidate._NEWEST,
    "candidates of one date": candidate._AS_OLD,
    "candidates of the past": candidate._ONCE_VALID,
    "candidates put back": candidate._NEWEST_OF,
    "candidates' changes": candidate._CHANGES,
    "taken down": candidate._TAKEN_DOWN,
}


@pytest.mark.parametrize("name", [*QUESTIONS, *ARCHIVES])
async def test_no_question_reads_a_whole_table(files: StoreFiles, name: str) -> None:
    """A store of years answers as fast as a new one: every table is entered by an index."""
    database, sql = (files.local, QUESTIONS[name]) if name in QUESTIONS else (files.archive, ARCHIVES[name])
    plan = await database.read(lambda connection: explain(connection, sql))

    assert [step for step in plan if step.startswith("SCAN") and "USING" not in step and not is_small(step)] == []


def explain(connection: sqlite3.Connection, sql: str) -> list[str]:
    """How SQLite means to answer."""
    values = {name: json.dumps([1]) for name in ("shelves", "ids", "rows")} | dict.fromkeys(
        (
            "now",
            "limit",
            "guild_id",
            "schedule_id",
            "edition",
            "part",
            "channel_id",
            "as_of",
            "after",
            "before",
            "oldest",
            "shelf",
        ),
        1,
    )
    bound: object = (1,) * sql.count("?") if "?" in sql else values
    return [row["detail"] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", bound)]  # type: ignore[arg-type]


def is_small(step: str) -> bool:
    """True for what was asked with, and what was found on the way."""
    return any(
        name in step
        for name in ("json_each", "wanted", "asked", "named", "tied", "new", "told", "subquery", "VIRTUAL TABLE")
    )


@pytest.mark.parametrize("reason", StopReason, ids=lambda reason: reason.name)
async def test_stop_reason_is_stored_as_earlier_versions_did(
    ledger: Ledger, ledger_file: Database, reason: StopReason
) -> None:
    """They stored a sentence, both in its column and within the schedule."""
    sentences = {
        StopReason.NONE: "",
        StopReason.NO_PERMISSION: "I may not post in the channel.",
        StopReason.CHANNEL_GONE: "The channel is gone.",
        StopReason.UNKNOWN_ZONE: "The time zone is not known here any more.",
        StopReason.SERVER_LEFT: "server left",
        StopReason.REJOINED: "server rejoined",
    }
    schedule = await save_schedule(ledger, state=ScheduleState.OFF, state_reason=reason)

    sql = "SELECT state_reason, json_extract(value, '$.state_reason') AS within FROM schedule"
    (row,) = await ledger_file.read(lambda connection: connection.execute(sql).fetchall())

    assert (row["state_reason"], row["within"]) == (sentences[reason],) * 2
    assert await ledger.schedules.schedules() == (schedule,)


@pytest.mark.parametrize(
    ("stored", "cause"),
    [
        *((str(kind), NoticeCause(kind=kind)) for kind in NoticeKind),
        ("refused 2021-05-10", NoticeCause(kind=NoticeKind.REFUSED, edition=EditionKey("2021-05-10"))),
        ("unknown x815 3", NoticeCause(kind=NoticeKind.UNKNOWN, edition=EditionKey("x815"), part=3)),
    ],
)
async def test_notice_cause_is_stored_as_earlier_versions_did(
    ledger: Ledger, ledger_file: Database, stored: str, cause: NoticeCause
) -> None:
    """So that a cause noticed before an upgrade is not noticed again on the same day, and is read after it."""
    await ledger.admin.add_notice(Notice(guild_id=1, cause=cause, text="Late.", at=DUE))

    rows = await ledger_file.read(lambda connection: connection.execute("SELECT cause FROM notice").fetchall())

    assert [row["cause"] for row in rows] == [stored]
    assert [notice.cause for notice in await ledger.admin.notices(1)] == [cause]
