"""Why reports are one story: what ties each of them to the one that was asked about.

Grouping looks at averages over whole groups; a person wants to know about two reports. So this says of a pair what
grouping saw in it: a link or a title in common, how alike the texts are, the words that make them so, and an edge.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.news.article import Article, ArticleId
from bot.news.stories.similarity import (
    DISTINGUISHING,
    Frequencies,
    TextSimilarity,
    have_equal_telling_titles,
    links_of,
    text_vector,
)
from bot.news.stories.story import EDGE_BONUS, Edge, PairSimilarity, Story
from bot.news.stories.story_ids import StoryId
from bot.text.words import fold, stem

SHARED_WORDS: Final = 3
"""So many words say why two reports are one story."""

_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bond:
    """What ties a report to the one that was asked about.

    Attributes:
        article: The report.
        likeness: How alike the two are with what is near them, nearness in time counted, as a multiple of what two
            texts of their lengths need to tell one story; without the edge.
        words: The heaviest words in common, as `article` writes them; at most `SHARED_WORDS`.
        has_same_link: They share a URL, which makes them one story by itself.
        has_same_title: They share the title's words, which makes them one story by itself.
        edge: The weight of a seed's word for it, 0 to 1; it adds `EDGE_BONUS` times as much to the likeness.
    """

    article: Article
    likeness: float
    words: tuple[str, ...] = ()
    has_same_link: bool = False
    has_same_title: bool = False
    edge: float = 0.0

    @property
    def strength(self) -> float:
        """What grouping counted for this pair, where 1.0 is just enough; more for the others' sake can tie it too."""
        return self.likeness + EDGE_BONUS * self.edge

    @property
    def why(self) -> str:
        """A few words for a reader: "same story: shares facial, recognition, Massachusetts"."""
        if self.has_same_link:
            return "same story: the same link"
        if self.has_same_title:
            return "same story: the same title"
        if self.words:
            return f"same story: shares {', '.join(self.words)}"
        return "same story: by what others report"


@dataclass(frozen=True, slots=True, kw_only=True)
class TiedStory:
    """A story, seen from one of its articles.

    Attributes:
        bonds: One for each of the other articles, in the story's order.
    """

    id: StoryId
    story: Story
    bonds: tuple[Bond, ...]


def bonds_of(
    asked: Article,
    others: Iterable[Article],
    *,
    edges: Sequence[Edge] = (),
    frequencies: Frequencies,
    near: Iterable[Article] = (),
) -> tuple[Bond, ...]:
    """Say what ties reports to one of them.

    Args:
        asked: The one.
        others: The rest of its story, in any order; `asked` among them doesn't matter.
        edges: Explicit ones among all of them.
        frequencies: How common words are.
        near: Further reports from the same days: grouping compares each text together with those nearest to it.

    Returns:
        A bond for each of `others`, in their order.
    """
    members = [article for article in others if article.id != asked.id]
    compare = TextSimilarity(frequencies=frequencies).multiples
    likeness = _row(asked, (*near, *members), compare)
    weights = {frozenset((edge.a, edge.b)): edge.weight for edge in edges}
    return tuple(
        Bond(
            article=each,
            likeness=likeness[each.id],
            words=distinguishing_words(asked, each, frequencies),
            has_same_link=bool(links_of(asked) & links_of(each)),
            has_same_title=have_equal_telling_titles(asked, each, frequencies),
            edge=weights.get(frozenset((asked.id, each.id)), 0.0),
        )
        for each in members
    )


def likeness_to(
    asked: Article, others: Iterable[Article], *, edges: Sequence[Edge] = (), frequencies: Frequencies
) -> Mapping[ArticleId, float]:
    """The likeness of an article to others as grouping counts it: 1.0 is just enough for one story, `inf` ties."""
    weights = {frozenset((edge.a, edge.b)): edge.weight for edge in edges}
    likeness = _row(asked, others, TextSimilarity(frequencies=frequencies))
    return {each: much + EDGE_BONUS * weights.get(frozenset((asked.id, each)), 0.0) for each, much in likeness.items()}


def distinguishing_words(asked: Article, other: Article, frequencies: Frequencies) -> tuple[str, ...]:
    """The heaviest words that distinguish an event and are in both texts, as `other` writes them.

    Returns:
        At most `SHARED_WORDS`; none where the texts share only words that many articles use.
    """
    one, two = text_vector(asked, frequencies), text_vector(other, frequencies)
    shared = [each for each in one if each in two and frequencies.weight(each) >= DISTINGUISHING]
    heaviest = sorted(shared, key=lambda each: (-one[each] * two[each], each))[:SHARED_WORDS]
    written: dict[str, str] = {}
    for word in _WORD.findall(f"{other.title} {other.excerpt}"):
        written.setdefault(stem(fold(word)), word)
    return tuple(written.get(each, each) for each in heaviest)


def _row(asked: Article, others: Iterable[Article], compare: PairSimilarity) -> Mapping[ArticleId, float]:
    """The likeness of one article to others, all of them compared with one another."""
    articles = {article.id: article for article in (*others, asked)}
    ordered = sorted(articles.values(), key=lambda article: (article.published_at, article.id))
    place = next(place for place, article in enumerate(ordered) if article.id == asked.id)
    row = compare(ordered)[place]
    return {article.id: float(much) for article, much in zip(ordered, row, strict=True) if article.id != asked.id}
