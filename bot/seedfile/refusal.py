"""Why a seed is rejected: raised by the parser, turned into a `SeedProblem` where the file's name is known."""

from __future__ import annotations

from bot.errors import NewsdeskError


class SeedRefusedError(NewsdeskError):
    """A seed's front matter, or a required field, is unusable.

    Attributes:
        line: 1-based line of the file; None if the problem has no line.
        field: The field's name; empty if the problem has no field.
    """

    def __init__(self, reason: str, *, cure: str, line: int | None = None, field: str = "") -> None:
        super().__init__(reason, cure=cure)
        self.line = line
        self.field = field
