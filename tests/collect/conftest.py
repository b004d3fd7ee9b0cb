"""The loopback server of news, and the command line in an empty folder that collects from it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.cli.main import main
from tests.collect.news_server import NewsServer, served
from tests.collect.newsroom import Newsroom
from tests.support.clocks import ManualClock
from tests.support.command_line import ROOT, Run, Said

NOW = datetime(2024, 5, 17, 9, 0, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[NewsServer]:
    """A server of news without any."""
    with served() as running:
        yield running


@pytest.fixture
def newsdesk(
    tmp_path: Path, server: NewsServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Run a command in an empty folder; seeds go to `news`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NEWSDESK_DATABASE", str(tmp_path / "state" / "news.sqlite3"))
    monkeypatch.setenv("NEWSDESK_SEEDS", str(tmp_path / "news"))
    monkeypatch.setenv("NEWSDESK_FEEDS_TEST_SITE", server.test_site)
    monkeypatch.setenv("NEWSDESK_API_BASE", "http://127.0.0.1:9")  # nothing listens there
    monkeypatch.setenv("NEWSDESK_HEALTH_ADDRESS", "127.0.0.1:9")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    for name in ("NEWSDESK_TOKEN", "NEWSDESK_FEEDS", "COLUMNS", "NO_COLOR"):
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


@pytest.fixture
def newsroom(tmp_path: Path, server: NewsServer) -> Newsroom:
    """A collector without feeds."""
    return Newsroom(folder=tmp_path, test_site=server.test_site, clock=ManualClock(NOW))
