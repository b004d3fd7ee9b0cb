"""Keeping articles: what ingest, hide and delete need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.news.article import Article, ArticleId, Seed, SeedProblem, ShelfId
from bot.news.content import ImportRecord, ShelfSize

__all__ = ["ArticleStore", "FileStamp", "ImportRecord", "PutReport", "ShelfSize"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStamp:
    """What a seed file looked like when it was last read."""

    size: int
    mtime_ns: int
    content_hash: str
    """Hex; empty where the file was refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PutReport:
    """What a batch did, by article id in the batch's order. A seed that a tombstone keeps out counts as `kept_out`."""

    added: tuple[ArticleId, ...] = ()
    changed: tuple[ArticleId, ...] = ()
    unchanged: tuple[ArticleId, ...] = ()
    kept_out: tuple[ArticleId, ...] = ()


class ArticleStore(Protocol):
    """Articles with all that hangs on them: URLs, stubs, topics, providers, explicit coverage, changes, the text index.

    A call is one transaction.
    """

    async def put_seeds(
        self, shelf: ShelfId, seeds: Sequence[Seed], *, seen_at: datetime, is_first_import: bool = False
    ) -> PutReport:
        """Store a batch, in one transaction and one thread hop.

        A seed whose content hash is the stored one changes nothing. Putting the same seeds twice changes nothing.
        Every change of quality, heat, listed or `published_at` becomes one change row with `seen_at`; with
        `is_first_import` the row's and the article's first sight is its own `published_at`.
        Stubs named by a seed are stored on its shelf; a seed with one of a stub's URLs turns it into the full article,
        and the stub's id goes on answering. A stub whose URL a full article of the same shelf has is that article; the
        instance's article hides a server's stub of the same URL. Of several articles with one URL the newest answers to
        it.
        Coverage that a changed seed no longer names is dropped; stubs that nobody names any more are dropped with it.
        """
        ...

    async def optimize(self) -> None:
        """Lay out for reading what a large import has put, in short steps; nothing that is read changes by it."""
        ...

    async def compare_seeds(self, shelf: ShelfId, seeds: Sequence[Seed]) -> PutReport:
        """What `put_seeds` would answer, with nothing stored: for a dry run, and to count before a shelf is filled."""
        ...

    async def is_empty_shelf(self, shelf: ShelfId) -> bool:
        """True where the shelf never held a seed: its next import is its first."""
        ...

    async def find_article(self, shelves: Sequence[ShelfId], article: ArticleId) -> Article | None:
        """The article of that id (also a former stub's id), hidden ones not."""
        ...

    async def find_articles(self, shelves: Sequence[ShelfId], ids: Sequence[ArticleId]) -> tuple[Article, ...]:
        """Those of `ids` that exist and aren't hidden, in the order of `ids`."""
        ...

    async def find_by_url(self, shelves: Sequence[ShelfId], url: str) -> tuple[Article, ...]:
        """Every article that has `url`; the one that answers stands first: full before stub, then newest.

        Any alias will do; scheme, `www.`, a final slash and the fragment don't matter.
        """
        ...

    async def find_by_stem(self, shelf: ShelfId, stem: str) -> Article | None:
        """The article of a seed file's name, hidden ones too: for the operator's commands."""
        ...

    async def hide(self, shelf: ShelfId, article: ArticleId, *, hidden: bool = True) -> bool:
        """Take an article down, or bring it back; True where that changed something. It survives refreshes."""
        ...

    async def delete(self, shelf: ShelfId, article: ArticleId) -> bool:
        """Delete an article, its aliases, changes and the stubs that only it named; a tombstone keeps its file out."""
        ...

    async def file_stamps(self, folder: str) -> Mapping[str, FileStamp]:
        """What is known of the seed files of a folder, by path relative to it."""
        ...

    async def find_file_stamp(self, folder: str, name: str) -> FileStamp | None:
        """What is known of one file of a folder; None where nothing is."""
        ...

    async def save_file_stamps(self, folder: str, marks: Mapping[str, FileStamp]) -> None:
        """Remember these files; others of the folder stay as they are."""
        ...

    async def save_problems(
        self, shelf: ShelfId, origin: str, problems: Sequence[SeedProblem], *, resolved: Iterable[str], at: datetime
    ) -> None:
        """Replace what is known of the problems of these paths and of `resolved` ones, which have none any more."""
        ...

    async def problems(self, shelf: ShelfId, *, limit: int = 200) -> tuple[SeedProblem, ...]:
        """Open problems of a shelf, by path."""
        ...

    async def save_import(self, record: ImportRecord) -> None:
        """Keep the record of an import."""
        ...

    async def imports(self, shelf: ShelfId, *, limit: int = 10) -> tuple[ImportRecord, ...]:
        """The newest imports of a shelf, newest first."""
        ...

    async def imports_since(self, shelf: ShelfId, since: datetime) -> int:
        """How many imports by members a shelf had since a moment."""
        ...

    async def shelf_size(self, shelf: ShelfId) -> ShelfSize:
        """How full a shelf is."""
        ...
