"""Repair what feeds get wrong so often that readers cope with it, and what the parser would leave out."""

from __future__ import annotations

import html
import re
from typing import Final

_ENTITY: Final = re.compile(r"&(#?\w{1,32};)?")
_OF_XML: Final = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})
_CDATA: Final = re.compile(r"<!\[CDATA\[.*?\]\]>", re.DOTALL)
_THUMBNAIL: Final = re.compile(r"<(/?)media:thumbnail\b")
_XHTML: Final = re.compile(
    r"<(?P<name>(?:\w+:)?(?:title|summary|content))(?P<before>\s[^>]*?)type=[\"']xhtml[\"'](?P<after>[^>]*)>"
    r"(?P<inside>.*?)</(?P=name)>",
    re.DOTALL,
)
_DOCTYPE: Final = re.compile(r"<!DOCTYPE\s[^>\[]*>", re.IGNORECASE)
_RSS_090: Final = "http://my.netscape.com/rdf/simple/0.9/"
_RSS_10: Final = "http://purl.org/rss/1.0/"


def repaired(text: str) -> str:
    """Repair a feed's XML; any other text is returned unchanged.

    Entities of HTML become characters and bare ampersands are escaped, as XML knows five entities only. XHTML in Atom
    is escaped, pictures that are named as thumbnails count as pictures, and RSS 0.90 is read as 1.0.
    """
    if not text.lstrip().startswith("<"):
        return text
    text = _XHTML.sub(_escaped, _DOCTYPE.sub("", text, count=1)).replace(_RSS_090, _RSS_10)
    text = _THUMBNAIL.sub(lambda found: f"<{found[1]}media:content" + ("" if found[1] else ' medium="image"'), text)
    return _outside_cdata(text) if "&" in text else text


def _escaped(found: re.Match[str]) -> str:
    """Write XHTML as escaped HTML, which says the same."""
    inside = found["inside"].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<{found["name"]}{found["before"]}type="html"{found["after"]}>{inside}</{found["name"]}>'


def _outside_cdata(text: str) -> str:
    """Repair entities everywhere but in CDATA sections, which have none."""
    parts: list[str] = []
    at = 0
    for section in _CDATA.finditer(text):
        parts += [_ENTITY.sub(_known, text[at : section.start()]), section[0]]
        at = section.end()
    return "".join((*parts, _ENTITY.sub(_known, text[at:])))


def _known(found: re.Match[str]) -> str:
    name = found[1]
    if name is None:
        return "&amp;"
    if name in _OF_XML or name.startswith("#"):
        return found[0]
    char = html.unescape(found[0])
    return char if char != found[0] and char not in "<&" else f"&amp;{name}"
