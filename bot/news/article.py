"""Articles, providers, pictures, and the ids of articles.

An article's id is a hash of its shelf and its first file name: it stays the same while titles, dates and URLs change
(5 of 192 records of two years changed their URL, none its file name), and while its file is renamed or moved. Which
seed is which article is decided by the file's place, link and title (`identity`): two folders may have a file of one
name. The second of them gets an id of its own, from the folder's path as well, so an id never changes and never goes to
another article.
"""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Literal, NewType

ArticleId = NewType("ArticleId", str)
"""13 lower-case base32 characters."""

ShelfId = NewType("ShelfId", str)
"""The owner of a set of articles: the operator (`INSTANCE_SHELF`) or one server (`server_shelf`)."""

INSTANCE_SHELF: Final = ShelfId("instance")

BASE_QUALITY: Final = 70
"""The quality of an article that nobody rated: a typical one. Upstream's ratings range from 7 to 189."""

EARLIEST_DATE: Final = datetime(1900, 1, 1, tzinfo=UTC)
LATEST_DATE: Final = datetime(2200, 1, 1, tzinfo=UTC)
"""Articles are dated between the two; anything else is a mistake, and near the ends of the calendar sums overflow."""

Kind = Literal["article", "video"]

INDEX: Final = "index"
"""The stem of a file that takes its folder's name, as in the page bundles of site generators."""


def is_plausible(at: datetime) -> bool:
    """Return True if an article may be dated so."""
    return EARLIEST_DATE <= at < LATEST_DATE


def server_shelf(guild_id: int) -> ShelfId:
    """Name the shelf of one server's own uploads."""
    return ShelfId(f"server:{guild_id}")


def guild_of_shelf(shelf: ShelfId) -> int | None:
    """Return the server whose shelf this is; None for the operator's."""
    owner, _, guild_id = shelf.partition(":")
    return int(guild_id) if owner == "server" else None


def shelves_seen_by(guild_id: int | None) -> tuple[ShelfId, ...]:
    """List the shelves that a server's members see: the operator's and their own; without a server, the operator's."""
    return (INSTANCE_SHELF,) if guild_id is None else (INSTANCE_SHELF, server_shelf(guild_id))


def article_id(shelf: ShelfId, stem: str) -> ArticleId:
    """Compute the id of a new article from its seed file's stem; `identity.new_ids` has further ids for equal stems."""
    return _short_hash("article", shelf, stem)


def stub_id(shelf: ShelfId, url: str) -> ArticleId:
    """Compute the id of an article known only from another's `related:` list, by its main URL."""
    return _short_hash("stub", shelf, url)


# RFC 4648 base32 in lower case, two letters at a time: the `base64` module takes six microseconds for each id.
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS: Final = tuple(first + second for first in _LETTERS for second in _LETTERS)


def _short_hash(*parts: str) -> ArticleId:
    """Encode the first 65 bits of a SHA-256 hash as 13 base32 letters."""
    digest = hashlib.sha256("\0".join(parts).encode()).digest()
    bits = int.from_bytes(digest[:9], "big") >> 7
    pairs = [_PAIRS[bits >> place & 1023] for place in (55, 45, 35, 25, 15, 5)]
    return ArticleId("".join(pairs) + _LETTERS[bits & 31])


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture's URL and, if known, its size in pixels."""

    url: str
    width: int | None = None
    height: int | None = None
    alt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """The publisher of an article, identified by its domain (lower case, without `www.`)."""

    domain: str
    name: str
    picture_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One piece of coverage by one provider.

    Attributes:
        stem: The seed file's name without folder and extension (`stem_of`); empty for a stub.
        published_at: Aware, UTC.
        url: The main URL, cleaned, http or https (`text/links`).
        aliases: Other URLs of the article (original, AMP, cached AMP), cleaned, without `url`.
        quality: Upstream's score of source and text (7 to 189 observed); None if the seed has none.
        heat: Upstream's score of a story's lead; -1 means "another article leads this story"; None if the seed has
            none.
        listed: The seed's `published` flag; None if the seed has none.
        pictures: The first one is shown.
        is_stub: Known only from another article's `related:` list.
        is_hidden: Hidden by the operator or an admin: stored but never shown.
        first_seen_at: When its seed was first imported; None before it is stored.
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
        """Heat if known and not negative, else quality; `BASE_QUALITY` if neither is known."""
        if self.heat is not None and self.heat >= 0:
            return self.heat
        return BASE_QUALITY if self.quality is None else self.quality

    @property
    def is_dated(self) -> bool:
        """True if its date is plausible."""
        return is_plausible(self.published_at)

    @property
    def is_led_by_another(self) -> bool:
        """True if upstream rates another article as the lead of this one's story (heat -1)."""
        return self.heat is not None and self.heat < 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Where something in a seed file is not as it should be, and how to fix it.

    Attributes:
        path: The file as the person named it, or an entry of an archive (`pack.zip/001.txt`).
        line: 1-based; None if the remark concerns the whole file.
        field: The field's name; empty if the remark has no field.
        reason: What is wrong, without a full stop.
        cure: How to fix it, one sentence.
    """

    path: str
    line: int | None = None
    field: str = ""
    reason: str
    cure: str

    def __str__(self) -> str:
        where = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{where}: {self.said}"

    @property
    def place(self) -> tuple[str, int]:
        """Path and line, to sort by."""
        return self.path, self.line or 0

    @property
    def said(self) -> str:
        """Field, reason and cure, without the place."""
        what = f"{self.field}: {self.reason}" if self.field else self.reason
        return f"{what}. {self.cure}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedProblem(Remark):
    """Why a seed file was rejected; a file may have several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedNote(Remark):
    """What of a seed file was ignored, changed or left out, although its article was read."""

    def __str__(self) -> str:
        where = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{where}: note: {self.said}"


Finding = SeedProblem | SeedNote


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a seed file is.

    Attributes:
        folder: The real path of the folder or zip that was imported; empty for an upload.
        file: Its path below the folder with `/`, as the disk or the zip spells it.
        is_on_disk: False for an entry of a zip and an upload, which are only there while they are imported.
    """

    folder: str = ""
    file: str
    is_on_disk: bool = False

    @property
    def name(self) -> str:
        """The path below the folder in the normal form NFC: a Mac writes the same name in NFD."""
        return normal_name(self.file)

    @property
    def key(self) -> str:
        """The place as a text; folders that contain each other give one file one key."""
        return f"{self.folder}/{self.name}" if self.folder else self.name

    @property
    def path(self) -> str:
        """The file's path as the disk spells it."""
        return f"{self.folder}/{self.file}" if self.folder else self.file


def normal_name(name: str) -> str:
    """Normalise a file name or path to NFC."""
    return name if name.isascii() else unicodedata.normalize("NFC", name)


def stem_of(path: str) -> str:
    """Return the stem of a file's article: its name in NFC without folder and extension.

    `index` takes the name of its folder or zip.
    """
    folder, _, name = normal_name(path).rpartition("/")
    stem = name.rpartition(".")[0] or name
    if stem != INDEX:
        return stem
    above = folder.rpartition("/")[2].removesuffix(".zip")
    return stem if above.strip(".") == "" else above


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """The content of one seed file: its article, and stubs of the coverage that it lists, in the file's order.

    Attributes:
        content_hash: Hex SHA-256 of all that is stored (excludes `secured`, which alone changes without effect).
        notes: What of the file was ignored, changed or left out; not hashed.
        path: The file as the person named it, or an entry of an archive, as in `Remark`.
        place: Where the file is, which says whose article it is; None while only its content is known.
        measured: Bytes of its text (`content.text_bytes`, stubs included) if some of that is left out; None if not.
    """

    article: Article
    coverage: tuple[Article, ...] = field(default=())
    content_hash: str
    notes: tuple[SeedNote, ...] = ()
    path: str = ""
    place: Place | None = None
    measured: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedSeed:
    """A seed file that was rejected.

    Attributes:
        path: As in its problems.
        problems: At least one; all faults that could be found.
    """

    path: str
    problems: tuple[SeedProblem, ...]
    notes: tuple[SeedNote, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherFile:
    """A file that isn't a seed and needn't be one, such as a README."""

    path: str


ReadFile = Seed | RefusedSeed | OtherFile
"""What reading one file gives."""


def refused(problem: SeedProblem) -> RefusedSeed:
    """Reject the file of one problem."""
    return RefusedSeed(path=problem.path, problems=(problem,))
