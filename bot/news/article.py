"""An article, its provider and pictures, and how it is named.

An article is named by its shelf and its file's stem; both stay the same while titles, dates and URLs change
(5 of 192 records of two years changed their URL, none its file name).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, NewType

ArticleId = NewType("ArticleId", str)
"""13 lower-case base32 characters."""

ShelfId = NewType("ShelfId", str)
"""Whose articles these are: `INSTANCE_SHELF`, or one server's (`server_shelf`)."""

INSTANCE_SHELF: Final = ShelfId("instance")

Kind = Literal["article", "video"]


def server_shelf(guild_id: int) -> ShelfId:
    """The shelf of one server's own uploads."""
    return ShelfId(f"server:{guild_id}")


def shelves_seen_by(guild_id: int | None) -> tuple[ShelfId, ...]:
    """The shelves that a server's members see: the instance's and its own; only the instance's without a server."""
    return (INSTANCE_SHELF,) if guild_id is None else (INSTANCE_SHELF, server_shelf(guild_id))


def article_id(shelf: ShelfId, stem: str) -> ArticleId:
    """The id of the article that the seed file `stem` (no folder, no ending) describes on `shelf`."""
    return _short_hash("article", shelf, stem)


def stub_id(shelf: ShelfId, url: str) -> ArticleId:
    """The id of an article that only another's `related:` list names, by its main URL."""
    return _short_hash("stub", shelf, url)


# RFC 4648's base32 in lower case, two letters at a time: `base64` takes six microseconds for one id.
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS: Final = tuple(first + second for first in _LETTERS for second in _LETTERS)


def _short_hash(*parts: str) -> ArticleId:
    """The first 13 letters of the hash in base32: 65 bits, the last five of them a letter alone."""
    digest = hashlib.sha256("\0".join(parts).encode()).digest()
    bits = int.from_bytes(digest[:9], "big") >> 7
    pairs = [_PAIRS[bits >> place & 1023] for place in (55, 45, 35, 25, 15, 5)]
    return ArticleId("".join(pairs) + _LETTERS[bits & 31])


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture's URL and, where known, its size in pixels."""

    url: str
    width: int | None = None
    height: int | None = None
    alt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Who published an article; told apart by domain (lower case, without `www.`)."""

    domain: str
    name: str
    picture_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One piece of coverage by one provider.

    Attributes:
        stem: The seed file's name without its ending; empty for a stub.
        published_at: Aware, UTC.
        url: Where a reader goes; a cleaned http(s) URL (`news/links`).
        aliases: Every other URL of the article (original, AMP, cached AMP), cleaned, without `url`.
        quality: Upstream's score of source and text (7 to 189 seen); None where the seed names none.
        heat: Upstream's score of a story's lead; -1 means "another article leads this story"; None where not named.
        listed: The seed's `published` flag; None where the seed has none.
        pictures: The first is the one to show.
        is_stub: Known only from another article's `related:` list.
        is_hidden: Taken down by an operator or an admin; kept, never shown.
        first_seen_at: When the store first saw it, as a seed; None before it is stored.
    """

    id: ArticleId
    shelf: ShelfId
    title: str
    published_at: datetime
    provider: Provider
    url: str
    stem: str = ""
    excerpt: str = ""
    aliases: tuple[str, ...] = ()
    kind: Kind = "article"
    category: str = "news"
    quality: int | None = None
    heat: int | None = None
    listed: bool | None = None
    topics: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    is_stub: bool = False
    is_hidden: bool = False
    first_seen_at: datetime | None = None

    @property
    def score(self) -> int:
        """Heat where it is not negative, else quality; 0 where neither is known."""
        if self.heat is not None and self.heat >= 0:
            return self.heat
        return self.quality or 0

    @property
    def is_led_by_another(self) -> bool:
        """Upstream says that a better article leads this one's story (heat -1)."""
        return self.heat is not None and self.heat < 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """What one seed file says: its article, and the stubs of the coverage that it names, in the file's order.

    Attributes:
        content_hash: Hex SHA-256 of all that is stored (`secured` is left out: it alone changes for nothing).
    """

    article: Article
    coverage: tuple[Article, ...] = field(default=())
    content_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedProblem:
    """Why a seed file was refused, so that a person can act on it.

    Attributes:
        path: The file as the person named it, or an entry of an archive (`pack.zip/001.txt`).
        line: 1-based; None where the whole file is meant.
        field: Dotted path of the field (`related.2.webUrl`); empty where none is meant.
        reason: What is wrong, one sentence without a full stop.
        cure: What to do about it, one sentence.
    """

    path: str
    line: int | None = None
    field: str = ""
    reason: str
    cure: str

    def __str__(self) -> str:
        where = self.path if self.line is None else f"{self.path}:{self.line}"
        what = f"{self.field}: {self.reason}" if self.field else self.reason
        return f"{where}: {what}. {self.cure}"
