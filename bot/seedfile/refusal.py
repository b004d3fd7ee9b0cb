"""Why a seed can't be read: raised where it is found, and made into a `SeedProblem` where the file's name is known."""

from __future__ import annotations

from bot.errors import NewsdeskError


class SeedRefusedError(NewsdeskError):
    """A seed's front matter, or a field that an article can't do without, is unusable.

    Attributes:
        line: 1-based line of the file; None where no line is meant.
        field: The field's name; empty where none is meant.
    """

    def __init__(self, reason: str, *, cure: str, line: int | None = None, field: str = "") -> None:
        super().__init__(reason, cure=cure)
        self.line = line
        self.field = field
