"""`newsdesk schedule import`: schedules from a file, all or none, and the same file again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.news.delivery import ScheduleId
from bot.news.schedules.options import OPTIONS
from bot.news.schedules.rhythm import Every
from bot.news.schedules.schedule import MOST_SCHEDULES, Schedule
from bot.store.sqlite import open_store
from tests.support.command_line import Run
from tests.support.schedule_options import sample

MOMENT = datetime(2026, 1, 5, tzinfo=UTC)
TO = ("--server", "5", "--admin", "7")
FILE = """
[[schedule]]
name = "Weekly"
channel = "1234567890123456789"
day = "fri"
time = "18:30"
timezone = "Europe/Berlin"
topics = ["AI, Ethics"]
count = 3
publish = true
mention_role = "77"

[[schedule]]
name = "Daily"
channel = 99
day = "daily"
"""


DAYS = (
    "mon, thu",
    "every second tuesday",
    "first monday",
    "last friday, saturday",
    "monthly 15",
    "last day",
    "quarterly 3",
)


def settings(schedule: Schedule) -> Schedule:
    """A schedule without what isn't a setting."""
    return replace(schedule, id=ScheduleId(0), guild_id=0, saved_by=0, created_at=MOMENT)


def as_table(number: int, options: Mapping[str, object]) -> str:
    """A schedule in a file."""
    given = {"name": f"No. {number} \u201cé\u201d, \\ \u007f", "channel": "99", "timezone": "UTC"} | {
        name: value for name, value in options.items() if name not in {"channel", "timezone"}
    }
    return "".join(["[[schedule]]\n", *(f"{name} = {json.dumps(value)}\n" for name, value in given.items())])


@pytest.fixture
def newsroom(newsdesk: Run) -> Run:
    """The command line beside an archive of the shipped seeds."""
    assert newsdesk("ingest").status == 0
    return newsdesk


def schedules(folder: Path, guild_id: int = 5) -> list[Schedule]:
    """The server's schedules by name."""

    async def read() -> list[Schedule]:
        async with open_store(folder / "news.sqlite3", clock=SystemClock(), read_only=True) as store:
            return list(await store.schedules.schedules(guild_id))

    return asyncio.run(read())


def put(folder: Path, text: str = FILE) -> str:
    """Write the file, and return its name."""
    (folder / "schedules.toml").write_text(text, encoding="utf-8")
    return "schedules.toml"


def test_dry_run_shows_what_an_import_would_do_and_changes_nothing(newsroom: Run, tmp_path: Path) -> None:
    """Each with its next edition."""
    said = newsroom("schedule", "import", put(tmp_path), *TO, "--dry-run")

    assert said.status == 0
    assert [line.partition("; next edition ")[0] for line in said.out.splitlines()] == [
        "Weekly: would be created",
        "Daily: would be created",
    ]
    assert schedules(tmp_path) == []


def test_import_creates_schedules_as_the_command_would(newsroom: Run, tmp_path: Path) -> None:
    """With every option of the file."""
    said = newsroom("schedule", "import", put(tmp_path), *TO)
    daily, weekly = schedules(tmp_path)

    assert said.status == 0
    assert (weekly.channel_id, weekly.timezone, weekly.count) == (1234567890123456789, "Europe/Berlin", 3)
    assert (weekly.publish, weekly.mention_role, weekly.saved_by) == (True, 77, 7)
    assert (daily.channel_id, len(daily.days)) == (99, 7)


def test_same_file_again_changes_nothing_and_another_value_one_schedule(newsroom: Run, tmp_path: Path) -> None:
    """What the file leaves out stays."""
    newsroom("schedule", "import", put(tmp_path), *TO)
    before = schedules(tmp_path)
    again = newsroom("schedule", "import", put(tmp_path), *TO)
    assert schedules(tmp_path) == before
    assert again.out.count("unchanged") == 2

    changed = newsroom("schedule", "import", put(tmp_path, '[[schedule]]\nname = "WEEKLY"\ncount = 8\n'), *TO)
    assert "changed" in changed.out
    daily, weekly = schedules(tmp_path)
    assert (weekly.count, weekly.channel_id, daily) == (8, 1234567890123456789, before[0])


def test_import_knows_every_kind_of_schedule(newsroom: Run, tmp_path: Path) -> None:
    """Rhythms, rules, sections and stories of one line are written as in the command."""
    kinds = """
[[schedule]]
name = "Best"
channel = "1"
day = "last friday"
rule = "best-of"

[[schedule]]
name = "Flash"
channel = "1"
rule = "breaking 4 outlets in 3 hours, quiet 23-6"

[[schedule]]
name = "Topics"
channel = "1"
day = "monthly 15"
topics = ["AI", "Law"]
sections = true
also = 5
"""
    said = newsroom("schedule", "import", put(tmp_path, kinds), *TO)
    best, flash, topics = schedules(tmp_path)

    assert said.status == 0
    assert "Flash: created; next look " in said.out
    assert (best.rule, best.rhythm.every) == ("best-of", Every.LAST_OF_MONTH)
    assert (flash.rule, flash.breaking.outlets, flash.breaking.hours) == ("breaking", 4, 3)
    assert (topics.rhythm.month_day, topics.sections, topics.also) == (15, True, 5)


def test_same_file_again_leaves_every_second_week_as_it_is(newsroom: Run, tmp_path: Path) -> None:
    """Its weeks were fixed when it was created."""
    every_second = FILE.replace('day = "daily"', 'day = "every second monday"')
    newsroom("schedule", "import", put(tmp_path, every_second), *TO)
    before = schedules(tmp_path)
    again = newsroom("schedule", "import", put(tmp_path, every_second), *TO)

    assert before[0].rhythm.anchor is not None
    assert schedules(tmp_path) == before
    assert again.out.count("unchanged") == 2


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('tmie = "18:00"', "Did you mean time?"),
        ('time = "25:00"', "25:00"),
        ('timezone = "Europe/Berlim"', "Europe/Berlin"),
        ("count = true", "Not a whole number"),
        ('count = "3"', "Not a whole number"),
        ("count = 21", "not between 1 and 20"),
        ('publish = "yes"', "Not true or false"),
        ('channel = "general"', "names are not read"),
        ("channel = true", "Not an id"),
        ("mention_role = 5", "@everyone"),
        ("time = 18:30:00", "Not text"),
        ('[[schedule]]\nname = "weekly"\nchannel = "1"', "Another schedule of the file has this name"),
        ('[[schedule]]\nname = "Third"', "no channel"),
        ('[[schedule]]\nchannel = "1"', "no name"),
    ],
)
def test_schedule_that_cannot_be_used_is_named_and_none_is_imported(
    newsroom: Run, tmp_path: Path, line: str, why: str
) -> None:
    """Of two schedules one is right."""
    good = '[[schedule]]\nname = "Daily"\nchannel = "9"\n\n'
    first = '[[schedule]]\nname = "Weekly"\n' + ("" if line.startswith("channel") else 'channel = "8"\n')
    said = newsroom("schedule", "import", put(tmp_path, good + first + line + "\n"), *TO)

    assert said.status == 1
    assert why in said.out + said.err
    assert "nothing was imported" in said.err
    assert schedules(tmp_path) == []


@pytest.mark.parametrize("text", ["", "schedule = 3", "[[schedule]", "x" * (1024 * 1024 + 1)])
def test_file_of_something_else_is_refused_in_a_sentence(newsroom: Run, tmp_path: Path, text: str) -> None:
    """With what to do."""
    said = newsroom("schedule", "import", put(tmp_path, text), *TO)

    assert said.status == 1
    assert said.err.startswith("newsdesk: ")


def test_missing_file_and_a_folder_are_refused_in_a_sentence(newsroom: Run, tmp_path: Path) -> None:
    """Not with a traceback."""
    for name in ("nothing.toml", str(tmp_path)):
        said = newsroom("schedule", "import", name, *TO)
        assert (said.status, said.err.startswith("newsdesk: ")) == (1, True)


def test_more_schedules_than_a_server_may_have_are_refused_together(newsroom: Run, tmp_path: Path) -> None:
    """None of them is created."""
    each = '[[schedule]]\nname = "S{}"\nchannel = "9"\n'
    said = newsroom("schedule", "import", put(tmp_path, "".join(map(each.format, range(MOST_SCHEDULES + 1)))), *TO)

    assert said.status == 1
    assert str(MOST_SCHEDULES) in said.err
    assert schedules(tmp_path) == []


def test_exported_schedules_are_read_back_to_equal_ones(newsroom: Run, tmp_path: Path) -> None:
    """With every option, at another server, and over schedules with other options."""
    tables: list[Mapping[str, object]] = [
        {option.name: option.choices[0] if option.choices else sample(option)}
        for option in OPTIONS
        if option.name != "channel"
    ]
    tables += [{"day": day} for day in DAYS] + [
        {option.name: sample(option) for option in OPTIONS if option.name != "mute"},
        {},
    ]
    text = "".join(as_table(number, table) for number, table in enumerate(tables))
    assert newsroom("schedule", "import", put(tmp_path, text), *TO).status == 0

    exported = newsroom("schedule", "export", "--server", "5")
    put(tmp_path, exported.out)
    elsewhere = ("--server", "6", "--admin", "8")
    assert newsroom("schedule", "import", "schedules.toml", *elsewhere).status == 0
    again = newsroom("schedule", "import", "schedules.toml", *TO)

    assert [settings(each) for each in schedules(tmp_path, 6)] == [settings(each) for each in schedules(tmp_path)]
    assert again.out.count(": unchanged") == len(tables)
    assert newsroom("schedule", "export", "--server", "6").out == exported.out


def test_import_of_an_export_takes_back_what_was_set_since(newsroom: Run, tmp_path: Path) -> None:
    """Also what had no value."""
    newsroom("schedule", "import", put(tmp_path), *TO)
    exported = newsroom("schedule", "export", "--server", "5").out
    before = schedules(tmp_path)
    newsroom(
        "schedule",
        "import",
        put(tmp_path, '[[schedule]]\nname = "Daily"\ndesk = "8"\npaused = true\ntags = "x"\n'),
        *TO,
    )
    assert schedules(tmp_path) != before
    newsroom("schedule", "import", put(tmp_path, exported), *TO)

    assert schedules(tmp_path) == before


def test_schedules_can_be_cleared_in_a_file(newsroom: Run, tmp_path: Path) -> None:
    """By the names of their options; another name is refused."""
    newsroom("schedule", "import", put(tmp_path), *TO)
    newsroom("schedule", "import", put(tmp_path, '[[schedule]]\nname = "Weekly"\nclear = ["topics"]\n'), *TO)
    assert schedules(tmp_path)[1].topics == ()
    for clear in ('["channel"]', '"topics"', "[1]"):
        said = newsroom("schedule", "import", put(tmp_path, f'[[schedule]]\nname = "Weekly"\nclear = {clear}\n'), *TO)
        assert (said.status, "lear: " in said.out) == (1, True)


def test_server_without_schedules_has_nothing_to_export(newsroom: Run) -> None:
    """Its id may be wrong."""
    said = newsroom("schedule", "export", "--server", "5")

    assert (said.status, said.out) == (1, "")
    assert "has no schedule" in said.err
