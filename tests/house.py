"""The rules of the architecture, as functions from a tree of modules to the sentences that say what breaks them.

The rules are those of docs/design.md, Rules that tests keep: floors, one library one place, SQL only under the store,
names, docstrings, size, time. What is allowed is in the tables at the top; a new module or library is added there, by
the author of the change that needs it.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

# Each entry is a wing or a module; the longest prefix of a module's name decides. An import may only lead down. Modules
# of one wing may import each other as long as no cycle forms.
FLOORS: Final = {
    **dict.fromkeys(("errors", "clock", "threads", "waits"), 0),
    "text": 1,
    "news": 2,
    **dict.fromkeys(("seedfile", "render"), 3),
    "collect": 4,  # a program of its own: the command line alone starts it
    **dict.fromkeys(("store.port", "store.engine"), 3),
    **dict.fromkeys(("store.postgres", "store.sqlite.file"), 4),
    "store.sqlite.index": 5,
    "store.sqlite.shelves": 6,
    "store.sqlite.archive": 7,
    **dict.fromkeys(("store.sqlite.search", "store.sqlite.stories", "store.sqlite.ledger"), 8),
    "store": 9,
    "usecases": 10,  # which never import each other: `use_cases_are_apart`
    "checkup": 11,
    "chat.wire": 12,
    "chat.account": 13,
    "chat.posting": 14,
    "chat": 15,
    "sandbox": 16,
    "app": 17,
    "cli": 18,
    "__main__": 19,
}

# Wings on one floor that must not see each other although one is below the other.
BLIND: Final = {
    "sandbox": frozenset(FLOORS) - {"errors", "clock"},  # it shares no code with the bot that it plays Discord for
    "seedfile": frozenset({"store", "render"}),
    "collect": frozenset({"store", "render"}),
    "store": frozenset({"collect"}),
    "usecases": frozenset({"store.sqlite", "collect"}),
    "checkup": frozenset({"store.sqlite", "usecases", "collect"}),
    "chat": frozenset({"store.sqlite", "collect"}),
    "app": frozenset({"collect"}),
}

# One library, one place. Any other library is refused.
LIBRARIES: Final = {
    "aiohttp": ("bot.chat.wire", "bot.chat.http", "bot.sandbox", "bot.checkup", "bot.collect.fetch"),
    "aiosqlite": ("bot.store.sqlite",),
    "apscheduler": ("bot.app.tick",),
    "discord": ("bot.chat",),
    "fastfeedparser": ("bot.collect.items.document",),
    "jsonschema_rs": ("bot.sandbox",),
    "lxml": ("bot.collect.feeds.opml",),
    # Millions of pairs, 4 s in pure Python for a thousand articles; and hundreds of candidates, ranked within 3 ms.
    "numpy": ("bot.text", "bot.store.sqlite", "bot.collect.judgement"),
    "nacl": ("bot.chat.http.signature", "bot.sandbox.application.endpoint"),
    "protego": ("bot.collect.fetch.robots",),
    "selectolax": ("bot.collect.items.page", "bot.collect.feeds.discovery"),
    "Stemmer": ("bot.text.language",),
    "prometheus_client": ("bot.checkup",),
    "psycopg": ("bot.store.postgres",),
    "psycopg_pool": ("bot.store.postgres",),
    "pydantic": ("bot.app.config", "bot.seedfile", "bot.collect.feeds.file"),
    "pydantic_core": ("bot.app.config", "bot.seedfile", "bot.collect.feeds.file"),
    "rich": ("bot.cli", "bot.app.demo"),
    "sqlite3": ("bot.store.sqlite", "bot.collect.state"),
    "structlog": tuple(
        f"bot.{place}"
        for place in ("app", "chat", "checkup", "cli", "collect", "render", "seedfile", "store", "usecases")
    ),
    "typer": ("bot.cli",),
    "typing_extensions": ("bot",),
    "watchfiles": ("bot.app.supply.watch",),
    "yaml": ("bot.seedfile",),
    "yarl": ("bot.chat",),  # discord.py's gateway address is one
}

# The domain's language is values and rules: what reaches outside is on a floor above.
OUTSIDE: Final = frozenset(
    {
        *("asyncio", "concurrent", "multiprocessing", "select", "signal", "subprocess", "threading", "time"),
        *("glob", "io", "logging", "os", "pathlib", "shutil", "tempfile"),
        *("http", "socket", "ssl", "urllib"),
        *("random", "secrets", "uuid"),
    }
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
        place: What is on a floor: `news`, `search`, `cli`; empty for `bot` itself.
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
    """A wing imports only wings below it; modules of one wing may import each other."""
    own = _wing(module.name)
    if not own and module.name != "bot":
        yield f"{module.path}: '{module.place}' is on no floor; enter it in FLOORS of tests/house.py"
        return
    for line, name in _imports(module):
        other = _wing(name)
        if not other or other == own:
            continue
        inner = name.removeprefix("bot.")
        is_hidden = any(_within(inner, hidden) for hidden in BLIND.get(own.split(".")[0], ()))
        if not own or FLOORS[other] >= FLOORS[own] or is_hidden:
            yield f"{module.path}:{line}: {own or 'bot'} imports {name}"


def imports_are_statements(module: Module) -> Iterator[str]:
    """An import by a module's name as text is seen by no rule above or below."""
    names = _names(module)
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Name | ast.Attribute):
            asked = node.id if isinstance(node, ast.Name) and node.id == "__import__" else _dotted(node, names)
            if asked in {"__import__", "importlib.import_module"}:
                yield f"{module.path}:{node.lineno}: {asked}; write an import"


def use_cases_are_apart(module: Module) -> Iterator[str]:
    """A use case never imports another one: what two share belongs in `news`, `text` or a port."""
    own = module.name.split(".")[:3]
    if own[:2] == ["bot", "usecases"] and len(own) > 2:
        for line, name in _imports(module):
            other = name.split(".")[:3]
            if other[:2] == own[:2] and other != own:
                yield f"{module.path}:{line}: {'.'.join(own)} imports {name}"


def ports_before_adapters(module: Module) -> Iterator[str]:
    """A port knows nothing of its implementation."""
    if _within(module.name, "bot.store.port"):
        for line, name in _imports(module):
            if _within(name, "bot.store") and not _within(name, "bot.store.port"):
                yield f"{module.path}:{line}: a port imports {name}"


def libraries(module: Module) -> Iterator[str]:
    """One library, one place; the domain's language has the standard library, and numpy where it groups."""
    for line, name in _imports(module):
        library = name.split(".")[0]
        if library in LIBRARIES:
            if not any(_within(module.name, place) for place in LIBRARIES[library]):
                yield f"{module.path}:{line}: {library} belongs in {', '.join(LIBRARIES[library])}"
        elif library != "bot" and library not in sys.stdlib_module_names:
            yield f"{module.path}:{line}: {library} is none of the house's libraries"


def language_touches_nothing_outside(module: Module) -> Iterator[str]:
    """`news` has values and pure rules: no files, no sockets, no waiting, no clock, no chance."""
    if module.place == "news":
        for line, name in _imports(module):
            if name.split(".")[0] in OUTSIDE:
                yield f"{module.path}:{line}: the language imports {name}"
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"open", "print"}:
                yield f"{module.path}:{node.lineno}: the language calls {node.func.id}()"


def sql_only_in_the_store(module: Module) -> Iterator[str]:
    """A reader of a rule never meets SQL, and a change of a schema is in one folder: the store's, the collector's."""
    if module.place != "store" and not _within(module.name, "bot.collect.state"):
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
    imports_are_statements,
    use_cases_are_apart,
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


MOST_ENTRIES: Final = 16


def crowded_folders(root: Path) -> Iterator[str]:
    """A stranger takes in a folder at a glance: `ls` shows at most `MOST_ENTRIES` entries."""
    for folder in (path for path in sorted((root / "bot").rglob("*")) if path.is_dir() and path.name != "__pycache__"):
        entries = [path for path in folder.iterdir() if path.name != "__pycache__"]
        if len(entries) > MOST_ENTRIES:
            yield f"{folder.relative_to(root).as_posix()}: {len(entries)} entries, more than {MOST_ENTRIES}"


def cycles(modules: tuple[Module, ...]) -> Iterator[str]:
    """Modules that import each other, imports for type checkers left out: nobody can read one without the others."""
    names = {module.name for module in modules}
    imports = {
        module.name: {
            loaded
            for _, name in _imports(module, types_too=False)
            for loaded in _loaded(_nearest(name, names), module.name)
        }
        & names - {module.name}
        for module in modules
    }
    for group in _tied(imports):
        yield " <-> ".join(sorted(group))


def _nearest(name: str, names: set[str]) -> str:
    """The module that an imported name is in."""
    while name and name not in names:
        name = name.rpartition(".")[0]
    return name


def _loaded(name: str, importer: str) -> Iterator[str]:
    """A module and the packages around it, whose `__init__` Python runs first; not those around the importer."""
    yield name
    while (name := name.rpartition(".")[0]) and not _within(importer, name):
        yield name


def _tied(imports: Mapping[str, set[str]]) -> Iterator[set[str]]:
    """Groups of modules that reach each other, by what each reaches."""
    reached = {name: _reach(name, imports) for name in imports}
    left = set(imports)
    while left:
        name = left.pop()
        group = {other for other in reached[name] if name in reached[other]}
        left -= group
        if len(group) > 1:
            yield group


def _reach(start: str, imports: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    following = [start]
    while following:
        for name in imports.get(following.pop(), ()):
            if name not in found:
                found.add(name)
                following.append(name)
    return found


def sql_files_outside_the_store(root: Path) -> Iterator[str]:
    """Migrations lie in the store as well."""
    for path in sorted((root / "bot").rglob("*.sql")):
        if path.relative_to(root).parts[1] != "store":
            yield f"{path.relative_to(root).as_posix()}: SQL outside store/"


def _imports(module: Module, *, types_too: bool = True) -> Iterator[tuple[int, str]]:
    """Every import's line and full name: `from bot.news import article` is `bot.news.article`, lazy ones as well."""
    left_out = () if types_too else tuple(_for_type_checkers(module.tree))
    for node in ast.walk(module.tree):
        if node in left_out:
            continue
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = _start(module, node)
            yield from ((node.lineno, f"{start}.{alias.name}") for alias in node.names)


def _for_type_checkers(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            yield from (inner for each in node.body for inner in ast.walk(each))


def _start(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = module.name.split(".") if module.path.endswith("__init__.py") else module.name.split(".")[:-1]
    return ".".join([*package[: len(package) - node.level + 1], *([node.module] if node.module else [])])


def _wing(name: str) -> str:
    """The longest entry of `FLOORS` that a full name lies in; empty for anything else."""
    inner = name.removeprefix("bot.") if name.startswith("bot.") else ""
    return max((wing for wing in FLOORS if _within(inner, wing)), key=len, default="")


def _within(name: str, place: str) -> bool:
    return name == place or name.startswith(f"{place}.")


def _public_definitions(tree: ast.Module | ast.ClassDef) -> Iterator[Definition]:
    for node in tree.body:
        if isinstance(node, Definition) and not node.name.startswith("_") and not _is_told_elsewhere(node):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from _public_definitions(node)


def _is_told_elsewhere(node: Definition) -> bool:
    """An overload, an override and a property's setter are reported at the first of them."""
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
