"""The house keeps its own rules, and each rule is able to fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import house

ROOT = Path(__file__).parent.parent
MODULES = house.read_modules(ROOT)

Rule = Callable[[house.Module], Iterator[str]]


def plant(root: Path, path: str, text: str) -> house.Module:
    """A tree of one module, read as the real one is."""
    file = root / path
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    (module,) = house.read_modules(root)
    return module


@pytest.mark.parametrize("rule", house.RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_each_of_its_rules(rule: Rule) -> None:
    """Every module of bot/, held to every rule."""
    problems = [problem for module in MODULES for problem in rule(module)]

    assert not problems, "\n".join(problems)


def test_no_sql_file_lies_outside_the_store() -> None:
    """Migrations belong to the store."""
    assert list(house.sql_files_outside_the_store(ROOT)) == []


def test_a_sql_file_outside_the_store_is_found(tmp_path: Path) -> None:
    """The rule can fail."""
    plant(tmp_path, "bot/news/article.py", "")
    (tmp_path / "bot" / "news" / "0001_articles.sql").touch()

    assert list(house.sql_files_outside_the_store(tmp_path)) == ["bot/news/0001_articles.sql: SQL outside store/"]


BREACHES: tuple[tuple[Rule, str, str], ...] = (
    (house.floors, "bot/news/article.py", "from bot.store.port.article import ArticleStore"),
    (house.floors, "bot/news/article.py", "from bot import ingest"),
    (house.floors, "bot/news/article.py", "import bot.app"),
    (house.floors, "bot/render/digest.py", "from bot.store.port.digest import DigestStore"),
    (house.floors, "bot/search.py", "from bot.related import related_coverage"),
    (house.floors, "bot/search.py", "def late() -> None:\n    from bot.related import related_coverage"),
    (house.floors, "bot/chat/search.py", "from ..health import Health"),
    (house.floors, "bot/sandbox/page.py", "from bot.news.draft import Draft"),
    (house.floors, "bot/chat/client.py", "from bot.sandbox import page"),
    (house.floors, "bot/log.py", "from bot.clock import Clock"),
    (house.floors, "bot/log.py", "from bot.app import start"),
    (house.floors, "bot/__init__.py", "from bot.app import start"),
    (house.floors, "bot/spare.py", ""),
    (house.ports_before_adapters, "bot/store/port/search.py", "from bot.store.sqlite.search import SqliteSearch"),
    (house.libraries, "bot/delivery.py", "import discord"),
    (house.libraries, "bot/store/port/search.py", "import aiosqlite"),
    (house.libraries, "bot/chat/messenger.py", "from aiohttp import ClientError"),
    (house.libraries, "bot/chat/wired.py", "import aiohttp"),
    (house.libraries, "bot/ingest.py", "import yaml"),
    (house.libraries, "bot/app.py", "from apscheduler.schedulers.asyncio import AsyncIOScheduler"),
    (house.libraries, "bot/ingest.py", "from pydantic import BaseModel"),
    (house.libraries, "bot/news/search.py", "from structlog import get_logger"),
    (house.libraries, "bot/news/search.py", "import numpy as np"),
    (house.language_touches_nothing_outside, "bot/news/search.py", "from asyncio import sleep"),
    (house.language_touches_nothing_outside, "bot/news/search.py", "text = open('seed').read()"),
    (house.sql_only_in_the_store, "bot/search.py", "q = 'SELECT id FROM article'"),
    (house.sql_only_in_the_store, "bot/search.py", "def q(t):\n    return f'DELETE FROM {t}'"),
    (house.sql_only_in_the_store, "bot/app.py", "q = '''\n    INSERT OR IGNORE\n    INTO article VALUES (?)'''"),
    (house.names_that_say_something, "bot/chat/utils/text.py", ""),
    (house.names_that_say_something, "bot/news/helpers.py", ""),
    (house.docstrings, "bot/search.py", "x = 1"),
    (house.docstrings, "bot/search.py", '"""Search."""\ndef search_news() -> None: ...'),
    (house.docstrings, "bot/search.py", '"""Search."""\nclass Hit:\n    """One."""\n    def title(self) -> str: ...'),
    (house.length, "bot/search.py", "x = 1\n" * 401),
    (house.time_is_handed_in, "bot/tick.py", "from datetime import UTC, datetime\nat = datetime.now(UTC)"),
    (house.time_is_handed_in, "bot/tick.py", "import datetime as dt\nat = dt.datetime.utcnow()"),
    (house.time_is_handed_in, "bot/tick.py", "from time import time as moment\nat = moment()"),
    (house.time_is_handed_in, "bot/tick.py", "import time\nfactory = time.time"),
    (house.finished, "bot/tick.py", "x = 1  # TODO: more"),
    (house.finished, "bot/tick.py", "raise NotImplementedError"),
)


@pytest.mark.parametrize(
    ("rule", "path", "text"), BREACHES, ids=[f"{rule.__name__}-{n}" for n, (rule, *_) in enumerate(BREACHES)]
)
def test_each_rule_finds_its_breach(rule: Rule, path: str, text: str, tmp_path: Path) -> None:
    """A rule that never fails guards nothing."""
    problems = list(rule(plant(tmp_path, path, text)))

    assert len(problems) == 1
    assert problems[0].startswith(path)


PROPER: tuple[tuple[Rule, str, str], ...] = (
    (house.floors, "bot/chat/search.py", "from bot.search import search_news\nfrom bot.chat.ids import sign"),
    (house.floors, "bot/news/search.py", "from bot.news import article\nfrom . import story\nfrom bot import errors"),
    (house.floors, "bot/cli.py", "from bot import __version__\nfrom bot.sandbox.page import serve"),
    (house.libraries, "bot/chat/wire.py", "import aiohttp\nimport discord"),
    (house.libraries, "bot/chat/wire/limiter.py", "import aiohttp"),
    (house.libraries, "bot/render/digest.py", "from structlog import get_logger\nimport json"),
    (house.sql_only_in_the_store, "bot/store/sqlite/search.py", "q = 'SELECT id FROM article'"),
    (house.sql_only_in_the_store, "bot/chat/digest.py", "label = 'Select a channel from the list'"),
    (house.docstrings, "bot/search.py", '"""Search."""\ndef _inner() -> None: ...\n@override\ndef told() -> None: ...'),
    (house.time_is_handed_in, "bot/clock.py", "import time\nat = time.time()"),
    (house.time_is_handed_in, "bot/news/schedule.py", "from datetime import time\nat = time(8, 30)"),
    (house.time_is_handed_in, "bot/tick.py", "at = clock.now()"),
    (house.finished, "bot/ingest.py", "try:\n    unpack()\nexcept NotImplementedError:\n    pass"),
)


@pytest.mark.parametrize(
    ("rule", "path", "text"), PROPER, ids=[f"{rule.__name__}-{n}" for n, (rule, *_) in enumerate(PROPER)]
)
def test_no_rule_objects_to_what_is_proper(rule: Rule, path: str, text: str, tmp_path: Path) -> None:
    """A rule that cries wolf is soon switched off."""
    assert list(rule(plant(tmp_path, path, text))) == []


def test_every_rule_has_a_breach_that_it_finds() -> None:
    """A rule added without a breach is not known to work."""
    assert {rule for rule, *_ in BREACHES} == set(house.RULES)
