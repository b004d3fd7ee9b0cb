"""Draw schedules for admins: the list, one in full, and what a command has changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from bot.errors import UnknownZoneError
from bot.news.checkup.finding import Finding
from bot.news.checkup.options import Checked, Matching
from bot.news.delivery import ScheduleId
from bot.news.message import actions
from bot.news.message.draft import Block, Button, ButtonRow, Channel, Draft, Moment, Paragraph, Run, Text
from bot.news.notices.fold import Place
from bot.news.notices.notice import Notice
from bot.news.notices.texts import STOP_CURES, STOP_TEXTS
from bot.news.schedules.breaking import BREAKING_SCORE
from bot.news.schedules.schedule import EmptyPolicy, Schedule, ScheduleState, next_due
from bot.render.article import DOT
from bot.render.edition.desk import desk_lines, on_desk
from bot.render.edition.posting import as_sentence, mention_words, posting_words
from bot.render.format.clip import clip_written
from bot.render.format.lines import as_many_as_fit, line
from bot.render.format.number import count_of
from bot.render.format.rhythm import days_in_words, listed
from bot.render.notice import notice_lines
from bot.text.clean import clean

_LONGEST_NAME: Final = 120
_LONGEST_LIST: Final = 300
_SUMMARY_LINES: Final = 3
_LATER_MOMENTS: Final = 2
_MOST_NAMED: Final = 5
_FOR_FINDINGS: Final = 600
_UNCHECKED: Final = Checked()

_EMPTY_POLICIES: Final = {
    EmptyPolicy.SKIP: "skipped if there is no new story",
    EmptyPolicy.NOTE: "a one-line note if there is no new story",
    EmptyPolicy.ARCHIVE: "the best from the archive if there is no new story",
}
_EARLIER_CHOICE: Final = (
    "An edition is on its way: it keeps the stories chosen for it, and your change applies to the next one. To leave a "
    "story out, use /content hide."
)
_RULES: Final[Mapping[str, str]] = {
    "upstream": "chosen by the upstream rule",
    "best-of": "the best of what was posted in the channel since the edition before",
}
STATES: Final = {ScheduleState.ACTIVE: "Active", ScheduleState.PAUSED: "Paused", ScheduleState.OFF: "Switched off"}


Entry = tuple[Schedule, datetime | None]
"""A schedule and its next due moment."""


def draft_schedules(entries: Sequence[Entry], notices: Sequence[Notice] = (), *, first: int = 0) -> Draft:
    """Draw a server's schedules from index `first` on, below the unread notices, with buttons to the others."""
    schedules = [schedule for schedule, _ in entries]
    names = {schedule.id: schedule.name for schedule in schedules}
    above = notice_lines(
        notices, channels_of(schedules), lambda notice: names.get(ScheduleId(notice.schedule_id or 0), "")
    )
    head = (*above, line("Schedules", kind="heading"))
    if not entries:
        return Draft(blocks=(*head, line("No schedules yet. Create one with /schedule create.")))
    first = min(max(0, first), len(entries) - 1)
    end = first + _fitting(head, entries[first:])
    lines = [each for entry in entries[first:end] for each in _summary(*entry)]
    if first == 0 and end == len(entries):
        return Draft(blocks=(*head, *lines))
    where = line(f"{first + 1} to {end} of {count_of(len(entries), 'schedule')}", kind="quiet")
    return Draft(blocks=(*head, *lines, where, ButtonRow(buttons=tuple(_turns(head, entries, first, end)))))


def _fitting(head: Sequence[Block], entries: Sequence[Entry]) -> int:
    """The number of entries that fit below a head; at least one."""
    lines = [each for entry in entries for each in _summary(*entry)]
    return max(1, len(as_many_as_fit(head, lines)) // _SUMMARY_LINES)


def _turns(head: Sequence[Block], entries: Sequence[Entry], first: int, end: int) -> Iterator[Button]:
    """The button to the entries before, which end where these begin, and the one to the entries after."""
    if first:
        starts = range(first)
        start = next(each for each in starts if each + _fitting(head[-1:], entries[each:first]) == first)
        yield _turn("Previous", start)
    if end < len(entries):
        yield _turn("Next", end)


def _turn(label: str, first: int) -> Button:
    return Button(action=actions.SCHEDULE_LIST, args=(str(first),), label=label, is_private=True)


def channels_of(schedules: Iterable[Schedule]) -> Place:
    """Return the channel that a notice is about, by its schedule; its schedule's id if that was deleted."""
    channels = {schedule.id: schedule.channel_id for schedule in schedules}
    return lambda notice: channels.get(ScheduleId(notice.schedule_id or 0), notice.schedule_id)


def draft_schedule(
    schedule: Schedule,
    due: Sequence[datetime],
    *,
    skipped_at: datetime | None = None,
    draft_due_at: datetime | None = None,
    findings: Sequence[Finding] = (),
) -> Draft:
    """Draw one schedule in full: its next editions, its options, its state and why, and what is wrong with it.

    Args:
        schedule: The schedule.
        due: The next due moment first; the ones after it follow from the schedule. Empty if it isn't active.
        skipped_at: When the skipped edition would be due; None if none is skipped.
        draft_due_at: When the draft on the desk is due, or was; None if there is none.
        findings: What keeps it from posting: a deleted channel or role, a missing permission.
    """
    said = (
        line(name_of(schedule), kind="heading"),
        *_details(schedule, due),
        *_skipped(skipped_at),
        *on_desk(draft_due_at),
    )
    return Draft(blocks=(*said, *finding_lines(said, findings)))


def draft_saved(
    schedule: Schedule,
    due: Sequence[datetime],
    checked: Checked = _UNCHECKED,
    *,
    is_new: bool,
    skipped_at: datetime | None = None,
    unskipped_at: datetime | None = None,
    has_earlier_choice: bool = False,
) -> Draft:
    """Confirm a new or changed schedule with all of its options and what is wrong with them.

    Also the edition that is skipped or no longer is, and if one is planned from before.
    """
    head = line(f"{'Created' if is_new else 'Updated'} {name_of(schedule)}", kind="heading")
    consequences = consequence_lines(skipped_at, unskipped_at, has_earlier_choice=has_earlier_choice)
    said = (head, *_details(schedule, due), *consequences, *matching_lines(checked.matching))
    return Draft(blocks=(*said, *finding_lines(said, checked.findings)))


def consequence_lines(
    skipped_at: datetime | None, unskipped_at: datetime | None, *, has_earlier_choice: bool
) -> Iterator[Block]:
    """What an edit means for editions: one that keeps its stories, one that is skipped, and one that no longer is."""
    if has_earlier_choice:
        yield line(_EARLIER_CHOICE)
    yield from _skipped(skipped_at)
    yield from _unskipped(unskipped_at)


def draft_paused(schedule: Schedule, *, has_changed: bool = True, on_their_way: int = 0) -> Draft:
    """Confirm that a schedule is paused, or was already; messages on their way may have been posted."""
    did = f"Paused {name_of(schedule)}" if has_changed else f"{name_of(schedule)} is already paused"
    text = f"{did}: nothing is posted until /schedule resume. "
    text += "Stories that come in meanwhile roll over to the next edition."
    return _draft_line(text + _perhaps_posted(on_their_way))


def draft_resumed(
    schedule: Schedule, due: Sequence[datetime], findings: Sequence[Finding] = (), *, has_changed: bool = True
) -> Draft:
    """Confirm that a schedule is active again, or was already, with what still keeps it from posting."""
    did = f"Resumed {name_of(schedule)}. " if has_changed else f"{name_of(schedule)} is already active. "
    said = Paragraph(runs=(Text(text=did), *next_runs(schedule, due)))
    return Draft(blocks=(said, *finding_lines((said,), findings)))


def draft_resumed_after_return(
    schedules: Sequence[Schedule], findings: Mapping[ScheduleId, Sequence[Finding]] = MappingProxyType({})
) -> Draft:
    """Confirm which schedules were resumed; none if that had been done before.

    Args:
        schedules: Those that waited; one that is still paused could not be resumed.
        findings: What still keeps each of them from posting.
    """
    if not schedules:
        return _draft_line("No schedule is waiting to be resumed: someone has already decided this.")
    resumed = [each for each in schedules if each.state is ScheduleState.ACTIVE]
    names = ", ".join(name_of(each) for each in resumed[:_MOST_NAMED])
    more = f" and {len(resumed) - _MOST_NAMED} more" if len(resumed) > _MOST_NAMED else ""
    text = f"Resumed {names}{more}. Use /schedule list for their next editions." if resumed else "Nothing was resumed."
    said = line(text)
    named = [
        replace(found, text=f"{name_of(each)}: {found.text}")
        for each in schedules
        for found in findings.get(each.id, ())
    ]
    return Draft(blocks=(said, *finding_lines((said,), named)))


def draft_deleted(schedule: Schedule, *, on_their_way: int = 0) -> Draft:
    """Confirm that a schedule is deleted; messages on their way may have been posted."""
    text = f"Deleted {name_of(schedule)}. Messages that it has posted are kept."
    return _draft_line(text + _perhaps_posted(on_their_way))


def _perhaps_posted(count: int) -> str:
    return f" {count_of(count, 'message')} of unknown outcome may be in the channel." if count else ""


def draft_skipped(schedule: Schedule, due: Sequence[datetime], *, skipped_at: datetime | None) -> Draft:
    """Confirm that the edition that is due at `skipped_at` will be skipped; None if the time zone isn't known."""
    what = (Text(text="next edition"),) if skipped_at is None else (Text(text="edition of "), _short(skipped_at))
    rest = Text(text=". Its stories roll over to the following one. ")
    said = (Text(text=f"{name_of(schedule)} will skip the "), *what, rest)
    return Draft(blocks=(Paragraph(runs=(*said, *(next_runs(schedule, due) if due else ()))),))


def _short(at: datetime) -> Moment:
    return Moment(at=at, style="short")


def draft_unskipped(schedule: Schedule, due: Sequence[datetime]) -> Draft:
    """Confirm that no edition will be skipped."""
    text = Text(text=f"{name_of(schedule)} will not skip an edition. ")
    return Draft(blocks=(Paragraph(runs=(text, *next_runs(schedule, due))),))


def _summary(schedule: Schedule, next_due_at: datetime | None) -> Iterator[Paragraph]:
    """Three lines: the name with its state, when and where it posts, what comes next."""
    yield Paragraph(runs=(Text(text=name_of(schedule), strong=True), Text(text=f"{DOT}{STATES[schedule.state]}")))
    yield _when_and_where(schedule)
    if schedule.state is not ScheduleState.ACTIVE:
        yield line(_why_not_active(schedule), kind="quiet")
    else:
        yield Paragraph(runs=_soon(schedule, next_due_at), kind="quiet")


def _options(schedule: Schedule) -> Iterator[Paragraph]:
    yield _when_and_where(schedule)
    yield line(_choice(schedule))
    yield from map(line, _filters(schedule))
    yield line(_delivery(schedule))
    if schedule.notice_channel_id is not None:
        yield Paragraph(runs=(Text(text="Notices in "), Channel(channel_id=schedule.notice_channel_id)))
    yield from desk_lines(schedule)


def _details(schedule: Schedule, due: Sequence[datetime]) -> Iterator[Block]:
    yield from _options(schedule)
    if schedule.state is ScheduleState.ACTIVE:
        yield Paragraph(runs=next_runs(schedule, due))
    else:
        yield line(f"{STATES[schedule.state]}. {_why_not_active(schedule)}")


def matching_lines(matching: Matching | None) -> Iterator[Paragraph]:
    """What its filters let through, and, if that is nothing, what they kept out."""
    if matching is None:
        return
    span = f"the last {matching.weeks} weeks"
    if matching.stories:
        yield line(f"Its filters match {count_of(matching.stories, 'story')} of {span}.")
        return
    kept_out = (
        (matching.off_topic, "off topic or of another provider"),
        (matching.muted, "muted"),
        (matching.below_bar, "below min_score"),
    )
    reasons = [f"{count_of(count, 'article')} {why}" for count, why in kept_out if count]
    yield line(f"Its filters match no story of {span}{': ' if reasons else ''}{listed(reasons)}.")


def finding_lines(head: Sequence[Block], findings: Sequence[Finding]) -> Iterator[Paragraph]:
    """What is wrong or was not checked, each with what to do, as many as fit; the others are counted."""
    lines = [line(f"• {clip_written(clean(f'{each.text} {each.cure}'.strip()), _LONGEST_LIST)}") for each in findings]
    shown = as_many_as_fit(head, lines)
    yield from shown
    if len(shown) < len(lines):
        yield line(f"{count_of(len(lines) - len(shown), 'more finding')}: see /admin doctor.", kind="quiet")


def _skipped(at: datetime | None) -> Iterator[Block]:
    if at is not None:
        rest = Text(text="; its stories roll over to the following one. Undo with /schedule skip-next undo:True.")
        yield Paragraph(runs=(Text(text="Skipped: the edition of "), Moment(at=at, style="short"), rest))


def _unskipped(at: datetime | None) -> Iterator[Block]:
    if at is not None:
        rest = Text(text=" is no longer skipped, because no edition is due on that day any more.")
        yield Paragraph(runs=(Text(text="The edition of "), Moment(at=at, style="short"), rest))


def _when_and_where(schedule: Schedule) -> Paragraph:
    if schedule.rule == "breaking":
        when = f"Breaking news ({clean(schedule.timezone)}), at most one story a day,"
        return Paragraph(runs=(Text(text=f"{when} in "), Channel(channel_id=schedule.channel_id)))
    when = f"{days_in_words(schedule)} at {schedule.at:%H:%M} ({clean(schedule.timezone)})"
    return Paragraph(runs=(Text(text=f"{when} in "), Channel(channel_id=schedule.channel_id)))


def _choice(schedule: Schedule) -> str:
    cap = f"at most {schedule.provider_cap} from one provider"
    bar = f", score {schedule.min_score} or more" if schedule.min_score is not None else ""
    age = f", up to {count_of(schedule.max_age.days, 'day')} old" if schedule.max_age is not None else ""
    rule = _RULES.get(schedule.rule, cap)
    empty = _EMPTY_POLICIES[schedule.empty_policy]
    if schedule.rule == "breaking":
        return _breaking(schedule)
    also = f" and {schedule.also} in one line each" if schedule.also else ""
    return f"Up to {count_of(schedule.count, 'story')}{also}, {rule}{bar}{age}; {empty}"


def _breaking(schedule: Schedule) -> str:
    wanted = schedule.breaking
    score = BREAKING_SCORE if schedule.min_score is None else schedule.min_score
    hours = count_of(wanted.hours, "hour")
    said = f"At once when {wanted.outlets} outlets report it within {hours}, score {score} or more"
    if wanted.quiet_from == wanted.quiet_until:
        return f"{said}; no quiet hours"
    return f"{said}; never between {wanted.quiet_from:%H:%M} and {wanted.quiet_until:%H:%M}"


def _filters(schedule: Schedule) -> Iterator[str]:
    named = (
        ("Only topics", schedule.topics),
        ("Only providers", schedule.providers),
        ("Muted topics", schedule.muted_topics),
        ("Muted providers", schedule.muted_providers),
    )
    for what, labels in named:
        if labels:
            yield f"{what}: {clip_written(', '.join(map(clean, labels)), _LONGEST_LIST)}"
    if schedule.sections:
        yield "Headings for its topics" if schedule.topics else "No headings: it has no topics"


def _delivery(schedule: Schedule) -> str:
    hours = count_of(int(schedule.max_lateness.total_seconds() // 3600), "hour")
    said = (
        "published to followers" if schedule.publish else "",
        mention_words(schedule),
        *posting_words(schedule),
        f"skipped if more than {hours} late",
    )
    return as_sentence(", ".join(filter(None, said)))


def _why_not_active(schedule: Schedule) -> str:
    reason = STOP_TEXTS[schedule.state_reason]
    return f"{reason[0].upper()}{reason[1:]}. {STOP_CURES[schedule.state_reason]}"


def next_runs(schedule: Schedule, due: Sequence[datetime]) -> tuple[Run, ...]:
    """The next moments; only the first one if the time zone isn't known any more."""
    if not due:
        return _soon(schedule, None)
    if schedule.rule == "breaking":
        return _soon(schedule, due[0])
    runs, at = [*_soon(schedule, due[0])], due[0]
    with suppress(UnknownZoneError):
        for _ in range(_LATER_MOMENTS):
            at = next_due(schedule, at)[1]
            runs += [Text(text=", then "), Moment(at=at, style="short")]
    return tuple(runs)


def _soon(schedule: Schedule, next_due_at: datetime | None) -> tuple[Run, ...]:
    if next_due_at is None:
        return (Text(text="No edition is due."),)
    relative = Moment(at=next_due_at, style="relative")
    what = "Next look: " if schedule.rule == "breaking" else "Next: "
    return (Text(text=what), Moment(at=next_due_at, style="long"), Text(text=", "), relative)


def name_of(schedule: Schedule) -> str:
    """Its name as it is shown."""
    return clip_written(clean(schedule.name), _LONGEST_NAME) or "Unnamed"


def _draft_line(text: str) -> Draft:
    return Draft(blocks=(line(text),))
