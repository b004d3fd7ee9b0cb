"""A database of an earlier version stays readable, and what it holds is written as it was.

`schema_7.sql` holds the rows that `scenario.fill` wrote with the code of schema 7. It is not generated again: a later
schema gets a file of its own beside it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.news.article import INSTANCE_SHELF
from bot.news.delivery import DeliveryState, ScheduleId
from bot.news.edition import Pick, told_story
from bot.news.message.draft_json import draft_from_json, draft_to_json
from bot.news.schedules.breaking import USUAL
from bot.news.schedules.rhythm import Rhythm
from bot.news.schedules.schedule import Schedule, ScheduleState, StopReason
from bot.news.search import SearchQuery, View
from bot.news.value_json import value_from_json, value_to_json
from bot.store.port import Store
from bot.store.sqlite import open_store
from bot.store.sqlite.file.kinds import LEDGER, instance_path, views_path
from bot.store.sqlite.file.migrate import shipped_migrations
from bot.store.sqlite.ledger.delivery_rows import put_draft
from bot.store.sqlite.shelves.names import find_shelf_files
from tests.store.golden import scenario
from tests.support.clocks import ManualClock

SCHEMA = 7
ROWS = (Path(__file__).parent / f"schema_{SCHEMA}.sql").read_text(encoding="utf-8")
SEEN = (INSTANCE_SHELF, scenario.SERVER)


def make_old_database(path: Path) -> None:
    """Write the database that the code of schema 7 left behind."""
    connection = sqlite3.connect(path)
    connection.executescript("\n;\n".join(step.sql for step in shipped_migrations("single")[:SCHEMA]))
    connection.executescript(ROWS)
    connection.executescript(f"PRAGMA application_id = {LEDGER.application_id}; PRAGMA user_version = {SCHEMA};")
    connection.close()


def files_of(path: Path) -> tuple[Path, ...]:
    """The files of a newsroom."""
    return path, instance_path(path), views_path(path), *find_shelf_files(path).values()


def dump(path: Path) -> list[str]:
    """The rows of a closed newsroom."""
    rows: list[str] = []
    for file in files_of(path):
        with closing(sqlite3.connect(file)) as connection:
            rows += scenario.dump(connection)
    return rows


@pytest.fixture
async def old_store(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Store]:
    """A database of schema 7, opened by this version."""
    make_old_database(tmp_path / "old.db")
    async with open_store(tmp_path / "old.db", clock=clock) as store:
        yield store


async def test_the_same_calls_write_the_same_rows_as_they_did(tmp_path: Path, clock: ManualClock) -> None:
    """Every column of every table but the text index's and the secrets."""
    make_old_database(tmp_path / "old.db")
    async with open_store(tmp_path / "old.db", clock=clock):
        pass
    write_values_again(tmp_path / "old.db")
    async with open_store(tmp_path / "new.db", clock=clock) as store:
        await scenario.fill(store)

    assert dump(tmp_path / "new.db") == dump(tmp_path / "old.db")


def write_values_again(path: Path) -> None:
    """Write stored values with the fields that came since, and a schedule's state in its value as well."""
    connection = sqlite3.connect(path)
    connection.execute("ATTACH ? AS views", (str(views_path(path)),))
    rows = connection.execute("SELECT schedule_id, value, state, state_reason FROM schedule").fetchall()
    for schedule, text, state, reason in rows:
        read = value_from_json(Schedule, text)
        value = value_to_json(replace(read, state=ScheduleState(state), state_reason=StopReason(reason)))
        connection.execute("UPDATE schedule SET value = ? WHERE schedule_id = ?", (value, schedule))
    for table in ("pick", "view"):
        for row, text in connection.execute(f"SELECT rowid, value FROM {table}").fetchall():  # noqa: S608 - a name above
            connection.execute(f"UPDATE {table} SET value = ? WHERE rowid = ?", (STORED[table](text), row))  # noqa: S608
    connection.row_factory = sqlite3.Row
    for row in connection.execute("SELECT * FROM delivery JOIN draft USING (delivery_id)").fetchall():
        put_draft(connection, row["delivery_id"], row, draft_from_json(row["value"]))
    connection.commit()
    connection.close()


async def test_every_table_of_rows_is_in_the_golden_file(tmp_path: Path, clock: ManualClock) -> None:
    """A table that nothing is written to would prove nothing."""
    async with open_store(tmp_path / "new.db", clock=clock) as store:
        await scenario.fill(store)
    names: set[str] = set()
    for file in files_of(tmp_path / "new.db"):
        with closing(sqlite3.connect(file)) as connection:
            names |= {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}

    empty = {name for name in names if not scenario.is_left_out(name) and f"INSERT INTO {name} " not in ROWS}

    assert empty == set()


STORED: dict[str, Callable[[str], str]] = {
    "schedule": lambda text: value_to_json(value_from_json(Schedule, text)),
    "pick": lambda text: value_to_json(value_from_json(Pick, text)),
    "view": lambda text: value_to_json(value_from_json(View, text)),
    "draft": lambda text: draft_to_json(draft_from_json(text)),
}


ADDED_SINCE = (
    ',"is_carried":false',
    ',"is_brief":false',
    ',"refused":""',
    ',"as_typed":null',
    ',"more":[]',
    f',"rhythm":{value_to_json(Rhythm())}',
    ',"note":"","note_by":"","headline":""',
    ',"suggested_by":""',
    ',"desk_channel_id":null,"lead_time":43200000000,"desk_default":"send"',
    ',"sections":false,"also":0',
    ',"topic_roles":[],"silent":false,"thread":false,"tags":[]',
    f',"breaking":{value_to_json(USUAL)}',
)
"""What fields that were added since are written as."""


@pytest.mark.parametrize("table", STORED)
def test_a_stored_value_is_written_again_with_the_same_bytes(table: str, tmp_path: Path) -> None:
    """Reading a value and writing it changes nothing of it; picks, views, drafts, schedules have more fields since."""
    make_old_database(tmp_path / "old.db")
    connection = sqlite3.connect(tmp_path / "old.db")
    texts = [text for (text,) in connection.execute(f"SELECT value FROM {table}")]  # noqa: S608
    connection.close()

    assert texts
    written = [STORED[table](text) for text in texts]
    for since in ADDED_SINCE:
        written = [text.replace(since, "") for text in written]
    assert written == texts


async def test_articles_are_read_as_they_were_put(old_store: Store) -> None:
    """Every field of a full article, of a sparse one and of a stub."""
    wanted = (scenario.SEED.article, scenario.SPARSE.article, scenario.STUB)

    found = await old_store.articles.find_articles(SEEN, [article.id for article in wanted])

    assert tuple(replace(article, first_seen_at=None) for article in found) == tuple(map(as_kept, wanted))


def as_kept(article: Any) -> Any:
    """The article with what UTF-8 can't hold replaced, as the store keeps texts."""
    return replace(article, title=article.title.encode(errors="replace").decode())


async def test_schedules_are_read_as_they_were_saved(old_store: Store) -> None:
    """Every option of a schedule, and the state that was set later."""
    paused = replace(scenario.PLAIN_SCHEDULE, state=ScheduleState.PAUSED, state_reason=StopReason.CHANNEL_GONE)

    assert await old_store.schedules.schedules() == (paused, scenario.SCHEDULE)


async def test_an_edition_is_read_as_it_was_planned(old_store: Store) -> None:
    """With its number, its picks and its reasons."""
    edition = await old_store.digest.find_edition(ScheduleId(11))
    verdicts = await old_store.digest.verdicts(ScheduleId(11), scenario.EDITION.key)

    assert edition == replace(scenario.EDITION, number=1)
    assert sorted(verdicts, key=lambda each: each.article_id) == sorted(
        scenario.VERDICTS, key=lambda each: each.article_id
    )


async def test_what_was_told_is_read_with_its_links_and_texts(old_store: Store) -> None:
    """By which the same page and the same text are known again; the older version stored neither beside its picks."""
    told = await old_store.digest.told(ScheduleId(11), 0, before=scenario.EDITION.due_at + scenario.HOUR)

    expected = [told_story(pick) for pick in scenario.EDITION.picks]
    assert [(each.pick_urls, each.urls, each.title, each.excerpt) for each in told] == [
        (each.pick_urls, each.urls, each.title, each.excerpt) for each in expected
    ]


async def test_deliveries_are_read_with_their_drafts(old_store: Store) -> None:
    """A message planned by the old version is posted by the new one as it was planned."""
    first, second = await old_store.deliveries.deliveries(ScheduleId(11), scenario.EDITION.key)

    assert (first.draft, first.state, first.message_id) == (scenario.DRAFT, DeliveryState.SENT, 99)
    assert second == scenario.PARTS[1]


async def test_an_old_part_is_claimed_by_its_old_checksum(old_store: Store) -> None:
    """The checksum covers the stored bytes: a change of the form must not look like damage."""
    now = scenario.EDITION.due_at + scenario.HOUR

    (claimed,) = await old_store.deliveries.claim(now=now, lease_until=now + scenario.HOUR)

    assert claimed.key == scenario.PARTS[1].key


async def test_a_view_is_read_as_it_was_saved(old_store: Store) -> None:
    """Its pages still turn."""
    assert await old_store.search.find_view(scenario.VIEW.id, now=scenario.NOON) == scenario.VIEW


async def test_stories_are_read_with_their_aliases(old_store: Store) -> None:
    """Ids that links carry."""
    stories = await old_store.stories.known_stories((INSTANCE_SHELF,), [scenario.SEED.article.id])

    assert stories == (scenario.STORY,)


async def test_the_import_log_is_read_as_it_was_saved(old_store: Store) -> None:
    """Imports, problems and file stamps."""
    articles = old_store.articles

    assert await articles.imports(scenario.SERVER) == (scenario.IMPORT,)
    assert await articles.problems(scenario.SERVER) == (scenario.PROBLEM,)
    assert await articles.file_stamps("/seeds") == {"a.txt": scenario.STAMP}


async def test_what_the_bot_remembers_of_itself_is_read(old_store: Store) -> None:
    """Notices and settings."""
    (notice,) = await old_store.admin.notices(1)

    assert replace(notice, id=None) == scenario.NOTICE
    assert await old_store.admin.find_setting("commands") == "hash"


async def test_an_old_archive_is_searched(old_store: Store) -> None:
    """The text index is rebuilt where this version's rules or none made it."""
    query = SearchQuery(words=("robot",), typed="robot")

    result = await old_store.search.search(SEEN, query, now=scenario.NOON)

    assert [article.id for article in result.articles] == [scenario.SEED.article.id]
