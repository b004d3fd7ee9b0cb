"""The status of the database and of the editions waiting in it, and the findings that follow from it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bot.news.checkup.finding import Finding, failing, passing
from bot.news.delivery import DeliveryState

MIN_FREE_BYTES: Final = 200 * 1024 * 1024
"""Free disk space that a backup needs, and what SQLite writes before it cleans up."""

MAX_PLANNING_LAG: Final = timedelta(minutes=5)
"""An edition that is due this long and not planned has missed ten ticks."""

MAX_POSTING_LAG: Final = timedelta(minutes=30)
"""An edition that takes this long to post has met more than a rate limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseStatus:
    """The status of the database.

    Attributes:
        bytes_used: The size of the file and of the files that SQLite keeps next to it.
        bytes_free: Free space on its disk; None if the system doesn't say.
        damage: What is wrong with the ledger's tables; empty if nothing was found.
        archive_damage: What is wrong with the archive; empty if nothing was found.
        unreadable: By server, what is wrong with the file of its uploads.
        is_checked: False if the time limit ended the check before all tables were read.
        backed_up_at: When it was last backed up; None if no backup is known.
    """

    bytes_used: int
    bytes_free: int | None
    damage: str = ""
    archive_damage: str = ""
    unreadable: Mapping[int, str] = field(default_factory=dict)
    is_checked: bool = True
    backed_up_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """Work that is waiting in the database.

    Attributes:
        unplanned_due_at: When the oldest edition was due that is not planned yet; None if there is none.
        unposted_due_at: When the oldest edition was due that is planned and not posted yet; None if there is none.
        deliveries: The number of the ledger's rows by state.
        unpublished: The number of messages that wait to be published to followers.
    """

    unplanned_due_at: datetime | None = None
    unposted_due_at: datetime | None = None
    deliveries: Mapping[DeliveryState, int] = field(default_factory=dict)
    unpublished: int = 0

    def lag_s(self, now: datetime) -> float:
        """Compute the seconds since the oldest edition was due that is not planned or not posted yet; at least 0."""
        return max(_lag(self.unplanned_due_at, now), _lag(self.unposted_due_at, now)).total_seconds()


def _lag(due_at: datetime | None, now: datetime) -> timedelta:
    return timedelta(0) if due_at is None else max(timedelta(0), now - due_at)


def backlog_finding(backlog: Backlog, now: datetime, *, uptime_s: float = math.inf) -> Finding:
    """Check whether an edition is overdue.

    Args:
        backlog: The work that is waiting.
        now: The current moment.
        uptime_s: Seconds since the bot started. An edition that fell due while it was down waits only since then.
    """
    most = timedelta.max if uptime_s == math.inf else timedelta(seconds=uptime_s)
    lag = min(most, _lag(backlog.unplanned_due_at, now))
    if lag > MAX_PLANNING_LAG:
        text = f"one has been due for {_minutes(lag)} minutes and is not planned."
        return failing(text, "If the clock is right, check the log.", check="editions")
    lag = min(most, _lag(backlog.unposted_due_at, now))
    if lag > MAX_POSTING_LAG:
        text = f"one has been waiting to be posted for {_minutes(lag)} minutes."
        return failing(text, "It is retried automatically; check the log and Discord's status page.", check="editions")
    return passing("editions", "none is overdue.")


def _minutes(lag: timedelta) -> int:
    return int(lag.total_seconds() // 60)


def database_findings(status: DatabaseStatus, now: datetime, *, for_operator: bool = True) -> Iterator[Finding]:
    """Check the database for damage, and its disk for free space.

    Args:
        status: The status of the database.
        now: The current moment.
        for_operator: Give sizes and the last backup, too. Sizes change with what other servers upload, so no server
            is shown them.
    """
    size = f"{size_in_words(status.bytes_used)}, " if for_operator else ""
    if status.damage:
        cure = "Stop the bot and restore a backup with `newsdesk restore`."
        yield failing(f"{size}damaged: {status.damage}", cure, check="database")
    else:
        checked = "no damage found" if status.is_checked else "not fully checked (time limit)"
        backup = f"; {_backup(status, now)}" if for_operator else ""
        yield passing("database", f"{size}{checked}{backup}.")
    if status.archive_damage:
        cure = "Stop the bot and restore a backup with `newsdesk restore`; what is planned is sent meanwhile."
        yield failing(f"the archive is damaged: {status.archive_damage}", cure, check="articles")
    for guild_id, text in status.unreadable.items():
        cure = "Stop the bot and restore a backup, or delete the file: then the server can upload again."
        yield failing(f"of server {guild_id}: {text} It is answered without its own.", cure, check="articles")
    if status.bytes_free is not None:
        text = f"{size_in_words(status.bytes_free)} free." if for_operator else "it has room."
        if status.bytes_free >= MIN_FREE_BYTES:
            yield passing("disk", text)
        else:
            yield failing(text if for_operator else "it is nearly full.", "Free up disk space.", check="disk")


def _backup(status: DatabaseStatus, now: datetime) -> str:
    if status.backed_up_at is None:
        return "no backup yet"
    days = (now - status.backed_up_at).days
    return f"last backup {'today' if days < 1 else 'yesterday' if days == 1 else f'{days} days ago'}"


def size_in_words(count: int) -> str:
    """Write a number of bytes in megabytes or gigabytes."""
    if count >= 1 << 30:
        return f"{count / (1 << 30):.1f} GB"
    return f"{count / (1 << 20):.1f} MB"
