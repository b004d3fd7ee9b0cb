"""Synchronise a shelf with a folder of seed files, as often as you like.

Files with an unchanged size and time are not read, files with unchanged content change nothing, and the article of a
deleted file is kept.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeVar

from bot.clock import Clock
from bot.news.article import OtherFile, ReadFile, RefusedSeed, Seed, ShelfId, normal_name
from bot.news.content import ImportReport
from bot.seedfile.folder import FolderListing, NamedFile, SeedFile, list_folder, names_in, unreadable
from bot.seedfile.processes.readers import read_batches
from bot.seedfile.seed import copy_of, nothing_found, shown_path
from bot.store.port.article import ArticleStore, FileStamp
from bot.threads import compute
from bot.usecases.ingest.run import BATCH, Import, batches
from bot.usecases.ingest.source import Source

T = TypeVar("T")

STAMPS: Final = 5_000
"""File stamps per transaction."""

WHOLE: Final = ""
"""The name of the stamp for the folder as a whole, among those of its files: its size is the number of files, its time
the number of those that are not seeds."""

OTHER: Final = "-"
"""The content hash of a file that is not a seed."""

Progress = Callable[[int, int], None]
"""Called before the first batch and after each one with the number of files processed and the total."""


async def ingest_folder(
    store: ArticleStore,
    folder: Path,
    shelf: ShelfId,
    *,
    clock: Clock,
    progress: Progress | None = None,
    full: bool = False,
) -> ImportReport:
    """Bring a shelf up to date with a folder of seed files and its subfolders.

    Args:
        store: The store of articles.
        folder: The folder.
        shelf: The shelf that its articles go to.
        clock: Says when an article was first seen.
        progress: Is called with the number of files processed.
        full: Read all files, also those whose size and time are unchanged.

    Returns:
        The report of the import; an unreadable folder is one problem. If no file has changed, no record is kept.
    """
    run = Import(store, shelf, origin=str(folder), clock=clock)
    source = await compute(_source_of, folder)
    stamped = shown_path(source.real)
    try:
        # Listed before anything is read: a file that changes meanwhile changes the next listing.
        listing = await compute(list_folder, folder)
        whole = _stamp_of_whole(listing)
        stored = await store.find_file_stamp(stamped, WHOLE)
        if not full and stored is not None and replace(stored, mtime_ns=0) == whole:
            run.findings.others = stored.mtime_ns
            run.unchanged = whole.size - run.findings.others
            return await run.end_unchanged()
    except OSError as error:
        run.findings.add(unreadable(str(folder), error))
        await store.save_file_stamps(stamped, {WHOLE: FileStamp(size=0, mtime_ns=0, content_hash="")})
        return await run.end(was_read=lambda path: path == shown_path(str(folder)))
    files = await compute(listing.seed_files)
    known = await store.file_stamps(stamped)
    selected = await compute(_select, files, source.shown, {} if full else known)
    for _, duplicate in selected.duplicates:
        run.findings.add(duplicate)
    run.findings.others = selected.others
    run.unchanged = len(selected.unchanged) - selected.others
    stamps = {shown_path(file.name): _stamp(file, duplicate) for file, duplicate in selected.duplicates}
    progress = progress or _say_nothing
    progress(len(selected.unchanged), len(files))
    parts = batches(selected.unread)
    async with aclosing(_one_ahead(read_batches(selected.named, shelf, now=clock.now(), size=BATCH))) as reading:
        async for results in reading:
            stamps |= {
                shown_path(file.name): _stamp(file, result) for file, result in zip(next(parts), results, strict=True)
            }
            if await run.put(results, source):
                progress(run.done, len(files))
    if await run.put_rest():
        progress(run.done, len(files))
    if run.findings.others == len(files):
        run.findings.add(nothing_found(str(folder), await compute(names_in, folder)))
    copies = {path.removeprefix(shown_path(source.shown)) for path in run.copies}
    run.unchanged -= len(copies - stamps.keys())  # taken for unchanged, but now another file is taken
    stamps |= {name: replace(stamps[name], content_hash="") for name in copies & stamps.keys()}
    # Rejected files and copies are read again each time: a problem is reported again, and a copy is taken once the file
    # that is taken now is gone. So the folder never counts as unchanged.
    is_settled = not run.findings.refused and not copies
    stamps[WHOLE] = replace(whole, mtime_ns=run.findings.others, content_hash=whole.content_hash if is_settled else "")
    gone = sorted(known.keys() - {WHOLE} - {shown_path(file.name) for file in files})
    if gone:  # if one comes back, it is read again: meanwhile its article may have moved to another file
        await store.drop_file_stamps(stamped, gone)
    # Written last: an unstamped file is merely read once more, while a write per batch would double the fsyncs.
    new = [(name, stamp) for name, stamp in stamps.items() if known.get(name) != stamp]
    for part in batches(new, STAMPS):
        await store.save_file_stamps(stamped, dict(part))
    run.is_news = any(name != WHOLE for name, _ in new)
    return await run.end(was_read=lambda path: path not in selected.unchanged)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Selection:
    """What to do with each file of a folder.

    Attributes:
        duplicates: Files whose name an earlier file has in NFC or NFD.
        unread: Files to read.
        named: The same files, as readers take them.
        unchanged: Paths of files that needn't be read, as in findings.
        others: How many of these are not seeds.
    """

    duplicates: list[tuple[SeedFile, RefusedSeed]]
    unread: list[SeedFile]
    named: list[NamedFile]
    unchanged: set[str]
    others: int


def _select(files: Sequence[SeedFile], before: str, known: Mapping[str, FileStamp]) -> _Selection:
    """Select the files to read, without unchanged ones, and report names that an earlier file has in NFC or NFD."""
    firsts: dict[str, str] = {}
    duplicates: list[tuple[SeedFile, RefusedSeed]] = []
    unread: list[SeedFile] = []
    unchanged: set[str] = set()
    others = 0
    for file in files:
        stamp = known.get(shown_path(file.name))
        if _is_unchanged(file, stamp) and stamp is not None and stamp.content_hash == OTHER:
            unchanged.add(shown_path(before + file.name))
            others += 1
            continue
        first = file.name if file.name.isascii() else firsts.setdefault(normal_name(file.name), file.name)
        if first != file.name:
            duplicates.append((file, copy_of(before + file.name, before + first)))
        elif _is_unchanged(file, stamp):
            unchanged.add(shown_path(before + file.name))
        else:
            unread.append(file)
    named = [(file.path, before + file.name) for file in unread]
    return _Selection(duplicates=duplicates, unread=unread, named=named, unchanged=unchanged, others=others)


def _say_nothing(_done: int, _total: int) -> None:
    """Take the place of a missing `Progress`."""


def _is_unchanged(file: SeedFile, stamp: FileStamp | None) -> bool:
    """Return False for a rejected file as well: it is read again each time to report its problem again."""
    return (
        stamp is not None
        and stamp.content_hash != ""
        and (stamp.size, stamp.mtime_ns) == (file.size, file.mtime_ns)
        and file.size >= 0
    )


def _source_of(folder: Path) -> Source:
    """Resolve the folder's path, so that its stamps and places don't depend on how it is written."""
    return Source(shown=str(folder / "_").removesuffix("_"), real=os.path.realpath(folder), is_folder=True)


def _stamp_of_whole(listing: FolderListing) -> FileStamp:
    return FileStamp(size=listing.files, mtime_ns=0, content_hash=listing.fingerprint)


def _stamp(file: SeedFile, result: ReadFile) -> FileStamp:
    """Record size and time from before the file was read: if it changes meanwhile, it is read again next time."""
    content_hash = result.content_hash if isinstance(result, Seed) else OTHER if isinstance(result, OtherFile) else ""
    return FileStamp(size=file.size, mtime_ns=file.mtime_ns, content_hash=content_hash)


async def _one_ahead(things: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
    """Prefetch one item: the next is already being fetched while the caller works on the current one."""
    async with aclosing(things):
        upcoming = asyncio.ensure_future(anext(things, None))
        try:
            while (thing := await upcoming) is not None:
                upcoming = asyncio.ensure_future(anext(things, None))
                yield thing
        finally:
            upcoming.cancel()
            await asyncio.wait([upcoming])
