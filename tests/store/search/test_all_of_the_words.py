"""An answer says that no article has all of the words only if that is so."""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import SystemClock
from bot.news.article import INSTANCE_SHELF, article_id
from bot.news.search import SearchQuery, Sort
from bot.store.sqlite import SqliteStore, open_store
from tests.support.examples import up_to
from tests.support.makers import SOME_DAY, make_seed

ARTICLES = 3_000
# Of one stem each, and more than two edits from one another; each is half as common as the one before it.
WORDS = ("quartz", "jumble", "fennel", "gospel", "hippo", "wizard", "tundra", "kayak", "bronco", "voodoo", "cymbal")

APART = ("pewter", "saffron")
"""Each in half of the articles, and both in so few that a pair of them is read to its end."""

Asked = tuple[asyncio.Runner, SqliteStore, list[set[str]]]


@contextmanager
def an_archive() -> Iterator[Asked]:
    """Titles of words from very common, whose lists are cut, to very rare ones."""
    chance = random.Random(7)  # noqa: S311 - the same titles in each run
    held = [
        {word for place, word in enumerate(WORDS) if chance.random() < 2.0 ** -(place + 0.3)}
        | {word for place, word in enumerate(APART) if n % 2 == place or n % 67 == 0}
        for n in range(ARTICLES)
    ]
    seeds = [
        make_seed(f"s{n}", title=" ".join(sorted(words)) or "Untitled", excerpt="", published_at=_days_ago(n / 50))
        for n, words in enumerate(held)
    ]
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        opening = open_store(Path(folder) / "n.db", clock=SystemClock())
        store = runner.run(opening.__aenter__())
        try:
            runner.run(store.articles.put_seeds(INSTANCE_SHELF, seeds, seen_at=SOME_DAY))
            yield runner, store, held
        finally:
            runner.run(opening.__aexit__(None, None, None))


def _days_ago(days: float) -> datetime:
    return SOME_DAY - timedelta(days=days)


@pytest.fixture(scope="module")
def archive() -> Iterator[Asked]:
    """One for all examples: only read."""
    with an_archive() as made:
        yield made


@up_to(150)
@given(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=5, unique=True),
    st.sampled_from(["relevance", "newest", "score"]),
)
def test_no_article_has_all_of_the_words_is_said_only_if_it_is_so(archive: Asked, words: list[str], sort: Sort) -> None:
    """However common the words are, and however old the article that has them all."""
    runner, store, held = archive
    query = SearchQuery(words=tuple(words), typed=" ".join(words), sort=sort, corrects=False)

    result = runner.run(store.search.search([INSTANCE_SHELF], query, now=SOME_DAY, deadline_s=60))

    assert result.is_broadened == (not any(set(words) <= each for each in held))


@up_to(60)
@given(st.lists(st.sampled_from(WORDS), max_size=3, unique=True))
def test_words_that_few_articles_have_together_find_each_of_these(archive: Asked, others: list[str]) -> None:
    """Those that one pair of the words leaves are looked through; none is missed, and none is taken for one."""
    runner, store, held = archive
    words = (*APART, *others)
    query = SearchQuery(words=words, typed=" ".join(words), corrects=False)

    result = runner.run(store.search.search([INSTANCE_SHELF], query, now=SOME_DAY, limit=1000, deadline_s=60))

    wanted = {article_id(INSTANCE_SHELF, f"s{n}") for n, each in enumerate(held) if set(words) <= each}
    assert (result.is_broadened, wanted - set(result.ids)) == (not wanted, set())
