"""What the feed collector says of itself after each pass: the bot reads it from a file, and imports nothing of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

FAILING_AFTER: Final = timedelta(days=7)
"""A feed that has failed for this long is named: most outages are over by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailingFeed:
    """A feed that has failed for a week, or is gone.

    Attributes:
        since: When it first failed.
        trouble: Why, as one phrase.
    """

    url: str
    name: str
    since: datetime
    trouble: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectorStatus:
    """The state of the collector after a pass.

    Attributes:
        at: When the pass ended.
        every_s: Seconds between two passes.
        feeds: The number of feeds.
        failing: How many of them failed the last time that they were asked.
        named: Those that have failed for a week.
        articles: Articles that were taken so far.
        requests: For feeds, in this pass.
        pages: Requests for pages in this pass.
        added: Files written for the first time in this pass.
        changed: Files changed in this pass.
        seconds: How long the pass took.
    """

    at: datetime
    every_s: int
    feeds: int
    failing: int
    named: tuple[FailingFeed, ...] = ()
    articles: int = 0
    requests: int = 0
    pages: int = 0
    added: int = 0
    changed: int = 0
    seconds: float = 0.0

    def is_late(self, now: datetime) -> bool:
        """Return True if no pass has ended for three times as long as two passes are apart."""
        return now - self.at > timedelta(seconds=3 * self.every_s + 600)


def status_record(status: CollectorStatus) -> dict[str, Any]:
    """Convert a status to values of JSON."""
    record = asdict(status)
    record["at"] = status.at.isoformat()
    record["named"] = [{**asdict(each), "since": each.since.isoformat()} for each in status.named]
    return record


def status_of(record: Mapping[str, Any]) -> CollectorStatus | None:
    """Convert what `status_record` gave; None for anything else."""
    try:
        named = tuple(FailingFeed(**{**each, "since": _moment(each["since"])}) for each in record["named"])
        return CollectorStatus(**{**record, "at": _moment(record["at"]), "named": named})
    except (KeyError, TypeError, ValueError):
        return None


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
