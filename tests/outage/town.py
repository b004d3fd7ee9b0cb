"""The town that has the trouble: what is due in it, what it shows of its health, and what its channels have."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from contextlib import closing, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import aiohttp
from typing_extensions import override

from bot.app.config import Config, load_config
from bot.app.doctor import examine
from bot.errors import StoreError
from bot.news.checkup.finding import Status
from bot.news.delivery import ScheduleId
from bot.news.schedules.schedule import EmptyPolicy, Schedule, Weekday, next_due
from bot.sandbox.errors import SandboxError
from tests.faults.jumping import LoopClock
from tests.faults.process import free_port
from tests.support.makers import make_schedule
from tests.support.postoffice import OwnClock
from tests.support.running_bot import Town

EVERY: Final = timedelta(minutes=4)
_CHANNELS: Final = 3

_SENT: Final = """
    SELECT schedule_id, message_id FROM delivery
    WHERE (schedule_id, edition) NOT IN (SELECT schedule_id, edition FROM delivery WHERE state <> 'sent')
"""


class TroubledTown(Town):
    """A town with three channels and an edition every four minutes.

    Attributes:
        machine: The bot's own clock, which can be wrong; the town's is Discord's.
        log_descriptor: Of the file that the log is written to.
    """

    def __init__(self, folder: Path) -> None:
        clock: Any = LoopClock()
        # Time that jumps would miss heartbeats.
        super().__init__(folder, clock=clock, heartbeat_s=1e6)
        self.machine = OwnClock(clock)
        self.own_clock = self.machine
        self.channels = [self.channel, *(self.guild.add_channel(f"news-{number}") for number in range(1, _CHANNELS))]
        self.log_descriptor = -1
        self._port = free_port()
        self._due: dict[ScheduleId, datetime] = {}

    @property
    def variables(self) -> dict[str, str]:
        """The operator's configuration."""
        return {
            "NEWSDESK_TOKEN": self.sandbox.token,
            "NEWSDESK_DATABASE": str(self.ledger),
            "NEWSDESK_SEEDS": str(self.seeds),
            "NEWSDESK_API_BASE": self.sandbox.api_base,
            "NEWSDESK_HEALTH_ADDRESS": f"127.0.0.1:{self._port}",
        }

    @property
    def ledger(self) -> Path:
        """The ledger's file."""
        return self.folder / "newsdesk.sqlite3"

    @override
    def config(self) -> Config:
        return load_config(None, self.variables)

    async def order(self, span: timedelta) -> None:
        """Let editions fall due for this long, from now on."""
        assert self.bot is not None
        now = self.clock.now()
        for number in range(1, int(span / EVERY) + 1):
            schedule = self._schedule(number, now + number * EVERY)
            _, due_at = next_due(schedule, now)
            await self.bot.store.schedules.save_schedule(schedule, next_due_at=due_at)
            self._due[schedule.id] = due_at

    def _schedule(self, number: int, at: datetime) -> Schedule:
        return make_schedule(
            id=ScheduleId(number),
            name=f"Digest {number}",
            guild_id=self.guild.id,
            channel_id=self.channels[number % _CHANNELS].id,
            days=tuple(Weekday),
            at=at.time().replace(second=0, microsecond=0),
            empty_policy=EmptyPolicy.NOTE,
            saved_by=self.admin.id,
            created_at=self.clock.now(),
        )

    def unsent(self, at: datetime) -> set[ScheduleId]:
        """The schedules whose edition was due by then and is not sent as a whole."""
        return {schedule for schedule, due_at in self._due.items() if due_at <= at} - {
            ScheduleId(schedule) for schedule, _ in self._sent()
        }

    def doubled(self) -> int:
        """Messages in the channels that no sent part of the ledger is, and parts whose message is another one's."""
        shown = {message.id for channel in self.channels for message in channel.messages}
        known = Counter(message for _, message in self._sent())
        return len(shown - known.keys()) + sum(count - 1 for count in known.values()) + len(known.keys() - shown)

    def _sent(self) -> list[tuple[int, int]]:
        try:
            with closing(sqlite3.connect(f"file:{self.ledger}?mode=ro", uri=True, timeout=0.01)) as connection:
                return connection.execute(_SENT).fetchall()
        except sqlite3.Error:  # it isn't there, or it can't be read: nothing is known to be sent
            return []

    async def failing(self) -> set[str]:
        """The checks that fail in `/healthz`; `down` if it doesn't answer."""
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as session,
                session.get(f"http://127.0.0.1:{self._port}/healthz") as answer,
            ):
                return {each["check"] for each in (await answer.json())["problems"]}
        except (aiohttp.ClientError, OSError):
            return {"down"}

    async def examined(self) -> set[str]:
        """The checks that fail in `newsdesk doctor`."""
        findings = await examine(None, self.variables, self.machine)
        return {each.check for each in findings if each.status is Status.FAILING}

    async def answers(self) -> bool:
        """Whether a member's command is answered."""
        with suppress(SandboxError, StoreError, asyncio.TimeoutError):
            return bool((await self.member.run(self.channel, "help", timeout=3)).text)
        return False
