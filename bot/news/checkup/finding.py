"""A finding: one thing that was checked, its status, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """The result of a check."""

    OK = "ok"
    FAILING = "failing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The result of one check.

    Attributes:
        check: What was checked, in a word or two; empty for a finding about a schedule.
        status: UNKNOWN if it could not be checked; `text` then says why.
        text: One sentence.
        cure: What to do about it, one sentence; empty if there is nothing to do.
    """

    check: str = ""
    status: Status
    text: str
    cure: str = ""


def passing(check: str, text: str) -> Finding:
    """Create a finding of a check that passed."""
    return Finding(check=check, status=Status.OK, text=text)


def failing(text: str, cure: str, *, check: str = "") -> Finding:
    """Create a finding that needs attention, with what to do about it."""
    return Finding(check=check, status=Status.FAILING, text=text, cure=cure)


def unchecked(text: str, *, check: str = "") -> Finding:
    """Create a finding of something that could not be checked."""
    return Finding(check=check, status=Status.UNKNOWN, text=text)
