"""The kill test in small: a few dozen deliveries, a few kills; `make kill` does as many as one likes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.news.delivery import Times
from tests.kill.report import line_of, replay_of, sum_line
from tests.kill.setting import Setting
from tests.kill.trial import Result, run_trial

SMALL = Setting(deliveries=60, kills=3, divisor=40.0)
"""Divided twice as often as usual: what is waited for here is the settle time."""


async def test_each_delivery_stands_once_after_kills_and_faults(tmp_path: Path) -> None:
    """A real process, a real file, SIGKILL."""
    result = await run_trial(1, SMALL, tmp_path)

    assert (result.problems, result.kills) == ([], SMALL.kills)


async def test_broken_sender_doubles(tmp_path: Path) -> None:
    """What can't fail proves nothing."""
    result = await run_trial(1, replace(SMALL, is_broken=True), tmp_path)

    assert result.doubled > 0


def test_times_are_all_divided() -> None:
    """By the same number, so that their order stays."""
    assert Setting(divisor=10).times == Times(fence_s=2.0, wire_s=1.5, settle_s=4.5, lease_s=12.0)


def test_fence_leaves_time_for_discord_pys_own_repeats() -> None:
    """It waits a second, then three: within the fence the same post is sent again, and only its nonce helps."""
    assert Setting().times.fence_s >= 1 + 3


def test_short_window_outlasts_the_requests_of_a_post_and_not_the_settle_time() -> None:
    """discord.py's own repeats rest on it; it has passed when a row is tried again."""
    setting = Setting(is_window_short=True)

    assert setting.times.fence_s + setting.times.wire_s < setting.nonce_window_s < setting.times.settle_s


def test_replay_names_the_seed_and_the_mode() -> None:
    """A person can play it again."""
    said = replay_of(7, Setting(deliveries=90, kills=4, is_window_short=True))

    assert said == "python -m tests.kill --first-seed 7 --deliveries 90 --kills 4 --window short --divisor 4"


def result(**fields: Any) -> Result:
    """A trial's result; of a sound one where nothing else is said."""
    return Result(**{"seed": 3, "mode": "usual", "deliveries": 300, "kills": 20, "integrity": "ok", **fields})


def test_row_of_the_table_says_what_was_lost_and_doubled() -> None:
    """In that order, then the file's integrity and the seconds."""
    line = line_of(result(lost=1, doubled=2, seconds=9.0))

    assert line.split()[-4:] == ["1", "2", "ok", "9.0"]


def test_row_of_the_table_names_a_damaged_file() -> None:
    """Whatever SQLite says of it."""
    assert "DAMAGED" in line_of(result(integrity="row 3 missing from index"))


def test_last_line_says_by_what_the_times_were_divided() -> None:
    """A figure without it would promise too much."""
    said = sum_line([result(), result()], [Setting()])

    assert said == "600 deliveries, 40 kills, times divided by 4: 0 lost, 0 doubled."


def test_last_line_names_the_failed_seeds() -> None:
    """Whatever was found out about them."""
    said = sum_line([result(), result(seed=4, problems=["1 rows left in sending"])], [Setting(divisor=1)])

    assert said.startswith("FAILED: seeds [4]. ")
    assert "the real times" in said
