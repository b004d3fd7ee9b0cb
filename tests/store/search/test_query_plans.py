"""How SQLite goes about the reads that somebody waits for: along an index, never through the whole table."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from bot.news.article import INSTANCE_SHELF, server_shelf
from bot.news.parsing.query import read_query
from bot.news.search import Sort
from bot.store.port import Store
from bot.store.sqlite.file.database import Database
from bot.store.sqlite.shelves.files import StoreFiles
from tests.support.makers import SOME_DAY, make_article, make_seed, make_stub

SHELVES = (INSTANCE_SHELF, server_shelf(1))

Read = Callable[[Store], Awaitable[object]]


def searching(typed: str, sort: Sort = "relevance") -> Read:
    """A search for what somebody typed."""
    query = read_query(typed, sort=sort, now=SOME_DAY)
    return lambda store: store.search.search(SHELVES, query, now=SOME_DAY)


IN_ORDER: dict[str, Read] = {
    "latest": lambda store: store.search.latest(SHELVES),
    "latest of a topic": lambda store: store.search.latest(SHELVES, topic="ai"),
    "latest of a provider": lambda store: store.search.latest(SHELVES, provider="bostonherald.com"),
    "top": searching("", "score"),
    "completion": lambda store: store.search.complete_articles(SHELVES, "tit"),
    "completion of a letter": lambda store: store.search.complete_articles(SHELVES, "t"),
    "completion of a word and a letter": lambda store: store.search.complete_articles(SHELVES, "title o"),
    "completion of nothing": lambda store: store.search.complete_articles(SHELVES, ""),
}
"""Lists that an index has in their order already."""

HOT: dict[str, Read] = IN_ORDER | {
    "search": searching("title"),
    "search with everything": searching(
        'title "of a" -x topic:ai provider:wbur.org after:2021 before:2022 quality:50..90'
    ),
    "search by score": searching("title", "score"),
    "top of a week": searching("after:2021-05", "score"),
    "misspelled": searching("titel"),
    "topics": lambda store: store.search.topics(SHELVES),
    "providers": lambda store: store.search.providers(SHELVES),
    "find_articles": lambda store: store.articles.find_articles(SHELVES, [make_article().id]),
    "find_by_url": lambda store: store.articles.find_by_url(SHELVES, make_article().url),
    "find_by_stem": lambda store: store.articles.find_by_stem(INSTANCE_SHELF, "a"),
    "explicit coverage": lambda store: store.related.explicit_coverage(SHELVES, make_article().id),
    "candidates of a week": lambda store: store.digest.candidates(
        SHELVES, as_of=SOME_DAY, published_after=SOME_DAY - timedelta(days=7)
    ),
    "edges": lambda store: store.related.edges_among(SHELVES, [make_article().id]),
    "similar": lambda store: store.related.similar(SHELVES, make_article("b")),
    "view": lambda store: store.search.find_view("x", now=SOME_DAY),
    "imports": lambda store: store.articles.imports(INSTANCE_SHELF),
    "known stories": lambda store: store.stories.known_stories(SHELVES, [make_article().id]),
    "settled stories": lambda store: store.stories.settled(SHELVES, [make_article().id]),
    "crowd": lambda store: store.stories.crowd(SHELVES, SOME_DAY, SOME_DAY, limit=9),
    "surroundings": lambda store: store.stories.surroundings(SHELVES, SOME_DAY, SOME_DAY),
    "newcomers": lambda store: store.stories.newcomers(SHELVES, SOME_DAY, limit=9),
    "shelf size": lambda store: store.articles.shelf_size(INSTANCE_SHELF),
}
"""Reads that a member or an admin waits for."""


async def plans_of(read: Read, store: Store, database: Database) -> dict[str, list[str]]:
    """The steps of every statement that a read makes."""
    seed = make_seed(coverage=[make_stub()], topics=("AI",))
    await store.articles.put_seeds(INSTANCE_SHELF, [seed], seen_at=SOME_DAY)
    statements: list[str] = []
    await database.read(lambda connection: connection.set_trace_callback(statements.append))
    await read(store)
    await database.read(lambda connection: connection.set_trace_callback(None))
    # What FTS5 asks of its own tables is its own business.
    ours = [
        each for each in statements if re.match(r"\s*(SELECT|WITH)\b", each) and not re.search("'main'|main\\.", each)
    ]
    assert ours, "the read was not traced"

    def explain(connection: sqlite3.Connection) -> dict[str, list[str]]:
        return {each: [row["detail"] for row in connection.execute(f"EXPLAIN QUERY PLAN {each}")] for each in ours}

    return await database.read(explain)


def file_of(name: str, files: StoreFiles) -> Database:
    """The file that a read is of."""
    found = files.views if name == "view" else files.archive
    assert found is not None
    return found


@pytest.mark.parametrize("name", HOT)
async def test_no_read_goes_through_a_whole_table(name: str, store: Store, files: StoreFiles) -> None:
    """But for what a statement is bound to or made itself, and counting along an index."""
    plans = await plans_of(HOT[name], store, file_of(name, files))

    known = r"VIRTUAL TABLE|COVERING INDEX|SCAN (asked|named|tied|new|near|told|\(subquery-\d\))$"
    steps = [step for steps in plans.values() for step in steps]
    assert [step for step in steps if step.startswith("SCAN") and not re.search(known, step)] == []


@pytest.mark.parametrize("name", HOT)
async def test_no_read_makes_an_index_of_its_own(name: str, store: Store, files: StoreFiles) -> None:
    """SQLite does that for a moment where one is missing."""
    plans = await plans_of(HOT[name], store, file_of(name, files))

    assert [step for steps in plans.values() for step in steps if "AUTOMATIC" in step] == []


@pytest.mark.parametrize("name", IN_ORDER)
async def test_no_list_is_sorted_as_a_whole(name: str, store: Store, archive_file: Database) -> None:
    """The first 25 of a million are read in order, not found by sorting all."""
    plans = await plans_of(IN_ORDER[name], store, archive_file)
    lists = {statement: steps for statement, steps in plans.items() if " DESC" in statement}

    assert lists
    assert [step for steps in lists.values() for step in steps if "ORDER BY" in step] == []


@pytest.mark.parametrize("since", [SOME_DAY - timedelta(days=7), None], ids=["a week", "all of the past"])
async def test_candidates_are_found_along_one_index(
    since: datetime | None, store: Store, archive_file: Database
) -> None:
    """In its order, without a look at an article or at another change for each of thousands."""

    def candidates(store: Store) -> Awaitable[object]:
        return store.digest.candidates(SHELVES, as_of=SOME_DAY, published_after=since)

    plans = await plans_of(candidates, store, archive_file)

    (steps,) = [steps for statement, steps in plans.items() if "INDEXED BY change_by_publication" in statement]
    of_tables = [step for step in steps if step.startswith("SEARCH")]
    assert of_tables == ["SEARCH c USING COVERING INDEX change_by_publication (published_at>?)"]
    assert [step for step in steps if "CORRELATED" in step or "TEMP B-TREE" in step] == []


async def test_a_story_is_found_by_its_name_and_not_among_all_of_a_shelf(store: Store, archive_file: Database) -> None:
    """What grouping thousands of articles asks for each of them."""
    plans = await plans_of(HOT["known stories"], store, archive_file)

    by_name = [step for steps in plans.values() for step in steps if "story" in step and "(shelf_id=?)" in step]
    assert by_name == []


async def test_newcomers_are_read_from_the_newest_on(store: Store, archive_file: Database) -> None:
    """Not sorted out of a shelf."""
    plans = await plans_of(HOT["newcomers"], store, archive_file)

    (steps,) = [steps for statement, steps in plans.items() if " DESC" in statement]
    assert [step for step in steps if "ORDER BY" in step] == []
