"""Statements of the ledger as PostgreSQL reads them.

They are written so that both engines understand them, up to what is here: the forms of bound values, lists of values as
JSON, hints for one engine, and a function that has another name.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_PLACE: Final = re.compile(
    r"""
    (?P<text>'[^']*')                                       # a string stays as it is
    | (?P<hint>\s+INDEXED\ BY\ \w+)                         # for SQLite alone
    | /\*!(?P<own>.*?)\*/                                   # for PostgreSQL alone; a comment for SQLite
    | json_each\((?P<list>[^()]+)\)(?:\ AS\ (?P<name>\w+))?  # a JSON list as rows with a column `value`
    | json_group_array\((?P<group>[^()]+)\)                  # values of a group as a JSON list
    | (?P<instr>\binstr\()
    | :(?P<bound>\w+)
    | (?P<next>\?)
    | (?P<percent>%)
    """,
    re.VERBOSE | re.DOTALL,
)


@lru_cache(maxsize=1_024)
def as_postgres(sql: str) -> str:
    """Translate a statement of the ledger; a `%` within it is doubled, as psycopg expects."""
    return _PLACE.sub(_translated, sql)


_SHORT: Final = {"hint": "", "instr": "strpos(", "next": "%s", "percent": "%%"}


def _translated(found: re.Match[str]) -> str:
    match found.lastgroup:
        case "text":
            return found["text"].replace("%", "%%")
        case "own":
            return found["own"]
        case "list" | "name":
            values, name = as_postgres(found["list"]), found["name"] or "listed"
            return f"jsonb_array_elements_text(CAST({values} AS jsonb)) AS {name} (value)"
        case "group":
            return f"CAST(jsonb_agg({found['group']}) AS text)"
        case "bound":
            return f"%({found['bound']})s"
        case other:
            return _SHORT[str(other)]
