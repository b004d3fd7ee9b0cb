"""Commands are answered while the archive is still read, and say so if their answer depends on it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.app.start import Newsdesk, open_newsdesk
from bot.news.checkup.finding import Status
from bot.news.checkup.runtime import RuntimeStatus, runtime_findings
from bot.news.content import Reading
from bot.news.message.draft import Draft, Paragraph, Text
from bot.render.format.limits import MOST_TEXT, fits
from bot.render.reading import with_notes
from tests.support.running_bot import Town, make_seed_text

FILES: Final = 3_000

DEPENDENT: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("news latest", {}),
    ("news topics", {}),
    ("news providers", {}),
    ("news story", {"article": "no such article"}),
    ("content status", {}),
)


@pytest.fixture
async def reading_town(tmp_path: Path) -> AsyncIterator[Town]:
    """A bot that is connected while its first import goes on, which waits for somebody else's transaction."""
    async with Town(tmp_path, seeds=False) as town:
        for number in range(FILES):
            text = make_seed_text(title=f"Ferry {number} to run on hydrogen", url=f"https://example.com/{number}")
            (town.seeds / f"{number}.md").write_text(text, "utf-8")
        async with open_newsdesk(town.config(), clock=town.own_clock) as bot:
            town.bot = bot
            await until(lambda: bot.client.is_ready() and _done(bot) > 0)
            with closing(sqlite3.connect(bot.store.files.archive.path, isolation_level=None)) as rival:
                rival.execute("BEGIN IMMEDIATE")
                yield town
        town.bot = None
    assert town.sandbox.deviations == []


def _done(bot: Newsdesk) -> int:
    reading = bot._seeds.reading
    return reading.done if reading else 0


async def until(happened: Callable[[], bool], patience_s: float = 30.0) -> None:
    """Return once it has happened."""
    for _ in range(int(patience_s / 0.01)):
        if happened():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen")


async def test_answers_that_depend_on_the_archive_say_how_far_it_is_read(reading_town: Town) -> None:
    """They come at once; errors say it, too: what was not found may still come."""
    answers = await asyncio.gather(
        *(reading_town.admin.run(reading_town.channel, name, timeout=5, **given) for name, given in DEPENDENT)
    )

    for answer in answers:
        assert "Still reading: " in answer.text
        assert f" of {FILES:,} files." in answer.text


async def test_doctor_says_how_far_the_archive_is_read_and_finds_no_problem(reading_town: Town) -> None:
    """It is a fact, not an alarm."""
    answer = (await reading_town.admin.run(reading_town.channel, "admin doctor", timeout=5)).text

    assert answer.startswith("No problems")
    assert "Still reading: " in answer


async def test_no_edition_is_planned_while_the_archive_is_read(reading_town: Town) -> None:
    """It would lack what has not been read."""
    assert reading_town.bot is not None
    assert not reading_town.bot._may_plan()


def test_reading_that_stopped_is_a_problem_and_reading_that_goes_on_is_not() -> None:
    """Both are named."""
    found = {
        reading.stopped_by: [each for each in _findings(reading) if each.check == "seeds"]
        for reading in (Reading(done=626, total=8_300), Reading(done=626, total=8_300, stopped_by="The disk is full."))
    }

    (going_on,), (stopped,) = found[""], found["The disk is full."]
    assert (going_on.status, going_on.text) == (Status.UNKNOWN, "Still reading: 626 of 8,300 files.")
    assert stopped.status is Status.FAILING
    assert stopped.text == "Reading stopped at 626 of 8,300 files and is tried again: The disk is full."


def _findings(reading: Reading) -> list[Any]:
    return list(runtime_findings(RuntimeStatus(is_connected=True, reading=reading)))


@given(st.integers(1, MOST_TEXT), st.integers(0, 10**9))
def test_note_never_takes_an_answer_over_discords_limits(length: int, done: int) -> None:
    """If there is no room under it, it is a message of its own."""
    answer = Draft(blocks=(Paragraph(runs=(Text(text="a" * length),)),))

    noted = with_notes(answer, [Reading(done=done, total=10**9).text])

    assert all(fits(draft) == [] for draft in noted)
    assert len(noted) <= 2
