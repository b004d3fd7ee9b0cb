"""Addresses of articles: absolute, clean, without what only says how a reader got there."""

from __future__ import annotations

from typing import Final
from urllib.parse import urljoin

from bot.text.links import clean_url, domain_of
from bot.text.pages import without_tracking

_SECOND_LEVEL: Final = frozenset({"co", "com", "org", "net", "gov", "ac", "edu", "gob", "or", "ne"})


def article_url(text: str, base: str) -> str:
    """Resolve and clean an article's address; empty if it can't be used.

    Args:
        text: As the feed or page has it, possibly relative.
        base: What it is relative to.
    """
    try:
        joined = urljoin(base, text.strip())
    except ValueError:
        return ""
    cleaned = clean_url(joined)
    return without_tracking(cleaned) if cleaned else ""


def picture_url(text: str, base: str) -> str:
    """Resolve and clean a picture's address; its parameters may be a signature, so they stay."""
    try:
        joined = urljoin(base, text.strip())
    except ValueError:
        return ""
    return clean_url(joined) or ""


def publisher_of(url: str) -> str:
    """Shorten a URL to the part of its host that one publisher owns: `https://news.bbc.co.uk/1` to `bbc.co.uk`."""
    labels = domain_of(url).split(".")
    size = 3 if len(labels) > 2 and labels[-2] in _SECOND_LEVEL and len(labels[-1]) == 2 else 2  # noqa: PLR2004
    return ".".join(labels[-size:])
