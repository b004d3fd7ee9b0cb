"""The bot without `newsdesk[postgres]`: nothing of it is imported until `ledger` names a PostgreSQL."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.store.sqlite.shelves.files import open_files
from tests.support.clocks import ManualClock

ROOT = Path(__file__).parents[3]

_EVERYTHING = """
import pkgutil, sys, importlib
sys.modules["psycopg"] = sys.modules["psycopg_pool"] = None
import bot
for module in pkgutil.walk_packages(bot.__path__, "bot."):
    if not module.name.startswith("bot.store.postgres") and module.name != "bot.__main__":
        importlib.import_module(module.name)
"""


@pytest.mark.slow
def test_nothing_else_imports_the_extra() -> None:
    """Most who run the bot have one machine and one file."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _EVERYTHING], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")


async def test_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An operator who sets `ledger` reads what to install."""
    for name in [name for name in sys.modules if name.partition(".")[0] in {"psycopg", "psycopg_pool"}]:
        monkeypatch.delitem(sys.modules, name)
    for name in [name for name in sys.modules if name.startswith("bot.store.postgres")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg", None)

    with pytest.raises(StoreError, match=r"psycopg is not installed\. Install the extra"):
        async with open_files(tmp_path / "newsdesk.db", clock=ManualClock(), postgres="postgresql:///newsdesk"):
            pass


async def test_file_with_schedules_is_not_left_behind(tmp_path: Path) -> None:
    """Its editions would never come again, and nobody would know why."""
    path = tmp_path / "newsdesk.db"
    async with open_files(path, clock=ManualClock()) as files:
        await files.local.write(
            lambda connection: (
                connection.execute("INSERT INTO schedule VALUES (1, 1, 'a', '{}', 'active', '', NULL, NULL)").rowcount
            )
        )

    with pytest.raises(StoreError, match="has schedules already"):
        async with open_files(path, clock=ManualClock(), postgres="postgresql:///newsdesk"):
            pass
