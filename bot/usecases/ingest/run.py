"""Run one import: buffer seeds until they fill a transaction, count the changes and record them."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Final, TypeVar

from bot.clock import Clock
from bot.news.article import Finding, ReadFile, Seed, SeedNote, ShelfId
from bot.news.content import ImportRecord, ImportReport
from bot.seedfile.seed import copy_of
from bot.store.port.article import NO_FATES, ArticleStore, Copy, Fate, PutReport
from bot.threads import compute
from bot.usecases.ingest.findings import Findings
from bot.usecases.ingest.source import Source, fates_of

T = TypeVar("T")

BATCH: Final = 200
"""Files per batch of reading, and articles with their stubs in the first transaction."""

FEWEST, MOST = 50, 1_000
"""Articles with their stubs in a later transaction, depending on how long the earlier ones took."""

LONG: Final = 1_000
"""Characters of text that take as long as an article: most articles have 300, some 60,000."""

TRANSACTION_S: Final = 0.1
"""The target duration of a transaction: short enough that a running bot never waits for 200 ms
(`tests/bench/bench_ingest.py`), long enough that many articles share its fixed cost."""

LARGE: Final = 1_000
"""The least number of stored articles after which the index is optimised, at the same cost for one or a thousand."""

MOST_PROBLEMS_KEPT: Final = 200
"""Problems, and as many notes, stored per import: as many as are shown at once. The report has them all."""


def batches(things: Sequence[T], size: int = BATCH) -> Iterator[Sequence[T]]:
    """Split into batches of this size; the last one may be smaller."""
    return (things[start : start + size] for start in range(0, len(things), size))


def _size(seed: Seed) -> int:
    """Weigh a seed for a transaction: 1 for each article and stub, more for long texts."""
    return sum(1 + (len(each.title) + len(each.excerpt)) // LONG for each in (seed.article, *seed.coverage))


class Pace:
    """The adaptive size of transactions, learned from the duration of earlier ones."""

    def __init__(self) -> None:
        self.size = BATCH

    def learn(self, size: int, took_s: float) -> None:
        """Adjust the size after a transaction; it at most doubles, because one sample says little."""
        at_most = 2 * self.size if took_s <= 0 else int(size * TRANSACTION_S / took_s)
        self.size = max(FEWEST, min(MOST, 2 * self.size, at_most))


class Import:
    """A running import and its counts so far.

    Attributes:
        unchanged: Files that were unchanged.
        findings: Problems and notes, in the order of reading.
        is_news: False if nothing has changed: then the import leaves no record.
        copies: Paths of files that are not taken because another one has their name and link, as the person named them.
        sources: What was read.
    """

    def __init__(
        self,
        store: ArticleStore,
        shelf: ShelfId,
        *,
        origin: str,
        clock: Clock,
        seen_at: datetime | None = None,
        deed_id: int | None = None,
    ) -> None:
        """See the class.

        Args:
            store: What it writes to.
            shelf: Where the seeds go.
            origin: What is imported, as the person named it.
            clock: When something was seen.
            seen_at: For an import that is one transaction (`ArticleStore.as_one`): when it began. The caller calls
                `mark_as_seen_now` at its end and optimises the index afterwards.
            deed_id: The interaction of the member who imports; None for the operator.
        """
        self._seen_at = seen_at
        self._deed_id = deed_id
        self.origin = origin
        self.unchanged = 0
        self.findings = Findings()
        self.is_news = False
        self.copies: set[str] = set()
        self.sources: list[Source] = []
        self._store = store
        self._shelf = shelf
        self._clock = clock
        self._is_first: bool | None = None
        self._waiting: deque[tuple[Seed, int]] = deque()
        self._waiting_size = 0
        self._pace = Pace()
        self._read: dict[str, Seed | None] = {}
        self._added = self._changed = self._kept_out = 0

    async def put(self, results: Sequence[ReadFile | SeedNote], source: Source) -> bool:
        """Collect findings and buffer seeds; store full transactions and return True if there were any."""
        for result in results:
            self.findings.add(result)
        if source not in self.sources:
            self.sources.append(source)
        coming = [(source.placed(result), _size(result)) for result in results if isinstance(result, Seed)]
        self._waiting += coming
        self._waiting_size += sum(size for _, size in coming)
        is_stored = False
        while self._waiting_size >= self._pace.size:
            await self._put_part()
            is_stored = True
        return is_stored

    async def put_rest(self) -> bool:
        """Store the buffered seeds; return True if there were any."""
        is_stored = bool(self._waiting)
        while self._waiting:
            await self._put_part()
        return is_stored

    async def _put_part(self) -> None:
        """Store one transaction of buffered seeds, at least one seed."""
        part: list[Seed] = []
        size = 0
        while self._waiting and (not part or size + self._waiting[0][1] <= self._pace.size):
            seed, its_size = self._waiting.popleft()
            part.append(seed)
            size += its_size
        self._waiting_size -= size
        if self._is_first is None:
            self._is_first = await self._is_first_import()
        began_at = self._clock.uptime()
        # Read the clock for each transaction: articles stored after an edition was planned must not predate it.
        now = self._seen_at or self._clock.now()
        fates = await self.fates_for(part)
        self.count(
            await self._store.put_seeds(self._shelf, part, seen_at=now, is_first_import=self._is_first, fates=fates)
        )
        self._read.update((seed.place.key, None) for seed in part if seed.place is not None)
        self._pace.learn(size, self._clock.uptime() - began_at)

    async def mark_as_seen_now(self) -> None:
        """Let what was put within one transaction count as seen now that it ends."""
        if self._seen_at is not None:
            await self._store.mark_as_seen(self._shelf, was=self._seen_at, at=self._clock.now())

    def expect(self, seeds: Sequence[Seed]) -> None:
        """Note all seeds, with their places, of a source that isn't on disk: only this import knows what is in it."""
        self._read.update((seed.place.key, seed) for seed in seeds if seed.place is not None)

    async def fates_for(self, seeds: Sequence[Seed]) -> Mapping[str, Fate]:
        """Find out what became of the files of the articles that these seeds may be."""
        rivals = await self._store.rivals(self._shelf, seeds)
        if not rivals:
            return NO_FATES
        return await compute(fates_of, rivals, read=self._read, now=self._clock.now())

    async def _is_first_import(self) -> bool:
        """Return True until an import is recorded: an interrupted first import counts as the first when repeated."""
        if await self._store.is_empty_shelf(self._shelf):
            return True
        return not await self._store.imports(self._shelf, limit=1)

    @property
    def done(self) -> int:
        """The number of files processed."""
        return self.report().read

    def count(self, done: PutReport) -> None:
        """Add the counts of a batch."""
        self._added += len(done.added)
        self._changed += len(done.changed)
        self.unchanged += len(done.unchanged)
        self._kept_out += len(done.kept_out)
        for copy in done.copies:
            self._note_copy(copy)

    def _note_copy(self, copy: Copy) -> None:
        """Report a file that is not taken; one with the same content counts as unchanged.

        A file of another folder is left to the next import of that folder.
        """
        path = self._shown_as(copy.path)
        if path is None or path in self.copies:
            return
        self.copies.add(path)
        if copy.is_equal:
            self.unchanged += 1
        else:
            self.findings.add(copy_of(path, self._shown_as(copy.of) or copy.of))

    def _shown_as(self, path: str) -> str | None:
        return next((shown for source in self.sources if (shown := source.shown_as(path)) is not None), None)

    async def end(self, *, was_read: Callable[[str], bool]) -> ImportReport:
        """Store the findings and, if anything changed, the record of the import.

        Args:
            was_read: Whether the file or folder of this path was read, so that earlier findings on it are replaced.
        """
        found = self.findings
        problems, notes = found.problems[:MOST_PROBLEMS_KEPT], found.notes[:MOST_PROBLEMS_KEPT]
        known = await self._store.findings_of(self._shelf, self.origin)
        gone = {finding.path for finding in known if was_read(finding.path)}
        if problems or notes or gone:
            at = self._clock.now()
            await self._store.save_findings(self._shelf, self.origin, [*problems, *notes], resolved=gone, at=at)
        self._keep_notes(finding for finding in known if finding.path not in gone)
        if not self.is_news:
            return self.report()
        record = self._record()
        await self._store.save_import(record)
        if self._seen_at is None and self._added + self._changed >= LARGE:
            await self._store.optimize(self._shelf)
        return self.report(batch=record.id)

    async def end_unchanged(self) -> ImportReport:
        """Report that nothing was read, with the notes from before."""
        self._keep_notes(await self._store.findings_of(self._shelf, self.origin))
        return self.report()

    def _keep_notes(self, known: Iterable[Finding]) -> None:
        """Report the notes of earlier imports on files that weren't read again."""
        self.findings.notes += (each for each in known if isinstance(each, SeedNote))

    def report(self, *, batch: str = "") -> ImportReport:
        """Build the report of the import so far."""
        return ImportReport(
            origin=self.origin,
            batch=batch,
            added=self._added,
            changed=self._changed,
            unchanged=self.unchanged,
            kept_out=self._kept_out,
            refused=self.findings.refused,
            others=self.findings.others,
            problems=tuple(sorted(self.findings.problems, key=attrgetter("place"))),
            notes=tuple(sorted(self.findings.notes, key=attrgetter("place"))),
        )

    def _record(self) -> ImportRecord:
        return ImportRecord(
            id=secrets.token_hex(8),
            shelf=self._shelf,
            at=self._clock.now(),
            origin=self.origin,
            added=self._added,
            changed=self._changed,
            unchanged=self.unchanged,
            rejected=self.findings.refused,
            deed_id=self._deed_id,
        )
