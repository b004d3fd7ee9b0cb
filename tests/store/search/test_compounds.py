"""Compounds of German, Dutch and the Nordic languages, found by their parts and the other way round."""

from __future__ import annotations

import pytest

from bot.news.article import INSTANCE_SHELF
from bot.news.parsing.query import read_query
from bot.store.sqlite import SqliteStore
from bot.store.sqlite.index.compounds import compounding_of, ending_in, put_together, taken_apart
from bot.store.sqlite.index.forms import archive_languages
from tests.support.makers import SOME_DAY, make_seed

GERMAN = (
    "Das Gesetz zum Klimaschutz ist nicht zu halten und teuer",
    "Die Bahn und die Brücke sind nicht mehr sicher",
    "Regierungskrise ist nicht vorbei, sagt der Minister",
)
ENGLISH = (
    "The heart of the band is a beat and a song",
    "Head of the line: what the story is about",
    "The workshops of the city are open",
)


@pytest.mark.parametrize(
    ("word", "parts"),
    [("klimaschutzgesetz", ("klimaschutz", "gesetz")), ("bahnbrucke", ("bahn", "brucke"))],
    ids=["neighbours or not", "order"],
)
async def test_a_compound_is_taken_apart_where_an_article_has_both_parts(
    word: str, parts: tuple[str, str], store: SqliteStore
) -> None:
    """In whatever order, not side by side."""
    await put(store, *GERMAN)

    assert await apart(store, word) == {word: parts}


@pytest.mark.parametrize("word", ["heartbeat", "headline", "storyline"])
async def test_no_english_word_is_taken_apart(word: str, store: SqliteStore) -> None:
    """Even if the archive has German articles too."""
    await put(store, *GERMAN, *ENGLISH)

    assert await apart(store, word) == {}


async def test_an_archive_in_english_takes_no_word_apart(store: SqliteStore) -> None:
    """One German article is a guest, not a language of the archive."""
    await put(store, GERMAN[0], *ENGLISH)

    assert await apart(store, "klimaschutzgesetz") == {}


@pytest.mark.parametrize(
    ("words", "compounds"),
    [
        (["regierung", "krise"], 1),
        (["krise", "regierung"], 1),
        (["regierung", "minister"], 0),
        (["work", "hops"], 0),
    ],
    ids=["with a link", "other order", "no compound", "english"],
)
async def test_words_are_put_together_where_an_article_has_the_compound(
    words: list[str], compounds: int, store: SqliteStore
) -> None:
    """With a link between them; an English word with an s in its middle is not a compound."""
    await put(store, *GERMAN, *ENGLISH)

    found = await store.files.shelves.read(
        [INSTANCE_SHELF], lambda view: put_together(view, words, compounding_of(archive_languages(view)))
    )

    assert len(found) == compounds


async def test_the_article_with_the_compound_comes_before_those_with_its_parts(store: SqliteStore) -> None:
    """What is typed is what is meant first."""
    await put(store, *GERMAN, "Klimaschutzgesetz ist nicht zu halten und teuer")

    result = await store.search.search([INSTANCE_SHELF], read_query("Klimaschutzgesetz", now=SOME_DAY), now=SOME_DAY)

    assert [article.title for article in result.articles] == [
        "Klimaschutzgesetz ist nicht zu halten und teuer",
        GERMAN[0],
    ]


async def put(store: SqliteStore, *titles: str) -> None:
    """Add an article with each title."""
    seeds = [make_seed(f"s{number}", title=title, excerpt="") for number, title in enumerate(titles)]
    await store.articles.put_seeds(INSTANCE_SHELF, seeds, seen_at=SOME_DAY)


async def apart(store: SqliteStore, word: str) -> dict[str, tuple[str, str]]:
    """Take a word apart as a search does."""
    return await store.files.shelves.read(
        [INSTANCE_SHELF], lambda view: taken_apart(view, [word], compounding_of(archive_languages(view)))
    )


@pytest.mark.parametrize(
    ("word", "compounds"),
    [("bahnhof", 1), ("krise", 1), ("hof", 0), ("steig", 0), ("shops", 0)],
    ids=["last part", "with a link", "short", "first part unknown", "english"],
)
async def test_a_compound_is_found_by_its_last_part(word: str, compounds: int, store: SqliteStore) -> None:
    """If its first part is a word of the archive and an article with it is in such a language."""
    others = (
        "Das Haupt der Familie ist nicht da und bleibt weg",
        "Der Hauptbahnhof ist nicht offen und der Bürgersteig",
    )
    await put(store, *GERMAN, *ENGLISH, *others, "Die Regierung und der Haushalt sind nicht einig")

    found = await store.files.shelves.read(
        [INSTANCE_SHELF], lambda view: ending_in(view, [word], compounding_of(archive_languages(view)))
    )

    assert len(found.get(word, {})) == compounds


async def test_the_word_itself_comes_before_a_compound_that_ends_in_it(store: SqliteStore) -> None:
    """Both are found."""
    titles = ("Der Hauptbahnhof ist nicht offen und das Haupt", "Der Bahnhof der Stadt ist nicht offen und bleibt zu")
    await put(store, *GERMAN, *titles)

    result = await store.search.search([INSTANCE_SHELF], read_query("Bahnhof", now=SOME_DAY), now=SOME_DAY)

    assert [article.title for article in result.articles] == [titles[1], titles[0]]
