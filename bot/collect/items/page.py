"""What a web page says of its article: Open Graph, JSON-LD, canonical and AMP links."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from selectolax.lexbor import LexborHTMLParser

from bot.collect.fetched import Fetched
from bot.collect.foreign import pixels_in, text_in
from bot.collect.item import Item
from bot.collect.items.addresses import article_url, picture_url, publisher_of
from bot.collect.items.charset import decode
from bot.collect.items.plain import plain_excerpt, plain_title
from bot.news.article import Picture
from bot.seedfile.article import LONGEST_NAME
from bot.seedfile.dates import moment_of
from bot.seedfile.plain import plain
from bot.text.pages import is_front_page, page_key

_ARTICLES: Final = frozenset(
    {
        "Article",
        "NewsArticle",
        "BlogPosting",
        "ReportageNewsArticle",
        "AnalysisNewsArticle",
        "LiveBlogPosting",
        "VideoObject",
    }
)
_LARGEST_JSON: Final = 200_000
_MOST_OBJECTS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a page says of itself; each part is empty or None if it doesn't say it."""

    title: str = ""
    excerpt: str = ""
    canonical: str = ""
    amp: str = ""
    site_name: str = ""
    published_at: datetime | None = None
    picture: Picture | None = None
    is_video: bool = False


def read_page(fetched: Fetched) -> Page:
    """Read a page's metadata; a page without any gives an empty one."""
    tree = LexborHTMLParser(decode(fetched.body, fetched.charset))
    meta = _meta(tree)
    linked = _links(tree)
    data = _article_data(tree)
    dates = (meta.get("article:published_time"), meta.get("datepublished"), text_in(data.get("datePublished")))
    image_of_data = next(iter(_pictures_of(data.get("image"))), {})
    return Page(
        title=plain_title(meta.get("og:title") or text_in(data.get("headline")) or _title(tree)),
        excerpt=plain_excerpt(
            meta.get("og:description") or meta.get("description") or text_in(data.get("description"))
        ),
        canonical=_canonical(linked.get("canonical") or meta.get("og:url", ""), fetched.url),
        amp=article_url(linked["amphtml"], fetched.url) if "amphtml" in linked else "",
        site_name=plain(meta.get("og:site_name") or _name(data.get("publisher")))[:LONGEST_NAME],
        published_at=next(filter(None, map(moment_of, dates)), None),
        picture=_picture(meta, image_of_data, fetched.url),
        is_video=meta.get("og:type", "").startswith("video"),
    )


def completed(item: Item, page: Page) -> Item:
    """Fill what an item lacks from its page: what the feed says stays, except an address that isn't canonical."""
    moved = bool(page.canonical) and page_key(page.canonical) != page_key(item.url)
    aliases = [*item.aliases, *([item.url] if moved else []), *([page.amp] if page.amp else [])]
    url = page.canonical or item.url
    return replace(
        item,
        url=url,
        aliases=tuple(alias for alias in dict.fromkeys(aliases) if alias != url),
        excerpt=item.excerpt or page.excerpt,
        published_at=item.published_at or page.published_at,
        picture=item.picture or page.picture,
        site_name=item.site_name or page.site_name,
        is_video=item.is_video or page.is_video,
    )


def _meta(tree: LexborHTMLParser) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in tree.css("meta"):
        values = node.attributes
        name = values.get("property") or values.get("name") or values.get("itemprop")
        content = values.get("content")
        if name and content:
            found.setdefault(name.strip().lower(), content.strip())
    return found


def _links(tree: LexborHTMLParser) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in tree.css("link"):
        href = node.attributes.get("href")
        for rel in (node.attributes.get("rel") or "").lower().split():
            if href:
                found.setdefault(rel, href)
    return found


def _title(tree: LexborHTMLParser) -> str:
    node = tree.css_first("title")
    return node.text() if node is not None else ""


def _canonical(text: str, base: str) -> str:
    """Take a canonical address only if it is an article's on the same site: some sites name their front page.

    A saved page has no `base`: then its word is taken.
    """
    url = article_url(text, base) if text else ""
    if not url or is_front_page(page_key(url)):
        return ""
    return url if not base or publisher_of(url) == publisher_of(base) else ""


def _picture(meta: Mapping[str, str], data: Mapping[str, Any], base: str) -> Picture | None:
    for key in ("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src"):
        if key in meta and (url := picture_url(meta[key], base)):
            is_measured = key.startswith("og:")
            width, height = (meta.get(f"og:image:{side}") if is_measured else None for side in ("width", "height"))
            return Picture(url=url, width=pixels_in(width), height=pixels_in(height))
    url = picture_url(text_in(data.get("url")), base) if data else ""
    return Picture(url=url, width=pixels_in(data.get("width")), height=pixels_in(data.get("height"))) if url else None


def _article_data(tree: LexborHTMLParser) -> Mapping[str, Any]:
    """Find the article in a page's JSON-LD."""
    for node in tree.css('script[type="application/ld+json"]'):
        text = node.text()
        if len(text) > _LARGEST_JSON:
            continue
        try:
            value = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
        for each in _objects(value):
            kind = each.get("@type")
            if not _ARTICLES.isdisjoint(kind if isinstance(kind, list) else [kind]):
                return each
    return {}


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of a JSON-LD document: itself, those of a list, those of its graph."""
    waiting = [value]
    for _ in range(_MOST_OBJECTS):
        if not waiting:
            return
        each = waiting.pop(0)
        if isinstance(each, list):
            waiting = each + waiting
        elif isinstance(each, dict):
            yield each
            waiting += [each[key] for key in ("@graph", "mainEntity") if key in each]


def _pictures_of(value: Any) -> Iterator[Mapping[str, Any]]:
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, str):
            yield {"url": each}
        elif isinstance(each, dict):
            yield each


def _name(value: Any) -> str:
    return text_in(value.get("name")) if isinstance(value, dict) else ""
