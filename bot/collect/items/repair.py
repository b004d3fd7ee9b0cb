"""Repair what feeds get wrong so often that readers cope with it, and what the parser would leave out."""

from __future__ import annotations

import html
import re
from typing import Final

_ENTITY: Final = re.compile(r"&(#?\w{1,32};)?")
_OF_XML: Final = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})
_CDATA: Final = ("<![CDATA[", "]]>")
_THUMBNAIL: Final = re.compile(r"<(/?)media:thumbnail\b")
_XHTML: Final = re.compile(
    r"<(?P<name>(?:\w+:)?(?:title|summary|content))(?P<before>\s[^<>]*?)type=[\"']xhtml[\"'](?P<after>[^<>]*)>"
)
_DOCTYPE: Final = re.compile(r"<!DOCTYPE\s[^<>\[]*>", re.IGNORECASE)
_RSS_090: Final = "http://my.netscape.com/rdf/simple/0.9/"
_RSS_10: Final = "http://purl.org/rss/1.0/"


def repaired(text: str) -> str:
    """Repair a feed's XML; any other text is returned unchanged.

    Entities of HTML become characters and bare ampersands are escaped, as XML knows five entities only. XHTML in Atom
    is escaped, pictures that are named as thumbnails count as pictures, and RSS 0.90 is read as 1.0.
    """
    if not text.lstrip().startswith("<"):
        return text
    text = _with_escaped_xhtml(_DOCTYPE.sub("", text, count=1)).replace(_RSS_090, _RSS_10)
    text = _THUMBNAIL.sub(lambda found: f"<{found[1]}media:content" + ("" if found[1] else ' medium="image"'), text)
    return _outside_cdata(text) if "&" in text else text


def _with_escaped_xhtml(text: str) -> str:
    """Write XHTML as escaped HTML, which says the same; in one walk, however the elements are nested or left open."""
    parts: list[str] = []
    at = 0
    for found in _XHTML.finditer(text):
        if found.start() < at:
            continue  # within another one
        end = text.find(f"</{found['name']}>", found.end())
        if end < 0:
            break
        inside = text[found.end() : end].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        parts += [text[at : found.start()], f'<{found["name"]}{found["before"]}type="html"{found["after"]}>', inside]
        at = end
    return "".join((*parts, text[at:]))


def _outside_cdata(text: str) -> str:
    """Repair entities everywhere but in CDATA sections, which have none."""
    opening, closing = _CDATA
    parts: list[str] = []
    at = 0
    while (start := text.find(opening, at)) >= 0 and (end := text.find(closing, start)) >= 0:
        parts += [_ENTITY.sub(_known, text[at:start]), text[start:end]]
        at = end
    return "".join((*parts, _ENTITY.sub(_known, text[at:])))


def _known(found: re.Match[str]) -> str:
    name = found[1]
    if name is None:
        return "&amp;"
    if name in _OF_XML or name.startswith("#"):
        return found[0]
    char = html.unescape(found[0])
    return char if char != found[0] and char not in "<&" else f"&amp;{name}"
