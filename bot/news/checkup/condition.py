"""How the bot and a server's schedules are: the facts, and the sentences that follow from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bot.news.checkup.clock_bounds import MOST_APART_S
from bot.news.checkup.finding import Finding, trouble
from bot.news.delivery import DeliveryState, EditionKey
from bot.news.edition import Skipped
from bot.news.notice_texts import STOP_TEXTS, edition_name
from bot.news.schedule import Schedule, ScheduleState, StopReason

ROOM: Final = 200 * 1024 * 1024
"""Bytes that a disk should have free: a backup, and what is written before SQLite cleans up behind itself."""

LEFT: Final = "I am not in its server any more; its data goes 30 days after I left."

LONGEST_LAG: Final = timedelta(minutes=5)
"""An edition that is due for so long and not planned has missed ten ticks."""

LONGEST_ON_ITS_WAY: Final = timedelta(minutes=30)
"""An edition that waits so long has met more than a rate limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """What the running parts say of themselves.

    Attributes:
        offset_s: Discord's clock less ours in seconds; None before its first answer.
        is_clock_trusted: Editions are planned.
        is_connected: The gateway is.
        is_sending_held: Nothing is sent, because the database fails.
        shut_out: Why no request is sent to Discord at the moment; empty where they are.
        shut_out_s: For how many seconds still.
    """

    offset_s: float | None
    is_clock_trusted: bool
    is_connected: bool
    is_sending_held: bool = False
    shut_out: str = ""
    shut_out_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreCondition:
    """The database.

    Attributes:
        bytes_used: The file with what SQLite keeps beside it.
        bytes_free: Left on its disk; None where the system doesn't say.
        damage: What is wrong with the ledger's tables; empty where nothing was found.
        is_checked: False where the time was over before all of them were read.
        backed_up_at: The last backup that was made of it; None where none is known.
    """

    bytes_used: int
    bytes_free: int | None
    damage: str = ""
    is_checked: bool = True
    backed_up_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LastEdition:
    """A schedule's newest edition and what became of it.

    Attributes:
        key: Its local date, or an interaction's for an extra one.
        states: How many of its parts are in which state; empty for one without parts.
        sent_at: When the last of its parts was sent.
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
        """What there is to say of it first: what waits for a person, then what is on its way, then what was sent."""
        order = ("unknown", "failed", "sending", "planned", "sent", "skipped")
        return next((DeliveryState(each) for each in order if self.states.get(DeliveryState(each))), _NO_PARTS)


_NO_PARTS: Final = DeliveryState.SKIPPED


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleCheckup:
    """One schedule: what is wrong with it (and what could not be looked at), its last edition and its next.

    Attributes:
        findings: Never well ones.
        last: None before the first.
        next_due_at: None where it isn't active.
    """

    schedule: Schedule
    findings: tuple[Finding, ...] = ()
    last: LastEdition | None = None
    next_due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """A server's schedules, by name, and what they all rest on."""

    schedules: tuple[ScheduleCheckup, ...]
    findings: tuple[Finding, ...]

    @property
    def things_to_do(self) -> int:
        """How many findings are not well."""
        schedules = (finding for each in self.schedules for finding in each.findings)
        return sum(finding.is_well is False for finding in (*self.findings, *schedules))


def schedule_findings(schedule: Schedule, last: LastEdition | None, now: datetime) -> Iterator[Finding]:
    """What stopped a schedule, and what is to be done about its newest edition; nothing where both go their way.

    A missing channel is not said here: it is what the look at the channel says first.
    """
    is_stopped = schedule.state is ScheduleState.PAUSED and schedule.state_reason is not StopReason.NONE
    if last is not None:
        yield from _edition_findings(last, now, is_stopped=is_stopped)
    reason = STOP_TEXTS[schedule.state_reason]
    if is_stopped and (last is None or last.state is not DeliveryState.FAILED):
        yield trouble(f"It is paused: {reason}.", "Fix that, then use /schedule resume.")
    if schedule.state is ScheduleState.OFF and schedule.state_reason is StopReason.SERVER_LEFT:
        yield Finding(is_well=None, text=LEFT)
    elif schedule.state is ScheduleState.OFF and schedule.state_reason is not StopReason.CHANNEL_GONE:
        yield trouble(f"It is switched off: {reason}.", "Use /schedule resume.")


def _edition_findings(last: LastEdition, now: datetime, *, is_stopped: bool) -> Iterator[Finding]:
    reason = f" ({last.reason})" if last.reason else ""
    name = edition_name(last.key)
    match last.state:
        case DeliveryState.FAILED:
            paused = ", so the schedule is paused" if is_stopped else ""
            yield trouble(f"The {name} failed{reason}{paused}.", "Mend that, then use /schedule retry.")
        case DeliveryState.UNKNOWN:
            cure = "Look into the channel; if it isn't there, use /schedule retry."
            yield trouble(f"Nobody knows whether the {name} was posted{reason}.", cure)
        case DeliveryState.PLANNED | DeliveryState.SENDING if now - last.due_at > LONGEST_ON_ITS_WAY:
            minutes = int((now - last.due_at).total_seconds() // 60)
            cure = "It is tried again by itself; see whether Discord has an outage."
            yield trouble(f"The {name} has been on its way for {minutes} minutes{reason}.", cure)
        case _:
            pass


def clock_finding(vitals: Vitals) -> Finding:
    """Our clock against Discord's, and whether planning waits because of it."""
    if vitals.offset_s is None:
        return Finding(what="clock", is_well=None, text="Discord has not answered yet, so nothing is planned.")
    apart = f"{abs(vitals.offset_s):,.0f} s"
    if abs(vitals.offset_s) > MOST_APART_S:
        side = "behind" if vitals.offset_s > 0 else "ahead of"
        waits = "; no edition is planned until it is right" if not vitals.is_clock_trusted else ""
        return trouble(f"{apart} {side} Discord's{waits}.", "Set the machine's clock, best by NTP.", what="clock")
    if not vitals.is_clock_trusted:
        return Finding(what="clock", is_well=None, text=f"{apart} from Discord's; planning begins with the next tick.")
    return Finding(what="clock", is_well=True, text=f"{apart} from Discord's.")


def store_findings(condition: StoreCondition, now: datetime) -> Iterator[Finding]:
    """The database's size, soundness, room and backup."""
    size = megabytes(condition.bytes_used)
    if condition.damage:
        text = f"{size}, damaged: {condition.damage}"
        yield trouble(text, "Stop the bot and put a backup back with `newsdesk restore`.", what="database")
    else:
        sound = "the ledger is sound" if condition.is_checked else "checked in part: the time for it was over"
        yield Finding(what="database", is_well=True, text=f"{size}, {sound}; {_backup(condition, now)}.")
    if condition.bytes_free is not None:
        text = f"{megabytes(condition.bytes_free)} free."
        is_well = condition.bytes_free >= ROOM
        yield Finding(what="disk", is_well=True, text=text) if is_well else trouble(text, "Make room.", what="disk")


def _backup(condition: StoreCondition, now: datetime) -> str:
    if condition.backed_up_at is None:
        return "no backup is known"
    days = (now - condition.backed_up_at).days
    return f"backed up {'today' if days < 1 else 'yesterday' if days == 1 else f'{days} days ago'}"


def gateway_finding(vitals: Vitals) -> Finding:
    """Whether commands can arrive."""
    if vitals.is_connected:
        return Finding(what="gateway", is_well=True, text="connected.")
    cure = "It reconnects by itself; posting goes on meanwhile."
    return trouble("not connected, so commands may not arrive.", cure, what="gateway")


def sending_finding(vitals: Vitals) -> Finding:
    """Whether anything is sent to Discord at all."""
    if vitals.is_sending_held:
        cure = "It goes on by itself then; whoever runs the bot looks at its disk."
        return trouble("it waits for the database, which is full, locked or away.", cure, what="sending")
    if not vitals.shut_out:
        return Finding(what="sending", is_well=True, text="not held back.")
    text = f"nothing goes to Discord for {vitals.shut_out_s / 60:.0f} more minutes: {vitals.shut_out}."
    cure = "Sending goes on by itself then; see whether something else uses the same address or token."
    return trouble(text, cure, what="sending")


def lag_finding(oldest_due_at: datetime | None, now: datetime) -> Finding:
    """The oldest edition that is due and not planned."""
    lag = timedelta(0) if oldest_due_at is None else now - oldest_due_at
    if lag <= LONGEST_LAG:
        return Finding(what="planning", is_well=True, text="nothing is overdue.")
    text = f"an edition has been due for {int(lag.total_seconds() // 60)} minutes and is not planned."
    return trouble(text, "If the clock is right, the log says what keeps it.", what="planning")


def megabytes(count: int) -> str:
    """Bytes as a person reads them."""
    if count >= 1 << 30:
        return f"{count / (1 << 30):.1f} GB"
    return f"{count / (1 << 20):.1f} MB"
