"""Numbers in words."""

from __future__ import annotations


def count_of(count: int, what: str) -> str:
    """A number with what it counts: "1 story", "1,200 stories"."""
    if count == 1:
        return f"1 {what}"
    return f"{count:,} {what[:-1]}ies" if what.endswith("ry") else f"{count:,} {what}s"
