"""What is carried over from another bot or reader: feeds, the channels that they were posted to, and what is not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from bot.collect.feed import Feed
from bot.text.pages import page_key


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Something that isn't carried over: what it is, and the reason."""

    what: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """A feed that was posted to a channel.

    Attributes:
        feed: With the words that select its items, if there were any.
        channel_id: Empty for a reader's subscription.
        role_ids: The roles that were mentioned with each item.
    """

    feed: Feed
    channel_id: str = ""
    role_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """An export, read.

    Attributes:
        postings: In the export's order.
        left_out: What could not be read or has no counterpart.
    """

    postings: tuple[Posting, ...]
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A channel to which feeds were posted, which becomes a schedule.

    Attributes:
        topic: The topic by which its feeds' articles are selected.
        role_id: The role to mention; empty for none.
    """

    id: str
    topic: str
    role_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What an export becomes."""

    feeds: tuple[Feed, ...]
    channels: tuple[Channel, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(slots=True)
class _Subscription:
    """All postings of one feed."""

    feed: Feed
    topics: list[str] = field(default_factory=list)
    words: set[tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=set)


def plan_move(export: Export) -> Move:
    """Turn postings into feeds and channels: each feed once, with a topic for each channel that it was posted to.

    Words that select items belong to a feed here. If a feed's channels selected by different words, all of its items
    are taken, and that is named.
    """
    subscriptions: dict[str, _Subscription] = {}
    channels: dict[str, list[str]] = {}
    for posting in export.postings:
        key = page_key(posting.feed.url)
        subscription = subscriptions.setdefault(key, _Subscription(posting.feed))
        subscription.words.add((posting.feed.take, posting.feed.leave))
        if posting.channel_id:
            subscription.topics.append(_topic(posting.channel_id))
            channels.setdefault(posting.channel_id, []).extend(posting.role_ids)
    left_out = [*export.left_out, *_too_many_roles(channels), *_differing_words(subscriptions.values())]
    return Move(
        feeds=tuple(_merged(subscription) for subscription in subscriptions.values()),
        channels=tuple(
            Channel(id=each, topic=_topic(each), role_id=roles[0] if len(set(roles)) == 1 else "")
            for each, roles in channels.items()
        ),
        left_out=tuple(left_out),
    )


def _topic(channel_id: str) -> str:
    return f"channel-{channel_id}"


def _merged(subscription: _Subscription) -> Feed:
    feed = subscription.feed
    topics = tuple(dict.fromkeys((*feed.topics, *subscription.topics)))
    if len(subscription.words) > 1:
        return replace(feed, topics=topics, take=(), leave=())
    return replace(feed, topics=topics)


def _too_many_roles(channels: dict[str, list[str]]) -> Iterator[LeftOut]:
    for each, roles in channels.items():
        if len(set(roles)) > 1:
            yield LeftOut(what=f"mentions in channel {each}", why="several roles; a schedule mentions one")


def _differing_words(subscriptions: Iterable[_Subscription]) -> Iterator[LeftOut]:
    for each in subscriptions:
        if len(each.words) > 1:
            why = "they differ between its channels; here they belong to the feed"
            yield LeftOut(what=f"filters of {each.feed.url}", why=why)
