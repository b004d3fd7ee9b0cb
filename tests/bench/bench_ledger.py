"""How long the ledger takes: claims and marks with a long history and a long queue.

A claim of 40 rows and their 40 marks must take little beside the second that Discord needs for 50 requests.
Run it as `python tests/bench/bench_ledger.py [sent rows] [planned rows]`.
"""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[2]))

from bot.clock import SystemClock
from bot.news.article import Picture
from bot.news.delivery import DeliveryKey, EditionKey, ScheduleId
from bot.news.message.draft import Button, ButtonRow, Draft, Link, Moment, Paragraph, Section, Separator, Text
from bot.news.schedules.schedule import ScheduleState
from bot.store.sqlite.file.database import Database
from bot.store.sqlite.ledger.delivery_rows import insert_delivery
from bot.store.sqlite.shelves.files import open_files
from tests.support.ledger import DUE, LEASE, Ledger, save_schedule, set_state, sqlite_ledger
from tests.support.makers import make_delivery, make_edition

ROUNDS: Final = 25
SCHEDULES: Final = 100

# A day's editions of many channels: (state, how many, days after DUE).
_HISTORY: Final = """
    WITH RECURSIVE number(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n + 1 < :count)
    INSERT INTO delivery (channel_id, schedule_id, edition, part, guild_id, state, revision, attempt, was_sending,
        due_at, planned_at, tries, message_id, reason, title, publish)
    SELECT 100, n % 100, 'x' || (n / 100), 1, 1, 'sent', 0, 1, 0, :due_at + n, :due_at, 0, n + 1, '', '', 0 FROM number
"""
_EDITIONS: Final = """
    WITH RECURSIVE number(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n + 1 < :count)
    INSERT INTO edition (schedule_id, edition, due_at, planned_at, window_end, is_first, is_archive, is_late, is_extra,
        is_empty, skipped)
    SELECT n % 100, 'x' || (n / 100), :due_at + n, :due_at, :due_at, 0, 0, 0, 0, 0, '' FROM number
"""


def weekly_draft() -> Draft:
    """An edition of five stories, about 6 KB as it is stored."""
    story = (
        Section(
            paragraphs=(
                Paragraph(
                    runs=(Link(text="A title of sixty characters or so " * 2, url="https://a.example/" + "x" * 60),)
                ),
                Paragraph(runs=(Text(text="An excerpt of two sentences. " * 7),)),
                Paragraph(runs=(Text(text="Boston Herald"), Moment(at=DUE)), kind="quiet"),
            ),
            accessory=Picture(url="https://p.example/" + "y" * 60, width=800, height=600, alt="A picture " * 5),
        ),
        ButtonRow(buttons=(Button(action="cov", args=("a" * 13,), label="Full coverage"),)),
        Separator(),
    )
    return Draft(blocks=story * 5, key="k" * 25)


async def fill(database: Database, ledger: Ledger, *, sent: int, planned: int) -> None:
    """A hundred schedules with what they sent, and what waits."""
    for number in range(SCHEDULES):
        await save_schedule(ledger, id=ScheduleId(number), name=f"Schedule {number}")
    draft = weekly_draft()

    def work(connection: sqlite3.Connection) -> None:
        history = {"count": sent, "due_at": 0}
        connection.execute(_EDITIONS, history)
        connection.execute(_HISTORY, history)
        for number in range(planned):
            edition = make_edition(
                schedule_id=ScheduleId(number % SCHEDULES), key=EditionKey(f"y{number}"), due_at=DUE, picks=()
            )
            connection.execute(
                "INSERT INTO edition (schedule_id, edition, due_at, planned_at, window_end, is_first, is_archive, "
                "is_late, is_extra, is_empty, skipped) VALUES (?, ?, 0, 0, 0, 0, 0, 0, 0, 0, '')",
                (edition.schedule_id, edition.key),
            )
            insert_delivery(connection, make_delivery(edition, draft=draft))

    await database.write(work)


async def timed(name: str, doing: Callable[[], Awaitable[object]], rounds: int = ROUNDS) -> None:
    """Print the median and the longest of some rounds."""
    spans = []
    for _ in range(rounds):
        began = time.perf_counter()
        await doing()
        spans.append((time.perf_counter() - began) * 1000)
    print(f"{name:58} median {statistics.median(spans):8.2f} ms   longest {max(spans):8.2f} ms")


async def main(sent: int, planned: int) -> None:
    """Measure on a file of its own."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_files(Path(folder) / "newsdesk.db", clock=SystemClock()) as files:
            ledger = sqlite_ledger(files)
            await fill(files.local, ledger, sent=sent, planned=planned)
            print(f"{sent} rows sent, {planned} planned")
            claimed: list[tuple[DeliveryKey, int]] = []

            async def claim() -> None:
                rows = await ledger.deliveries.claim(now=DUE, lease_until=DUE + LEASE)
                claimed.extend((row.key, row.attempt) for row in rows)

            async def mark() -> None:
                for key, attempt in [claimed.pop() for _ in range(min(40, len(claimed)))]:
                    await ledger.deliveries.mark_sent(key, attempt, message_id=1, at=DUE)

            async def mark_together() -> None:
                batch = [claimed.pop() for _ in range(min(40, len(claimed)))]
                marks = (ledger.deliveries.mark_sent(key, attempt, message_id=1, at=DUE) for key, attempt in batch)
                await asyncio.gather(*marks)

            await timed("claim 40", claim)
            await timed("mark 40, one after the other", mark, 10)
            await timed("mark 40, asked for together", mark_together, 10)
            await timed("counts", ledger.deliveries.counts)
            await timed("oldest open", ledger.deliveries.oldest_open_due)
            await timed("unresolved", ledger.deliveries.unresolved)
            await timed("last cutoff", lambda: ledger.digest.last_cutoff(ScheduleId(1), before=DUE))
            for number in range(SCHEDULES):
                await set_state(ledger.schedules, ScheduleId(number), ScheduleState.PAUSED)
            await timed("claim where all that is planned is paused", claim, 5)
            await files.local.write(
                lambda connection: (
                    connection.execute("UPDATE delivery SET not_before = ? WHERE state = 'planned'", (2**60,)).rowcount
                )
            )
            await timed("claim where all that is planned backs off", claim, 5)
            await timed("due schedules", lambda: ledger.schedules.due_schedules(DUE + timedelta(days=1)))


if __name__ == "__main__":
    asyncio.run(main(*(int(count) for count in (*sys.argv[1:], "200000", "20000")[:2])))
