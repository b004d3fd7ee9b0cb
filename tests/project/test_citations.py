"""What is cited exists: documents and their sections, files, modules, the names in modules, links."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from tests.support.prose import DOCUMENTS, ROOT, Passage, docstrings_and_comments, python_files, read_document

WINGS: Final = "|".join(sorted(path.name for path in (ROOT / "bot").iterdir() if path.is_dir()))

DOCUMENT: Final = re.compile(
    r"\b(docs/[\w-]+\.md|(?:README|CONTRIBUTING|CHANGELOG)(?:\.md)?)(?:,\s+\"?([A-Z].{0,80}))?", re.DOTALL
)
ABBREVIATED: Final = re.compile(r"\b(?:DESIGN|EDITORIAL|SEARCH|STORIES|DELIVERY|PLATFORM|SECURITY|STYLE|ENGLISH)\b")
FILE: Final = re.compile(r"(?<![\w/.-])(?!docs/[\w-]+\.md)(?:bot|tests|docs|deploy)/[\w*{][\w./*-]*")
SHORT_PATH: Final = re.compile(rf"`((?:{WINGS})/[\w/.-]+)`")
MODULE: Final = re.compile(r"(?<![\w/.-])(?:bot|tests)(?:\.[A-Za-z_]\w*)+")
CODE: Final = re.compile(r"`[^`\n]+`")
LINK: Final = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([\w-]+))?\)")


def unknown_citations(passage: Passage) -> Iterator[str]:
    """Find what a passage cites and the project doesn't have."""
    for kind in (_unknown_documents, _unknown_files):
        yield from (f"{passage.at(offset)}: {problem}" for offset, problem in kind(passage.text))


def _unknown_documents(text: str) -> Iterator[tuple[int, str]]:
    for found in DOCUMENT.finditer(text):
        name = found[1] if found[1].endswith(".md") else f"{found[1]}.md"
        rest = " ".join((found[2] or "").split())
        if not (ROOT / name).is_file():
            yield found.start(), f"there is no {name}"
        elif rest and not rest.startswith(tuple(_headings(ROOT / name))):
            yield found.start(), f"{name} has no section {rest[:40]!r}"
    for found in ABBREVIATED.finditer(text):
        yield found.start(), f"{found[0]} is not a citation; write docs/{found[0].lower()}.md"


def _unknown_files(text: str) -> Iterator[tuple[int, str]]:
    cited = [(found.start(), found[0], _has_file(found[0])) for found in FILE.finditer(text)]
    cited += [(found.start(), f"bot/{found[1]}", _has_file(f"bot/{found[1]}")) for found in SHORT_PATH.finditer(text)]
    cited += [(found.start(), found[0], _has_name(found[0].split("."))) for found in MODULE.finditer(text)]
    yield from ((offset, f"there is no {name}") for offset, name, is_known in cited if not is_known)


def broken_links(passage: Passage) -> Iterator[str]:
    """Find a document's links to files and sections that don't exist."""
    for found in LINK.finditer(CODE.sub(lambda code: "x" * len(code[0]), passage.text)):
        target = passage.path.parent / found[1] if found[1] else passage.path
        if not target.exists():
            yield f"{passage.at(found.start())}: there is no {found[1]}"
        elif found[2] and found[2] not in map(_anchor, _headings(target)):
            yield f"{passage.at(found.start())}: {target.name} has no section #{found[2]}"


@cache
def _headings(path: Path) -> tuple[str, ...]:
    return tuple(re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE))


def _anchor(heading: str) -> str:
    """Get the anchor that a heading has on the web."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def _has_file(cited: str) -> bool:
    path = cited.rstrip(".").rstrip("/")
    if "*" in path:
        return any(True for _ in ROOT.glob(path))
    return (ROOT / path).exists() or (ROOT / f"{path}.py").is_file()


def _has_name(parts: list[str]) -> bool:
    """Look for a module, or for a name that one defines: `bot.text.links.clean_url`."""
    for length in range(len(parts), 0, -1):
        place = ROOT.joinpath(*parts[:length])
        for path in (place.with_suffix(".py"), place / "__init__.py"):
            if path.is_file():
                return not parts[length:] or parts[length] in _names(path)
        if place.is_dir():
            return not parts[length:]
    return False


@cache
def _names(path: Path) -> frozenset[str]:
    """The names at a module's top."""
    names: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return frozenset(names)


def test_docstrings_and_comments_cite_only_what_exists() -> None:
    """A citation of something that was moved or renamed leads nowhere."""
    passages = [each for path in python_files("bot", "tests") for each in docstrings_and_comments(path)]
    problems = [problem for passage in passages for problem in unknown_citations(passage)]

    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("path", [*DOCUMENTS, ROOT / "pyproject.toml"], ids=lambda path: path.name)
def test_document_cites_only_what_exists(path: Path) -> None:
    """Its links lead somewhere, too."""
    passage = read_document(path)
    problems = [*unknown_citations(passage), *(broken_links(passage) if path.suffix == ".md" else ())]

    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("name", ["editorial", "search", "delivery", "platform", "security", "glossary", "design"])
@pytest.mark.parametrize("entrance", ["README.md", "CONTRIBUTING.md"])
def test_each_document_is_linked_from_both_entrances(entrance: str, name: str) -> None:
    """A newcomer finds all of them from either side."""
    assert f"](docs/{name}.md" in (ROOT / entrance).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("planted", "complaint"),
    [
        ("As in docs/poetry.md.", "there is no docs/poetry.md"),
        ("As in docs/search.md,\nVotes of cats.", "docs/search.md has no section 'Votes of cats.'"),
        ('See README, "How to sing".', "README.md has no section"),
        ("It is in `bot/news/singing.py`.", "there is no bot/news/singing.py"),
        ("It is in `news/singing`.", "there is no bot/news/singing"),
        ("Ranked by `bot.text.singing`.", "there is no bot.text.singing"),
        ("Cleaned by `bot.text.links.sing`.", "there is no bot.text.links.sing"),
        ("Run tests/bench/sing_*.py.", "there is no tests/bench/sing_*.py"),
        ("As in EDITORIAL, 3.", "EDITORIAL is not a citation"),
    ],
)
def test_citation_of_something_that_does_not_exist_is_found(planted: str, complaint: str) -> None:
    """The check can fail."""
    (problem,) = unknown_citations(Passage(path=ROOT / "planted.py", line=1, text=planted))

    assert problem.startswith("planted.py:1: ")
    assert complaint in problem


@pytest.mark.parametrize(
    "lawful",
    [
        "See docs/search.md.",
        "The rule of docs/stories.md,\nStories: average link.",
        "`bot.text.links.clean_url` and `bot/text/links.py` and `text/links`.",
        "Each of tests/bench/bench_*.py.",
        "What a user types to the bot. It answers.",
    ],
)
def test_citation_of_something_that_exists_is_passed_over(lawful: str) -> None:
    """The check has no false alarms."""
    assert list(unknown_citations(Passage(path=ROOT / "planted.py", line=1, text=lawful))) == []


@pytest.mark.parametrize("link", ["[x](docs/poetry.md)", "[x](docs/search.md#cats)", "[x](#cats)"])
def test_link_that_leads_nowhere_is_found(link: str) -> None:
    """The check can fail."""
    assert len(list(broken_links(Passage(path=ROOT / "README.md", line=1, text=link)))) == 1


def test_comment_that_cites_something_gone_is_found_with_its_line(tmp_path: Path) -> None:
    """Comments of several lines are read as one text, and docstrings of attributes are read too."""
    path = tmp_path / "planted.py"
    path.write_text('X = 1\n"""As in docs/poetry.md."""\n# one\n# two: docs/prose.md\n', encoding="utf-8")
    problems = [problem for each in docstrings_and_comments(path) for problem in unknown_citations(each)]

    assert [problem.rpartition("/")[2] for problem in problems] == ["poetry.md", "prose.md"]
    assert [problem.split(":")[1] for problem in problems] == ["2", "4"]
