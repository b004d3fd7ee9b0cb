"""The provider of an article: the feed's own site, or for a collection of links the site that is linked to."""

from __future__ import annotations

from bot.collect.feed import Feed
from bot.collect.item import Item
from bot.collect.items.addresses import publisher_of
from bot.news.article import Provider
from bot.seedfile.article import LONGEST_NAME, site_of
from bot.text.links import domain_of


def provider_of(item: Item, feed: Feed, *, title: str, site: str) -> Provider:
    """Name the provider of an item.

    Args:
        item: Its address decides the domain.
        feed: Its name is the provider's if the article is on its site.
        title: The feed's own title, if the settings have no name.
        site: The address of the feed's site; empty if unknown.
    """
    domain = site_of(domain_of(item.url)) or domain_of(item.url)
    is_own = publisher_of(item.url) in {publisher_of(site), publisher_of(feed.url)}
    own_name = feed.name or title if is_own else ""
    name = (own_name or item.site_name or domain)[:LONGEST_NAME]
    return Provider(domain=domain, name=name)
