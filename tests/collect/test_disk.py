"""A disk that is full or can't be written: what failed is said, nothing is half done, and it is made up for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bot.news.article import INSTANCE_SHELF, Seed
from bot.seedfile.folder import find_seed_files, read_seed_file
from tests.collect.conftest import NOW
from tests.collect.news_server import NewsServer
from tests.collect.newsroom import Newsroom
from tests.collect.test_kill import environment
from tests.collect.town import feeds_toml, put_week
from tests.support.command_line import Run

FULL = """
import resource, runpy, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)), resource.RLIM_INFINITY))
sys.argv[0] = "bot"
runpy.run_module("bot", run_name="__main__", alter_sys=True)
"""
"""Runs `newsdesk` where no file can become larger than this many bytes, as on a disk without more space."""


def collect(folder: Path, server: NewsServer, *, room: int) -> subprocess.CompletedProcess[str]:
    """Run a pass with a limit to the size of files."""
    return subprocess.run(
        [sys.executable, "-c", FULL, str(room), "collect", "--once"],
        cwd=folder,
        env={name: value for name, value in environment(folder, server).items() if not name.startswith("COVERAGE_")},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def titles(folder: Path) -> list[str]:
    """The titles of all files, each of which is a whole seed."""
    read = [
        read_seed_file(file.path, shown=file.name, shelf=INSTANCE_SHELF, now=NOW.replace(year=2100))
        for file in find_seed_files(folder)
    ]
    assert all(isinstance(each, Seed) for each in read)
    return [each.article.title for each in read if isinstance(each, Seed)]


def test_pass_on_a_full_disk_says_so_and_the_next_one_makes_up_for_it(tmp_path: Path, server: NewsServer) -> None:
    """The memory can't take what was read: so the feeds are read again."""
    (tmp_path / "feeds.toml").write_text(feeds_toml(put_week(server)), encoding="utf-8")
    full = collect(tmp_path, server, room=100)
    written = list((tmp_path / "news").glob("*/*.md"))
    later = collect(tmp_path, server, room=1 << 30)

    assert full.returncode == 1
    assert "can't be used" in full.stderr
    assert "Traceback" not in full.stderr
    assert written == []
    assert (later.returncode, len(titles(tmp_path / "news"))) == (0, 9)


async def test_files_that_can_not_be_written_are_said_once_and_written_later(
    server: NewsServer, newsroom: Newsroom
) -> None:
    """Where the folder should be there is a file: as for a folder that is read-only, or of another user."""
    newsroom.add(put_week(server))
    newsroom.news.write_text("not a folder", encoding="utf-8")
    report = await newsroom.collect()
    newsroom.news.unlink()
    later = await newsroom.collect()

    (problem,) = report.problems()
    assert problem.endswith("more can't be written: Not a directory.")
    assert report.added == []
    assert len(later.added) == len(newsroom.files()) > 1


def test_feeds_file_that_can_not_be_changed_is_as_before(
    tmp_path: Path, server: NewsServer, newsdesk: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its folder takes no new file."""
    feeds = tmp_path / "etc" / "feeds.toml"
    feeds.parent.mkdir()
    feeds.write_text(feeds_toml(put_week(server)[:1]), encoding="utf-8")
    before = feeds.read_bytes()
    monkeypatch.setenv("NEWSDESK_FEEDS", str(feeds))
    (feeds.parent / ".feeds.toml.new").mkdir()
    said = newsdesk("feeds", "import", "space")

    assert said.status == 1
    assert "can't be written" in said.err
    assert feeds.read_bytes() == before
