"""What came of a pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

FeedResult = Literal["new", "same", "waiting", "failed", "gone"]
"""`new` a new document; `same` nothing has changed; `waiting` it asked to be left alone, or failed lately."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLine:
    """What came of one feed.

    Attributes:
        url: Its address in the feeds file.
        name: Its name, or its own title; the address if it has neither.
        said: One phrase.
        taken: Items that were taken.
        left: Items that were not, with a reason each.
    """

    url: str
    name: str
    result: FeedResult
    said: str
    taken: int = 0
    left: int = 0


@dataclass(slots=True, kw_only=True)
class PassReport:
    """What came of a pass, put together as it runs.

    Attributes:
        lines: One for each feed.
        requests: Requests for feeds.
        pages: Requests for pages.
        added: Names of files that were written for the first time.
        changed: Names of files that were changed.
        troubles: Files that were left alone, one sentence each.
        failed: Names of files that couldn't be written, by the reason.
        moved: Feeds whose addresses have permanently changed: the old and the new one.
        seconds: How long it took.
    """

    lines: list[FeedLine] = field(default_factory=list)
    requests: int = 0
    pages: int = 0
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    failed: dict[str, list[str]] = field(default_factory=dict)
    moved: list[tuple[str, str]] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def results(self) -> Counter[FeedResult]:
        """Count the feeds by what came of them."""
        return Counter(line.result for line in self.lines)

    def problems(self) -> Iterator[str]:
        """Yield a sentence for each file that was left alone, and one for all that couldn't be written."""
        yield from self.troubles
        for reason, names in self.failed.items():
            further = f" and {len(names) - 1} more" if len(names) > 1 else ""
            yield f"{names[0]}{further} can't be written: {reason}."


OnFeed = Callable[[FeedLine], None]
"""Learns of each feed when it is done."""
