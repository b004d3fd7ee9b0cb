"""Compare what was posted with what was decided before: each message counts from when its request began."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Final

from bot.news.article import ArticleId
from bot.news.delivery import EditionKey, ScheduleId
from tests.simulation.decisions import Decisions

MAX_LATENESS: Final = timedelta(hours=3)
"""Of every schedule here."""

_CLOCKS_DIFFER: Final = timedelta(seconds=5)
"""Discord's clock is known to a second or two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """The request of a message begins.

    Attributes:
        at: When, in true time: nothing that was answered before may be broken by it.
        due_at: From when its lateness counts: its edition's due moment, or when a member asked for it again.
        articles: The stories that it shows.
    """

    at: datetime
    schedule: ScheduleId
    edition: EditionKey
    due_at: datetime
    articles: frozenset[ArticleId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A message that was posted."""

    begun: Begun
    channel_id: int
    arrived_at: datetime


@dataclass(slots=True, kw_only=True)
class Breaches:
    """What was posted against what was decided, one sentence each.

    Attributes:
        told_twice: A story in two messages of one schedule.
        taken_down: A story that was hidden when the message's request began.
        wrong_channel: A message in a channel that was not its schedule's.
        too_late: One that was later than its schedule allows.
        while_paused: One of a schedule that was paused.
        under_way: Messages whose request had begun when one of their stories was hidden: nobody can call them back.
        messages, stories: How many were posted.
    """

    told_twice: list[str] = field(default_factory=list)
    taken_down: list[str] = field(default_factory=list)
    wrong_channel: list[str] = field(default_factory=list)
    too_late: list[str] = field(default_factory=list)
    while_paused: list[str] = field(default_factory=list)
    under_way: int = 0
    messages: int = 0
    stories: int = 0

    def by_kind(self) -> dict[str, list[str]]:
        """The sentences by the kind of breach."""
        return {each.name: getattr(self, each.name) for each in fields(self) if each.type == "list[str]"}


def judge_decisions(shown: Iterable[Shown], decisions: Decisions) -> Breaches:
    """Look at every message that was posted."""
    found = Breaches()
    told: dict[tuple[ScheduleId, ArticleId], Shown] = {}
    for each in sorted(shown, key=lambda each: each.arrived_at):
        begun = each.begun
        found.messages += 1
        found.stories += len(begun.articles)
        for article in sorted(begun.articles):
            before = told.setdefault((begun.schedule, article), each)
            if before is not each:
                found.told_twice.append(f"{article} in {_name(before)} and {_name(each)}")
        _compare(each, decisions, found)
    return found


def _compare(shown: Shown, decisions: Decisions, found: Breaches) -> None:
    begun, name = shown.begun, _name(shown)
    found.taken_down += [f"{article} in {name}" for article in _hidden(shown, decisions, begun.at)]
    found.under_way += any(_hidden(shown, decisions, shown.arrived_at)) and not any(_hidden(shown, decisions, begun.at))
    if shown.channel_id not in decisions.channels_at(begun.schedule, begun.at):
        found.wrong_channel.append(f"{name} in {shown.channel_id}")
    if begun.at - begun.due_at > MAX_LATENESS + _CLOCKS_DIFFER:
        found.too_late.append(f"{name}, due {begun.due_at:%d %H:%M:%S}")
    if decisions.paused[begun.schedule].is_on(begun.at):
        found.while_paused.append(name)


def _hidden(shown: Shown, decisions: Decisions, at: datetime) -> Iterator[ArticleId]:
    for article in sorted(shown.begun.articles):
        if decisions.hidden[article].is_on(at):
            yield article


def _name(shown: Shown) -> str:
    begun = shown.begun
    return f"schedule {begun.schedule}, edition {begun.edition} at {begun.at:%d %H:%M:%S.%f}"
