"""Why reports are one story: what ties each of them to the one that was asked about.

Grouping looks at averages over whole groups; a reader asks about two reports. So a bond says what grouping found for
one pair: a link or a title in common, the likeness of the texts, the distinguishing words that they share, an edge.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.news.article import Article, ArticleId
from bot.news.stories.shared_words import distinguishing_words
from bot.news.stories.similarity import (
    Frequencies,
    TextSimilarity,
    have_equal_identifying_titles,
    links_of,
    text_vector,
)
from bot.news.stories.story import EDGE_BONUS, Edge, PairSimilarity, Story
from bot.news.stories.story_ids import StoryId


@dataclass(frozen=True, slots=True, kw_only=True)
class Bond:
    """What ties a report to the one that was asked about.

    Attributes:
        article: The report.
        likeness: Of the two texts and what is near them, nearness in time included, as a multiple of what two reports
            of one event need; without the edge.
        words: The heaviest distinguishing words in common, as `article` writes them; at most three.
        has_same_link: They share a URL, which makes them one story by itself.
        has_same_title: They share a title that identifies an event, which makes them one story by itself.
        edge: The weight of a seed's `related:` entry for it, 0 to 1; `EDGE_BONUS` times it is added to the likeness.
    """

    article: Article
    likeness: float
    words: tuple[str, ...] = ()
    has_same_link: bool = False
    has_same_title: bool = False
    edge: float = 0.0

    @property
    def strength(self) -> float:
        """The likeness that grouping counted for this pair: 1.0 is just enough, though other members can tie it too."""
        return self.likeness + EDGE_BONUS * self.edge

    @property
    def why(self) -> str:
        """A reason for a reader: "same story: shares facial, recognition, Massachusetts"."""
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
        others: The rest of its story, in any order; `asked` itself is ignored.
        edges: Explicit ones among all of them.
        frequencies: How common words are.
        near: Further reports of the same days, as third parties.

    Returns:
        A bond for each of `others`, in their order.
    """
    members = [article for article in others if article.id != asked.id]
    compare = TextSimilarity(frequencies=frequencies).multiples
    likeness = _row(asked, (*near, *members), compare)
    weights = {frozenset((edge.a, edge.b)): edge.weight for edge in edges}
    vector = text_vector(asked, frequencies)
    return tuple(
        Bond(
            article=each,
            likeness=likeness[each.id],
            words=distinguishing_words(vector, text_vector(each, frequencies), frequencies, written_in=each),
            has_same_link=bool(links_of(asked) & links_of(each)),
            has_same_title=have_equal_identifying_titles(asked, each, frequencies),
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


def _row(asked: Article, others: Iterable[Article], compare: PairSimilarity) -> Mapping[ArticleId, float]:
    """The likeness of one article to others, all of them compared with one another."""
    articles = {article.id: article for article in (*others, asked)}
    ordered = sorted(articles.values(), key=lambda article: (article.published_at, article.id))
    place = next(place for place, article in enumerate(ordered) if article.id == asked.id)
    row = compare(ordered)[place]
    return {article.id: float(much) for article, much in zip(ordered, row, strict=True) if article.id != asked.id}
