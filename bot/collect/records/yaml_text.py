"""Write the fields of a seed as YAML that its reader reads back equal."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Final

from bot.collect.records.record import Record
from bot.seedfile.values import Value
from bot.text.clean import clean

FENCE: Final = "---"
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


def seed_text(record: Record) -> str:
    """Write a whole seed file."""
    blocks = (block_text(name, value, record.remarks.get(name, "")) for name, value in record.fields.items())
    return f"{FENCE}\n{''.join(blocks)}{FENCE}\n"


def block_text(name: str, value: Value, remark: str = "") -> str:
    """Write one field with its comment, as one or several whole lines."""
    lines = list(_lines(name, value, ""))
    if remark:
        lines[0] += f"  # {clean(remark)}"
    return "\n".join(lines) + "\n"


def _lines(name: str, value: Value, indent: str) -> Iterator[str]:
    if isinstance(value, dict):
        yield f"{indent}{name}:"
        for inner, each in value.items():
            yield from _lines(inner, each, f"{indent}  ")
    elif isinstance(value, list) and any(isinstance(each, dict) for each in value):
        yield f"{indent}{name}:"
        for each in value:
            yield from _item(each, f"{indent}  ")
    elif isinstance(value, list):
        yield f"{indent}{name}: [{', '.join(map(_scalar, value))}]"
    else:
        yield f"{indent}{name}: {_scalar(value)}"


def _item(value: Value, indent: str) -> Iterable[str]:
    if not isinstance(value, dict):
        return (f"{indent}- {_scalar(value)}",)
    lines = [line for name, each in value.items() for line in _lines(name, each, f"{indent}  ")]
    return (f"{indent}- {lines[0].lstrip()}", *lines[1:])


def _scalar(value: Value) -> str:
    """Write a value on one line; a text as JSON writes it, which YAML reads."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value if _DATE.fullmatch(value) else json.dumps(value, ensure_ascii=False)
    return "null" if value is None else str(value)
