"""The provider of an article: the feed's own site, or for a collection of links the site that is linked to."""

from __future__ import annotations

from bot.collect.feed import Feed
from bot.collect.item import Item
from bot.news.article import Provider
from bot.seedfile.article import LONGEST_NAME, site_of
from bot.text.links import domain_of

_SECOND_LEVEL = frozenset({"co", "com", "org", "net", "gov", "ac", "edu", "gob", "or", "ne"})


def provider_of(item: Item, feed: Feed, *, title: str, site: str) -> Provider:
    """Name the provider of an item.

    Args:
        item: Its address decides the domain.
        feed: Its name is the provider's if the article is on its site.
        title: The feed's own title, if the settings have no name.
        site: The address of the feed's site; empty if unknown.
    """
    domain = site_of(domain_of(item.url)) or domain_of(item.url)
    is_own = _site(domain) in {_site(domain_of(site)), _site(domain_of(feed.url))}
    own_name = feed.name or title if is_own else ""
    name = (own_name or item.site_name or domain)[:LONGEST_NAME]
    return Provider(domain=domain, name=name)


def _site(domain: str) -> str:
    """Shorten a host to the part that one publisher owns: `news.bbc.co.uk` to `bbc.co.uk`."""
    labels = domain.split(".")
    size = 3 if len(labels) > 2 and labels[-2] in _SECOND_LEVEL and len(labels[-1]) == 2 else 2  # noqa: PLR2004
    return ".".join(labels[-size:])
