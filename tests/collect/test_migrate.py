"""Exports of other bots and readers: 500 feeds in 40 channels, each carried over or named with the reason."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.collect.feeds.file import read_feeds
from bot.collect.migrate.export import read_export
from bot.collect.migrate.moving import Move, plan_move
from bot.collect.migrate.schedules import schedules_toml
from bot.errors import NewsdeskError
from bot.news.schedules.options import OPTIONS, OptionKind
from bot.news.schedules.schedule import LONGEST_NAME
from tests.support.command_line import Run

FEEDS, CHANNELS = 500, 40


def address(number: int) -> str:
    """The address of a feed; every hundredth is one that must not be fetched."""
    return f"http://192.168.0.{number % 250}/feed" if number % 100 == 99 else f"https://site{number}.example/feed"


def channel(number: int) -> str:
    """The id of the channel that a feed is posted to."""
    return str(10**17 + number % CHANNELS)


def opml() -> bytes:
    """A reader's export, in folders."""
    outlines = "".join(
        f"<outline text='Folder {folder}'>"
        + "".join(
            f"<outline type='rss' text={quoteattr(f'Site {number}')} xmlUrl={quoteattr(address(number))}/>"
            for number in range(folder, FEEDS, CHANNELS)
        )
        + "</outline>"
        for folder in range(CHANNELS)
    )
    return f"<?xml version='1.0'?><opml version='1.0'><head/><body>{outlines}</body></opml>".encode()


def red() -> bytes:
    """The settings of Red's RSS cog."""
    channels: dict[str, Any] = {}
    for number in range(FEEDS):
        feed = {
            "name": f"Site {number}",
            "url": address(number),
            "template": "$title\n$link" if number % 10 else "**$title** by $author",
            "allowed_tags": ["ai", "law"] if number % 25 == 0 else [],
            "embed": True,
            "last_title": "x",
        }
        channels.setdefault(channel(number), {"feeds": {}})["feeds"][f"site{number}"] = feed
    return json.dumps({"2761331001": {"GLOBAL": {"use_published": ["a"]}, "CHANNEL": channels}}).encode()


def relational(operator: str, word: str, field: str = "title") -> dict[str, Any]:
    """A condition of a filter."""
    return {
        "type": "RELATIONAL",
        "op": operator,
        "left": {"type": "ARTICLE", "value": field},
        "right": {"type": "STRING", "value": word},
    }


def user_feed(number: int, **connection: Any) -> dict[str, Any]:
    """One of MonitoRSS' user feeds."""
    details = {"channel": {"id": channel(number), "guildId": "1"}, "embeds": [], "content": ""}
    return {
        "_id": {"$oid": f"{number:024x}"},
        "title": f"Site {number}",
        "url": address(number),
        "connections": {"discordChannels": [{"name": f"c{number}", "details": details, **connection}]},
    }


def monitorss() -> bytes:
    """`mongoexport --collection userfeeds`."""
    filters = {
        "expression": {
            "type": "LOGICAL",
            "op": "OR",
            "children": [relational("CONTAINS", "ai"), relational("CONTAINS", "law")],
        }
    }
    lines = [user_feed(number, **({"filters": filters} if number % 25 == 0 else {})) for number in range(FEEDS)]
    return "\n".join(map(json.dumps, lines)).encode()


def moved(data: bytes) -> Move:
    """What an export becomes."""
    return plan_move(read_export(data))


@pytest.mark.parametrize("export", [opml, red, monitorss])
def test_every_feed_is_carried_over_or_named(export: Callable[[], bytes]) -> None:
    """All of the 500: what must not be fetched is named, everything else arrives."""
    move = moved(export())
    carried = {feed.url for feed in move.feeds}
    named = " ".join(f"{each.what} {each.why}" for each in move.left_out)

    assert carried == {address(number) for number in range(FEEDS) if number % 100 != 99}
    assert all(address(number) in named for number in range(99, FEEDS, 100))


@pytest.mark.parametrize("export", [red, monitorss])
def test_each_channel_becomes_a_schedule_of_its_feeds(export: Callable[[], bytes]) -> None:
    """By a topic that its feeds have."""
    move = moved(export())
    topics = {each.id: each.topic for each in move.channels}

    assert len(move.channels) == CHANNELS
    for number in range(FEEDS):
        found = [feed for feed in move.feeds if feed.url == address(number)]
        assert all(topics[channel(number)] in feed.topics for feed in found)


@pytest.mark.parametrize("export", [red, monitorss])
def test_words_that_select_are_carried_over(export: Callable[[], bytes]) -> None:
    """Tags of the one, filters of the other."""
    assert {feed.url for feed in moved(export()).feeds if feed.take == ("ai", "law")} == {
        address(number) for number in range(0, FEEDS, 25)
    }


def test_folders_of_a_reader_become_topics() -> None:
    """As they do when OPML is read as it is."""
    assert moved(opml()).feeds[0].topics == ("Folder 0",)


@pytest.mark.parametrize("export", [opml, red, monitorss])
def test_written_files_are_read_back_as_they_were_planned(
    tmp_path: Path, newsdesk: Run, export: Callable[[], bytes]
) -> None:
    """feeds.toml by the collector, schedules.toml as TOML with the options of `/schedule create`."""
    (tmp_path / "export").write_bytes(export())
    said = newsdesk("migrate", "export")
    move = moved(export())

    assert said.status == 1
    assert said.out.startswith(f"{len(move.feeds)} feeds added, {len(move.channels)} schedules written, ")
    assert len(said.err.splitlines()) == len(move.left_out)
    assert read_feeds(tmp_path / "feeds.toml").feeds == move.feeds
    if move.channels:
        schedules = tomllib.loads((tmp_path / "schedules.toml").read_text(encoding="utf-8"))["schedule"]
        assert [each["channel"] for each in schedules] == [each.id for each in move.channels]
        assert all(len(each["name"]) <= LONGEST_NAME for each in schedules)


@pytest.mark.parametrize("export", [red, monitorss])
def test_written_schedule_has_options_that_the_bot_reads(export: Callable[[], bytes]) -> None:
    """As `/schedule create` would: by name and by value; the topics are those of its feeds."""
    options = {option.name: option for option in OPTIONS}
    move = moved(export())
    topics = {topic for feed in move.feeds for topic in feed.topics}

    for schedule in tomllib.loads(schedules_toml(move.channels))["schedule"]:
        given = {name: value for name, value in schedule.items() if name != "name"}
        read: dict[str, Any] = {}
        for name, value in given.items():
            text = ",".join(value) if isinstance(value, list) else value
            is_id = options[name].kind in {OptionKind.CHANNEL, OptionKind.ROLE}
            read |= options[name].read(int(text) if is_id else text)
        assert str(read["channel_id"]) in {channel(number) for number in range(CHANNELS)}
        assert set(read["topics"]) <= topics


def test_second_run_adds_nothing_and_overwrites_no_schedules(tmp_path: Path, newsdesk: Run) -> None:
    """What a person has edited in between stays."""
    (tmp_path / "export").write_bytes(red())
    newsdesk("migrate", "export")
    before = (tmp_path / "feeds.toml").read_bytes()
    said = newsdesk("migrate", "export")

    assert "schedules.toml is there already" in said.err
    assert (tmp_path / "feeds.toml").read_bytes() == before


def only(**connection: Any) -> Move:
    """A move of one user feed."""
    return moved(json.dumps(user_feed(1, **connection)).encode())


@pytest.mark.parametrize(
    ("connection", "why"),
    [
        ({"filters": {"expression": relational("MATCHES", "^a")}}, "only words in title or description"),
        ({"filters": {"expression": relational("CONTAINS", "a", "author")}}, "only words in title or description"),
        ({"rateLimits": [{"limit": 3}]}, "an edition has a number of stories"),
        ({"mentions": {"targets": [{"id": "5", "type": "user"}]}}, "never a member"),
        ({"disabledCode": "MANUAL"}, "switched off there (MANUAL)"),
        ({"details": {"channel": {"id": "77"}, "embeds": [{"title": "{{title}}"}]}}, "a form of its own"),
        ({"details": {}}, "it names no channel"),
    ],
)
def test_what_has_no_counterpart_is_named_and_the_feed_is_carried_over(connection: dict[str, Any], why: str) -> None:
    """One thing that is lost doesn't lose the rest."""
    move = only(**connection)

    assert [feed.url for feed in move.feeds] == [address(1)]
    assert why in " ".join(each.why for each in move.left_out)


def test_role_that_was_mentioned_is_mentioned() -> None:
    """One; several are named."""
    assert only(mentions={"targets": [{"id": "5", "type": "role"}]}).channels[0].role_id == "5"
    several = only(mentions={"targets": [{"id": "5", "type": "role"}, {"id": "6", "type": "role"}]})
    assert several.channels[0].role_id == ""
    assert "several roles" in several.left_out[0].why


@pytest.mark.parametrize(
    ("expression", "take", "leave"),
    [
        (relational("NOT_CONTAIN", "x"), (), ("x",)),
        (
            {"type": "LOGICAL", "op": "AND", "children": [relational("CONTAINS", "a"), relational("NOT_CONTAIN", "x")]},
            ("a",),
            ("x",),
        ),
        (
            {"type": "LOGICAL", "op": "AND", "children": [relational("CONTAINS", "a"), relational("CONTAINS", "b")]},
            (),
            (),
        ),
        (
            {"type": "LOGICAL", "op": "OR", "children": [relational("CONTAINS", "a"), relational("NOT_CONTAIN", "x")]},
            (),
            (),
        ),
    ],
)
def test_filter_becomes_words_only_if_it_means_the_same(
    expression: dict[str, Any], take: tuple[str, ...], leave: tuple[str, ...]
) -> None:
    """Both words of two is more than `take` can say."""
    (feed,) = only(filters={"expression": expression}).feeds

    assert (feed.take, feed.leave) == (take, leave)


def test_feed_of_two_channels_with_different_filters_is_taken_whole() -> None:
    """And that is named."""
    first = user_feed(1, filters={"expression": relational("CONTAINS", "a")})
    second = user_feed(1)
    move = moved("\n".join(map(json.dumps, [first, second])).encode())

    assert [feed.take for feed in move.feeds] == [()]
    assert "they differ between its channels" in move.left_out[0].why


KEYS = st.sampled_from(
    ["url", "connections", "CHANNEL", "feeds", "discordChannels", "details", "filters", "expression"]
)
VALUES = st.recursive(
    st.none() | st.text(max_size=5) | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(st.binary(max_size=200) | VALUES.map(lambda value: json.dumps(value).encode()))
def test_any_other_file_is_refused_in_a_sentence(data: bytes) -> None:
    """Never a traceback, whatever is in it."""
    with suppress(NewsdeskError):
        plan_move(read_export(data))
