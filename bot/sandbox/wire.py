"""JSON as it goes over the wire, and how Discord counts characters."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]
"""A JSON object. Its shape is Discord's to say, so the type checker is told no more than that."""

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def dump(value: object) -> bytes:
    """`value` as compact UTF-8 JSON."""
    return _encode(value).encode("utf-8", "surrogatepass")


def utf16_length(text: str) -> int:
    """How long Discord finds `text`: in UTF-16 units, so that most emoji count 2."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def iso(moment: datetime) -> str:
    """`moment` in the form of Discord's timestamps."""
    return moment.isoformat(timespec="microseconds")
