"""Try a feed or a page by hand: what `feeds add`, `feeds check` and `seed new` show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.clock import Clock
from bot.collect.feed import Feed
from bot.collect.fetch.client import LARGEST_PAGE, Client
from bot.collect.fetched import Failed, Fetched
from bot.collect.item import Item
from bot.collect.items.document import NotAFeedError, read_document
from bot.collect.items.page import Page, read_page
from bot.collect.judgement.quality import quality_of
from bot.collect.judgement.words import topics_of
from bot.collect.records.files import file_name, identity_of
from bot.collect.records.record import Judgement, Record, Report, record_of
from bot.collect.running.provider import provider_of
from bot.errors import NewsdeskError
from bot.text.pages import page_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What came of asking a feed.

    Attributes:
        trouble: Why it failed; empty if it didn't.
        items: Its newest items.
        total: How many it has.
        moved_to: Where it has permanently moved to; empty if it has not.
    """

    feed: Feed
    trouble: str = ""
    items: Sequence[Item] = ()
    total: int = 0
    moved_to: str = ""


async def check_feed(client: Client, feed: Feed, *, shown: int = 5) -> Checked:
    """Fetch a feed, whenever it was fetched last, and read it; nothing is remembered of it."""
    outcome = await client.fetch(feed.url)
    if not isinstance(outcome, Fetched):
        return Checked(feed=feed, trouble=outcome.reason if isinstance(outcome, Failed) else "removed by its site")
    try:
        document = read_document(outcome)
    except NotAFeedError as error:
        return Checked(feed=feed, trouble=error.message)
    return Checked(feed=feed, items=newest(document.items, shown), total=len(document.items), moved_to=outcome.moved_to)


def newest(items: Sequence[Item], count: int) -> Sequence[Item]:
    """List the newest items; those without a date are last, in the feed's order."""
    return sorted(items, key=lambda item: -(item.published_at.timestamp() if item.published_at else 0))[:count]


async def seed_of_page(client: Client, url: str, clock: Clock) -> tuple[str, Record]:
    """Make the seed of one page, by the rules by which feeds' items become seeds.

    Returns:
        The file's name and its record.

    Raises:
        NewsdeskError: The page can't be fetched, or has no title.
    """
    outcome = await client.fetch(url, limit=LARGEST_PAGE, accept="text/html,*/*;q=0.5")
    if not isinstance(outcome, Fetched):
        why = outcome.reason if isinstance(outcome, Failed) else "removed by its site"
        raise NewsdeskError(f"{url} can't be fetched: {why}.")
    return seed_of(read_page(outcome), outcome.url, now=clock.now())


def seed_of(page: Page, url: str, *, now: datetime) -> tuple[str, Record]:
    """Make the seed of a page that was read.

    Raises:
        NewsdeskError: It has no title.
    """
    if not page.title:
        raise NewsdeskError(f"{url} has no title.", cure="Write the seed file by hand; docs/seeds.md has an example.")
    item = replace(
        Item(url=page.canonical or url, title=page.title, excerpt=page.excerpt, picture=page.picture),
        published_at=page.published_at,
        site_name=page.site_name,
        is_video=page.is_video,
    )
    quality = quality_of(item, Feed(url=url).quality)
    judgement = Judgement(
        quality=quality.score,
        heat=quality.score,
        topics=topics_of(item, (), {}),
        quality_why=quality.why.replace("feed ", "base ", 1),
        heat_why="quality, no other outlet",
    )
    published_at = min(page.published_at or now, now)
    provider = provider_of(item, Feed(url=item.url), title=page.site_name, site=item.url)
    report = Report(item=item, provider=provider, published_at=published_at)
    name = file_name(item.title, published_at, identity_of("", "", page_key(item.url)))
    return name, record_of(report, judgement)
