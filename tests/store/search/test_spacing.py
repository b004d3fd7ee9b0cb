"""Words written together or apart, and what is left out beside other words."""

from __future__ import annotations

import pytest

from bot.news.article import INSTANCE_SHELF
from bot.news.parsing.query import read_query
from bot.store.sqlite import SqliteStore
from bot.store.sqlite.index.forms import find_forms
from bot.store.sqlite.index.spacing import written_apart
from bot.text.language.detection import ENGLISH
from tests.support.makers import SOME_DAY, make_seed


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("powerapps", ("power", "apps")),
        ("gpt4", ("gpt", "4")),
        ("daycare", None),
        ("reopens", None),
        ("youtube", ("you", "tube")),
        ("overal", None),
        ("ofice", None),
        ("f35", ("f", "35")),
        ("3d", ("3", "d")),
        ("a380", ("a", "380")),
        ("spacex", ("space", "x")),
    ],
    ids=[
        "apart",
        "digit",
        "not side by side",
        "known",
        "stop word",
        "misspelling",
        "short stop word",
        "letter and digits",
        "digit and letter",
        "stop word and digits",
        "one letter last",
    ],
)
async def test_a_word_is_two_only_where_articles_have_these_side_by_side(
    word: str, parts: tuple[str, str] | None, store: SqliteStore
) -> None:
    """Not wherever both occur."""
    titles = ("Power Apps update", "GPT-4 is out", "A day of care", "Town pool reopens", "You Tube closes")
    alike = (
        "F-35 jets sold",
        "3-D prints",
        "A-380 lands",
        "Space X rocket",
        "Overall budget",
        "Over Al and the sea",
        "A block of ice",
    )
    seeds = [make_seed(f"s{number}", title=title, excerpt="") for number, title in enumerate((*titles, *alike))]
    await store.articles.put_seeds(INSTANCE_SHELF, seeds, seen_at=SOME_DAY)

    found = await store.files.shelves.read(
        [INSTANCE_SHELF], lambda view: written_apart(view, [word], find_forms(view, [word], [ENGLISH]))
    )

    assert found.get(word) == parts


async def test_an_emoji_that_no_article_has_is_left_out_beside_words(store: SqliteStore) -> None:
    """It is an ornament, not a word that is missing."""
    await store.articles.put_seeds(INSTANCE_SHELF, [make_seed("a", title="Town pool reopens")], seen_at=SOME_DAY)

    result = await store.search.search([INSTANCE_SHELF], read_query("pool \U0001f680", now=SOME_DAY), now=SOME_DAY)

    assert (len(result.articles), result.is_broadened) == (1, False)


async def test_a_lone_word_is_found_as_two_only_where_these_are_side_by_side(store: SqliteStore) -> None:
    """Both of them alone are in other articles, too."""
    titles = ("Face-Time calls cut", "Time has a face")
    seeds = [make_seed(f"s{number}", title=title, excerpt="") for number, title in enumerate(titles)]
    await store.articles.put_seeds(INSTANCE_SHELF, seeds, seen_at=SOME_DAY)

    result = await store.search.search([INSTANCE_SHELF], read_query("facetime", now=SOME_DAY), now=SOME_DAY)

    assert [article.title for article in result.articles] == ["Face-Time calls cut"]


async def test_a_name_with_today_in_it_does_not_ask_for_the_latest(store: SqliteStore) -> None:
    """Where articles write it as one word."""
    titles = ("USAToday cuts its staff", "Usa potter wins")
    seeds = [make_seed(f"s{number}", title=title, excerpt="") for number, title in enumerate(titles)]
    await store.articles.put_seeds(INSTANCE_SHELF, seeds, seen_at=SOME_DAY)

    result = await store.search.search([INSTANCE_SHELF], read_query("usa today", now=SOME_DAY), now=SOME_DAY)

    assert result.articles[0].title == "USAToday cuts its staff"


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("mueller", "M\u00fcller scores"),
        ("m\u00fcller", "Mueller testifies"),
        ("djokovic", "\u0110okovi\u0107 wins"),
        ("at & t", "AT&T sells towers"),
    ],
)
async def test_a_spelling_is_found_beside_articles_that_have_the_other(
    typed: str, title: str, store: SqliteStore
) -> None:
    """Both are the same name."""
    titles = ("M\u00fcller scores", "Mueller testifies", "\u0110okovi\u0107 wins", "Djokovic out", "AT&T sells towers")
    seeds = [make_seed(f"s{number}", title=each, excerpt="") for number, each in enumerate((*titles, "A poet speaks"))]
    await store.articles.put_seeds(INSTANCE_SHELF, seeds, seen_at=SOME_DAY)

    result = await store.search.search([INSTANCE_SHELF], read_query(typed, now=SOME_DAY), now=SOME_DAY)

    assert title in [article.title for article in result.articles]


async def test_a_word_with_two_vowels_is_not_one_without_them(store: SqliteStore) -> None:
    """No article writes "pot" with the letter that "oe" may be."""
    titles = ("A poet speaks", "Pot prices fall", "K\u00f6ln sells a pot")
    seeds = [make_seed(f"s{number}", title=title, excerpt="") for number, title in enumerate(titles)]
    await store.articles.put_seeds(INSTANCE_SHELF, seeds, seen_at=SOME_DAY)

    result = await store.search.search([INSTANCE_SHELF], read_query("poet", now=SOME_DAY), now=SOME_DAY)

    assert [article.title for article in result.articles] == ["A poet speaks"]


async def test_a_word_beside_a_stop_word_is_found_where_both_are_one(store: SqliteStore) -> None:
    """Before articles with the word alone."""
    titles = ("Startups lose their funding", "Start of the race delayed")
    seeds = [make_seed(f"s{number}", title=title, excerpt="") for number, title in enumerate(titles)]
    await store.articles.put_seeds(INSTANCE_SHELF, seeds, seen_at=SOME_DAY)

    result = await store.search.search([INSTANCE_SHELF], read_query("start-up", now=SOME_DAY), now=SOME_DAY)

    assert result.articles[0].title == titles[0]


async def test_a_single_sign_counts_beside_stop_words(store: SqliteStore) -> None:
    """They alone would be no question."""
    titles = ("A\u80a1\u6536\u76d8\u4e0b\u8dcc", "A quiet day")
    seeds = [make_seed(f"s{number}", title=title, excerpt="") for number, title in enumerate(titles)]
    await store.articles.put_seeds(INSTANCE_SHELF, seeds, seen_at=SOME_DAY)

    result = await store.search.search([INSTANCE_SHELF], read_query("a\u80a1", now=SOME_DAY), now=SOME_DAY)

    assert result.articles[0].title == titles[0]
