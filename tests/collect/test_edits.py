"""What a person edited in a file stays, byte for byte, whatever the feed says later."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.collect.records.edits import UnreadableFileError, edited, values_in
from bot.collect.records.record import Record
from bot.collect.records.yaml_text import seed_text
from bot.seedfile.values import Value
from tests.collect.conftest import NOW
from tests.collect.news_server import NewsServer
from tests.collect.newsroom import Newsroom, values_of
from tests.collect.town import Story, rss

HOUR = timedelta(hours=1)


def serve(server: NewsServer, title: str, text: str = "The mayor jumped into the water.") -> str:
    """A feed of one item whose title and text change."""
    story = Story(title=title, text=text, hours_ago=2, link="https://gazette.example/pool", now=NOW)
    return server.put("gazette", rss("The Gazette", "gazette.example", [story]))


async def written(server: NewsServer, newsroom: Newsroom) -> Path:
    """The one file, after the first pass."""
    newsroom.add(serve(server, "Pool reopens"))
    await newsroom.collect()
    (path,) = newsroom.files()
    return path


def change(path: Path, old: str, new: str) -> None:
    """Edit a file by hand."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


async def test_edited_field_stays_and_the_others_follow(server: NewsServer, newsroom: Newsroom) -> None:
    """The person's title, the feed's text."""
    path = await written(server, newsroom)
    change(path, '"Pool reopens"', "Our pool is back!")
    serve(server, "Pool reopens today", "The mayor jumped in twice.")
    await newsroom.collect(after=HOUR)

    values = values_of(path)
    assert (values["title"], values["excerpt"]) == ("Our pool is back!", "The mayor jumped in twice.")


async def test_edit_holds_for_ever(server: NewsServer, newsroom: Newsroom) -> None:
    """Not only until the next change."""
    path = await written(server, newsroom)
    change(path, '"Pool reopens"', '"Mine"')
    for number in range(4):
        serve(server, f"Title {number}", f"Text {number}")
        await newsroom.collect(after=HOUR)

    values = values_of(path)
    assert (values["title"], values["excerpt"]) == ("Mine", "Text 3")


async def test_everything_around_the_fields_stays(server: NewsServer, newsroom: Newsroom) -> None:
    """Comments, order, fields of another program, the text below."""
    path = await written(server, newsroom)
    change(path, 'type: "article"\n', '# reviewed by Ada\n\neditor: Ada\ntype: "article"\n')
    change(path, "\n---\n", "\n---\n\nA note of ours.\n")
    serve(server, "Pool reopens today")
    before = path.read_text(encoding="utf-8")
    await newsroom.collect(after=HOUR)

    assert path.read_text(encoding="utf-8") == before.replace("Pool reopens", "Pool reopens today")


async def test_removed_field_stays_removed(server: NewsServer, newsroom: Newsroom) -> None:
    """Removing is an edit."""
    path = await written(server, newsroom)
    change(path, 'excerpt: "The mayor jumped into the water."\n', "")
    serve(server, "Pool reopens today", "Another text.")
    await newsroom.collect(after=HOUR)

    assert "excerpt" not in values_of(path)


async def test_added_field_stays(server: NewsServer, newsroom: Newsroom) -> None:
    """Although the feed gives none of that name, and later does."""
    path = await written(server, newsroom)
    change(path, "quality:", "topics: [Water]\nquality:")
    newsroom.feeds.clear()
    newsroom.add(serve(server, "Pool reopens today"), topics=("Town",))
    await newsroom.collect(after=HOUR)

    assert values_of(path)["topics"] == ["Water"]


async def test_edited_score_stays_while_the_story_grows(server: NewsServer, newsroom: Newsroom) -> None:
    """`related` follows, `quality` is the person's."""
    path = await written(server, newsroom)
    change(path, "quality: 60", "quality: 95")
    other = Story(title="Pool reopens", text="The mayor jumped into the water, and swam.", hours_ago=1, now=NOW)
    newsroom.add(server.put("courier", rss("Courier", "courier.example", [other])))
    await newsroom.collect(after=HOUR)

    values = values_of(path)
    assert values["quality"] == 95
    assert isinstance(values["related"], list)


async def test_deleted_file_stays_deleted(server: NewsServer, newsroom: Newsroom) -> None:
    """Deleting is an edit, too."""
    path = await written(server, newsroom)
    path.unlink()
    serve(server, "Pool reopens today")
    await newsroom.collect(after=HOUR)

    assert newsroom.files() == []


async def test_file_that_is_no_seed_any_more_is_left_alone_and_named(server: NewsServer, newsroom: Newsroom) -> None:
    """Somebody is in the middle of something."""
    path = await written(server, newsroom)
    path.write_text("---\ntitle: [", encoding="utf-8")
    serve(server, "Pool reopens today")
    report = await newsroom.collect(after=HOUR)

    assert path.read_text(encoding="utf-8") == "---\ntitle: ["
    assert report.troubles == [f"{path.relative_to(newsroom.news)} isn't a seed any more, so it was left as it is."]


async def test_lost_memory_leaves_files_as_they_are(server: NewsServer, newsroom: Newsroom) -> None:
    """Nobody can say any more what a person changed; and no article is written twice."""
    path = await written(server, newsroom)
    change(path, '"Pool reopens"', '"Mine"')
    before = path.read_bytes()
    for file in newsroom.folder.glob("collect.sqlite3*"):
        file.unlink()
    serve(server, "Pool reopens today")
    await newsroom.collect(after=HOUR)

    assert newsroom.files() == [path]
    assert path.read_bytes() == before


SCALARS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cf", "Co", "Cn")), max_size=20)
FIELDS = st.dictionaries(
    st.sampled_from(["title", "excerpt", "topics", "quality", "provider", "related"]),
    SCALARS
    | st.integers(-5, 200)
    | st.lists(SCALARS, max_size=3)
    | st.lists(st.fixed_dictionaries({"title": SCALARS}), min_size=1, max_size=2),
    min_size=1,
)


@given(FIELDS)
def test_what_is_written_reads_back_equal(fields: dict[str, Value]) -> None:
    """Any text, whatever YAML would make of it."""
    assert values_in(seed_text(Record(fields=fields))) == fields


@given(FIELDS, FIELDS, FIELDS)
def test_field_is_a_persons_exactly_if_it_differs_from_what_was_written(
    first: dict[str, Value], mine: dict[str, Value], second: dict[str, Value]
) -> None:
    """Ours follow the record, theirs don't change."""
    by_hand = {**first, **mine}
    change = edited(seed_text(Record(fields=by_hand)), Record(fields=second), written=first)

    theirs = {name for name in mine if mine[name] != first.get(name) or name not in first}
    expected = {name: by_hand[name] for name in theirs} | {
        name: value for name, value in second.items() if name not in theirs
    }
    assert values_in(change.text) == expected
    assert set(change.kept) >= {name for name in theirs if name in second or name in first}


@given(FIELDS)
def test_edit_to_the_same_record_changes_no_byte(fields: dict[str, Value]) -> None:
    """A pass that finds nothing new writes nothing."""
    text = "---\n# a comment\n" + seed_text(Record(fields=fields)).removeprefix("---\n") + "below\n"

    assert edited(text, Record(fields=fields), written=fields).text == text


@pytest.mark.parametrize("text", ["", "nothing", "---\ntitle: x\n", "title: x\nwebUrl: y\n", "---\n- a\n---\n"])
def test_file_without_front_matter_is_not_edited(text: str) -> None:
    """There is no place to edit."""
    with pytest.raises(UnreadableFileError):
        edited(text, Record(fields={"title": "new"}), written={"title": "old"}, planned={"title": "x", "webUrl": "y"})
