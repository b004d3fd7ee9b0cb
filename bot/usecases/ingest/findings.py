"""Collect what reading files found besides seeds."""

from __future__ import annotations

from bot.news.article import OtherFile, ReadFile, RefusedSeed, SeedNote, SeedProblem


class Findings:
    """Problems, notes and counts of the files read so far.

    Attributes:
        problems: Why files were rejected; a file may have several.
        notes: What of the other files was ignored, changed or left out.
        refused: The number of rejected files.
        others: The number of files that are not seeds.
    """

    def __init__(self) -> None:
        self.problems: list[SeedProblem] = []
        self.notes: list[SeedNote] = []
        self.refused = 0
        self.others = 0

    def add(self, result: ReadFile | SeedNote) -> None:
        """Add what reading one file gave, or a note on a whole folder or zip."""
        if isinstance(result, SeedNote):
            self.notes.append(result)
        elif isinstance(result, OtherFile):
            self.others += 1
        else:
            self.notes += result.notes
            if isinstance(result, RefusedSeed):
                self.problems += result.problems
                self.refused += 1
