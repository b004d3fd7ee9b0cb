"""The query language: what a person types, and what is made of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.parsing.query import LONGEST_QUERY, MOST_WORDS, read_query
from bot.news.search import SearchQuery, Sort
from bot.text.words import words_of

NOW = datetime(2021, 6, 3, 12, tzinfo=UTC)


def read(text: str) -> SearchQuery:
    """What is made of a text typed at noon of 3 June 2021 in UTC."""
    return read_query(text, now=NOW)


def test_words_are_folded_and_each_counts_once() -> None:
    """Case and accents don't matter to a reader."""
    assert read("Ångström angstrom FACIAL facial").words == ("angstrom", "facial")


def test_quoted_words_stand_together() -> None:
    """A phrase isn't a heap of words."""
    query = read('"Facial Recognition" police')

    assert (query.phrases, query.words) == ((("facial", "recognition"),), ("police",))


@pytest.mark.parametrize("typed", ["\u201cfacial recognition\u201d", "\u00abfacial recognition\u00bb"])
def test_curly_quotes_are_quotes(typed: str) -> None:
    """Phones type them by themselves."""
    assert read(typed).phrases == (("facial", "recognition"),)


def test_an_unbalanced_quote_leaves_words() -> None:
    """Somebody forgot the second one: the words were meant all the same."""
    assert read('"facial recognition').words == ("facial", "recognition")


def test_a_minus_excludes_a_word_or_a_phrase() -> None:
    """`-word` must not occur, nor may these two be together."""
    assert read('-france -"police use"').excluded == ("france", "police use")


def test_a_hyphen_within_a_word_excludes_nothing() -> None:
    """A hyphenated word is two words."""
    query = read("state-wide covid-19")

    assert (query.words, query.excluded) == (("state", "wide", "covid", "19"), ())


def test_topics_and_providers_take_a_word_or_quotes() -> None:
    """The names of fields are known in any case."""
    query = read('topic:ai TOPIC:"Computer  Vision" provider:Forbes.com')

    assert (query.topics, query.providers) == (("ai", "computer vision"), ("forbes.com",))


def test_a_field_may_be_followed_by_a_space() -> None:
    """People type it so."""
    query = read("topic: ai police")

    assert (query.topics, query.words) == (("ai",), ("police",))


def test_a_link_names_its_provider() -> None:
    """What was copied from the address bar will do."""
    assert read("provider:https://www.forbes.com/sites/x").providers == ("forbes.com",)


def test_after_and_before_bound_the_dates() -> None:
    """From the beginning of May, until yesterday began."""
    query = read("after:2021-05 before:yesterday")

    assert (query.after, query.before) == (datetime(2021, 5, 1, tzinfo=UTC), datetime(2021, 6, 2, tzinfo=UTC))


def test_days_begin_at_midnight_of_the_reader() -> None:
    """A reader in Tokyo means their own day."""
    query = read_query("after:2021-05-07", now=NOW, zone=ZoneInfo("Asia/Tokyo"))

    assert query.after == datetime(2021, 5, 6, 15, tzinfo=UTC)


def test_of_several_bounds_the_narrowest_counts() -> None:
    """All that is said must hold."""
    query = read("after:2020 after:2021 quality:>=50 quality:>=80")

    assert (query.after, query.min_quality) == (datetime(2021, 1, 1, tzinfo=UTC), 80)


@pytest.mark.parametrize(
    ("typed", "bounds"),
    [
        ("quality:>=80", (80, None)),
        ("quality:>80", (81, None)),
        ("quality:>= 80", (80, None)),
        ("quality:\u226580", (80, None)),
        ("quality:80", (80, None)),
        ("quality:80..", (80, None)),
        ("quality:..120", (None, 120)),
        ("quality:80..120", (80, 120)),
        ("quality:<=80", (None, 80)),
        ("quality:<80", (None, 79)),
        ("quality:=80", (80, 80)),
    ],
)
def test_quality_is_bounded_in_every_usual_way(typed: str, bounds: tuple[int | None, int | None]) -> None:
    """Signs, or two dots; a plain number is the least."""
    query = read(typed)

    assert ((query.min_quality, query.max_quality), query.unusable) == (bounds, ())


@pytest.mark.parametrize(
    "typed",
    [
        "before:yesterdy",
        "quality:good",
        "quality:..",
        "after:2021-13",
        "after:31/12/2023x",
        "-topic:ai",
        "after:9999999w",
        "topic:\u0301",
    ],
)
def test_a_filter_that_is_not_understood_is_unusable(typed: str) -> None:
    """A typing error must not silently widen a search."""
    assert read(f"police {typed}").unusable == (typed,)


HEADLINE = "Mayor of Boston vows to ban robots from streets"


@pytest.mark.parametrize(
    "typed",
    [
        "Mayor of Boston vows to \u201cban robots\u201d from streets",
        "Mayor of Boston vows to \u201cban robots\u201d from \u201cstreets\u201d",
        'Mayor of Boston vows to "ban robots" from streets',
        "\u00abMayor of Boston\u00bb vows to ban robots from streets",
        "Mayor of Boston -vows to ban robots from streets",
        "Mayor of Boston --vows to ban robots from streets",
        "Mayor of Boston - vows to ban robots from streets",
        "Mayor of Boston \u2013vows to ban robots from streets",
    ],
)
def test_a_pasted_headline_is_text(typed: str) -> None:
    """Its quotes and dashes aren't operators."""
    query = read(typed)

    assert (query.words, query.phrases, query.excluded) == (read(HEADLINE).words, (), ())


@pytest.mark.parametrize("label", ["topic", "provider", "after", "before", "quality"])
def test_a_label_at_the_beginning_of_a_headline_is_text(label: str) -> None:
    """Its first word is a word, and nothing is filtered."""
    query = read(f"{label.title()}: {HEADLINE}")

    assert (query.words[0], query.unusable, query.topics, query.providers) == (label, (), (), ())


@pytest.mark.parametrize("operator", ["-france", 'topic:"computer vision"', "topic:ai", "after:2021"])
def test_operators_behind_many_words_are_operators(operator: str) -> None:
    """Somebody narrows what they pasted."""
    query = read(f"{HEADLINE} {operator}")

    assert query.words == read(HEADLINE).words
    assert query.excluded or query.topics or query.after


def test_a_field_without_a_value_is_a_word() -> None:
    """Nothing is filtered by it."""
    assert read("hot topic:").words == ("hot", "topic")


def test_a_day_may_come_first_in_a_date() -> None:
    """As it is written in much of Europe."""
    assert read("after:31.12.2020").after == datetime(2020, 12, 31, tzinfo=UTC)


@pytest.mark.parametrize("typed", ["!!!", "\u20ac", "-", '""', "***", '"', "\u201d"])
def test_symbols_alone_are_said_to_be_ignored(typed: str) -> None:
    """They find nothing; the reader should know why."""
    query = read(typed)

    assert query.is_empty
    assert query.ignored == (typed,)


def test_symbols_beside_words_are_not_worth_a_word() -> None:
    """An ampersand between two names isn't a mistake."""
    assert read("AT & T").ignored == ()


def test_operators_of_the_index_are_plain_words() -> None:
    """Nothing that a person types is a command to the store."""
    query = read('NEAR(police, 5) title:facial ^a {b} c* OR "x" AND')

    assert query.words == ("near", "police", "5", "title", "facial", "a", "b", "c", "or", "x", "and")


def test_of_too_many_words_the_longest_count_in_the_order_typed() -> None:
    """Long words are rare ones; stop words go first of all."""
    long_words = [f"word{letter}" for letter in "abcdefghijklmnop"]

    query = read(" ".join(["would", "tin", *long_words, "through"]))

    assert query.words == tuple(long_words)
    assert len(query.words) == MOST_WORDS


def test_what_is_too_much_of_the_rest_is_said() -> None:
    """More topics than are looked for."""
    assert read(" ".join(f"topic:t{n}" for n in range(10))).ignored == ("t8", "t9")


def test_only_the_beginning_of_a_long_text_is_read() -> None:
    """A pasted page is cut."""
    assert len(read("word " * 1000).typed) == LONGEST_QUERY


def test_options_mean_the_same_as_fields() -> None:
    """A slash command's options, and the same typed."""
    options = read_query("police", topic="AI", provider="WBUR", after="2021", before="today", now=NOW)
    typed = read("police topic:AI provider:WBUR after:2021 before:today")

    assert (options.topics, options.providers, options.after, options.before) == (
        typed.topics,
        typed.providers,
        typed.after,
        typed.before,
    )


def test_an_option_that_is_not_understood_is_unusable() -> None:
    """Also there a typing error must be seen."""
    assert read_query("police", before="yesterdy", now=NOW).unusable == ("before:yesterdy",)


@given(st.text(max_size=400), st.sampled_from(get_args(Sort)), st.text(max_size=20), st.text(max_size=20))
def test_nothing_that_can_be_typed_is_an_error(text: str, sort: Sort, name: str, date: str) -> None:
    """Every text becomes a query, and every word of it is one that `words_of` made."""
    query = read_query(text, sort=sort, topic=name, provider=name, after=date, before=date, now=NOW)

    assert all([word] == words_of(word) for word in query.words)


@given(
    st.lists(st.sampled_from(['"', "-", "topic:", "before:", "quality:", "..", ">=", "a", "7d", " ", "\u201c", ":"]))
)
def test_no_mixture_of_signs_is_an_error(signs: list[str]) -> None:
    """The language's own signs in any order."""
    read("".join(signs))
