"""Plant a mutant in a copy of the tree, and see whether its proof catches it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import cache_from_source
from pathlib import Path
from typing import Final

from tests.mutants.mutant import Mutant

ROOT: Final = Path(__file__).parents[2]
_LEFT_OUT: Final = shutil.ignore_patterns(".*", "__pycache__", "build", "dist")
_LONGEST_S: Final = 600.0
_PASSED: Final = 0
_FAILED: Final = 1
"""pytest's exit statuses; any other means that the tests didn't run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a mutant's proof came to.

    Attributes:
        caught_by: The first test that failed; empty if none did.
        trouble: Why it couldn't be tried; empty if it could.
        seconds: How long the proof ran.
    """

    name: str
    caught_by: str = ""
    trouble: str = ""
    seconds: float = 0.0

    @property
    def is_caught(self) -> bool:
        """True if a test failed because of it."""
        return bool(self.caught_by) and not self.trouble


class Tree:
    """A copy of the project."""

    def __init__(self, folder: Path) -> None:
        """Copy it.

        Args:
            folder: A folder that doesn't exist yet.
        """
        self.folder = folder
        shutil.copytree(ROOT, folder, ignore=_LEFT_OUT)

    def passes(self, proofs: Sequence[str]) -> Outcome:
        """Run the proofs on the code as it is; `caught_by` is empty if they pass."""
        return self._run(" ".join(proofs), proofs)

    def try_out(self, mutant: Mutant) -> Outcome:
        """Run a mutant's proofs with it planted.

        Raises:
            OutdatedMutantError: the code that it changes isn't there.
        """
        file = self.folder / mutant.file
        sound, planted = file.read_text("utf-8"), mutant.planted(self.folder)
        try:
            _write(file, planted)
            return self._run(mutant.name, mutant.proofs)
        finally:
            _write(file, sound)

    def _run(self, name: str, proofs: Sequence[str]) -> Outcome:
        command = [sys.executable, "-m", "pytest", "--exitfirst", "--quiet", "-p", "no:cacheprovider", *proofs]
        began_s = time.monotonic()
        try:
            ended = subprocess.run(
                command,
                cwd=self.folder,
                env=_environment(self.folder),
                capture_output=True,
                text=True,
                check=False,
                timeout=_LONGEST_S,
            )
        except subprocess.TimeoutExpired:
            return Outcome(name=name, trouble=f"no end after {_LONGEST_S:.0f} s", seconds=_LONGEST_S)
        seconds = time.monotonic() - began_s
        if ended.returncode not in {_PASSED, _FAILED}:
            last = " ".join(ended.stdout.strip().splitlines()[-1:])
            return Outcome(name=name, trouble=f"the tests didn't run ({ended.returncode}): {last}", seconds=seconds)
        failed = [line.split()[1] for line in ended.stdout.splitlines() if line.startswith(("FAILED ", "ERROR "))]
        return Outcome(name=name, caught_by=" ".join(failed[:1]), seconds=seconds)


def _write(file: Path, text: str) -> None:
    """Write a module, and drop its compiled form, which a change within a second may leave in use."""
    file.write_text(text, "utf-8")
    Path(cache_from_source(str(file))).unlink(missing_ok=True)


def _environment(tree: Path) -> dict[str, str]:
    """Let every process import the copy, wherever it is started; none counts branches."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COV", "PYTEST"))}
    return kept | {"PYTHONPATH": str(tree)}
