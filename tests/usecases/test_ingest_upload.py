"""What a server's admin uploads: a seed or a zip, as a whole or not at all, within the shelf's limits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from pathlib import Path
from tempfile import mkdtemp
from unittest.mock import patch

import pytest

from bot.errors import ArchiveError, BadInputError, ImportOutdatedError, TooManyError
from bot.news.article import INSTANCE_SHELF, server_shelf
from bot.news.content import ImportLimits, Room, text_bytes
from bot.usecases.ingest import Staging, Upload, Uploads, delete_article
from tests.support.clocks import ManualClock
from tests.support.hostile_zips import REFUSED
from tests.support.newsroom import SERVER, Newsroom, counts, open_newsroom, seed_of
from tests.support.seed_files import make_seed_file, make_zip

HOUR = 3600


@pytest.fixture
async def newsroom(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Newsroom]:
    """An empty one."""
    async with open_newsroom(tmp_path, clock) as opened:
        yield opened


def _pack(*stems: str, **fields: object) -> bytes:
    return make_zip({f"{stem}.txt": seed_of(stem, **fields) for stem in stems})


async def test_a_zip_of_seeds_becomes_articles_of_the_server(newsroom: Newsroom) -> None:
    """Of its shelf, and of no other."""
    report = await newsroom.upload(_pack("a", "b"))

    assert counts(report) == (2, 0, 0, 0)
    assert await newsroom.store.find_by_stem(SERVER, "a") is not None
    assert await newsroom.store.find_by_stem(INSTANCE_SHELF, "a") is None


async def test_a_single_seed_can_be_uploaded(newsroom: Newsroom) -> None:
    """Its name is the article's."""
    assert counts(await newsroom.upload(seed_of("a"), "a.md")) == (1, 0, 0, 0)
    assert await newsroom.store.find_by_stem(SERVER, "a") is not None


async def test_a_folder_in_the_uploaded_name_means_nothing(newsroom: Newsroom) -> None:
    """Discord sends what the client says."""
    assert (await newsroom.upload(seed_of("a"), "../../etc/a.txt")).origin == "a.txt"


async def test_the_same_upload_twice_changes_nothing(newsroom: Newsroom) -> None:
    """It is counted all the same."""
    await newsroom.upload(_pack("a"))

    assert counts(await newsroom.upload(_pack("a"))) == (0, 0, 1, 0)


async def test_bad_seeds_of_a_zip_are_told_and_kept(newsroom: Newsroom) -> None:
    """The good ones are stored."""
    report = await newsroom.upload(make_zip({"a.txt": seed_of("a"), "b.txt": seed_of("b", title="")}))

    assert counts(report) == (1, 0, 0, 1)
    assert [problem.path for problem in await newsroom.store.problems(SERVER)] == ["pack.zip/b.txt"]


async def test_a_mended_seed_of_a_zip_has_no_problem_any_more(newsroom: Newsroom) -> None:
    """In a zip of the same name."""
    await newsroom.upload(_pack("a", title=""))
    await newsroom.upload(_pack("a"))

    assert await newsroom.store.problems(SERVER) == ()


async def test_an_upload_leaves_a_record(newsroom: Newsroom) -> None:
    """Also one of nothing but bad seeds; who imported it isn't kept."""
    report = await newsroom.upload(_pack("a", title=""))

    (record,) = await newsroom.store.imports(SERVER)
    assert (record.id, record.origin, record.rejected) == (report.batch, "pack.zip", 1)


async def test_the_report_says_what_is_left(newsroom: Newsroom) -> None:
    """Articles, bytes and imports of this hour."""
    report = await newsroom.upload(_pack("a", "b"), limits=ImportLimits(articles_per_shelf=5, imports_per_hour=3))

    size = await newsroom.store.shelf_size(SERVER)
    assert report.left == Room(articles=3, bytes=ImportLimits().file_bytes - size.disk_bytes, imports=2)


async def test_a_dry_run_says_what_would_be_done_and_stores_nothing(newsroom: Newsroom) -> None:
    """What is added, changed, unchanged, kept out and refused."""
    await newsroom.upload(_pack("same", "other", "gone"))
    await delete_article(newsroom.store, SERVER, "gone")
    pack = {
        "same.txt": seed_of("same"),
        "other.txt": seed_of("other", heat=1),
        "new.txt": seed_of("new"),
        "gone.txt": seed_of("gone"),
        "bad.txt": seed_of("bad", title=""),
    }

    report = await newsroom.upload(make_zip(pack), dry_run=True)

    assert (counts(report), report.kept_out, report.is_dry_run, report.batch) == ((1, 1, 1, 1), 1, True, "")
    assert await newsroom.store.find_by_stem(SERVER, "new") is None
    assert await newsroom.store.problems(SERVER) == ()
    assert len(await newsroom.store.imports(SERVER)) == 1


async def test_the_eleventh_import_of_an_hour_is_refused_with_the_minutes_to_wait(newsroom: Newsroom) -> None:
    """Counted from the first of the ten."""
    for number in range(10):
        await newsroom.upload(_pack(f"a{number}"))
        newsroom.clock.advance(60)

    with pytest.raises(TooManyError, match=r"quota.*in 50 min"):
        await newsroom.upload(_pack("b"))


async def test_an_import_is_free_again_after_an_hour(newsroom: Newsroom) -> None:
    """The oldest one counts no more."""
    for number in range(10):
        await newsroom.upload(_pack(f"a{number}"))
    newsroom.clock.advance(HOUR + 1)

    assert (await newsroom.upload(_pack("b"))).added == 1


async def test_another_servers_imports_do_not_count(newsroom: Newsroom) -> None:
    """Nor do the operator's."""
    for number in range(10):
        await newsroom.upload(_pack(f"a{number}"))

    report = await newsroom.upload(_pack("b"), shelf=server_shelf(8))

    assert report.added == 1


async def test_more_articles_than_fit_are_refused_as_a_whole(newsroom: Newsroom) -> None:
    """Half an upload would leave the admin to find out which half."""
    limits = ImportLimits(articles_per_shelf=3)
    await newsroom.upload(_pack("a", "b"), limits=limits)

    with pytest.raises(TooManyError, match=r"add 2 articles.*1 articles.*are left\. Nothing was imported"):
        await newsroom.upload(_pack("c", "d"), limits=limits)
    assert (await newsroom.store.shelf_size(SERVER)).articles == 2


async def test_articles_that_are_there_already_need_no_room(newsroom: Newsroom) -> None:
    """A full shelf can be refreshed."""
    limits = ImportLimits(articles_per_shelf=2)
    await newsroom.upload(_pack("a", "b"), limits=limits)

    assert counts(await newsroom.upload(_pack("a", "b", heat=1), limits=limits)) == (0, 2, 0, 0)


async def test_more_text_than_fits_is_refused(newsroom: Newsroom) -> None:
    """Related items count: they are stored too."""
    related = [{"title": "R" * 990, "webUrl": "https://r.example/1", "publishedDateTime": "2021-05-07"}]
    limits = ImportLimits(bytes_per_shelf=1000)

    with pytest.raises(TooManyError, match="MiB"):
        await newsroom.upload(_pack("a", related=related), limits=limits)
    assert (await newsroom.upload(_pack("a"), limits=limits)).added == 1


async def test_what_is_counted_before_is_what_the_store_counts_after(newsroom: Newsroom) -> None:
    """One rule for the room that is asked for and the room that is taken."""
    related = [{"title": "R\u00e4", "webUrl": "https://r.example/1", "publishedDateTime": "2021-05-07"}]
    images = [{"url": "https://a.example/1.jpg"}]
    await newsroom.upload(_pack("a", related=related, images=images, originalUrl="https://b.example/1"))

    article = await newsroom.store.find_by_stem(SERVER, "a")
    (stub,) = await newsroom.store.find_by_url((SERVER,), "https://r.example/1")
    assert article is not None
    assert (await newsroom.store.shelf_size(SERVER)).bytes == text_bytes(article) + text_bytes(stub)


async def test_a_refused_upload_stores_nothing(newsroom: Newsroom) -> None:
    """No article, no problem, no record."""
    for make in list(REFUSED.values())[::7]:
        with pytest.raises(ArchiveError):
            await newsroom.upload(make())

    assert (await newsroom.store.shelf_size(SERVER)).articles == 0
    assert (await newsroom.store.problems(SERVER), await newsroom.store.imports(SERVER)) == ((), ())


async def test_an_upload_that_is_no_seed_by_its_name_is_refused(newsroom: Newsroom) -> None:
    """With what is taken."""
    with pytest.raises(BadInputError, match=r"\.txt, \.md, .* or \.zip"):
        await newsroom.upload(make_seed_file(), "seed.pdf")


async def test_a_servers_first_upload_counts_as_seen_when_it_was_published(newsroom: Newsroom) -> None:
    """Its archive isn't news; the next upload is."""
    await newsroom.upload(_pack("a", publishedDateTime="2019-01-01"))
    await newsroom.upload(_pack("b", publishedDateTime="2019-01-01"))

    seen = [await newsroom.store.find_by_stem(SERVER, stem) for stem in ("a", "b")]
    assert [each.first_seen_at.year for each in seen if each and each.first_seen_at] == [
        2019,
        newsroom.clock.now().year,
    ]


async def test_a_dry_run_counts_as_an_import(newsroom: Newsroom) -> None:
    """It takes as long as one."""
    for number in range(10):
        await newsroom.upload(_pack(f"a{number}"), dry_run=True)

    with pytest.raises(TooManyError, match="quota"):
        await newsroom.upload(_pack("b"))


async def test_an_upload_that_is_rejected_counts_as_an_import(newsroom: Newsroom) -> None:
    """It was counted when it began."""
    for _ in range(10):
        with pytest.raises(ArchiveError):
            await newsroom.upload(b"no zip")

    with pytest.raises(TooManyError, match="quota"):
        await newsroom.upload(_pack("b"))


async def test_imports_of_one_server_at_once_are_refused_but_one(newsroom: Newsroom) -> None:
    """Two could use the same room."""
    packs = [_pack(*(f"{pack}-{number}" for number in range(30))) for pack in range(5)]
    limits = ImportLimits(articles_per_shelf=40)

    done = await asyncio.gather(*(newsroom.upload(pack, limits=limits) for pack in packs), return_exceptions=True)

    assert sum(isinstance(each, TooManyError) and "under way" in each.message for each in done) == 4
    assert (await newsroom.store.shelf_size(SERVER)).articles == 30


async def test_imports_of_many_servers_at_once_all_have_their_turn(newsroom: Newsroom) -> None:
    """Two run; those that wait are as good."""
    shelves = [server_shelf(number) for number in range(1, 7)]

    done = await asyncio.gather(*(newsroom.upload(_pack("a"), shelf=shelf) for shelf in shelves))

    assert [report.added for report in done] == [1] * 6


async def test_no_more_than_ten_servers_wait_for_a_turn(newsroom: Newsroom) -> None:
    """The others are told at once."""
    shelves = [server_shelf(number) for number in range(1, 21)]

    done = await asyncio.gather(
        *(newsroom.upload(_pack("a"), shelf=shelf) for shelf in shelves), return_exceptions=True
    )

    refused = [each for each in done if isinstance(each, TooManyError)]
    assert (len(refused), {each.message for each in refused}) == (
        10,
        {"Too many imports of other servers are under way."},
    )


async def test_an_import_that_takes_too_long_is_stopped_with_a_sentence(newsroom: Newsroom) -> None:
    """Its process, too; the next one has its turn."""
    pack = _pack(*(f"a{number}" for number in range(300)))

    with pytest.raises(TooManyError, match=r"longer than 0\.1 seconds\. Nothing was imported"):
        await newsroom.upload(pack, limits=ImportLimits(longest_s=0.1))

    assert (await newsroom.upload(_pack("b"))).added == 1


async def test_a_reader_that_dies_rejects_its_upload_alone(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a file does to it."""
    with monkeypatch.context() as patched:
        patched.setattr("sys.executable", "/bin/false")
        with pytest.raises(ArchiveError, match="too much memory or time"):
            await newsroom.upload(_pack("a"))

    assert (await newsroom.upload(_pack("b"))).added == 1


@pytest.mark.parametrize("name", ["../../etc/ferry.md", "/etc/ferry.md", "a/../ferry.md"])
async def test_only_the_last_part_of_a_file_name_counts(newsroom: Newsroom, name: str) -> None:
    """Nothing is written under it, and an upload has no folder."""
    report = await newsroom.upload(seed_of("ferry"), name)

    assert (report.origin, report.added) == ("ferry.md", 1)
    assert [found for _, found in await newsroom.store.find_named(SERVER, "ferry")] == ["ferry.md"]


async def test_newest_previews_of_a_server_wait_for_their_import(newsroom: Newsroom) -> None:
    """Older ones are forgotten: what was read of them takes room on the disk."""
    with closing(Staging()) as staging:
        uploads = uploads_of(newsroom, staging)
        tokens = [(await uploads.preview([upload_of(str(number))], SERVER)).token for number in range(4)]

        with pytest.raises(BadInputError, match="no longer have this upload"):
            await uploads.put(tokens[0], SERVER)
        assert (await uploads.put(tokens[1], SERVER)).added == 1


async def test_preview_of_one_server_is_nothing_in_another(newsroom: Newsroom) -> None:
    """Although its token is known there."""
    with closing(Staging()) as staging:
        uploads = uploads_of(newsroom, staging)
        token = (await uploads.preview([upload_of("ferry")], SERVER)).token

        with pytest.raises(BadInputError, match="no longer have this upload"):
            await uploads.put(token, server_shelf(8))


async def test_article_hidden_meanwhile_makes_a_preview_of_it_outdated(newsroom: Newsroom) -> None:
    """What it would change is another article now."""
    await newsroom.upload(seed_of("ferry"), "ferry.md")
    with closing(Staging()) as staging:
        uploads = uploads_of(newsroom, staging)
        changed = Upload(name="ferry.md", fetch=fetching(seed_of("ferry", excerpt="It sank.")))
        previewed = await uploads.preview([changed], SERVER)
        (article, _), *_ = await newsroom.store.find_named(SERVER, "ferry")
        await newsroom.store.hide(SERVER, article.id)

        with pytest.raises(ImportOutdatedError):
            await uploads.put(previewed.token, SERVER)
        again = await uploads.preview_again(previewed.token, SERVER)

    assert [change.fields for change in previewed.report.changes] == [("excerpt",)]
    assert [change.fields for change in again.report.changes] == [("a hidden article",)]


async def test_nothing_of_an_upload_is_left_on_the_disk(newsroom: Newsroom, tmp_path: Path) -> None:
    """After a refusal, and once its preview is forgotten."""
    with closing(Staging()) as staging:
        uploads = uploads_of(newsroom, staging)
        (tmp_path / "scratch").mkdir()
        with patch("bot.usecases.ingest.upload.mkdtemp", lambda prefix: mkdtemp(prefix, dir=tmp_path / "scratch")):
            await uploads.preview([upload_of("ferry")], SERVER)
            with pytest.raises(ArchiveError):
                await uploads.preview([Upload(name="bad.zip", fetch=fetching(b"PK"))], SERVER)
        assert len(list((tmp_path / "scratch").iterdir())) == 1

    assert list((tmp_path / "scratch").iterdir()) == []


def uploads_of(newsroom: Newsroom, staging: Staging) -> Uploads:
    """Imports into the newsroom."""
    limits = ImportLimits()
    return Uploads(store=newsroom.store, turns=newsroom.turns, staging=staging, clock=newsroom.clock, limits=limits)


def fetching(data: bytes) -> Callable[[Path], Awaitable[None]]:
    """Fetch these bytes."""

    async def fetch(path: Path) -> None:
        await asyncio.to_thread(path.write_bytes, data)

    return fetch


def upload_of(stem: str) -> Upload:
    """A seed file that is uploaded."""
    return Upload(name=f"{stem}.md", fetch=fetching(seed_of(stem)))
