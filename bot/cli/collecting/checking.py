"""`newsdesk feeds add | check | why`: ask feeds now, and say why an item was taken or not."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import Final

from bot.cli.collecting.workplace import needing_the_extra
from bot.cli.output.line import Line
from bot.cli.session import Session
from bot.cli.store import configure
from bot.clock import SystemClock
from bot.errors import NewsdeskError
from bot.render.format.number import count_of

with needing_the_extra():
    from bot.cli.collecting.collect import workplace_of
    from bot.cli.collecting.feeds import add_new, meant_feed
    from bot.collect.feed import Feed
    from bot.collect.feeds.discovery import FoundFeed, find_feed
    from bot.collect.feeds.file import read_feeds
    from bot.collect.fetch.client import open_client
    from bot.collect.item import Item
    from bot.collect.running.opening import Workplace
    from bot.collect.running.trying import Checked, check_feed, newest
    from bot.collect.state.memory import open_copy
    from bot.collect.state.values import Entry
    from bot.text.links import clean_url
    from bot.text.pages import page_key

_SHOWN: Final = 5


def run_add(session: Session, text: str, *, name: str, topics: Sequence[str], quality: int) -> None:
    """Find the feed of an address, show its newest items, and write it to the feeds file.

    Raises:
        NewsdeskError: There is no feed, it is there already, or the file can't be changed.
    """
    workplace = workplace_of(configure(session))
    found = asyncio.run(_find(workplace, text))
    feed = Feed(
        url=found.url,
        name=name or found.document.title,
        topics=tuple(topics),
        quality=quality,
        language=found.document.language,
    )
    session.out.show(*map(_item_line, newest(found.document.items, _SHOWN)))
    if not add_new(workplace.feeds_file, [feed]):
        raise NewsdeskError(f"{feed.url} is in {workplace.feeds_file} already.")
    session.out.show(Line(text=f"Added {feed.name or feed.url} to {workplace.feeds_file}: {feed.url}", kind="heading"))


async def _find(workplace: Workplace, text: str) -> FoundFeed:
    async with open_client(workplace.reach, SystemClock()) as client:
        return await find_feed(client, text)


def _item_line(item: Item) -> Line:
    day = f"{item.published_at:%Y-%m-%d %H:%M}" if item.published_at else "no date"
    return Line(text=f"{day}  {item.title}", level=1, hanging=4)


def run_check(session: Session, text: str) -> int:
    """Ask one feed, or all, and print what is wrong; nothing is remembered of it.

    Returns:
        The exit status: 1 if a feed failed.

    Raises:
        NewsdeskError: The feeds file can't be used, or has no such feed.
    """
    workplace = workplace_of(configure(session))
    feeds = read_feeds(workplace.feeds_file)
    chosen = [meant_feed(feeds, text)] if text else feeds.feeds
    checked = asyncio.run(_check_all(workplace, chosen, contact=feeds.settings.contact))
    for each in checked:
        session.out.show(*_checked_lines(each, with_items=bool(text)))
    failed = sum(bool(each.trouble) for each in checked)
    session.out.show(Line(text=f"{count_of(len(checked), 'feed')}, {failed} failed", kind="heading"))
    return 1 if failed else 0


async def _check_all(workplace: Workplace, feeds: Sequence[Feed], *, contact: str) -> list[Checked]:
    async with open_client(workplace.reach, SystemClock(), contact=contact) as client:
        return await asyncio.gather(*(check_feed(client, feed, shown=_SHOWN) for feed in feeds))


def _checked_lines(checked: Checked, *, with_items: bool) -> Iterator[Line]:
    name = checked.feed.name or checked.feed.url
    if checked.trouble:
        yield Line(text=f"{name}: {checked.trouble}; {checked.feed.url}", kind="trouble", hanging=2)
        return
    moved = f"; moved to {checked.moved_to}" if checked.moved_to else ""
    dates = [item.published_at for item in checked.items if item.published_at is not None]
    last = f", the newest of {max(dates):%Y-%m-%d}" if dates else ""
    yield Line(text=f"{name}: {count_of(checked.total, 'item')}{last}{moved}", hanging=2)
    if with_items:
        yield from map(_item_line, checked.items)


def run_why(session: Session, text: str) -> int:
    """Say of an item whether it was taken, and if not, why.

    Returns:
        The exit status: 1 if no item is known by that address or title.
    """
    workplace = workplace_of(configure(session))
    with open_copy(workplace.memory_file) as memory:
        url = clean_url(text)
        by_page = memory.entry_of_page(page_key(url)) if url else None
        entries = (by_page,) if by_page else () if url else memory.entries_titled(text, limit=_SHOWN)
    if not entries:
        session.out.show(Line(text="Not known: no feed has listed it, or it was forgotten after half a year."))
        return 1
    for entry in entries:
        session.out.show(Line(text=entry.item.title, kind="heading"), Line(text=_why(entry), level=1, hanging=2))
    return 0


def _why(entry: Entry) -> str:
    seen = f"seen {entry.seen_at:%Y-%m-%d %H:%M} UTC in {entry.feed}"
    if entry.verdict:
        return f"left out: {entry.verdict}; {seen}"
    return f"taken: {entry.file}; {seen}" if entry.file else f"taken, and written in the next pass; {seen}"
