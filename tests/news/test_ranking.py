"""The formula by which searches are ranked."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.news.ranking import FRESH, HALF_LIFE, Match, Ranked, StemGroup, freshness, rank_matches
from bot.news.texts import Totals
from tests.makers import SOME_DAY

POLICE = StemGroup(stem="polic", alternatives={"polic": 1.0}, articles=50)
FACIAL = StemGroup(stem="facial", alternatives={"facial": 1.0}, articles=5)


def match(key: int, text: str, *, published_at: datetime = SOME_DAY) -> Match:
    """An article with these stems."""
    return Match(key=key, stems=text, published_at=published_at)


def rank(*matches: Match, groups: tuple[StemGroup, ...] = (POLICE, FACIAL), now: datetime = SOME_DAY) -> list[Ranked]:
    """How well each answers, in the order given, in an archive of a thousand."""
    typed = [group.stem for group in groups]
    totals = Totals(articles=1000, words=3000)
    ranked = rank_matches(
        matches, groups, typed=typed, totals=totals, count=lambda stems: dict.fromkeys(stems, 5), now=now
    )
    return [ranked[each.key] for each in matches]


def test_a_rare_word_tells_more_than_a_common_one() -> None:
    """Of two articles with one word each, that with the rare one answers better."""
    rare, common = rank(match(1, "facial x"), match(2, "polic x"))

    assert rare.relevance > common.relevance


def test_a_word_said_twice_counts_more_but_not_double() -> None:
    """Repetition helps, and less each time."""
    once, twice = rank(match(1, "facial a b c"), match(2, "facial facial b c"))

    assert once.relevance < twice.relevance < 2 * once.relevance


def test_a_short_text_answers_better_than_a_long_one() -> None:
    """The same word is a larger part of it."""
    short, long = rank(match(1, "facial b"), match(2, "facial b c d e f g h i j"))

    assert short.relevance > long.relevance


def test_stop_words_make_no_text_longer() -> None:
    """Only words that tell something count for the length."""
    bare, wordy = rank(match(1, "facial scan"), match(2, "the facial of the scan"))

    assert bare.relevance == wordy.relevance


def test_an_old_article_loses_most_of_its_relevance_but_not_all() -> None:
    """A year later, what can't be lost is left."""
    new, old = rank(match(1, "facial"), match(2, "facial", published_at=SOME_DAY - timedelta(days=365)))

    assert old.relevance == pytest.approx((1 - FRESH) * new.relevance)


def test_freshness_halves_with_its_half_life() -> None:
    """That part of the relevance which can be lost."""
    assert freshness(SOME_DAY - HALF_LIFE, SOME_DAY) == pytest.approx(1 - FRESH / 2)


def test_an_article_of_the_future_is_as_fresh_as_one_of_now() -> None:
    """A wrong date lifts nothing above all others."""
    assert freshness(SOME_DAY + timedelta(days=400), SOME_DAY) == 1


def test_freshness_of_thousands_of_years_is_a_number() -> None:
    """Asked from the end of time, every article is equally old."""
    assert freshness(SOME_DAY, datetime(9999, 1, 1, tzinfo=SOME_DAY.tzinfo)) == pytest.approx(1 - FRESH)


def test_a_word_that_only_begins_as_typed_counts_less() -> None:
    """The word itself stands before what it may become."""
    typed = StemGroup(stem="recogn", alternatives={"recogn": 1.0, "recognition": 0.5}, articles=3)

    exact, begun = rank(match(1, "recogn x"), match(2, "recognition x"), groups=(typed,))

    assert 0 < begun.relevance < exact.relevance


def test_held_counts_the_words_that_are_there() -> None:
    """What "most of the words" is measured by."""
    assert [each.held for each in rank(match(1, "facial polic"), match(2, "polic"), match(3, "x"))] == [2, 1, 0]


def test_a_word_of_every_article_still_tells_something() -> None:
    """No weight is ever below zero."""
    (only,) = rank(match(1, "polic"), groups=(StemGroup(stem="polic", alternatives={"polic": 1.0}, articles=5000),))

    assert only.relevance > 0


def test_no_matches_rank_to_nothing() -> None:
    """Nothing to divide by."""
    assert rank() == []
