"""Articles and imports: what ingest, rollback, hide and delete need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from types import MappingProxyType
from typing import Final, Protocol

from bot.news.article import Article, ArticleId, Finding, Seed, SeedNote, SeedProblem, ShelfId
from bot.news.content import ImportRecord, ShelfOverview, ShelfSize
from bot.news.servers.batch import Rollback
from bot.news.servers.log import Deed, Done

__all__ = ["ArticleStore", "BatchStore", "Copy", "FileStamp", "ImportRecord", "PutReport", "Rival", "ShelfSize"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStamp:
    """Size, modification time and content hash of a seed file when it was last read."""

    size: int
    mtime_ns: int
    content_hash: str
    """Hex; empty if the file was rejected, `-` if it is not a seed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A file that has the name and link of another file, which is taken in its place.

    Attributes:
        path: Its path (`Place.path`).
        of: The path of the file that is taken.
        is_equal: Both have the same content.
    """

    path: str
    of: str
    is_equal: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """An article that has a link of a seed from another place; `key` is its own place's, `path` its file's."""

    key: str
    path: str
    article: Article


class Fate(Enum):
    """What became of an article's file since it was imported, if it isn't as it was."""

    GONE = auto()
    """It is gone, or it is another article: a file with the article's link is the article."""
    RELINKED = auto()
    """It has other links: a file with the former link is an article of its own."""


NO_FATES: Final[Mapping[str, Fate]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class PutReport:
    """Result of a batch.

    Attributes:
        added, changed, unchanged: Ids of the seeds' articles.
        kept_out: Ids of seeds that a tombstone blocks.
        copies: Files that are not taken because another one is.
        paths: The ids of added and changed articles by the paths of their seeds (`Seed.path`).
        text_bytes: Of the added and changed seeds' text, that of their stubs included.
    """

    added: tuple[ArticleId, ...] = ()
    changed: tuple[ArticleId, ...] = ()
    unchanged: tuple[ArticleId, ...] = ()
    kept_out: tuple[ArticleId, ...] = ()
    copies: tuple[Copy, ...] = ()
    text_bytes: int = field(default=0, compare=False)
    paths: Mapping[str, ArticleId] = field(default_factory=dict, compare=False)


class ArticleStore(Protocol):
    """Articles with their URLs, stubs, topics, providers, explicit coverage, changes and text index.

    Each call is one transaction.
    """

    async def put_seeds(
        self,
        shelf: ShelfId,
        seeds: Sequence[Seed],
        *,
        seen_at: datetime,
        is_first_import: bool = False,
        fates: Mapping[str, Fate] = NO_FATES,
    ) -> PutReport:
        """Insert or update a batch of seeds in one transaction and one thread hop.

        Which article a seed is follows from its place, links and title (`bot.news.identity`); `fates` says, by the key
        of their place, what became of the files of `rivals`. An article keeps its id, and its former names go on
        answering. Seeds without a place are known by their stem.

        A seed whose content hash equals the stored one changes nothing, so putting the same seeds twice changes
        nothing. Every change of quality, heat, listed or `published_at` becomes one change row with `seen_at`; with
        `is_first_import`, both the row's `seen_at` and the article's `first_seen_at` are its own `published_at`.

        Stubs that a seed names are stored on its shelf. A seed with one of a stub's URLs turns it into the full
        article, and the stub's id keeps working. A stub whose URL a full article of the same shelf has is that article;
        the instance's article hides a server's stub of the same URL. If several articles have one URL, looking it up
        finds the newest. Coverage that a changed seed no longer names is dropped, with stubs that no seed names.
        """
        ...

    def as_one(self, shelf: ShelfId, *, most_bytes: int) -> AbstractAsyncContextManager[ArticleStore]:
        """Keep all that is done with the store that is yielded, to this shelf alone, or nothing if the block raises.

        Nobody else sees it before the block ends; other writes to the shelf wait, and are refused if that takes long.

        Args:
            shelf: A server's.
            most_bytes: What the shelf's file may take.

        Raises:
            StoreFullError: it would take more.
        """
        ...

    async def mark_as_seen(self, shelf: ShelfId, *, was: datetime, at: datetime) -> None:
        """Let all articles and changes that were put as seen at `was` count as seen at `at`.

        What is put within `as_one` can be seen only once that ends: an edition planned meanwhile must not be newer.
        """
        ...

    async def optimize(self, shelf: ShelfId) -> None:
        """Merge the segments of a shelf's text indexes after a large import; reads return the same."""
        ...

    async def rivals(self, shelf: ShelfId, seeds: Sequence[Seed]) -> tuple[Rival, ...]:
        """Find articles elsewhere that share a link with seeds whose own places don't say which articles they are."""
        ...

    async def compare_seeds(
        self, shelf: ShelfId, seeds: Sequence[Seed], *, fates: Mapping[str, Fate] = NO_FATES
    ) -> PutReport:
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
        """Find the newest article whose seed file has or had this stem, even if it is hidden."""
        ...

    async def find_named(self, shelf: ShelfId, stem: str) -> tuple[tuple[Article, str], ...]:
        """Find all articles whose seed file has this stem, or, if there are none, had it: each with its file's path.

        Hidden ones too, newest first. The path is empty if it isn't known.
        """
        ...

    async def find_hidden(self, shelf: ShelfId) -> tuple[Article, ...]:
        """Read the hidden articles of a shelf, newest first."""
        ...

    async def hide(
        self, shelf: ShelfId, article: ArticleId, *, hidden: bool = True, deed_id: int | None = None, reason: str = ""
    ) -> bool:
        """Hide or unhide an article; True if that changed something. Later imports don't undo it.

        Args:
            shelf: The article's.
            article: Its id.
            hidden: False to show it again.
            deed_id: The interaction of the member who does it: what it changes is recorded (`find_done`).
            reason: Why, for that record.
        """
        ...

    async def save_done(self, shelf: ShelfId, done: Done) -> None:
        """Record what a member did to a shelf's articles, in the transaction that does it (`as_one`)."""
        ...

    async def find_done(self, shelf: ShelfId, deed_id: int) -> Done | None:
        """Find what was recorded of an interaction; None if it did nothing, or long ago."""
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

    async def drop_file_stamps(self, folder: str, names: Sequence[str]) -> None:
        """Delete the stamps of files that are gone."""
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
        """Save the record of an import, and drop what is left over: names without articles, a server's old records.

        Of each of a server's articles the first change is kept and the latest ones.
        """
        ...

    async def imports(self, shelf: ShelfId, *, limit: int = 10) -> tuple[ImportRecord, ...]:
        """Read the latest imports of a shelf, newest first."""
        ...

    async def begin_import(self, shelf: ShelfId, *, at: datetime, since: datetime, limit: int) -> bool:
        """Count one more import by a member, unless `limit` of them began after `since`; return whether it was counted.

        One transaction: however many begin at once, no more than `limit` are counted.
        """
        ...

    async def imports_begun(self, shelf: ShelfId, *, since: datetime, until: datetime) -> tuple[datetime, ...]:
        """Read when the imports that were counted after `since` and up to `until` began, oldest first."""
        ...

    def is_unreadable(self, shelf: ShelfId) -> bool:
        """Return True if a server's articles can't be read, as far as is known; its readers see the instance's."""
        ...

    async def overview(self, shelf: ShelfId, now: datetime) -> ShelfOverview:
        """Count the articles of a shelf by week, topic and provider; without what the log knows."""
        ...

    async def shelf_size(self, shelf: ShelfId) -> ShelfSize:
        """Measure a shelf: its articles, the bytes of their text, and what its file uses on disk."""
        ...


class BatchStore(Protocol):
    """What imports of a server replaced.

    The latest ten can be rolled back, as long as what they replaced takes no more than an eighth of the server's room.
    """

    async def find_batch(self, shelf: ShelfId, batch: str) -> ImportRecord | None:
        """Find an import of a server by its id."""
        ...

    async def plan_rollback(self, shelf: ShelfId, batch: str) -> Rollback:
        """Compute what rolling a batch back would do, without doing it.

        Raises:
            BadInputError: the server has no such batch, or it can't be rolled back (`require_open`).
        """
        ...

    async def roll_back(self, shelf: ShelfId, batch: str, *, key: str, at: datetime, deed: Deed | None) -> Rollback:
        """Put back what a batch replaced, in one transaction, and record that it was done.

        Articles that it added are removed, those that it changed become what they were: content, links, coverage,
        changes, and findings on files. What was hidden or deleted since stays so; an added article that was hidden
        since is kept, hidden. No edition is stored meanwhile that has an article of it.

        Args:
            shelf: The server's.
            batch: The import's id.
            key: Of the rollback that was shown; if it would do something else by now, nothing is done.
            at: The current moment.
            deed: The member's; None if no member does it.

        Returns:
            What was done; its key is another one than was given if nothing was.

        Raises:
            BadInputError: as `plan_rollback`, or a later batch is in the way (`require_latest`).
        """
        ...
