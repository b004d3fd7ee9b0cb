"""An event in a list of the best."""

from __future__ import annotations

from dataclasses import dataclass

from bot.news.article import Article


@dataclass(frozen=True, slots=True, kw_only=True)
class TopStory:
    """An event in a list of the best.

    Attributes:
        article: Its best of those that were asked for.
        more: How many other reports of it there are, whether asked for or not.
        outlets: By how many providers; 0 where that is not known.
    """

    article: Article
    more: int = 0
    outlets: int = 0
