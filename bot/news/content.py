"""What an admin reads of a shelf's content: the report of an import, its record, how full the shelf is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.errors import TooManyError
from bot.news.article import Article, SeedProblem, ShelfId


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfSize:
    """How full a shelf is: full articles (no stubs) and the bytes of their text."""

    articles: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportLimits:
    """What one server's shelf may hold and how often it may be filled (docs/security.md, Floods)."""

    imports_per_hour: int = 10
    articles_per_shelf: int = 20_000
    bytes_per_shelf: int = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What still fits on a server's shelf; the operator's own folder has no such limits.

    Attributes:
        articles: How many more articles.
        bytes: How many more bytes of text.
        imports: How many more imports in this hour.
    """

    articles: int
    bytes: int
    imports: int


def room_left(limits: ImportLimits, size: ShelfSize, *, imports: int) -> Room:
    """What still fits on a shelf, after this many imports within the last hour; never less than nothing."""
    return Room(
        articles=max(0, limits.articles_per_shelf - size.articles),
        bytes=max(0, limits.bytes_per_shelf - size.bytes),
        imports=max(0, limits.imports_per_hour - imports),
    )


def require_room(room: Room, *, articles: int, size: int) -> None:
    """Let an upload pass that fits.

    Args:
        room: What still fits.
        articles: How many articles it would add.
        size: How many bytes of text it would add.

    Raises:
        TooManyError: It doesn't fit; it says what would.
    """
    if articles <= room.articles and size <= room.bytes:
        return
    raise TooManyError(
        f"This would add {articles:,} articles and {_mebibytes(size)}; there is room for {room.articles:,} articles "
        f"and {_mebibytes(room.bytes)}. Nothing was stored.",
        cure="Import fewer, or ask the operator for more room.",
    )


def _mebibytes(size: int) -> str:
    return f"{size / 1024**2:,.1f} MiB"


def text_bytes(article: Article) -> int:
    """What an article takes of its shelf's room: its texts and URLs, in bytes of UTF-8."""
    pictures = [text for picture in article.pictures for text in (picture.url, picture.alt)]
    texts = "".join((article.title, article.excerpt, article.url, *article.aliases, *article.topics, *pictures))
    return len(texts) if texts.isascii() else len(texts.encode(errors="replace"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What one import did, or with `is_dry_run` would have done.

    Attributes:
        origin: The uploaded file's name or the folder's, as the person named it.
        batch: The id of the import's record; empty for a dry run and where nothing was kept.
        kept_out: Seeds that a tombstone keeps out: they were deleted before.
        problems: Seeds that were refused, by path; `refused` counts them all, also where the list is cut.
        left: What still fits; None for the operator's folder.
    """

    origin: str
    batch: str = ""
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    kept_out: int = 0
    refused: int = 0
    problems: tuple[SeedProblem, ...] = ()
    is_dry_run: bool = False
    left: Room | None = None

    @property
    def read(self) -> int:
        """How many files were looked at."""
        return self.added + self.changed + self.unchanged + self.kept_out + self.refused


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """What reading found, with nothing kept: how many files are articles, and what is wrong with the others."""

    articles: int
    problems: tuple[SeedProblem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRecord:
    """One import as `/content status` shows it.

    Attributes:
        by: The member; None for the operator's folder.
        origin: The file's name or the folder's.
    """

    id: str
    shelf: ShelfId
    at: datetime
    by: int | None
    origin: str
    added: int
    changed: int
    unchanged: int
    rejected: int
