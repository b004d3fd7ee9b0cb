"""Tables of spellings and scripts: what is typed, the title that must come first, and one that must not.

All titles of a table are one archive, as a community of many languages has it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from bot.clock import SystemClock
from bot.news.article import INSTANCE_SHELF
from bot.news.parsing.query import read_query
from bot.store.sqlite import SqliteStore, open_store
from tests.support.makers import SOME_DAY, make_seed

ENOUGH: Final = 0.97


@pytest.mark.parametrize("table", ["spellings.tsv", "spellings_more.tsv", "spellings_names.tsv"])
async def test_spellings_and_scripts_find_their_titles(table: str, tmp_path: Path) -> None:
    """At least 97% of a table, each with its title first."""
    rows = [tuple(line.split("\t")) for line in Path(__file__).with_name(table).read_text("utf-8").splitlines()]
    titles = dict.fromkeys(title for _, *both in rows for title in both)
    async with open_store(tmp_path / "newsdesk.db", clock=SystemClock()) as store:
        seeds = [make_seed(f"s{number}", title=title, excerpt="") for number, title in enumerate(titles)]
        await store.articles.put_seeds(INSTANCE_SHELF, seeds, seen_at=SOME_DAY)
        wrong = [row for row in rows if not await finds(store, *row)]

    assert len(rows) > 100
    assert len(wrong) <= (1 - ENOUGH) * len(rows), wrong


async def finds(store: SqliteStore, typed: str, right: str, wrong: str) -> bool:
    """Whether a title is found, and before another one."""
    result = await store.search.search([INSTANCE_SHELF], read_query(typed, now=SOME_DAY), now=SOME_DAY)
    found = [article.title for article in result.articles]
    return right in found[:2] and wrong not in found[: found.index(right)]
