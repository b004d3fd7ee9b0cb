"""Custom ids: what a button asks for, signed, so that nothing about a message is kept in memory.

`n1|<action>|<argument>...|<expiry>|<signature>`. Members can read ids and send any they like: the signature (80 bits of
an HMAC-SHA256) covers all that stands before it, and in a private answer the member and the server too. Buttons of a
posted edition name nobody and don't end: their expiry is empty. Who may do what is checked again at the press.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.news.message.draft import Button, Select

VERSION: Final = "n1"
TEMPLATE: Final = re.compile(r"n1\|[!-~]{1,97}")
"""Every id of this version, signed or forged."""

LIFE: Final = timedelta(hours=24)
LONGEST: Final = 100
_SIGNATURE_BYTES: Final = 10
_FEWEST_PARTS: Final = 4  # version, action, expiry, signature


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedAction:
    """We signed this id, for this member and server where it is private, and it has not ended."""

    action: str
    args: tuple[str, ...]
    is_private: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Expired:
    """We signed this id for this member, and its 24 hours are over: say how to ask again."""

    action: str
    args: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Forged:
    """Not signed by us, or signed for somebody else or another server, or of an unknown version."""


def sign(
    item: Button | Select,
    keys: Sequence[bytes],
    *,
    user_id: int | None = None,
    guild_id: int | None = None,
    now: datetime,
) -> str:
    """The custom id of a button or select, at most 100 characters.

    Args:
        item: Its action and arguments go into the id; where it is private, `user_id`, `guild_id` and the expiry too.
        keys: The current key first; only that one signs.
        user_id: Whose answer it belongs to.
        guild_id: Where; None in a direct message.
        now: 24 hours later a private id ends.

    Raises:
        ValueError: a private item without a `user_id`, or words that don't fit an id.
    """
    if item.is_private and user_id is None:
        raise ValueError(f"the private {item.action} belongs to nobody")
    expiry = f"{int((now + LIFE).timestamp()):x}" if item.is_private else ""
    words = (VERSION, item.action, *item.args, expiry)
    text = "|".join(words)
    custom_id = f"{text}|{_signature(text, keys[0], _owner(user_id, guild_id) if item.is_private else '')}"
    if text.count("|") != len(words) - 1 or len(custom_id) > LONGEST or not TEMPLATE.fullmatch(custom_id):
        raise ValueError(f"{text!r} makes no custom id")
    return custom_id


def read_id(
    custom_id: str, keys: Sequence[bytes], *, user_id: int, guild_id: int | None, now: datetime
) -> SignedAction | Expired | Forged:
    """What a pressed item asks for, if we signed it.

    Args:
        custom_id: As Discord sent it: anything at all.
        keys: Any of them may have signed it.
        user_id: Who pressed.
        guild_id: Where; None in a direct message.
        now: Decides whether a private id has ended.
    """
    parts = custom_id.split("|")
    if parts[0] != VERSION or len(parts) < _FEWEST_PARTS or not TEMPLATE.fullmatch(custom_id):
        return Forged()
    _, action, *args, expiry, signature = parts
    text = custom_id.rpartition("|")[0]
    owner = _owner(user_id, guild_id) if expiry else ""
    if not any(hmac.compare_digest(signature, _signature(text, key, owner)) for key in keys):
        return Forged()
    # Only what we signed is read further, so the expiry is a number.
    if expiry and int(expiry, 16) < now.timestamp():
        return Expired(action=action, args=tuple(args))
    return SignedAction(action=action, args=tuple(args), is_private=bool(expiry))


def carries(custom_id: str, key: str) -> bool:
    """True where `key` is an argument of this id; for finding our own messages, so no signature is asked for."""
    return TEMPLATE.fullmatch(custom_id) is not None and key in custom_id.split("|")[2:-2]


def _owner(user_id: int | None, guild_id: int | None) -> str:
    return f"{user_id}|{guild_id or 0}"


def _signature(text: str, key: bytes, owner: str) -> str:
    """16 characters; the line break keeps what is signed apart from whom it is for."""
    digest = hmac.digest(key, f"{text}\n{owner}".encode(), hashlib.sha256)
    return base64.b32encode(digest[:_SIGNATURE_BYTES]).decode().lower()
