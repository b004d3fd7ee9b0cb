"""Where feeds are configured the bot starts the collector, watches it, and says how it is."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from typing_extensions import override

from bot.app.config import Config, load_config
from bot.app.doctor import examine
from bot.app.supply.collector import CollectorProcess, memory_file, read_status, status_file
from bot.app.supply.collector import _environment as environment
from bot.checkup.metrics import write_metrics
from bot.collect.state.memory import open_memory
from bot.errors import StoreLockedError
from bot.news.checkup.collector import CollectorStatus, FailingFeed, collector_findings, status_of, status_record
from bot.news.checkup.finding import Status
from bot.news.checkup.health import BotHealth
from bot.news.checkup.runtime import RuntimeStatus
from bot.news.notices.notice import Notice
from tests.collect.conftest import NOW
from tests.collect.news_server import NewsServer
from tests.collect.town import feeds_toml, put_week
from tests.support.clocks import ManualClock, RunningClock
from tests.support.running_bot import Town

FAILING = FailingFeed(url="https://a.example/feed", name="A", since=NOW - timedelta(days=8), trouble="status 500")
STATUS = CollectorStatus(
    at=NOW, every_s=900, feeds=3, failing=2, named=(FAILING,), articles=1200, requests=3, added=5, seconds=1.5
)


class TownWithFeeds(Town):
    """A town whose bot has feeds."""

    test_site = ""

    @override
    def config(self) -> Config:
        update = {"feeds": self.folder / "feeds.toml", "feeds_test_site": self.test_site}
        return super().config().model_copy(update=update)


@pytest.fixture
async def town(tmp_path: Path, server: NewsServer) -> AsyncIterator[TownWithFeeds]:
    """The town before the bot has started; there are no seeds."""
    (tmp_path / "feeds.toml").write_text(feeds_toml(put_week(server)), encoding="utf-8")
    async with TownWithFeeds(tmp_path, seeds=False, clock=RunningClock(datetime.now(UTC))) as opened:
        opened.test_site = server.test_site
        yield opened


def configured(folder: Path) -> Config:
    """A configuration with a database in a folder, and feeds."""
    return load_config(
        None, {"HOME": str(folder), "NEWSDESK_DATABASE": str(folder / "n.db"), "NEWSDESK_FEEDS": "f.toml"}
    )


async def until(condition: object, *, seconds: float = 30.0) -> None:
    """Wait until something is so."""
    assert callable(condition)
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - a process and the disk have no event
            await asyncio.sleep(0.05)


async def test_one_command_collects_and_imports(town: TownWithFeeds) -> None:
    """The bot's first articles come from feeds, and its end is the collector's."""
    bot = await town.start_bot()
    await until(lambda: len(list(town.seeds.glob("*/[!.]*.md"))) == 9)
    await bot.refresh()
    answer = await town.member.run(town.channel, "news search", query="harbour mill")
    assert "Harbour Mill" in str(answer)

    await town.stop_bot()
    with open_memory(memory_file(town.config().database)) as memory:  # refused while a collector works with it
        assert memory.count_entries() == 9


async def test_collector_that_ends_is_started_again_and_named(town: TownWithFeeds) -> None:
    """With a longer wait each time; meanwhile health says so."""
    (town.folder / "feeds.toml").write_text("nonsense", encoding="utf-8")
    clock = ManualClock(NOW)
    process = CollectorProcess(town.config(), clock, _Notices())
    stop = asyncio.Event()
    task = asyncio.create_task(process.run(stop))
    await until(lambda: any(each.status is Status.FAILING for each in process.findings()))
    (finding,) = process.findings()
    stop.set()
    await task

    assert finding.text == "it ended with status 78."


COLLECTING = """
import asyncio, os
from bot.app.config import load_config
from bot.app.supply.collector import CollectorProcess
from bot.clock import SystemClock
asyncio.run(CollectorProcess(load_config(None, os.environ), SystemClock(), None).run(asyncio.Event()))
"""


async def test_collector_ends_with_a_bot_that_is_killed(town: TownWithFeeds) -> None:
    """It would go on unseen, and keep the next bot's out."""
    bot = await asyncio.create_subprocess_exec(
        sys.executable, "-c", COLLECTING, env=os.environ | dict(environment(town.config()))
    )
    memory = memory_file(town.config().database)
    await until(lambda: is_locked(memory))

    bot.kill()
    await bot.wait()

    await until(lambda: not is_locked(memory), seconds=10)


def is_locked(memory: Path) -> bool:
    """True while a collector works with this memory."""
    if not memory.exists():
        return False
    try:
        with open_memory(memory):
            return False
    except StoreLockedError:
        return True


async def test_collector_that_can_not_be_started_is_named_and_tried_again(
    town: TownWithFeeds, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bot must not end for it: no memory, or no more processes."""
    monkeypatch.setattr("bot.app.supply.collector._COMMAND", (str(town.folder / "missing"),))
    process, stop = CollectorProcess(town.config(), ManualClock(NOW), _Notices()), asyncio.Event()
    task = asyncio.create_task(process.run(stop))
    await until(lambda: any(each.status is Status.FAILING for each in process.findings()))
    (finding,) = process.findings()
    stop.set()
    await task

    assert finding.text.startswith("it could not be started (")


def test_collector_gets_no_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It reads what strangers write."""
    monkeypatch.setenv("NEWSDESK_TOKEN", "secret-of-the-bot")
    monkeypatch.setenv("NEWSDESK_TOKEN_FILE", "/secret")
    given = environment(configured(tmp_path).model_copy(update={"token": SecretStr("secret-of-the-bot")}))

    assert os.environ["NEWSDESK_TOKEN"] == "secret-of-the-bot"
    assert not [name for name, value in given.items() if "TOKEN" in name or "secret" in value]


class _Notices:
    """Keeps notices."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    async def notify(self, notice: Notice) -> None:
        self.texts.append(notice.text)


async def test_feed_that_failed_for_a_week_is_named_once(tmp_path: Path) -> None:
    """Also after a restart; and again when it fails again later."""
    config = configured(tmp_path)
    notices = _Notices()
    for since in (FAILING.since, FAILING.since, FAILING.since + timedelta(days=30)):
        named = FailingFeed(url=FAILING.url, name="A", since=since, trouble="status 500")
        status = CollectorStatus(at=NOW, every_s=900, feeds=3, failing=2, named=(named,))
        status_file(config.database).write_text(json.dumps(status_record(status)), encoding="utf-8")
        stop = asyncio.Event()
        process = CollectorProcess(config, ManualClock(NOW), notices)
        task = asyncio.create_task(process.watch(stop))
        await until(lambda process=process: process.status is not None)
        await asyncio.sleep(0.1)
        stop.set()
        await task

    assert len(notices.texts) == 2
    assert notices.texts[0].startswith("Feeds that have failed for a week: A (https://a.example/feed): status 500.")


async def test_doctor_has_a_row_for_the_collector(tmp_path: Path) -> None:
    """Only where feeds are configured."""
    config = configured(tmp_path)
    environ = {"NEWSDESK_DATABASE": str(config.database), "NEWSDESK_HEALTH_ADDRESS": "", "HOME": str(tmp_path)}
    without = await examine(None, environ, ManualClock(NOW))
    status_file(config.database).write_text(json.dumps(status_record(STATUS)), encoding="utf-8")
    found = await examine(None, environ | {"NEWSDESK_FEEDS": "feeds.toml"}, ManualClock(NOW))

    assert [each for each in without if each.check == "collector"] == []
    (row,) = (each for each in found if each.check == "collector")
    assert (
        row.text
        == "1 of 3 feeds have failed for a week, the first: A (https://a.example/feed), status 500, for 8 days."
    )


def test_status_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    """Through JSON; anything else is none."""
    assert status_of(json.loads(json.dumps(status_record(STATUS)))) == STATUS
    assert status_of({"at": "yesterday"}) is None
    (tmp_path / "x.json").write_text("{", encoding="utf-8")
    assert read_status(tmp_path / "x.json") is None
    assert read_status(tmp_path / "missing.json") is None


def test_late_collector_is_a_problem_and_one_on_time_is_not() -> None:
    """Three passes late, and ten minutes for a long one."""
    healthy = CollectorStatus(at=NOW, every_s=900, feeds=3, failing=0, articles=1200)
    (on_time,) = collector_findings(healthy, now=NOW + timedelta(minutes=50))
    (late,) = collector_findings(healthy, now=NOW + timedelta(minutes=56))

    assert on_time.text == "last pass 50 min ago; 3 feeds, 1,200 articles so far."
    assert late.status is Status.FAILING
    assert [each.status for each in collector_findings(None, now=NOW)] == [Status.UNKNOWN]


def test_collector_whose_feeds_all_fail_is_a_problem_for_the_operator_alone() -> None:
    """It is probably this machine that has no network; the bot is healthy without new articles."""
    offline = CollectorStatus(at=NOW, every_s=900, feeds=3, failing=3, articles=0)
    (found,) = collector_findings(offline, now=NOW)
    (beside,) = collector_findings(offline, now=NOW, names_feeds=False)

    assert (found.status, found.text) == (Status.FAILING, "last pass 0 min ago; all of its feeds fail (3).")
    assert beside.status is Status.OK


def test_metrics_count_feeds_by_state() -> None:
    """Nothing of the collector is in them where there is none."""
    runtime = RuntimeStatus(is_connected=True, collector=STATUS)
    text = write_metrics(BotHealth(findings=()), runtime, now=NOW).decode()
    without = write_metrics(BotHealth(findings=()), RuntimeStatus(is_connected=True), now=NOW).decode()

    assert 'newsdesk_collect_feeds{state="failing_for_a_week"} 1.0' in text
    assert 'newsdesk_collect_files{kind="new"} 5.0' in text
    assert "newsdesk_collect" not in without
