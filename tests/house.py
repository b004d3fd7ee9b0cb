"""The rules of the house, as functions from a tree of modules to the sentences that say what breaks them.

The rules are DESIGN's: floors, one library one place, SQL only under the store, names, docstrings, size, time. What is
allowed stands in the tables at the top; a new module or library is added there, by whoever decides on it.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FLOORS: Final = {
    **dict.fromkeys(("errors", "clock", "log"), 0),
    "news": 1,
    **dict.fromkeys(("seedfile", "store", "render"), 2),
    **dict.fromkeys(("ingest", "search", "related", "story", "digest", "schedule", "delivery", "checkup"), 3),
    **dict.fromkeys(("chat", "tick", "watch", "health", "sandbox"), 4),
    "config": 5,
    **dict.fromkeys(("app", "doctor"), 6),
    "demo": 7,  # the app beside the sandbox
    "cli": 8,
    "__main__": 9,
}

# A place that may see less than its floor allows: the sandbox shares no code with the bot that it plays Discord for.
HIGHEST_FLOOR_SEEN: Final = {"sandbox": 0}

# One library, one place. A library that isn't named here is none of the house's.
LIBRARIES: Final = {
    "aiohttp": ("bot.chat.wire", "bot.sandbox", "bot.health"),
    "aiosqlite": ("bot.store.sqlite",),
    "apscheduler": ("bot.tick",),
    "discord": ("bot.chat",),
    "jsonschema_rs": ("bot.sandbox",),
    # Millions of pairs, 4 s in pure Python for a thousand articles; and hundreds of candidates, ranked within 3 ms.
    "numpy": (
        "bot.news.likeness",
        "bot.news.linkage",
        "bot.news.occurrences",
        "bot.news.ranking",
        "bot.news.related_ranking",
        "bot.news.texts",
        "bot.news.votes",
        "bot.store.sqlite",
    ),
    "prometheus_client": ("bot.health",),
    "pydantic": ("bot.config", "bot.seedfile"),
    "pydantic_core": ("bot.config", "bot.seedfile"),
    "rich": ("bot.cli", "bot.demo"),
    "sqlite3": ("bot.store.sqlite",),
    "structlog": (
        "bot.log",
        *(f"bot.{place}" for place, floor in FLOORS.items() if floor > FLOORS["news"]),
    ),
    "typer": ("bot.cli",),
    "watchfiles": ("bot.watch",),
    "yaml": ("bot.seedfile",),
    "yarl": ("bot.chat",),  # discord.py's gateway address is one
}

# The language of the house is values and rules: what reaches outside is on a floor above.
OUTSIDE: Final = frozenset(
    {"asyncio", "logging", "os", "shutil", "socket", "subprocess", "tempfile", "threading", "time"}
)

EMPTY_NAMES: Final = frozenset({"utils", "util", "common", "helpers", "helper", "core", "base", "manager", "managers"})

LONGEST_MODULE: Final = 400

WALL_CLOCKS: Final = frozenset(
    {
        "time.time",
        "time.time_ns",
        "time.localtime",
        "time.gmtime",
        "datetime.datetime.now",
        "datetime.datetime.utcnow",
        "datetime.datetime.today",
        "datetime.date.today",
        "discord.utils.utcnow",
    }
)

SQL: Final = re.compile(
    r"\s*(?:SELECT\s.*\sFROM\s|INSERT\s.*\bINTO\s|REPLACE\s+INTO\s|UPDATE\s.+\sSET\s|DELETE\s+FROM\s|WITH\s.+\sAS\s*\("
    r"|(?:CREATE|DROP|ALTER)\s+(?:TABLE|(?:UNIQUE\s+)?INDEX|VIEW|TRIGGER|VIRTUAL)\s|PRAGMA\s|BEGIN\s+IMMEDIATE|SAVEPOINT\s)",
    re.DOTALL,
)

UNFINISHED: Final = re.compile(r"\bTODO\b|\bFIXME\b|\braise NotImplementedError\b")

Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One Python file of the tree.

    Attributes:
        path: Below the tree's root, with slashes: `bot/news/article.py`.
        name: As it is imported: `bot.news.article`; of a package its own name, `bot.news`.
        place: What stands on a floor: `news`, `search`, `cli`; empty for `bot` itself.
    """

    path: str
    name: str
    place: str
    text: str
    tree: ast.Module


def read_modules(root: Path) -> tuple[Module, ...]:
    """Read every module of `bot` below `root`."""
    return tuple(_read(root, path) for path in sorted((root / "bot").rglob("*.py")))


def _read(root: Path, path: Path) -> Module:
    parts = path.relative_to(root).with_suffix("").parts
    parts = parts[:-1] if parts[-1] == "__init__" else parts
    text = path.read_text(encoding="utf-8")
    return Module(
        path=path.relative_to(root).as_posix(),
        name=".".join(parts),
        place=parts[1] if len(parts) > 1 else "",
        text=text,
        tree=ast.parse(text),
    )


def floors(module: Module) -> Iterator[str]:
    """A floor imports only floors below it; neighbours never import each other."""
    if module.place and module.place not in FLOORS:
        yield f"{module.path}: '{module.place}' is on no floor; say on which, in DESIGN and in tests/house.py"
        return
    own = FLOORS.get(module.place, 0)
    ceiling = HIGHEST_FLOOR_SEEN.get(module.place, own - 1)
    for line, name in _imports(module):
        place = _place(name)
        if place == module.place or place not in FLOORS:
            continue
        if FLOORS[place] > ceiling:
            yield f"{module.path}:{line}: {module.place or 'bot'} (floor {own}) imports {name} (floor {FLOORS[place]})"


def ports_before_adapters(module: Module) -> Iterator[str]:
    """A port knows nothing of who fulfils it."""
    if _within(module.name, "bot.store.port"):
        for line, name in _imports(module):
            if _within(name, "bot.store") and not _within(name, "bot.store.port"):
                yield f"{module.path}:{line}: a port imports {name}"


def libraries(module: Module) -> Iterator[str]:
    """One library, one place; the language of the house has the standard library, and numpy where it groups."""
    for line, name in _imports(module):
        library = name.split(".")[0]
        if library in LIBRARIES:
            if not any(_within(module.name, place) for place in LIBRARIES[library]):
                yield f"{module.path}:{line}: {library} belongs in {', '.join(LIBRARIES[library])}"
        elif library != "bot" and library not in sys.stdlib_module_names:
            yield f"{module.path}:{line}: {library} is none of the house's libraries"


def language_touches_nothing_outside(module: Module) -> Iterator[str]:
    """`news` has values and pure rules: no files, no sockets, no waiting, no clock."""
    if module.place == "news":
        for line, name in _imports(module):
            if name.split(".")[0] in OUTSIDE:
                yield f"{module.path}:{line}: the language imports {name}"
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"open", "print"}:
                yield f"{module.path}:{node.lineno}: the language calls {node.func.id}()"


def sql_only_in_the_store(module: Module) -> Iterator[str]:
    """Whoever reads a rule never meets SQL, and whoever changes the schema looks in one folder."""
    if module.place != "store":
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.match(node.value):
                yield f"{module.path}:{node.lineno}: SQL outside store/"


def names_that_say_something(module: Module) -> Iterator[str]:
    """A folder or module called `utils` is where things go that nobody found a word for."""
    for part in module.name.split("."):
        if part in EMPTY_NAMES:
            yield f"{module.path}: '{part}' says nothing about what is in it"


def docstrings(module: Module) -> Iterator[str]:
    """Every module and every public class, function and method says what its caller gets."""
    if not ast.get_docstring(module.tree):
        yield f"{module.path}: no docstring"
    for node in _public_definitions(module.tree):
        if not ast.get_docstring(node):
            yield f"{module.path}:{node.lineno}: {node.name} has no docstring"


def length(module: Module) -> Iterator[str]:
    """A module is one idea."""
    lines = len(module.text.splitlines())
    if lines > LONGEST_MODULE:
        yield f"{module.path}: {lines} lines, more than {LONGEST_MODULE}"


def time_is_handed_in(module: Module) -> Iterator[str]:
    """Only `bot.clock` asks the machine what time it is."""
    if module.name != "bot.clock":
        names = _names(module)
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Name | ast.Attribute) and (asked := _dotted(node, names)) in WALL_CLOCKS:
                yield f"{module.path}:{node.lineno}: {asked}; take a Clock"


def finished(module: Module) -> Iterator[str]:
    """What isn't done yet isn't in the tree."""
    for number, line in enumerate(module.text.splitlines(), start=1):
        if found := UNFINISHED.search(line):
            yield f"{module.path}:{number}: {found[0]}"


RULES: Final = (
    floors,
    ports_before_adapters,
    libraries,
    language_touches_nothing_outside,
    sql_only_in_the_store,
    names_that_say_something,
    docstrings,
    length,
    time_is_handed_in,
    finished,
)


def sql_files_outside_the_store(root: Path) -> Iterator[str]:
    """Migrations lie in the store as well."""
    for path in sorted((root / "bot").rglob("*.sql")):
        if path.relative_to(root).parts[1] != "store":
            yield f"{path.relative_to(root).as_posix()}: SQL outside store/"


def _imports(module: Module) -> Iterator[tuple[int, str]]:
    """Every import's line and full name: `from bot.news import article` is `bot.news.article`, lazy ones as well."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = _start(module, node)
            yield from ((node.lineno, f"{start}.{alias.name}") for alias in node.names)


def _start(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = module.name.split(".") if module.path.endswith("__init__.py") else module.name.split(".")[:-1]
    return ".".join([*package[: len(package) - node.level + 1], *([node.module] if node.module else [])])


def _place(name: str) -> str:
    parts = name.split(".")
    return parts[1] if parts[0] == "bot" and len(parts) > 1 else ""


def _within(name: str, place: str) -> bool:
    return name == place or name.startswith(f"{place}.")


def _public_definitions(tree: ast.Module | ast.ClassDef) -> Iterator[Definition]:
    for node in tree.body:
        if isinstance(node, Definition) and not node.name.startswith("_") and not _is_told_elsewhere(node):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from _public_definitions(node)


def _is_told_elsewhere(node: Definition) -> bool:
    """An overload, an override and a property's setter are told where the first of them stands."""
    return any(ast.unparse(mark).split(".")[-1] in {"overload", "override", "setter"} for mark in node.decorator_list)


def _names(module: Module) -> dict[str, str]:
    """What the module's own names mean: `from datetime import datetime as dt` gives dt -> datetime.datetime."""
    meant: dict[str, str] = {}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            meant |= {
                alias.asname or alias.name.split(".")[0]: alias.name if alias.asname else alias.name.split(".")[0]
                for alias in node.names
            }
        elif isinstance(node, ast.ImportFrom):
            meant |= {alias.asname or alias.name: f"{_start(module, node)}.{alias.name}" for alias in node.names}
    return meant


def _dotted(node: ast.expr, names: dict[str, str]) -> str:
    """The full name that an expression such as `dt.now` stands for; empty for anything else."""
    if isinstance(node, ast.Name):
        return names.get(node.id, "")
    if isinstance(node, ast.Attribute) and (start := _dotted(node.value, names)):
        return f"{start}.{node.attr}"
    return ""
