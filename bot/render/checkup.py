"""What a look at a server's schedules found: for an admin as one message, for a terminal as findings line by line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from bot.news.checkup.condition import Checkup, LastEdition, ScheduleCheckup
from bot.news.checkup.finding import Finding
from bot.news.edition import Skipped
from bot.news.message.draft import Block, Channel, Draft, Moment, Paragraph, Run, Text
from bot.news.schedule import ScheduleState
from bot.render.article import DOT
from bot.render.delivery import STATE_WORDS
from bot.render.format.clip import clip_written
from bot.render.format.limits import MOST_TEXT, size_of
from bot.render.format.lines import line
from bot.render.format.number import count_of
from bot.text.clean import clean

_LONGEST_NAME: Final = 120
_LONGEST_FINDING: Final = 300
_FOR_THE_REST: Final = 100

_SKIPPED: Final = {
    Skipped.LATE: "left out, it came too late",
    Skipped.EMPTY: "left out, there was no new story",
    Skipped.BEFORE_FIRST: "left out, there was no story yet",
}


def draft_checkup(checkup: Checkup) -> Draft:
    """Everything in one message: what is to do first, then the schedules that are well, then the facts.

    Of more schedules than fit, those with something to do come first, and the rest is counted.
    """
    top = [_heading(checkup), *(_trouble(finding) for finding in checkup.findings if finding.is_well is False)]
    facts = [line(_facts(checkup.findings), "quiet")]
    ordered = sorted(checkup.schedules, key=_urgency)
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
        shown = [line("There is no schedule yet. Make one with /schedule create.")]
    return Draft(blocks=(*top, *shown, *facts))


def _heading(checkup: Checkup) -> Paragraph:
    count = checkup.things_to_do
    return line("All is well" if not count else f"{count_of(count, 'thing')} to do", "heading")


def _urgency(each: ScheduleCheckup) -> int:
    return 0 if any(finding.is_well is False for finding in each.findings) else 1 if each.findings else 2


def _trouble(finding: Finding) -> Paragraph:
    return line(f"{finding.what.capitalize()}: {_said(finding)}")


def _facts(findings: Sequence[Finding]) -> str:
    said = (f"{finding.what.capitalize()}: {_said(finding)}" for finding in findings if finding.is_well is not False)
    return " ".join(said)


def _said(finding: Finding) -> str:
    return clip_written(clean(f"{finding.text} {finding.cure}".strip()), _LONGEST_FINDING)


def _schedule(each: ScheduleCheckup) -> Iterator[Paragraph]:
    """The name with its place and its editions; below it what is to do."""
    schedule = each.schedule
    place = (Text(text=" in "), Channel(channel_id=schedule.channel_id), Text(text=DOT))
    yield Paragraph(runs=(Text(text=_name(each), strong=True), *place, *_last(each.last), *_next(each)))
    for finding in each.findings:
        yield line(f"• {_said(finding)}")


def _last(last: LastEdition | None) -> tuple[Run, ...]:
    if last is None:
        return (Text(text="no edition yet"),)
    at = last.sent_at or last.due_at
    return (Text(text="last edition "), Moment(at=at, style="short"), Text(text=f": {state_text(last)}"))


def _next(each: ScheduleCheckup) -> tuple[Run, ...]:
    if each.next_due_at is not None:
        return (Text(text=f"{DOT}next "), Moment(at=each.next_due_at, style="short"))
    is_paused = each.schedule.state is ScheduleState.PAUSED
    return (Text(text=f"{DOT}{'paused' if is_paused else 'switched off'}"),)


def state_text(last: LastEdition) -> str:
    """What became of an edition, in words; of one with several parts, how many of them are where."""
    if not last.states:
        return "left out" if last.skipped is None else _SKIPPED[last.skipped]
    if len(last.states) == 1:
        return STATE_WORDS[last.state]
    return ", ".join(f"{count_of(count, 'part')} {STATE_WORDS[state]}" for state, count in last.states.items())


def _rest(left: Sequence[ScheduleCheckup]) -> Paragraph:
    troubled = sum(_urgency(each) == 0 for each in left)
    said = f"And {count_of(len(left), 'more schedule')}"
    return line(f"{said}, {troubled} of them with something to do." if troubled else f"{said}.", "quiet")


def _name(each: ScheduleCheckup) -> str:
    return clip_written(clean(each.schedule.name), _LONGEST_NAME) or "Unnamed"


def checkup_findings(each: ScheduleCheckup) -> tuple[Finding, ...]:
    """One schedule's findings for a terminal, each of which names it; a well one where there is nothing to do."""
    name = f"{_name(each)} (server {each.schedule.guild_id})"
    last = "no edition yet" if each.last is None else _last_line(each.last)
    following = f"next {_utc(each.next_due_at)}" if each.next_due_at else each.schedule.state.value
    stands = Finding(what="schedule", is_well=True, text=f"{name}: {last}; {following}.")
    found = (
        Finding(what="schedule", is_well=finding.is_well, text=f"{name}: {finding.text}", cure=finding.cure)
        for finding in each.findings
    )
    return (stands, *found)


def finding_line(finding: Finding) -> str:
    """A finding as a line for a terminal, its mark first: well, not well, or not looked at."""
    mark = {True: "ok", False: "!!", None: "--"}[finding.is_well]
    return f"{mark}  {clean(f'{finding.what}: {finding.text} {finding.cure}'.strip())}"


def _last_line(last: LastEdition) -> str:
    return f"last edition {_utc(last.sent_at or last.due_at)}: {state_text(last)}"


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
