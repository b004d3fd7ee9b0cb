"""What is stored is what the README says about privacy: each column of each file, and what a member leaves behind."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from bot.sandbox import Upload
from bot.store.sqlite import open_store
from tests.journeys.test_desk import Desk, order
from tests.journeys.test_suggestion import CARD, LINK, candidate
from tests.support.clocks import ManualClock
from tests.support.running_bot import Town, edit_and_apply, import_files, make_seed_text, quiet_town, town

__all__ = ["quiet_town", "town"]

README: Final = (Path(__file__).parents[2] / "README.md").read_text("utf-8")

ARTICLES, IDS, SETTINGS, MEMBER, EDITOR, LOG, SUGGESTED, NAMED, SEARCH = (
    "articles",
    "ids of servers, channels, roles and messages",
    "settings",
    "the member who last saved a schedule",
    "beside each act on a draft that of its editor",
    "who changed what",
    "their suggestions",
    "An edition keeps the names that it shows",
    "The words and results of a",
)
"""What the section on privacy names."""

HOLDS: Final[dict[str, tuple[str, ...]]] = {
    # Articles, and what is computed from them.
    **dict.fromkeys(
        (
            *("alias", "article", "article_text", "article_topic", "article_words", "change", "coverage", "deletion"),
            *("former_stem", "import_record", "problem", "provider", "shelf", "spelling", "story", "story_alias"),
            *("story_article", "text_index", "text_total", "title_text", "tombstone", "tombstone_url", "topic"),
            *("unhashed", "word", "file_mark", "verdict", "edition"),
            *("undo", "undo_article", "undo_finding", "undo_name", "withdrawn", "deed"),
        ),
        (ARTICLES, IDS),
    ),
    **dict.fromkeys(("desk", "desk_message"), (IDS,)),
    "desk_act": (IDS, ARTICLES, EDITOR),
    **dict.fromkeys(("guild", "greeting", "editor_role"), (IDS,)),
    **dict.fromkeys(("upload_begun", "shelf_file"), (IDS,)),
    "delivery": (IDS, ARTICLES),
    **dict.fromkeys(("pick", "draft", "correction"), (IDS, ARTICLES, NAMED)),
    "schedule": (IDS, SETTINGS, MEMBER),
    **dict.fromkeys(("setting", "secret", "notice", "occurrence"), (IDS, SETTINGS)),
    **dict.fromkeys(("log_entry", "log_begun"), (IDS, LOG)),
    "suggestion": (IDS, ARTICLES, SUGGESTED),
    "view": (SEARCH, ARTICLES),
}
"""What each table may hold."""

ABOUT_PEOPLE: Final = re.compile(r"member|user|author|person|nick|mail|query|queries|typed|asked_by|by$")
"""Names of columns that would hold something of a person; each is looked at below."""

HARMLESS: Final = {
    "desk_act.member_id": "named by the section, shown and deleted by `/my data`",
    "article.said_by": "the article whose seed gives a stub its text",
    "story_article.named_by": "an article",
    "text_index.made_by": "the version of the program's rules for words",
    "suggestion.member_id": "named by the section, shown and deleted by `/my data`, and kept for 30 days",
    "log_begun.member_id": "an entry of the log that is being written; /my data deletes the id",
    "log_entry.member_id": "described by the section on privacy; /my data shows and deletes it",
}


def privacy() -> str:
    """The section of README, as one line."""
    found = re.search(r"- \*\*Privacy\*\*:(.*?)\n\n", README, re.DOTALL)
    assert found is not None
    return " ".join(found[1].split())


def columns(folder: Path) -> Iterator[tuple[str, str]]:
    """Each table of each file, with each of its columns."""
    for path in sorted(folder.rglob("*.sqlite3")):
        connection = sqlite3.connect(path)
        tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        for (table,) in tables:
            if not re.match(r"sqlite_|(article|title)_text_", table):
                yield from ((table, row[1]) for row in connection.execute(f"PRAGMA table_info({table})"))
        connection.close()


@pytest.fixture
async def stored(tmp_path: Path, clock: ManualClock) -> set[tuple[str, str]]:
    """All columns of a new store."""
    async with open_store(tmp_path / "newsdesk.sqlite3", clock=clock):
        pass
    return set(columns(tmp_path))


async def test_every_table_is_described_by_the_section_on_privacy(stored: set[tuple[str, str]]) -> None:
    """A new table must be described there."""
    said = privacy()

    assert {table for table, _ in stored} == HOLDS.keys()
    assert [what for kinds in HOLDS.values() for what in kinds if what not in said] == []


async def test_no_column_is_named_after_a_person(stored: set[tuple[str, str]]) -> None:
    """Or the table says why it holds none."""
    found = {f"{table}.{column}" for table, column in stored if ABOUT_PEOPLE.search(column)}

    assert found - HARMLESS.keys() == set()


def where_it_is(folder: Path, wanted: str) -> set[str]:
    """The tables of the files that hold a text, in whatever column."""
    found = set()
    for path in sorted(folder.rglob("*.sqlite3")):
        connection = sqlite3.connect(path)
        for table in {table for table, _ in columns(folder)}:
            try:
                rows = connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 - of the schema
            except sqlite3.OperationalError:  # of another file
                continue
            if any(wanted in str(value) for row in rows for value in row):
                found.add(table)
        connection.close()
    return found


async def live(town: Town) -> None:
    """Let an admin use whatever writes."""
    options: dict[str, Any] = {"channel": town.channel, "day": "monday", "time": "09:00", "timezone": "UTC"}
    await town.admin.run(town.channel, "schedule create", name="Weekly", **options)
    await edit_and_apply(town.admin, town.channel, name="Weekly", count=3)
    await town.admin.run(town.channel, "schedule skip-next", name="Weekly")
    found = await town.admin.run(town.channel, "news search", query="facial recognition quokka")
    await town.admin.press(found, "Share")
    upload = Upload(filename="ferry.md", content=make_seed_text(title="Ferry").encode())
    await import_files(town.admin, town.channel, upload)
    await town.admin.run(town.channel, "content hide", article="ferry.md")
    await town.admin.run(town.channel, "schedule send-now", name="Weekly")
    await town.let_pass(timedelta(days=8))


async def test_member_leaves_their_id_in_schedules_and_logs_alone_and_words_for_a_day(town: Town) -> None:
    """Whatever they do."""
    await live(town)
    await town.stop_bot()

    assert where_it_is(town.folder, str(town.admin.id)) == {"schedule", "log_entry"}
    assert where_it_is(town.folder, "quokka") <= {"view"}


async def test_member_is_in_no_log_after_thirty_days(town: Town) -> None:
    """What was done then is forgotten."""
    await live(town)
    await town.let_pass(timedelta(days=31))
    await town.stop_bot()

    assert where_it_is(town.folder, str(town.admin.id)) == {"schedule"}


async def test_member_sees_and_deletes_what_is_kept_of_them(town: Town) -> None:
    """Also in direct messages; schedules stay, and deleted ones hold nobody."""
    await live(town)
    options: dict[str, Any] = {"channel": town.channel, "day": "monday", "time": "09:00", "timezone": "UTC"}
    await town.admin.run(town.channel, "schedule create", name="Gone", **options)
    await town.admin.run(town.channel, "schedule delete", name="Gone")

    shown = await town.admin.run(town.admin.direct_channel, "my data")
    of_another = await town.member.run(town.channel, "my data")
    deleted = await town.admin.run(town.channel, "my data", delete=True)

    assert "with 1 schedule that you saved last" in shown.text
    assert "Weekly" in shown.text
    assert "with 8 entries of servers' logs" in shown.text
    assert "deleted Gone" in shown.text
    assert "Nothing: no schedule" in of_another.text
    assert "from 1 schedule and 8 entries of servers' logs." in deleted.text
    assert "Nothing: no schedule" in (await town.admin.run(town.channel, "my data")).text
    assert "Weekly" in (await town.admin.run(town.channel, "schedule list")).text
    assert "someone who deleted their data deleted Gone" in (await town.admin.run(town.channel, "admin log")).text
    await town.stop_bot()
    assert where_it_is(town.folder, str(town.admin.id)) == set()


async def test_notice_about_a_schedule_of_nobody_waits_in_the_list(town: Town) -> None:
    """It is sent to no user."""
    options: dict[str, Any] = {"channel": town.channel, "day": "monday", "time": "09:00", "timezone": "UTC"}
    await town.admin.run(town.channel, "schedule create", name="Weekly", **options)
    await town.admin.run(town.channel, "my data", delete=True)
    town.channel.set_permissions(bot={"send_messages": False})

    await town.let_pass(timedelta(seconds=40))

    assert town.admin.direct_messages == []
    assert "was not posted" in (await town.admin.run(town.channel, "schedule list")).text


async def test_data_that_a_member_is_shown_is_what_is_kept_of_them(town: Town) -> None:
    """A schedule that was deleted needs nobody to get its notices."""
    await live(town)
    shown = [(await town.admin.run(town.channel, "my data")).text]
    await town.admin.run(town.channel, "schedule delete", name="Weekly")
    shown += [(await town.admin.run(town.channel, "my data", delete=delete)).text for delete in (False, True)]
    await town.stop_bot()

    assert "with 1 schedule that you saved last" in shown[0]
    assert "No schedule was last saved by you." in shown[1]
    assert shown[2] == "Deleted your user id from 7 entries of servers' logs."
    assert where_it_is(town.folder, str(town.admin.id)) == set()


async def suggest(town: Town) -> None:
    """Let a member suggest a link, and be named with it."""
    options: dict[str, Any] = {"channel": town.channel, "day": "monday", "time": "09:00", "timezone": "UTC"}
    await town.admin.run(town.channel, "schedule create", name="Weekly", **options)
    await town.admin.run(town.channel, "schedule desk", name="Weekly", channel=town.guild.add_channel("desk"))
    suggested = await town.member.run(town.channel, "news suggest", url="https://a.example/1")
    await town.member.press(suggested, "Show my name with it")


async def test_member_who_suggested_something_is_forgotten_after_thirty_days(town: Town) -> None:
    """Until then their id is with the suggestion alone."""
    await suggest(town)
    assert where_it_is(town.folder, str(town.member.id)) == {"suggestion"}
    await town.let_pass(timedelta(days=31))
    await town.stop_bot()

    assert where_it_is(town.folder, str(town.member.id)) == set()


async def test_member_who_suggested_something_can_delete_their_id(town: Town) -> None:
    """With their name, at once."""
    await suggest(town)
    await town.member.run(town.channel, "my data", delete=True)
    await town.stop_bot()

    assert where_it_is(town.folder, str(town.member.id)) == set()


async def test_name_of_a_suggester_stays_with_the_editions_that_show_it_alone(town: Town) -> None:
    """As it does in the posted message; the suggestion itself forgets it."""
    desk = Desk(town)
    await order(desk)
    member = town.guild.add_member("Quokkaperson")
    message = await town.admin.say(town.channel, LINK, embeds=[CARD])
    suggested = await member.menu(town.channel, "Suggest for the next edition", message)
    await member.press(suggested, "Show my name with it")
    await town.admin.press(await candidate(desk), "Take")
    await town.admin.run(town.channel, "schedule send-now", name="Weekly")
    assert where_it_is(town.folder, "Quokkaperson") == {"suggestion", "pick", "draft"}

    await member.run(town.channel, "my data", delete=True)
    await town.stop_bot()

    assert where_it_is(town.folder, "Quokkaperson") == {"pick", "draft"}
