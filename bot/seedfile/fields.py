"""What a field of a seed may hold: one checked reader a kind of field.

A reader answers with something empty where the value can't be used; whether the seed is refused for that is decided
where the article is put together. These are plain functions and no pydantic models: nearly every field may be unusable
without harm, so each would need a validator of ours anyway, and a model must be made into the house's values once more
(models alone took 18 microseconds a real seed, these readers and the finished article 29).
"""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from typing import Final

from bot.seedfile.values import Value
from bot.text.links import clean_url

_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_NUMBER: Final = re.compile(r"[-+]?[0-9]{1,18}")
_FLAGS: Final = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def text_of(value: Value) -> str:
    """One line of text: entities decoded once, spaces and controls folded to one space; empty where there is none."""
    if not isinstance(value, str):
        return "" if isinstance(value, (list, dict)) or value is None else str(value).lower()
    if "&" in value:
        value = _decode_entities(value)
    text = " ".join(value.split())
    return text if text.isprintable() else " ".join(_CONTROLS.sub(" ", text).split())


def _decode_entities(text: str) -> str:
    try:
        return html.unescape(text)
    except ValueError:  # a number of more than 4,300 digits is more than Python's int() takes
        return text


def moment_of(value: Value) -> datetime | None:
    """A moment written as in ISO 8601, aware and in UTC; a date alone is its midnight, and without a zone it is UTC."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    try:
        moment = datetime.fromisoformat(str(value).strip().upper())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):  # OverflowError: the first and the last day of the calendar have no other zone
        return None


def number_of(value: Value) -> int | None:
    """A whole number, also between quotes."""
    if isinstance(value, str):
        return int(value) if _NUMBER.fullmatch(value) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def flag_of(value: Value) -> bool | None:
    """True or false, also as one of the words that people write for it."""
    if isinstance(value, str):
        return _FLAGS.get(value.strip().lower())
    return value if isinstance(value, bool) else None


def url_of(value: Value) -> str | None:
    """A cleaned http(s) URL."""
    return clean_url(value) if isinstance(value, str) else None


def items_of(value: Value) -> list[Value]:
    """The items of a list; a value alone is a list of one."""
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def fields_of(value: Value) -> dict[str, Value]:
    """The fields of a part."""
    return value if isinstance(value, dict) else {}
