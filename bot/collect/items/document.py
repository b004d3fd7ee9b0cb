"""Read a feed's document: RSS 0.9x to 2.0, RDF, Atom and JSON Feed become items of plain text.

fastfeedparser reads all of them, 200 items in a few milliseconds. What it leaves out is read from the text beside it
(`hints`), and what it can't read is repaired before (`repair`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

import fastfeedparser

from bot.collect.fetched import Fetched
from bot.collect.foreign import text_in
from bot.collect.item import Document, Item
from bot.collect.items.addresses import article_url
from bot.collect.items.charset import decode
from bot.collect.items.entry import read_entry
from bot.collect.items.hints import read_hints
from bot.collect.items.plain import plain_title
from bot.collect.items.repair import repaired
from bot.errors import NewsdeskError

MOST_ITEMS: Final = 5_000
"""Items of one document that are read; the newest come first in practically every feed."""

_ENTITY: Final = re.compile(r"<!ENTITY", re.IGNORECASE)
_ROOT: Final = re.compile(r"<(?:\w+:)?(?:rss|feed|RDF)\b", re.IGNORECASE)
_HTML: Final = re.compile(r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_HEAD: Final = 4_096


class NotAFeedError(NewsdeskError):
    """A document can't be read as a feed; `message` is one phrase."""


def read_document(fetched: Fetched) -> Document:
    """Read a feed's document.

    Raises:
        NotAFeedError: It is a web page, broken beyond use, or none of the formats.
    """
    text = decode(fetched.body, fetched.charset)
    if not text.strip():
        raise NotAFeedError("the document is empty")
    if _HTML.match(text[:_HEAD]):
        raise NotAFeedError("a web page instead of a feed")
    root = _ROOT.search(text)
    if _ENTITY.search(text, 0, root.start() if root else len(text)):
        raise NotAFeedError("it defines entities of its own, which are not read")
    parsed = _parse(repaired(text))
    hints = read_hints(text)
    feed: Mapping[str, Any] = parsed.get("feed") or {}
    base = hints.base or fetched.url
    site = article_url(text_in(feed.get("link")), base)
    entries = list(parsed.get("entries") or ())[:MOST_ITEMS]
    items = list(_items(entries, article_url(base, fetched.url) or site or fetched.url))
    return Document(
        items=tuple(_with_usable_guids(items)),
        unusable=len(entries) - len(items),
        title=plain_title(text_in(feed.get("title"))),
        site=site,
        ttl_s=hints.ttl_s,
        skip_hours=hints.skip_hours,
        language=hints.language,
    )


def _parse(text: str) -> Mapping[str, Any]:
    try:
        parsed: Mapping[str, Any] = fastfeedparser.parse(text.encode(errors="replace"))
    except Exception as error:
        # Whatever a library raises for bytes of strangers, one feed must not end a pass over a thousand.
        raise NotAFeedError("neither RSS, Atom nor JSON Feed") from error
    return parsed


def _items(entries: list[Mapping[str, Any]], base: str) -> Iterator[Item]:
    for entry in entries:
        item = read_entry(entry, base)
        if item is not None:
            yield item


def _with_usable_guids(items: list[Item]) -> Iterator[Item]:
    """Drop ids that a feed uses for several items."""
    counts = Counter(item.guid for item in items)
    for item in items:
        yield replace(item, guid="") if counts[item.guid] > 1 else item
