"""Render the head of an edition's message: its name and days, its first titles, and what is unusual about it.

Clients show the beginning of a message as its notification, so it says which edition this is and what is in it before
any mention; a role is pinged wherever in the message it is mentioned.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, tzinfo
from typing import Final

from bot.errors import UnknownZoneError
from bot.news.edition import Edition, Pick, Window
from bot.news.message.draft import Block, Mention, Paragraph, Run, Text
from bot.news.schedules.posting import roles_for
from bot.news.schedules.schedule import Schedule, zone_of
from bot.render.article import DOT, stamp, title_of
from bot.render.format.clip import clip_written
from bot.render.format.lines import line
from bot.render.format.number import count_of
from bot.text.clean import clean

_TITLES: Final = 3
_LONGEST_TITLE: Final = 60
"""UTF-16 units: three titles take about four lines of a phone."""

_LONGEST_NAME: Final = 120


def draft_head(
    edition: Edition, schedule: Schedule, picks: Iterable[Pick], *, now: datetime, left_out: int
) -> tuple[Block, ...]:
    """Render the head of an edition's first message.

    Args:
        edition: With the picks of all of its messages.
        schedule: Its schedule.
        picks: Those of this message.
        now: The year is named if it isn't the current one.
        left_out: The number of stories without room.
    """
    days = days_of(edition.window, _zone(schedule), now)
    return (
        line(f"{name_of_edition(schedule)}{DOT}{days}", kind="heading"),
        titles_line(picks),
        counts_line(edition, schedule, left_out),
        *mention_of(schedule, edition.picks),
    )


def draft_continued_head(schedule: Schedule, picks: Iterable[Pick], number: int, parts: int) -> tuple[Block, ...]:
    """Render the head of a later message of an edition, which mentions nobody."""
    return (line(f"{name_of_edition(schedule)}, part {number} of {parts}", kind="heading"), titles_line(picks))


def mention_of(schedule: Schedule, picks: Iterable[Pick]) -> tuple[Mention, ...]:
    """Render the mention of the roles that an edition with these stories mentions; nothing if there are none."""
    roles = roles_mentioned(schedule, picks)
    return (Mention(role_id=roles[0], more=roles[1:]),) if roles else ()


def roles_mentioned(schedule: Schedule, picks: Iterable[Pick]) -> tuple[int, ...]:
    """List the roles that an edition mentions: the schedule's, and those with a topic that one of the stories has."""
    by_topic = roles_for(schedule.topic_roles, (topic for pick in picks for topic in pick.article.topics))
    always = () if schedule.mention_role is None else (schedule.mention_role,)
    return tuple(dict.fromkeys((*always, *by_topic)))


def name_of_edition(schedule: Schedule) -> str:
    """Format the schedule's name."""
    return clip_written(clean(schedule.name), _LONGEST_NAME) or "News"


def days_of(window: Window, zone: tzinfo, now: datetime) -> str:
    """Format a window's days: "7 to 14 May", "28 May to 4 June", or its last day alone if it has no start.

    They are the days of the schedule's zone, the same for every reader. The year is named if it isn't the current one.
    """
    end = window.end.astimezone(zone).date()
    start = end if window.start is None else window.start.astimezone(zone).date()
    has_year = {start.year, end.year} != {now.astimezone(zone).year}
    last = _day(end, has_year=has_year)
    if start == end:
        return last
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day} to {last}"
    return f"{_day(start, has_year=start.year != end.year)} to {last}"


def _day(day: date, *, has_year: bool) -> str:
    return f"{day.day} {day:%B}" + (f" {day.year}" if has_year else "")


def _zone(schedule: Schedule) -> tzinfo:
    try:
        return zone_of(schedule.timezone)
    except UnknownZoneError:  # a preview shows the stories all the same
        return UTC


def day_of(at: datetime, schedule: Schedule) -> str:
    """Format a day of the schedule's zone without its year: "29 November"."""
    return _day(at.astimezone(_zone(schedule)).date(), has_year=False)


def titles_line(picks: Iterable[Pick]) -> Paragraph:
    """Render the first titles of a message, in small text."""
    titles = [clip_written(title_of(pick.shown), _LONGEST_TITLE) for pick in picks][:_TITLES]
    return line(" / ".join(titles), kind="quiet")


def counts_line(edition: Edition, schedule: Schedule, left_out: int) -> Paragraph:
    """Render what is unusual about an edition, and how many stories it has, in small text."""
    return Paragraph(runs=(*_marks(edition, schedule), _counts(edition, left_out)), kind="quiet")


def _marks(edition: Edition, schedule: Schedule) -> tuple[Run, ...]:
    said = (
        "From the archive" if edition.is_first or edition.is_archive else "",
        "Breaking news" if schedule.rule == "breaking" else "",
        "Best of what was posted" if edition.is_best_of else "",
        "Sent on request" if edition.is_extra else "",
    )
    marks: tuple[Run, ...] = tuple(Text(text=mark + DOT) for mark in said if mark)
    if edition.is_late:
        marks += (Text(text="Late, due "), stamp(edition.due_at), Text(text=DOT))
    return marks


def _counts(edition: Edition, left_out: int) -> Text:
    providers = len({pick.article.provider.domain for pick in edition.picks})
    said = f"{count_of(len(edition.picks), 'story')} from {count_of(providers, 'provider')}"
    return Text(text=f"{said}{DOT}{left_out} more did not fit" if left_out else said)
