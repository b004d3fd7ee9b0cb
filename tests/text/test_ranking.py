"""The formula by which searches are ranked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from bot.text.ranking.relevance import Ranking, rank_texts
from bot.text.term_frequencies import FIRST_CONTENT_WORD, NO_WORD, Group, Texts, Totals
from tests.text.test_term_frequencies import make_texts

THE, OF = 0, 1
POLICE, FACIAL, SCAN, OTHER = range(FIRST_CONTENT_WORD, FIRST_CONTENT_WORD + 4)
TOTALS = Totals(articles=1000, words=3000)
DAY_S = 86_400.0

some_texts = st.lists(
    st.lists(st.sampled_from([THE, OF, POLICE, FACIAL, SCAN, OTHER]), max_size=8), min_size=1, max_size=8
)


def group(word: int, *, articles: int = 5, also: int | None = None) -> Group:
    """A word of a query, and what it may be the beginning of."""
    return Group(word=word, alternatives={word: 1.0} | ({} if also is None else {also: 0.5}), frequency=articles)


ASKED = (group(POLICE, articles=50), group(FACIAL))


def count(words: NDArray[np.int32]) -> NDArray[np.float64]:
    """Every word is in five articles."""
    return np.full(len(words), 5.0)


def aged(texts: Texts, ages_s: Sequence[float]) -> Texts:
    """The same texts, published so long before the moment 0."""
    return Texts(
        keys=texts.keys,
        words=texts.words,
        starts=texts.starts,
        title_lengths=texts.title_lengths,
        moments_s=-np.array(ages_s, dtype=np.float64),
    )


def rank_at_zero(
    texts: Texts,
    groups: Sequence[Group] = ASKED,
    *,
    typed: Sequence[int],
    written: Sequence[int] = (),
    is_urgent: bool = False,
) -> Ranking:
    """How well texts answer at the moment 0, in an archive of a thousand.

    `written` are the keys of those that write the words as they were typed; all do where it is empty.
    """

    def writes(keys: NDArray[np.int64]) -> NDArray[np.bool_]:
        return np.isin(keys, written or keys)

    return rank_texts(
        texts, groups, typed=typed, totals=TOTALS, count=count, writes=writes, now_s=0.0, is_urgent=is_urgent
    )


def rank(*words: list[int], groups: Sequence[Group] = ASKED, typed: Sequence[int] | None = None) -> Ranking:
    """How well equally old texts answer, in an archive of a thousand."""
    asked = [each.word for each in groups] if typed is None else typed
    texts = aged(make_texts(*words), [0.0] * len(words))
    return rank_at_zero(texts, groups, typed=asked)


def relevance(*words: list[int], groups: Sequence[Group] = ASKED, typed: Sequence[int] | None = None) -> list[float]:
    """Its numbers alone."""
    return list(map(float, rank(*words, groups=groups, typed=typed).relevance))


def test_a_rare_word_tells_more_than_a_common_one() -> None:
    """Of two articles with one word each, that with the rare one answers better."""
    rare, common = relevance([FACIAL, OTHER], [POLICE, OTHER])

    assert rare > common


def test_a_word_said_twice_counts_more() -> None:
    """Of two texts of the same length."""
    once, twice = relevance([FACIAL, OTHER, OTHER], [FACIAL, FACIAL, OTHER])

    assert once < twice


def test_a_short_text_answers_better_than_a_long_one() -> None:
    """The same word is a larger part of it."""
    short, long = relevance([FACIAL, OTHER], [FACIAL, *[OTHER] * 8])

    assert short > long


def test_stop_words_make_no_text_longer() -> None:
    """Only words with a meaning of their own count for the length."""
    bare, wordy = relevance([FACIAL, SCAN], [THE, FACIAL, OF, THE, SCAN])

    assert bare == wordy


def test_a_word_that_only_begins_as_typed_counts_less() -> None:
    """The word itself comes before what it may become."""
    exact, begun = relevance([FACIAL, OTHER], [SCAN, OTHER], groups=[group(FACIAL, also=SCAN)])

    assert 0 < begun < exact


def test_words_that_stand_together_as_typed_count_more() -> None:
    """The same words apart answer less well."""
    together, apart = relevance([POLICE, FACIAL, OTHER], [POLICE, OTHER, FACIAL])

    assert together > apart


def test_the_end_of_one_text_is_no_neighbour_of_the_next_ones_beginning() -> None:
    """Texts lie side by side, and are read apart."""
    first, other, _ = relevance([OTHER, POLICE], [POLICE, OTHER], [FACIAL, OTHER])

    assert first == other


def test_stop_words_as_typed_count_a_little() -> None:
    """A member who typed "the" finds titles with it first, among equals."""
    with_it, without = relevance([THE, FACIAL, OTHER], [OF, FACIAL, OTHER], typed=[THE, FACIAL])

    assert with_it > without


def test_to_say_all_that_was_typed_counts_most_among_those_with_all_the_words() -> None:
    """Three who say the same in other small words don't outvote the one who says it to the letter."""
    to_the_letter, *others = relevance([THE, FACIAL, OTHER], *[[OF, FACIAL, SCAN]] * 3, typed=[THE, FACIAL])

    assert to_the_letter > max(others)


def test_what_the_best_answers_say_too_lifts_others() -> None:
    """Of two texts with the same one word, that which speaks of the same event."""
    _, on_it, off_it = relevance([POLICE, FACIAL, SCAN], [POLICE, SCAN], [POLICE, OTHER])

    assert on_it > off_it


def test_what_the_best_answers_say_too_lifts_none_that_says_all_that_was_typed() -> None:
    """A member who typed four words of a report means that one, and not the one that is most like the others."""
    alone, *crowd = relevance([POLICE, FACIAL], *[[POLICE, FACIAL, SCAN, OTHER]] * 3)

    assert alone > max(crowd)


def test_words_in_the_form_that_was_typed_count_more() -> None:
    """Of two texts with the same words in other forms."""
    texts = make_texts([POLICE, FACIAL], [POLICE, FACIAL])

    as_typed, otherwise = rank_at_zero(aged(texts, [0.0, 0.0]), typed=[POLICE, FACIAL], written=[0]).relevance

    assert as_typed > otherwise


def test_the_form_of_words_lifts_no_text_that_lacks_one() -> None:
    """It is asked of those that say all that was typed."""
    texts = aged(make_texts([POLICE, FACIAL], [POLICE], [POLICE]), [0.0] * 3)

    _, as_typed, otherwise = rank_at_zero(texts, typed=[POLICE, FACIAL], written=[10]).relevance

    assert as_typed == otherwise


@given(some_texts)
def test_a_text_with_all_the_words_stands_before_any_that_lacks_one(words: list[list[int]]) -> None:
    """Of equally old ones, however often the others say the rest."""
    ranking = rank(*words)
    has_all = ranking.has_all

    assert ranking.relevance[has_all].min(initial=1) >= ranking.relevance[~has_all].max(initial=0)


@given(some_texts)
def test_relevance_is_a_number_from_0_to_1(words: list[list[int]]) -> None:
    """Whatever there is to compare: never less, more, or no number."""
    found = rank(*words).relevance

    assert ((found >= 0) & (found <= 1)).all()


@given(some_texts, st.randoms(use_true_random=False))
def test_the_order_of_the_candidates_changes_nothing(words: list[list[int]], random: object) -> None:
    """Each text has the same relevance, wherever it lies."""
    texts = aged(make_texts(*words), [float(place) for place in range(len(words))])
    places = np.array(range(len(words)))
    random.shuffle(places)  # type: ignore[attr-defined]

    def rank_those(some: Texts) -> NDArray[np.float64]:
        return rank_at_zero(some, typed=[POLICE, FACIAL]).relevance

    assert rank_those(texts)[places].tolist() == rank_those(texts.select(places)).tolist()


def test_two_reports_of_today_rank_before_six_of_last_month_that_say_the_same() -> None:
    """All of them say all that was typed: then age decides."""
    texts = aged(make_texts(*[[FACIAL, POLICE]] * 8), [0.0, DAY_S / 4, *[30 * DAY_S] * 6])

    relevance = rank_at_zero(texts, typed=[FACIAL, POLICE]).relevance

    assert relevance[:2].min() > relevance[2:].max()


def test_a_lone_report_of_last_month_ranks_before_six_of_today_that_lack_a_word() -> None:
    """The query decides before age."""
    texts = aged(make_texts([FACIAL, POLICE], *[[FACIAL, OTHER]] * 6), [30 * DAY_S, *[0.0] * 6])

    lone, *others = rank_at_zero(texts, typed=[FACIAL, POLICE]).relevance

    assert lone > max(others)


def test_the_latest_are_ranked_by_age_if_the_query_asks_for_them() -> None:
    """A better match of last month comes later."""
    texts = aged(make_texts([FACIAL, POLICE, OTHER], [FACIAL, POLICE]), [0.0, 30 * DAY_S])

    today, last_month = rank_at_zero(texts, typed=[FACIAL, POLICE], is_urgent=True).relevance

    assert today > 2 * last_month


def test_a_common_word_of_today_never_outranks_a_rare_word_of_last_year() -> None:
    """Age orders reports that say the same; it doesn't replace the query."""
    texts = aged(make_texts([POLICE, OTHER], [FACIAL, OTHER]), [0.0, 365 * DAY_S])

    common_today, rare_last_year = rank_at_zero(texts, typed=[POLICE, FACIAL]).relevance

    assert rare_last_year > common_today


def test_the_share_of_a_text_counts_rare_words_more() -> None:
    """It shows whether an article is worth showing without all the words."""
    both, rare, common, none = rank([FACIAL, POLICE], [FACIAL], [POLICE], [OTHER]).shares

    assert (both, none) == (1, 0)
    assert rare > 0.5 > common


def test_a_word_of_every_article_still_tells_something() -> None:
    """No weight is ever below zero."""
    assert relevance([POLICE], groups=[group(POLICE, articles=5000)])[0] > 0


def test_a_word_of_no_article_is_held_by_none() -> None:
    """And the others are ranked all the same."""
    ranking = rank([FACIAL], groups=[group(FACIAL), Group(word=NO_WORD, alternatives={}, frequency=0)])

    assert (ranking.has_all.tolist(), ranking.relevance[0] > 0) == ([False], True)


def test_a_text_without_a_word_is_ranked_last() -> None:
    """It answers nothing."""
    assert relevance([], [FACIAL])[0] == 0


def test_no_texts_rank_to_nothing() -> None:
    """Nothing to divide by."""
    assert (relevance(), rank().has_all.tolist()) == ([], [])


def test_texts_ranked_for_no_word_are_all_equal() -> None:
    """A query of filters alone."""
    assert relevance([FACIAL], [POLICE], groups=[]) == [0, 0]
