"""The code keeps the architecture's rules, and each rule is able to fail."""

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


def test_no_folder_shows_more_entries_than_one_takes_in_at_a_glance() -> None:
    """A folder with more is split into wings."""
    assert list(house.crowded_folders(ROOT)) == []


def test_a_crowded_folder_is_found(tmp_path: Path) -> None:
    """The rule can fail."""
    plant(tmp_path, "bot/news/article.py", "")
    for number in range(house.MOST_ENTRIES):
        (tmp_path / "bot" / "news" / f"{number}.py").touch()

    assert list(house.crowded_folders(tmp_path)) == ["bot/news: 17 entries, more than 16"]


def test_no_modules_import_each_other() -> None:
    """Every module can be read after those that it imports."""
    assert list(house.cycles(MODULES)) == []


def test_modules_that_import_each_other_are_found(tmp_path: Path) -> None:
    """The rule can fail, and imports for type checkers don't count."""
    plant(tmp_path, "bot/news/one.py", "from bot.news.two import x")
    (tmp_path / "bot/news/two.py").write_text("from bot.news import three")
    (tmp_path / "bot/news/three.py").write_text("from bot.news.one import y")
    (tmp_path / "bot/news/four.py").write_text("if TYPE_CHECKING:\n    from bot.news.five import z")
    (tmp_path / "bot/news/five.py").write_text("from bot.news import four")

    assert list(house.cycles(house.read_modules(tmp_path))) == ["bot.news.one <-> bot.news.three <-> bot.news.two"]


def test_a_cycle_through_the_package_around_a_module_is_found(tmp_path: Path) -> None:
    """Importing `parts.one` runs `parts/__init__` first, also if nothing of it is named."""
    plant(tmp_path, "bot/news/parts/__init__.py", "from bot.news.whole import z")
    (tmp_path / "bot/news/parts/one.py").write_text("")
    (tmp_path / "bot/news/whole.py").write_text("from bot.news.parts.one import x")

    assert list(house.cycles(house.read_modules(tmp_path))) == ["bot.news.parts <-> bot.news.whole"]


def test_a_sql_file_outside_the_store_is_found(tmp_path: Path) -> None:
    """The rule can fail."""
    plant(tmp_path, "bot/news/article.py", "")
    (tmp_path / "bot" / "news" / "0001_articles.sql").touch()

    assert list(house.sql_files_outside_the_store(tmp_path)) == ["bot/news/0001_articles.sql: SQL outside store/"]


USE_CASE = "bot/usecases/search.py"

BREACHES: tuple[tuple[Rule, str, str], ...] = (
    (house.floors, "bot/news/article.py", "from bot.store.port.article import ArticleStore"),
    (house.floors, "bot/news/article.py", "from bot import usecases"),
    (house.floors, "bot/news/article.py", "import bot.app"),
    (house.floors, "bot/render/edition/digest.py", "from bot.store.port.digest import DigestStore"),
    (house.use_cases_are_apart, USE_CASE, "from bot.usecases.related import related_coverage"),
    (
        house.use_cases_are_apart,
        USE_CASE,
        "def late() -> None:\n    from bot.usecases.related import related_coverage",
    ),
    (house.floors, "bot/chat/account/client.py", "from ..commands import search"),
    (house.floors, "bot/sandbox/page.py", "from bot.news.draft import Draft"),
    (house.floors, "bot/chat/account/client.py", "from bot.sandbox import page"),
    (house.floors, "bot/clock.py", "from bot.text import words"),
    (house.floors, "bot/clock.py", "from bot.app import start"),
    (house.floors, "bot/__init__.py", "from bot.app import start"),
    (house.floors, "bot/spare.py", ""),
    (house.floors, USE_CASE, "from bot.store.sqlite import open_store"),
    (house.floors, USE_CASE, "from bot.store import sqlite"),
    (house.floors, "bot/chat/commands/content.py", "from bot.store.sqlite.backup import back_up"),
    (house.imports_are_statements, "bot/news/article.py", "chat = __import__('bot.chat')"),
    (
        house.imports_are_statements,
        "bot/news/article.py",
        "from importlib import import_module as load\nchat = load('bot.chat')",
    ),
    (house.use_cases_are_apart, USE_CASE, "from bot import usecases"),
    (house.ports_before_adapters, "bot/store/port/search.py", "from bot.store.sqlite.search import SqliteSearch"),
    (house.libraries, "bot/usecases/delivery.py", "import discord"),
    (house.libraries, "bot/store/port/search.py", "import aiosqlite"),
    (house.libraries, "bot/chat/posting/messenger.py", "from aiohttp import ClientError"),
    (house.libraries, "bot/chat/account/wired.py", "import aiohttp"),
    (house.libraries, "bot/usecases/ingest.py", "import yaml"),
    (house.libraries, "bot/app/start.py", "from apscheduler.schedulers.asyncio import AsyncIOScheduler"),
    (house.libraries, "bot/usecases/ingest.py", "from pydantic import BaseModel"),
    (house.libraries, "bot/news/search.py", "from structlog import get_logger"),
    (house.libraries, "bot/news/search.py", "import numpy as np"),
    (house.language_touches_nothing_outside, "bot/news/search.py", "from asyncio import sleep"),
    (house.language_touches_nothing_outside, "bot/news/search.py", "text = open('seed').read()"),
    (house.language_touches_nothing_outside, "bot/news/search.py", "from pathlib import Path"),
    (house.language_touches_nothing_outside, "bot/news/search.py", "from random import choice"),
    (house.sql_only_in_the_store, USE_CASE, "q = 'SELECT id FROM article'"),
    (house.sql_only_in_the_store, USE_CASE, "def q(t):\n    return f'DELETE FROM {t}'"),
    (house.sql_only_in_the_store, "bot/app/start.py", "q = '''\n    INSERT OR IGNORE\n    INTO article VALUES (?)'''"),
    (house.names_that_say_something, "bot/chat/utils/text.py", ""),
    (house.names_that_say_something, "bot/news/helpers.py", ""),
    (house.docstrings, USE_CASE, "x = 1"),
    (house.docstrings, USE_CASE, '"""Search."""\ndef search_news() -> None: ...'),
    (
        house.docstrings,
        USE_CASE,
        '"""Search."""\nclass Hit:\n    """One."""\n    def title(self) -> str: ...',
    ),
    (house.length, USE_CASE, "x = 1\n" * 401),
    (house.time_is_handed_in, "bot/app/tick.py", "from datetime import UTC, datetime\nat = datetime.now(UTC)"),
    (house.time_is_handed_in, "bot/app/tick.py", "import datetime as dt\nat = dt.datetime.utcnow()"),
    (house.time_is_handed_in, "bot/app/tick.py", "from time import time as moment\nat = moment()"),
    (house.time_is_handed_in, "bot/app/tick.py", "import time\nfactory = time.time"),
    (house.finished, "bot/app/tick.py", "x = 1  # TODO: more"),
    (house.finished, "bot/app/tick.py", "raise NotImplementedError"),
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
    (
        house.floors,
        "bot/chat/commands/search.py",
        "from bot.usecases.search import x\nfrom bot.chat.posting.custom_ids import y",
    ),
    (house.floors, "bot/news/search.py", "from bot.news import article\nfrom . import edition\nfrom bot import errors"),
    (house.floors, "bot/cli/main.py", "from bot import __version__\nfrom bot.sandbox.page import serve"),
    (house.libraries, "bot/chat/wire/session.py", "import aiohttp\nimport discord"),
    (house.libraries, "bot/chat/wire/limiter.py", "import aiohttp"),
    (house.libraries, "bot/render/edition/digest.py", "from structlog import get_logger\nimport json"),
    (house.sql_only_in_the_store, "bot/store/sqlite/search/search.py", "q = 'SELECT id FROM article'"),
    (house.sql_only_in_the_store, "bot/chat/digest.py", "label = 'Select a channel from the list'"),
    (
        house.docstrings,
        USE_CASE,
        '"""Search."""\ndef _inner() -> None: ...\n@override\ndef told() -> None: ...',
    ),
    (house.time_is_handed_in, "bot/clock.py", "import time\nat = time.time()"),
    (house.time_is_handed_in, "bot/news/schedules/schedule.py", "from datetime import time\nat = time(8, 30)"),
    (house.time_is_handed_in, "bot/app/tick.py", "at = clock.now()"),
    (house.finished, "bot/usecases/ingest.py", "try:\n    unpack()\nexcept NotImplementedError:\n    pass"),
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
