"""Searching, paging, listing and completing, over a real store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import BadInputError
from bot.news.article import INSTANCE_SHELF, Article, Provider, Seed, ShelfId, article_id, server_shelf
from bot.news.parsing.query import read_query
from bot.news.search import PAGE_SIZE, SearchResult, View
from bot.store.sqlite import SqliteStore, open_store
from bot.usecases.search import (
    FILTER_FORMS,
    LONGEST_CHOICE,
    LONGEST_VIEW,
    MOST_CHOICES,
    complete_articles,
    complete_providers,
    complete_topics,
    latest_news,
    list_providers,
    list_topics,
    open_view,
    page_of_view,
    search_news,
    warm_up,
)
from tests.support.clocks import DAWN, ManualClock
from tests.support.makers import HERALD, SOME_DAY, WBUR, make_seed

SHELVES = (INSTANCE_SHELF,)
HOUR = timedelta(hours=1)


@pytest.fixture
async def store(tmp_path: Path, clock: ManualClock) -> AsyncIterator[SqliteStore]:
    """An empty store."""
    async with open_store(tmp_path / "newsdesk.db", clock=clock) as opened:
        yield opened


async def put(store: SqliteStore, *seeds: Seed, shelf: ShelfId = INSTANCE_SHELF) -> None:
    """Import seeds on a shelf."""
    await store.articles.put_seeds(shelf, seeds, seen_at=SOME_DAY, is_first_import=True)


async def put_ferries(store: SqliteStore, count: int) -> None:
    """This many articles on ferries, the newest last."""
    await put(
        store,
        *(
            make_seed(f"f{number:03}", title=f"Ferry {number}", published_at=SOME_DAY + number * HOUR)
            for number in range(count)
        ),
    )


async def ask(store: SqliteStore, text: str, *, limit: int = LONGEST_VIEW) -> SearchResult:
    """Search as somebody typed it."""
    return await search_news(store.search, SHELVES, read_query(text, now=DAWN), now=DAWN, limit=limit)


async def view_of(store: SqliteStore, text: str) -> View:
    """Search, and keep it."""
    return await open_view(store.search, await ask(store, text), now=DAWN)


async def page(store: SqliteStore, view_id: str, number: int, *, later: timedelta = HOUR) -> list[str]:
    """The stems of a page, asked for so much later."""
    shown = await page_of_view(store, SHELVES, view_id, number, now=DAWN + later)
    return stems(shown.articles)


def stems(articles: tuple[Article, ...]) -> list[str]:
    """The articles' seeds' names."""
    return [article.stem for article in articles]


# Searching and paging


async def test_search_finds_articles_by_their_words(store: SqliteStore) -> None:
    """Those that have them, and no others."""
    await put(store, make_seed("ferry", title="Ferry to Bergen"), make_seed("senate", title="Senate halts cameras"))

    assert stems((await ask(store, "bergen ferry")).articles) == ["ferry"]


@pytest.mark.parametrize(
    ("typed", "left_out"),
    [
        ('"ferry bergen"', "the quotes"),
        ("ferry quality:>=150", "the quality"),
        ("ferry after:2030", "the dates"),
        ("ferry topic:robots", "the topic"),
        ("ferry provider:nobody.example", "the provider"),
        ('"ferry bergen" topic:robots', "the quotes, the topic"),
    ],
)
async def test_a_search_without_results_is_repeated_without_its_filters(
    typed: str, left_out: str, store: SqliteStore
) -> None:
    """And says which it left out."""
    await put(store, make_seed("ferry", title="Ferry to Bergen"))

    result = await ask(store, typed)

    assert (stems(result.articles), result.left_out) == (["ferry"], left_out)


@pytest.mark.parametrize(
    ("typed", "suggestion"),
    [
        ("topic:Shiping", "topic:Shipping"),
        ("ferry Topic:shiping", "ferry topic:Shipping"),
        ('topic:"computer vison" after:2020', 'topic:"Computer Vision" after:2020'),
        ("provider:bostonherld.com ferry", "provider:bostonherald.com ferry"),
        ("provider:thecrimereprot.org", "provider:thecrimereport.org"),
        ("The Crime Report", "provider:thecrimereport.org"),
        ("thecrimereport.org", "provider:thecrimereport.org"),
        ("bostonherald.com", "provider:bostonherald.com"),
        ("2020-05-07", "after:2020-05-07"),
        ("yesterday", "after:yesterday"),
        ("7 May 2021", 'after:"7 May 2021"'),
        ("topic:xylophones", ""),
        ("topic:shipping after:2030", ""),
        ("provider:crime after:2030", ""),
        ("robots", ""),
    ],
)
async def test_a_query_that_finds_nothing_suggests_the_nearest_filter(
    typed: str, suggestion: str, store: SqliteStore
) -> None:
    """A topic's, a provider's; and a provider or a date that was typed as if it were a word is one."""
    crime = Provider(domain="thecrimereport.org", name="The Crime Report")
    await put(
        store,
        make_seed("ferry", title="Ferry to Bergen", topics=("Shipping",)),
        make_seed("eye", title="Eye of a committee", provider=crime, topics=("Computer Vision",)),
    )

    assert (await ask(store, typed)).suggestion == suggestion


async def test_a_search_with_results_keeps_its_filters(store: SqliteStore) -> None:
    """Nothing is left out."""
    await put(store, make_seed("ferry", title="Ferry to Bergen"), make_seed("other", title="To Bergen by ferry"))

    result = await ask(store, '"ferry to bergen"')

    assert (stems(result.articles), result.left_out) == (["ferry"], "")


async def test_excluded_words_are_never_let_in(store: SqliteStore) -> None:
    """Better nothing than what was not wanted."""
    await put(store, make_seed("ferry", title="Ferry to Bergen"))

    assert (await ask(store, "ferry -bergen topic:robots")).articles == ()


async def test_words_that_no_article_has_find_nothing_without_filters_either(store: SqliteStore) -> None:
    """So nothing was left out."""
    await put(store, make_seed("ferry", title="Ferry to Bergen"))

    result = await ask(store, "xylophone topic:robots")

    assert (result.articles, result.left_out) == ((), "")


async def test_an_unusable_filter_stops_the_search(store: SqliteStore) -> None:
    """And names forms that work."""
    await put(store, make_seed("ferry", title="Ferry to Bergen"))

    with pytest.raises(BadInputError, match="after:yesterdy") as caught:
        await ask(store, "ferry after:yesterdy")

    assert "after:2024-05-17" in (caught.value.cure or "")


@pytest.mark.parametrize("form", FILTER_FORMS.replace(" or ", ", ").split(", "))
def test_every_form_that_is_offered_is_understood(form: str) -> None:
    """Advice that works."""
    query = read_query(form, now=DAWN)

    assert not query.unusable
    assert not query.has_text


@pytest.mark.parametrize("typed", ["!!!", "\U0001f680", "-"])
async def test_symbols_alone_find_nothing(typed: str, store: SqliteStore) -> None:
    """Not everything."""
    await put(store, make_seed("ferry", title="Ferry to Bergen"))

    assert (await ask(store, typed)).articles == ()


async def test_a_pasted_headline_with_quotes_is_found(store: SqliteStore) -> None:
    """Also by another report, which quotes nothing."""
    await put(store, make_seed("ferry", title="Ferry to Bergen must close, says minister of transport"))

    result = await ask(store, "Ferry to Bergen \u201cmust be closed\u201d, says the minister of transport")

    assert stems(result.articles) == ["ferry"]


async def test_a_headline_of_more_words_than_are_read_is_found(store: SqliteStore) -> None:
    """Only the longest count."""
    title = " ".join(f"word{number}" for number in range(30))
    await put(store, make_seed("long", title=title), make_seed("other", title="word1 word2"))

    assert stems((await ask(store, title)).articles)[0] == "long"


async def test_a_view_keeps_a_search_for_a_day(store: SqliteStore) -> None:
    """Its id can't be guessed."""
    await put_ferries(store, 3)
    first, second = await view_of(store, "ferry"), await view_of(store, "ferry")

    assert (first.expires_at - DAWN, len(first.id), first.id == second.id) == (timedelta(hours=24), 13, False)
    assert await page(store, first.id, 1, later=timedelta(hours=23)) == stems((await ask(store, "ferry")).articles)


async def test_a_view_is_headed_by_what_was_asked(store: SqliteStore) -> None:
    """Cleaned, for it was typed by anybody."""
    assert "ferry" in (await view_of(store, "ferry\u202e\x00")).title


async def test_a_view_holds_at_most_a_hundred_articles(store: SqliteStore) -> None:
    """More than that nobody pages through; the total says their number."""
    await put_ferries(store, 130)

    view = await open_view(store.search, await ask(store, "ferry", limit=130), now=DAWN)

    assert (len(view.article_ids), view.total) == (100, 130)


async def test_pages_do_not_overlap_while_articles_are_added(store: SqliteStore) -> None:
    """The search stays as it stood when it was asked."""
    await put_ferries(store, 12)
    view = await view_of(store, "ferry")
    first = await page(store, view.id, 1)
    await put(store, *(make_seed(f"new{number}", title="Ferry", published_at=DAWN) for number in range(5)))

    pages = [first, await page(store, view.id, 2), await page(store, view.id, 3)]

    assert [len(each) for each in pages] == [PAGE_SIZE, PAGE_SIZE, 2]
    assert len({stem for each in pages for stem in each}) == 12


async def test_a_page_leaves_out_what_was_taken_down_since(store: SqliteStore) -> None:
    """The others stay on their pages."""
    await put_ferries(store, 6)
    view = await view_of(store, "ferry")
    (first, *rest) = await page(store, view.id, 1)
    await store.articles.hide(INSTANCE_SHELF, article_id(INSTANCE_SHELF, first))

    assert await page(store, view.id, 1) == rest


@pytest.mark.parametrize(("number", "shown"), [(0, 1), (-5, 1), (3, 2), (10**9, 2)])
async def test_a_page_that_is_not_there_is_the_nearest(store: SqliteStore, number: int, shown: int) -> None:
    """A forged number breaks nothing."""
    await put_ferries(store, 7)
    view = await view_of(store, "ferry")

    assert await page(store, view.id, number) == await page(store, view.id, shown)


async def test_an_expired_view_says_how_to_ask_again(store: SqliteStore) -> None:
    """A day later, and for an id that nobody knows."""
    await put_ferries(store, 1)
    view = await view_of(store, "ferry")

    for view_id in (view.id, "a" * 13):
        with pytest.raises(BadInputError, match="/news search"):
            await page(store, view_id, 1, later=timedelta(hours=24, seconds=1))


async def test_a_search_without_a_hit_has_one_empty_page(store: SqliteStore) -> None:
    """It is an answer, too."""
    view = await view_of(store, "ferry")

    assert (view.pages, await page(store, view.id, 1)) == (1, [])


async def test_a_page_shows_nothing_of_another_server(store: SqliteStore) -> None:
    """Even where somebody shares a view's id."""
    shelf = server_shelf(2)
    await put(store, make_seed("own", title="Ferry", shelf=shelf), shelf=shelf)
    result = await search_news(store.search, (INSTANCE_SHELF, shelf), read_query("ferry", now=DAWN), now=DAWN)
    view = await open_view(store.search, result, now=DAWN)

    assert stems(result.articles) == ["own"]
    assert await page(store, view.id, 1) == []


# The newest and the best


async def test_latest_gives_the_newest_first(store: SqliteStore) -> None:
    """As many as were asked for."""
    await put_ferries(store, 4)

    assert stems(await latest_news(store.search, SHELVES, limit=2)) == ["f003", "f002"]


async def test_latest_can_be_held_to_a_topic_in_any_case(store: SqliteStore) -> None:
    """Topics are folded."""
    await put(store, make_seed("a", topics=("Café Culture",)), make_seed("b"))

    assert stems(await latest_news(store.search, SHELVES, topic="  CAFE   culture ")) == ["a"]


@pytest.mark.parametrize("typed", ["wbur.org", "www.WBUR.org", "https://www.wbur.org/news", "WBUR", " wbu "])
async def test_latest_can_be_held_to_a_provider_however_it_is_named(store: SqliteStore, typed: str) -> None:
    """Its domain, a link of it, its name."""
    await put(store, make_seed("a", provider=WBUR), make_seed("b", provider=HERALD))

    assert stems(await latest_news(store.search, SHELVES, provider=typed)) == ["a"]


async def test_a_provider_of_exactly_the_name_is_meant_before_a_larger_one(store: SqliteStore) -> None:
    """What was typed in full isn't the beginning of something else."""
    larger = Provider(domain="wburnews.org", name="WBUR News")
    await put(store, make_seed("a", provider=WBUR), *(make_seed(f"b{n}", provider=larger) for n in range(3)))

    assert stems(await latest_news(store.search, SHELVES, provider="WBUR")) == ["a"]


async def test_latest_of_an_unknown_provider_is_nothing(store: SqliteStore) -> None:
    """Not everything."""
    await put(store, make_seed("a", provider=WBUR))

    assert await latest_news(store.search, SHELVES, provider="nobody") == ()


# Lists


async def test_topics_and_providers_are_listed_with_their_numbers(store: SqliteStore) -> None:
    """The most frequent first."""
    await put(
        store,
        make_seed("a", topics=("AI", "Sport"), provider=WBUR),
        make_seed("b", topics=("AI",), provider=WBUR),
        make_seed("c", provider=HERALD),
    )

    topics = await list_topics(store.search, SHELVES)
    providers = await list_providers(store.search, SHELVES, contains="WB")

    assert [(tally.label, tally.count) for tally in topics] == [("AI", 2), ("Sport", 1)]
    assert [(tally.key, tally.count) for tally in providers] == [("wbur.org", 2)]


# Completion


async def test_titles_are_completed_with_their_ids(store: SqliteStore) -> None:
    """What is chosen is found."""
    await put(store, make_seed("ferry", title="Ferry to Bergen"))

    (choice,) = await complete_articles(store.search, SHELVES, "ferry to ber")

    assert choice.value == article_id(INSTANCE_SHELF, "ferry")
    assert "Ferry to Bergen" in choice.label


async def test_topics_and_providers_are_completed(store: SqliteStore) -> None:
    """A provider shows its domain beside its name."""
    await put(store, make_seed("a", topics=("Computer Vision",), provider=HERALD))

    (topic,) = await complete_topics(store.search, SHELVES, "VIS")
    (provider,) = await complete_providers(store.search, SHELVES, "bost")

    assert (topic.label, topic.value) == ("Computer Vision", "computer vision")
    assert (provider.label, provider.value) == ("Boston Herald (bostonherald.com)", "bostonherald.com")


async def test_completions_fit_discords_limits(store: SqliteStore) -> None:
    """At most 25; labels and values at most 100 UTF-16 units, and never empty."""
    emoji = "\N{GRINNING FACE}"
    await put(
        store,
        *(
            make_seed(
                f"s{number}",
                title=f"{emoji * 200} ferry {number}",
                topics=(f"{emoji * 90} ferry" if number % 2 else "ferry",),
                provider=Provider(domain=f"ferry{number}.com", name=emoji * 300),
            )
            for number in range(30)
        ),
    )

    for complete in (complete_articles, complete_topics, complete_providers):
        choices = await complete(store.search, SHELVES, "ferry")
        assert 0 < len(choices) <= MOST_CHOICES
        for text in (text for each in choices for text in (each.label, each.value)):
            assert 0 < len(text.encode("utf-16-le")) // 2 <= LONGEST_CHOICE


@pytest.mark.parametrize("typed", ["", '"', "*", "a" * 500, "\x00", "AND", "%_", "\ud800", "🎉"])
async def test_completion_answers_whatever_is_typed(store: SqliteStore, typed: str) -> None:
    """At every key that is pressed."""
    await put_ferries(store, 2)

    for complete in (complete_articles, complete_topics, complete_providers):
        assert len(await complete(store.search, SHELVES, typed)) <= MOST_CHOICES


async def test_labels_are_cleaned(store: SqliteStore) -> None:
    """Titles are other people's text."""
    await put(store, make_seed("a", title="Ferry \u202eto Bergen"))

    (choice,) = await complete_articles(store.search, SHELVES, "ferry")

    assert "Ferry to Bergen" in choice.label


@pytest.mark.parametrize("articles", [0, 1, 5])
async def test_warming_up_asks_of_any_archive(articles: int, store: SqliteStore) -> None:
    """An empty one, too; nothing is changed by it."""
    await put_ferries(store, articles)

    await warm_up(store.search, now=DAWN)

    assert len(await latest_news(store.search, SHELVES)) == articles


@pytest.mark.parametrize(
    "link", ["https://other.example/2026/ferry-strike-ends?utm_source=x", "https://other.example/ferry-strike"]
)
async def test_a_link_of_no_article_is_searched_by_the_words_of_its_path(link: str, store: SqliteStore) -> None:
    """Which are often the headline, unlike "https" and "utm_source"."""
    await put(store, make_seed("b", title="Ferry strike ends in 2026"), make_seed("c", title="HTTPS is for all"))

    result = await ask(store, link)

    assert (stems(result.articles), result.is_broadened) == (["b"], False)


async def test_words_with_a_dot_and_a_slash_are_text(store: SqliteStore) -> None:
    """They may be a link, or not."""
    await put(store, make_seed("a", title="Node.js and express"), make_seed("b", title="Express train"))

    assert stems((await ask(store, "node.js/express")).articles)[0] == "a"
