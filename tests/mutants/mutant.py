"""A planted fault as a change of text."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


class OutdatedMutantError(Exception):
    """The code that a mutant changes isn't there any more, or it is there twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A fault that somebody could make.

    Attributes:
        name: What is wrong then; a sentence's beginning.
        file: The path of the changed file from the tree's root.
        old: The text that is replaced, which is in the file once.
        new: The text in its place.
        proofs: Test files, or tests in them, of which at least one must fail.
    """

    name: str
    file: str
    old: str
    new: str
    proofs: tuple[str, ...]

    def planted(self, tree: Path) -> str:
        """Return the file's text with the fault.

        Raises:
            OutdatedMutantError: the text to replace is not in it exactly once.
        """
        text = (tree / self.file).read_text("utf-8")
        if (found := text.count(self.old)) != 1:
            raise OutdatedMutantError(f"{self.name}: {self.file} has the text {found} times, not once: {self.old!r}")
        return text.replace(self.old, self.new)
