"""One thing that was looked at, and what to do where it is not well."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found.

    Attributes:
        what: The thing, in a word or two.
        is_well: None where it could not be looked at; `text` then says why.
        text: A sentence.
        cure: What to do, one sentence; empty where all is well or nothing can be done.
    """

    what: str = ""
    is_well: bool | None
    text: str
    cure: str = ""


def trouble(text: str, cure: str, *, what: str = "") -> Finding:
    """Something to do."""
    return Finding(what=what, is_well=False, text=text, cure=cure)
