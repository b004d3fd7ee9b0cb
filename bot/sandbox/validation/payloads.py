"""The rules for payloads that a client sends through the gateway; Discord's OpenAPI description has none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

_HEARTBEAT: Final = 1
_IDENTIFY: Final = 2
_RESUME: Final = 6
_LARGE: Final = range(50, 251)
_IDENTIFY_KEYS: Final = {"token", "properties", "compress", "large_threshold", "shard", "presence", "intents"}


def problems(payload: Any) -> Iterator[tuple[str, str]]:
    """Find where a payload breaks the rules, and why."""
    if set(payload) - {"op", "d", "s", "t"}:
        yield "(payload)", f"unknown keys {sorted(set(payload) - {'op', 'd', 's', 't'})}"
    data = payload.get("d")
    if payload["op"] == _HEARTBEAT and not (data is None or isinstance(data, int)):
        yield "d", "a heartbeat carries the last sequence number or null"
    elif payload["op"] == _IDENTIFY:
        yield from _of_identify(data)
    elif payload["op"] == _RESUME:
        yield from _of_resume(data)


def _of_identify(data: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(data, dict):
        yield "d", "an IDENTIFY carries an object"
        return
    if not isinstance(data.get("token"), str):
        yield "d.token", "required, a string"
    if not isinstance(data.get("intents"), int):
        yield "d.intents", "required, an integer"
    if not isinstance(data.get("properties"), dict):
        yield "d.properties", "required, an object"
    if data.get("large_threshold", _LARGE[0]) not in _LARGE:
        yield "d.large_threshold", "50 to 250"
    shard = data.get("shard", [0, 1])
    if not (isinstance(shard, list) and len(shard) == len(("number", "count")) and 0 <= shard[0] < shard[1]):
        yield "d.shard", "a pair: a number below a count"
    if set(data) - _IDENTIFY_KEYS:
        yield "d", f"unknown keys {sorted(set(data) - _IDENTIFY_KEYS)}"


def _of_resume(data: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(data, dict):
        yield "d", "a RESUME carries an object"
        return
    for key, kind in (("token", str), ("session_id", str), ("seq", int)):
        if not isinstance(data.get(key), kind):
            yield f"d.{key}", f"required, {kind.__name__}"
    if set(data) - {"token", "session_id", "seq"}:
        yield "d", f"unknown keys {sorted(set(data) - {'token', 'session_id', 'seq'})}"
