"""What became of editions on their way."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Final

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
    DeliveryState.SKIPPED: "left out",
}
"""What became of a part, in an admin's words."""

_SETTLED: Final = {
    DeliveryState.PLANNED: "It is sent again.",
    DeliveryState.SENT: "Noted: it is there. What comes after it goes on.",
    DeliveryState.SKIPPED: "It is left out.",
}


def draft_history(schedule: Schedule, deliveries: Iterable[Delivery]) -> Draft:
    """The parts of a schedule's editions and what became of them, in the order given."""
    head = (line(clip_written(clean(schedule.name), _LONGEST_NAME), kind="heading"),)
    lines = [_history_line(tuple(parts)) for _, parts in groupby(deliveries, key=lambda delivery: delivery.key.edition)]
    if not lines:
        return Draft(blocks=(*head, line("Nothing was posted yet.")))
    return Draft(blocks=(*head, *as_many_as_fit(head, lines)))


def _history_line(parts: tuple[Delivery, ...]) -> Paragraph:
    states = DOT.join(dict.fromkeys(_state_of(part) for part in parts))
    said = f"{DOT}{count_of(len(parts), 'part')}{DOT}{clip_written(states, _LONGEST_REASONS)}"
    return Paragraph(runs=(Moment(at=parts[0].due_at, style="short"), Text(text=said)))


def _state_of(part: Delivery) -> str:
    state = STATE_WORDS[part.state]
    reason = clean(part.reason) if part.state is not DeliveryState.SENT else ""
    return f"{state} ({reason})" if reason else state


def draft_settled(state: DeliveryState) -> Draft:
    """After a person said what is to become of a part whose outcome was unknown, or which failed."""
    return Draft(blocks=(line(_SETTLED.get(state, f"Where it stands: {STATE_WORDS[state]}.")),))
