"""How alike texts are: what weighs more, what weighs little, and that it is the same number everywhere."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bot.news.stories.similarity import (
    Frequencies,
    TextSimilarity,
    article_stems,
    cosine,
    count_frequencies,
    text_vector,
)
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
    """One, up to the last bits."""
    assert abs(likeness("senate halts facial recognition", "senate halts facial recognition") - 1) < 1e-9


def test_texts_without_a_word_in_common_are_not_alike() -> None:
    """Exactly zero."""
    assert likeness("senate halts facial recognition", "harbour ferry runs on hydrogen") == 0


def test_inflection_does_not_keep_texts_apart() -> None:
    """Words are compared by their stems."""
    assert likeness("senate bans cameras", "senate banned camera") > 0.99


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

    assert (counted.total, counted.counts["ferry"], counted.counts["harbour"]) == (2, 1, 1)


def test_a_word_is_never_weighed_below_nothing() -> None:
    """Counts from elsewhere may be larger than the total that came with them."""
    assert Frequencies(total=0, counts={"ferry": 50}).idf("ferry") > 0


def test_words_that_everybody_uses_tell_nobody_apart() -> None:
    """In an archive on one topic the topic's name ties nothing."""
    articles = [make_article(title=f"apps {stem}") for stem in map(str, range(100, 160))]

    assert TextSimilarity()(articles)[~np.eye(len(articles), dtype=bool)].max() == 0


def test_two_reports_find_each_other_through_a_third() -> None:
    """A text is compared together with its nearest ones."""
    first = make_article("a", title="Plosser wants faster tapering")
    bridge = make_article("b", title="Plosser: faster tapering lifts unemployment forecast")
    last = make_article("c", title="Unemployment forecast lifts markets")

    alone = TextSimilarity()([first, last])
    together = TextSimilarity()([first, bridge, last])

    assert alone[0, 1] == 0
    assert together[0, 2] > 0


def test_long_texts_need_more_in_common_than_short_ones() -> None:
    """Long ones share words by chance."""
    filler = [" ".join(f"{letter}{number}" for number in range(40)) for letter in "xy"]
    short = [make_article("a", title="harbour ferry"), make_article("b", title="harbour ferry")]
    long = [make_article(str(n), title="harbour ferry", excerpt=text) for n, text in enumerate(filler)]

    assert TextSimilarity()(short)[0, 1] > TextSimilarity()(long)[0, 1]


@given(TEXTS, TEXTS)
def test_likeness_is_between_none_and_whole_and_the_same_both_ways(one: str, other: str) -> None:
    """Whatever the texts."""
    there, back = likeness(one, other), likeness(other, one)

    assert 0 <= there <= 1
    assert abs(there - back) < 1e-12


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
    return [make_article(str(n), title=" ".join(words[n : n + 4]), excerpt=" ".join(words[: n + 1])) for n in range(9)]


def test_stems_of_a_title_count_twice() -> None:
    """Once more than those of the excerpt."""
    assert article_stems(make_article(title="ferry", excerpt="ferry harbour")) == {"ferry": 3, "harbour": 1}
