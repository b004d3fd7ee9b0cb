"""Searching by words: which articles answer, in which order, and what is said when none does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Unpack

import pytest

from bot.news.article import INSTANCE_SHELF, Provider, server_shelf
from bot.news.parsing.query import read_query
from bot.news.search import SearchQuery, SearchResult, Sort
from bot.store.port import Store
from bot.store.sqlite.search.find import COMPARED
from tests.support.makers import SOME_DAY, WBUR, ArticleFields, make_seed, make_stub

SHELVES = (INSTANCE_SHELF,)
DAY = timedelta(days=1)
NOW = SOME_DAY + DAY


async def put(store: Store, stem: str, headline: str, **fields: Unpack[ArticleFields]) -> None:
    """Put one seed of this title."""
    fields["title"] = headline
    await store.articles.put_seeds(INSTANCE_SHELF, [make_seed(stem, **fields)], seen_at=SOME_DAY)


async def put_a_thousand(store: Store) -> None:
    """Put one article more than are counted, all on police and AI."""
    seeds = [make_seed(f"s{n}", title="Police", topics=("AI",)) for n in range(1001)]
    await store.articles.put_seeds(INSTANCE_SHELF, seeds, seen_at=SOME_DAY)


async def search(store: Store, typed: str, *, sort: Sort = "relevance", limit: int = 100) -> SearchResult:
    """The answer to what somebody typed a day after SOME_DAY."""
    return await store.search.search(SHELVES, read_query(typed, sort=sort, now=NOW), now=NOW, limit=limit)


async def stems(store: Store, typed: str, *, sort: Sort = "relevance") -> list[str]:
    """The stems of the answer, best first."""
    return [article.stem for article in (await search(store, typed, sort=sort)).articles]


@pytest.mark.parametrize(
    "typed",
    [
        "facial",
        "FACIAL recognition",
        "bans",
        "banned",
        "caf\u00e9",
        "Cafe",
        "boston\u2019s",
        "massachusetts",
        "excerpt",
    ],
)
async def test_an_article_is_found_by_its_words_however_they_are_written(typed: str, store: Store) -> None:
    """In title or excerpt; case, accents, endings and possessives don't matter."""
    await put(store, "a", "Boston's Caf\u00e9 bans facial recognition in Massachusetts", excerpt="The excerpt")

    assert await stems(store, typed) == ["a"]


async def test_an_article_without_the_word_is_not_found(store: Store) -> None:
    """And nothing is made up."""
    await put(store, "a", "Weather is fine")

    result = await search(store, "police")

    assert (result.articles, result.total, result.is_broadened) == ((), 0, False)


async def test_the_best_article_with_all_the_words_stands_first(store: Store) -> None:
    """However new the others are; those with the fewest come last."""
    await put(store, "one", "Police budget of Boston", published_at=SOME_DAY)
    await put(store, "two", "Police use facial scans", published_at=SOME_DAY)
    await put(store, "all", "Police facial recognition", published_at=SOME_DAY - 900 * DAY)

    assert await stems(store, "police facial recognition") == ["all", "two", "one"]


async def test_articles_with_all_the_words_come_before_others_as_new(store: Store) -> None:
    """Not the best of them alone."""
    for stem in ("a", "b", "c"):
        await put(store, f"all-{stem}", f"Police facial recognition {stem}", published_at=SOME_DAY)
        await put(store, f"two-{stem}", f"Police facial scans {stem}", published_at=SOME_DAY)

    assert [stem[:3] for stem in await stems(store, "police facial recognition")] == ["all"] * 3 + ["two"] * 3


async def test_all_are_named_and_only_those_that_are_shown_are_read(store: Store) -> None:
    """The pages behind the first need their ids alone."""
    for number in range(5):
        await put(store, f"a{number}", "Police", published_at=SOME_DAY - number * DAY)

    every = await store.search.search(SHELVES, SearchQuery(words=("police",)), now=SOME_DAY)
    some = await store.search.search(SHELVES, SearchQuery(words=("police",)), now=SOME_DAY, limit=4, loaded=2)

    assert every.ids == tuple(article.id for article in every.articles)
    assert (some.ids, some.articles, some.total) == (every.ids[:4], every.articles[:2], 5)


async def test_hundreds_of_newer_articles_with_a_common_word_hide_none_with_rare_words(store: Store) -> None:
    """Of more candidates than are compared, those with rare words are."""
    common = ("police", "budget", "school", "harbour")
    newer = [make_seed(f"{word}{number}", title=word) for word in common for number in range(COMPARED // 2)]
    await store.articles.put_seeds(INSTANCE_SHELF, newer, seen_at=SOME_DAY)
    await put(store, "old", "Zebra quartz", published_at=SOME_DAY - 3 * DAY)

    assert "old" in await stems(store, f"zebra quartz {' '.join(common)}")


async def put_a_thousand_each(store: Store, *titles: str, days_ago: int) -> None:
    """Put more articles of each title than are taken for a word."""
    published_at = SOME_DAY - days_ago * DAY
    seeds = [make_seed(f"{n}{title}", title=title, published_at=published_at) for title in titles for n in range(1001)]
    await store.articles.put_seeds(INSTANCE_SHELF, seeds, seen_at=SOME_DAY)


async def test_two_common_words_are_found_together_behind_a_thousand_newer_ones_of_each(store: Store) -> None:
    """Also where a third word isn't there: neither list of theirs reaches so far back."""
    await put_a_thousand_each(store, "Police", "Facial", days_ago=30)
    await put(store, "both", "Police facial", published_at=SOME_DAY - 31 * DAY)
    await put(store, "rare", "Zeppelin", published_at=SOME_DAY - 900 * DAY)

    assert "both" in (await stems(store, "police facial zeppelin"))[:3]


async def test_a_common_word_of_today_never_hides_a_rare_word_of_last_month(store: Store) -> None:
    """Not even one of a thousand of each: age orders articles that say the same."""
    await put_a_thousand_each(store, "Zeppelin", "Police", "Police again", days_ago=30)
    await put(store, "new", "Police", published_at=NOW)

    assert all("Zeppelin" in stem for stem in (await stems(store, "zeppelin police"))[:3])


@pytest.mark.parametrize("typed", ["zeppelin police today", "latest zeppelin police", "zeppelin police this week"])
async def test_the_newest_comes_first_if_the_query_asks_for_the_latest(typed: str, store: Store) -> None:
    """By its one common word, behind a thousand older ones with rarer words."""
    await put_a_thousand_each(store, "Zeppelin", "Police", "Police again", days_ago=30)
    await put(store, "new", "Police", published_at=NOW)

    assert (await stems(store, typed))[0] == "new"


async def test_an_article_need_not_say_today_to_be_of_today(store: Store) -> None:
    """So the search is not broadened."""
    await put(store, "a", "Police budget", published_at=NOW)

    result = await search(store, "police budget today")

    assert (result.total, result.is_broadened) == (1, False)


async def test_today_alone_is_looked_for(store: Store) -> None:
    """Also where nothing else was typed."""
    await put(store, "a", "Police today")
    await put(store, "b", "Police")

    assert await stems(store, "today") == ["a"]


async def test_two_reports_of_today_come_before_six_of_last_month_that_say_the_same(store: Store) -> None:
    """All of them say all that was typed: then age decides."""
    for number in range(6):
        await put(store, f"old{number}", "Police budget rises", published_at=NOW - 30 * DAY)
    for number in range(2):
        await put(store, f"new{number}", "Police budget rises", published_at=NOW)

    assert {stem[:3] for stem in (await stems(store, "police budget"))[:2]} == {"new"}


async def test_a_lone_report_of_last_month_comes_before_six_of_today_that_lack_a_word(store: Store) -> None:
    """The query decides before age."""
    await put(store, "lone", "Police budget", published_at=NOW - 30 * DAY)
    for number in range(6):
        await put(store, f"new{number}", "Police weather", published_at=NOW)

    assert (await stems(store, "police budget"))[0] == "lone"


async def test_no_article_is_hidden_by_a_thousand_newer_ones_of_another_server(store: Store) -> None:
    """Another server's admins fill its shelf with a word, and this one's members still find what has it."""
    seeds = [make_seed(f"s{n}", title="Police", shelf=server_shelf(2)) for n in range(1001)]
    await store.articles.put_seeds(server_shelf(2), seeds, seen_at=SOME_DAY)
    await put(store, "a", "Police", published_at=SOME_DAY - 9 * DAY)

    assert await stems(store, "police zeppelin") == ["a"]


async def test_articles_with_more_of_the_words_come_first(store: Store) -> None:
    """Also among those without all of them, when they are of the same age."""
    await put(store, "two", "Police facial")
    await put(store, "three", "Police facial recognition")

    assert await stems(store, "police facial recognition boston") == ["three", "two"]


async def test_a_search_is_broadened_when_no_article_has_all_the_words(store: Store) -> None:
    """And says so."""
    await put(store, "a", "Police use facial scans")

    result = await search(store, "police facial recognition")

    assert ([article.stem for article in result.articles], result.is_broadened) == (["a"], True)


async def test_a_search_that_is_answered_is_not_called_broadened(store: Store) -> None:
    """Even when articles with fewer of the words follow."""
    await put(store, "all", "Police facial recognition")
    await put(store, "two", "Police use facial scans")

    assert not (await search(store, "police facial recognition")).is_broadened


async def test_a_newer_article_comes_before_an_equal_older_one(store: Store) -> None:
    """Freshness belongs to relevance."""
    await put(store, "old", "Police news", published_at=SOME_DAY - 9 * DAY)
    await put(store, "new", "Police news", published_at=SOME_DAY)

    assert await stems(store, "police") == ["new", "old"]


async def test_a_rare_word_in_the_title_beats_freshness_of_a_day(store: Store) -> None:
    """Freshness is not everything: an article on the subject comes before a long one that touches it."""
    await put(store, "on it", "Recognition recognition", published_at=SOME_DAY - DAY / 2)
    await put(store, "touches", "Weather", excerpt="fine " * 60 + "recognition", published_at=SOME_DAY)

    assert await stems(store, "recognition") == ["on it", "touches"]


async def test_equal_articles_come_in_the_order_of_their_ids(store: Store) -> None:
    """The same store and query give the same order."""
    for stem in "dacb":
        await put(store, stem, "Police news")
    result = await search(store, "police")

    ids = [article.id for article in result.articles]
    assert ids == sorted(ids)


async def test_the_last_word_may_be_unfinished(store: Store) -> None:
    """From three letters on."""
    await put(store, "a", "Facial recognition")

    result = await search(store, "facial recog")

    assert (result.total, result.is_broadened) == (1, False)
    assert await stems(store, "re") == []


async def test_stop_words_are_not_needed(store: Store) -> None:
    """Nobody means the "the"."""
    await put(store, "a", "Police budget")

    result = await search(store, "what is the police budget")

    assert (result.total, result.is_broadened) == (1, False)


async def test_stop_words_alone_are_looked_for(store: Store) -> None:
    """Somebody looks for The Who."""
    await put(store, "a", "The Who are back")
    await put(store, "b", "Police budget")

    assert await stems(store, "the who") == ["a"]


async def test_quoted_words_must_stand_together(store: Store) -> None:
    """In this order."""
    await put(store, "together", "Facial recognition by police")
    await put(store, "apart", "Recognition of facial hair")

    assert await stems(store, '"facial recognition"') == ["together"]


async def test_a_phrase_holds_also_in_a_broadened_search(store: Store) -> None:
    """Required parts always hold."""
    await put(store, "phrase", "Facial recognition by police")
    await put(store, "word", "Sunny weather, recognition of facial hair")

    result = await search(store, '"facial recognition" sunny')

    assert ([article.stem for article in result.articles], result.is_broadened) == (["phrase"], True)


@pytest.mark.parametrize("typed", ["police -france", 'police -"in france"', "-france"])
async def test_excluded_words_must_not_occur(typed: str, store: Store) -> None:
    """With other words, as a phrase, and alone."""
    await put(store, "a", "Police in Boston")
    await put(store, "b", "Police in France")

    assert await stems(store, typed) == ["a"]


@pytest.mark.parametrize(
    "typed",
    [
        "police topic:ai",
        'police topic:"Artificial  Intelligence" topic:AI',
        "police provider:wbur.org",
        "police provider:WBUR",
        "police after:2021-05-07",
        "police quality:>=90",
        "topic:ai",
        "provider:wbur",
        "quality:90..",
        "after:2021-05-07 before:2021-05-08",
    ],
)
async def test_required_parts_must_hold(typed: str, store: Store) -> None:
    """With words and alone."""
    await put(store, "a", "Police news", topics=("AI",), provider=WBUR, quality=95)
    await put(store, "b", "Police news", topics=("Sport",), quality=50, published_at=SOME_DAY - 30 * DAY)

    assert await stems(store, typed) == ["a"]


async def test_a_search_before_a_moment_leaves_out_that_moment(store: Store) -> None:
    """Half-open, like all spans here."""
    await put(store, "at", "Police news", published_at=SOME_DAY.replace(hour=0, minute=0))
    await put(store, "before", "Police news", published_at=SOME_DAY.replace(hour=0, minute=0) - timedelta.resolution)

    assert await stems(store, "police before:2021-05-07") == ["before"]
    assert await stems(store, "police after:2021-05-07") == ["at"]


async def test_a_bound_of_quality_leaves_out_articles_without_one(store: Store) -> None:
    """What is not known is not at least 1."""
    await put(store, "a", "Police news", quality=None)

    assert await stems(store, "police quality:>=1") == []


async def test_an_unknown_topic_answers_nothing_rather_than_anything(store: Store) -> None:
    """Required parts always hold."""
    await put(store, "a", "Police news")

    assert await stems(store, "police topic:nonsense") == []


async def test_a_provider_is_found_by_words_of_its_name_when_none_is_called_exactly_so(store: Store) -> None:
    """The Herald is the Boston Herald; but a domain is never found within another."""
    await put(store, "a", "Police news")

    assert await stems(store, "provider:herald") == ["a"]
    assert await stems(store, "provider:rald.com") == []


@pytest.mark.parametrize(
    ("sort", "order"),
    [("newest", ["c", "b", "a"]), ("score", ["a", "c", "b"])],
)
@pytest.mark.parametrize("typed", ["police", "", "topic:ai", "provider:bostonherald.com", "after:2021-01-01"])
async def test_an_answer_can_be_sorted(typed: str, sort: Sort, order: list[str], store: Store) -> None:
    """By date, or by score and then date; with words and without."""
    await put(store, "a", "Police", quality=90, topics=("AI",), published_at=SOME_DAY - 2 * DAY)
    await put(store, "b", "Police", quality=70, topics=("AI",), published_at=SOME_DAY - DAY)
    await put(store, "c", "Police", quality=70, topics=("AI",), published_at=SOME_DAY)

    assert await stems(store, typed, sort=sort) == order


@pytest.mark.parametrize("typed", ["police", "", "topic:ai"])
async def test_the_best_by_score_is_found_behind_a_thousand_newer_ones(typed: str, store: Store) -> None:
    """Sorting is not for the newest alone."""
    await put_a_thousand(store)
    await put(store, "best", "Police", topics=("AI",), quality=189, published_at=SOME_DAY - 900 * DAY)

    assert (await stems(store, typed, sort="score"))[0] == "best"


async def test_an_empty_query_answers_with_the_newest(store: Store) -> None:
    """Somebody presses Enter."""
    await put(store, "old", "Police", published_at=SOME_DAY - DAY)
    await put(store, "new", "Weather")

    result = await search(store, "")

    assert ([article.stem for article in result.articles], result.total) == (["new", "old"], 2)


async def test_low_unlisted_and_led_articles_are_found(store: Store) -> None:
    """They are coverage, and searchable."""
    await put(store, "low", "Police", quality=7)
    await put(store, "unlisted", "Police", listed=False)
    await put(store, "led", "Police", heat=-1)

    assert sorted(await stems(store, "police")) == ["led", "low", "unlisted"]


async def test_stubs_are_not_found(store: Store) -> None:
    """A search answers with articles; a stub is coverage."""
    await store.articles.put_seeds(
        INSTANCE_SHELF, [make_seed("a", title="Weather", coverage=[make_stub(title="Police")])], seen_at=SOME_DAY
    )

    assert await stems(store, "police") == []


async def test_a_changed_title_is_found_by_its_new_words_only(store: Store) -> None:
    """The index follows."""
    await put(store, "a", "Police")
    await put(store, "a", "Weather")

    assert (await stems(store, "weather"), await stems(store, "police")) == (["a"], [])


async def test_a_misspelled_word_gets_a_suggestion(store: Store) -> None:
    """The nearest spelling, with the rest of the query as it was typed."""
    for stem in "ab":
        await put(store, stem, "Facial recognition", topics=("AI",))

    result = await search(store, "Facial recgonition topic:ai")

    assert result.suggestion == "Facial recognition topic:ai"


async def test_the_suggestion_is_the_most_frequent_of_the_nearest_words(store: Store) -> None:
    """Of "police" and "polite"."""
    await put(store, "a", "Polite police")
    await put(store, "b", "Polite police")
    await put(store, "c", "Police")

    assert (await search(store, "polixe")).suggestion == "police"


async def test_known_words_get_no_suggestion(store: Store) -> None:
    """Nothing is wrong with them, even when no article has them all."""
    await put(store, "a", "Police")
    await put(store, "b", "Weather")

    assert (await search(store, "police weather")).suggestion == ""


@pytest.mark.parametrize("typed", ["xyzzyqwerty", "123456", "\u6a5f\u68b0\u5b66\u7fd2"])
async def test_what_is_near_nothing_gets_no_suggestion(typed: str, store: Store) -> None:
    """Better none than a silly one."""
    await put(store, "a", "Facial recognition 123457")

    assert (await search(store, typed)).suggestion == ""


@pytest.mark.parametrize(
    "typed",
    ["\u6a5f\u68b0\u5b66\u7fd2", "\u043f\u043e\u043b\u0438\u0446\u0438\u044f", "\u0627\u0644\u0630\u0643\u0627\u0621"],
)
async def test_words_of_every_script_are_found(typed: str, store: Store) -> None:
    """News is not English only."""
    await put(
        store,
        "a",
        "\u6a5f\u68b0\u5b66\u7fd2 \u043f\u043e\u043b\u0438\u0446\u0438\u044f \u0627\u0644\u0630\u0643\u0627\u0621",
    )

    assert await stems(store, typed) == ["a"]


async def test_the_limit_cuts_the_answer_and_not_the_total(store: Store) -> None:
    """A reader is told their number."""
    for n in range(7):
        await put(store, f"s{n}", "Police news")

    result = await search(store, "police", limit=3)

    assert (len(result.articles), result.total, result.has_more_than_counted) == (3, 7, False)


@pytest.mark.parametrize("typed", ["police", ""])
async def test_counting_ends_at_a_thousand(typed: str, store: Store) -> None:
    """With words and without."""
    await put_a_thousand(store)

    result = await search(store, typed)

    assert (result.total, result.has_more_than_counted) == (1000, True)


async def test_every_article_of_an_answer_is_distinct(store: Store) -> None:
    """Also where several topics and words lead to it."""
    await put(store, "a", "Police police facial", topics=("AI", "Police"))

    assert await stems(store, "police facial") == ["a"]
    assert await stems(store, "topic:ai topic:police") == ["a"]


async def test_a_query_says_what_it_was_in_its_result(store: Store) -> None:
    """For the answer's heading."""
    query = read_query("police before:yesterdy", now=NOW)

    result = await store.search.search(SHELVES, query, now=NOW)

    assert result.query is query


@pytest.mark.parametrize("typed", ["police", "", "topic:ai", "-weather", "police facial"])
async def test_a_search_whose_time_is_over_answers_with_what_it_has(typed: str, store: Store) -> None:
    """And says that it was cut short."""
    await put_a_thousand(store)

    result = await store.search.search(SHELVES, read_query(typed, now=NOW), now=NOW, deadline_s=0)

    assert result.is_cut_short
    assert len(result.articles) < 1000


@pytest.mark.parametrize(("typed", "is_explained"), [("police facial", True), ("topic:ai", False), ("police", False)])
async def test_what_was_ranked_by_relevance_is_explained(typed: str, *, is_explained: bool, store: Store) -> None:
    """Not what is listed by date, nor the last of a thousand matches."""
    await put_a_thousand(store)

    result = await store.search.search(SHELVES, read_query(typed, now=NOW), now=NOW, limit=1000, explains=True)

    assert len(result.parts) == len(result.articles)
    assert (result.parts[-1] is not None) == is_explained


async def test_a_search_within_its_time_is_not_cut_short(store: Store) -> None:
    """Nor says that it was."""
    await put(store, "a", "Police")

    assert not (await search(store, "police")).is_cut_short


async def test_a_domain_without_a_name_is_a_provider_all_the_same(store: Store) -> None:
    """Some seeds name nothing else."""
    await put(store, "a", "Police", provider=Provider(domain="thecrimereport.org", name=""))

    assert await stems(store, "provider:thecrimereport.org") == ["a"]


async def put_two_events(store: Store) -> None:
    """Put three reports of one event and one of another, which all say "police"."""
    ferry = "Harbour ferry Orion collides with Zeppelin pontoon off Rotterdam"
    await put(store, "first", f"Police: {ferry}", excerpt="Divers search the wreckage.", published_at=NOW)
    await put(store, "second", f"{ferry}, police say", published_at=NOW - DAY)
    await put(store, "later", f"{ferry}: inquest", published_at=NOW - 20 * DAY)
    await put(store, "other", "Police budget rises", published_at=NOW)


@pytest.mark.parametrize(("typed", "shown"), [("orion zeppelin divers", "first"), ("zeppelin police say", "second")])
async def test_a_story_is_found_once_by_the_report_that_has_the_words(typed: str, shown: str, store: Store) -> None:
    """Whichever of its reports that is; the other is counted."""
    await put_two_events(store)

    query = replace(read_query(typed, now=NOW), by_story=True)
    result = await store.search.search(SHELVES, query, now=NOW)

    assert result.articles[0].stem == shown
    assert {article.stem for article in result.articles}.isdisjoint({"first", "second"} - {shown})
    assert result.more[0] == 1


async def test_reports_of_another_time_are_another_story(store: Store) -> None:
    """The same words three weeks earlier are found beside those of now."""
    await put_two_events(store)

    result = await store.search.search(SHELVES, replace(read_query("orion", now=NOW), by_story=True), now=NOW)

    assert [article.stem for article in result.articles][1:] == ["later"]
    assert (result.total, result.more) == (3, (1, 0))


async def test_every_report_is_found_if_stories_are_not_asked_for(store: Store) -> None:
    """As a program wants it."""
    await put_two_events(store)

    result = await search(store, "orion")

    assert (len(result.ids), result.more) == (3, ())
