"""The rules that put an article's coverage together."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.article import Article, ArticleId, Provider
from bot.news.stories.related import COMPUTED_BAR, Coverage, choose_coverage, order_coverage
from bot.news.stories.similarity import Frequencies
from bot.text.related_ranking import rank_related
from bot.text.term_frequencies import FIRST_CONTENT_WORD, STOP_STEMS, Texts, Totals
from bot.text.words import stem, words_of
from tests.support.makers import HERALD, SOME_DAY, WBUR, make_article, make_stub

SENATE = "Massachusetts senate halts police facial recognition"
SENATE_TOO = "Police facial recognition halted by Massachusetts senate"
FERRY = "Harbour ferry to run on hydrogen"
FREQUENCIES = Frequencies(total=1000, counts={})

ASKED = make_article("asked", title=SENATE)


def cover(
    *,
    asked: Article = ASKED,
    same: Sequence[Article] = (),
    explicit: Sequence[Article] = (),
    similar: Sequence[Article] = (),
    limit: int = 10,
    is_dated: bool = True,
) -> Coverage:
    """Coverage with even frequencies, everything found compared with what was asked about."""
    others = [*same, *explicit, *similar]
    texts = texts_of([asked, *others])
    relevance = rank_related(
        texts.select(np.array([0])),
        texts.select(np.arange(1, len(texts))),
        totals=Totals(articles=1000, words=8000),
        count=lambda words: np.zeros(len(words), dtype=np.int64),
        is_dated=is_dated,
    )
    chosen = choose_coverage(
        asked,
        same=same,
        explicit=explicit,
        similar=similar,
        relevance={each.id: weight for each, weight in zip(others, relevance.tolist(), strict=True)},
        frequencies=FREQUENCIES,
        limit=limit,
    )
    return order_coverage(asked, chosen, frequencies=FREQUENCIES)


def texts_of(articles: Sequence[Article]) -> Texts:
    """Their texts, as a store has them."""
    stems = [(list(map(stem, words_of(each.title))), list(map(stem, words_of(each.excerpt)))) for each in articles]
    ids = {each: STOP_STEMS.index(each) for each in STOP_STEMS}
    for title, excerpt in stems:
        for each in title + excerpt:
            ids.setdefault(each, FIRST_CONTENT_WORD + len(ids))
    return Texts(
        keys=np.arange(len(articles)),
        words=np.array([ids[each] for title, excerpt in stems for each in title + excerpt], dtype=np.int32),
        starts=np.cumsum([0, *(len(title) + len(excerpt) for title, excerpt in stems)]),
        title_lengths=np.array([len(title) for title, _ in stems], dtype=np.int32),
        moments_s=np.array([each.published_at.timestamp() for each in articles]),
    )


def sources(coverage: Coverage) -> list[tuple[str, str]]:
    """Each one's title's first word and source, in order."""
    return [(each.article.title.split()[0], each.source) for each in coverage.related]


def test_explicit_and_computed_stand_together_each_with_its_source() -> None:
    """A reader sees where it comes from."""
    named = make_stub("named", title=SENATE_TOO)
    found = make_article("found", title=f"Senators: {SENATE}")

    assert sources(cover(explicit=[named], similar=[found])) == [("Police", "explicit"), ("Senators:", "computed")]


def test_the_more_alike_comes_first() -> None:
    """By their texts."""
    far = make_article("far", title="Recognition of Massachusetts senate")
    near = make_article("near", title=SENATE_TOO)

    assert [each.article.stem for each in cover(similar=[far, near]).related] == ["near", "far"]


def test_the_nearer_in_time_comes_first() -> None:
    """Of two alike, either side of the article."""
    before = make_article("before", title=f"{SENATE} a", published_at=SOME_DAY - timedelta(days=1))
    after = make_article("after", title=f"{SENATE} an", published_at=SOME_DAY + timedelta(days=9))

    assert [each.article.stem for each in cover(similar=[after, before]).related] == ["before", "after"]


def test_nearness_does_not_count_for_a_text_of_unknown_date() -> None:
    """A pasted headline has no date."""
    title = "Massachusetts teachers and police learn to tell birds, trees and fish apart in rivers near Boston"
    old = make_article("old", title=title, published_at=SOME_DAY - timedelta(days=3000))
    query = make_article("q", id=ArticleId(""), title=SENATE)

    assert len(cover(asked=query, similar=[old], is_dated=False).related) == 1
    assert cover(asked=query, similar=[old]).related == ()


def test_off_topic_explicit_ones_sink() -> None:
    """Below what is alike, computed or not."""
    off_topic = make_stub("off", title=FERRY)
    found = make_article("found", title=SENATE_TOO)

    assert sources(cover(explicit=[off_topic], similar=[found])) == [("Police", "computed"), ("Harbour", "explicit")]


def test_off_topic_explicit_ones_do_not_vanish() -> None:
    """However many there are, and however few may be computed."""
    named = [make_stub(f"n{number}", title=f"{FERRY} {number}") for number in range(30)]

    assert len(cover(explicit=named, limit=0).related) == 30


def test_computed_ones_that_are_hardly_alike_are_left_out() -> None:
    """One common word isn't coverage."""
    asked = make_article("asked", title=SENATE, excerpt="The vote fell late at night, after hours of heated debate.")
    found = make_article(
        "found",
        title=FERRY,
        excerpt="The senate of its owners met in Bergen on a wet evening in June; the mayor, two bishops and many "
        "fishermen came, heard speeches, drank coffee, praised engines, danced slowly and slept.",
    )

    assert cover(asked=asked, similar=[found]).related == ()


def test_the_best_of_nothing_is_nothing() -> None:
    """A ranking always has a best; a stranger isn't coverage although it shares a word and nobody is nearer."""
    asked = make_article("asked", title="Town pool reopens after repair")
    stranger = make_article("stranger", title="Repair cafe opens in the old school", provider=WBUR)

    chosen = choose_coverage(asked, similar=[stranger], relevance={stranger.id: 1.0}, frequencies=FREQUENCIES)

    assert chosen == ()


def test_what_is_connected_by_a_similar_report_is_coverage() -> None:
    """It shares nothing with the asked article and much with one that reports the same."""
    asked = make_article("asked", title="Plosser wants faster tapering")
    between = make_article("between", title="Plosser: faster tapering lifts unemployment forecast")
    last = make_article("last", title="Unemployment forecast lifts markets")
    relevance = {between.id: 1.0, last.id: 0.8}

    def found(*similar: Article) -> list[str]:
        chosen = choose_coverage(asked, similar=similar, relevance=relevance, frequencies=FREQUENCIES)
        return [article.stem for _, article in chosen]

    assert found(between, last) == ["between", "last"]
    assert found(last) == []


def test_a_computed_one_without_a_distinguishing_word_says_so() -> None:
    """A reader isn't told that both say "week"."""
    other = make_article("b", title="Market report of the week", provider=WBUR)
    asked = make_article("a", title="Report of the market this week")

    coverage = order_coverage(asked, [("computed", other)], frequencies=FREQUENCIES)

    assert coverage.related[0].why == "by what others report"


def test_computed_ones_are_at_most_the_limit() -> None:
    """The best of them."""
    found = [make_article(f"f{number}", title=f"{SENATE} {number}") for number in range(5)]

    assert len(cover(similar=found, limit=3).related) == 3


@pytest.mark.parametrize("stem", "abcdef")
def test_an_outlets_text_stands_once(stem: str) -> None:
    """It was posted twice: the full article before the stub."""
    stub = make_stub("stub", title=SENATE_TOO, provider=WBUR)
    full = make_article(stem, title=SENATE_TOO.upper(), provider=WBUR)

    assert [each.article for each in cover(similar=[stub, full]).related] == [full]


def test_the_same_text_of_two_outlets_is_coverage_by_both() -> None:
    """A news agency's report in two papers."""
    copies = [make_article("a", title=SENATE_TOO, provider=WBUR), make_article("b", title=SENATE_TOO, provider=HERALD)]

    assert cover(similar=copies).outlets == 2


def test_an_outlets_other_texts_stand_beside_it() -> None:
    """Only the very same words are a repetition."""
    others = [make_article(stem, title=f"{SENATE_TOO} {stem}", provider=WBUR) for stem in ("x1", "x2")]

    assert len(cover(similar=others).related) == 2


def test_a_text_that_the_asked_provider_says_again_is_left_out() -> None:
    """It is the same report, posted twice."""
    assert cover(similar=[make_article("again", title=SENATE, provider=HERALD)]).related == ()


def test_the_asked_text_by_another_provider_is_coverage() -> None:
    """Another outlet reports it, and a reader is told that it says nothing else."""
    copy = make_article("other", title=SENATE, provider=WBUR)

    assert [each.why for each in cover(similar=[copy]).related] == ["the same text"]


def test_others_with_the_same_link_come_first() -> None:
    """They are the same report."""
    twin = make_article("twin", title=FERRY)

    coverage = cover(same=[twin], similar=[make_article("found", title=SENATE_TOO)])

    assert coverage.related[0].why == "the same link"
    assert coverage.related[0].source == "same"


def test_an_article_in_several_lists_counts_for_the_first() -> None:
    """Named and alike: it is named."""
    both = make_stub("both", title=SENATE_TOO)

    assert [each.source for each in cover(explicit=[both], similar=[both]).related] == ["explicit"]


def test_the_asked_article_is_not_its_own_coverage() -> None:
    """Whatever a list says."""
    assert cover(same=[ASKED], explicit=[ASKED], similar=[ASKED]).related == ()


@pytest.mark.parametrize(
    ("asked", "other", "why"),
    [
        (ASKED, make_stub(title=SENATE_TOO, provider=WBUR), "named by Boston Herald"),
        (make_stub(title=SENATE), make_article("b", title=SENATE_TOO, provider=WBUR), "named by WBUR"),
        (ASKED, make_article("b", title=SENATE_TOO), "named as related"),
    ],
)
def test_an_explicit_one_says_who_names_it(asked: Article, other: Article, why: str) -> None:
    """The one of the two that has a seed; of two seeds nobody knows whose list it was."""
    assert cover(asked=asked, explicit=[other]).related[0].why == why


def test_a_computed_one_says_the_distinguishing_words_in_common_as_they_are_written() -> None:
    """Not their stems, and no word that many articles use."""
    frequencies = Frequencies(total=1000, counts={"polic": 900, "halt": 800})

    other = make_article("b", title="Police: Massachusetts Senate halts facial tech")

    coverage = order_coverage(ASKED, [("computed", other)], frequencies=frequencies)

    assert coverage.related[0].why == "shares: facial, Massachusetts"


def test_the_timeline_begins_with_the_first_to_report() -> None:
    """The asked article is among the others."""
    first = make_article("first", title=SENATE_TOO, published_at=SOME_DAY - timedelta(hours=5))
    last = make_stub("last", title=FERRY, published_at=SOME_DAY + timedelta(hours=5))

    timeline = cover(similar=[first], explicit=[last]).timeline

    assert timeline == (first, ASKED, last)


def test_outlets_are_counted_once_each() -> None:
    """Two reports of one provider are one outlet."""
    others = [make_article(stem, title=f"{SENATE_TOO} {stem}", provider=WBUR) for stem in ("x1", "x2")]

    assert cover(similar=others).outlets == 2


def test_a_text_that_is_no_article_is_not_in_the_timeline() -> None:
    """What stands for a pasted headline reported nothing."""
    query = make_article("q", id=ArticleId(""), title=SENATE, provider=Provider(domain="", name=""))
    found = make_article("found", title=SENATE_TOO)

    coverage = cover(asked=query, similar=[found])

    assert coverage.timeline == (found,)
    assert coverage.outlets == 1


def test_an_article_that_nobody_else_reports_has_no_coverage() -> None:
    """It is alone in its timeline."""
    coverage = cover()

    assert (coverage.related, coverage.timeline) == ((), (ASKED,))


def test_a_provider_without_a_word_breaks_nothing() -> None:
    """Hostile titles and names are only text here."""
    odd = make_stub("odd", title="\u202e<@&1>", provider=Provider(domain="x.com", name="@everyone"))

    assert len(cover(explicit=[odd]).related) == 1


TITLES = st.lists(st.sampled_from(SENATE.split() + FERRY.split()), max_size=5).map(" ".join)


@given(st.lists(TITLES, max_size=8), st.randoms(use_true_random=False))
def test_coverage_is_the_same_in_whatever_order_it_is_found(titles: list[str], shuffled: random.Random) -> None:
    """And every similarity lies between none and whole."""
    similar = [make_article(f"s{n}", title=title, provider=WBUR) for n, title in enumerate(titles)]
    expected = cover(similar=similar, explicit=similar[:3])
    explicit = similar[:3]
    shuffled.shuffle(similar)
    shuffled.shuffle(explicit)

    assert cover(similar=similar, explicit=explicit) == expected
    assert all(0 <= each.similarity <= 1 for each in expected.related)


def test_the_bar_counts_age() -> None:
    """An old report must be more alike than one of the same day."""
    title = "Massachusetts teachers and police learn to tell birds, trees and fish apart in rivers near Boston"
    today = make_article("today", title=title)
    long_ago = make_article("longago", title=f"{title} now", published_at=SOME_DAY - timedelta(days=400))

    coverage = cover(similar=[today, long_ago])

    assert [each.article.stem for each in coverage.related] == ["today"]
    assert coverage.related[0].similarity > COMPUTED_BAR
