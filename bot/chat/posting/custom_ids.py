"""Sign and verify custom ids: what a button does, so that nothing about a message is kept in memory.

`n1|<action>|<argument>...|<expiry>|<signature>`. Members can read custom ids and send any: the signature (80 bits of an
HMAC-SHA256) covers everything before it, and in a private answer also the member and the server. Buttons of a posted
edition belong to no member and don't expire: their expiry is empty. Permissions are checked again by the handler.
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
    """An id that we signed (for this member and server if it is private) and that has not expired."""

    action: str
    args: tuple[str, ...]
    is_private: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Expired:
    """A private id that we signed for this member more than 24 hours ago."""

    action: str
    args: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Forged:
    """An id that we didn't sign, or for another member or server, or of an unknown version."""


def sign(
    item: Button | Select,
    keys: Sequence[bytes],
    *,
    user_id: int | None = None,
    guild_id: int | None = None,
    now: datetime,
) -> str:
    """Build the custom id of a button or select, at most 100 characters.

    Args:
        item: Its action and arguments go into the id; if it is private, also `user_id`, `guild_id` and the expiry.
        keys: The current key first; only that one signs.
        user_id: The member who gets the answer.
        guild_id: The server; None in a direct message.
        now: A private id expires 24 hours later.

    Raises:
        ValueError: a private item has no `user_id`, or its arguments don't fit an id.
    """
    if item.is_private and user_id is None:
        raise ValueError(f"the private {item.action} has no user")
    expiry = f"{int((now + LIFE).timestamp()):x}" if item.is_private else ""
    words = (VERSION, item.action, *item.args, expiry)
    text = "|".join(words)
    custom_id = f"{text}|{_signature(text, keys[0], _owner(user_id, guild_id) if item.is_private else '')}"
    if text.count("|") != len(words) - 1 or len(custom_id) > LONGEST or not TEMPLATE.fullmatch(custom_id):
        raise ValueError(f"{text!r} can't be a custom id")
    return custom_id


def read_id(
    custom_id: str, keys: Sequence[bytes], *, user_id: int, guild_id: int | None, now: datetime
) -> SignedAction | Expired | Forged:
    """Verify the custom id of a pressed button or select.

    Args:
        custom_id: As Discord sent it; it can be any text.
        keys: Any of them may have signed it.
        user_id: The member who used it.
        guild_id: The server; None in a direct message.
        now: Decides whether a private id has expired.
    """
    parts = custom_id.split("|")
    if parts[0] != VERSION or len(parts) < _FEWEST_PARTS or not TEMPLATE.fullmatch(custom_id):
        return Forged()
    _, action, *args, expiry, signature = parts
    text = custom_id.rpartition("|")[0]
    owner = _owner(user_id, guild_id) if expiry else ""
    if not any(hmac.compare_digest(signature, _signature(text, key, owner)) for key in keys):
        return Forged()
    # The signature is ours, so the expiry is a number.
    if expiry and int(expiry, 16) < now.timestamp():
        return Expired(action=action, args=tuple(args))
    return SignedAction(action=action, args=tuple(args), is_private=bool(expiry))


def carries(custom_id: str, key: str) -> bool:
    """True if `key` is an argument of this id; as `parts_of`."""
    return key in parts_of(custom_id)[1:]


def parts_of(custom_id: str) -> tuple[str, ...]:
    """Return an id's action and its arguments; the signature isn't checked, for this only reads our own messages.

    Empty for an id that isn't of this version.
    """
    return tuple(custom_id.split("|")[1:-2]) if TEMPLATE.fullmatch(custom_id) else ()


def _owner(user_id: int | None, guild_id: int | None) -> str:
    return f"{user_id}|{guild_id or 0}"


def _signature(text: str, key: bytes, owner: str) -> str:
    """16 characters; a line break separates the signed text from its owner."""
    digest = hmac.digest(key, f"{text}\n{owner}".encode(), hashlib.sha256)
    return base64.b32encode(digest[:_SIGNATURE_BYTES]).decode().lower()
