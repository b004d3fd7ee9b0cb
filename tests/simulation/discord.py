"""Discord's side of the protocol: channels, messages, and the nonces that it remembers for a while."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bot.news.message.draft import Draft
from bot.news.message.messenger import Cause

_EPOCH_MS: Final = 1_420_070_400_000
"""Discord's: the first of 2015."""


@dataclass(slots=True)
class Message:
    """A message that is, or was, in a channel."""

    id: int
    channel_id: int
    nonce: str
    at: datetime
    visible_at: datetime
    deleted_at: datetime | None = None
    shown: Draft | None = None
    """What it shows since it was last edited."""


@dataclass(slots=True)
class Place:
    """A channel, and what the bot may do in it."""

    messages: list[Message] = field(default_factory=list)
    is_there: bool = True
    may_post: bool = True
    may_read_history: bool = True


Answer = Message | Cause
"""What Create Message answers: the message, the first one with that nonce where there is one, or why not."""


class SimulatedDiscord:
    """What is said to it counts at once; what can be read back follows a little later.

    Attributes:
        posted: Every message that ever stood anywhere, by nonce.
        refuses_form: Whether it doesn't take the form of the message with a nonce, drawn richly or as plain text.
        refused_plain: Nonces of messages whose plain form it didn't take.
        takes_token: False while it answers every request with 401.
    """

    def __init__(self, now: Callable[[], datetime], *, nonce_window_s: float) -> None:
        self._now = now
        self.nonce_window_s = nonce_window_s
        self._nonces: dict[str, Message] = {}
        self._made = 0
        self.places: dict[int, Place] = {}
        self.posted: dict[str, list[Message]] = {}
        self.refuses_form: Callable[[str, bool], bool] = lambda _nonce, _is_plain: False
        self.refused_plain: set[str] = set()
        self.takes_token = True

    def create_message(self, channel_id: int, nonce: str, *, visible_at: datetime, is_plain: bool = False) -> Answer:
        """A Create Message that arrived just now, with `enforce_nonce`."""
        refusal = self._refusal(channel_id, nonce, is_plain=is_plain)
        if refusal is not None:
            if refusal == "invalid_form" and is_plain:
                self.refused_plain.add(nonce)
            return refusal
        known = self._nonces.get(nonce)
        if known is not None and (self._now() - known.at).total_seconds() < self.nonce_window_s:
            return "message_gone" if known.deleted_at is not None else known
        message = self._add(channel_id, nonce, visible_at)
        self._nonces[nonce] = message
        return message

    def edit_message(self, channel_id: int, message_id: int, draft: Draft) -> Answer:
        """An Edit Message that arrived just now."""
        refusal = self._refusal(channel_id, draft.key, is_plain=False)
        if refusal is not None:
            return refusal
        for message in self.places[channel_id].messages:
            if message.id == message_id and message.deleted_at is None:
                message.shown = draft
                return message
        return "message_gone"

    def _refusal(self, channel_id: int, nonce: str, *, is_plain: bool) -> Cause | None:
        place = self.places[channel_id]
        if not self.takes_token:
            return "token_refused"
        if not place.is_there:
            return "channel_gone"
        if not place.may_post:
            return "no_permission"
        return "invalid_form" if self.refuses_form(nonce, is_plain) else None

    def _add(self, channel_id: int, nonce: str, visible_at: datetime) -> Message:
        now = self._now()
        self._made += 1
        message_id = (int(now.timestamp() * 1000) - _EPOCH_MS << 22) | (self._made & 0xFFF)
        message = Message(id=message_id, channel_id=channel_id, nonce=nonce, at=now, visible_at=visible_at)
        self.places[channel_id].messages.append(message)
        self.posted.setdefault(nonce, []).append(message)
        return message

    def find(self, channel_id: int, nonce: str, *, after: datetime, before: datetime) -> Message | None:
        """The message with a nonce that the channel's history shows between two moments."""
        now = self._now()
        for message in self.posted.get(nonce, ()):
            is_shown = message.deleted_at is None and message.visible_at <= now and message.channel_id == channel_id
            if is_shown and after <= message.at <= before:
                return message
        return None

    def forget(self) -> None:
        """Drop the messages in the channels, for runs so long that it would fill the machine."""
        for place in self.places.values():
            place.messages.clear()
        self.posted.clear()
        self._nonces.clear()
