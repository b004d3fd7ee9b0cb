"""Draw what became of editions: a schedule's history, a retry, and an admin's decision about one message."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from types import MappingProxyType
from typing import Final

from bot.news.choosing.retry import SUPERSEDED, FailedEdition, Retries
from bot.news.delivery import DELETED_MESSAGE, Delivery, DeliveryKey, DeliveryState
from bot.news.edition import Edition, Skipped
from bot.news.message import actions
from bot.news.message.draft import Block, Button, ButtonRow, Channel, Draft, Link, Moment, Paragraph, Run, Text
from bot.news.schedules.schedule import Schedule, ScheduleState
from bot.render.article import DOT
from bot.render.format.clip import clip_written
from bot.render.format.lines import as_many_as_fit, line
from bot.render.format.number import count_of
from bot.text.clean import clean

_LONGEST_NAME: Final = 120
_MESSAGES: Final = "https://discord.com/channels"
_LONGEST_REASONS: Final = 300
_FOR_THE_REST: Final = 300
_FOR_WHAT_IS_OPEN: Final = 700
"""UTF-16 units reserved for what is still open."""

STATE_WORDS: Final = {
    DeliveryState.PLANNED: "waiting to be sent",
    DeliveryState.SENDING: "being sent",
    DeliveryState.SENT: "sent",
    DeliveryState.FAILED: "failed",
    DeliveryState.UNKNOWN: "outcome unknown",
    DeliveryState.SKIPPED: "skipped",
}
"""The state of a message, as an admin reads it."""

NEVER: Final[Mapping[DeliveryKey, datetime]] = MappingProxyType({})
"""No message was corrected."""

_DECIDED: Final = {
    DeliveryState.SENT: "Marked as posted.",
    DeliveryState.SKIPPED: "Skipped, with any later messages of the edition.",
}

_NOT_PLANNED: Final = {
    Skipped.LATE: "skipped (too late)",
    Skipped.EMPTY: "no new story",
    Skipped.BEFORE_FIRST: "no story yet",
}
_ON_ITS_WAY: Final = frozenset({DeliveryState.PLANNED, DeliveryState.SENDING})


def draft_history(
    schedule: Schedule,
    editions: Iterable[tuple[Edition, Sequence[Delivery]]],
    corrected: Mapping[DeliveryKey, datetime] = NEVER,
    forums: Collection[int] = (),
) -> Draft:
    """Draw a line for each edition with the states of its messages, or why it has none, in the order given.

    Args:
        schedule: The schedule.
        editions: Its editions with their messages.
        corrected: When messages were last corrected.
        forums: The channels that are forums.
    """
    head = (line(_name(schedule), kind="heading"),)
    lines = [_history_line(edition, parts, corrected, forums) for edition, parts in editions]
    if not lines:
        return Draft(blocks=(*head, line("Nothing posted yet.")))
    return Draft(blocks=(*head, *_with_rest(head, lines)))


def draft_retried(schedule: Schedule, retries: Retries, parts: Sequence[Delivery]) -> Draft:
    """Draw what became of the editions that a retry sent again, and which ones it skipped and why.

    Args:
        schedule: The schedule as it is now.
        retries: What was to be sent again.
        parts: The parts of those editions as they are now.
    """
    head = (line(_name(schedule), kind="heading"),)
    lines = [] if retries.sent else [line("Nothing to send again.")]
    lines += _outcome_lines(parts)
    lines += [_retry_line("Skipped: edition of ", edition, SUPERSEDED) for edition in retries.superseded]
    return Draft(blocks=(*head, *_with_rest(head, lines, _FOR_WHAT_IS_OPEN), *_open(schedule, parts)))


def draft_decided(state: DeliveryState, schedule: Schedule, parts: Sequence[Delivery]) -> Draft:
    """Confirm a member's decision about a message whose outcome was unknown, or which failed.

    Args:
        state: What was decided; PLANNED and SENDING send the message again.
        schedule: The schedule as it is now.
        parts: The edition's parts as they are now.
    """
    said = (line(_DECIDED[state]),) if state in _DECIDED else ()
    return Draft(blocks=(*said, *_outcome_lines(parts), *_open(schedule, parts)))


def draft_sent_now(schedule: Schedule, stories: int, parts: Sequence[Delivery]) -> Draft:
    """Say what became of an extra edition, or that it has no story.

    Args:
        schedule: The schedule as it is now.
        stories: How many the edition has.
        parts: Its parts as they are now.
    """
    if not stories:
        text = f"{_name(schedule)} has no new story to send. Use /schedule why to see the reasons."
        return Draft(blocks=(line(text),))
    what = f"n extra edition of {_name(schedule)} with {count_of(stories, 'story')}"
    channel = Channel(channel_id=parts[0].key.channel_id if parts else schedule.channel_id)
    if all(part.state is DeliveryState.SENT for part in parts):
        return Draft(blocks=(Paragraph(runs=(Text(text=f"Posted a{what} in "), channel, Text(text="."))),))
    if any(part.state in _ON_ITS_WAY for part in parts):
        on_its_way = Paragraph(runs=(Text(text=f"A{what} is on its way to "), channel, Text(text=".")))
        return Draft(blocks=(on_its_way, *_open(schedule, parts)))
    said = line(f"A{what} was planned, and this is what became of it:")
    return Draft(blocks=(said, *_outcome_lines(parts), *_open(schedule, parts)))


def _outcome_lines(parts: Sequence[Delivery]) -> list[Paragraph]:
    editions = groupby(parts, key=lambda part: part.key.edition)
    return [_states_line("Edition of ", tuple(each)) for _, each in editions]


def _open(schedule: Schedule, parts: Sequence[Delivery]) -> Iterator[Block]:
    """Say what is still open about some parts, and offer to send those whose outcome can't be found out."""
    states = {part.state for part in parts}
    if states & _ON_ITS_WAY and schedule.state is not ScheduleState.ACTIVE:
        yield line(f"{_name(schedule)} is {_STOPPED[schedule.state]}: nothing is sent until /schedule resume.")
    elif states & _ON_ITS_WAY and DeliveryState.FAILED not in states and DeliveryState.UNKNOWN not in states:
        yield line("Not finished yet: see /schedule history for the outcome.")
    unread = sum(part.state is DeliveryState.UNKNOWN for part in parts)
    if unread:
        yield line(
            f"I can't read the channel, so I don't know whether {count_of(unread, 'message')} of unknown outcome was "
            "posted. Look there. If it wasn't, send it anyway, or give me Read Message History and try again."
        )
        args = (str(schedule.id),)
        send = Button(action=actions.DELIVERY_SEND_UNREAD, args=args, label="Send anyway", is_private=True)
        yield ButtonRow(buttons=(send,))


_STOPPED: Final = {ScheduleState.PAUSED: "paused", ScheduleState.OFF: "switched off"}


def _history_line(
    edition: Edition, parts: Sequence[Delivery], corrected: Mapping[DeliveryKey, datetime], forums: Collection[int]
) -> Paragraph:
    if parts:
        said = _states_line("", parts)
        moments = [corrected[part.key] for part in parts if part.key in corrected]
        last = (Text(text=f"{DOT}corrected "), Moment(at=max(moments), style="short")) if moments else ()
        return replace(said, runs=(*said.runs, *last, *_links(parts, forums)))
    why = _NOT_PLANNED[edition.skipped] if edition.skipped else "no message"
    return Paragraph(runs=(Moment(at=edition.due_at, style="short"), Text(text=DOT + why)))


def _links(parts: Sequence[Delivery], forums: Collection[int]) -> Iterator[Run]:
    """Link the messages that are in their channel."""
    posted = [part for part in parts if part.state is DeliveryState.SENT and part.message_id]
    for part in posted:
        yield Text(text=DOT if part is posted[0] else " ")
        label = "Open" if len(parts) == 1 else f"Open {part.key.part}"
        yield Link(text=label, url=message_url(part, forums))


def message_url(part: Delivery, forums: Collection[int]) -> str:
    """Build the link to a part that was posted.

    In a forum each part is a post: a thread that has the id of its first message.
    """
    place = part.message_id if part.key.channel_id in forums else part.key.channel_id
    return f"{_MESSAGES}/{part.guild_id}/{place}/{part.message_id}"


def _with_rest(head: Sequence[Block], lines: Sequence[Paragraph], kept: int = _FOR_THE_REST) -> Iterator[Paragraph]:
    """As many lines as fit with `kept` units to spare, and how many don't."""
    shown = as_many_as_fit(head, lines, kept=kept)
    yield from shown
    if left := len(lines) - len(shown):
        yield line(f"And {count_of(left, 'more edition')}.", "quiet")


def _states_line(head: str, parts: Sequence[Delivery]) -> Paragraph:
    states = DOT.join(dict.fromkeys(_state_of(part) for part in parts))
    said = f"{DOT}{count_of(len(parts), 'message')}{DOT}{clip_written(states, _LONGEST_REASONS)}"
    before = (Text(text=head),) if head else ()
    return Paragraph(runs=(*before, Moment(at=parts[0].due_at, style="short"), Text(text=said)))


def _state_of(part: Delivery) -> str:
    state = STATE_WORDS[part.state]
    if part.draft.refused and part.state is DeliveryState.SENT:
        state += f" in plain form ({clean(part.draft.refused)})"
    if part.state is DeliveryState.SENT and part.message_id == DELETED_MESSAGE:
        state += ", then deleted in the channel"
    return f"{state} ({clean(part.reason)})" if part.reason else state


def _retry_line(head: str, edition: FailedEdition, said: str) -> Paragraph:
    return Paragraph(runs=(Text(text=head), Moment(at=edition.due_at, style="short"), Text(text=f"{DOT}{said}")))


def _name(schedule: Schedule) -> str:
    return clip_written(clean(schedule.name), _LONGEST_NAME) or "Unnamed"
