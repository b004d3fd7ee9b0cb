"""Turn text that was HTML into text: decode its entities, strip its tags.

Only tags that HTML defines are stripped, so that `a < b`, `List<String>` and `<@1>` stay. A bare tag that isn't for
formatting, as in "The <dialog> element", stays as well unless it is closed.
"""

from __future__ import annotations

import html
import re
from typing import Final

_MOST_PASSES: Final = 10
"""Times that text may have been escaped; the limit keeps a text that is escaped thousands of times from taking long."""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BLOCKS: Final = _names(
    "address article aside blockquote br center dd div dl dt figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr "
    "li main nav ol p pre section table tbody td tfoot th thead tr ul"
)
_INLINES: Final = _names(
    "a abbr acronym b big bdi bdo cite code del em font i img ins kbd mark q s samp small span strike strong sub sup "
    "tt u wbr"
)
_OTHERS: Final = _names(
    "audio body button canvas caption details dialog embed head html iframe input label link meta noscript object "
    "picture script source style summary svg template textarea time title video"
)
_SILENT: Final = ("script", "style")
"""Their content is not text."""

_ANY: Final = "|".join(sorted(_BLOCKS | _INLINES | _OTHERS, key=len, reverse=True))
_TAG: Final = re.compile(rf"<(/?)({_ANY})((?:\s[^<>]*|/)?)>", re.IGNORECASE)
_CUT_TAG: Final = re.compile(rf"</?(?:{_ANY})\s[^<>]*$", re.IGNORECASE)
_CDATA: Final = re.compile(r"<!\[CDATA\[|\]\]>")
_NESTED_AMP: Final = re.compile(r"&(?:amp;)+")


def plain_text(text: str) -> str:
    """Decode HTML entities until none is left, and strip HTML tags and comments; block tags become spaces."""
    if "&" in text:
        text = _decode(text)
    if "<" not in text:
        return text
    text = _without(_CDATA.sub("", text) if "<![" in text else text, "<!--", "-->")
    for name in _SILENT:
        text = _without(text, f"<{name}", f"</{name}>")
    closed = {found[2].lower() for found in _TAG.finditer(text) if found[1]}

    def blank(found: re.Match[str]) -> str:
        name = found[2].lower()
        if name in _OTHERS and name not in closed and found[3] in {"", "/"}:
            return found[0]
        return " " if name in _BLOCKS else ""

    return _CUT_TAG.sub("", _TAG.sub(blank, text))


def _decode(text: str) -> str:
    text = _NESTED_AMP.sub("&", text) if "&amp;amp;" in text else text
    for _ in range(_MOST_PASSES):
        try:
            decoded = html.unescape(text)
        except ValueError:  # int() rejects numbers of more than 4,300 digits
            return text
        if decoded == text:
            break
        text = decoded
    return text


def _without(text: str, start: str, end: str) -> str:
    """Remove everything from each `start` to the next `end`; an unterminated part is kept."""
    lowered = text.lower()
    if len(lowered) != len(text):  # a few letters have a longer lower case
        lowered = text
    kept: list[str] = []
    at = 0
    while (begins := lowered.find(start, at)) >= 0 and (ends := lowered.find(end, begins)) >= 0:
        kept += text[at:begins], " "
        at = ends + len(end)
    return "".join((*kept, text[at:]))
