"""Ingest: seed files become the articles of a shelf, from the operator's folders or from a member's upload.

A folder is looked through as often as one likes: a file that looks as it did is not read, one that says what it said
changes nothing, one that is gone keeps its article. A bad file is a `SeedProblem` and never stops the others. Of two
files that name the same article, the one whose path comes first is read, the other is a problem.
"""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from pathlib import Path, PurePath
from typing import Final, TypeVar

from bot.clock import Clock
from bot.errors import TooManyError, UnknownArticleError
from bot.news.article import Article, ArticleId, Seed, SeedProblem, ShelfId
from bot.news.content import (
    CheckReport,
    ImportLimits,
    ImportRecord,
    ImportReport,
    Room,
    require_room,
    room_left,
    text_bytes,
)
from bot.news.links import clean_url
from bot.seedfile.folder import Look, NamedFile, SeedFile, find_seed_files, look_at_folder, unreadable
from bot.seedfile.paths import read_paths, read_upload
from bot.seedfile.readers import read_batches
from bot.seedfile.seed import ENDINGS, is_named_like_a_seed, named_twice, shown_path
from bot.store.port.article import ArticleStore, FileMark, PutReport

T = TypeVar("T")

BATCH: Final = 200
"""Files that are read at once, and articles with their stubs a transaction: so each of these stays under 200 ms
(`tests/bench/bench_ingest.py`), and a running bot needn't wait."""

LARGE: Final = 1_000
"""Articles put from which on the index is laid out anew for reading, which costs as much for a thousand as for one."""

MARKS: Final = 5_000
"""File marks a transaction."""

WHOLE: Final = ""
"""The name under which a folder has a mark of its own, among those of its files: its size is the number of them."""

MOST_PROBLEMS_KEPT: Final = 200
"""Of one import: as many as are shown at once. The import's own report has them all."""

Progress = Callable[[int, int], None]
"""Told after each batch how many files are done, of how many."""

_HOUR: Final = timedelta(hours=1)

Result = Seed | SeedProblem


async def ingest_folder(
    store: ArticleStore, folder: Path, shelf: ShelfId, *, clock: Clock, progress: Progress | None = None
) -> ImportReport:
    """Bring a shelf up to date with a folder of seed files and the folders in it.

    Returns:
        What was done; a folder that can't be read is one problem. A look that found no file changed leaves no record.
    """
    run = _Import(store, shelf, origin=str(folder), clock=clock)
    place = await asyncio.to_thread(_place_of, folder)
    try:
        # Taken before anything is read: a file that changes meanwhile makes the next look another one.
        whole = _mark_of_whole(await asyncio.to_thread(look_at_folder, folder))
        if await store.find_file_mark(place, WHOLE) == whole:
            run.unchanged = whole.size
            return run.report()
        files = await asyncio.to_thread(find_seed_files, folder)
    except OSError as error:
        run.problems.append(unreadable(str(folder), error))
        await store.save_file_marks(place, {WHOLE: FileMark(size=0, mtime_ns=0, content_hash="")})
        return await run.end(resolved=())
    known = await store.file_marks(place)
    twice, unread, named = await asyncio.to_thread(_sorted_out, files, folder, known)
    run.problems += (problem for _, problem in twice)
    run.unchanged = len(files) - len(twice) - len(unread)
    marks = {shown_path(file.name): _mark(file, problem) for file, problem in twice}
    batches = _batches(unread)
    async with aclosing(read_batches(named, shelf, size=BATCH)) as reading:
        async for results in reading:
            await run.put(results)
            marks |= {
                shown_path(file.name): _mark(file, result) for file, result in zip(next(batches), results, strict=True)
            }
            if progress is not None:
                progress(run.report().read, len(files))
    # A refused file is read again each time, so that its problem is told again: then no look is like the last one.
    marks[WHOLE] = replace(whole, content_hash="") if run.problems else whole
    # Last of all: what isn't marked is only read once more, while a write a batch would double the fsyncs.
    new = [(name, mark) for name, mark in marks.items() if known.get(name) != mark]
    for part in _batches(new, MARKS):
        await store.save_file_marks(place, dict(part))
    run.is_news = any(name != WHOLE for name, _ in new)
    refused_before = {shown_path(str(folder / name)) for name, mark in known.items() if not mark.content_hash}
    return await run.end(resolved={shown_path(str(folder)), *refused_before})


async def ingest_files(store: ArticleStore, paths: Sequence[Path], shelf: ShelfId, *, clock: Clock) -> ImportReport:
    """Put the seeds of some seed files, zips and folders on a shelf: all are read, whatever is known of them."""
    origin = str(paths[0]) if len(paths) == 1 else f"{len(paths)} files"
    run = _Import(store, shelf, origin=origin, clock=clock)
    results = read_paths(paths, shelf)
    while batch := await asyncio.to_thread(lambda: list(islice(results, BATCH))):
        await run.put(batch)
    run.is_news = True
    return await run.end(resolved={shown_path(str(path)) for path in paths})


def check_files(paths: Sequence[Path], shelf: ShelfId) -> CheckReport:
    """Read seed files, zips and folders and keep nothing: what an import of them would refuse, and why."""
    results = list(read_paths(paths, shelf))
    problems = tuple(result for result in results if isinstance(result, SeedProblem))
    return CheckReport(articles=len(results) - len(problems), problems=problems)


async def ingest_upload(
    store: ArticleStore,
    data: bytes,
    filename: str,
    shelf: ShelfId,
    *,
    by: int,
    clock: Clock,
    limits: ImportLimits,
    dry_run: bool = False,
) -> ImportReport:
    """Put what a member uploaded on their server's shelf: every good seed of it, or nothing where they don't fit.

    Args:
        store: Where it goes.
        data: A seed file or a zip of them, whole.
        filename: As the member named it; its ending says which of them it is.
        shelf: The server's.
        by: The member.
        clock: What the hour's imports are counted by.
        limits: What the shelf may hold, counted before anything is stored.
        dry_run: Only say what would be done; it isn't counted as an import.

    Returns:
        What was done, and what still fits.

    Raises:
        BadInputError: By its name it is neither a seed nor a zip.
        ArchiveError: The zip is refused as a whole.
        TooManyError: A limit is reached; it says what is left.
    """
    run = _Import(store, shelf, origin=shown_path(PurePath(filename).name), clock=clock, by=by)
    room = await room_of(store, shelf, limits, clock)
    if not room.imports:
        raise await _too_often(store, shelf, limits, clock)
    results = await asyncio.to_thread(read_upload, data, name=run.origin, shelf=shelf)
    seeds = [result for result in results if isinstance(result, Seed)]
    would = await store.compare_seeds(shelf, seeds)
    _require_room(room, seeds, would)
    if dry_run:
        run.count(would)
        run.problems.extend(result for result in results if isinstance(result, SeedProblem))
        return replace(run.report(), is_dry_run=True, left=room)
    for batch in _batches(results):
        await run.put(batch)
    run.is_news = True
    report = await run.end(resolved={f"{run.origin}/{seed.article.stem}{end}" for seed in seeds for end in ENDINGS})
    return replace(report, left=await room_of(store, shelf, limits, clock))


async def hide_article(store: ArticleStore, shelf: ShelfId, named: str, *, hidden: bool = True) -> Article:
    """Take an article of a shelf down, or show it again; it stays so through every refresh.

    Args:
        store: Where it is.
        shelf: Only its articles can be named.
        named: A seed file's name, an article's id or a URL of it; what is hidden doesn't answer to its URLs.
        hidden: False shows it again.

    Raises:
        UnknownArticleError: The shelf has no such article.
    """
    if not hidden:
        # Its id comes from a list of titles; what is hidden is found by nothing else but its file's name.
        await store.hide(shelf, ArticleId(named.strip().lower()), hidden=False)
    article = await _named(store, shelf, named)
    await store.hide(shelf, article.id, hidden=hidden)
    return replace(article, is_hidden=hidden)


async def delete_article(store: ArticleStore, shelf: ShelfId, named: str) -> Article:
    """Delete an article of a shelf for good: its file doesn't bring it back. See `hide_article`.

    Raises:
        UnknownArticleError: The shelf has no such article.
    """
    article = await _named(store, shelf, named)
    await store.delete(shelf, article.id)
    return article


async def _named(store: ArticleStore, shelf: ShelfId, named: str) -> Article:
    named = named.strip()
    stem = PurePath(named).stem if is_named_like_a_seed(named) else named
    article = await store.find_by_stem(shelf, stem) if stem else None
    article = article or await store.find_article((shelf,), ArticleId(named.lower()))
    url = clean_url(named)
    if article is None and url is not None:
        article = next(iter(await store.find_by_url((shelf,), url)), None)
    if article is None:
        raise UnknownArticleError(
            f"No article here answers to {shown_path(named[:80])!r}.", cure="Name it by its file, its id or its URL."
        )
    return article


async def room_of(store: ArticleStore, shelf: ShelfId, limits: ImportLimits, clock: Clock) -> Room:
    """What still fits on a server's shelf, and how many imports this hour still has."""
    imports = await store.imports_since(shelf, clock.now() - _HOUR)
    return room_left(limits, await store.shelf_size(shelf), imports=imports)


async def _too_often(store: ArticleStore, shelf: ShelfId, limits: ImportLimits, clock: Clock) -> TooManyError:
    records = await store.imports(shelf, limit=limits.imports_per_hour)
    oldest = min((record.at for record in records), default=clock.now())
    minutes = max(1, -(-(oldest + _HOUR - clock.now()) // timedelta(minutes=1)))
    reason = f"This server had its {limits.imports_per_hour} imports of this hour; none is left."
    return TooManyError(reason, cure=f"Try again in {minutes} min, best with one zip of all seeds.")


def _require_room(room: Room, seeds: Sequence[Seed], would: PutReport) -> None:
    """All of it fits, or none is stored. What changed articles took before isn't taken off: strict at the brim."""
    entering = {*would.added, *would.changed}
    texts = (
        text_bytes(article)
        for seed in seeds
        if seed.article.id in entering
        for article in (seed.article, *seed.coverage)
    )
    require_room(room, articles=len(would.added), size=sum(texts))


def _sorted_out(
    files: Sequence[SeedFile], folder: Path, known: Mapping[str, FileMark]
) -> tuple[list[tuple[SeedFile, SeedProblem]], list[SeedFile], list[NamedFile]]:
    """Files that are named like another one, and the files to be read: not those that look as they did."""
    firsts: dict[str, str] = {}
    twice: list[tuple[SeedFile, SeedProblem]] = []
    unread: list[SeedFile] = []
    for file in files:
        first = firsts.setdefault(PurePath(file.name).stem, file.name)
        if first != file.name:
            twice.append((file, named_twice(str(folder / file.name), str(folder / first))))
        elif not _is_as_it_was(file, known.get(shown_path(file.name))):
            unread.append(file)
    return twice, unread, [(file.path, str(folder / file.name)) for file in unread]


def _is_as_it_was(file: SeedFile, mark: FileMark | None) -> bool:
    """A refused file is read again each time, so that its problem is told again."""
    return (
        mark is not None
        and mark.content_hash != ""
        and (mark.size, mark.mtime_ns) == (file.size, file.mtime_ns)
        and file.size >= 0
    )


def _place_of(folder: Path) -> str:
    """By whatever way a folder is named, its marks are the same."""
    return shown_path(os.path.realpath(folder))


def _mark_of_whole(look: Look) -> FileMark:
    return FileMark(size=look.files, mtime_ns=0, content_hash=look.fingerprint)


def _mark(file: SeedFile, result: Result) -> FileMark:
    """What a file looked like before it was read: one that changes meanwhile is read again next time."""
    return FileMark(
        size=file.size,
        mtime_ns=file.mtime_ns,
        content_hash=result.content_hash if isinstance(result, Seed) else "",
    )


def _batches(things: Sequence[T], size: int = BATCH) -> Iterator[Sequence[T]]:
    return (things[start : start + size] for start in range(0, len(things), size))


def _transactions(seeds: Iterable[Seed]) -> Iterator[list[Seed]]:
    """The seeds in parts that hold up to `BATCH` articles and stubs, or one seed that names more."""
    part: list[Seed] = []
    size = 0
    for seed in seeds:
        size += 1 + len(seed.coverage)
        if part and size > BATCH:
            yield part
            part, size = [], 1 + len(seed.coverage)
        part.append(seed)
    if part:
        yield part


class _Import:
    """One import on its way, and what it has done so far."""

    def __init__(
        self, store: ArticleStore, shelf: ShelfId, *, origin: str, clock: Clock, by: int | None = None
    ) -> None:
        self.origin = origin
        self.unchanged = 0
        self.problems: list[SeedProblem] = []
        self.is_news = False
        self._store = store
        self._shelf = shelf
        self._clock = clock
        self._by = by
        self._is_first: bool | None = None
        self._added = self._changed = self._kept_out = 0

    async def put(self, results: Sequence[Result]) -> None:
        """Store a batch's seeds, and remember its problems."""
        if self._is_first is None:
            self._is_first = await self._is_first_import()
        self.problems.extend(result for result in results if isinstance(result, SeedProblem))
        seeds = [result for result in results if isinstance(result, Seed)]
        for part in _transactions(seeds):
            # A moment of its own: what is stored after an edition was planned must not seem older than the edition.
            now = self._clock.now()
            self.count(await self._store.put_seeds(self._shelf, part, seen_at=now, is_first_import=self._is_first))

    async def _is_first_import(self) -> bool:
        """The record is written last: a first import that was cut off is still the first when it is done again."""
        if await self._store.is_empty_shelf(self._shelf):
            return True
        return not await self._store.imports(self._shelf, limit=1)

    def count(self, done: PutReport) -> None:
        """Add what a batch did."""
        self._added += len(done.added)
        self._changed += len(done.changed)
        self.unchanged += len(done.unchanged)
        self._kept_out += len(done.kept_out)

    async def end(self, *, resolved: Collection[str]) -> ImportReport:
        """Keep the problems and, where there was news, the record of the import."""
        refused = {problem.path for problem in self.problems}
        better = [path for path in resolved if path not in refused]
        kept = self.problems[:MOST_PROBLEMS_KEPT]
        await self._store.save_problems(self._shelf, self.origin, kept, resolved=better, at=self._clock.now())
        if not self.is_news:
            return self.report()
        record = self._record()
        await self._store.save_import(record)
        if self._added + self._changed >= LARGE:
            await self._store.settle()
        return self.report(batch=record.id)

    def report(self, *, batch: str = "") -> ImportReport:
        """What was done so far."""
        return ImportReport(
            origin=self.origin,
            batch=batch,
            added=self._added,
            changed=self._changed,
            unchanged=self.unchanged,
            kept_out=self._kept_out,
            refused=len(self.problems),
            problems=tuple(sorted(self.problems, key=lambda problem: problem.path)),
        )

    def _record(self) -> ImportRecord:
        return ImportRecord(
            id=secrets.token_hex(8),
            shelf=self._shelf,
            at=self._clock.now(),
            by=self._by,
            origin=self.origin,
            added=self._added,
            changed=self._changed,
            unchanged=self.unchanged,
            rejected=len(self.problems),
        )
