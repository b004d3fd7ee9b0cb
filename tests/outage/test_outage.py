"""The bot comes through an hour of trouble, and a bot that doesn't is found out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from bot.app.database.file_guard import FileGuard
from bot.news.delivery import ScheduleId
from bot.news.schedules.schedule import Schedule
from bot.usecases.delivery import outcome
from bot.usecases.schedule import due
from tests.outage.course import play
from tests.outage.troubles import TROUBLES, Trouble

SHORT: Final = 0.3


def _named(*names: str) -> list[Trouble]:
    chosen = [each for each in TROUBLES if each.name in names]
    assert len(chosen) == len(names)
    return chosen


def test_troubles_have_names_of_their_own() -> None:
    """A report is read by them."""
    assert len({each.name for each in TROUBLES}) == len(TROUBLES)


@pytest.mark.timeout(120)
def test_bot_comes_through_half_an_hour_of_trouble(tmp_path: Path) -> None:
    """Back each time, named each time, nothing lost and nothing doubled."""
    report = play(3, 0.5, tmp_path)

    assert report.is_clean, report
    assert len(report.played) >= 3
    assert report.editions == int(timedelta(hours=0.5) / timedelta(minutes=4))


@pytest.mark.timeout(120)
def test_bot_that_comes_back_late_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It waits for a quarter of an hour before it reads a channel back again."""
    monkeypatch.setattr(outcome, "backoff_s", lambda _tries, _jitter: 900.0)

    report = play(1, SHORT, tmp_path, _named("everything dropped"))

    assert any("not back after 60 s" in fault for fault in report.faults), report


@pytest.mark.timeout(120)
def test_trouble_that_nobody_names_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its files are gone, and it doesn't look."""

    async def check(_guard: FileGuard) -> bool:
        return True

    monkeypatch.setattr(FileGuard, "check", check)

    report = play(1, 0.1, tmp_path, _named("the ledger is moved away"))

    assert any("not named in health" in fault for fault in report.faults), report


@pytest.mark.timeout(120)
def test_edition_that_is_never_planned_is_counted_as_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second one is forgotten."""

    def forget(all_due: Sequence[Schedule]) -> list[Schedule]:
        return [each for each in all_due if each.id != ScheduleId(2)]

    monkeypatch.setattr(due, "in_turns", forget)

    report = play(1, SHORT, tmp_path, _named("the bot is restarted"))

    assert (report.lost, report.is_clean) == (1, False)
