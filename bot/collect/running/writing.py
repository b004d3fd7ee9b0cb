"""Write the files of judged articles: planned, written, noted, so that a crash between any two of these is harmless."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from bot.clock import Clock
from bot.collect.judgement.judge import Judged
from bot.collect.records.edits import UnreadableFileError, edited, values_in
from bot.collect.records.files import SeedFolder, file_name, identity_of
from bot.collect.records.record import Record, record_of
from bot.collect.records.yaml_text import seed_text
from bot.collect.running.report import PassReport
from bot.collect.state.memory import Memory
from bot.collect.state.values import Entry, Fields
from bot.news.article import INSTANCE_SHELF, RefusedSeed, Seed
from bot.news.stories.story import STORY_SPAN_DAYS
from bot.seedfile.seed import read_seed

AT_ONCE: Final = 100
"""Files that are planned, written and noted together."""

FOLLOWED: Final = timedelta(days=STORY_SPAN_DAYS)
"""An older article's file no longer follows its story: nobody reads it again, and people may have reviewed it."""

REMOVED: Final = "its file was removed by hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What is to become of one entry's file; `text` is None if the file stays as it is."""

    entry: Entry
    text: str | None
    wanted: Fields
    is_new: bool = False


@dataclass(slots=True, kw_only=True)
class Writer:
    """Writes the files of one pass."""

    memory: Memory
    folder: SeedFolder
    clock: Clock
    report: PassReport
    _names: dict[str, str] | None = field(default=None, init=False)

    async def write(self, judged: Iterable[Judged]) -> None:
        """Write what has changed; other work gets its turn between batches."""
        plans: list[_Plan] = []
        for each in judged:
            plan = self._plan(each)
            if plan is not None:
                plans.append(plan)
            if len(plans) >= AT_ONCE:
                self._carry_out(plans)
                plans = []
                await asyncio.sleep(0)
        self._carry_out(plans)
        if self.report.added or self.report.changed:
            self.folder.sync()

    def _plan(self, judged: Judged) -> _Plan | None:
        """Decide what an entry's file is to say; None if it says that already."""
        entry = judged.entry
        if not entry.is_dirty and entry.published_at < self.clock.now() - FOLLOWED:
            return None
        record = record_of(judged.report, judged.judgement)
        new_text = seed_text(record)
        wanted = values_in(new_text)
        if entry.written == wanted and not entry.is_dirty:
            return None
        name = entry.file or self._known_name(entry) or self._new_name(entry)
        try:
            now = self.folder.read(name)
        except (OSError, UnicodeDecodeError):
            return self._left_alone(entry, name, "can't be read, so it was left as it is")
        entry = replace(entry, file=name)
        if now is None:
            return self._new_plan(entry, new_text, wanted)
        return self._edit_plan(entry, now, record, wanted)

    def _new_plan(self, entry: Entry, text: str, wanted: Fields) -> _Plan:
        if entry.written is not None:
            return _Plan(entry=replace(entry, verdict=REMOVED), text=None, wanted=entry.written)
        trouble = _trouble(text, entry.file, self.clock)
        if trouble:
            return _Plan(entry=replace(entry, verdict=f"not a valid seed: {trouble}"), text=None, wanted={})
        return _Plan(entry=entry, text=text, wanted=wanted, is_new=True)

    def _edit_plan(self, entry: Entry, now: str, record: Record, wanted: Fields) -> _Plan:
        try:
            change = edited(now, record, written=entry.written, planned=entry.planned)
        except UnreadableFileError:
            return self._left_alone(entry, entry.file, "isn't a seed any more, so it was left as it is")
        theirs = dict.fromkeys(change.kept)
        old = entry.written if entry.written is not None else wanted
        noted = {name: value for name, value in wanted.items() if name not in theirs}
        noted |= {name: old[name] for name in theirs if name in old}
        return _Plan(entry=entry, text=change.text if change.text != now else None, wanted=noted)

    def _left_alone(self, entry: Entry, name: str, why: str) -> _Plan:
        self.report.troubles.append(f"{name} {why}.")
        return _Plan(entry=replace(entry, file=name), text=None, wanted=entry.written or {})

    def _carry_out(self, plans: list[_Plan]) -> None:
        """Write planned files: the memory knows both versions until the new one is there."""
        texts = {plan.entry.file: plan.text for plan in plans if plan.text is not None}
        if texts:
            with self.memory.transaction():
                for plan in plans:
                    if plan.text is not None:
                        self.memory.change_entry(replace(plan.entry, planned=plan.wanted))
        failed = self.folder.write_all(texts)
        self._report(plans, failed)
        with self.memory.transaction():
            for plan in plans:
                if plan.entry.file not in failed or plan.text is None:
                    written = None if plan.entry.verdict and not plan.entry.written else plan.wanted
                    self.memory.change_entry(replace(plan.entry, written=written, planned=None, is_dirty=False))

    def _report(self, plans: list[_Plan], failed: Mapping[str, OSError]) -> None:
        for plan in plans:
            name = plan.entry.file
            if plan.text is not None and name not in failed:
                (self.report.added if plan.is_new else self.report.changed).append(name)
        for name, error in failed.items():
            self.report.failed.setdefault(str(error.strerror), []).append(name)

    def _known_name(self, entry: Entry) -> str:
        """Find the file of an item that the memory has no file of: it may have been written before it was lost."""
        if self._names is None:
            self._names = self.folder.names_by_identity()
        return self._names.get(_identity(entry), "")

    def _new_name(self, entry: Entry) -> str:
        return file_name(entry.item.title, entry.published_at, _identity(entry))


def _identity(entry: Entry) -> str:
    return identity_of(entry.feed, entry.item.guid, entry.page)


def _trouble(text: str, name: str, clock: Clock) -> str:
    """Read a file as the bot will; returns the first problem or note, empty for none."""
    read = read_seed(text.encode(), path=name, shelf=INSTANCE_SHELF, now=clock.now())
    found: Iterator[str] = iter(())
    if isinstance(read, RefusedSeed):
        found = (problem.said for problem in read.problems)
    elif isinstance(read, Seed):
        found = (note.said for note in read.notes)
    return next(found, "")
