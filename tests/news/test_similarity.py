"""The similarity of texts: what weighs more, what weighs little, and that it is the same number everywhere."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.stories.shared_words import DISTINGUISHING
from bot.news.stories.similarity import (
    Frequencies,
    TextSimilarity,
    article_stems,
    cosine,
    count_frequencies,
    have_equal_identifying_titles,
    text_vector,
)
from bot.text.background import UNLISTED
from tests.support.candidates import outlet
from tests.support.makers import make_article

EVEN = Frequencies(total=1000, counts={})

TEXTS = st.text(st.sampled_from("abc xyz"), max_size=30)


def likeness(one: str, other: str, *, excerpts: tuple[str, str] = ("", ""), frequencies: Frequencies = EVEN) -> float:
    """The cosine of two articles with these titles and excerpts."""
    vectors = [
        text_vector(make_article(title=title, excerpt=excerpt), frequencies)
        for title, excerpt in zip((one, other), excerpts, strict=True)
    ]
    return cosine(*vectors)


def test_the_same_text_is_wholly_alike() -> None:
    """One, up to the last bits, from six words on."""
    text = "senate halts facial recognition by harbour police"

    assert abs(likeness(text, text) - 1) < 1e-9


def test_a_short_text_counts_as_one_of_six_words() -> None:
    """Four words of six are two thirds of a text."""
    assert likeness("senate halts facial recognition", "senate halts facial recognition") == pytest.approx(4 / 6)


def test_texts_without_a_word_in_common_are_not_alike() -> None:
    """Exactly zero."""
    assert likeness("senate halts facial recognition", "harbour ferry runs on hydrogen") == 0


def test_inflection_does_not_keep_texts_apart() -> None:
    """Words are compared by their stems."""
    assert likeness("senate bans cameras", "senate banned camera") == pytest.approx(3 / 6)


def test_a_title_with_another_excerpt_is_still_alike() -> None:
    """A title's words weigh more than an excerpt's."""
    same_title = likeness("harbour ferry", "harbour ferry", excerpts=("runs on hydrogen", "is delayed again"))
    same_excerpt = likeness("runs on hydrogen", "is delayed again", excerpts=("harbour ferry", "harbour ferry"))

    assert same_title > same_excerpt


def test_a_rare_word_in_common_counts_for_more_than_a_common_one() -> None:
    """What half of all articles say ties no two."""
    frequencies = Frequencies(total=1000, counts={"polic": 500, "plosser": 2})

    rare = likeness("plosser speaks", "plosser waits", frequencies=frequencies)

    assert rare > 2 * likeness("police speaks", "police waits", frequencies=frequencies)


def test_an_article_without_a_word_is_like_nothing() -> None:
    """Not even like itself; and nothing breaks."""
    assert likeness("", "") == 0
    assert likeness("!!!", "senate") == 0


def test_frequencies_count_texts_not_occurrences() -> None:
    """A word that one article says three times is in one article."""
    counted = count_frequencies([make_article(title="ferry ferry", excerpt="ferry"), make_article(title="harbour")])

    assert (counted.total, counted.counts["ferri"], counted.counts["harbour"]) == (2, 1, 1)


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.sampled_from(["de", "announc", "zyzzyva"]))
def test_a_word_is_never_weighed_below_nothing(total: int, count: int, stem: str) -> None:
    """Counts from elsewhere may be larger than the total that came with them."""
    assert Frequencies(total=total, counts={stem: count}).weight(stem) >= 0


def test_a_common_english_word_weighs_little_in_an_archive_of_ten() -> None:
    """Though the archive itself has it once, as it has a name."""
    tiny = Frequencies(total=10, counts={"week": 1, "plosser": 1})

    assert tiny.weight("week") < DISTINGUISHING < tiny.weight("plosser")


def test_a_large_archives_own_counts_prevail() -> None:
    """A word that is rare in news and in a tenth of this archive weighs less than one that is rare in both."""
    large = Frequencies(total=40_000, counts={"plosser": 4_000})

    assert large.weight("plosser") < large.weight("zyzzyva") - 4


@pytest.mark.parametrize(("count", "weighs"), [(30, "all"), (45, "less"), (90, "nothing")])
def test_the_archives_own_subject_fades(count: int, weighs: str) -> None:
    """From 15% of its texts on; at 30% it says nothing, as a brand's name in the brand's own blog."""
    weight = Frequencies(total=150, counts={"plosser": count}).weight("plosser")
    unfaded = -0.5 * math.log((count + 1_000 * UNLISTED) / 1_150 * UNLISTED)

    assert weighs == ("nothing" if weight == 0 else "all" if weight == pytest.approx(unfaded) else "less")


def test_words_that_everybody_uses_tell_nobody_apart() -> None:
    """In an archive on one topic the topic's name ties nothing."""
    articles = [make_article(f"a{stem}", title=f"apps {stem}", provider=outlet(stem)) for stem in range(100, 160)]

    assert TextSimilarity()(articles).max() == 0


def test_two_reports_find_each_other_through_a_third() -> None:
    """What is nearest to one of them speaks for the other."""
    first = make_article("a", title="Plosser wants faster tapering", provider=outlet(1))
    bridge = make_article("b", title="Plosser: faster tapering lifts unemployment forecast", provider=outlet(2))
    last = make_article("c", title="Unemployment forecast lifts markets", provider=outlet(3))

    alone = TextSimilarity()([first, last])
    together = TextSimilarity()([first, bridge, last])

    assert alone[0, 1] == 0
    assert together[0, 2] > 0


def test_an_outlets_posts_of_one_template_are_not_alike() -> None:
    """A provider doesn't report an event twice."""
    posts = [make_article(name, title=f"Introducing {name} for teams") for name in ("notely", "sketchly")]

    assert TextSimilarity()(posts).max() == 0


def test_a_link_ties_outright() -> None:
    """Whatever the texts are; a multiple of what is needed says what the texts say."""
    pair = [make_article(stem, title=stem, url="https://example.com/a") for stem in ("ferry", "lamps")]

    assert TextSimilarity()(pair)[0, 1] == math.inf
    assert TextSimilarity().multiples(pair)[0, 1] == 0


def test_only_an_identifying_title_ties_outright() -> None:
    """A column's title says nothing of what is in it."""
    for title, ties in (("Massachusetts bans facial recognition", True), ("Weekly roundup", False)):
        pair = [make_article(stem, title=title, provider=outlet(n)) for n, stem in enumerate("ab")]

        assert bool(TextSimilarity()(pair)[0, 1] == math.inf) is ties
        assert have_equal_identifying_titles(pair[0], pair[1], Frequencies(total=2, counts={})) is ties


@given(TEXTS, TEXTS)
def test_likeness_is_between_none_and_whole_and_the_same_both_ways(one: str, other: str) -> None:
    """Whatever the texts."""
    there, back = likeness(one, other), likeness(other, one)

    assert 0 <= there <= 1
    assert abs(there - back) < 1e-12


@pytest.mark.slow
def test_numbers_are_the_same_in_every_process() -> None:
    """The order of a set of words changes from process to process; no sum may depend on it."""
    program = (
        "from tests.news.test_similarity import sample\n"
        "from bot.news.stories.similarity import TextSimilarity\n"
        "print(TextSimilarity()(sample()).tolist())"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]

    assert said[0] == said[1] != "[]\n"


def sample() -> list[object]:
    """Nine articles with words in common."""
    words = "senate halts facial recognition police harbour ferry hydrogen plosser tapering".split()  # noqa: SIM905 - reads best
    return [
        make_article(str(n), title=" ".join(words[n : n + 4]), excerpt=" ".join(words[: n + 1]), provider=outlet(n))
        for n in range(9)
    ]


def test_stems_of_a_title_count_twice() -> None:
    """Once more than those of the excerpt."""
    assert article_stems(make_article(title="ferry", excerpt="ferry harbour")) == {"ferri": 3, "harbour": 1}


def test_equal_titles_of_a_column_leave_the_comparison_to_the_excerpts() -> None:
    """Two papers' weekly roundups are not alike by their title."""
    roundup = [
        make_article(
            "one",
            provider=outlet(1),
            title="Weekly roundup",
            excerpt="The harbour bridge reopens after eleven months of repairs.",
        ),
        make_article(
            "two", provider=outlet(2), title="Weekly roundup", excerpt="Senators debate a vaccine mandate for nurses."
        ),
        make_article(
            "three",
            provider=outlet(3),
            title="Weekly roundup",
            excerpt="The harbour bridge reopens after eleven months of repairs.",
        ),
    ]
    likeness = TextSimilarity(frequencies=EVEN).direct(roundup)

    assert likeness(0, 1) == 0
    assert likeness(0, 2) > 0.5
