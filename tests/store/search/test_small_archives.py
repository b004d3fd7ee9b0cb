"""Search in an archive whose own counts are thin: general news says which words are common."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest

from bot.news.article import INSTANCE_SHELF, ShelfId, server_shelf
from bot.news.parsing.query import read_query
from bot.news.search import SearchResult
from bot.store.sqlite import SqliteStore, open_store
from bot.store.sqlite.index.spelling import SMALL
from bot.store.sqlite.index.vocabulary import read_totals
from tests.support.clocks import ManualClock
from tests.support.makers import SOME_DAY, make_seed

TITLES = (
    "Company shares rise after the vote",
    "Kestrelle opens a bakery",
    "Town pool reopens after repair",
    "School adds a third bus",
    "Market adds evening hours",
    "Bridge closed for a week",
    "Library lends garden tools",
    "Choir sings at the station",
    "Orchard festival returns",
    "Ferry timetable changes in March",
    "Fire brigade seeks volunteers",
    "Museum shows old maps",
)
"""Twelve articles, no word in many of them."""


@pytest.fixture
async def store(tmp_path: Path, clock: ManualClock) -> AsyncIterator[SqliteStore]:
    """An archive of twelve articles."""
    async with open_store(tmp_path / "newsdesk.db", clock=clock) as opened:
        await put(opened, TITLES)
        yield opened


async def put(store: SqliteStore, titles: Iterable[str]) -> None:
    """Put articles without excerpts."""
    seeds = [make_seed(f"s{number}", title=title, excerpt="") for number, title in enumerate(titles)]
    await store.articles.put_seeds(INSTANCE_SHELF, seeds, seen_at=SOME_DAY)


async def search(store: SqliteStore, typed: str) -> SearchResult:
    """Ask the archive."""
    return await store.search.search([INSTANCE_SHELF], read_query(typed, now=SOME_DAY), now=SOME_DAY)


async def first(store: SqliteStore, typed: str) -> str:
    """The title of the best answer."""
    return next((article.title for article in (await search(store, typed)).articles), "")


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("company kestrelle", "Kestrelle opens a bakery"),
        ("kestrelle company shares", "Kestrelle opens a bakery"),
        ("week orchard", "Orchard festival returns"),
        ("school choir", "Choir sings at the station"),
    ],
)
async def test_a_rare_name_outweighs_common_words_that_are_as_rare_here(
    typed: str, title: str, store: SqliteStore
) -> None:
    """Each word is in one article of twelve; in news one of them is common."""
    assert await first(store, typed) == title


@pytest.mark.parametrize(
    ("typed", "title"),
    [("kestrele", "Kestrelle opens a bakery"), ("volunters", TITLES[10]), ("fesitval", TITLES[8])],
)
async def test_a_misspelled_word_of_a_single_title_is_found(typed: str, title: str, store: SqliteStore) -> None:
    """A small archive has few words in two titles."""
    assert await first(store, typed) == title


@pytest.mark.parametrize("typed", ["poor", "weak police", "firm", "shops", "rice"])
async def test_a_common_word_that_the_archive_does_not_have_is_not_corrected(typed: str, store: SqliteStore) -> None:
    """It is spelled as it is meant, though "pool", "week", "fire", "shows" and "rise" are a letter away."""
    result = await search(store, typed)

    assert (result.corrected, result.suggestion) == ((), "")


@pytest.mark.parametrize(
    ("typed", "title"), [("casey", "The case of the missing ferry"), ("indiana", "Indian oil company gets a loan")]
)
async def test_a_name_is_not_answered_by_what_another_languages_rules_make_of_it(
    typed: str, title: str, store: SqliteStore
) -> None:
    """A Finnish stemmer takes "casey" for "case", an Italian one "indiana" for "indian"."""
    await put(store, [title])

    assert await first(store, typed) == ""


async def test_a_word_is_found_as_its_article_writes_it_whatever_language_that_was_taken_for(
    store: SqliteStore,
) -> None:
    """A German article in an English archive, whose stems no English query has."""
    await put(store, ["Die Gemeinde hat über die Straßen und nicht über die Brücken entschieden"])

    assert (await first(store, "entschieden")).startswith("Die Gemeinde")


async def test_single_titles_are_for_spelling_only_while_the_archive_is_small(store: SqliteStore) -> None:
    """In a large one such a word may be a misspelling itself; articles that go make it small again."""
    more = [make_seed(f"t{number}", title="The same title", excerpt="") for number in range(SMALL + 1 - len(TITLES))]
    await store.articles.put_seeds(INSTANCE_SHELF, more, seen_at=SOME_DAY)
    large = await first(store, "kestrele")
    await store.articles.delete(INSTANCE_SHELF, more[0].article.id)
    small = await first(store, "kestrele")

    assert (large, small) == ("", "Kestrelle opens a bakery")


async def test_titles_of_the_instance_and_of_the_server_count_together_for_spelling(store: SqliteStore) -> None:
    """A word in one title of each is in two titles that the server's members see; others see one of them."""
    own = server_shelf(1)
    for shelf in (INSTANCE_SHELF, own):
        more = [make_seed(f"t{n}", shelf=shelf, title="The same title", excerpt="") for n in range(SMALL + 1)]
        await store.articles.put_seeds(shelf, more, seen_at=SOME_DAY)
    titles = ("Kestrelle opens another bakery", "Marzipanne is sold out")
    theirs = [make_seed(f"o{number}", shelf=own, title=title, excerpt="") for number, title in enumerate(titles)]
    await store.articles.put_seeds(own, theirs, seen_at=SOME_DAY)

    async def corrected(typed: str, *shelves: ShelfId) -> list[str]:
        found = await store.search.search(shelves, read_query(typed, now=SOME_DAY), now=SOME_DAY)
        return [meant for _, meant in found.corrected]

    assert await corrected("kestrele", INSTANCE_SHELF, own) == ["kestrelle"]
    assert await corrected("kestrele", INSTANCE_SHELF) == []
    assert await corrected("marzipane", INSTANCE_SHELF, own) == []
    assert await corrected("marzipane", own) == []


async def test_general_news_counts_less_the_larger_the_archive(store: SqliteStore) -> None:
    """And never suddenly nothing."""
    few = await store.files.archive.read(read_totals)
    await put(store, [f"Title {number}" for number in range(100)])
    more = await store.files.archive.read(read_totals)

    assert 900 < more.background < few.background <= 1000
