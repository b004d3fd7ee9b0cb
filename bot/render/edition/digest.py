"""Render the messages of an edition.

Full coverage opens from one select menu instead of a button for each story: it costs 2 of the 40 components where five
buttons cost 10, and leaves room for eight stories with pictures in a message. *Why these?* carries the delivery's key,
by which the message is found when its channel is read back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from math import ceil
from typing import Final

from bot.news.choosing.sections import by_section, section_of
from bot.news.edition import Edition, Pick, Window
from bot.news.message import actions
from bot.news.message.draft import (
    Block,
    Button,
    ButtonRow,
    Draft,
    Gallery,
    Moment,
    Paragraph,
    Run,
    Separator,
    Text,
)
from bot.news.schedules.rhythm import Every
from bot.news.schedules.schedule import Schedule
from bot.render.article import (
    DOT,
    ROOMY,
    Bounds,
    beside_picture,
    cleaned,
    coverage_list,
    name_of,
    paragraphs_of,
    picture_of,
    stamp,
    title_run,
)
from bot.render.edition.head import draft_continued_head, draft_head, mention_of, name_of_edition
from bot.render.format.clip import clip_written
from bot.render.format.limits import Size, split
from bot.render.format.lines import line
from bot.text.clean import clean
from bot.text.links import domain_of

Keys = Callable[[int], str]
"""Returns the key of a part (1-based), contained in its message: the delivery's nonce."""

MOST_PARTS: Final = 3
"""Messages of one edition."""

_STORIES_OF_A_PART: Final = 5
"""An edition of this many stories fits one message."""

_LONGEST_SECTION: Final = 80
_LONGEST_TITLE_OF_A_LINE: Final = 100

BOUNDS: Final = (
    ROOMY,
    replace(ROOMY, is_tracked=False),
    Bounds(title=200, excerpt=250, is_tracked=False),
    Bounds(title=150, excerpt=150, name=60, is_tracked=False),
    Bounds(title=120, excerpt=0, name=40, is_tracked=False),
)
"""From widest to narrowest, links kept: an edition uses the first with which it fits `MOST_PARTS` messages."""

Story = tuple[Block, ...]
_BESIDE_STORIES: Final = Size(components=7, text=850)
"""Space reserved in each part for titles, mention, header, select menu and button, with some units to spare."""


def draft_edition(
    edition: Edition, schedule: Schedule, *, keys: Keys | None, now: datetime, first: int = 1, left_out: int = 0
) -> tuple[Draft, ...]:
    """Render the messages of an edition, in order, at most `MOST_PARTS`; none for an edition without picks.

    If it needs more, links lose their tracking parameters, then excerpts get shorter and are left out, and at last
    stories are left out, which the header says.

    Args:
        edition: The edition.
        schedule: Its schedule.
        keys: The key of each part; None for a preview, which is never read back.
        now: The current time: articles of the last two days show a relative time, older ones their date.
        first: The number of the first message: higher if others were posted before, without these picks.
        left_out: The number of stories that were left out before, because they did not fit (`count_fitting`).
    """
    edition = replace(edition, picks=by_section(edition.picks, schedule))
    parts = _parts(edition.picks, schedule, now, first)
    shown = sum(map(len, parts))
    left_out += len(edition.picks) - shown
    edition = replace(edition, picks=edition.picks[:shown])
    last = first - 1 + len(parts)
    drafts, drawn = [], 0
    for number, part in enumerate(parts, start=first):
        picks = edition.picks[drawn : drawn + len(part)]
        drawn += len(part)
        head = (
            draft_head(edition, schedule, picks, now=now, left_out=left_out)
            if number == 1
            else draft_continued_head(schedule, picks, number, last)
        )
        blocks = (*head, *(block for story in part for block in story), coverage_of(picks))
        drafts.append(with_key(blocks, keys, number))
    return tuple(drafts)


def count_fitting(picks: Sequence[Pick], schedule: Schedule, *, now: datetime) -> int:
    """Count the first picks that fit the messages of one edition, at their narrowest."""
    return sum(map(len, _parts(by_section(picks, schedule), schedule, now)))


def _parts(picks: Sequence[Pick], schedule: Schedule, now: datetime, first: int = 1) -> tuple[tuple[Story, ...], ...]:
    """Distribute the stories over the messages from `first` to `MOST_PARTS`.

    The widest bounds with excerpts are used with which every `_STORIES_OF_A_PART` stories take one message, two of one
    line counting as one; if none allow that, the widest ones with which the stories fit at all.
    """
    most = max(1, MOST_PARTS - first + 1)
    full = sum(not pick.is_brief for pick in picks)
    few = min(most, ceil((full + (len(picks) - full) / 2) / _STORIES_OF_A_PART))
    parts: tuple[tuple[Story, ...], ...] = ()
    for limit, bounds in ((few, BOUNDS[:-1]), (most, BOUNDS)):
        for each in bounds:
            parts = _split(picks, schedule, each, now, first)
            if len(parts) <= limit:
                return parts
    return parts[:most]


def _split(
    picks: Sequence[Pick], schedule: Schedule, bounds: Bounds, now: datetime, first: int
) -> tuple[tuple[Story, ...], ...]:
    parts, taken = [], 0
    for part in split(draw_stories(picks, schedule, bounds, now=now, first=first), _BESIDE_STORIES):
        # A message that begins within a section has its heading, too.
        head = draw_stories(picks[taken : taken + 1], schedule, bounds, now=now, first=first + taken)
        parts.append((*head, *part[1:]))
        taken += len(part)
    return tuple(parts)


def draw_stories(
    picks: Sequence[Pick], schedule: Schedule, bounds: Bounds, *, now: datetime, first: int
) -> tuple[Story, ...]:
    """Render the stories of a message, with a heading where another section begins; `first` as for `draft_edition`."""
    headings = [_heading(pick, schedule) for pick in picks]
    stories = [
        _brief(pick, bounds, schedule)
        if pick.is_brief
        else _story(pick, bounds, prefix=_prefix(pick, schedule), now=now, is_lead=number == first == 1)
        for number, pick in enumerate(picks, start=first)
    ]
    begins = [heading if heading != before else None for before, heading in pairwise((None, *headings))]
    return tuple(map(_headed, stories, begins))


def _heading(pick: Pick, schedule: Schedule) -> Paragraph | None:
    if pick.is_brief:
        return line("Also this week" if _is_weekly(schedule) else "Also", kind="heading")
    section = cleaned(section_of(pick.article, schedule))
    return line(clip_written(section, _LONGEST_SECTION), kind="heading") if section else None


def _headed(story: Story, heading: Paragraph | None) -> Story:
    if heading is None:
        return story
    return (Separator(), heading, *(block for block in story if not isinstance(block, Separator)))


def _brief(pick: Pick, bounds: Bounds, schedule: Schedule) -> Story:
    """Render a story as one line: its title and its provider."""
    article, mark = pick.shown, _prefix(pick, schedule)
    short = replace(bounds, title=min(bounds.title, _LONGEST_TITLE_OF_A_LINE))
    said = Text(text=f"{DOT}{name_of(article, bounds) or domain_of(article.url)}")
    return (
        *_note(pick),
        Paragraph(runs=(Text(text=f"\u2022 {mark}"), title_run(article, short), said, *_suggester(pick))),
    )


def draft_empty_note(edition: Edition, schedule: Schedule, *, keys: Keys | None) -> Draft:
    """Render the note for an edition without stories, for a schedule with that policy."""
    said = Text(text=": no new stories, " if edition.window.start else ": no new stories ")
    note = Paragraph(runs=(Text(text=name_of_edition(schedule)), said, *window_runs(edition.window)))
    return with_key((note, *mention_of(schedule, ())), keys, 1)


def draft_emptied(edition: Edition, schedule: Schedule) -> Draft:
    """Say that all stories of a posted edition were removed since."""
    gone = (Text(text=": all stories of the edition of "), Moment(at=edition.due_at, style="date"))
    since = Text(text=" were removed since it was posted.")
    return Draft(blocks=(Paragraph(runs=(Text(text=name_of_edition(schedule)), *gone, since)),))


def window_runs(window: Window) -> tuple[Run, ...]:
    """Render a window: "7 May 2021 to 14 May 2021", or "up to 14 May 2021" if it has no start."""
    end = Moment(at=window.end, style="date")
    if window.start is None:
        return (Text(text="up to "), end)
    return (Moment(at=window.start, style="date"), Text(text=" to "), end)


def with_key(blocks: tuple[Block, ...], keys: Keys | None, part: int) -> Draft:
    """Add the button *Why these?* with the key of a part below its blocks; nothing for a preview."""
    if keys is None:
        return Draft(blocks=blocks)
    key = keys(part)
    why = Button(action=actions.EDITION_WHY, args=(key,), label="Why these?")
    return Draft(blocks=(*blocks, ButtonRow(buttons=(why,))), key=key)


def _prefix(pick: Pick, schedule: Schedule) -> str:
    """Return what marks a story that is not simply new."""
    if pick.is_carried:
        return "From last week: " if _is_weekly(schedule) else "From the last edition: "
    return "Update: " if pick.is_update else ""


def _is_weekly(schedule: Schedule) -> bool:
    return len(schedule.days) == 1 and schedule.rhythm.every is Every.WEEK


def _story(pick: Pick, bounds: Bounds, *, prefix: str, now: datetime, is_lead: bool) -> Story:
    article = pick.shown
    paragraphs = paragraphs_of(
        article, bounds, prefix=prefix, also=(*_other_coverage(pick), *_suggester(pick)), now=now
    )
    picture = picture_of(article)
    if is_lead and picture is not None:
        return (Separator(), *_note(pick), Gallery(pictures=(picture,)), *paragraphs)
    return (Separator(), *_note(pick), *beside_picture(article, paragraphs))


def _note(pick: Pick) -> tuple[Block, ...]:
    """Render an editor's note: never shortened, since an editor has seen it."""
    if not pick.note:
        return ()
    by = f" by {clean(pick.note_by)}" if pick.note_by else ""
    return (Paragraph(runs=(Text(text=f"Editor's note{by}:", strong=True), Text(text=f" {clean(pick.note)}"))),)


def _suggester(pick: Pick) -> tuple[Run, ...]:
    """Name the member who suggested the article, if they wanted that."""
    return (Text(text=f"{DOT}suggested by {clean(pick.suggested_by)}"),) if pick.suggested_by else ()


def _other_coverage(pick: Pick) -> tuple[Run, ...]:
    """Render the number of outlets and the first of them, whose name and date aren't repeated if the pick has them.

    Nothing if there is only one outlet.
    """
    outlets, first = len(pick.story.providers), pick.story.articles[0]
    if outlets < 2:  # noqa: PLR2004 - the pick's own outlet is one
        return ()
    if first.id == pick.article.id:
        return (Text(text=f"{DOT}first of {outlets} outlets"),)
    is_own = first.provider.domain == pick.article.provider.domain
    named = "first report" if is_own else f"first: {name_of(first)},"
    return (Text(text=f"{DOT}{outlets} outlets, {named} "), stamp(first.published_at))


def coverage_of(picks: Iterable[Pick]) -> Block:
    """Build the menu that opens the full coverage of a message's stories."""
    return coverage_list((pick.shown, len(pick.story.providers)) for pick in picks)
