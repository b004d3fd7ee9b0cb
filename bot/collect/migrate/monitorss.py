"""Read MonitoRSS user feeds: the collection `userfeeds` as `mongoexport` writes it, one JSON document a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.collect.feed import Feed
from bot.collect.foreign import list_in, mapping_in, mappings_in
from bot.collect.migrate.moving import Export, LeftOut, Posting
from bot.text.links import clean_url

_CONTAINS: Final = frozenset({"CONTAINS", "EQ"})
_LACKS: Final = frozenset({"NOT_CONTAIN", "NOT_EQ"})
_FIELDS: Final = frozenset({"title", "description", "summary"})


def is_monitorss(documents: list[Any]) -> bool:
    """Return True if JSON documents are user feeds: each has a URL and connections."""
    return bool(documents) and all(
        isinstance(each, dict) and "url" in each and "connections" in each for each in documents
    )


def read_monitorss(documents: list[Mapping[str, Any]]) -> Export:
    """Read user feeds; what has no counterpart is named."""
    found = [each for document in documents for each in _of_document(document)]
    return Export(
        postings=tuple(each for each in found if isinstance(each, Posting)),
        left_out=tuple(each for each in found if isinstance(each, LeftOut)),
    )


def _of_document(document: Mapping[str, Any]) -> Iterator[Posting | LeftOut]:
    title, address = str(document.get("title") or ""), document.get("url")
    what = f"feed {title or address}"
    url = clean_url(address) if isinstance(address, str) else None
    if url is None:
        yield LeftOut(what=what, why=f"its address is not a public web address: {address}")
        return
    if document.get("disabledCode"):
        yield LeftOut(what=what, why=f"switched off there ({document['disabledCode']})")
        return
    feed = Feed(url=url, name=title[:200])
    connections = mapping_in(document.get("connections"))
    channels = mappings_in(connections.get("discordChannels"))
    webhooks = mappings_in(connections.get("discordWebhooks"))
    for each in channels:
        yield from _of_connection(feed, each, what)
    for each in webhooks:
        yield LeftOut(what=f"webhook {each.get('name', '')} of {what}", why="the bot posts to channels as itself")
    if not channels:
        yield Posting(feed=feed)


def _of_connection(feed: Feed, connection: Mapping[str, Any], what: str) -> Iterator[Posting | LeftOut]:
    details = mapping_in(connection.get("details"))
    webhook = mapping_in(details.get("webhook"))
    channel_id = str(mapping_in(details.get("channel")).get("id") or webhook.get("channelId") or "")
    named = f"connection {connection.get('name', '')} of {what}"
    if connection.get("disabledCode"):
        yield LeftOut(what=named, why=f"switched off there ({connection['disabledCode']})")
        yield Posting(feed=feed)
        return
    if not channel_id.isdecimal():
        yield LeftOut(what=named, why="it names no channel")
        yield Posting(feed=feed)
        return
    words = _words(mapping_in(connection.get("filters")).get("expression"))
    if words is None:
        yield LeftOut(what=f"filters of {named}", why="only words in title or description can be carried over")
        words = _Words()
    targets = mappings_in(mapping_in(connection.get("mentions")).get("targets"))
    roles = tuple(str(each.get("id")) for each in targets if each.get("type") == "role" and each.get("id"))
    yield Posting(feed=replace(feed, take=words.take, leave=words.leave), channel_id=channel_id, role_ids=roles)
    if len(roles) < len(targets):
        yield LeftOut(what=f"mentions of {named}", why="a schedule mentions a role, never a member")
    if details.get("embeds") or details.get("content") or details.get("placeholderLimits"):
        yield LeftOut(what=f"format of {named}", why="an edition has a form of its own")
    if connection.get("rateLimits"):
        yield LeftOut(what=f"rate limits of {named}", why="an edition has a number of stories instead (count)")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """The words of a feed's settings that a filter is equal to."""

    take: tuple[str, ...] = ()
    leave: tuple[str, ...] = ()


def _words(expression: Any) -> _Words | None:
    """Turn a filter into words to take or leave; None if it means something else."""
    if not expression:
        return _Words()
    value = mapping_in(expression)
    if value.get("type") == "RELATIONAL":
        return _relational(value)
    children = [_words(each) for each in list_in(value.get("children"))]
    if value.get("type") != "LOGICAL" or any(each is None for each in children):
        return None
    known = [each for each in children if each is not None]
    return _any_of(known) if value.get("op") == "OR" else _all_of(known)


def _relational(value: Mapping[str, Any]) -> _Words | None:
    field, word = mapping_in(value.get("left")).get("value"), mapping_in(value.get("right")).get("value")
    if field not in _FIELDS or not isinstance(word, str) or not word.strip() or len(word) > 200:  # noqa: PLR2004 - as in feeds.toml
        return None
    if value.get("op") in _CONTAINS:
        return _Words(take=(word,))
    return _Words(leave=(word,)) if value.get("op") in _LACKS else None


def _any_of(parts: list[_Words]) -> _Words | None:
    """One of the words: only words to take can be put together so."""
    if len(parts) > 1 and any(part.leave for part in parts):
        return None
    return _joined(parts)


def _all_of(parts: list[_Words]) -> _Words | None:
    """All of the words: several to leave can be put together so, and one part that takes."""
    return None if sum(bool(part.take) for part in parts) > 1 else _joined(parts)


def _joined(parts: list[_Words]) -> _Words:
    return _Words(
        take=tuple(word for part in parts for word in part.take),
        leave=tuple(word for part in parts for word in part.leave),
    )
