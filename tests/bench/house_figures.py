"""Print figures about the structure of `bot/`: `make figures`. The architecture's rules are in `tests/house.py`.

Traces run the real bot against the sandbox: one edition from the clock tick to the posted message, one query and one
upload. A file counts as entered if one of its functions runs; code that runs at import time doesn't count.
"""

from __future__ import annotations

import ast
import asyncio
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Final

from bot.sandbox import Upload
from tests import house
from tests.support.running_bot import NINE, Town, import_files, make_seed_text

ROOT: Final = Path(__file__).parents[2]
BOT: Final = ROOT / "bot"


@dataclass(slots=True)
class Trace:
    """Files of `bot/`, without the sandbox, whose functions ran, and who called whom."""

    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    _files: dict[CodeType, str] = field(default_factory=dict)

    def __call__(self, frame: FrameType, event: str, _argument: Any) -> None:
        """Count a call; see `sys.setprofile`."""
        if event == "call" and (callee := self._file(frame.f_code)):
            caller = self._file(frame.f_back.f_code) if frame.f_back else ""
            self.calls[caller, callee] += 1

    def _file(self, code: CodeType) -> str:
        if code not in self._files:
            path = Path(code.co_filename)
            is_ours = path.is_relative_to(BOT) and not path.is_relative_to(BOT / "sandbox")
            runs_at_import = code.co_name == "<module>" or not code.co_flags & 0x2  # CO_NEWLOCALS: not a class body
            self._files[code] = path.relative_to(BOT).as_posix() if is_ours and not runs_at_import else ""
        return self._files[code]

    @property
    def entered(self) -> tuple[str, ...]:
        """Every file that was entered."""
        return tuple(sorted({callee for _, callee in self.calls}))

    @property
    def spine(self) -> tuple[str, ...]:
        """The files that hand the work on: those that were entered and call a file of another folder of `bot/`."""
        handed_on = {caller for caller, callee in self.calls if caller and _wing(caller) != _wing(callee)}
        return tuple(sorted(handed_on & set(self.entered)))


def _wing(file: str) -> str:
    """The folder of `bot/` that a file is in, or the file itself."""
    return file.split("/", maxsplit=1)[0]


async def trace_all(trace: Trace, folder: Path) -> dict[str, Trace]:
    """Trace one edition, one query and one upload of a newsroom in `folder`."""
    traces = {}
    async with Town(folder) as town:
        await town.start_bot()
        order: dict[str, Any] = {"name": "Weekly", "channel": town.channel, "day": "monday", "time": "09:00"}
        await town.admin.run(town.channel, "schedule create", timezone="UTC", **order)
        seed = Upload(filename="ferry.md", content=make_seed_text(title="Ferry runs again").encode())
        acts: dict[str, Callable[[], Awaitable[object]]] = {
            "edition": lambda: town.let_pass(NINE),
            "query": lambda: town.member.run(town.channel, "news search", query="facial recognition"),
            "upload": lambda: import_files(town.admin, town.channel, seed),
        }
        for name, act in acts.items():
            trace.calls.clear()
            await act()
            traces[name] = replace(trace, calls=trace.calls.copy())
    return traces


def structure() -> dict[str, object]:
    """Measure what can be read without running anything."""
    modules = [module for module in house.read_modules(ROOT) if module.place != "sandbox"]
    lines = {module.path: len(module.text.splitlines()) for module in modules}
    folders = Counter(
        path.parent for path in BOT.rglob("*") if path.suffix != ".pyc" and "__pycache__" not in path.parts
    )
    with_discord = sum(lines[module.path] for module in modules if _imports_discord(module.tree))
    fullest = max(folders, key=lambda folder: folders[folder])
    return {
        "modules without the sandbox": len(modules),
        "lines without the sandbox": sum(lines.values()),
        "longest module": max(lines.values()),
        "median module": sorted(lines.values())[len(lines) // 2],
        "entries in the fullest folder": f"{folders[fullest]} ({fullest.relative_to(ROOT)})",
        "import cycles": len(list(house.cycles(house.read_modules(ROOT)))),
        "lines in modules that import discord": f"{100 * with_discord / sum(lines.values()):.1f}%",
    }


def _imports_discord(tree: ast.Module) -> bool:
    names = (
        alias.name if isinstance(node, ast.Import) else node.module or ""
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    )
    return any(name.split(".")[0] == "discord" for name in names)


def main() -> None:
    """Print every figure."""
    for what, figure in structure().items():
        print(f"{what}: {figure}")
    with tempfile.TemporaryDirectory() as folder:
        trace = Trace()
        threading.setprofile(trace)
        sys.setprofile(trace)
        traces = asyncio.run(trace_all(trace, Path(folder)))
        sys.setprofile(None)
    for name, each in traces.items():
        print(f"{name}: {len(each.entered)} files entered; of these {len(each.spine)} hand on to another folder (*)")
        for file in each.entered:
            print("   ", "*" if file in each.spine else " ", file)


if __name__ == "__main__":
    main()
