"""JSON encoding, timestamps, and the length of text as Discord counts it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]
"""A JSON object, without its schema: Discord defines that, and `validation` checks it."""

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def dump(value: object) -> bytes:
    """Encode `value` as compact UTF-8 JSON."""
    return _encode(value).encode("utf-8", "surrogatepass")


def utf16_length(text: str) -> int:
    """Count `text` in UTF-16 code units, as Discord does: most emoji count 2."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def iso(moment: datetime) -> str:
    """Format `moment` as an ISO 8601 timestamp, as Discord does."""
    return moment.isoformat(timespec="microseconds")
