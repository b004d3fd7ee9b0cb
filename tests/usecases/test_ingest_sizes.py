"""How many articles an import writes in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from bot.news.article import INSTANCE_SHELF, Seed, ShelfId
from bot.store.port.article import NO_FATES, Fate, PutReport
from bot.store.sqlite.archive.articles import SqliteArticleStore
from bot.store.sqlite.shelves.files import StoreFiles, open_files
from bot.usecases.ingest import (
    BATCH,
    ingest_folder,
)
from bot.usecases.ingest.run import FEWEST, LONG, MOST, TRANSACTION_S, Pace
from tests.support.clocks import ManualClock
from tests.support.newsroom import seed_of


class CountingStore(SqliteArticleStore):
    """The store, which counts the articles and stubs of each transaction and lets it take some time for each."""

    def __init__(self, files: StoreFiles, clock: ManualClock, *, each_s: float) -> None:
        super().__init__(files)
        self.sizes: list[int] = []
        self._clock = clock
        self._each_s = each_s

    async def put_seeds(
        self,
        shelf: ShelfId,
        seeds: Sequence[Seed],
        *,
        seen_at: datetime,
        is_first_import: bool = False,
        fates: Mapping[str, Fate] = NO_FATES,
    ) -> PutReport:
        """See `ArticleStore.put_seeds`."""
        self.sizes.append(sum(1 + len(seed.coverage) for seed in seeds))
        self._clock.advance(self.sizes[-1] * self._each_s)
        return await super().put_seeds(shelf, seeds, seen_at=seen_at, is_first_import=is_first_import, fates=fates)


async def _sizes(tmp_path: Path, clock: ManualClock, *, each_s: float, names: int, related: int = 0) -> list[int]:
    """The sizes of the transactions of a first look at a folder of this many files and related items in each."""
    folder = tmp_path / "seeds"
    folder.mkdir()
    for name in range(names):
        items = [
            {"title": f"R{i}", "webUrl": f"https://r.example/{name}-{i}", "publishedDateTime": "2021-05-07"}
            for i in range(related)
        ]
        (folder / f"{name:04}.txt").write_bytes(seed_of(str(name), related=items))
    async with open_files(tmp_path / "newsdesk.db", clock=clock) as files:
        store = CountingStore(files, clock, each_s=each_s)
        await ingest_folder(store, folder, INSTANCE_SHELF, clock=clock)
    return store.sizes


async def test_stubs_count_for_the_size_of_a_transaction(tmp_path: Path, clock: ManualClock) -> None:
    """A folder of seeds that each name many related items must not hold up a running bot."""
    sizes = await _sizes(tmp_path, clock, each_s=TRANSACTION_S / BATCH, names=6, related=50)

    assert sizes == [3 * (1 + 50)] * 2


async def test_transactions_grow_where_the_store_is_quick(tmp_path: Path, clock: ManualClock) -> None:
    """What each of them costs, whatever is in it, is then shared by more; twice as many at a time, and not for ever."""
    sizes = await _sizes(tmp_path, clock, each_s=0, names=8, related=MOST // 8)

    assert max(sizes) > BATCH
    assert max(sizes) <= MOST


async def test_transactions_shrink_where_the_store_is_slow(tmp_path: Path, clock: ManualClock) -> None:
    """On a weak machine, too, a running bot needn't wait for long."""
    first, *others = await _sizes(tmp_path, clock, each_s=2 * TRANSACTION_S / BATCH, names=2 * BATCH)

    assert first == BATCH
    assert max(others) <= BATCH // 2


async def test_long_texts_count_for_the_size_of_a_transaction(tmp_path: Path, clock: ManualClock) -> None:
    """A thousand of them would hold up a bot for seconds."""
    folder = tmp_path / "seeds"
    folder.mkdir()
    for name in range(6):
        (folder / f"{name}.txt").write_bytes(seed_of("long", excerpt="word " * (BATCH * LONG // 4 // len("word "))))
    async with open_files(tmp_path / "newsdesk.db", clock=clock) as files:
        store = CountingStore(files, clock, each_s=TRANSACTION_S / 4)
        await ingest_folder(store, folder, INSTANCE_SHELF, clock=clock)

    assert store.sizes == [3, 3]


def test_a_transaction_never_takes_less_than_a_few_articles_nor_more_than_a_thousand() -> None:
    """Whatever a busy disk or a clock that stood still says."""
    slow, quick = Pace(), Pace()
    for _ in range(BATCH):
        slow.learn(slow.size, 3600.0)
        quick.learn(quick.size, 0.0)

    assert (slow.size, quick.size) == (FEWEST, MOST)
