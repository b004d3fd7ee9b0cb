"""A table of spellings and scripts: what is typed, the title that must come first, and one that must not.

All titles of the table are one archive, as a community of many languages has it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from bot.clock import SystemClock
from bot.news.article import INSTANCE_SHELF
from bot.news.parsing.query import read_query
from bot.store.sqlite import SqliteStore, open_store
from tests.support.makers import SOME_DAY, make_seed

ROWS: Final = [
    tuple(line.split("\t")) for line in Path(__file__).with_name("spellings.tsv").read_text("utf-8").splitlines()
]

ENOUGH: Final = 0.95


async def test_spellings_and_scripts_find_their_titles(tmp_path: Path) -> None:
    """At least 95% of the table, each with its title first."""
    titles = dict.fromkeys(title for _, *both in ROWS for title in both)
    async with open_store(tmp_path / "newsdesk.db", clock=SystemClock()) as store:
        seeds = [make_seed(f"s{number}", title=title, excerpt="") for number, title in enumerate(titles)]
        await store.articles.put_seeds(INSTANCE_SHELF, seeds, seen_at=SOME_DAY)
        wrong = [row for row in ROWS if not await finds(store, *row)]

    assert len(ROWS) >= 150
    assert len(wrong) <= (1 - ENOUGH) * len(ROWS), wrong


async def finds(store: SqliteStore, typed: str, right: str, wrong: str) -> bool:
    """Whether a title is found, and before another one."""
    result = await store.search.search([INSTANCE_SHELF], read_query(typed, now=SOME_DAY), now=SOME_DAY)
    found = [article.title for article in result.articles]
    return right in found[:2] and wrong not in found[: found.index(right)]
