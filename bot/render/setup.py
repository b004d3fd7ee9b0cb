"""Draw the form of a schedule, and what it did: the schedule, what is missing, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.news.checkup.finding import Finding, Status
from bot.news.edition import Pick, picks_key
from bot.news.message import actions
from bot.news.message.draft import Block, Button, ButtonRow, Draft, Moment, Paragraph, Text
from bot.news.message.form import ChannelField, ChoiceField, Field, Form, FormOption, RadioField, TextField
from bot.news.schedules.schedule import EVERY_DAY, Schedule, zone_of
from bot.news.schedules.setup import CHANNEL, DAYS, STORIES, STORY_COUNTS, TOPICS, WHEN, written_when
from bot.news.search import Tally
from bot.render.format.clip import clip, clip_written, units
from bot.render.format.lines import line
from bot.render.format.number import count_of
from bot.render.schedule import draft_schedule
from bot.text.clean import clean

MOST_TOPICS: Final = 25
_LONGEST: Final = 100
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_WEEK: Final = timedelta(days=7)
_LONGEST_WHEN: Final = 80
_LONGEST_NAME: Final = 120


def draft_setup_form(schedule: Schedule, topics: Sequence[Tally], *, opened_at: datetime | None) -> Form:
    """Draw the form that creates or changes a schedule.

    Args:
        schedule: What it begins with; with the channel 0, none is chosen.
        topics: The archive's topics, the most frequent first.
        opened_at: The current moment if it creates the schedule; None if it changes one.
    """
    opened = () if opened_at is None else (_written(opened_at),)
    is_new = opened_at is not None
    opener = Button(
        action=actions.SETUP if is_new else actions.SETUP_CHANGE,
        args=() if is_new else (str(schedule.id),),
        label="Open the form",
        style="primary",
        is_private=True,
    )
    return Form(
        action=actions.SETUP_FORM,
        args=(str(schedule.id), *opened),
        title="Set up a digest" if is_new else "Change the schedule",
        fields=tuple(_fields(schedule, topics)),
        opener=opener,
    )


def _written(opened_at: datetime) -> str:
    return f"{(opened_at - _EPOCH) // timedelta.resolution:x}"


def read_opened(written: str) -> datetime:
    """Read when a form was opened, from its second argument."""
    return _EPOCH + int(written, 16) * timedelta.resolution


def _fields(schedule: Schedule, topics: Sequence[Tally]) -> Iterator[Field]:
    yield ChannelField(
        name=CHANNEL, label="Channel", about="Where editions are posted", channel_id=schedule.channel_id or None
    )
    yield ChoiceField(
        name=DAYS,
        label="Days",
        options=tuple(
            FormOption(label=day.value.capitalize(), value=day.value, is_chosen=day in schedule.days)
            for day in EVERY_DAY
        ),
        most=len(EVERY_DAY),
    )
    yield TextField(
        name=WHEN,
        label="Time and time zone",
        about="Such as 18:30 Europe/Berlin",
        value=written_when(schedule),
        longest=_LONGEST_WHEN,
    )
    offered = tuple(_topics(schedule, topics))
    if offered and _fit_a_select(schedule.topics):
        yield ChoiceField(
            name=TOPICS, label="Topics", about="Leave it empty for all", options=offered, least=0, most=len(offered)
        )
    counts = sorted({*STORY_COUNTS, schedule.count})
    yield RadioField(
        name=STORIES,
        label="Stories in an edition, at most",
        options=tuple(
            FormOption(label=str(count), value=str(count), is_chosen=count == schedule.count) for count in counts
        ),
    )


def _fit_a_select(topics: Sequence[str]) -> bool:
    """True if a select can offer all of a schedule's topics; otherwise a form would take some away."""
    return len(topics) <= MOST_TOPICS and all(units(each) <= _LONGEST for each in topics)


def _topics(schedule: Schedule, topics: Sequence[Tally]) -> Iterator[FormOption]:
    """The schedule's own topics, then the most frequent ones: as many as a select can have."""
    known = {tally.key: tally for tally in topics if clean(tally.label) and 0 < units(tally.key) <= _LONGEST}
    for key in [*schedule.topics, *(key for key in known if key not in schedule.topics)][:MOST_TOPICS]:
        tally = known.get(key)
        label = clip(clean(key if tally is None else tally.label), _LONGEST)
        said = "no articles yet" if tally is None else count_of(tally.count, "article")
        yield FormOption(label=label, value=key, description=said, is_chosen=key in schedule.topics)


def draft_opener(form: Form) -> Draft:
    """Draw the message in place of a form that could not be opened in time."""
    return Draft(blocks=(line("That took a moment. The form is ready now."), ButtonRow(buttons=(form.opener,))))


def draft_set_up(
    schedule: Schedule,
    due: datetime | None,
    picks: Sequence[Pick],
    *,
    head: str,
    candidates: int,
    now: datetime,
    findings: Sequence[Finding] = (),
    collects: bool = False,
) -> Draft:
    """Draw the answer to a form, above the edition that would be posted.

    Args:
        schedule: As it is stored.
        due: When its next edition is due; None if it isn't active.
        picks: The edition's stories, which *Post it now* posts: no others.
        head: What was done, before the schedule's name: "Created".
        candidates: The number of eligible articles.
        now: The current moment.
        findings: What keeps it from posting.
        collects: The operator's feeds bring articles.
    """
    name = clip_written(clean(schedule.name), _LONGEST_NAME)
    details = draft_schedule(schedule, () if due is None else (due,), findings=findings).blocks[1:]
    said = _preview_lines(len(picks), candidates, collects=collects)
    buttons = ButtonRow(buttons=tuple(_buttons(schedule, due, picks, findings, now)))
    return Draft(blocks=(line(f"{head} {name}".strip(), "heading"), *details, *said, buttons))


def _preview_lines(stories: int, candidates: int, *, collects: bool) -> Iterator[Block]:
    if stories:
        yield line(
            f"Below is its next edition, with {count_of(stories, 'story')} of {count_of(candidates, 'candidate')}."
        )
        return
    if candidates:
        yield line(
            "Its next edition has no eligible new story yet. Use /schedule why to see the reason for each article."
        )
        return
    yield line("There are no articles yet. Add some with /content import: seed files, or a zip of them.")
    if collects:
        yield line("The bot's operator collects feeds: their articles come in without your doing.")


def _buttons(
    schedule: Schedule, due: datetime | None, picks: Sequence[Pick], findings: Sequence[Finding], now: datetime
) -> Iterator[Button]:
    own = (str(schedule.id),)
    if any(each.status is not Status.OK for each in findings):
        yield Button(action=actions.SETUP_CHECK, args=own, label="Check again", style="primary", is_private=True)
    if picks:
        yield Button(
            action=actions.SCHEDULE_SEND_NOW,
            args=(*own, picks_key(picks)),
            label="Post it now",
            style="primary",
            is_private=True,
            is_disabled=any(each.status is Status.FAILING for each in findings),
        )
    else:
        yield Button(action=actions.EXAMPLE, label="See an example", is_private=True)
    if due is not None:
        label = f"Wait for {_when(schedule, due, now)}"
        yield Button(action=actions.SETUP_WAIT, args=own, label=label, is_private=True)
    yield Button(action=actions.SETUP_CHANGE, args=own, label="Change", is_private=True)


def _when(schedule: Schedule, due: datetime, now: datetime) -> str:
    """Write when an edition is due: by its weekday within a week, which would mean another day after that."""
    local = due.astimezone(zone_of(schedule.timezone))
    return f"{local:%A %H:%M}" if due - now < _WEEK else f"{local.day} {local:%B %H:%M}"


def draft_waiting(schedule: Schedule, due: datetime | None) -> Draft:
    """Confirm that an edition comes at its time."""
    name = clip_written(clean(schedule.name), _LONGEST_NAME)
    if due is None:
        return Draft(blocks=(line(f"{name} isn't active: see /schedule show."),))
    runs = (Text(text=f"{name} posts its next edition on "), Moment(at=due, style="long"), Text(text="."))
    hint = "Preview it with /schedule preview, change it with /schedule edit."
    return Draft(blocks=(Paragraph(runs=runs), line(hint)))
