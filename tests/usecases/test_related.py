"""Finding an article by whatever names it, and its coverage, over a real store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import BadInputError, UnknownArticleError
from bot.news.article import INSTANCE_SHELF, Article, Seed, ShelfId, article_id, server_shelf
from bot.news.stories.related import Coverage
from bot.store.sqlite import SqliteStore, open_store
from bot.usecases.related import coverage_of_text, find_article, related_coverage
from tests.support.clocks import ManualClock
from tests.support.makers import SOME_DAY, WBUR, make_seed, make_stub
from tests.support.seed_files import SHIPPED
from tests.support.upstream_history import read_seeds

SHELVES = (INSTANCE_SHELF,)
HERALD_STEM, WBUR_STEM = "001_c491b083016e13b6", "004_8f32f6f453e83b6d"
HERALD_TITLE = "Guardrails needed for police use of facial recognition software in Massachusetts, advocates say"
HERALD_PAGE = (
    "bostonherald.com/2023/11/23/"
    "guardrails-needed-for-police-use-of-facial-recognition-software-in-massachusetts-advocates-say"
)
WBUR_URL = "https://www.wbur.org/radioboston/2022/03/23/march-23-2022-rb"
BILL = "Mass. bill would curb police use of facial recognition technology"
SENATE = "Massachusetts senate halts police facial recognition"
SENATE_TOO = "Police facial recognition halted by Massachusetts senate"


@pytest.fixture
async def store(tmp_path: Path, clock: ManualClock) -> AsyncIterator[SqliteStore]:
    """A store with the five shipped seeds."""
    async with open_store(tmp_path / "newsdesk.db", clock=clock) as opened:
        await put(opened, *read_seeds(SHIPPED).values())
        yield opened


async def put(store: SqliteStore, *seeds: Seed, shelf: ShelfId = INSTANCE_SHELF) -> None:
    """Import seeds on a shelf."""
    await store.articles.put_seeds(shelf, seeds, seen_at=SOME_DAY, is_first_import=True)


async def find(store: SqliteStore, text: str, *shelves: ShelfId) -> Article:
    """Find an article as a person of these shelves (the instance's) would."""
    return await find_article(store.articles, store.search, shelves or SHELVES, text)


async def cover(store: SqliteStore, stem: str, *, limit: int = 10) -> Coverage:
    """The coverage of a seed's article."""
    article = await find(store, stem)
    return await related_coverage(store.related, store.articles, SHELVES, article, limit=limit)


async def cover_text(store: SqliteStore, text: str) -> Coverage:
    """The coverage of whatever somebody posted."""
    return await coverage_of_text(store.related, store.articles, store.search, SHELVES, text)


def titles(coverage: Coverage) -> list[str]:
    """Titles of the related ones, in order."""
    return [each.article.title for each in coverage.related]


# Finding


@pytest.mark.parametrize(
    "text",
    [
        article_id(INSTANCE_SHELF, HERALD_STEM),
        HERALD_STEM,
        f"{HERALD_STEM}.txt",
        f"  {HERALD_STEM}\n",
        HERALD_TITLE,
        HERALD_TITLE.upper(),
        "guardrails needed",
        f"http://{HERALD_PAGE}#top",
        f"https://www.{HERALD_PAGE}/amp/",
    ],
)
async def test_an_article_answers_to_whatever_names_it(store: SqliteStore, text: str) -> None:
    """Its id, its seed's name, its title or some words of it, any of its links."""
    assert (await find(store, text)).stem == HERALD_STEM


async def test_a_link_within_a_text_names_its_article(store: SqliteStore) -> None:
    """Whatever is around it, as people paste it."""
    assert (await find(store, f"have you seen <{WBUR_URL}>?!")).stem == WBUR_STEM


async def test_of_several_titles_with_the_words_the_shortest_is_meant(store: SqliteStore) -> None:
    """It is nearest to what was typed."""
    await put(
        store, make_seed("long", title="Ferry to Bergen delayed again"), make_seed("short", title="Ferry to Bergen")
    )

    assert (await find(store, "ferry to bergen")).stem == "short"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "!!!",
        "https://example.org/never-heard-of",
        "ferry",
        "guardrails for ferries",
        "a" * 4000,
        "AND OR",
        '"',
    ],
)
async def test_what_nothing_answers_to_is_said_with_a_way_on(store: SqliteStore, text: str) -> None:
    """Anything that a person can type gets a sentence."""
    with pytest.raises(UnknownArticleError, match="search"):
        await find(store, text)


async def test_a_hidden_article_is_not_found(store: SqliteStore) -> None:
    """By none of its names."""
    await store.articles.hide(INSTANCE_SHELF, article_id(INSTANCE_SHELF, WBUR_STEM))

    for text in (article_id(INSTANCE_SHELF, WBUR_STEM), WBUR_STEM, WBUR_URL):
        with pytest.raises(UnknownArticleError):
            await find(store, text)


async def test_another_servers_article_is_not_found(store: SqliteStore) -> None:
    """Each server sees the instance's shelf and its own."""
    await put(store, make_seed("own", shelf=server_shelf(2), title="Ferry to Bergen"), shelf=server_shelf(2))

    assert (await find(store, "ferry to bergen", INSTANCE_SHELF, server_shelf(2))).stem == "own"
    for text in ("own", "ferry to bergen", article_id(server_shelf(2), "own")):
        with pytest.raises(UnknownArticleError):
            await find(store, text, INSTANCE_SHELF, server_shelf(1))


# Coverage


async def test_an_article_is_covered_by_what_its_seed_names(store: SqliteStore) -> None:
    """Each says who names it."""
    coverage = await cover(store, HERALD_STEM)

    named = {each.article.title: each.why for each in coverage.related if each.source == "explicit"}
    assert len(named) == 3
    assert named[BILL] == "named by Boston Herald"


async def test_a_stub_is_covered_by_the_article_whose_seed_names_it(store: SqliteStore) -> None:
    """Coverage is asked for from either end."""
    stub = next(each.article for each in (await cover(store, HERALD_STEM)).related if each.article.title == BILL)

    coverage = await related_coverage(store.related, store.articles, SHELVES, stub)

    assert HERALD_TITLE in titles(coverage)


async def test_an_article_is_covered_by_what_is_alike(store: SqliteStore) -> None:
    """Nobody names it; its words do."""
    await put(
        store,
        make_seed("one", title="Plosser wants faster tapering of bond purchases"),
        make_seed("other", title="Quicker tapering: Plosser on bond purchases", provider=WBUR),
    )

    computed = {
        each.article.stem: each.why for each in (await cover(store, "one")).related if each.source == "computed"
    }

    assert computed["other"].startswith("shares: ")


async def test_off_topic_named_ones_stand_below_what_is_alike(store: SqliteStore) -> None:
    """They sink and don't vanish."""
    named = make_stub("named", title="Harbour ferry to run on hydrogen")
    await put(
        store, make_seed("one", title=SENATE, coverage=[named]), make_seed("other", title=SENATE_TOO, provider=WBUR)
    )

    coverage = await cover(store, "one", limit=1)

    assert titles(coverage) == [SENATE_TOO, "Harbour ferry to run on hydrogen"]


async def test_another_seed_with_the_same_link_is_the_same_report(store: SqliteStore) -> None:
    """Two of the real records share all of their links."""
    link = "https://example.com/a"
    await put(
        store,
        make_seed("one", title="Ferry to Bergen", url=link),
        make_seed("other", title="Quite another title", url="https://example.com/b", aliases=(link,)),
    )

    (first, *_) = (await cover(store, "one")).related

    assert (first.article.stem, first.source) == ("other", "same")


async def test_a_hidden_article_covers_nothing(store: SqliteStore) -> None:
    """Neither computed nor named."""
    await put(store, make_seed("one", title=SENATE), make_seed("other", title=SENATE_TOO, provider=WBUR))
    await store.articles.hide(INSTANCE_SHELF, article_id(INSTANCE_SHELF, "other"))

    assert "other" not in [each.article.stem for each in (await cover(store, "one")).related]


async def test_another_servers_article_covers_nothing(store: SqliteStore) -> None:
    """However alike."""
    await put(store, make_seed("one", title=SENATE))
    await put(store, make_seed("own", shelf=server_shelf(2), title=SENATE_TOO, provider=WBUR), shelf=server_shelf(2))

    assert "own" not in [each.article.stem for each in (await cover(store, "one")).related]


async def test_coverage_of_every_real_record_has_no_text_twice(store: SqliteStore, data: Path) -> None:
    """And each timeline begins with its first report and holds the asked article."""
    seeds = read_seeds(data / "upstream" / "news")
    await put(store, *seeds.values())
    for stem in sorted(seeds)[::8]:
        coverage = await cover(store, stem)
        texts = [(each.article.title, each.article.excerpt) for each in coverage.related]
        assert len(texts) == len(set(texts))
        assert coverage.article in coverage.timeline
        assert [each.published_at for each in coverage.timeline] == sorted(
            each.published_at for each in coverage.timeline
        )


# Texts


async def test_a_posted_link_of_the_archive_asks_for_its_article(store: SqliteStore) -> None:
    """From a message, with words around it."""
    coverage = await cover_text(store, f"look at this: {WBUR_URL} (thanks!)")

    assert coverage.article.stem == WBUR_STEM


async def test_a_pasted_headline_of_the_archive_asks_for_its_article(store: SqliteStore) -> None:
    """In whatever case."""
    assert (await cover_text(store, HERALD_TITLE.lower())).article.stem == HERALD_STEM


async def test_a_headline_that_is_not_in_the_archive_is_compared_by_its_words(store: SqliteStore) -> None:
    """Somebody else's title of the same event."""
    coverage = await cover_text(
        store, "Bill in Massachusetts would curb facial recognition technology by the police, WBUR"
    )

    assert titles(coverage)[0] == BILL
    assert coverage.article.id == ""
    assert coverage.article not in coverage.timeline


async def test_age_does_not_count_for_a_text_of_unknown_date(store: SqliteStore) -> None:
    """The archive may be years old."""
    await put(
        store,
        make_seed("old", title="Ferry from Bergen to Oslo sinks slowly", published_at=SOME_DAY - timedelta(days=4000)),
        make_seed("new", title="Ferry fares rise", published_at=SOME_DAY),
    )

    coverage = await cover_text(
        store, "Slowly sinking: harbour ferry with forty cars on its way near Bergen last Sunday"
    )

    assert "old" in [each.article.stem for each in coverage.related]


async def test_a_link_that_nobody_knows_is_compared_by_its_own_words(store: SqliteStore) -> None:
    """Most links say what their page is about."""
    link = "https://example.org/2023/11/mass-bill-would-curb-police-use-of-facial-recognition-technology.html?utm=1"

    coverage = await cover_text(store, link)

    assert titles(coverage)[0] == BILL
    assert (coverage.article.url, coverage.article.provider.domain) == (link, "example.org")


async def test_a_text_about_something_else_has_no_coverage(store: SqliteStore) -> None:
    """That is an answer, too."""
    assert (await cover_text(store, "zebra xylophone quartet")).related == ()


@pytest.mark.parametrize("text", ["", "   ", "?!…", "€ $"])
async def test_a_text_without_a_word_is_refused_with_a_sentence(store: SqliteStore, text: str) -> None:
    """There is nothing to look for."""
    with pytest.raises(BadInputError, match="link or a headline"):
        await cover_text(store, text)


@pytest.mark.parametrize("text", ["word " * 3000, "https://e.org/" + "a" * 5000, "\x00\ud800", "https://e.org/ " * 300])
async def test_no_text_breaks_anything(store: SqliteStore, text: str) -> None:
    """Whatever a message holds: an answer or a sentence."""
    try:
        coverage = await cover_text(store, text)
    except BadInputError:
        return
    assert coverage.related == ()


async def test_an_empty_archive_has_no_coverage_for_any_text(tmp_path: Path, clock: ManualClock) -> None:
    """Before the first seed."""
    async with open_store(tmp_path / "empty.db", clock=clock) as store:
        assert (await cover_text(store, SENATE)).related == ()


async def test_what_nobody_else_reports_has_no_coverage_in_a_small_archive(tmp_path: Path, clock: ManualClock) -> None:
    """The best of four strangers is a stranger."""
    titles = (
        "Town pool reopens after repair",
        "School adds a third bus",
        "Market adds evening hours",
        "Repair cafe opens in the old school",
    )
    async with open_store(tmp_path / "town.db", clock=clock) as town:
        await put(town, *(make_seed(f"town{number}", title=title) for number, title in enumerate(titles)))

        assert [(await cover(town, f"town{number}")).related for number in range(4)] == [()] * 4
