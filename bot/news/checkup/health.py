"""The health of the whole bot, and of one server's schedules: what was checked and what was found."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.news.checkup.database import Backlog
from bot.news.checkup.finding import Finding, Status
from bot.news.checkup.schedule import ScheduleHealth


@dataclass(frozen=True, slots=True, kw_only=True)
class BotHealth:
    """The health of the bot.

    Attributes:
        findings: One for each check, passed or not.
        backlog: What is waiting in the database; empty if it can't be read.
    """

    findings: tuple[Finding, ...]
    backlog: Backlog = field(default_factory=Backlog)

    @property
    def problems(self) -> tuple[Finding, ...]:
        """The findings that need attention."""
        return problems_in(self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerHealth:
    """The health of a server's schedules, by name, and of the bot that runs them."""

    schedules: tuple[ScheduleHealth, ...]
    findings: tuple[Finding, ...]

    @property
    def problems(self) -> tuple[Finding, ...]:
        """The findings that need attention, the bot's first."""
        return problems_in((*self.findings, *(finding for each in self.schedules for finding in each.findings)))


def problems_in(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Select the findings that need attention."""
    return tuple(finding for finding in findings if finding.status is Status.FAILING)
