"""What titles say about two texts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bot.text.likeness.comparison import Likeness
from bot.text.likeness.titles import Title, discount_equal_titles, part_equal_sources

NATS = {"weekly": 6.0, "roundup": 9.0, "zermatt": 11.0, "avalanche": 10.0, "update": 5.0}


def title(text: str, source: str = "a.example") -> Title:
    """A title of some of these words."""
    words = tuple(text.split())
    return Title(source=source, words=words, weights={word: NATS[word] for word in words})


def ones(size: int) -> Likeness:
    """Texts that are wholly alike."""
    return np.ones((size, size), dtype=np.float32)


def parted(*titles: Title) -> float:
    """What is left of the likeness of two texts."""
    likeness = ones(2)
    part_equal_sources(likeness, titles)
    return float(likeness[0, 1])


def discounted(titles: Sequence[Title], *excerpts: dict[str, float]) -> float:
    """What is left of the likeness of two texts with these excerpts."""
    likeness = ones(2)
    discount_equal_titles(likeness, titles, excerpt=excerpts.__getitem__)
    return float(likeness[0, 1])


def test_a_title_of_twenty_nats_is_identifying() -> None:
    """And one of less isn't."""
    assert title("zermatt avalanche").is_identifying
    assert not title("weekly roundup").is_identifying


def test_two_texts_of_one_source_are_not_alike() -> None:
    """It doesn't report an event twice."""
    assert parted(title("zermatt avalanche"), title("zermatt roundup weekly")) == 0


def test_texts_of_two_sources_stay_as_alike_as_they_are() -> None:
    """The rule is about one source."""
    assert parted(title("zermatt avalanche"), title("zermatt roundup weekly", "b.example")) == 1


def test_an_identifying_title_that_is_contained_in_another_is_the_same_report() -> None:
    """Posted again with a word more."""
    assert parted(title("zermatt avalanche"), title("avalanche zermatt update")) == 1


def test_a_weak_title_that_is_contained_in_another_is_not() -> None:
    """A column's name is in each of its titles, and a title without a word is in every title."""
    assert parted(title("weekly roundup"), title("weekly roundup zermatt")) == 0
    assert parted(title(""), title("zermatt avalanche")) == 0


def test_texts_with_an_equal_weak_title_are_compared_by_their_excerpts() -> None:
    """The title is left out on both sides."""
    column = [title("weekly roundup", source) for source in ("a.example", "b.example")]

    assert discounted(column, {"flood": 1.0}, {"heron": 1.0}) == 0
    assert discounted(column, {"flood": 1.0}, {"flood": 1.0}) == 0.5


def test_texts_with_an_equal_weak_title_and_no_excerpt_have_nothing_in_common() -> None:
    """There is nothing else to compare."""
    assert discounted([title("weekly roundup", source) for source in ("a.example", "b.example")], {}, {}) == 0


def test_an_equal_identifying_title_counts_in_full() -> None:
    """Whatever the excerpts are."""
    same = [title("zermatt avalanche", source) for source in ("a.example", "b.example")]

    assert discounted(same, {"flood": 1.0}, {"heron": 1.0}) == 1


@given(st.lists(st.tuples(st.sets(st.sampled_from(sorted(NATS))), st.sampled_from("ab")), max_size=12))
def test_sources_are_parted_the_same_both_ways(drawn: list[tuple[set[str], str]]) -> None:
    """And texts of two sources are never touched."""
    titles = [title(" ".join(sorted(words)), source) for words, source in drawn]
    likeness = ones(len(titles))

    part_equal_sources(likeness, titles)

    assert np.array_equal(likeness, likeness.T)
    assert all(
        likeness[i, j] == 1
        for i, one in enumerate(titles)
        for j, other in enumerate(titles)
        if one.source != other.source
    )
