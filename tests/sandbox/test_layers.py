"""The sandbox's own layers: each of its modules can be read without the modules that import it."""

from __future__ import annotations

import ast
import shutil
from dataclasses import replace
from pathlib import Path

from tests import house

ROOT = Path(__file__).parents[2]


def test_no_modules_of_the_sandbox_import_each_other_even_for_type_checkers(tmp_path: Path) -> None:
    """An import under TYPE_CHECKING counts here like any other."""
    shutil.copytree(ROOT / "bot" / "sandbox", tmp_path / "bot" / "sandbox")
    modules = house.read_modules(tmp_path)
    unguarded = [replace(one, tree=ast.parse(one.text.replace("if TYPE_CHECKING:", "if True:"))) for one in modules]

    assert list(house.cycles(tuple(unguarded))) == []
