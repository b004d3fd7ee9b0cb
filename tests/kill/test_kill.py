"""The kill test in small: a few dozen deliveries, a few kills; `make kill` does as many as one likes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bot.news.delivery import Times
from tests.kill.report import line_of, replay_of
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


def test_tiny_window_is_far_below_the_settle_time() -> None:
    """No nonce is left when a row is tried again."""
    setting = Setting(is_window_tiny=True)

    assert setting.nonce_window_s * 10 < setting.times.settle_s


def test_replay_names_the_seed_and_the_mode() -> None:
    """A person can play it again."""
    said = replay_of(7, Setting(deliveries=90, kills=4, is_window_tiny=True))

    assert said == "python -m tests.kill --first-seed 7 --deliveries 90 --kills 4 --window tiny --divisor 20"


def test_row_of_the_table_says_what_was_lost_and_doubled() -> None:
    """In that order, before the seconds."""
    line = line_of(Result(seed=3, mode="usual window", deliveries=300, kills=20, lost=1, doubled=2, seconds=9.0))

    assert line.split()[-3:] == ["1", "2", "9.0"]
