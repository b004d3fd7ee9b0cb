"""Standing orders as admins see them: lists, one in full, and what a change has done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final

from bot.errors import UnknownZoneError
from bot.news.message.draft import Block, Channel, Draft, Moment, Paragraph, Run, Text
from bot.news.notice import Notice
from bot.news.schedule import EVERY_DAY, EmptyPolicy, Schedule, ScheduleState, next_due
from bot.render.article import DOT
from bot.render.format.clip import clip_written
from bot.render.format.lines import as_many_as_fit, line
from bot.render.format.number import count_of
from bot.render.notice import notice_lines
from bot.text.clean import clean

_LONGEST_NAME: Final = 120
_LONGEST_LIST: Final = 300
_SUMMARY_LINES: Final = 3
_LATER_MOMENTS: Final = 2

_EMPTY_POLICIES: Final = {
    EmptyPolicy.SKIP: "a week without a new story is skipped",
    EmptyPolicy.NOTE: "a week without a new story gets one line",
    EmptyPolicy.ARCHIVE: "a week without a new story tells the best from the archive",
}
_STATES: Final = {ScheduleState.ACTIVE: "Active", ScheduleState.PAUSED: "Paused", ScheduleState.OFF: "Switched off"}


def draft_schedules(entries: Sequence[tuple[Schedule, datetime | None]], notices: Sequence[Notice] = ()) -> Draft:
    """A server's schedules, each with its next due moment, below the notices that nobody has read yet."""
    head = (*notice_lines(notices), line("Schedules", kind="heading"))
    if not entries:
        return Draft(blocks=(*head, line("There is none yet. Make one with /schedule create.")))
    lines = [each for schedule, next_due_at in entries for each in _summary(schedule, next_due_at)]
    whole = len(as_many_as_fit(head, lines)) // _SUMMARY_LINES
    left = len(entries) - whole
    rest = (line(f"And {count_of(left, 'more schedule')}.", kind="quiet"),) if left else ()
    return Draft(blocks=(*head, *lines[: whole * _SUMMARY_LINES], *rest))


def draft_schedule(schedule: Schedule, due: Sequence[datetime], *, left_out_at: datetime | None = None) -> Draft:
    """One schedule in full: its next moments, what it takes, its state and why.

    Args:
        schedule: Which.
        due: The next due moment, first of however many; those after it follow from the schedule. None where it isn't
            active.
        left_out_at: When the edition would be due that is left out; None where none is.
    """
    return Draft(blocks=(line(_name(schedule), kind="heading"), *_details(schedule, due), *_left_out(left_out_at)))


def draft_saved(
    schedule: Schedule,
    due: Sequence[datetime],
    *,
    is_new: bool,
    left_out_at: datetime | None = None,
    taken_back_at: datetime | None = None,
) -> Draft:
    """What was understood, after a schedule was made or changed; also of the edition that is left out, or was to be."""
    head = line(f"{_name(schedule)} {'is made' if is_new else 'is changed'}", kind="heading")
    return Draft(blocks=(head, *_details(schedule, due), *_left_out(left_out_at), *_taken_back(taken_back_at)))


def draft_paused(schedule: Schedule) -> Draft:
    """After a person paused it."""
    text = f"{_name(schedule)} is paused: nothing is posted until /schedule resume. "
    return _draft_line(text + "What comes in the meantime is told by the next edition.")


def draft_resumed(schedule: Schedule, due: Sequence[datetime]) -> Draft:
    """After a person let it go on."""
    text = Text(text=f"{_name(schedule)} goes on. ")
    return Draft(blocks=(Paragraph(runs=(text, *_next(schedule, due))),))


def draft_deleted(schedule: Schedule) -> Draft:
    """After a person deleted it."""
    return _draft_line(f"{_name(schedule)} is deleted. What it has posted stays.")


def draft_skipped(schedule: Schedule, skipped_at: datetime, due: Sequence[datetime]) -> Draft:
    """After a person left out the edition that was due at `skipped_at`."""
    told = Text(text=". What it would have told comes with the one after. ")
    said = (Text(text=f"{_name(schedule)} leaves out "), Moment(at=skipped_at, style="short"), told)
    return Draft(blocks=(Paragraph(runs=(*said, *_next(schedule, due))),))


def draft_kept(schedule: Schedule, due: Sequence[datetime]) -> Draft:
    """After a person took back that an edition is left out."""
    return Draft(
        blocks=(Paragraph(runs=(Text(text=f"{_name(schedule)} leaves nothing out. "), *_next(schedule, due))),)
    )


def draft_sent_now(schedule: Schedule, stories: int) -> Draft:
    """After a person asked for an extra edition."""
    if not stories:
        return _draft_line(f"{_name(schedule)} has no new story to send. /schedule why says what was left out.")
    text = f"An extra edition of {_name(schedule)} with {count_of(stories, 'story')} is on its way to "
    return Draft(blocks=(Paragraph(runs=(Text(text=text), Channel(channel_id=schedule.channel_id), Text(text="."))),))


def _summary(schedule: Schedule, next_due_at: datetime | None) -> Iterator[Paragraph]:
    """Three lines: the name with its state, the order, what comes next."""
    yield Paragraph(runs=(Text(text=_name(schedule), strong=True), Text(text=f"{DOT}{_STATES[schedule.state]}")))
    yield Paragraph(runs=(Text(text=f"{_rhythm(schedule)} in "), Channel(channel_id=schedule.channel_id)))
    if schedule.state is not ScheduleState.ACTIVE:
        yield line(_why_not_active(schedule), kind="quiet")
    else:
        yield Paragraph(runs=_soon(next_due_at), kind="quiet")


def _details(schedule: Schedule, due: Sequence[datetime]) -> Iterator[Block]:
    yield Paragraph(runs=(Text(text=f"{_rhythm(schedule)} in "), Channel(channel_id=schedule.channel_id)))
    yield Paragraph(runs=(Text(text=_what_it_takes(schedule)),))
    yield from map(line, _filters(schedule))
    yield line(_manner(schedule))
    if schedule.state is ScheduleState.ACTIVE:
        yield Paragraph(runs=_next(schedule, due))
    else:
        yield line(f"{_STATES[schedule.state]}. {_why_not_active(schedule)}")


def _left_out(at: datetime | None) -> Iterator[Block]:
    if at is not None:
        told = Text(text=": it tells with the one after. /schedule skip-next with undo takes that back.")
        yield Paragraph(runs=(Text(text="Left out: the edition of "), Moment(at=at, style="short"), told))


def _taken_back(at: datetime | None) -> Iterator[Block]:
    if at is not None:
        said = Text(text="The edition of "), Moment(at=at, style="short")
        why = Text(text=" was to be left out: that is taken back, for none comes on that day any more.")
        yield Paragraph(runs=(*said, why))


def _rhythm(schedule: Schedule) -> str:
    days = "day" if schedule.days == EVERY_DAY else ", ".join(day.value.capitalize() for day in schedule.days)
    return f"Every {days} at {schedule.at:%H:%M}, {clean(schedule.timezone)}"


def _what_it_takes(schedule: Schedule) -> str:
    cap = f"{count_of(schedule.provider_cap, 'story')} of one provider at most"
    bar = f", score {schedule.min_score} or more" if schedule.min_score is not None else ""
    rule = ", chosen by the upstream rule" if schedule.rule == "upstream" else f", {cap}"
    return f"Up to {count_of(schedule.count, 'story')}{rule}{bar}; {_EMPTY_POLICIES[schedule.empty_policy]}"


def _filters(schedule: Schedule) -> Iterator[str]:
    named = (
        ("Only topics", schedule.topics),
        ("Only providers", schedule.providers),
        ("Never topics", schedule.muted_topics),
        ("Never providers", schedule.muted_providers),
    )
    for what, labels in named:
        if labels:
            yield f"{what}: {clip_written(', '.join(map(clean, labels)), _LONGEST_LIST)}"


def _manner(schedule: Schedule) -> str:
    said = (
        "published to followers" if schedule.publish else "",
        "pings one role" if schedule.mention_role is not None else "pings nobody",
        f"left out when more than {count_of(int(schedule.max_lateness.total_seconds() // 3600), 'hour')} late",
    )
    return ", ".join(filter(None, said)).capitalize()


def _why_not_active(schedule: Schedule) -> str:
    reason = clip_written(clean(schedule.state_reason), _LONGEST_LIST)
    hint = "/schedule resume lets it go on."
    if schedule.state is ScheduleState.OFF:
        hint = "/schedule edit gives it another channel, then /schedule resume lets it go on."
    return f"{reason or 'A person stopped it.'} {hint}"


def _next(schedule: Schedule, due: Sequence[datetime]) -> tuple[Run, ...]:
    """The next moments; only the next one where the zone isn't known any more."""
    if not due:
        return _soon(None)
    runs, at = [*_soon(due[0])], due[0]
    with suppress(UnknownZoneError):
        for _ in range(_LATER_MOMENTS):
            at = next_due(schedule, at)[1]
            runs += [Text(text=", then "), Moment(at=at, style="short")]
    return tuple(runs)


def _soon(next_due_at: datetime | None) -> tuple[Run, ...]:
    if next_due_at is None:
        return (Text(text="No edition is due."),)
    relative = Moment(at=next_due_at, style="relative")
    return (Text(text="Next: "), Moment(at=next_due_at, style="long"), Text(text=", "), relative)


def _name(schedule: Schedule) -> str:
    return clip_written(clean(schedule.name), _LONGEST_NAME) or "Unnamed"


def _draft_line(text: str) -> Draft:
    return Draft(blocks=(line(text),))
