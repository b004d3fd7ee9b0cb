"""Trials in words: the table, and the command that plays a seed again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tests.kill.setting import Setting
from tests.kill.trial import Result

HEAD: Final = (
    f"{'seed':>6}  {'mode':20}{'deliveries':>11}{'kills':>7}{'faults':>8}"
    f"{'lost':>6}{'doubled':>9}{'integrity':>11}{'seconds':>9}"
)


def setting_line(setting: Setting) -> str:
    """What a mode's times are, and by what they were divided."""
    times = setting.times
    return (
        f"{setting.name}: {_divided(setting)} (fence {times.fence_s:g} s, wire {times.wire_s:g} s, "
        f"settle {times.settle_s:g} s, lease {times.lease_s:g} s), nonce window {setting.nonce_window_s:.4g} s"
    )


def line_of(result: Result) -> str:
    """A trial's row."""
    integrity = "ok" if result.integrity == "ok" else "DAMAGED"
    return (
        f"{result.seed:>6}  {result.mode:20}{result.deliveries:>11,}{result.kills:>7}{result.faults:>8,}"
        f"{result.lost:>6}{result.doubled:>9}{integrity:>11}{result.seconds:>9.1f}"
    )


def sum_line(results: Sequence[Result], settings: Sequence[Setting]) -> str:
    """What all trials came to, and under which times."""
    failed = sorted({result.seed for result in results if result.problems})
    deliveries, kills, lost, doubled = (
        sum(getattr(result, name) for result in results) for name in ("deliveries", "kills", "lost", "doubled")
    )
    times = ", ".join(sorted({_divided(setting) for setting in settings}))
    said = f"{deliveries:,} deliveries, {kills:,} kills, {times}: {lost:,} lost, {doubled:,} doubled."
    return f"FAILED: seeds {failed}. {said}" if failed else said


def _divided(setting: Setting) -> str:
    return "the real times" if setting.divisor == 1 else f"times divided by {setting.divisor:g}"


def replay_of(seed: int, setting: Setting) -> str:
    """The command for one trial: the same plan, faults and kills, as far as two processes can be repeated."""
    how = "--real-times" if setting.divisor == 1 else f"--divisor {setting.divisor:g}"
    window = "short" if setting.is_window_short else "usual"
    words = [
        f"python -m tests.kill --first-seed {seed} --deliveries {setting.deliveries} --kills {setting.kills}",
        f"--window {window} {how}",
        *(["--break"] if setting.is_broken else []),
    ]
    return " ".join(words)
