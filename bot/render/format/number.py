"""Counts with plurals."""

from __future__ import annotations


def count_of(count: int, what: str) -> str:
    """Format a number with its noun: "1 story", "1,200 stories"."""
    if count == 1:
        return f"1 {what}"
    return f"{count:,} {what[:-1]}ies" if what.endswith("ry") else f"{count:,} {what}s"
