"""What the feed collector says of itself after each pass: the bot reads it from a file, and imports nothing of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bot.news.checkup.finding import Finding, failing, passing, unchecked

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


def collector_findings(status: CollectorStatus | None, *, now: datetime, names_feeds: bool = True) -> Iterator[Finding]:
    """Check the collector by what it said after its last pass.

    Args:
        status: None if there was no pass yet.
        now: The present.
        names_feeds: False if feeds that have failed for a week are not a problem: the bot is healthy without them.
    """
    if status is None:
        yield unchecked("no pass yet.", check="collector")
        return
    ago = f"last pass {(now - status.at).total_seconds() / 60:.0f} min ago"
    if status.is_late(now):
        cure = "Check its log, or run `newsdesk collect --once`."
        yield failing(f"{ago}; one is due every {status.every_s // 60} min.", cure, check="collector")
    if status.named and names_feeds:
        first = status.named[0]
        days = (now - first.since).days
        text = f"{len(status.named)} of {status.feeds} feeds have failed for a week, the first: {first.name}"
        text += f" ({first.url}), {first.trouble}, for {days} days."
        yield failing(text, "Check them with `newsdesk feeds check`, or remove them.", check="collector")
    elif status.failing == status.feeds > 0 and names_feeds:
        cure = "Check this machine's network; `newsdesk feeds list` shows why."
        yield failing(f"{ago}; all of its feeds fail ({status.feeds}).", cure, check="collector")
    elif not status.is_late(now):
        failed = f", {status.failing} failing" if status.failing else ""
        yield passing("collector", f"{ago}; {status.feeds} feeds{failed}, {status.articles:,} articles so far.")


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
