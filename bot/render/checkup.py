"""Render the results of a check: for an admin as one message, for a terminal as one line for each finding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from bot.news.checkup.finding import Finding, Status, passing
from bot.news.checkup.health import ServerHealth
from bot.news.checkup.schedule import LastEdition, ScheduleHealth
from bot.news.edition import Skipped
from bot.news.message.draft import Block, Channel, Draft, Moment, Paragraph, Run, Text
from bot.news.schedules.schedule import ScheduleState
from bot.render.article import DOT
from bot.render.edition.delivery import STATE_WORDS
from bot.render.format.clip import clip_written
from bot.render.format.limits import MOST_TEXT, size_of
from bot.render.format.lines import line
from bot.render.format.number import count_of
from bot.text.clean import clean

_LONGEST_NAME: Final = 120
_LONGEST_FINDING: Final = 300
_FOR_THE_REST: Final = 100

_SKIPPED: Final = {
    Skipped.LATE: "skipped, it was too late",
    Skipped.EMPTY: "skipped, there was no new story",
    Skipped.BEFORE_FIRST: "skipped, there was no story yet",
}

_SYMBOLS: Final = {Status.OK: "ok", Status.FAILING: "!!", Status.UNKNOWN: "--"}


def draft_health(health: ServerHealth) -> Draft:
    """Render a server's health in one message: problems first, then the other schedules, then the other checks.

    If not all schedules fit, those with problems come first, and the rest is counted.
    """
    top = [_heading(health), *(_problem(each) for each in health.findings if each.status is Status.FAILING)]
    facts = [line(_facts(health.findings), "quiet")]
    ordered = sorted(health.schedules, key=_urgency)
    shown: list[Block] = []
    room = MOST_TEXT - _FOR_THE_REST - size_of((*top, *facts)).text
    for number, each in enumerate(ordered):
        entry = list(_schedule(each))
        room -= size_of(entry).text + 1
        if room < 0:
            shown.append(_rest(ordered[number:]))
            break
        shown += entry
    if not ordered:
        shown = [line("No schedules yet. Use /schedule create to add one.")]
    return Draft(blocks=(*top, *shown, *facts))


def _heading(health: ServerHealth) -> Paragraph:
    count = len(health.problems)
    return line(f"{count_of(count, 'problem')} to fix" if count else "No problems", "heading")


def _urgency(each: ScheduleHealth) -> int:
    return 0 if any(finding.status is Status.FAILING for finding in each.findings) else 1 if each.findings else 2


def _problem(finding: Finding) -> Paragraph:
    return line(f"{finding.check.capitalize()}: {_text(finding)}")


def _facts(findings: Sequence[Finding]) -> str:
    facts = (finding for finding in findings if finding.status is not Status.FAILING)
    return " ".join(f"{finding.check.capitalize()}: {_text(finding)}" for finding in facts)


def _text(finding: Finding) -> str:
    return clip_written(clean(f"{finding.text} {finding.cure}".strip()), _LONGEST_FINDING)


def _schedule(each: ScheduleHealth) -> Iterator[Paragraph]:
    """Render a schedule's name, channel and editions, and its findings below."""
    schedule = each.schedule
    channel = (Text(text=" in "), Channel(channel_id=schedule.channel_id), Text(text=DOT))
    yield Paragraph(runs=(Text(text=_name(each), strong=True), *channel, *_last(each.last), *_next(each)))
    for finding in each.findings:
        yield line(f"• {_text(finding)}")


def _last(last: LastEdition | None) -> tuple[Run, ...]:
    if last is None:
        return (Text(text="no edition yet"),)
    at = last.sent_at or last.due_at
    return (Text(text="last edition "), Moment(at=at, style="short"), Text(text=f": {state_text(last)}"))


def _next(each: ScheduleHealth) -> tuple[Run, ...]:
    if each.next_due_at is not None:
        return (Text(text=f"{DOT}{_coming(each)} "), Moment(at=each.next_due_at, style="short"))
    is_paused = each.schedule.state is ScheduleState.PAUSED
    return (Text(text=f"{DOT}{'paused' if is_paused else 'switched off'}"),)


def _coming(each: ScheduleHealth) -> str:
    """What comes next: an edition, or a look for breaking news, which may find none."""
    return "next look" if each.schedule.rule == "breaking" else "next"


def state_text(last: LastEdition) -> str:
    """Describe the state of an edition; if its parts differ, count them by state."""
    if not last.states:
        return "skipped" if last.skipped is None else _SKIPPED[last.skipped]
    if len(last.states) == 1:
        return STATE_WORDS[last.state]
    return ", ".join(f"{count_of(count, 'part')} {STATE_WORDS[state]}" for state, count in last.states.items())


def _rest(left: Sequence[ScheduleHealth]) -> Paragraph:
    failing = sum(_urgency(each) == 0 for each in left)
    more = f"And {count_of(len(left), 'more schedule')}"
    return line(f"{more}, {failing} of them with problems." if failing else f"{more}.", "quiet")


def _name(each: ScheduleHealth) -> str:
    return clip_written(clean(each.schedule.name), _LONGEST_NAME) or "Unnamed"


def schedule_lines(each: ScheduleHealth) -> tuple[Finding, ...]:
    """Turn one schedule's health into findings for a terminal that all name it; its editions come first."""
    name = f"{_name(each)} (server {each.schedule.guild_id})"
    last = "no edition yet" if each.last is None else _last_line(each.last)
    following = f"{_coming(each)} {_utc(each.next_due_at)}" if each.next_due_at else each.schedule.state.value
    found = (replace(finding, check="schedule", text=f"{name}: {finding.text}") for finding in each.findings)
    return (passing("schedule", f"{name}: {last}; {following}."), *found)


def finding_line(finding: Finding) -> str:
    """Render a finding as a line for a terminal, after `ok`, `!!` (failing) or `--` (not checked)."""
    return f"{_SYMBOLS[finding.status]}  {clean(f'{finding.check}: {finding.text} {finding.cure}'.strip())}"


def _last_line(last: LastEdition) -> str:
    return f"last edition {_utc(last.sent_at or last.due_at)}: {state_text(last)}"


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
