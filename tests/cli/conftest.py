"""A folder with the shipped seeds, and the command line in it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.cli.main import main
from tests.support.command_line import ROOT, Run, Said


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    """A copy of the five shipped seeds."""
    return Path(shutil.copytree(ROOT / "seeds", tmp_path / "seeds"))


@pytest.fixture
def newsdesk(tmp_path: Path, seeds: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in an empty folder whose environment names a database and the seeds."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NEWSDESK_DATABASE", str(tmp_path / "news.sqlite3"))
    monkeypatch.setenv("NEWSDESK_SEEDS", str(seeds))
    monkeypatch.setenv("NEWSDESK_API_BASE", "http://127.0.0.1:9")  # nothing listens there
    monkeypatch.setenv("NEWSDESK_HEALTH_ADDRESS", "127.0.0.1:9")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    for name in ("NEWSDESK_TOKEN", "COLUMNS", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str) -> Said:
        capsys.readouterr()
        try:
            main(arguments)
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 0
        else:
            status = 0
        printed = capsys.readouterr()
        return Said(out=printed.out, err=printed.err, status=status)

    return run
