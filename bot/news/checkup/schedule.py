"""The health of one schedule: its newest edition, what stopped it, and the findings that follow from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bot.news.checkup.database import MAX_POSTING_LAG
from bot.news.checkup.finding import Finding, failing, unchecked
from bot.news.delivery import DeliveryState, EditionKey
from bot.news.edition import Skipped
from bot.news.notices.texts import STOP_TEXTS, edition_name
from bot.news.schedules.schedule import Schedule, ScheduleState, StopReason

LEFT: Final = "I'm no longer in its server; its data is deleted 30 days after I left."


_FIX_AND_RESUME: Final = "Fix that, then use /schedule resume."


@dataclass(frozen=True, slots=True, kw_only=True)
class LastEdition:
    """A schedule's newest edition and its state.

    Attributes:
        key: Its local date, or an interaction's id for an extra edition.
        states: The number of its parts by state; empty for an edition without parts.
        sent_at: When the last of its parts was posted.
        reason: Why a part failed, is unknown or was skipped.
        skipped: Why the edition was planned without a message; None for one with a message.
    """

    key: EditionKey
    due_at: datetime
    states: Mapping[DeliveryState, int] = field(default_factory=dict)
    sent_at: datetime | None = None
    reason: str = ""
    skipped: Skipped | None = None

    @property
    def state(self) -> DeliveryState:
        """The most urgent state of its parts: those that need a person, then those in progress, then those posted."""
        order = ("unknown", "failed", "sending", "planned", "sent", "skipped")
        return next((DeliveryState(each) for each in order if self.states.get(DeliveryState(each))), _NO_PARTS)


_NO_PARTS: Final = DeliveryState.SKIPPED


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleHealth:
    """The health of one schedule.

    Attributes:
        findings: What is wrong, and what could not be checked; nothing that passed.
        last: Its newest edition; None before the first.
        next_due_at: When its next edition is due; None if the schedule is not active.
    """

    schedule: Schedule
    findings: tuple[Finding, ...] = ()
    last: LastEdition | None = None
    next_due_at: datetime | None = None


def schedule_findings(
    schedule: Schedule, last: LastEdition | None, now: datetime, *, can_post: bool = False
) -> Iterator[Finding]:
    """Find what stopped a schedule, and what its newest edition needs; nothing if both are fine.

    A missing channel is left to the check of the channel, which reports it first.

    Args:
        schedule: The schedule.
        last: Its newest edition; None before the first.
        now: The current moment.
        can_post: Its channel was checked just now and lacks nothing: a missing permission has been given since.
    """
    has_ended = can_post and schedule.state_reason is StopReason.NO_PERMISSION
    is_stopped = schedule.state is ScheduleState.PAUSED and schedule.state_reason is not StopReason.NONE
    has_failed = last is not None and last.state is DeliveryState.FAILED
    is_named = is_stopped and has_failed and schedule.state_reason is StopReason.NO_PERMISSION
    if last is not None:
        yield from _edition_findings(last, now, is_stopped=is_named, has_ended=has_ended)
    reason = STOP_TEXTS[schedule.state_reason]
    if is_stopped and not is_named:
        if has_ended:
            reason = "I didn't have permission to post in the channel; now I have it"
        is_over = has_ended or schedule.state_reason is StopReason.REJOINED
        yield failing(f"It is paused: {reason}.", "Use /schedule resume." if is_over else _FIX_AND_RESUME)
    if schedule.state is ScheduleState.OFF and schedule.state_reason is StopReason.SERVER_LEFT:
        yield unchecked(LEFT)
    elif schedule.state is ScheduleState.OFF and schedule.state_reason is not StopReason.CHANNEL_GONE:
        yield failing(f"It is switched off: {reason}.", "Use /schedule resume.")


def _edition_findings(last: LastEdition, now: datetime, *, is_stopped: bool, has_ended: bool) -> Iterator[Finding]:
    reason = f" ({last.reason})" if last.reason else ""
    name = edition_name(last.key)
    match last.state:
        case DeliveryState.FAILED:
            paused = ", so the schedule is paused" if is_stopped else ""
            cure = "That is fixed; use /schedule retry." if has_ended else "Fix that, then use /schedule retry."
            yield failing(f"The {name} failed{reason}{paused}.", cure)
        case DeliveryState.UNKNOWN:
            cure = "Look for it in the channel; if it isn't there, use /schedule retry."
            yield failing(f"The {name} may or may not have been posted{reason}.", cure)
        case DeliveryState.PLANNED | DeliveryState.SENDING if now - last.due_at > MAX_POSTING_LAG:
            minutes = int((now - last.due_at).total_seconds() // 60)
            cure = "It is retried automatically; check Discord's status page for an outage."
            yield failing(f"The {name} has been waiting to be posted for {minutes} minutes{reason}.", cure)
        case _:
            pass
