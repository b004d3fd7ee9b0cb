"""The prose of the project, with its lines: docstrings and comments, user-facing strings, documents."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]

DOCUMENTS: Final = (
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "config.example.toml",
    ROOT / "Makefile",
    ROOT / ".ci" / "run",
    *sorted(path for path in (ROOT / "deploy").iterdir() if path.is_file()),
)
"""What is written for people, beside the program's own texts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A piece of text and where it is.

    Attributes:
        line: The line of the file on which `text` begins, from 1 on.
        text: As it is in the file; a comment of several lines without its marks.
    """

    path: Path
    line: int
    text: str

    def at(self, offset: int) -> str:
        """Name the place of a character as `path:line`."""
        path = self.path.relative_to(ROOT) if self.path.is_relative_to(ROOT) else self.path
        return f"{path.as_posix()}:{self.line + self.text.count(chr(10), 0, offset)}"


def python_files(*folders: str) -> list[Path]:
    """List the Python files below some folders of the project."""
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def read_document(path: Path) -> Passage:
    """Read a document as one passage."""
    return Passage(path=path, line=1, text=path.read_text(encoding="utf-8"))


def docstrings_and_comments(path: Path) -> Iterator[Passage]:
    """Read what a Python file says to developers, string literals left out."""
    source = path.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield Passage(path=path, line=node.value.lineno, text=node.value.value)
    yield from _comments(path, source)


def _comments(path: Path, source: str) -> Iterator[Passage]:
    """Comments on lines that follow each other are one passage."""
    lines: list[str] = []
    last = 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        if lines and token.start[0] != last + 1:
            yield Passage(path=path, line=last - len(lines) + 1, text="\n".join(lines))
            lines = []
        lines.append(token.string.lstrip("# "))
        last = token.start[0]
    if lines:
        yield Passage(path=path, line=last - len(lines) + 1, text="\n".join(lines))


def string_literals(path: Path) -> Iterator[Passage]:
    """Read the strings of a Python file that aren't docstrings; `{}` is in the place of each value of an f-string."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    left_out = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            left_out |= {id(part) for part in node.values}
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
            yield Passage(path=path, line=node.lineno, text=text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in left_out:
            yield Passage(path=path, line=node.lineno, text=node.value)
