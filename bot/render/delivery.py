"""Draw what became of editions: a schedule's history, a retry, and an admin's decision about one message."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from bot.news.choosing.retry import SUPERSEDED, FailedEdition, Retries
from bot.news.delivery import Delivery, DeliveryState
from bot.news.message.draft import Draft, Moment, Paragraph, Text
from bot.news.schedule import Schedule
from bot.render.article import DOT
from bot.render.format.clip import clip_written
from bot.render.format.lines import as_many_as_fit, line
from bot.render.format.number import count_of
from bot.text.clean import clean

_LONGEST_NAME: Final = 120
_LONGEST_REASONS: Final = 300

STATE_WORDS: Final = {
    DeliveryState.PLANNED: "waiting to be sent",
    DeliveryState.SENDING: "being sent",
    DeliveryState.SENT: "sent",
    DeliveryState.FAILED: "failed",
    DeliveryState.UNKNOWN: "outcome unknown",
    DeliveryState.SKIPPED: "skipped",
}
"""The state of a message, as an admin reads it."""

_DECIDED: Final = {
    DeliveryState.PLANNED: "The message will be sent again.",
    DeliveryState.SENT: "Marked as posted. Any later messages of the edition will follow.",
    DeliveryState.SKIPPED: "Skipped, with any later messages of the edition.",
}


def draft_history(schedule: Schedule, deliveries: Iterable[Delivery]) -> Draft:
    """Draw a line for each edition with the states of its messages, in the order given."""
    head = (line(_name(schedule), kind="heading"),)
    lines = [_history_line(tuple(parts)) for _, parts in groupby(deliveries, key=lambda delivery: delivery.key.edition)]
    if not lines:
        return Draft(blocks=(*head, line("Nothing posted yet.")))
    return Draft(blocks=(*head, *as_many_as_fit(head, lines)))


def draft_retried(schedule: Schedule, retries: Retries) -> Draft:
    """Draw which editions will be sent again, and which ones are skipped and why."""
    head = (line(_name(schedule), kind="heading"),)
    return Draft(blocks=(*head, *as_many_as_fit(head, list(_retry_lines(retries)))))


def draft_decided(state: DeliveryState) -> Draft:
    """Confirm an admin's decision about a message whose outcome was unknown, or which failed."""
    return Draft(blocks=(line(_DECIDED.get(state, f"Current state: {STATE_WORDS[state]}.")),))


def _history_line(parts: tuple[Delivery, ...]) -> Paragraph:
    states = DOT.join(dict.fromkeys(_state_of(part) for part in parts))
    said = f"{DOT}{count_of(len(parts), 'message')}{DOT}{clip_written(states, _LONGEST_REASONS)}"
    return Paragraph(runs=(Moment(at=parts[0].due_at, style="short"), Text(text=said)))


def _state_of(part: Delivery) -> str:
    state = STATE_WORDS[part.state]
    reason = clean(part.reason) if part.state is not DeliveryState.SENT else ""
    return f"{state} ({reason})" if reason else state


def _retry_lines(retries: Retries) -> Iterator[Paragraph]:
    if not retries.sent:
        yield line("Nothing to send again.")
    for edition in retries.sent:
        yield _retry_line("Will be sent again: edition of ", edition, count_of(len(edition.waiting), "message"))
    for edition in retries.superseded:
        yield _retry_line("Skipped: edition of ", edition, SUPERSEDED)


def _retry_line(head: str, edition: FailedEdition, said: str) -> Paragraph:
    return Paragraph(runs=(Text(text=head), Moment(at=edition.due_at, style="short"), Text(text=f"{DOT}{said}")))


def _name(schedule: Schedule) -> str:
    return clip_written(clean(schedule.name), _LONGEST_NAME) or "Unnamed"
