"""Identity of articles: when two seeds are one article, and the ids of new ones.

An article is known by its file's place: the real path of the folder and the path below it. At the same place a seed is
the same article while its link or its title is. A file at a new place is the same article if it has the link of one
whose file is gone (it was renamed, or its folder was moved). So no seed ever replaces an article that has another link
and another title, wherever the two files are.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import count

from bot.news.article import INDEX, Article, ArticleId, Place, ShelfId, article_id
from bot.text.links import alias_key
from bot.text.pages import page_key


def new_ids(shelf: ShelfId, place: Place, article: Article) -> Iterator[ArticleId]:
    """List ids for a new article at a place, best first; the first one that no other article has is taken.

    A file at the top of a folder is named by its stem, one in a subfolder by its path below the folder. Only where that
    is taken, the folder's own path is added, then the link.
    """
    above, _, file = place.name.rpartition("/")
    if not above:
        yield article.id  # from its stem alone, as every seed has it at first
    else:
        yield article_id(shelf, above if file.rpartition(".")[0] == INDEX else f"{above}/{article.stem}")
    yield article_id(shelf, place.key)
    yield article_id(shelf, f"{place.key}\0{article.url}")
    yield from (article_id(shelf, f"{place.key}\0{article.url}\0{number}") for number in count(2))


def links_of(article: Article) -> set[str]:
    """List the pages that an article links to, as keys that the URLs of a page share."""
    return {key(url) for url in (article.url, *article.aliases) for key in (page_key, alias_key)}


def same_title(one: str, other: str) -> bool:
    """Return True if two titles differ at most in case, spaces and Unicode form."""
    return one == other or _plain(one) == _plain(other)


def is_same_article(one: Article, other: Article) -> bool:
    """Return True if two seeds of one place are one article: by a link or by the title."""
    return same_title(one.title, other.title) or not links_of(one).isdisjoint(links_of(other))


def _plain(title: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", title).casefold().split())
