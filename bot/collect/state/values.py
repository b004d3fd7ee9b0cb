"""What the collector remembers of a feed and of an item."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from typing import Any

from bot.collect.fetched import Validators
from bot.collect.item import Item
from bot.news.article import Picture
from bot.seedfile.values import Value

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Fields = Mapping[str, Value]
"""The values of a seed file, as its reader gives them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """What is remembered of a feed.

    Attributes:
        url: Its address in the feeds file.
        validators: To ask whether it has changed.
        body_hash: Of its last document: a server without validators sends the same one each time.
        title: The feed's own.
        site: The site's address; empty if unknown.
        ttl_s: Seconds for which its document asks to be left alone.
        skip_hours: As in `Document`.
        due_at: It is left alone until then.
        asked_at: When it was last fetched; None for never.
        succeeded_at: When that last worked; None for never.
        failures: In a row.
        failing_since: When the first of them was; None while it works.
        trouble: Why the last one failed; empty while it works.
        is_gone: The server said that it is gone permanently: it is not fetched again.
        moved_to: Where it has permanently moved to; empty if the feeds file has its present address.
    """

    url: str
    validators: Validators = field(default_factory=Validators)
    body_hash: str = ""
    title: str = ""
    site: str = ""
    ttl_s: int = 0
    skip_hours: frozenset[int] = frozenset()
    due_at: datetime = EPOCH
    asked_at: datetime | None = None
    succeeded_at: datetime | None = None
    failures: int = 0
    failing_since: datetime | None = None
    trouble: str = ""
    is_gone: bool = False
    moved_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is remembered of an item.

    Attributes:
        id: Its number; 0 before it is stored.
        feed: The address of the feed that it was first seen in.
        page: The `page_key` of its address.
        digest: Of what the feed said of it.
        item: Completed by its page, if that was fetched.
        verdict: Empty if it is taken, else the reason why not.
        seen_at: When it was first seen.
        published_at: Its date; when it was first seen if it has none.
        is_dirty: Its file has yet to be written.
        is_page_done: Its page was fetched, or is not needed.
        file: Its file's path below the folder, with `/`; empty before it is planned.
        written: The values of its file as they were last written; None before that.
        planned: The values that are being written; None if none are.
    """

    id: int = 0
    feed: str
    page: str
    digest: str
    item: Item
    verdict: str = ""
    seen_at: datetime
    published_at: datetime
    is_dirty: bool = True
    is_page_done: bool = False
    file: str = ""
    written: Fields | None = None
    planned: Fields | None = None


_NAMES = tuple(each.name for each in fields(Item))


def item_json(item: Item) -> str:
    """Write an item as JSON."""
    values = {name: value for name in _NAMES if (value := getattr(item, name))}
    if item.published_at is not None:
        values["published_at"] = item.published_at.timestamp()
    if item.picture is not None:
        values["picture"] = asdict(item.picture)
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def item_of(text: str) -> Item:
    """Read an item that `item_json` wrote."""
    values: dict[str, Any] = json.loads(text)
    if "published_at" in values:
        values["published_at"] = datetime.fromtimestamp(values["published_at"], UTC)
    if "picture" in values:
        values["picture"] = Picture(**values["picture"])
    for name in ("categories", "links", "aliases"):
        if name in values:
            values[name] = tuple(values[name])
    return Item(**values)
