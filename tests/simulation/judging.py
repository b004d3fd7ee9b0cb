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
        part: The number of the message in its edition, from 1.
        text: All of the message, as it is stored.
        is_plain: True if it is drawn as plain text, because Discord refused another form.
    """

    at: datetime
    schedule: ScheduleId
    edition: EditionKey
    due_at: datetime
    articles: frozenset[ArticleId]
    part: int = 1
    text: str = ""
    is_plain: bool = False


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
        after_deletion: One of a schedule that was deleted.
        while_held: One of a draft that was held or skipped, or waited for an approval.
        dropped: A story that an editor had taken out of the draft.
        not_as_shown: A message other than the one that the last editor was shown.
        desk_twice: A message of the desk that is in the editors' channel twice.
        under_way: Messages whose request had begun when one of their stories was hidden: nobody can call them back.
        messages, stories: How many were posted.
        compared: Messages that were compared with what the last editor of their draft was shown.
    """

    told_twice: list[str] = field(default_factory=list)
    taken_down: list[str] = field(default_factory=list)
    wrong_channel: list[str] = field(default_factory=list)
    too_late: list[str] = field(default_factory=list)
    while_paused: list[str] = field(default_factory=list)
    after_deletion: list[str] = field(default_factory=list)
    while_held: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    not_as_shown: list[str] = field(default_factory=list)
    desk_twice: list[str] = field(default_factory=list)
    under_way: int = 0
    messages: int = 0
    stories: int = 0
    compared: int = 0

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
                found.told_twice.append(f"{article} in {name_of(before)} and {name_of(each)}")
        _compare(each, decisions, found)
    return found


def _compare(shown: Shown, decisions: Decisions, found: Breaches) -> None:
    begun, name = shown.begun, name_of(shown)
    found.taken_down += [f"{article} in {name}" for article in _hidden(shown, decisions, begun.at)]
    found.under_way += any(_hidden(shown, decisions, shown.arrived_at)) and not any(_hidden(shown, decisions, begun.at))
    if shown.channel_id not in decisions.channels_at(begun.schedule, begun.at):
        found.wrong_channel.append(f"{name} in {shown.channel_id}")
    if begun.at - begun.due_at > MAX_LATENESS + _CLOCKS_DIFFER:
        found.too_late.append(f"{name}, due {begun.due_at:%d %H:%M:%S}")
    if decisions.paused[begun.schedule].is_on(begun.at):
        found.while_paused.append(name)
    if decisions.deleted[begun.schedule].is_on(begun.at):
        found.after_deletion.append(name)


def _hidden(shown: Shown, decisions: Decisions, at: datetime) -> Iterator[ArticleId]:
    for article in sorted(shown.begun.articles):
        if decisions.hidden[article].is_on(at):
            yield article


def name_of(shown: Shown) -> str:
    """Say which message it is."""
    begun = shown.begun
    return f"schedule {begun.schedule}, edition {begun.edition} at {begun.at:%d %H:%M:%S.%f}"
