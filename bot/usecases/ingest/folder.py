"""A folder of seed files is looked through as often as one likes.

A file that looks as it did is not read, one that says what it said changes nothing, one that is gone keeps its article.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeVar

from bot.clock import Clock
from bot.news.article import Seed, SeedProblem, ShelfId
from bot.news.content import ImportReport
from bot.seedfile.folder import Look, NamedFile, SeedFile, look_at_folder, unreadable
from bot.seedfile.readers import read_batches
from bot.seedfile.seed import named_twice, shown_path, stem_of
from bot.store.port.article import ArticleStore, FileStamp
from bot.usecases.ingest.run import BATCH, Import, Result, batches

T = TypeVar("T")

MARKS: Final = 5_000
"""File marks a transaction."""

WHOLE: Final = ""
"""The name under which a folder has a mark of its own, among those of its files: its size is the number of them."""

Progress = Callable[[int, int], None]
"""Told after each batch how many files are done, of how many."""


async def ingest_folder(
    store: ArticleStore, folder: Path, shelf: ShelfId, *, clock: Clock, progress: Progress | None = None
) -> ImportReport:
    """Bring a shelf up to date with a folder of seed files and the folders in it.

    Returns:
        What was done; a folder that can't be read is one problem. A look that found no file changed leaves no record.
    """
    run = Import(store, shelf, origin=str(folder), clock=clock)
    place = await asyncio.to_thread(_place_of, folder)
    try:
        # Taken before anything is read: a file that changes meanwhile makes the next look another one.
        look = await asyncio.to_thread(look_at_folder, folder)
        whole = _mark_of_whole(look)
        if await store.find_file_stamp(place, WHOLE) == whole:
            run.unchanged = whole.size
            return run.report()
    except OSError as error:
        run.problems.append(unreadable(str(folder), error))
        await store.save_file_stamps(place, {WHOLE: FileStamp(size=0, mtime_ns=0, content_hash="")})
        return await run.end(resolved=())
    files = await asyncio.to_thread(look.seed_files)
    known = await store.file_stamps(place)
    twice, unread, named = await asyncio.to_thread(_sorted_out, files, folder, known)
    run.problems += (problem for _, problem in twice)
    run.unchanged = len(files) - len(twice) - len(unread)
    marks = {shown_path(file.name): _mark(file, problem) for file, problem in twice}
    parts = batches(unread)
    async with aclosing(_one_ahead(read_batches(named, shelf, size=BATCH))) as reading:
        async for results in reading:
            marks |= {
                shown_path(file.name): _mark(file, result) for file, result in zip(next(parts), results, strict=True)
            }
            if await run.put(results) and progress is not None:
                progress(run.done, len(files))
    if await run.put_rest() and progress is not None:
        progress(run.done, len(files))
    # A refused file is read again each time, so that its problem is told again: then no look is like the last one.
    marks[WHOLE] = replace(whole, content_hash="") if run.problems else whole
    # Last of all: what isn't marked is only read once more, while a write a batch would double the fsyncs.
    new = [(name, mark) for name, mark in marks.items() if known.get(name) != mark]
    for part in batches(new, MARKS):
        await store.save_file_stamps(place, dict(part))
    run.is_news = any(name != WHOLE for name, _ in new)
    refused_before = {shown_path(str(folder / name)) for name, mark in known.items() if not mark.content_hash}
    return await run.end(resolved={shown_path(str(folder)), *refused_before})


def _sorted_out(
    files: Sequence[SeedFile], folder: Path, known: Mapping[str, FileStamp]
) -> tuple[list[tuple[SeedFile, SeedProblem]], list[SeedFile], list[NamedFile]]:
    """Files that are named like another one, and the files to be read: not those that look as they did."""
    firsts: dict[str, str] = {}
    twice: list[tuple[SeedFile, SeedProblem]] = []
    unread: list[SeedFile] = []
    before = str(folder / "_").removesuffix("_")
    for file in files:
        first = firsts.setdefault(stem_of(file.name), file.name)
        if first != file.name:
            twice.append((file, named_twice(before + file.name, before + first)))
        elif not _is_as_it_was(file, known.get(shown_path(file.name))):
            unread.append(file)
    return twice, unread, [(file.path, before + file.name) for file in unread]


def _is_as_it_was(file: SeedFile, mark: FileStamp | None) -> bool:
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


def _mark_of_whole(look: Look) -> FileStamp:
    return FileStamp(size=look.files, mtime_ns=0, content_hash=look.fingerprint)


def _mark(file: SeedFile, result: Result) -> FileStamp:
    """What a file looked like before it was read: one that changes meanwhile is read again next time."""
    return FileStamp(
        size=file.size,
        mtime_ns=file.mtime_ns,
        content_hash=result.content_hash if isinstance(result, Seed) else "",
    )


async def _one_ahead(things: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
    """The same things; the next one is already being got while something is done with one."""
    async with aclosing(things):
        upcoming = asyncio.ensure_future(anext(things, None))
        try:
            while (thing := await upcoming) is not None:
                upcoming = asyncio.ensure_future(anext(things, None))
                yield thing
        finally:
            upcoming.cancel()
            await asyncio.wait([upcoming])
