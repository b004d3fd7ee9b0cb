"""What an operator asks for: feeds with their settings, as feeds.toml has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bot.news.article import BASE_QUALITY

EVERY_MINUTES: Final = 15
"""Minutes between two passes."""

MAX_AGE_DAYS: Final = 30
"""Older items of a feed are not taken: the first pass over an archive of years isn't news."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One subscription.

    Attributes:
        url: Where it is fetched, cleaned.
        name: The provider's name; empty takes the feed's own title.
        topics: The topics of each of its articles.
        quality: The quality of its articles before adjustments, 0 to 1000.
        language: Such as `en` or `pt-BR`; empty if unknown.
        per_day: The maximum of articles taken in a day (UTC); None for no limit.
        take: Words or phrases: an item needs at least one of them; empty takes all.
        leave: Words or phrases: an item with one of them is left out.
        pages: Whether pages may be fetched for its items.
    """

    url: str
    name: str = ""
    topics: tuple[str, ...] = ()
    quality: int = BASE_QUALITY
    language: str = ""
    per_day: int | None = None
    take: tuple[str, ...] = ()
    leave: tuple[str, ...] = ()
    pages: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How the collector works.

    Attributes:
        folder: Where seed files are written; None is the first folder of the bot's configuration.
        every_minutes: Minutes between two passes, at least 1.
        contact: A page or an address for the owners of sites, sent with each request; empty for none.
        pages: Whether pages may be fetched at all.
        max_age_days: Older items are not taken.
    """

    folder: Path | None = None
    every_minutes: int = EVERY_MINUTES
    contact: str = ""
    pages: bool = True
    max_age_days: int = MAX_AGE_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedList:
    """The whole of a feeds file.

    Attributes:
        feeds: In the file's order, no address twice.
        settings: How the collector works.
        topic_words: For each topic the words or phrases, one of which gives an article that topic.
    """

    feeds: tuple[Feed, ...]
    settings: Settings = Settings()
    topic_words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def find(self, url: str) -> Feed | None:
        """Find a feed by its address."""
        return next((feed for feed in self.feeds if feed.url == url), None)
