"""Titles completed while a person types, whatever is in them and however rare the prefix is."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.article import INSTANCE_SHELF, Seed, server_shelf
from bot.store.port import Store
from bot.store.sqlite import open_store
from bot.store.sqlite.search.autocomplete import MOST_PREFIXES, PATIENCE
from bot.text.words import words_of
from tests.support.clocks import ManualClock
from tests.support.examples import up_to
from tests.support.makers import SOME_DAY, make_article, make_seed

SHELVES = (INSTANCE_SHELF,)
OTHERS = server_shelf(2)
DAY = timedelta(days=1)
SIGNS = "abcdefghijklmnopqrstuvwxyz0123456789"

words = st.sampled_from(
    [
        *("of", "o", "ox", "oxen", "Oxford", "oxfords", "oxides", "offers", "says", "saying", "babies", "baby's", "x"),
        *("\u00c9clair", "e", "\u5317\u4eac", "\u5317\u4eac\u5e02", "42", "4", "420", "\u00df", "(ox)", "o_f"),
    ]
)
titles = st.lists(words, min_size=1, max_size=4).map(" ".join)


@st.composite
def typing(draw: st.DrawFn) -> str:
    """Some words, the last of them unfinished."""
    *others, last = draw(st.lists(words, min_size=1, max_size=3))
    return " ".join([*others, last[: draw(st.integers(1, 6))]])


async def put(store: Store, seeds: Sequence[Seed]) -> None:
    """Put seeds on their shelf."""
    await store.articles.put_seeds(seeds[0].article.shelf, seeds, seen_at=SOME_DAY)


async def completed(store: Store, typed: str, *, limit: int = 25) -> list[str]:
    """The ids of the completions."""
    return [each.value for each in await store.search.complete_articles(SHELVES, typed, limit=limit)]


def holds(title: str, typed: str) -> bool:
    """True where a title has all words that were typed, the last of them as a beginning."""
    *others, begun = words_of(typed) or [""]
    held = words_of(title)
    return all(word in held for word in others) and any(word.startswith(begun) for word in held)


@up_to(60)
@given(st.lists(titles, min_size=1, max_size=8), st.lists(typing(), min_size=1, max_size=6), st.integers(1, 3))
def test_completions_are_titles_with_the_whole_words_then_the_newest_that_hold_what_is_typed(
    told: list[str], asked: list[str], limit: int
) -> None:
    """However many letters of the last word there are; what is hidden, or another server's, isn't among them."""

    async def answers() -> list[list[str]]:
        with tempfile.TemporaryDirectory() as folder:
            async with open_store(Path(folder) / "n.db", clock=ManualClock()) as store:
                await put(store, [make_seed("x", shelf=OTHERS, title=told[0])])
                await put(
                    store,
                    [
                        make_seed("hidden", title=told[0]),
                        *(
                            make_seed(f"{n}", title=each, published_at=SOME_DAY - DAY * n)
                            for n, each in enumerate(told)
                        ),
                    ],
                )
                await store.articles.hide(INSTANCE_SHELF, make_article("hidden").id)
                return [await completed(store, typed, limit=limit) for typed in asked]

    for typed, answer in zip(asked, asyncio.run(answers()), strict=True):
        holding = [n for n, title in enumerate(told) if holds(title, typed)]
        holding.sort(key=lambda n: not set(words_of(typed)) <= set(words_of(told[n])))
        right = [make_article(f"{n}").id for n in holding]
        assert (typed, answer) == (typed, right[:limit])


@pytest.mark.parametrize("typed", ["x", "xy", "xyl", "xylo", "police x", "police xy", "police xyl", "POLICE XYLO"])
async def test_a_rare_beginning_is_found_behind_hundreds_of_titles_without_it(typed: str, store: Store) -> None:
    """Nobody has to know how long it takes to look."""
    decoy = "Police and xylitol" if typed.lower().endswith("xylo") else "Police and axes"
    await put(
        store,
        [
            make_seed("rare", title="Police: (xylophones)", published_at=SOME_DAY - DAY),
            *(make_seed(f"s{n}", title=decoy) for n in range(PATIENCE + 1)),
        ],
    )

    assert await completed(store, typed) == [make_article("rare").id]


@pytest.mark.parametrize("typed", ["x", "xy", "xyl", "xylo", "police x", "police xy", "police xyl", "police xylo"])
async def test_a_title_is_found_behind_hundreds_of_another_servers(typed: str, store: Store) -> None:
    """The other servers that use the bot are nobody's business."""
    await put(store, [make_seed("ours", title="Police: (xylophones)", published_at=SOME_DAY - DAY)])
    theirs = [make_seed(f"s{n}", shelf=OTHERS, title="Police and xylophones") for n in range(PATIENCE + 1)]
    await put(store, theirs)

    assert await completed(store, typed) == [make_article("ours").id]


async def test_a_letter_with_which_more_than_a_thousand_words_begin_completes(store: Store) -> None:
    """Somebody's list of codes: none is left out, not the last one either."""
    codes = sorted(f"x{first}{second}" for first in SIGNS for second in SIGNS)
    assert len(codes) > MOST_PREFIXES
    await put(
        store,
        [
            make_seed("last", title=codes[-1], published_at=SOME_DAY - DAY),
            make_seed("codes", title=" ".join(codes[:-1]), published_at=SOME_DAY - 2 * DAY),
            *(make_seed(f"s{n}", title="Police and axes") for n in range(PATIENCE + 1)),
        ],
    )

    assert await completed(store, "x") == [make_article("last").id, make_article("codes").id]


async def test_a_rare_whole_word_is_completed_before_newer_words_that_it_begins(store: Store) -> None:
    """Nobody can type on in "AI" to leave out the air and the aid of today."""
    old = make_seed("old", title="What AI costs", published_at=SOME_DAY - 400 * DAY)
    await put(store, [old, *(make_seed(f"s{n}", title="Airports aim higher") for n in range(40))])

    answer = await completed(store, "ai")

    assert (answer[0], len(answer)) == (make_article("old").id, 25)


@pytest.mark.parametrize("typed", ["", "f", "fe", "fer", "ferry", "ferry t", "ferry tomorrow"])
async def test_a_title_dated_ahead_is_completed_from_its_moment_on(
    typed: str, store: Store, clock: ManualClock
) -> None:
    """As search finds it."""
    moment = clock.now() + timedelta(hours=1)
    await put(store, [make_seed("ahead", title="Ferry tomorrow", published_at=moment)])

    before = await completed(store, typed)
    clock.advance(3600)

    assert (before, await completed(store, typed)) == ([], [make_article("ahead").id])
