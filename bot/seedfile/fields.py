"""Convert the fields of a seed: one checked converter for each kind of field.

A converter returns an empty value for unusable input; whether that rejects the seed is decided in `article`. These are
plain functions instead of pydantic models: nearly every field may be unusable without harm, so each would need its own
validator, and a model would have to be converted to domain objects once more (models alone took 18 microseconds for
each real seed, these converters and the finished article 29).
"""

from __future__ import annotations

import re
from typing import Final

from bot.seedfile.foreign.markup import plain_text
from bot.seedfile.foreign.mojibake import repair_mojibake
from bot.seedfile.values import Value
from bot.text.links import clean_url

_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_NUMBER: Final = re.compile(r"[-+]?[0-9]{1,18}")
_FLAGS: Final = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def text_of(value: Value) -> str:
    """Convert to one line of text without HTML, mojibake and controls; empty if there is none.

    Tags are stripped and entities decoded, also where they were escaped several times.
    """
    if not isinstance(value, str):
        return "" if isinstance(value, (list, dict)) or value is None else str(value).lower()
    if "&" in value or "<" in value:
        value = plain_text(value)
    if not value.isascii():
        value = repair_mojibake(value)
    text = " ".join(value.split())
    return text if text.isprintable() else " ".join(_CONTROLS.sub(" ", text).split())


def number_of(value: Value) -> int | None:
    """Convert to an integer, also from a quoted one."""
    if isinstance(value, str):
        return int(value) if _NUMBER.fullmatch(value) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def flag_of(value: Value) -> bool | None:
    """Convert to a boolean, also from `yes`, `no`, `on` and `off`."""
    if isinstance(value, str):
        return _FLAGS.get(value.strip().lower())
    return value if isinstance(value, bool) else None


def url_of(value: Value) -> str | None:
    """Convert to a cleaned http(s) URL."""
    return clean_url(value) if isinstance(value, str) else None


def items_of(value: Value) -> list[Value]:
    """Convert to a list; a single value becomes a list of one."""
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def fields_of(value: Value) -> dict[str, Value]:
    """Convert to a mapping; empty for any other value."""
    return value if isinstance(value, dict) else {}
