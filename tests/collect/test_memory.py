"""The collector's memory: what is asked for often is looked up, never searched for."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from bot.collect.item import Item
from bot.collect.state.memory import Memory, open_memory
from bot.collect.state.values import Entry, item_json, item_of
from bot.errors import SchemaTooNewError
from bot.news.article import Picture
from tests.collect.conftest import NOW

QUERIES: dict[str, Callable[[Memory], object]] = {
    "an item by its feed's id": lambda memory: memory.find_entry("feed", "guid", "page"),
    "an item by its page": lambda memory: memory.entry_of_page("page"),
    "what is to be written": lambda memory: memory.dirty_entries(),
    "what is compared": lambda memory: memory.entries_since(NOW),
    "what was taken today": lambda memory: memory.taken_since("feed", NOW),
    "a feed": lambda memory: memory.feed("feed"),
}


@pytest.mark.parametrize("ask", QUERIES.values(), ids=QUERIES.keys())
def test_query_uses_an_index(tmp_path: Path, ask: Callable[[Memory], object]) -> None:
    """A search through all items for each item of a feed would take hours for a large collection."""
    with open_memory(tmp_path / "collect.sqlite3") as memory:
        asked: list[str] = []
        memory._db.set_trace_callback(asked.append)
        ask(memory)
        memory._db.set_trace_callback(None)
        plans = [plan for query in asked for plan in _plans(memory, query)]

    assert plans
    # Everything in the index of what is to be written is asked for.
    assert not [plan for plan in plans if plan.startswith("SCAN") and "items_dirty" not in plan]


def _plans(memory: Memory, query: str) -> list[str]:
    """The plan of a query whose values are not known, as when it was prepared."""
    prepared = re.sub(r"'(?:feed|guid|page)'", "?", query)
    rows = memory._db.execute(f"EXPLAIN QUERY PLAN {prepared}", ["x"] * prepared.count("?"))
    return [str(row[3]) for row in rows]


def test_item_is_kept_as_it_is() -> None:
    """Every field of it."""
    item = Item(
        guid="g",
        url="https://a.example/1",
        title="T",
        excerpt="E",
        published_at=NOW,
        picture=Picture(url="https://a.example/p.jpg", width=3),
        categories=("a", "b"),
        text_length=7,
        links=("a.example/2",),
        is_video=True,
        aliases=("https://a.example/amp",),
        site_name="A",
    )

    assert item_of(item_json(item)) == item
    assert item_of(item_json(Item(url="https://a.example/1", title="T"))) == Item(url="https://a.example/1", title="T")


def test_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """Validators are never there without the items."""
    entry = Entry(feed="f", page="p", digest="d", item=Item(url="u", title="t"), seen_at=NOW, published_at=NOW)
    with open_memory(tmp_path / "collect.sqlite3") as memory:
        with suppress(ZeroDivisionError), memory.transaction():
            memory.add_entry(entry)
            raise ZeroDivisionError
        assert memory.count_entries() == 0


def test_memory_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    """As the bot's own database is."""
    path = tmp_path / "collect.sqlite3"
    with open_memory(path):
        pass
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 99")
    database.close()

    with pytest.raises(SchemaTooNewError), open_memory(path):
        pass
