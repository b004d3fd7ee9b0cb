"""Lists beside search: the newest, topics, providers, completion and views."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.news.article import INSTANCE_SHELF, ArticleId, Provider, Seed, server_shelf
from bot.news.parsing.query import read_query
from bot.news.search import Completion, SearchQuery, Tally, View
from bot.store.port import Store
from tests.support.clocks import ManualClock
from tests.support.makers import HERALD, SOME_DAY, WBUR, make_article, make_seed, make_stub

SHELVES = (INSTANCE_SHELF,)
SERVER = server_shelf(1)
DAY = timedelta(days=1)


async def put(store: Store, *seeds: Seed) -> None:
    """Put seeds on their shelf."""
    await store.articles.put_seeds(seeds[0].article.shelf, seeds, seen_at=SOME_DAY)


def make_view(**fields: object) -> View:
    """A view that expires a day after the clock's dawn."""
    base = {
        "id": "abcdefghijklm",
        "title": "Police",
        "article_ids": (ArticleId("x"), ArticleId("y")),
        "total": 2,
        "expires_at": ManualClock().now() + DAY,
    }
    return View(**(base | fields))  # type: ignore[arg-type]


async def test_the_newest_stand_first_then_by_id(store: Store) -> None:
    """Articles of the same moment have an order too."""
    await put(store, make_seed("old", published_at=SOME_DAY - DAY), make_seed("b"), make_seed("a"), make_seed("c"))

    latest = await store.search.latest(SHELVES)

    assert [article.id for article in latest] == [
        *sorted(make_article(stem).id for stem in "abc"),
        make_article("old").id,
    ]


async def test_an_article_that_is_dated_ahead_shows_from_its_moment_on(store: Store, clock: ManualClock) -> None:
    """Neither the newest articles nor a search have it earlier."""
    at = clock.now() + timedelta(hours=2)
    await put(store, make_seed("ahead", title="Ferry", published_at=at))
    query = SearchQuery(words=("ferry",))

    assert not await store.search.latest(SHELVES)
    assert not (await store.search.search(SHELVES, query, now=at - timedelta(seconds=1))).ids
    clock.advance(timedelta(hours=2).total_seconds())
    assert len(await store.search.latest(SHELVES)) == 1
    assert len((await store.search.search(SHELVES, query, now=at)).ids) == 1


@pytest.mark.parametrize("by", [{"topic": "ai"}, {"provider": HERALD.domain}, {}], ids=["topic", "provider", "all"])
async def test_articles_of_the_same_second_are_cut_by_id(by: dict[str, str], store: Store) -> None:
    """The limit falls among them: those with the lowest ids stay, whenever they came."""
    stems = [f"s{n}" for n in range(20)]
    await put(store, *(make_seed(stem, topics=("AI",)) for stem in stems))

    latest = await store.search.latest(SHELVES, **by, limit=5)

    assert [article.id for article in latest] == sorted(make_article(stem).id for stem in stems)[:5]


async def test_the_newest_hold_no_stubs_but_unlisted_and_led_articles(store: Store) -> None:
    """Full articles, whatever their scores."""
    await put(store, make_seed("a", listed=False), make_seed("b", heat=-1, coverage=[make_stub(topics=("AI",))]))

    assert {article.stem for article in await store.search.latest(SHELVES)} == {"a", "b"}
    assert await store.search.latest(SHELVES, topic="ai") == ()


async def test_the_newest_of_a_topic_and_a_provider_at_once(store: Store) -> None:
    """Both must hold."""
    await put(
        store,
        make_seed("both", topics=("AI",), provider=WBUR),
        make_seed("topic", topics=("AI",)),
        make_seed("provider", provider=WBUR),
    )

    assert [each.stem for each in await store.search.latest(SHELVES, topic="ai", provider="wbur.org")] == ["both"]


async def test_the_newest_of_what_nobody_knows_is_nothing(store: Store) -> None:
    """Not everything."""
    await put(store, make_seed("a"))

    assert await store.search.latest(SHELVES, topic="nonsense") == ()
    assert await store.search.latest(SHELVES, provider="nonsense.com") == ()


async def test_topics_are_counted_most_first(store: Store) -> None:
    """With the newest article's moment; stubs don't count."""
    await put(
        store,
        make_seed("a", topics=("Police",), coverage=[make_stub(topics=("Police",))]),
        make_seed("b", topics=("AI", "Police"), published_at=SOME_DAY - DAY),
        make_seed("c", topics=("Police",), published_at=SOME_DAY + DAY),
    )

    assert await store.search.topics(SHELVES) == (
        Tally(key="police", label="Police", count=3, newest_at=SOME_DAY + DAY),
        Tally(key="ai", label="AI", count=1, newest_at=SOME_DAY - DAY),
    )


async def test_a_topic_written_in_two_ways_is_one(store: Store) -> None:
    """It is called as the newest article calls it."""
    await put(store, make_seed("a", topics=("ai",)), make_seed("b", topics=("AI",), published_at=SOME_DAY + DAY))

    (tally,) = await store.search.topics(SHELVES)

    assert (tally.label, tally.count) == ("AI", 2)


async def test_an_article_that_names_a_topic_twice_counts_once(store: Store) -> None:
    """In two ways of writing."""
    await put(store, make_seed("a", topics=("AI", "ai")))

    (tally,) = await store.search.topics(SHELVES)

    assert tally.count == 1


async def test_topics_are_filtered_by_any_part_of_their_name(store: Store) -> None:
    """In any case."""
    await put(store, make_seed("a", topics=("Computer Vision", "AI")))

    assert [tally.label for tally in await store.search.topics(SHELVES, contains="VISI")] == ["Computer Vision"]


async def test_a_topic_that_no_article_has_any_more_is_gone(store: Store) -> None:
    """The seed was changed."""
    await put(store, make_seed("a", topics=("AI",)))
    await store.search.topics(SHELVES)
    await put(store, make_seed("a", topics=("Police",)))

    assert [tally.label for tally in await store.search.topics(SHELVES)] == ["Police"]


async def test_an_article_dated_ahead_counts_from_its_moment_on(store: Store, clock: ManualClock) -> None:
    """A member who opens a topic by then finds as many articles as its list says; so it is with providers."""
    await put(store, make_seed("a", topics=("AI",)))
    await put(store, make_seed("b", topics=("AI", "Space"), published_at=clock.now() + DAY))

    before = [tally.count for tally in (*await store.search.topics(SHELVES), *await store.search.providers(SHELVES))]
    clock.advance(2 * DAY.total_seconds())
    after = [tally.count for tally in (*await store.search.topics(SHELVES), *await store.search.providers(SHELVES))]

    assert (before, after) == ([1, 1], [2, 1, 2])


async def test_topics_of_both_shelves_are_counted_together(store: Store) -> None:
    """A server sees the instance's and its own, called as the instance calls them."""
    await put(store, make_seed("s", shelf=SERVER, topics=("ai",), published_at=SOME_DAY + DAY))
    await put(store, make_seed("a", topics=("AI",)))

    assert await store.search.topics((INSTANCE_SHELF, SERVER)) == (
        Tally(key="ai", label="AI", count=2, newest_at=SOME_DAY + DAY),
    )


async def test_providers_are_counted_and_filtered_by_name_or_domain(store: Store) -> None:
    """Either will do."""
    crime = Provider(domain="thecrimereport.org", name="The Crime Report")
    await put(store, make_seed("a"), make_seed("b"), make_seed("c", provider=crime))

    assert [(tally.key, tally.count) for tally in await store.search.providers(SHELVES)] == [
        ("bostonherald.com", 2),
        ("thecrimereport.org", 1),
    ]
    assert [tally.key for tally in await store.search.providers(SHELVES, contains="crime r")] == ["thecrimereport.org"]
    assert [tally.key for tally in await store.search.providers(SHELVES, contains="herald.c")] == ["bostonherald.com"]


async def test_at_most_so_many_tallies_are_listed(store: Store) -> None:
    """Discord shows 25 choices."""
    await put(store, make_seed("a", topics=tuple(f"t{n}" for n in range(9))))

    assert len(await store.search.topics(SHELVES, limit=4)) == 4


async def test_titles_are_completed_newest_first(store: Store) -> None:
    """By whole words and the beginning of the last one, in any order."""
    await put(
        store,
        make_seed("old", title="Police use of facial recognition", published_at=SOME_DAY - DAY),
        make_seed("new", title="Facial recognition banned"),
        make_seed("no", title="Facial hair"),
    )

    completed = await store.search.complete_articles(SHELVES, "facial recog")

    assert completed == (
        Completion(label="Facial recognition banned", value=make_article("new").id),
        Completion(label="Police use of facial recognition", value=make_article("old").id),
    )


async def test_a_single_letter_completes(store: Store) -> None:
    """From the first key on."""
    await put(store, make_seed("a", title="\u00c9clair wins"))

    assert len(await store.search.complete_articles(SHELVES, "e")) == 1


async def test_a_letter_completes_newest_first_over_all_shelves(store: Store) -> None:
    """The instance's and the server's own."""
    ours, days = server_shelf(1), {"b": 3, "d": 1}
    await put(store, *(make_seed(stem, title=stem, published_at=SOME_DAY + day * DAY) for stem, day in days.items()))
    theirs = [make_seed("c", shelf=ours, title="b", published_at=SOME_DAY + 2 * DAY)]
    await store.articles.put_seeds(ours, theirs, seen_at=SOME_DAY)

    completed = await store.search.complete_articles((INSTANCE_SHELF, ours), "b")

    assert [each.value for each in completed] == [make_article("b").id, make_article("c", shelf=ours).id]


async def test_nothing_typed_completes_to_the_newest(store: Store) -> None:
    """So do symbols."""
    await put(store, make_seed("old", published_at=SOME_DAY - DAY), make_seed("new"))

    for typed in ("", "  ", "!?"):
        assert [each.value for each in await store.search.complete_articles(SHELVES, typed, limit=1)] == [
            make_article("new").id
        ]


async def test_completion_knows_titles_only_and_no_stubs(store: Store) -> None:
    """The excerpt is for search."""
    await put(store, make_seed("a", excerpt="Xylophone", coverage=[make_stub(title="Xylophone")]))

    assert await store.search.complete_articles(SHELVES, "xylo") == ()


async def test_a_choice_fits_discord(store: Store) -> None:
    """At most 100 UTF-16 units, no half of an emoji, nothing that bends the text."""
    await put(store, make_seed("a", title="\u202eRobots " + "\U0001f916" * 80))

    (choice,) = await store.search.complete_articles(SHELVES, "robots")

    assert choice.label == "Robots " + "\U0001f916" * 46


async def test_a_title_of_nothing_that_can_be_shown_is_labelled_all_the_same(store: Store) -> None:
    """Discord takes no empty choice."""
    await put(store, make_seed("a", title="\u202e"))

    (choice,) = await store.search.complete_articles(SHELVES, "")

    assert choice.label


async def test_a_view_is_found_until_it_expires(store: Store) -> None:
    """Its pages are those of the moment when it was asked."""
    view = make_view()
    await store.search.save_view(view)

    assert await store.search.find_view(view.id, now=view.expires_at - timedelta.resolution) == view
    assert await store.search.find_view(view.id, now=view.expires_at) is None


async def test_an_unknown_view_is_none(store: Store) -> None:
    """A button of another bot, or a forged one."""
    assert await store.search.find_view("\ud800nonsense", now=SOME_DAY) is None


@pytest.mark.parametrize(
    "typed",
    [
        "https://example.com/a?id=7",
        " <https://www.example.com/a/?id=7&utm_source=mail> ",
        "http://m.example.com/a?id=7#top",
        "example.com/a?id=7",
    ],
)
async def test_a_pasted_link_finds_its_article_alone(typed: str, store: Store) -> None:
    """Whatever its spelling; words that the link contains don't matter."""
    seeds = [make_seed("a", title="Ferry", url="https://example.com/a?id=7"), make_seed("b", title="Example a id 7")]
    await store.articles.put_seeds(INSTANCE_SHELF, seeds, seen_at=SOME_DAY)

    result = await store.search.search(SHELVES, read_query(typed, now=SOME_DAY), now=SOME_DAY)

    assert [article.stem for article in result.articles] == ["a"]


async def test_a_pasted_link_of_no_article_is_searched_by_its_words(store: Store) -> None:
    """The words of its path are often those of the headline."""
    await store.articles.put_seeds(INSTANCE_SHELF, [make_seed("a", title="Ferry sinks")], seen_at=SOME_DAY)

    result = await store.search.search(
        SHELVES, read_query("https://example.org/ferry-sinks", now=SOME_DAY), now=SOME_DAY
    )

    assert [article.stem for article in result.articles] == ["a"]
