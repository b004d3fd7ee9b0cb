"""Addresses of articles: absolute, clean, without what only says how a reader got there."""

from __future__ import annotations

from urllib.parse import urljoin

from bot.text.links import clean_url
from bot.text.pages import without_tracking


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
