"""Find the feed of a page: the address may be a feed already, or a page that names its feeds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from bot.collect.fetch.client import LARGEST_FEED, Client
from bot.collect.fetched import Failed, Fetched, Outcome
from bot.collect.item import Document
from bot.collect.items.addresses import article_url
from bot.collect.items.charset import decode
from bot.collect.items.document import NotAFeedError, read_document
from bot.errors import NewsdeskError
from bot.text.links import clean_url

_TYPES: Final = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml", "application/json"}
)
_MOST_TRIED: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFeed:
    """A feed that was found and read.

    Attributes:
        url: Where it is, after permanent redirects.
    """

    url: str
    document: Document


async def find_feed(client: Client, text: str) -> FoundFeed:
    """Find the feed at an address, or the first that works of those that the page there names.

    Args:
        client: Fetches.
        text: The address, with or without `https://`.

    Raises:
        NewsdeskError: There is none; it says why.
    """
    url = clean_url(text if "://" in text else f"https://{text}")
    if url is None:
        raise NewsdeskError(f"{text} is not a public web address.", cure="Give a URL such as https://example.com.")
    outcome = await client.fetch(url, limit=LARGEST_FEED)
    feed, why = _as_feed(url, outcome)
    if feed is not None:
        return feed
    if isinstance(outcome, Fetched):
        for candidate in list(feeds_named_by(outcome))[:_MOST_TRIED]:
            feed, _ = _as_feed(candidate, await client.fetch(candidate))
            if feed is not None:
                return feed
    raise NewsdeskError(f"No feed found at {url}: {why}.", cure="Give the address of the feed itself.")


def feeds_named_by(page: Fetched) -> Iterator[str]:
    """Yield the feeds that a page names with `rel="alternate"`, in its order, those of comments last."""
    tree = LexborHTMLParser(decode(page.body, page.charset))
    found: dict[str, bool] = {}
    for node in tree.css("link"):
        values = node.attributes
        kind = (values.get("type") or "").strip().lower()
        if "alternate" in (values.get("rel") or "").lower().split() and kind in _TYPES:
            url = article_url(values.get("href") or "", page.url)
            if url:
                found.setdefault(url, "comment" in f"{url} {values.get('title') or ''}".lower())
    yield from sorted(found, key=lambda url: found[url])


def _as_feed(url: str, outcome: Outcome) -> tuple[FoundFeed | None, str]:
    if isinstance(outcome, Failed):
        return None, outcome.reason
    if not isinstance(outcome, Fetched):
        return None, "it is gone"
    try:
        return FoundFeed(url=outcome.moved_to or url, document=read_document(outcome)), ""
    except NotAFeedError as error:
        return None, error.message
