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
from bot.news.stories.similarity import Frequencies, TextSimilarity, Vector, text_vector
from bot.news.stories.story import EDGE_BONUS, Edge, Story
from bot.news.stories.story_ids import StoryId
from bot.text.words import fold, stem, words_of

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
    likeness = _likeness(asked, {article.id: article for article in (*near, *members, asked)}, frequencies)
    weights = {frozenset((edge.a, edge.b)): edge.weight for edge in edges}
    vector = text_vector(asked, frequencies)
    return tuple(
        Bond(
            article=each,
            likeness=likeness[each.id],
            words=_shared(vector, text_vector(each, frequencies), each),
            has_same_link=bool(_links(asked) & _links(each)),
            has_same_title=bool(words_of(asked.title)) and words_of(asked.title) == words_of(each.title),
            edge=weights.get(frozenset((asked.id, each.id)), 0.0),
        )
        for each in members
    )


def likeness_to(
    asked: Article, others: Iterable[Article], *, edges: Sequence[Edge] = (), frequencies: Frequencies
) -> Mapping[ArticleId, float]:
    """How alike an article is to others, as grouping counts it: 1.0 is just alike enough for one story."""
    weights = {frozenset((edge.a, edge.b)): edge.weight for edge in edges}
    likeness = _likeness(asked, {article.id: article for article in (*others, asked)}, frequencies)
    return {each: much + EDGE_BONUS * weights.get(frozenset((asked.id, each)), 0.0) for each, much in likeness.items()}


def _likeness(
    asked: Article, articles: Mapping[ArticleId, Article], frequencies: Frequencies
) -> Mapping[ArticleId, float]:
    ordered = sorted(articles.values(), key=lambda article: (article.published_at, article.id))
    place = next(place for place, article in enumerate(ordered) if article.id == asked.id)
    row = TextSimilarity(frequencies=frequencies)(ordered)[place]
    return {article.id: float(much) for article, much in zip(ordered, row, strict=True) if article.id != asked.id}


def _links(article: Article) -> set[str]:
    return {article.url, *article.aliases} - {""}


def _shared(vector: Vector, others: Vector, other: Article) -> tuple[str, ...]:
    """The heaviest words in common, as the other article writes them."""
    shared = sorted((each for each in others if each in vector), key=lambda each: (-vector[each] * others[each], each))
    written: dict[str, str] = {}
    for word in _WORD.findall(f"{other.title} {other.excerpt}"):
        written.setdefault(stem(fold(word)), word)
    return tuple(written.get(each, each) for each in shared[:SHARED_WORDS])
