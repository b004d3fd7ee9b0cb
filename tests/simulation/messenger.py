"""The way to Discord, as `bot/chat` walks it: fence, wire, answers that are lost or late, and reading back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, cast

from typing_extensions import override

from bot.news.checkup.clock_bounds import ClockBounds
from bot.news.message.draft import Draft
from bot.news.message.messenger import (
    CannotRead,
    Cause,
    Messenger,
    NotThere,
    Outcome,
    Posted,
    ReadBack,
    Refused,
    Unclear,
)
from bot.news.schedules.posting import USUAL, Posting
from tests.simulation.clock import SimulatedClock
from tests.simulation.discord import Message, SimulatedDiscord
from tests.simulation.loop import PROCESS, SimulatedLoop
from tests.simulation.weather import Fate, Weather

WIRE_S: Final = 15.0
_VISIBLE_S: Final = 9.5
"""Settle (45 s) less fence (20 s), wire (15 s) and the way to the socket: so long after a request's last moment its
message may need until it shows in the channel's history."""

_TRIES: Final = 5
"""Of discord.py, for one post."""

_Lost = Literal["cut", "dropped", "failed"]
_Heard = Message | Cause | _Lost

_CERTAIN: Final[frozenset[str]] = frozenset(
    {"no_permission", "channel_gone", "invalid_form", "message_gone", "token_refused"}
)


class SimulatedMessenger(Messenger):
    """See `bot.news.message.messenger.Messenger`; one for each process.

    Attributes:
        discords_clock: What the answers say of it.
        in_the_gap: Nonces whose request is past the fence and not yet on the wire, with the moment since when.
    """

    def __init__(
        self,
        discord: SimulatedDiscord,
        clock: SimulatedClock,
        loop: SimulatedLoop,
        weather: Weather,
        *,
        tries_again: bool,
        note: Callable[..., None] = lambda *_details: None,
    ) -> None:
        """See the class.

        Args:
            discord: The other end.
            clock: This machine's.
            loop: Where requests travel on when this process is dead.
            weather: What becomes of them.
            tries_again: Whether discord.py's own second tries are played: they rest on the nonce alone, so only where
                Discord remembers it longer than a post may last.
            note: Hears what happens.
        """
        self._discord = discord
        self._clock = clock
        self._loop = loop
        self._weather = weather
        self._is_rough_at_all = bool(weather.climate.trouble[1])
        self._tries = _TRIES if tries_again else 1
        self._note = note
        self.discords_clock: ClockBounds | None = None
        self.in_the_gap: dict[str, float] = {}

    @override
    def discord_offset_s(self) -> float | None:
        if self.discords_clock is None:
            return None
        return self.discords_clock.middle_s + self._clock.uptime() - self._clock.now().timestamp()

    async def log_in(self) -> bool:
        """The first request of a process; False where there was no answer."""
        stamp = await self._small_request()
        return stamp is not None

    async def _small_request(self) -> float | None:
        """A request that changes nothing: when Discord answered it; None for no answer."""
        begun_s = self._clock.uptime()
        await asyncio.sleep(self._weather.latency_s())
        stamp = float(int(self._clock.true_now().timestamp()))
        await asyncio.sleep(self._weather.latency_s() / 2)
        if self._weather.fate() != "answered":
            return None
        self._note_date(stamp, begun_s)
        return stamp

    def _note_date(self, stamp: float, begun_s: float) -> None:
        found = ClockBounds.of_date(stamp, begun_s=begun_s, ended_s=self._clock.uptime())
        self.discords_clock = found if self.discords_clock is None else self.discords_clock.narrowed(found)

    @override
    async def post(
        self,
        channel_id: int,
        draft: Draft,
        *,
        nonce: str,
        mention_roles: tuple[int, ...] = (),
        title: str = "",
        posting: Posting = USUAL,
        fence_s: float = 20.0,
    ) -> Outcome:
        del mention_roles, title, posting
        nonce = self.rename(nonce)
        fence_at = self._clock.uptime() + fence_s
        may_be_posted = False
        for number in range(self._tries):
            await asyncio.sleep(self._wait_s(number))
            if self._clock.uptime() >= fence_at:
                return _unless(
                    may_be_posted, Refused(cause="unreachable", detail="fence", retry_after_s=0.0, can_retry=True)
                )
            outcome = await self._try(channel_id, nonce, is_plain=bool(draft.refused))
            if isinstance(outcome, Posted):
                return outcome
            if isinstance(outcome, Refused):
                is_gone = outcome.cause == "message_gone"
                return outcome if is_gone else _unless(may_be_posted, outcome)
            may_be_posted = True
            if outcome.detail != "failed":
                return outcome
        return Unclear(detail="failed")

    def rename(self, nonce: str) -> str:
        """The nonce that goes out; what else it may be is for variants to say."""
        return nonce

    def _wait_s(self, number: int) -> float:
        """For the limiter, or before discord.py tries again."""
        if number:
            return 1.0 + 2 * number
        is_rush = not self._weather.is_over and self._weather.source.random() < 0.02 * bool(
            self._weather.climate.trouble[1]
        )
        return self._weather.source.uniform(0.0, 25.0 if is_rush else 0.2)

    async def _try(self, channel_id: int, nonce: str, *, is_plain: bool) -> Outcome:
        fate = self._weather.fate_of_a_post()
        if fate == "shut_out":
            return Refused(cause="circuit_open", detail=fate, retry_after_s=600.0, can_retry=True)
        self.in_the_gap[nonce] = self._loop.time()
        await asyncio.sleep(self._weather.source.uniform(0.001, 0.05))
        self.in_the_gap.pop(nonce, None)
        if fate == "unreachable":
            return Refused(cause="unreachable", detail=fate, can_retry=True)
        begun_s = self._clock.uptime()
        written = _Written(
            at_s=self._loop.time(),
            channel_id=channel_id,
            nonce=nonce,
            fate=fate,
            process=PROCESS.get(),
            is_plain=is_plain,
        )
        heard, stamp = await self._request(written)
        if stamp is not None:
            self._note_date(stamp, begun_s)
        self._note("heard", nonce, heard.id if isinstance(heard, Message) else heard)
        return _outcome(heard, self._weather.source.uniform(0.3, 5.0))

    async def _request(self, written: _Written) -> tuple[_Heard, float | None]:
        """On the wire from now on: it travels whether this process lives or not."""
        answer: asyncio.Future[tuple[_Heard, float | None]] = self._loop.create_future()
        self._loop.call_outside(self._weather.latency_s(), self._arrive, written, answer)
        cut = self._loop.call_later(WIRE_S, _resolve, answer, ("cut", None))
        try:
            return await answer
        finally:
            cut.cancel()

    def _arrive(self, written: _Written, answer: asyncio.Future[tuple[_Heard, float | None]]) -> None:
        """The request reaches Discord, or nothing does."""
        fate = written.fate
        # Bytes still in the kernel's hands when a process is killed go out or not, as it happens.
        is_lost = self._loop.is_dead(written.process) and self._weather.source.random() < 0.3
        if fate == "never_arrived" or is_lost:
            self._loop.call_outside(self._weather.latency_s(), _resolve, answer, ("dropped", None))
            return
        heard: _Heard
        if fate == "failed_before":
            heard = "failed"
        elif fate == "too_many":
            heard = "rate_limited"
        else:
            heard = self._create(written)
        if fate == "failed_after" and isinstance(heard, Message):
            heard = "failed"
        if fate == "answer_lost":
            heard = "dropped"
        stamp = None if heard == "dropped" else float(int(self._clock.true_now().timestamp()))
        self._loop.call_outside(self._weather.latency_s(), _resolve, answer, (heard, stamp))

    def _create(self, written: _Written) -> Message | Cause:
        now = self._clock.true_now()
        latest_s = max(0.0, written.at_s + WIRE_S + _VISIBLE_S - self._loop.time())
        is_slow = self._weather.source.random() < 0.05 * self._is_rough_at_all
        lag_s = self._weather.source.uniform(0.0, latest_s) if is_slow else min(0.1, latest_s)
        answer = self._discord.create_message(
            written.channel_id,
            written.nonce,
            visible_at=now + timedelta(seconds=lag_s),
            is_plain=written.is_plain,
        )
        self._note("arrived", written.nonce, answer.id if isinstance(answer, Message) else answer)
        return answer

    @override
    async def edit(self, channel_id: int, message_id: int, draft: Draft, *, fence_s: float = 20.0) -> Outcome:
        del fence_s
        fate = self._weather.fate()
        await asyncio.sleep(self._weather.latency_s())
        if fate == "shut_out":
            return Refused(cause="circuit_open", detail=fate, retry_after_s=600.0, can_retry=True)
        answer = self._discord.edit_message(channel_id, message_id, draft)
        await asyncio.sleep(self._weather.latency_s())
        if fate != "answered":
            return Unclear(detail=fate)
        self._note("edited", message_id, answer if isinstance(answer, str) else "")
        return _outcome(answer, 1.0)

    @override
    async def publish(self, channel_id: int, message_id: int) -> Outcome:
        # Nobody follows these channels.
        del channel_id
        await asyncio.sleep(self._weather.latency_s())
        return Posted(message_id=message_id)

    @override
    async def open_thread(self, channel_id: int, message_id: int, name: str) -> Outcome:
        # No schedule asks for one.
        raise NotImplementedError

    @override
    async def read_back(self, channel_id: int, key: str, *, after: datetime, before: datetime) -> ReadBack:
        fate = self._weather.fate()
        if fate == "shut_out":
            return Refused(cause="circuit_open", detail=fate, retry_after_s=600.0, can_retry=True)
        begun_s = self._clock.uptime()
        await asyncio.sleep(self._weather.latency_s())
        found = self._look(channel_id, key, after, before)
        stamp = float(int(self._clock.true_now().timestamp()))
        await asyncio.sleep(self._weather.latency_s())
        if fate == "too_many":
            return Refused(cause="rate_limited", detail=fate, retry_after_s=2.0, can_retry=True)
        if fate != "answered":
            return Unclear(detail=fate)
        self._note_date(stamp, begun_s)
        self._note("read", key, type(found).__name__)
        return found

    def _look(self, channel_id: int, key: str, after: datetime, before: datetime) -> ReadBack:
        place = self._discord.places[channel_id]
        if not self._discord.takes_token:
            return Refused(cause="token_refused", detail="401")
        if not place.is_there:
            return NotThere()
        if not place.may_read_history:
            return CannotRead(detail="Read Message History is missing")
        found = self._discord.find(channel_id, key, after=after, before=before)
        return NotThere() if found is None else Posted(message_id=found.id)

    @override
    async def tell_user(self, user_id: int, draft: Draft) -> Outcome:
        # Members read what they get.
        del draft
        await asyncio.sleep(self._weather.latency_s())
        return Posted(message_id=user_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """A request on the wire."""

    at_s: float
    channel_id: int
    nonce: str
    fate: Fate
    process: int
    is_plain: bool


def _resolve(answer: asyncio.Future[tuple[_Heard, float | None]], heard: tuple[_Heard, float | None]) -> None:
    if not answer.done():
        answer.set_result(heard)


def _outcome(heard: _Heard, retry_after_s: float) -> Outcome:
    if isinstance(heard, Message):
        return Posted(message_id=heard.id)
    if heard == "rate_limited":
        return Refused(cause="rate_limited", detail=heard, retry_after_s=retry_after_s, can_retry=True)
    if heard in _CERTAIN:
        return Refused(cause=cast("Cause", heard), detail=heard)
    return Unclear(detail=heard)


def _unless(may_be_posted: bool, refusal: Refused) -> Outcome:  # noqa: FBT001 - what the refusal depends on
    return Unclear(detail=refusal.detail) if may_be_posted else refusal
