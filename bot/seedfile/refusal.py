"""What is wrong in a seed, found where the file's name isn't known yet: made a problem or a note in `seed`."""

from __future__ import annotations

from dataclasses import dataclass

from bot.errors import NewsdeskError


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something in a seed that is not as it should be.

    Attributes:
        line: 1-based line of the file; None if it is that of `field`, if the file has one.
        field: The field's name; empty if there is none.
        reason: What is wrong, without a full stop.
        cure: How to fix it, one sentence.
    """

    line: int | None = None
    field: str = ""
    reason: str
    cure: str


class SeedRefusedError(NewsdeskError):
    """A seed's front matter is unusable, so nothing of it can be read.

    Attributes:
        line: 1-based line of the file; None if the problem has no line.
    """

    def __init__(self, reason: str, *, cure: str, line: int | None = None) -> None:
        super().__init__(reason, cure=cure)
        self.line = line
