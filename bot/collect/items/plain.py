"""Shorten the text of feeds and pages to the titles and excerpts of seeds."""

from __future__ import annotations

import re
from typing import Final

from bot.seedfile.plain import plain

LONGEST_TITLE: Final = 300
LONGEST_EXCERPT: Final = 500
"""Characters; longer texts are cut at a sentence or a word."""

_FOOTER: Final = re.compile(
    r"\s*(?:The post .{1,300}? (?:appeared first|first appeared) on .{1,200}?\.?"
    r"|\[?(?:Continue reading|Read more|Read full story)\b.{0,200}?)\s*$",
    re.IGNORECASE,
)
_SENTENCE_END: Final = re.compile(r"[.!?\u3002\uff01\uff1f][\"'\u201d\u2019\u00bb)\]]*(?=\s|$)")


def plain_title(markup: str) -> str:
    """Convert a title to plain text; a very long one is cut."""
    return shorten(plain(markup), LONGEST_TITLE)


def plain_excerpt(markup: str) -> str:
    """Convert a description to an excerpt, without the line that a blog's software adds."""
    return shorten(_FOOTER.sub("", plain(markup)), LONGEST_EXCERPT)


def shorten(text: str, longest: int) -> str:
    """Cut a text at the end of its last whole sentence, else of a word, with an ellipsis."""
    if len(text) <= longest:
        return text
    cut = text[: longest - 1]
    ends = [found.end() for found in _SENTENCE_END.finditer(cut)]
    if ends and ends[-1] > longest // 2:
        return cut[: ends[-1]]
    return f"{cut.rpartition(' ')[0] or cut}\u2026"
