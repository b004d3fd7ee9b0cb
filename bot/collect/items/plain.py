"""Turn markup of feeds and pages into one line of plain text that a seed keeps as it is."""

from __future__ import annotations

import re
from typing import Final

from bot.seedfile.fields import text_of
from bot.text.clean import clean

LONGEST_TITLE: Final = 300
LONGEST_EXCERPT: Final = 500
"""Characters; longer texts are cut at a sentence or a word."""

_MOST_PASSES: Final = 6
_FOOTER: Final = re.compile(
    r"\s*(?:The post .{1,300}? (?:appeared first|first appeared) on .{1,200}?\.?"
    r"|\[?(?:Continue reading|Read more|Read full story)\b.{0,200}?)\s*$",
    re.IGNORECASE,
)
LONGEST_MARKUP: Final = 64 * 1024
"""Characters of markup that are read for an excerpt."""

_SENTENCE_END: Final = re.compile(r"[.!?\u3002\uff01\uff1f][\"'\u201d\u2019\u00bb)\]]*(?=\s|$)")


def plain(markup: str) -> str:
    """Convert markup to one line of text: tags stripped, entities decoded, nothing invisible.

    A seed's reader strips markup as well; the result is what it leaves unchanged, so a file says what is read from it.
    """
    text = markup[:LONGEST_MARKUP]
    for _ in range(_MOST_PASSES):
        once = clean(text_of(text))
        if once == text:
            break
        text = once
    return text


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
