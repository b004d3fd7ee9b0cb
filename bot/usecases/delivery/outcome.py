"""Record the outcome of a claimed row: its state in the ledger, its schedule's state, and a notice to admins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, assert_never

import structlog

from bot.clock import Clock
from bot.errors import TokenRefusedError
from bot.news.delivery import DELETED_MESSAGE, Delivery, Times, backoff_s
from bot.news.message.messenger import CannotRead, Messenger, Outcome, Posted, Refused, Unclear
from bot.news.message.plain_text import plain_draft
from bot.news.notices.notice import Notifier
from bot.news.notices.texts import (
    STOP_TEXTS,
    channel_gone_notice,
    no_permission_notice,
    plain_form_notice,
    refused_notice,
    role_gone_notice,
    shut_out_notice,
    unknown_notice,
)
from bot.news.schedules.looking import Outlook
from bot.news.schedules.schedule import Schedule, ScheduleState, StopReason
from bot.store.port.ledger import LedgerStores

log = structlog.get_logger(__name__)

RETRY_REASONS: Final = (
    "unreachable",
    "rate_limited",
    "circuit_open",
    "token_refused",
    "refused",
    "invalid_form",
    "role_gone",
    "unclear",
    "read_back",
)
"""Reasons for a retry: a cause given by Discord or the network, the second try as plain text, an unknown outcome, or a
channel that could not be read back."""

_NOT_SENT: Final = frozenset({"unreachable", "circuit_open"})
"""Refusals by which no request reached Discord."""


class DiscordTime:
    """Discord's time, estimated from its last response."""

    def __init__(self, clock: Clock, messenger: Messenger) -> None:
        self._clock = clock
        self._messenger = messenger

    def now(self) -> datetime:
        """Get the current moment by our clock, corrected by Discord's last response."""
        return self._clock.now() + self._offset()

    def earliest(self, at: datetime) -> datetime:
        """Convert a moment recorded by our clock to Discord's time; the earlier one if the two differ."""
        return at + min(timedelta(0), self._offset())

    def _offset(self) -> timedelta:
        return timedelta(seconds=self._messenger.discord_offset_s() or 0.0)


class OutcomeRecorder:
    """Writes outcomes to the ledger, each conditional on the claim's attempt, so that a late one changes nothing.

    Attributes:
        retries: The number of retries since the start, by reason.
        in_vain: Attempts since the last message that was posted, none of which posted one.
        why: What came of the last of them.
    """

    def __init__(
        self,
        *,
        store: LedgerStores,
        notifier: Notifier,
        time: DiscordTime,
        jitter: Callable[[], float],
        times: Times,
    ) -> None:
        self._ledger = store.deliveries
        self._schedules = store.schedules
        self._notifier = notifier
        self._time = time
        self._jitter = jitter
        self._times = times
        self.retries = dict.fromkeys(RETRY_REASONS, 0)
        self.in_vain, self.why = 0, ""

    async def record_post(self, row: Delivery, outcome: Outcome) -> None:
        """Record the outcome of posting a row.

        Raises:
            TokenRefusedError: Discord refused the token; the row is PLANNED again.
        """
        match outcome:
            case Posted():
                await self._sent(row, outcome.message_id)
            case Unclear():
                self._note_retry("unclear", outcome.detail)
                ends_at = (row.claimed_at or self._time.now()) + timedelta(seconds=self._times.settle_s)
                await self._ledger.mark_unclear(row.key, row.attempt, lease_until=ends_at, reason=outcome.detail)
            case Refused():
                await self._refused(row, outcome)
            case _:
                assert_never(outcome)

    async def record_read_back(self, row: Delivery, found: Posted | CannotRead | Unclear | Refused) -> None:
        """Record the outcome of reading a row's channel back, unless the message was not there.

        Raises:
            TokenRefusedError: Discord refused the token; the row is read back at the next start.
        """
        match found:
            case Posted():
                await self._sent(row, found.message_id)
            case CannotRead():
                await self._notifier.notify(unknown_notice(row, found.detail, at=self._time.now()))
                await self._ledger.mark_unknown(row.key, row.attempt, reason=found.detail)
            case Unclear():
                await self._read_back_later(row, backoff_s(row.attempt, self._jitter()), found.detail)
            case Refused():
                await self._notify_if_blocked(found)
                await self._read_back_later(row, self._delay_s(row, found), found.detail)
                if found.cause == "token_refused":
                    raise _token_refused(found)
            case _:
                assert_never(found)

    def _note_retry(self, reason: str, why: str) -> None:
        self.retries[reason] = self.retries.get(reason, 0) + 1
        self.in_vain, self.why = self.in_vain + 1, why

    async def _read_back_later(self, row: Delivery, after_s: float, reason: str) -> None:
        """Leave the row SENDING, so that its channel is read back again."""
        self._note_retry("read_back", reason)
        lease_until = self._time.now() + timedelta(seconds=after_s)
        await self._ledger.mark_unclear(row.key, row.attempt, lease_until=lease_until, reason=reason)

    async def _sent(self, row: Delivery, message_id: int) -> None:
        self.in_vain, self.why = 0, ""
        if row.draft.refused:  # before the mark, so that a crash in between loses no notice
            await self._notifier.notify(plain_form_notice(row, row.draft.refused, at=self._time.now()))
        if await self._ledger.mark_sent(row.key, row.attempt, message_id=message_id, at=self._time.now()):
            said = "posted" if message_id != DELETED_MESSAGE else "posted, and deleted in the channel"
            log.info(said, schedule=row.key.schedule_id, edition=row.key.edition, part=row.key.part)

    async def _refused(self, row: Delivery, refusal: Refused) -> None:
        match refusal.cause:
            case "message_gone":
                await self._sent(row, DELETED_MESSAGE)
            case "token_refused":
                await self._retry(row, refusal, after_s=0.0)
                raise _token_refused(refusal)
            case "no_permission" | "channel_gone" if not await self._stops_schedule(row, refusal):
                await self._retry(row, refusal, after_s=0.0)  # in the schedule's channel of now, once it is active
            case "no_permission":
                await self._pause(row, refusal)
            case "channel_gone":
                await self._switch_off(row, refusal)
            case "role_gone":
                await self._mention_no_more(row, refusal.roles)
                await self._retry(row, refusal, after_s=0.0)  # which draws it again without the mention
            case "invalid_form" if not row.draft.refused:
                await self._replace_by_plain_form(row, refusal)
            case _ if refusal.can_retry:
                await self._notify_if_blocked(refusal)
                await self._retry(row, refusal, after_s=self._delay_s(row, refusal))
            case _:
                await self._give_up(row, refusal)

    async def _replace_by_plain_form(self, row: Delivery, refusal: Refused) -> None:
        """Give the row its plain form, which says why; the admin is notified once that form is posted."""
        self.retries["invalid_form"] += 1
        log.warning(
            "Discord refused a message's form; its plain text is sent",
            schedule=row.key.schedule_id,
            edition=row.key.edition,
            part=row.key.part,
            why=refusal.detail,
        )
        draft = plain_draft(row.draft, refused=refusal.detail or "no reason given")
        await self._ledger.replace_draft(row.key, row.attempt, draft, revision=row.revision + 1)

    async def _mention_no_more(self, row: Delivery, gone: frozenset[int]) -> None:
        """Clear the deleted roles of the row's schedule; what an admin chose meanwhile stays."""
        await self._notifier.notify(role_gone_notice(row, at=self._time.now()))

        def clear(current: Schedule, outlook: Outlook) -> tuple[Schedule, datetime | None] | None:
            changed = replace(
                current,
                mention_role=None if current.mention_role in gone else current.mention_role,
                topic_roles=tuple(each for each in current.topic_roles if each.role_id not in gone),
            )
            return None if changed == current else (changed, outlook.next_due_at)

        await self._schedules.change_schedule(row.key.schedule_id, clear)

    async def _notify_if_blocked(self, refusal: Refused) -> None:
        if refusal.cause == "circuit_open":
            await self._notifier.notify(shut_out_notice(refusal.detail, at=self._time.now()))

    async def _retry(self, row: Delivery, refusal: Refused, *, after_s: float) -> None:
        self._note_retry(refusal.cause, refusal.detail)
        await self._ledger.mark_planned(
            row.key,
            row.attempt,
            not_before=self._time.now() + timedelta(seconds=after_s),
            reason=refusal.detail,
            forget_attempt=refusal.cause in _NOT_SENT,
        )

    async def _pause(self, row: Delivery, refusal: Refused) -> None:
        # The row is marked last: if the process ends before that, it is claimed again once the schedule is resumed.
        await self._notifier.notify(no_permission_notice(row, refusal.detail, at=self._time.now()))
        if await self._is_paused(row):
            await self._failed(row, refusal.detail)
        else:
            await self._retry(row, refusal, after_s=0.0)

    async def _switch_off(self, row: Delivery, refusal: Refused) -> None:
        reason = STOP_TEXTS[StopReason.CHANNEL_GONE]
        await self._notifier.notify(channel_gone_notice(row, refusal.detail, at=self._time.now()))
        if await self._schedules.channel_gone(row.key.schedule_id, row.key.channel_id, reason=reason):
            await self._ledger.mark_cancelled(row.key, row.attempt, reason=reason)
        else:
            await self._retry(row, refusal, after_s=0.0)

    async def _is_paused(self, row: Delivery) -> bool:
        """Pause the row's schedule; False if an admin moved or stopped it meanwhile, which the row follows."""
        is_concerned = True

        def pause(current: Schedule, _: Outlook) -> tuple[Schedule, None] | None:
            nonlocal is_concerned
            is_concerned = _is_concerned(current, row, StopReason.NO_PERMISSION)
            paused = replace(current, state=ScheduleState.PAUSED, state_reason=StopReason.NO_PERMISSION)
            return (paused, None) if is_concerned else None

        await self._schedules.change_schedule(row.key.schedule_id, pause)
        return is_concerned

    async def _give_up(self, row: Delivery, refusal: Refused) -> None:
        await self._notifier.notify(refused_notice(row, refusal.detail, at=self._time.now()))
        await self._failed(row, refusal.detail)

    async def _stops_schedule(self, row: Delivery, refusal: Refused) -> bool:
        """False if the schedule has another channel now, is stopped for another reason, or was deleted."""
        schedule = await self._schedules.find_schedule(row.key.schedule_id)
        is_permission = refusal.cause == "no_permission"
        reason = StopReason.NO_PERMISSION if is_permission else StopReason.CHANNEL_GONE
        return schedule is not None and _is_concerned(schedule, row, reason)

    async def _failed(self, row: Delivery, reason: str) -> None:
        await self._ledger.mark_failed(row.key, row.attempt, reason=reason)

    def _delay_s(self, row: Delivery, refusal: Refused) -> float:
        if refusal.retry_after_s is not None:
            return refusal.retry_after_s
        return backoff_s(row.tries, self._jitter())


def _is_concerned(schedule: Schedule, row: Delivery, reason: StopReason) -> bool:
    return schedule.channel_id == row.key.channel_id and schedule.may_be_stopped_for(reason)


def _token_refused(refusal: Refused) -> TokenRefusedError:
    return TokenRefusedError(
        f"Discord refused the bot's token ({refusal.detail}).",
        cure="Reset the token in the Developer Portal (Bot, Reset Token) and update the configuration.",
    )
