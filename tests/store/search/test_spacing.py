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
    ],
    ids=["apart", "digit", "not side by side", "known", "stop word", "misspelling", "short stop word"],
)
async def test_a_word_is_two_only_where_articles_have_these_side_by_side(
    word: str, parts: tuple[str, str] | None, store: SqliteStore
) -> None:
    """Not wherever both occur."""
    titles = ("Power Apps update", "GPT-4 is out", "A day of care", "Town pool reopens", "You Tube closes")
    alike = ("Overall budget", "Over Al and the sea", "A block of ice")
    seeds = [make_seed(f"s{number}", title=title, excerpt="") for number, title in enumerate((*titles, *alike))]
    await store.articles.put_seeds(INSTANCE_SHELF, seeds, seen_at=SOME_DAY)

    found = await store.files.archive.read(
        lambda connection: written_apart(connection, [word], find_forms(connection, [word], [ENGLISH]))
    )

    assert found.get(word) == parts


async def test_an_emoji_that_no_article_has_is_left_out_beside_words(store: SqliteStore) -> None:
    """It is an ornament, not a word that is missing."""
    await store.articles.put_seeds(INSTANCE_SHELF, [make_seed("a", title="Town pool reopens")], seen_at=SOME_DAY)

    result = await store.search.search([INSTANCE_SHELF], read_query("pool \U0001f680", now=SOME_DAY), now=SOME_DAY)

    assert (len(result.articles), result.is_broadened) == (1, False)
