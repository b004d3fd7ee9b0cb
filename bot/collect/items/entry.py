"""One entry of a feed becomes an item: title, link, date, excerpt, picture."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from bot.collect.foreign import mappings_in, pixels_in, text_in
from bot.collect.item import Item
from bot.collect.items.addresses import article_url, picture_url
from bot.collect.items.plain import plain_excerpt, plain_title
from bot.news.article import Picture
from bot.seedfile.dates import moment_of
from bot.seedfile.plain import LONGEST_MARKUP, plain
from bot.text.clean import clean
from bot.text.links import clean_url
from bot.text.pages import page_key

_MOST_CATEGORIES: Final = 20
_MOST_LINKS: Final = 50
_LONGEST_GUID: Final = 500
_PICTURE_IN_TEXT: Final = re.compile(r"<img\b[^<>]*?\bsrc\s*=\s*[\"']([^\"'<>]{1,2000})", re.IGNORECASE)
_LINK_IN_TEXT: Final = re.compile(r"<a\b[^<>]*?\bhref\s*=\s*[\"'](https?://[^\"'<>\s]{1,2000})", re.IGNORECASE)
_PIXEL: Final = re.compile(r"<img\b[^<>]*\b(?:width|height)\s*=\s*[\"']?[01][\"'\s/>]", re.IGNORECASE)
_PICTURE_NAME: Final = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)(?:$|\?)", re.IGNORECASE)

_Entry = Mapping[str, Any]


def read_entry(entry: _Entry, base: str) -> Item | None:
    """Read an entry; None if it has no title or no usable link.

    Args:
        entry: As fastfeedparser gives it.
        base: What relative links are relative to.
    """
    guid = clean(text_in(entry.get("id")).strip()[:_LONGEST_GUID])
    url = next(filter(None, (article_url(link, base) for link in _links(entry, guid))), "")
    contents = [text_in(each.get("value")) for each in mappings_in(entry.get("content"))]
    description = text_in(entry.get("description"))
    longest = max((description, *contents), key=len)[:LONGEST_MARKUP]
    excerpt = plain_excerpt(description) or plain_excerpt(longest)
    title = plain_title(text_in(entry.get("title"))) or _first_words(excerpt)
    if not url or not title:
        return None
    return Item(
        guid=guid,
        url=url,
        title=title,
        excerpt=excerpt,
        published_at=_date(entry),
        picture=_picture(entry, longest, base),
        categories=tuple(_categories(entry)),
        text_length=len(plain(longest)),
        links=tuple(_links_in(longest)),
        is_video=any(text_in(each.get("type")).startswith("video/") for each in mappings_in(entry.get("enclosures"))),
    )


def _links(entry: _Entry, guid: str) -> Iterator[str]:
    """Yield what may be the article's address, the likeliest first."""
    if link := text_in(entry.get("link")):
        yield link
    for each in mappings_in(entry.get("links")):
        if each.get("rel") in {None, "", "alternate"} and (href := text_in(each.get("href"))):
            yield href
    if guid.startswith(("http://", "https://")):
        yield guid


def _first_words(excerpt: str) -> str:
    """Make the title of an entry that has none, as microblogs' entries: the beginning of its text."""
    return plain_title(excerpt[:80].rpartition(" ")[0] + "\u2026" if len(excerpt) > 80 else excerpt)  # noqa: PLR2004


def _date(entry: _Entry) -> datetime | None:
    for field in ("published", "updated", "created"):
        if (found := moment_of(text_in(entry.get(field)))) is not None:
            return found
    return None


def _categories(entry: _Entry) -> Iterator[str]:
    tags = mappings_in(entry.get("tags"))[:_MOST_CATEGORIES]
    return (name for tag in tags if (name := plain(text_in(tag.get("label")) or text_in(tag.get("term")))))


def _picture(entry: _Entry, markup: str, base: str) -> Picture | None:
    """Choose the picture: the widest of the media, else an enclosure, else the first one in the text."""
    media = [each for each in mappings_in(entry.get("media_content")) if _is_picture(each)]
    media.sort(key=lambda each: -(pixels_in(each.get("width")) or 0))
    enclosures = [each for each in mappings_in(entry.get("enclosures")) if _is_picture(each)]
    for each in (*media, *enclosures):
        if url := picture_url(text_in(each.get("url")), base):
            return Picture(url=url, width=pixels_in(each.get("width")), height=pixels_in(each.get("height")))
    in_text = None if _PIXEL.search(markup[:5_000]) else _PICTURE_IN_TEXT.search(markup)
    for text in (text_in(entry.get("image")), in_text[1].replace("&amp;", "&") if in_text else ""):
        if text and (url := picture_url(text, base)):
            return Picture(url=url)
    return None


def _is_picture(media: _Entry) -> bool:
    kind = text_in(media.get("medium")) or text_in(media.get("type")).partition("/")[0]
    return kind == "image" or (not kind and _PICTURE_NAME.search(text_in(media.get("url"))) is not None)


def _links_in(markup: str) -> Iterator[str]:
    found = _LINK_IN_TEXT.findall(markup)[:_MOST_LINKS]
    cleaned = (clean_url(link.replace("&amp;", "&")) for link in found)
    return iter(dict.fromkeys(page_key(link) for link in cleaned if link is not None))
