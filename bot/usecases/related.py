"""Asking for an article, and for everything that is known on its story."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from bot.errors import BadInputError, UnknownArticleError
from bot.news.article import INSTANCE_SHELF, Article, ArticleId, Provider, ShelfId
from bot.news.search import SearchQuery
from bot.news.stories.related import Coverage, choose_coverage, order_coverage
from bot.news.stories.similarity import Frequencies, article_stems
from bot.store.port.article import ArticleStore
from bot.store.port.related import RelatedStore
from bot.store.port.search import SearchStore
from bot.text.links import domain_of, links_in
from bot.text.words import stems_of, words_of

LONGEST_TEXT: Final = 1_000
"""Characters of a message that are compared."""

_ID: Final = re.compile(r"[a-z2-7]{13}")
_ENDING: Final = re.compile(r"\.(txt|md)$", re.IGNORECASE)
_LINK: Final = re.compile(r"https?://\S+", re.IGNORECASE)
_MOST_WORDS: Final = 16  # `SearchQuery.words`
_TITLES_LOOKED_AT: Final = 25
_SPARE: Final = 5  # what an outlet says twice leaves a place

# From so far away every article is equally old: a title is found whatever the article's age.
_AGELESS: Final = datetime(9999, 1, 1, tzinfo=UTC)


async def find_article(
    article_store: ArticleStore, search_store: SearchStore, shelves: Sequence[ShelfId], text: str
) -> Article:
    """Find the article that a person means.

    Args:
        article_store: Where ids, URLs and file names are looked up.
        search_store: Where titles are looked up, when nothing else fits.
        shelves: Those that the person sees.
        text: An id, any of its URLs, its seed file's name with or without ending, or words of its title.

    Raises:
        UnknownArticleError: There is no such article; its cure says how to look.
    """
    found = await _find_by_name(article_store, shelves, text.strip())
    found = found or await _find_by_title(search_store, shelves, text)
    if found is None:
        raise UnknownArticleError(
            "No such article.",
            cure="Look for it with /news search, or choose one from the list as you type.",
        )
    return found


async def related_coverage(
    related_store: RelatedStore,
    article_store: ArticleStore,
    shelves: Sequence[ShelfId],
    article: Article,
    *,
    limit: int = 10,
    is_dated: bool = True,
) -> Coverage:
    """Find who else reports what an article reports.

    Args:
        related_store: Explicit coverage, and what is alike.
        article_store: Other articles with one of its URLs.
        shelves: Those that the person sees.
        article: One of the archive, a stub too.
        limit: Computed ones at most; explicit ones are all there.
        is_dated: False where nearness in time isn't to count.
    """
    same = await _same_links(article_store, shelves, article)
    explicit = await related_store.explicit_coverage(shelves, article.id)
    beside = [each.id for each in (*same, *explicit)]
    similar = await related_store.similar(shelves, article, beside=beside, is_dated=is_dated, limit=limit + _SPARE)
    frequencies = await _frequencies(related_store, shelves, [article, *same, *explicit, *similar.articles])
    chosen = choose_coverage(
        article,
        same=same,
        explicit=explicit,
        similar=similar.articles,
        relevance=similar.relevance,
        frequencies=frequencies,
        limit=limit,
    )
    return order_coverage(article, chosen, frequencies=frequencies)


async def coverage_of_text(
    related_store: RelatedStore,
    article_store: ArticleStore,
    search_store: SearchStore,
    shelves: Sequence[ShelfId],
    text: str,
    *,
    limit: int = 10,
) -> Coverage:
    """Find who reports what a text is about: a link, a headline, a whole message.

    A text that means an article of the archive gets that article's coverage. Any other is compared by its words (those
    in its link, where it has no others); nobody knows when it was written, so nearness in time doesn't count.

    Args:
        related_store: Explicit coverage, and what is alike.
        article_store: Where ids, URLs and file names are looked up.
        search_store: Where titles are looked up.
        shelves: Those that the person sees.
        text: Anything that a person can post; its first 1,000 characters count.
        limit: Computed ones at most.

    Raises:
        BadInputError: there is neither a word nor a link in it.
    """
    found = await _find_by_name(article_store, shelves, text.strip())
    found = found or await _find_by_title(search_store, shelves, text)
    if found is not None:
        return await related_coverage(related_store, article_store, shelves, found, limit=limit)
    asked = _stand_in(text)
    similar = await related_store.similar(shelves, asked, is_dated=False, limit=limit + _SPARE)
    newest = max((article.published_at for article in similar.articles), default=asked.published_at)
    asked = replace(asked, published_at=newest)
    frequencies = await _frequencies(related_store, shelves, [asked, *similar.articles])
    chosen = choose_coverage(
        asked, similar=similar.articles, relevance=similar.relevance, frequencies=frequencies, limit=limit
    )
    return order_coverage(asked, chosen, frequencies=frequencies)


async def _find_by_name(article_store: ArticleStore, shelves: Sequence[ShelfId], text: str) -> Article | None:
    """By id, by the first of the text's links that is known, by the seed file's name."""
    if _ID.fullmatch(text):
        by_id = await article_store.find_article(shelves, ArticleId(text))
        if by_id is not None:
            return by_id
    for link in links_in(text):
        for by_link in await article_store.find_by_url(shelves, link):
            return by_link
    for shelf in shelves:
        by_stem = await article_store.find_by_stem(shelf, _ENDING.sub("", text))
        if by_stem is not None and not by_stem.is_hidden:
            return by_stem
    return None


async def _find_by_title(search_store: SearchStore, shelves: Sequence[ShelfId], text: str) -> Article | None:
    """The article with the shortest title that has all the words of a text."""
    wanted = set(stems_of(text))
    if not wanted:
        return None
    query = SearchQuery(words=tuple(words_of(text)[:_MOST_WORDS]))
    result = await search_store.search(shelves, query, now=_AGELESS, limit=_TITLES_LOOKED_AT)
    fitting = [article for article in result.articles if wanted <= set(stems_of(article.title))]
    return min(fitting, key=lambda article: len(stems_of(article.title)), default=None)


async def _same_links(article_store: ArticleStore, shelves: Sequence[ShelfId], article: Article) -> tuple[Article, ...]:
    found: dict[ArticleId, Article] = {}
    for url in (article.url, *article.aliases):
        found |= {other.id: other for other in await article_store.find_by_url(shelves, url)}
    return tuple(found.values())


async def _frequencies(
    related_store: RelatedStore, shelves: Sequence[ShelfId], articles: Sequence[Article]
) -> Frequencies:
    """How common the articles' words are on these shelves."""
    stems = {stem for article in articles for stem in article_stems(article)}
    total, counts = await related_store.word_counts(shelves, sorted(stems))
    return Frequencies(total=total, counts=counts)


def _stand_in(text: str) -> Article:
    """An article that says what a text says.

    Raises:
        BadInputError: the text says nothing.
    """
    link = next(iter(links_in(text)), "")
    words = _LINK.sub(" ", text).strip()[:LONGEST_TEXT]
    if not words_of(words):
        words = " ".join(words_of(link.partition("://")[2].partition("/")[2].partition("?")[0]))[:LONGEST_TEXT]
    if not words and not link:
        raise BadInputError("There is nothing to look for in that.", cure="Give a link or a headline.")
    return Article(
        id=ArticleId(""),
        shelf=INSTANCE_SHELF,
        title=words or link,
        published_at=datetime(1970, 1, 1, tzinfo=UTC),
        provider=Provider(domain=domain_of(link), name=domain_of(link)),
        url=link,
    )
