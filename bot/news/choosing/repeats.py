"""Recognize what was told before: by article, story, link and nearly equal text, at any distance in time.

Grouping compares articles of a few days; what was told is remembered forever. A story is known again

- if it shares an article with an earlier one, even if the earlier one was split, which story ids can't express;
- if it has the earlier one's id or took it over, even if none of those articles exist any more;
- if any of its links leads to a page that was linked under the earlier one (`page_key`); a site's front page doesn't
  count, it identifies no article;
- if one of its new articles has nearly the text of the earlier pick.

Two texts are nearly equal if they share `NEARLY` of the weight of their words, and say the same numbers: daily figures
and parts of a series differ in nothing else. They must share `TELLING_NATS`, or a column ("Weekly roundup", 15 nats)
would be told once and never again. Without two excerpts the titles decide.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from bot.news.article import Article, ArticleId
from bot.news.edition import ToldStory
from bot.news.stories.similarity import Frequencies
from bot.news.stories.story import Story
from bot.news.stories.story_ids import StoryId
from bot.text.pages import is_front_page, page_key
from bot.text.words import stems_of

_ASKED_WORDS: Final = 4
"""The rarest words of a title by which nearly equal texts are found among thousands: these share most of them."""

NEARLY: Final = 0.8
"""The share of the weight of two texts' words that they must share to be nearly equal."""

TELLING_NATS: Final = 30.0
"""The weight that they must share; "Massachusetts bans facial recognition" has 28."""


@lru_cache(maxsize=16_384)  # what was told is asked about at each planning
def _page(url: str) -> str:
    return page_key(url)


def pages_of(urls: Iterable[str]) -> frozenset[str]:
    """Find the keys of the pages that URLs lead to, front pages left out."""
    return frozenset(key for key in map(_page, urls) if not is_front_page(key))


def urls_of(article: Article) -> tuple[str, ...]:
    """List all URLs of an article."""
    return (article.url, *article.aliases)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """A text's stems with their weights; numbers are among them."""

    weights: Mapping[str, float]

    @property
    def numbers(self) -> frozenset[str]:
        return frozenset(stem for stem in self.weights if any(char.isdigit() for char in stem))

    def is_nearly(self, other: _Words) -> bool:
        shared = sum(weight for stem, weight in self.weights.items() if stem in other.weights)
        if shared < TELLING_NATS:
            return False
        every = sum(self.weights.values()) + sum(other.weights.values()) - shared
        return shared >= NEARLY * every and self.numbers == other.numbers


class Texts:
    """Texts by their numbers, and which of them others nearly equal."""

    def __init__(self, frequencies: Frequencies) -> None:
        self._weight = cache(frequencies.weight)
        self._texts: list[tuple[str, str]] = []
        self._words = cache(self._read_words)
        self._holders: dict[str, list[int]] = defaultdict(list)

    def add(self, title: str, excerpt: str) -> None:
        """Add a text; the first one is number 0."""
        for stem in set(stems_of(title)):
            self._holders[stem].append(len(self._texts))
        self._texts.append((title, excerpt))

    def nearly(self, title: str, excerpt: str) -> list[int]:
        """Find the numbers of the texts that one nearly equals, in order."""
        if not self._texts:
            return []
        # Comparing with thousands would take seconds. Nearly equal texts share most of the rarest words of the title.
        rarest = sorted(set(stems_of(title)), key=lambda stem: (-self._weight(stem), stem))[:_ASKED_WORDS]
        shared = Counter(number for stem in rarest for number in self._holders.get(stem, ()))
        near = sorted(number for number, count in shared.items() if 2 * count >= len(rarest))
        return [number for number in near if self._are_nearly(title, excerpt, *self._texts[number])]

    def _are_nearly(self, title: str, excerpt: str, other_title: str, other_excerpt: str) -> bool:
        """Compare whole texts, or titles alone unless both have an excerpt."""
        if excerpt.strip() and other_excerpt.strip():
            title, other_title = f"{title}\n{excerpt}", f"{other_title}\n{other_excerpt}"
        return self._words(title).is_nearly(self._words(other_title))

    def _read_words(self, text: str) -> _Words:
        return _Words(weights={stem: self._weight(stem) for stem in sorted(set(stems_of(text)))})


class Memory:
    """What earlier editions told, oldest first."""

    def __init__(self, told: Sequence[ToldStory], frequencies: Frequencies) -> None:
        self._told = told
        self._by_article: dict[ArticleId, set[int]] = defaultdict(set)
        self._by_name: dict[StoryId, set[int]] = defaultdict(set)
        self._by_page: dict[str, set[int]] = defaultdict(set)
        self._texts = Texts(frequencies)
        for number, story in enumerate(told):
            for article_id in story.article_ids | {story.pick_id}:
                self._by_article[article_id].add(number)
            if story.story_id is not None:
                self._by_name[story.story_id].add(number)
            for page in pages_of((*story.pick_urls, *story.urls)):
                self._by_page[page].add(number)
            self._texts.add(story.title, story.excerpt)

    def of_story(self, story: Story, names: Iterable[StoryId], news: Iterable[Article]) -> tuple[ToldStory, ...]:
        """Find a story's earlier appearances, oldest first.

        Args:
            story: As it is now.
            names: Its id and aliases from before this edition.
            news: Its new articles, whose texts are compared.
        """
        if not self._told:
            return ()
        numbers: set[int] = set()
        for article in story.articles:
            numbers |= self._by_article.get(article.id, set())
            for page in pages_of(urls_of(article)):
                numbers |= self._by_page.get(page, set())
        for name in names:
            numbers |= self._by_name.get(name, set())
        for article in news:
            numbers.update(self._texts.nearly(article.title, article.excerpt))
        return tuple(self._told[number] for number in sorted(numbers))


def is_repeat(article: Article, before: Iterable[ToldStory]) -> bool:
    """Return True if earlier editions told this very article, by its id or a page that it links to."""
    pages = pages_of(urls_of(article))
    return any(article.id == each.pick_id or pages & pages_of(each.pick_urls) for each in before)
