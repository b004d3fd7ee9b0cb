"""An excerpt worth showing below its title: nothing that repeats it, nothing that only looks cut off."""

from __future__ import annotations

import re
from typing import Final

_PLACEHOLDER: Final = "Placeholder."
"""What upstream writes where it found none."""

_WORDS: Final = re.compile(r"\w+")
_ELLIPSES: Final = ("...", "\u2026", "...]", "\u2026]")
_AFTER_SENTENCE: Final = re.compile(
    "(?<=[.!?\u3002\uff01\uff1f])([\"'\u201d\u2019\u00bb)\\]]?) ?(?:\u2026|\\.\\.\\.|\\[\u2026\\]|\\[\\.\\.\\.\\])$"
)


def clean_excerpt(excerpt: str, *, title: str, provider: str) -> str:
    """Return what an excerpt adds to its title; empty if that is nothing.

    An ellipsis behind a whole sentence is removed: nothing is missing there.

    Args:
        excerpt: One line.
        title: One line.
        provider: The provider's name: feeds often write title and name as the excerpt.
    """
    if not excerpt or excerpt == _PLACEHOLDER:
        return ""
    if excerpt.endswith(_ELLIPSES):
        excerpt = _AFTER_SENTENCE.sub(r"\1", excerpt)
    return "" if _repeats(excerpt, title, provider) else excerpt


def _repeats(excerpt: str, title: str, provider: str) -> bool:
    if excerpt[:3].lower() != title[:3].lower() and excerpt[:1].isalnum() and title[:1].isalnum():
        return False  # nearly every excerpt: no need to look at its words
    if len(excerpt) > len(title) + len(provider) + 20:  # for marks between them
        return False
    words, of_title = _WORDS.findall(excerpt.lower()), _WORDS.findall(title.lower())
    if words in (of_title, of_title + _WORDS.findall(provider.lower())):
        return True
    return excerpt.endswith(_ELLIPSES) and bool(words) and words == of_title[: len(words)]
