"""Which article a seed is: files of one name in two folders, renamed, moved, copied and deleted ones."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

import pytest

from bot.errors import UnknownArticleError
from bot.news.article import INSTANCE_SHELF, Article, article_id
from bot.usecases.ingest import delete_article, hide_article, ingest_files
from tests.support.clocks import ManualClock
from tests.support.newsroom import SERVER, Newsroom, counts, open_newsroom
from tests.support.seed_files import make_seed_file, make_zip

FERRY = "https://town.example/ferry"
BRIDGE = "https://town.example/bridge"
SHELVES = (INSTANCE_SHELF,)


@pytest.fixture
async def newsroom(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Newsroom]:
    """An empty one."""
    async with open_newsroom(tmp_path, clock) as opened:
        yield opened


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A second folder of the operator's."""
    folder = tmp_path / "other"
    folder.mkdir()
    return folder


def ferry(*, title: str = "A ferry sails", link: str = FERRY, **fields: object) -> bytes:
    """A seed about a ferry."""
    return make_seed_file(without=(), title=title, webUrl=link, **fields)


def bridge() -> bytes:
    """A seed about a bridge."""
    return make_seed_file(title="A bridge opens", webUrl=BRIDGE)


async def by_url(newsroom: Newsroom, url: str) -> Article:
    """The only article with a URL."""
    (article,) = await newsroom.store.find_by_url(SHELVES, url)
    return article


async def both(newsroom: Newsroom) -> set[str]:
    """The titles of the articles about the ferry and the bridge."""
    return {each.title for url in (FERRY, BRIDGE) for each in await newsroom.store.find_by_url(SHELVES, url)}


async def size(newsroom: Newsroom) -> int:
    """The number of articles in the operator's archive."""
    return (await newsroom.store.shelf_size(INSTANCE_SHELF)).articles


async def test_files_of_one_name_in_two_folders_are_two_articles(newsroom: Newsroom, other: Path) -> None:
    """Neither replaces the other, in silence or otherwise."""
    (newsroom.folder / "story.md").write_bytes(ferry())
    (other / "story.md").write_bytes(bridge())

    reports = [counts(await newsroom.look(folder)) for folder in (newsroom.folder, other)]

    assert reports == [(1, 0, 0, 0), (1, 0, 0, 0)]
    assert await both(newsroom) == {"A ferry sails", "A bridge opens"}


async def test_the_first_folders_article_is_known_by_its_name_alone(newsroom: Newsroom, other: Path) -> None:
    """Ids of an archive that exists stay as they are."""
    (newsroom.folder / "story.md").write_bytes(ferry())
    (other / "story.md").write_bytes(bridge())
    await newsroom.look()
    await newsroom.look(other)

    assert (await by_url(newsroom, FERRY)).id == article_id(INSTANCE_SHELF, "story")


async def test_files_of_one_name_in_two_subfolders_are_two_articles(newsroom: Newsroom) -> None:
    """A folder a month, as people file their news."""
    for month, data in (("may", ferry()), ("june", bridge())):
        (newsroom.folder / month).mkdir()
        (newsroom.folder / month / "story.md").write_bytes(data)

    assert counts(await newsroom.look()) == (2, 0, 0, 0)
    assert counts(await newsroom.look(full=True)) == (0, 0, 2, 0)


async def test_files_of_one_name_in_two_runs_are_two_articles(newsroom: Newsroom, tmp_path: Path) -> None:
    """A zip is a folder, too."""
    for pack, data in (("one.zip", ferry()), ("two.zip", bridge())):
        (tmp_path / pack).write_bytes(make_zip({"story.md": data}))
        await ingest_files(newsroom.store, [tmp_path / pack], INSTANCE_SHELF, clock=newsroom.clock)

    assert await both(newsroom) == {"A ferry sails", "A bridge opens"}


async def test_a_file_is_the_same_whether_its_folder_is_named_or_it_is(newsroom: Newsroom) -> None:
    """Both are one place on the disk."""
    file = newsroom.folder / "may" / "story.md"
    file.parent.mkdir()
    file.write_bytes(ferry())
    await newsroom.look()

    reports = [
        await ingest_files(newsroom.store, [path], INSTANCE_SHELF, clock=newsroom.clock) for path in (file, file.parent)
    ]

    assert [counts(report) for report in reports] == [(0, 0, 1, 0)] * 2


async def test_an_article_whose_title_and_link_are_replaced_stays(newsroom: Newsroom) -> None:
    """The file holds another article now; the one from before was not deleted."""
    file = newsroom.folder / "weekly.md"
    file.write_bytes(ferry())
    await newsroom.look()
    file.write_bytes(bridge())

    assert counts(await newsroom.look()) == (1, 0, 0, 0)
    assert await both(newsroom) == {"A ferry sails", "A bridge opens"}


@pytest.mark.parametrize("fields", [{"title": "The ferry sails"}, {"link": f"{FERRY}-again"}])
async def test_a_file_with_its_link_or_its_title_is_the_same_article(
    newsroom: Newsroom, fields: dict[str, str]
) -> None:
    """One of the two may be corrected."""
    file = newsroom.folder / "story.md"
    file.write_bytes(ferry())
    await newsroom.look()
    file.write_bytes(ferry(**fields))

    assert counts(await newsroom.look()) == (0, 1, 0, 0)


async def test_a_renamed_file_is_the_same_article(newsroom: Newsroom) -> None:
    """By its link: its id stays, and its old name goes on answering."""
    file = newsroom.folder / "draft.md"
    file.write_bytes(ferry())
    await newsroom.look()
    before = await by_url(newsroom, FERRY)
    file.rename(newsroom.folder / "ferry.md")

    report = await newsroom.look()

    after = await by_url(newsroom, FERRY)
    named = [await newsroom.store.find_by_stem(INSTANCE_SHELF, stem) for stem in ("draft", "ferry")]
    assert (counts(report), after.id, after.stem) == ((0, 1, 0, 0), before.id, "ferry")
    assert named == [after, after]


async def test_a_new_file_under_a_renamed_ones_old_name_is_its_own_article(newsroom: Newsroom) -> None:
    """Both in one look: the old name was free again."""
    file = newsroom.folder / "draft.md"
    file.write_bytes(ferry())
    await newsroom.look()
    before = await by_url(newsroom, FERRY)
    file.rename(newsroom.folder / "ferry.md")
    file.write_bytes(bridge())

    await newsroom.look()

    assert (await by_url(newsroom, FERRY)).id == before.id
    assert (await by_url(newsroom, BRIDGE)).id != before.id


async def test_files_that_swap_their_names_keep_their_articles(newsroom: Newsroom) -> None:
    """Each is known by its link."""
    one, two = newsroom.folder / "one.md", newsroom.folder / "two.md"
    one.write_bytes(ferry())
    two.write_bytes(bridge())
    await newsroom.look()
    before = {url: (await by_url(newsroom, url)).id for url in (FERRY, BRIDGE)}
    one.write_bytes(bridge())
    two.write_bytes(ferry())

    await newsroom.look(full=True)

    assert {url: (await by_url(newsroom, url)).id for url in (FERRY, BRIDGE)} == before


async def test_a_moved_folder_keeps_its_articles(newsroom: Newsroom) -> None:
    """The files have other paths, and nothing else is new."""
    newsroom.write("a.md")
    newsroom.write("may/b.md")
    await newsroom.look()
    moved = newsroom.folder.rename(newsroom.folder.with_name("archive"))

    report = await newsroom.look(moved)

    assert (counts(report), await size(newsroom)) == ((0, 0, 2, 0), 2)


async def test_a_file_that_moves_to_another_folder_keeps_its_article(newsroom: Newsroom, other: Path) -> None:
    """Whichever of the two is looked at first."""
    for folders in ((newsroom.folder, other), (other, newsroom.folder)):
        (folders[0] / "story.md").write_bytes(ferry())
        await newsroom.look(folders[0])
        (folders[0] / "story.md").rename(folders[1] / "story.md")
        await newsroom.look(folders[1])
        (folders[1] / "story.md").unlink()

    assert await size(newsroom) == 1


async def test_two_files_with_one_link_are_two_articles_while_both_are_there(newsroom: Newsroom) -> None:
    """Two of 197 real records share all of their links."""
    (newsroom.folder / "one.md").write_bytes(ferry())
    await newsroom.look()
    (newsroom.folder / "two.md").write_bytes(ferry(title="A ferry sails again"))

    assert counts(await newsroom.look()) == (1, 0, 1, 0)


async def test_a_copy_in_another_folder_is_no_second_article(newsroom: Newsroom, other: Path) -> None:
    """Its name, its link and its text are the same."""
    (newsroom.folder / "story.md").write_bytes(ferry())
    (other / "story.md").write_bytes(ferry())
    await newsroom.look()

    assert (counts(await newsroom.look(other)), await size(newsroom)) == ((0, 0, 1, 0), 1)


async def test_a_copy_with_another_text_is_a_problem_that_names_the_other_file(newsroom: Newsroom) -> None:
    """One of them is out of date, and only a person knows which."""
    newsroom.write("a/x.md", title="From a")
    newsroom.write("b/x.md", title="From b")

    (problem,) = (await newsroom.look()).problems

    assert problem.path == f"{newsroom.folder}/b/x.md"
    assert f"{newsroom.folder}/a/x.md" in problem.reason


async def test_a_copy_is_taken_when_the_other_file_is_gone(newsroom: Newsroom, other: Path) -> None:
    """Whatever it says by then."""
    (other / "story.md").write_bytes(ferry())
    (newsroom.folder / "story.md").write_bytes(ferry(excerpt="Another text."))
    await newsroom.look(other)
    await newsroom.look()
    (other / "story.md").unlink()

    await newsroom.look()

    assert (await by_url(newsroom, FERRY)).excerpt == "Another text."


async def test_a_name_is_the_same_in_both_normal_forms(newsroom: Newsroom) -> None:
    """A Mac's zip writes `é` as two characters."""
    composed = unicodedata.normalize("NFC", "caf\u00e9.md")
    decomposed = unicodedata.normalize("NFD", composed)
    await newsroom.upload(make_zip({composed: ferry()}))

    report = await newsroom.upload(make_zip({decomposed: ferry(link=f"{FERRY}-again")}))

    (article,) = await newsroom.store.find_by_url((SERVER,), f"{FERRY}-again")
    assert (counts(report), article.stem) == ((0, 1, 0, 0), "caf\u00e9")


async def test_a_file_in_both_normal_forms_is_one_article(newsroom: Newsroom) -> None:
    """Linux keeps both names apart; the second is a problem."""
    (newsroom.folder / unicodedata.normalize("NFC", "caf\u00e9.md")).write_bytes(ferry())
    (newsroom.folder / unicodedata.normalize("NFD", "caf\u00e9.md")).write_bytes(bridge())

    assert counts(await newsroom.look()) == (1, 0, 0, 1)


async def test_a_folder_from_a_mac_keeps_its_articles(newsroom: Newsroom) -> None:
    """Copied to Linux, its names are in the other form."""
    forms: tuple[Literal["NFC", "NFD"], ...] = ("NFC", "NFD")
    for form in forms:
        file = newsroom.folder / unicodedata.normalize(form, "caf\u00e9.md")
        file.write_bytes(ferry(excerpt=form))
        await newsroom.look()
        file.unlink()

    assert ((await by_url(newsroom, FERRY)).excerpt, await size(newsroom)) == ("NFD", 1)


@pytest.mark.parametrize(
    ("name", "stem"), [("ferry/index.md", "ferry"), ("index.md", "seeds"), ("a/Index.md", "Index")]
)
async def test_an_index_takes_its_folders_name(newsroom: Newsroom, name: str, stem: str) -> None:
    """As site generators file an article with its pictures."""
    (newsroom.folder / name).parent.mkdir(exist_ok=True)
    (newsroom.folder / name).write_bytes(ferry())
    await newsroom.look()

    assert (await by_url(newsroom, FERRY)).stem == stem


async def test_a_deleted_article_stays_away_under_another_name(newsroom: Newsroom) -> None:
    """Its link is known."""
    file = newsroom.folder / "story.md"
    file.write_bytes(ferry())
    await newsroom.look()
    await delete_article(newsroom.store, INSTANCE_SHELF, "story")
    file.rename(newsroom.folder / "other.md")

    report = await newsroom.look()

    assert (report.kept_out, report.added, await size(newsroom)) == (1, 0, 0)


async def test_a_deleted_article_stays_away_with_another_link(newsroom: Newsroom) -> None:
    """Its file still has its title."""
    file = newsroom.folder / "story.md"
    file.write_bytes(ferry())
    await newsroom.look()
    await delete_article(newsroom.store, INSTANCE_SHELF, "story")
    file.write_bytes(ferry(link=f"{FERRY}-again"))

    assert ((await newsroom.look()).kept_out, await size(newsroom)) == (1, 0)


async def test_another_article_in_a_deleted_ones_file_is_taken(newsroom: Newsroom) -> None:
    """Neither its link nor its title was deleted."""
    file = newsroom.folder / "weekly.md"
    file.write_bytes(ferry())
    await newsroom.look()
    await delete_article(newsroom.store, INSTANCE_SHELF, "weekly")
    file.write_bytes(bridge())

    assert counts(await newsroom.look()) == (1, 0, 0, 0)


async def test_an_upload_never_replaces_an_article_that_is_not_its_own(newsroom: Newsroom) -> None:
    """Of the server's own, too: two packs may each have a `story.md`."""
    await newsroom.upload(make_zip({"story.md": ferry()}), "may.zip")
    report = await newsroom.upload(make_zip({"story.md": bridge()}), "june.zip")

    found = [await newsroom.store.find_by_url((SERVER,), url) for url in (FERRY, BRIDGE)]
    assert (counts(report), [len(each) for each in found]) == ((1, 0, 0, 0), [1, 1])


async def test_an_upload_under_another_name_is_the_same_article(newsroom: Newsroom) -> None:
    """By its link, in a later upload; in one upload two files are two articles."""
    await newsroom.upload(ferry(), "story.md")
    renamed = await newsroom.upload(ferry(), "ferry.md")
    pair = await newsroom.upload(make_zip({"ferry.md": ferry(), "second.md": ferry(title="Second")}))

    assert (counts(renamed), counts(pair)) == ((0, 1, 0, 0), (1, 0, 1, 0))


async def test_a_dry_run_knows_a_renamed_file(newsroom: Newsroom) -> None:
    """It reports what the import would do."""
    await newsroom.upload(ferry(), "story.md")

    assert counts(await newsroom.upload(ferry(), "ferry.md", dry_run=True)) == (0, 1, 0, 0)


async def test_bytes_that_changed_under_the_same_size_and_time_are_seen_by_a_full_look(newsroom: Newsroom) -> None:
    """As backup programs and some editors leave them."""
    file = newsroom.folder / "story.md"
    file.write_bytes(ferry(excerpt="Before."))
    await newsroom.look()
    when = file.stat().st_mtime_ns
    file.write_bytes(ferry(excerpt="After!."))
    os.utime(file, ns=(when, when))

    reports = [counts(await newsroom.look(full=full)) for full in (False, True)]

    assert reports == [(0, 0, 1, 0), (0, 1, 0, 0)]
    assert (await by_url(newsroom, FERRY)).excerpt == "After!."


async def test_a_name_that_two_files_have_is_not_guessed_at(newsroom: Newsroom, other: Path) -> None:
    """Deleting is permanent; the error lists the paths, and each of them works."""
    (newsroom.folder / "story.md").write_bytes(ferry())
    (other / "story.md").write_bytes(bridge())
    await newsroom.look()
    await newsroom.look(other)

    with pytest.raises(UnknownArticleError, match=r"2 articles.*(other.*seeds|seeds.*other)/story\.md"):
        await delete_article(newsroom.store, INSTANCE_SHELF, "story")
    assert (await hide_article(newsroom.store, INSTANCE_SHELF, "other/story.md"))[0].title == "A bridge opens"
    assert (await hide_article(newsroom.store, INSTANCE_SHELF, f"{newsroom.folder}/story.md"))[
        0
    ].title == "A ferry sails"
