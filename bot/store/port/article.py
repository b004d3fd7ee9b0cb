"""Articles and imports: what ingest, hide and delete need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.news.article import Article, ArticleId, Finding, Seed, SeedNote, SeedProblem, ShelfId
from bot.news.content import ImportRecord, ShelfSize

__all__ = ["ArticleStore", "FileStamp", "ImportRecord", "PutReport", "ShelfSize"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStamp:
    """Size, modification time and content hash of a seed file when it was last read."""

    size: int
    mtime_ns: int
    content_hash: str
    """Hex; empty if the file was rejected, `-` if it is not a seed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PutReport:
    """Result of a batch: article ids in the batch's order. A seed that a tombstone blocks counts as `kept_out`."""

    added: tuple[ArticleId, ...] = ()
    changed: tuple[ArticleId, ...] = ()
    unchanged: tuple[ArticleId, ...] = ()
    kept_out: tuple[ArticleId, ...] = ()


class ArticleStore(Protocol):
    """Articles with their URLs, stubs, topics, providers, explicit coverage, changes and text index.

    Each call is one transaction.
    """

    async def put_seeds(
        self, shelf: ShelfId, seeds: Sequence[Seed], *, seen_at: datetime, is_first_import: bool = False
    ) -> PutReport:
        """Insert or update a batch of seeds in one transaction and one thread hop.

        A seed whose content hash equals the stored one changes nothing, so putting the same seeds twice changes
        nothing. Every change of quality, heat, listed or `published_at` becomes one change row with `seen_at`; with
        `is_first_import`, both the row's `seen_at` and the article's `first_seen_at` are its own `published_at`.

        Stubs that a seed names are stored on its shelf. A seed with one of a stub's URLs turns it into the full
        article, and the stub's id keeps working. A stub whose URL a full article of the same shelf has is that article;
        the instance's article hides a server's stub of the same URL. If several articles have one URL, looking it up
        finds the newest. Coverage that a changed seed no longer names is dropped, with stubs that no seed names.
        """
        ...

    async def optimize(self) -> None:
        """Merge the text indexes' segments after a large import, in short transactions; reads return the same."""
        ...

    async def compare_seeds(self, shelf: ShelfId, seeds: Sequence[Seed]) -> PutReport:
        """Compute what `put_seeds` would return without storing anything: for dry runs and quota checks."""
        ...

    async def is_empty_shelf(self, shelf: ShelfId) -> bool:
        """Return True if the shelf never held a seed: its next import is its first."""
        ...

    async def find_article(self, shelves: Sequence[ShelfId], article: ArticleId) -> Article | None:
        """Find an article by its id or a former stub's id; None if there is none or it is hidden."""
        ...

    async def find_articles(self, shelves: Sequence[ShelfId], ids: Sequence[ArticleId]) -> tuple[Article, ...]:
        """Read the articles of `ids` that exist and aren't hidden, in the order of `ids`."""
        ...

    async def find_by_url(self, shelves: Sequence[ShelfId], url: str) -> tuple[Article, ...]:
        """Find every article that has `url`, best match first: full articles before stubs, then newest.

        Any alias matches; scheme, `www.`, a final slash and the fragment are ignored.
        """
        ...

    async def find_by_stem(self, shelf: ShelfId, stem: str) -> Article | None:
        """Find an article by its seed file's stem, even if it is hidden: for the operator's commands."""
        ...

    async def hide(self, shelf: ShelfId, article: ArticleId, *, hidden: bool = True) -> bool:
        """Hide or unhide an article; True if that changed something. Later imports don't undo it."""
        ...

    async def delete(self, shelf: ShelfId, article: ArticleId) -> bool:
        """Delete an article, its aliases, changes and the stubs only it named; a tombstone blocks its file."""
        ...

    async def file_stamps(self, folder: str) -> Mapping[str, FileStamp]:
        """Read the stamps of a folder's seed files by relative path."""
        ...

    async def find_file_stamp(self, folder: str, name: str) -> FileStamp | None:
        """Read the stamp of one file; None if it has none."""
        ...

    async def save_file_stamps(self, folder: str, stamps: Mapping[str, FileStamp]) -> None:
        """Save the stamps of these files; other files of the folder keep theirs."""
        ...

    async def save_findings(
        self, shelf: ShelfId, origin: str, findings: Sequence[Finding], *, resolved: Iterable[str], at: datetime
    ) -> None:
        """Replace the problems and notes on these paths, and delete those on `resolved` paths."""
        ...

    async def findings_of(self, shelf: ShelfId, origin: str) -> tuple[Finding, ...]:
        """Read all open problems and notes of an origin, by path."""
        ...

    async def problems(self, shelf: ShelfId, *, limit: int = 200) -> tuple[SeedProblem, ...]:
        """Read the open problems of a shelf, by path."""
        ...

    async def notes(self, shelf: ShelfId, *, limit: int = 200) -> tuple[SeedNote, ...]:
        """Read the notes of a shelf, by path."""
        ...

    async def save_import(self, record: ImportRecord) -> None:
        """Save the record of an import."""
        ...

    async def imports(self, shelf: ShelfId, *, limit: int = 10) -> tuple[ImportRecord, ...]:
        """Read the latest imports of a shelf, newest first."""
        ...

    async def imports_since(self, shelf: ShelfId, since: datetime) -> int:
        """Count the imports by members on a shelf since a moment."""
        ...

    async def shelf_size(self, shelf: ShelfId) -> ShelfSize:
        """Measure a shelf: its articles and the bytes of their text."""
        ...
