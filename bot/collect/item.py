"""One item of a feed, as plain text, and one document of items."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.news.article import Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What a feed says of one article.

    Attributes:
        guid: The feed's own id of it; empty if it has none, or if the feed uses one id for several items.
        url: The article's address: cleaned, absolute, without tracking parameters.
        title: One line of plain text, never empty.
        excerpt: One line of plain text; may be empty.
        published_at: Aware, UTC; None if the feed has no usable date.
        picture: The first one of the item.
        categories: As the feed names them.
        text_length: Characters of its whole text in the feed.
        links: Pages that its text links to, as `page_key`s.
        is_video: Whether the item is a video.
        aliases: Further addresses of the article, cleaned: AMP and original pages.
        site_name: The name that its page gives to the site; empty if unknown.
    """

    guid: str = ""
    url: str
    title: str
    excerpt: str = ""
    published_at: datetime | None = None
    picture: Picture | None = None
    categories: tuple[str, ...] = ()
    text_length: int = 0
    links: tuple[str, ...] = ()
    is_video: bool = False
    aliases: tuple[str, ...] = ()
    site_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A feed's document, read.

    Attributes:
        items: In the document's order; entries without a title or a usable link are left out.
        unusable: The number of entries that were left out.
        title: The feed's own title, plain text; may be empty.
        site: The site's address, cleaned; empty if the feed doesn't name a usable one.
        ttl_s: Seconds for which the feed asks to be left alone; 0 if it doesn't.
        skip_hours: Hours of the day (UTC) in which the feed asks to be left alone.
        language: Of the feed; empty if it doesn't say.
    """

    items: tuple[Item, ...]
    unusable: int = 0
    title: str = ""
    site: str = ""
    ttl_s: int = 0
    skip_hours: frozenset[int] = frozenset()
    language: str = ""
