"""Values about a shelf's content: import reports and records, sizes and quotas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bot.errors import Limit, TooManyError
from bot.news.article import Article, Seed, SeedNote, SeedProblem, ShelfId

_FEWER: Final = "Import fewer articles, or ask the operator for a larger quota."

MOST_FINDINGS: Final = 200
"""Problems, and notes, that an answer counts and shows; of more it says that there are more."""


FILE_SHARE: Final = 0.65
"""The part of the bytes promised for a shelf that imports may fill."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfSize:
    """The size of a shelf.

    Attributes:
        articles: Their number, without stubs.
        bytes: The bytes of their text.
        disk_bytes: The bytes that the shelf's file uses.
    """

    articles: int
    bytes: int
    disk_bytes: int = 0


WEEKS_SHOWN: Final = 12

TOP_NAMES: Final = 5
"""Topics, and providers, that a status names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfOverview:
    """What is on a shelf, of articles that aren't hidden.

    Attributes:
        weeks: Articles published in each of the last `WEEKS_SHOWN` weeks, the oldest week first.
        topics: Those with the most articles, each with their number.
        providers: Likewise.
        newest: The article published last; None if there is none.
        hidden: Titles of hidden articles, each with the reason that the log has, or nothing.
        importers: The members who imported batches, by `ImportRecord.deed_id`.
    """

    weeks: tuple[int, ...] = ()
    topics: tuple[tuple[str, int], ...] = ()
    providers: tuple[tuple[str, int], ...] = ()
    newest: Article | None = None
    hidden: tuple[tuple[str, str], ...] = ()
    importers: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How far the operator's folders are read, while the archive is not complete.

    Attributes:
        done: Files processed so far.
        total: All files; 0 before they are counted.
        stopped_by: Why reading stopped, one sentence; empty while it goes on. It is tried again.
    """

    done: int = 0
    total: int = 0
    stopped_by: str = ""

    @property
    def text(self) -> str:
        """One sentence, such as "Still reading: 3,100 of 8,300 files."."""
        files = f"{self.done:,} of {self.total:,} files" if self.total else ""
        if self.stopped_by:
            return f"Reading stopped{f' at {files}' if files else ''} and is tried again: {self.stopped_by}"
        return f"Still reading: {files or 'the files are being counted'}."


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportLimits:
    """What one server's shelf may hold and how often it may be filled (docs/security.md, Floods).

    Attributes:
        imports_per_hour: Uploads that may begin, dry runs included.
        bytes_per_shelf: What is promised of a shelf's file: with its log it takes less than 1.5 times as much on disk.
        longest_s: Seconds after which an import is stopped.
    """

    imports_per_hour: int = 10
    articles_per_shelf: int = 20_000
    bytes_per_shelf: int = 128 * 1024 * 1024
    longest_s: float = 60.0

    @property
    def file_bytes(self) -> int:
        """What a shelf's file may take: while an import runs, its log takes as much again."""
        return int(self.bytes_per_shelf * FILE_SHARE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """The remaining quota of a server's shelf; the operator's own folder has no limits.

    Attributes:
        articles: Articles that can still be added.
        bytes: Bytes that the shelf's file can still take.
        imports: Imports left this hour.
    """

    articles: int
    bytes: int
    imports: int


def room_left(limits: ImportLimits, size: ShelfSize, *, imports: int) -> Room:
    """Compute the remaining quota of a shelf after this many imports within the last hour; never negative."""
    return Room(
        articles=max(0, limits.articles_per_shelf - size.articles),
        bytes=max(0, limits.file_bytes - size.disk_bytes),
        imports=max(0, limits.imports_per_hour - imports),
    )


def require_room(room: Room, *, articles: int, size: int) -> None:
    """Check an upload against the remaining quota.

    Args:
        room: The remaining quota.
        articles: The number of articles it would add.
        size: The bytes of text it would add: it takes more than these on disk.

    Raises:
        TooManyError: The upload exceeds the quota; the message says what is left.
    """
    if articles <= room.articles and size <= room.bytes:
        return
    raise TooManyError(
        f"Quota exceeded: this would add {articles:,} articles and {_mebibytes(size)} of text; {room.articles:,} "
        f"articles and {_mebibytes(room.bytes)} on disk are left. Nothing was imported.",
        limit=Limit.SHELF,
        cure=_FEWER,
    )


def no_room(room: Room) -> TooManyError:
    """Build the error for an upload that needs more disk than is left; only storing it shows that."""
    return TooManyError(
        f"Quota exceeded: this needs more than the {_mebibytes(room.bytes)} on disk that are left, since words and "
        "links are indexed. Nothing was imported.",
        limit=Limit.SHELF,
        cure=_FEWER,
    )


def _mebibytes(size: int) -> str:
    return f"{size / 1024**2:,.1f} MiB"


def text_bytes(article: Article) -> int:
    """Compute the bytes that an article takes of its shelf's quota: its texts and URLs in UTF-8."""
    pictures = [text for picture in article.pictures for text in (picture.url, picture.alt)]
    texts = "".join((article.title, article.excerpt, article.url, *article.aliases, *article.topics, *pictures))
    return len(texts) if texts.isascii() else len(texts.encode(errors="replace"))


def seed_bytes(seed: Seed) -> int:
    """Compute the bytes that a seed takes of its shelf's quota, those of its stubs included."""
    return sum(map(text_bytes, (seed.article, *seed.coverage))) if seed.measured is None else seed.measured


def alike(notes: Sequence[SeedNote]) -> Iterator[tuple[SeedNote, int]]:
    """Count notes that say the same of several files, in order of the first: a field may be unknown in each of them."""
    counts = Counter(note.said for note in notes)
    for note in notes:
        if count := counts.pop(note.said, 0):
            yield note, count


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedChange:
    """A seed that an import would add, or whose article it would change.

    Attributes:
        path: The seed's file.
        title: The article's title as the seed has it.
        fields: What changes, in words; empty for a new article.
    """

    path: str
    title: str
    fields: tuple[str, ...] = ()


_FIELDS: Final = {
    "title": "title",
    "excerpt": "excerpt",
    "url": "link",
    "aliases": "other links",
    "published_at": "date",
    "provider": "provider",
    "kind": "type",
    "category": "category",
    "quality": "quality",
    "heat": "heat",
    "listed": "published",
    "topics": "topics",
    "pictures": "images",
}


def changed_fields(before: Article | None, after: Article) -> tuple[str, ...]:
    """Name what a seed changes of an article, by the seed's own words; None for one that is hidden."""
    if before is None:
        return ("a hidden article",)
    changed = [word for name, word in _FIELDS.items() if getattr(before, name) != getattr(after, name)]
    return tuple(changed) or ("related",)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """The changes of one import, or with `is_dry_run` those that it would make.

    Attributes:
        origin: The name of the uploaded file or the folder, as the person gave it.
        batch: The id of the import's record; empty for a dry run and if nothing was recorded.
        kept_out: Seeds skipped because their article was deleted (it has a tombstone).
        refused: The number of rejected files; one may have several problems.
        others: The number of files that are not seeds, such as a README.
        problems: Why files were rejected, by path.
        notes: What of the other files was ignored, changed or left out, by path; also of files that are unchanged.
        changes: For a dry run, every article that would be added or changed, in the order of the files.
        left: The remaining quota; None for the operator's folder.
    """

    origin: str
    batch: str = ""
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    kept_out: int = 0
    refused: int = 0
    others: int = 0
    problems: tuple[SeedProblem, ...] = ()
    notes: tuple[SeedNote, ...] = ()
    is_dry_run: bool = False
    changes: tuple[SeedChange, ...] = ()
    left: Room | None = None

    @property
    def read(self) -> int:
        """The number of files read."""
        return self.added + self.changed + self.unchanged + self.kept_out + self.refused + self.others


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """The result of validating files without importing them; attributes as for `ImportReport`."""

    articles: int
    problems: tuple[SeedProblem, ...] = ()
    notes: tuple[SeedNote, ...] = ()
    others: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRecord:
    """One import, also called a batch.

    Attributes:
        origin: The name of the file or folder.
        deed_id: The interaction that imported it, by which the server's log names the member; None for the operator's.
        rolled_back_at: When it was rolled back; None if it was not.
        can_roll_back: Whether what it replaced is still recorded.
    """

    id: str
    shelf: ShelfId
    at: datetime
    origin: str
    added: int
    changed: int
    unchanged: int
    rejected: int
    deed_id: int | None = None
    rolled_back_at: datetime | None = None
    can_roll_back: bool = False
