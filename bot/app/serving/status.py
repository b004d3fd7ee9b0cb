"""Read the status of the running parts, for the health server and for the commands that show it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.app.chores import Chore
from bot.app.database.file_guard import FileGuard
from bot.app.log import lost_lines
from bot.app.seed_folders import SeedFolders
from bot.app.supply.collector import CollectorProcess
from bot.app.tick import Tick
from bot.chat.account.client import NewsClient
from bot.chat.posting.messenger import DiscordMessenger
from bot.chat.wire import Wire
from bot.clock import Clock
from bot.news.checkup.finding import Finding
from bot.news.checkup.runtime import RuntimeStatus, WaitTimes
from bot.usecases.delivery import Deliverer
from bot.usecases.recovery import Recovery
from bot.usecases.schedule import ClockTrust

if TYPE_CHECKING:
    from bot.chat.http import InteractionServer


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningParts:
    """The parts of a running bot that have a status.

    Attributes:
        started_s: The uptime at the start, in seconds.
        chores: Those whose trouble is reported.
        collector: None without feeds.
        http: None if interactions come from the gateway.
    """

    clock: Clock
    started_s: float
    client: NewsClient
    wire: Wire
    messenger: DiscordMessenger
    deliverer: Deliverer
    tick: Tick
    trust: ClockTrust
    files: FileGuard
    seeds: SeedFolders
    recovery: Recovery
    chores: tuple[Chore, ...]
    collector: CollectorProcess | None
    http: InteractionServer | None

    def read(self) -> RuntimeStatus:
        """Read the status of all."""
        now = self.clock.uptime()
        last_tick_s = self.started_s if self.tick.last_end_s is None else self.tick.last_end_s
        blocked = self.wire.shut_out()
        waits = self.wire.limiter_waits
        dropped, log_trouble = lost_lines()
        in_vain, why = self.deliverer.in_vain
        return RuntimeStatus(
            is_connected=self.client.is_connected,
            connection_age_s=now - self.client.connected_s,
            tick_age_s=now - last_tick_s,
            tick_trouble=self.tick.trouble,
            is_posting_on_hold=self.deliverer.is_on_hold,
            in_vain=in_vain,
            in_vain_why=why,
            blocked=blocked.why if blocked else "",
            blocked_s=blocked.retry_after_s if blocked else 0.0,
            is_clock_trusted=self.trust.is_trusted,
            clock_offset_s=self.messenger.discord_offset_s(),
            retries=self.deliverer.retries,
            limiter_waits=WaitTimes(up_to=waits.up_to, count=waits.count, seconds=waits.seconds),
            short_connections=self.wire.gateway.short_in_a_row,
            displaced=self.files.trouble,
            log_lines_dropped=dropped,
            log_trouble=log_trouble,
            uptime_s=now - self.started_s,
            reading=self.seeds.reading,
            watching=self.seeds.watching,
            others=tuple(self._other_findings()),
            collector=None if self.collector is None else self.collector.status,
            has_gateway=self.client.has_gateway,
            http=None if self.http is None else self.http.status(),
        )

    def _other_findings(self) -> Iterator[Finding]:
        for chore in self.chores:
            yield from chore.findings()
        yield from self.recovery.findings()
        yield from self.seeds.findings()
        if self.collector is not None:
            yield from self.collector.findings()
