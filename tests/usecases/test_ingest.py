"""Ingest from the operator's folder, on a real database: what a second look costs, and what one bad file costs."""

from __future__ import annotations

import os
import threading
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import UnknownArticleError
from bot.news.article import INSTANCE_SHELF, Seed, ShelfId, article_id
from bot.store.port.article import NO_FATES, Fate, FileStamp, PutReport
from bot.store.sqlite.archive.articles import SqliteArticleStore
from bot.store.sqlite.shelves.files import StoreFiles, open_files
from bot.usecases.ingest import (
    BATCH,
    MOST_PROBLEMS_KEPT,
    check_files,
    delete_article,
    hide_article,
    ingest_files,
    ingest_folder,
)
from bot.usecases.ingest.run import FEWEST, LONG, MOST, TRANSACTION_S, Pace
from tests.support.clocks import ManualClock
from tests.support.hostile_seeds import REFUSED
from tests.support.newsroom import SERVER, Newsroom, counts, open_newsroom, seed_of
from tests.support.seed_files import NOW, SHIPPED, make_seed_file, make_zip


@pytest.fixture
async def newsroom(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Newsroom]:
    """An empty one."""
    async with open_newsroom(tmp_path, clock) as opened:
        yield opened


async def _first_seen(newsroom: Newsroom, stem: str) -> datetime | None:
    article = await newsroom.store.find_by_stem(INSTANCE_SHELF, stem)
    return article.first_seen_at if article else None


async def test_the_shipped_seeds_become_articles(newsroom: Newsroom) -> None:
    """All five, from the folder as it ships."""
    report = await ingest_folder(newsroom.store, SHIPPED, INSTANCE_SHELF, clock=ManualClock(NOW))

    assert (counts(report), await newsroom.title("001_c491b083016e13b6") is not None) == ((5, 0, 0, 0), True)


async def test_every_real_record_becomes_an_article(newsroom: Newsroom, data: Path) -> None:
    """The 192 of upstream."""
    report = await ingest_folder(newsroom.store, data / "upstream" / "news", INSTANCE_SHELF, clock=newsroom.clock)

    assert (counts(report), (await newsroom.store.shelf_size(INSTANCE_SHELF)).articles) == ((192, 0, 0, 0), 192)


async def test_a_second_look_changes_nothing(newsroom: Newsroom) -> None:
    """However often one looks."""
    newsroom.write("a.txt")
    await newsroom.look()

    assert counts(await newsroom.look()) == (0, 0, 1, 0)


async def test_a_file_that_looks_as_it_did_is_not_read(newsroom: Newsroom) -> None:
    """Size and time say that nothing happened: what it holds by now isn't looked at."""
    file = newsroom.write("a.txt", title="First")
    await newsroom.look()
    when = file.stat().st_mtime_ns
    file.write_bytes(file.read_bytes().replace(b"First", b"Other"))
    os.utime(file, ns=(0, when))

    await newsroom.look()

    assert await newsroom.title("a") == "First"


async def test_a_look_at_an_unchanged_folder_asks_for_nothing_but_its_mark(newsroom: Newsroom) -> None:
    """A hundred thousand marks would take longer to read than as many files to look at."""
    newsroom.write("a.txt")
    await newsroom.look()
    place = str(newsroom.folder.resolve())
    await newsroom.store.save_file_stamps(place, {"a.txt": FileStamp(size=0, mtime_ns=0, content_hash="other")})

    await newsroom.look()

    marks = await newsroom.store.file_stamps(place)
    assert marks["a.txt"].content_hash == "other"


async def test_a_folder_that_is_back_is_no_problem_any_more(newsroom: Newsroom) -> None:
    """Though all of its files look as they did."""
    newsroom.write("a.txt")
    await newsroom.look()
    away = newsroom.folder.rename(newsroom.folder.with_name("away"))
    await newsroom.look()
    away.rename(newsroom.folder)
    await newsroom.look()

    assert await newsroom.problems() == []


async def test_a_file_that_changed_is_read_again(newsroom: Newsroom) -> None:
    """A new title arrives under the same article."""
    newsroom.write("a.txt", title="First")
    await newsroom.look()
    newsroom.write("a.txt", title="Other")

    assert (counts(await newsroom.look()), await newsroom.title("a")) == ((0, 1, 0, 0), "Other")


async def test_a_file_in_which_only_secured_changed_is_unchanged(newsroom: Newsroom) -> None:
    """One real record has 275 such revisions."""
    newsroom.write("a.txt", secured="abc")
    await newsroom.look()
    newsroom.write("a.txt", secured="def")

    assert counts(await newsroom.look()) == (0, 0, 1, 0)


async def test_a_vanished_file_keeps_its_article(newsroom: Newsroom) -> None:
    """Deleting is a command, not an accident."""
    file = newsroom.write("a.txt")
    await newsroom.look()
    file.unlink()

    assert (counts(await newsroom.look()), await newsroom.title("a")) == ((0, 0, 0, 0), "Title of a")


async def test_one_bad_file_never_stops_the_others(newsroom: Newsroom) -> None:
    """Whatever it holds or is."""
    for number, data in enumerate(REFUSED.values()):
        (newsroom.folder / f"bad{number}.txt").write_bytes(data)
    (newsroom.folder / "folder.txt").mkdir()
    (newsroom.folder / "dangling.txt").symlink_to("nowhere")
    (newsroom.folder / "circle.txt").symlink_to("circle.txt")
    os.mkfifo(newsroom.folder / "pipe.txt")
    newsroom.write("a.txt")
    newsroom.write("z.txt")

    assert counts(await newsroom.look()) == (2, 0, 0, len(REFUSED) + 3)


async def test_a_refused_file_is_told_again_at_each_look(newsroom: Newsroom) -> None:
    """It was not forgotten, it is still wrong."""
    newsroom.write("a.txt", title="")
    await newsroom.look()

    assert [problem.field for problem in (await newsroom.look()).problems] == ["title"]


async def test_a_problem_is_kept_until_its_file_is_mended(newsroom: Newsroom) -> None:
    """`/content problems` shows what is open."""
    file = newsroom.write("a.txt", title="")
    await newsroom.look()
    before = await newsroom.problems()
    newsroom.write("a.txt")
    await newsroom.look()

    assert (before, await newsroom.problems()) == ([str(file)], [])


async def test_a_problem_is_closed_when_its_file_is_taken_away(newsroom: Newsroom) -> None:
    """Nothing is left to fix."""
    newsroom.write("a.txt", title="").unlink()
    newsroom.write("b.txt", title="")
    await newsroom.look()
    (newsroom.folder / "b.txt").unlink()
    await newsroom.look()

    assert await newsroom.problems() == []


async def test_an_article_outlives_a_bad_revision_of_its_file(newsroom: Newsroom) -> None:
    """It stays as it was until the file is sound again."""
    newsroom.write("a.txt", title="First")
    await newsroom.look()
    newsroom.write("a.txt", title="")
    await newsroom.look()

    assert await newsroom.title("a") == "First"


async def test_only_so_many_problems_are_kept(newsroom: Newsroom) -> None:
    """A folder of ten thousand photographs called .txt doesn't fill the database; the report has them all."""
    for number in range(MOST_PROBLEMS_KEPT + 1):
        (newsroom.folder / f"{number:03}.txt").write_bytes(b"\xff\xd8")

    report = await newsroom.look()

    kept = await newsroom.store.problems(INSTANCE_SHELF, limit=10_000)
    assert (report.refused, len(kept)) == (MOST_PROBLEMS_KEPT + 1, MOST_PROBLEMS_KEPT)


async def test_of_two_files_of_one_article_the_first_by_path_is_read(newsroom: Newsroom) -> None:
    """The other is a problem that names the first; the order in which they came doesn't matter."""
    newsroom.write("b/x.txt", title="From b")
    await newsroom.look()
    newsroom.write("a/x.md", title="From a")

    report = await newsroom.look()

    assert (counts(report), await newsroom.title("x")) == ((0, 1, 0, 1), "From a")
    assert report.problems[0].path.endswith("b/x.txt")
    assert "a/x.md" in report.problems[0].reason


async def test_the_second_file_of_an_article_is_read_when_the_first_is_gone(newsroom: Newsroom) -> None:
    """And its problem with it."""
    first = newsroom.write("a/x.txt", title="From a")
    newsroom.write("b/x.txt", title="From b")
    await newsroom.look()
    first.unlink()

    assert (counts(await newsroom.look()), await newsroom.title("x")) == ((0, 1, 0, 0), "From b")
    assert await newsroom.problems() == []


async def test_a_first_import_counts_as_seen_when_it_was_published(newsroom: Newsroom) -> None:
    """In all of its batches, so that the past can be previewed."""
    for number in range(BATCH + 1):
        newsroom.write(f"{number:04}.txt", publishedDateTime="2019-01-01")

    await newsroom.look()

    seen = {await _first_seen(newsroom, f"{number:04}") for number in (0, BATCH)}
    assert {moment.year if moment else None for moment in seen} == {2019}


async def test_what_comes_after_the_first_import_is_seen_when_it_came(newsroom: Newsroom) -> None:
    """It is news."""
    newsroom.write("a.txt", publishedDateTime="2019-01-01")
    await newsroom.look()
    newsroom.clock.advance(3600)
    newsroom.write("b.txt", publishedDateTime="2019-01-01")
    await newsroom.look()

    assert await _first_seen(newsroom, "b") == newsroom.clock.now()


async def test_a_first_import_that_was_cut_off_is_still_the_first_when_it_is_done_again(newsroom: Newsroom) -> None:
    """Else half an archive would be news."""
    for number in range(BATCH + 1):
        newsroom.write(f"{number:04}.txt", publishedDateTime="2019-01-01")

    def stop(done: int, _total: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await ingest_folder(newsroom.store, newsroom.folder, INSTANCE_SHELF, clock=newsroom.clock, progress=stop)
    report = await newsroom.look()

    seen = await _first_seen(newsroom, f"{BATCH:04}")
    assert (counts(report), seen and seen.year) == ((1, 0, BATCH, 0), 2019)


async def test_progress_is_told_before_the_first_batch_and_after_each(newsroom: Newsroom) -> None:
    """Files done, and of how many."""
    told: list[tuple[int, int]] = []
    for number in range(BATCH + 2):
        newsroom.write(f"{number:04}.txt")

    await ingest_folder(
        newsroom.store,
        newsroom.folder,
        INSTANCE_SHELF,
        clock=newsroom.clock,
        progress=lambda done, total: told.append((done, total)),
    )

    assert told == [(0, BATCH + 2), (BATCH, BATCH + 2), (BATCH + 2, BATCH + 2)]


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


async def test_an_import_leaves_a_record(newsroom: Newsroom) -> None:
    """By the operator, from the folder as they named it."""
    newsroom.write("a.txt")
    newsroom.write("b.txt", title="")

    report = await newsroom.look()

    (record,) = await newsroom.store.imports(INSTANCE_SHELF)
    assert (record.id, record.origin) == (report.batch, str(newsroom.folder))
    assert (record.added, record.rejected) == (1, 1)


async def test_a_look_without_news_leaves_no_record(newsroom: Newsroom) -> None:
    """A watched folder is looked at again and again."""
    newsroom.write("a.txt")
    newsroom.write("b.txt", title="")
    await newsroom.look()

    report = await newsroom.look()

    assert (report.batch, len(await newsroom.store.imports(INSTANCE_SHELF))) == ("", 1)


async def test_a_folder_that_is_not_there_is_one_problem(newsroom: Newsroom) -> None:
    """Closed when it is there."""
    newsroom.folder.rmdir()
    report = await newsroom.look()
    open_before = await newsroom.problems()
    newsroom.folder.mkdir()
    await newsroom.look()

    assert [problem.reason for problem in report.problems] == ["no such file or directory"]
    assert (open_before, await newsroom.problems()) == ([str(newsroom.folder)], [])


async def test_a_name_that_is_no_utf8_is_one_problem(newsroom: Newsroom) -> None:
    """At each look, and it can be kept and shown."""
    newsroom.write(os.fsdecode(b"caf\xe9.txt"), webUrl="https://example.com/x", title="x")
    await newsroom.look()

    report = await newsroom.look()

    assert (report.refused, await newsroom.problems()) == (1, [f"{newsroom.folder}/caf\\udce9.txt"])


class NotingPath(type(Path())):  # type: ignore[misc]  # the class of this system's paths is only known when it runs
    """A folder that notes which threads make the paths of its files."""

    threads: set[int]

    def __truediv__(self, key: str) -> Path:
        """See `Path`."""
        self.threads.add(threading.get_ident())
        return Path(self) / key


async def test_files_are_read_in_a_thread_of_their_own(newsroom: Newsroom) -> None:
    """A thousand files are a second's work, and a member's question is answered meanwhile."""
    newsroom.write("a.txt")
    folder = NotingPath(newsroom.folder)
    folder.threads = set()

    await ingest_folder(newsroom.store, folder, INSTANCE_SHELF, clock=newsroom.clock)

    assert folder.threads
    assert threading.get_ident() not in folder.threads


async def test_files_zips_and_folders_that_a_person_names_are_all_read(newsroom: Newsroom, tmp_path: Path) -> None:
    """Whatever is known of them, each article once."""
    newsroom.write("a.txt")
    await newsroom.look()
    pack = tmp_path / "pack.zip"
    pack.write_bytes(make_zip({"b.txt": seed_of("b"), "a.txt": seed_of("a", heat=1)}))

    report = await ingest_files(newsroom.store, [newsroom.folder, pack], INSTANCE_SHELF, clock=newsroom.clock)

    assert counts(report) == (1, 0, 1, 1)


async def test_a_named_file_that_is_mended_has_no_problem_any_more(newsroom: Newsroom) -> None:
    """Its path is the same."""
    file = newsroom.write("a.txt", title="")
    await ingest_files(newsroom.store, [file], INSTANCE_SHELF, clock=newsroom.clock)
    before = await newsroom.problems()
    newsroom.write("a.txt")
    await ingest_files(newsroom.store, [file], INSTANCE_SHELF, clock=newsroom.clock)

    assert (before, await newsroom.problems()) == ([str(file)], [])


def test_check_counts_articles_and_names_problems(tmp_path: Path) -> None:
    """Without a store."""
    (tmp_path / "a.txt").write_bytes(make_seed_file())
    (tmp_path / "b.txt").write_bytes(make_seed_file(title=""))

    report = check_files([tmp_path, SHIPPED], INSTANCE_SHELF, clock=ManualClock(NOW))

    assert (report.articles, [str(problem) for problem in report.problems]) == (
        6,
        [f'{tmp_path}/b.txt:2: title: missing title. Write title: "...", in quotes.'],
    )


@pytest.mark.parametrize(
    "named", ["a", "a.txt", "seeds/a.md", " http://www.example.com/a/#top ", article_id(INSTANCE_SHELF, "a")]
)
async def test_an_article_is_hidden_by_its_file_its_url_or_its_id(newsroom: Newsroom, named: str) -> None:
    """However an operator knows it."""
    newsroom.write("a.txt")
    await newsroom.look()

    hidden, _ = await hide_article(newsroom.store, INSTANCE_SHELF, named)

    assert (hidden.stem, hidden.is_hidden) == ("a", True)
    assert await newsroom.store.find_article((INSTANCE_SHELF,), hidden.id) is None


async def test_a_hidden_article_is_shown_again_by_its_file(newsroom: Newsroom) -> None:
    """Refreshes in between don't bring it back."""
    newsroom.write("a.txt")
    await newsroom.look()
    await hide_article(newsroom.store, INSTANCE_SHELF, "a")
    newsroom.write("a.txt", title="Other")
    await newsroom.look()
    between = await newsroom.store.find_article((INSTANCE_SHELF,), article_id(INSTANCE_SHELF, "a"))

    shown, _ = await hide_article(newsroom.store, INSTANCE_SHELF, "a.txt", hidden=False)

    assert (between, shown.is_hidden) == (None, False)
    assert await newsroom.store.find_article((INSTANCE_SHELF,), shown.id) is not None


async def test_a_hidden_article_is_shown_again_by_its_id(newsroom: Newsroom) -> None:
    """As a list of titles names it."""
    newsroom.write("a.txt")
    await newsroom.look()
    hidden, _ = await hide_article(newsroom.store, INSTANCE_SHELF, "a")

    await hide_article(newsroom.store, INSTANCE_SHELF, hidden.id.upper(), hidden=False)

    assert await newsroom.store.find_article((INSTANCE_SHELF,), hidden.id) is not None


async def test_a_deleted_article_is_not_brought_back_by_its_file(newsroom: Newsroom) -> None:
    """It counts as kept out."""
    newsroom.write("a.txt")
    await newsroom.look()
    await delete_article(newsroom.store, INSTANCE_SHELF, "a")
    newsroom.write("a.txt", title="Again")

    report = await newsroom.look()

    assert (report.kept_out, report.added, await newsroom.title("a")) == (1, 0, None)


@pytest.mark.parametrize("named", ["", "nowhere", "https://example.com/other", "\x1b[2J", "../a/b"])
async def test_an_article_that_there_is_not_is_an_error_that_says_how_to_name_one(
    newsroom: Newsroom, named: str
) -> None:
    """Never a guess: deleting is permanent."""
    newsroom.write("a.txt")
    await newsroom.look()

    with pytest.raises(UnknownArticleError, match="its file name, its id or its URL"):
        await delete_article(newsroom.store, INSTANCE_SHELF, named)


async def test_nobody_hides_an_article_of_another_shelf(newsroom: Newsroom) -> None:
    """A server's admin doesn't decide on the instance's."""
    newsroom.write("a.txt")
    await newsroom.look()

    for named in ("a", "https://example.com/a", article_id(INSTANCE_SHELF, "a")):
        with pytest.raises(UnknownArticleError):
            await hide_article(newsroom.store, SERVER, named)


async def test_the_moment_of_each_batch_is_its_own(newsroom: Newsroom) -> None:
    """What is stored after an edition was planned must not look as if it had been there before."""
    newsroom.write("a.txt")
    await newsroom.look()
    for number in range(BATCH + 1):
        newsroom.write(f"b{number:04}.txt")

    await ingest_folder(
        newsroom.store,
        newsroom.folder,
        INSTANCE_SHELF,
        clock=newsroom.clock,
        progress=lambda done, _total: newsroom.clock.advance(60 if done > 1 else 0),
    )

    first, last = await _first_seen(newsroom, "b0000"), await _first_seen(newsroom, f"b{BATCH:04}")
    assert first is not None
    assert last == first + timedelta(seconds=60)


async def _noted(newsroom: Newsroom) -> list[str]:
    return [note.path for note in await newsroom.store.notes(INSTANCE_SHELF)]


async def test_a_note_is_reported_until_its_file_is_corrected(newsroom: Newsroom) -> None:
    """At every look, though the file is read only once."""
    file = newsroom.write("a.txt", quality="high")
    looks = [await newsroom.look() for _ in range(2)]
    newsroom.write("b.txt")
    looks.append(await newsroom.look())

    assert [[note.path for note in look.notes] for look in looks] == [[str(file)]] * 3

    newsroom.write("a.txt", quality=70)
    assert ((await newsroom.look()).notes, await _noted(newsroom)) == ((), [])


async def test_a_note_is_gone_with_its_file(newsroom: Newsroom) -> None:
    """Nothing is left to correct."""
    newsroom.write("a.txt", quality="high")
    newsroom.write("b.txt")
    await newsroom.look()
    (newsroom.folder / "a.txt").unlink()

    assert ((await newsroom.look()).notes, await _noted(newsroom)) == ((), [])


async def test_a_file_that_gets_worse_loses_its_note_and_has_a_problem(newsroom: Newsroom) -> None:
    """One state at a time."""
    file = newsroom.write("a.txt", quality="high")
    await newsroom.look()
    newsroom.write("a.txt", title="")
    await newsroom.look()

    assert (await _noted(newsroom), await newsroom.problems()) == ([], [str(file)])


async def test_files_that_are_not_seeds_are_counted_apart_at_every_look(newsroom: Newsroom) -> None:
    """They are neither articles nor problems, and an unchanged folder is still known as one."""
    newsroom.write("a.txt")
    (newsroom.folder / "README.md").write_text("# Ours\n", "utf-8")

    for _ in range(2):
        report = await newsroom.look()
        assert (report.added + report.unchanged, report.refused, report.others, report.read) == (1, 0, 1, 2)
    newsroom.write("b.txt")
    assert ((await newsroom.look()).others, await newsroom.problems()) == (1, [])


async def test_a_readme_that_becomes_a_seed_is_read(newsroom: Newsroom) -> None:
    """Its name forbids nothing."""
    (newsroom.folder / "README.md").write_text("# Ours\n", "utf-8")
    await newsroom.look()
    newsroom.write("README.md", title="Ours")
    await newsroom.look()

    assert await newsroom.title("README") == "Ours"


async def test_a_folder_without_a_seed_is_noted_until_there_is_one(newsroom: Newsroom) -> None:
    """With what is in it."""
    (newsroom.folder / "a.docx").write_bytes(b"x")
    reasons = [[note.reason for note in (await newsroom.look()).notes] for _ in range(2)]
    newsroom.write("a.txt")

    assert reasons == [["no seed files; found 1 .docx"]] * 2
    assert (await newsroom.look()).notes == ()


async def test_a_date_too_far_ahead_is_read_once_it_is_near(newsroom: Newsroom) -> None:
    """The file is the same; the clock isn't."""
    near = newsroom.clock.now() + timedelta(hours=49)
    newsroom.write("a.txt", publishedDateTime=near.isoformat())
    first = await newsroom.look()
    newsroom.clock.advance(3600)
    second = await newsroom.look()

    assert (counts(first), counts(second), await newsroom.problems()) == ((0, 0, 0, 1), (1, 0, 0, 0), [])


async def test_all_problems_of_a_file_are_one_rejected_file(newsroom: Newsroom) -> None:
    """The report counts files, and lists every fault."""
    newsroom.write("a.txt", title="", webUrl="x", publishedDateTime="soon")
    report = await newsroom.look()

    assert (report.refused, [problem.field for problem in report.problems]) == (
        1,
        ["title", "publishedDateTime", "webUrl"],
    )
