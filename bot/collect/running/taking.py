"""Decide which items of a document are taken: each has exactly one reason for being left out."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot.collect.feed import Feed, Settings
from bot.collect.item import Document, Item
from bot.collect.items.addresses import publisher_of
from bot.collect.judgement.words import first_match, text_words
from bot.collect.state.memory import Memory
from bot.collect.state.values import Entry
from bot.news.article import EARLIEST_DATE
from bot.text.pages import is_front_page, page_key

UNDATED_OF_A_NEW_FEED: Final = 5
"""Items without a date that are taken of a feed's first document: all of them would be news of today."""

MOST_OF_A_DAY: Final = 5_000
"""New items of a feed that are looked at in a day (UTC): one feed must not fill the disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What came of a document's items.

    Attributes:
        taken: Taken for the first time.
        left: Left out for the first time.
        changed: Taken before, and changed.
        unseen: Not looked at, because the feed is over `MOST_OF_A_DAY`.
    """

    taken: int = 0
    left: int = 0
    changed: int = 0
    unseen: int = 0


def take_in(
    memory: Memory, feed: Feed, document: Document, settings: Settings, *, now: datetime, is_first: bool
) -> Taken:
    """Store a document's new and changed items; inside a transaction.

    Args:
        memory: Where they are kept.
        feed: The feed of the document.
        document: What was read.
        settings: How old an item may be, and whether pages are looked at.
        now: When it was fetched.
        is_first: Whether it is the feed's first document.
    """
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    room = None if feed.per_day is None else feed.per_day - memory.taken_since(feed.url, midnight)
    unseen_from = MOST_OF_A_DAY - memory.seen_since(feed.url, midnight)
    undated = taken = left = changed = unseen = 0
    for item in document.items:
        page, digest = page_key(item.url), _digest(item)
        known = _handed_over(memory, memory.find_entry(feed.url, item.guid, page), item, feed, settings, now)
        if known is not None and (known.feed == feed.url or not known.verdict):
            if known.feed == feed.url and known.digest != digest:
                memory.change_entry(_updated(known, item, page, digest))
                changed += 1
            continue
        if taken + left >= unseen_from:
            unseen += 1
            continue
        published_at = _date(item, now)
        undated += published_at is None
        verdict = _verdict(item, feed, settings, published_at, now)
        if not verdict and published_at is None and is_first and undated > UNDATED_OF_A_NEW_FEED:
            verdict = "no date, and the feed was new"
        if not verdict and room is not None and room <= taken:
            verdict = f"over the feed's limit of {feed.per_day} a day"
        entry = Entry(
            id=known.id if known else 0,
            feed=feed.url,
            page=page,
            digest=digest,
            item=item,
            verdict=verdict,
            seen_at=now,
            published_at=published_at or now,
            is_dirty=not verdict,
            is_page_done=bool(verdict) or not needs_page(item, feed, settings),
        )
        if known is None:
            memory.add_entry(entry)
        elif not verdict:
            memory.change_entry(entry)
        taken += not verdict
        left += bool(verdict)
    return Taken(taken=taken, left=left, changed=changed, unseen=unseen)


def _handed_over(
    memory: Memory, known: Entry | None, item: Item, feed: Feed, settings: Settings, now: datetime
) -> Entry | None:
    """Hand an article over to the feed of its own publisher, which knows its title better than a list of links."""
    publisher = publisher_of(item.url)
    if (
        known is None
        or known.verdict
        or publisher_of(known.feed) == publisher
        or publisher_of(feed.url) != publisher
        or _verdict(item, feed, settings, _date(item, now), now)
    ):
        return known
    memory.hand_over(known.id, feed.url, item.guid)
    return replace(known, feed=feed.url, digest="", item=replace(known.item, guid=item.guid))


def needs_page(item: Item, feed: Feed, settings: Settings) -> bool:
    """Return True if an item lacks what its page may say, and the page may be asked."""
    is_whole = bool(item.excerpt) and item.published_at is not None and item.picture is not None
    return settings.pages and feed.pages and not is_whole


def _verdict(item: Item, feed: Feed, settings: Settings, published_at: datetime | None, now: datetime) -> str:
    """Say why an item is left out by itself; empty if it is taken."""
    if is_front_page(page_key(item.url)):
        return "its link is a site's front page"
    if published_at is not None and published_at < now - timedelta(days=settings.max_age_days):
        return f"older than {settings.max_age_days} days"
    if feed.take or feed.leave:
        words = text_words(item)
        left = first_match(words, feed.leave)
        if left:
            return f"has the word to leave out: {left}"
        if feed.take and not first_match(words, feed.take):
            return "has no word to take"
    return ""


def _date(item: Item, seen_at: datetime) -> datetime | None:
    """Take an item's date if it is plausible: one after it was first seen is a mistake, an announcement, or a trick."""
    moment = item.published_at
    if moment is None or moment < EARLIEST_DATE:
        return None
    return min(moment, seen_at)


def _updated(known: Entry, item: Item, page: str, digest: str) -> Entry:
    """Take in what a feed says now; what the page said stays where the feed says nothing."""
    old = known.item
    is_same_place = item.url == old.url or item.url in old.aliases
    merged = replace(
        item,
        guid=old.guid,
        url=old.url if is_same_place else item.url,
        excerpt=item.excerpt or old.excerpt,
        published_at=item.published_at or old.published_at,
        picture=item.picture or old.picture,
        aliases=old.aliases if is_same_place else (),
        site_name=old.site_name,
        is_video=item.is_video or old.is_video,
    )
    return replace(
        known,
        page=known.page if is_same_place else page,
        digest=digest,
        item=merged,
        published_at=_date(merged, known.seen_at) or known.published_at,
        is_dirty=not known.verdict,
    )


def _digest(item: Item) -> str:
    return hashlib.sha256(repr(item).encode()).hexdigest()[:16]
