"""The collector may be killed at any moment: no half file, nothing lost, nothing twice."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from aiohttp import web

from bot.news.article import INSTANCE_SHELF, Seed
from bot.seedfile.folder import find_seed_files, read_seed_file
from tests.collect.conftest import NOW
from tests.collect.news_server import NewsServer
from tests.collect.town import Story, feeds_toml, rss
from tests.support.clocks import ManualClock
from tests.support.command_line import ROOT

FEEDS = 30
ITEMS = 10


def put_town(server: NewsServer) -> list[str]:
    """Feeds whose reports are in part of one story, so that files are written again when others arrive."""
    urls = []
    for number in range(FEEDS):
        stories = [
            Story(
                title=f"Report {number} of event {item}"
                if item
                else f"Harbour Mill burns in Oakdale, says paper {number}",
                text=f"Paper {number} has words on the matter of event {item} in Oakdale's harbour.",
                hours_ago=1 + item,
                link=f"https://paper{number}.example/{item}",
            )
            for item in range(ITEMS)
        ]
        urls.append(server.put(f"paper{number}", rss(f"Paper {number}", f"paper{number}.example", stories)))
    return urls


def environment(folder: Path, server: NewsServer) -> dict[str, str]:
    """What the process needs."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NEWSDESK_")}
    return kept | {
        "HOME": str(folder),
        "PYTHONPATH": str(ROOT),
        "NEWSDESK_DATABASE": str(folder / "state" / "news.sqlite3"),
        "NEWSDESK_SEEDS": str(folder / "news"),
        "NEWSDESK_FEEDS": str(folder / "feeds.toml"),
        "NEWSDESK_FEEDS_TEST_SITE": server.test_site,
    }


def start(folder: Path, server: NewsServer, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a collector of its own process."""
    return subprocess.Popen(
        [sys.executable, "-m", "bot", "collect", *arguments],
        cwd=folder,
        env=environment(folder, server),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def links_in(folder: Path) -> list[str]:
    """The link of every file, each of which is a whole seed."""
    links = []
    for file in find_seed_files(folder):
        read = read_seed_file(
            file.path, shown=file.name, shelf=INSTANCE_SHELF, now=ManualClock(NOW).now().replace(year=2100)
        )
        assert isinstance(read, Seed), (file.name, read)
        assert read.notes == ()
        links.append(read.article.url)
    return links


@pytest.mark.slow
def test_killed_anywhere_it_writes_each_article_once(tmp_path: Path, server: NewsServer) -> None:
    """Twelve kills at random moments of a pass, then a pass to the end."""
    (tmp_path / "feeds.toml").write_text(feeds_toml(put_town(server)), encoding="utf-8")
    (tmp_path / "news").mkdir()
    chance = random.Random(15)  # noqa: S311 - moments to kill at
    kills = 0
    for _ in range(12):
        process = start(tmp_path, server, "--once")
        time.sleep(chance.uniform(0.3, 1.6))
        kills += process.poll() is None
        process.kill()
        process.wait(10)
        links_in(tmp_path / "news")
    assert start(tmp_path, server, "--once").wait(60) == 0

    links = links_in(tmp_path / "news")
    assert kills > 3
    assert sorted(links) == sorted(f"https://paper{n}.example/{item}" for n in range(FEEDS) for item in range(ITEMS))
    assert list((tmp_path / "news").glob("*/.newsdesk-*")) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_ends_it_within_ten_seconds(tmp_path: Path, server: NewsServer, number: signal.Signals) -> None:
    """While it waits for its next pass."""
    (tmp_path / "feeds.toml").write_text(feeds_toml(put_town(server)[:2]), encoding="utf-8")
    process = start(tmp_path, server)
    deadline = time.monotonic() + 30
    while not list((tmp_path / "news").glob("*/*.md")) and time.monotonic() < deadline:
        time.sleep(0.05)
    began = time.monotonic()
    process.send_signal(number)

    assert process.wait(15) == 0
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("once", [True, False])
def test_signal_ends_a_pass_that_waits_for_a_site(tmp_path: Path, server: NewsServer, *, once: bool) -> None:
    """A site that answers a byte a second; what the other feeds said is kept, and is written by the next pass."""

    async def drip(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        for _ in range(100):
            await answer.write(b"<")
            await asyncio.sleep(0.2)
        return answer

    urls = [*put_town(server)[:2], server.put_answer("drip", drip)]
    (tmp_path / "feeds.toml").write_text(feeds_toml(urls), encoding="utf-8")
    process = start(tmp_path, server, *(["--once"] if once else []))
    deadline = time.monotonic() + 30
    while len(server.requests) < len(urls) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.5)
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.wait(15)

    assert time.monotonic() - began < 10
    server.put("drip", rss("Drip", "drip.example", []))
    assert start(tmp_path, server, "--once").wait(60) == 0
    assert len(links_in(tmp_path / "news")) == 2 * ITEMS


STUCK = """
import asyncio, time
from bot.collect.running.until_signal import run_until_signal

async def resolve():
    print("waiting", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, time.sleep, 60)

asyncio.run(run_until_signal(resolve()))
"""


def test_signal_ends_it_although_a_name_is_being_resolved() -> None:
    """The system's resolver waits for a name server that doesn't answer, and can't be cancelled."""
    with subprocess.Popen([sys.executable, "-c", STUCK], cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        began = time.monotonic()
        process.terminate()
        process.wait(30)

    assert time.monotonic() - began < 10


def test_second_collector_is_refused(tmp_path: Path, server: NewsServer) -> None:
    """Two of them would write the same files."""
    (tmp_path / "feeds.toml").write_text(feeds_toml(put_town(server)[:2]), encoding="utf-8")
    process = start(tmp_path, server)
    try:
        deadline = time.monotonic() + 30
        while not list((tmp_path / "news").glob("*/*.md")) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert start(tmp_path, server, "--once").wait(30) == 75
    finally:
        process.kill()
        process.wait(10)
