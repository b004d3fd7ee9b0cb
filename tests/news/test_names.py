"""Typed lists of topics and providers, and what they mean where names are known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadInputError
from bot.news.parsing.names import (
    KnownNames,
    as_item,
    folded,
    last_name,
    read_mutes,
    read_providers,
    read_topics,
    split_names,
)

KNOWN = KnownNames(
    topics={"computer vision": "Computer Vision", "ai": "AI", "arts, culture": "Arts, Culture", "node.js": "Node.js"},
    providers={"wbur.org": "WBUR", "bbc.com": "BBC", "bbc.co.uk": "BBC", "inc.example": "Sinclair, Inc."},
)


def test_quotes_keep_a_comma_in_a_name() -> None:
    """Typographic ones, too."""
    assert read_topics("\u201cArts, Culture\u201d, AI") == ("arts, culture", "ai")


@given(st.lists(st.text(st.characters(exclude_characters='"', codec="utf-8"), min_size=1), min_size=1, max_size=5))
def test_every_list_that_is_written_is_read_as_the_same_names(names: list[str]) -> None:
    """Whatever a topic is called, the completion of its name selects it."""
    typed = ", ".join(as_item(name) for name in names)

    assert {item.text for item in split_names(typed)} == {
        item.text for name in names for item in split_names(as_item(name))
    }
    assert all(len(split_names(as_item(name))) <= 1 for name in names)


@given(st.text(max_size=40))
def test_a_list_that_is_being_typed_is_split_into_itself(typed: str) -> None:
    """What is finished keeps its meaning, and the rest is the beginning of a name."""
    before, begun = last_name(typed)

    assert len(split_names(before)) <= len(split_names(typed))
    assert begun == begun.strip()


@pytest.mark.parametrize(
    ("typed", "split"),
    [("", ("", "")), ("a", ("", "a")), ("a, b", ("a,", "b")), ("a,", ("a,", "")), ('"b, c", d', ('"b, c",', "d"))],
)
def test_the_last_item_of_a_list_is_what_is_completed(typed: str, split: tuple[str, str]) -> None:
    """A comma in quotes ends no item."""
    assert last_name(typed) == split


def test_a_name_of_a_provider_means_its_domains() -> None:
    """All of them, whatever its case, and the completion's own form."""
    assert read_providers("wbur, bbc", KNOWN) == ("wbur.org", "bbc.com", "bbc.co.uk")
    assert read_providers("WBUR (wbur.org)", KNOWN) == ("wbur.org",)
    assert read_providers(as_item("Sinclair, Inc. (inc.example)"), KNOWN) == ("inc.example",)


def test_an_unknown_domain_may_come_later() -> None:
    """It is read from a link as well."""
    assert read_providers("https://www.nytimes.com/section", KNOWN) == ("nytimes.com",)


def test_a_name_that_is_neither_known_nor_a_domain_is_refused_with_the_nearest() -> None:
    """It could never match."""
    with pytest.raises(BadInputError) as caught:
        read_providers("wbr", KNOWN)

    assert caught.value.cure == "Did you mean WBUR (wbur.org)?"


@pytest.mark.parametrize(
    ("typed", "topics", "providers"),
    [
        ("A.I.", ("a.i.",), ()),
        ("No. 10", ("no. 10",), ()),
        ("Node.js", ("node.js",), ()),
        ('"Vue.js"', ("vue.js",), ()),
        ("example.com", (), ("example.com",)),
        ("wbur, AI", ("ai",), ("wbur.org",)),
    ],
)
def test_mutes_are_told_apart_by_what_is_known(typed: str, topics: tuple[str, ...], providers: tuple[str, ...]) -> None:
    """Only of an unknown name the form decides, and quotes make it a topic."""
    assert read_mutes(typed, KNOWN) == (topics, providers)


def test_dots_do_not_hide_the_nearest_topic() -> None:
    """A.I. is AI."""
    assert KNOWN.near_topics("a.i.") == ("AI",)
    assert KNOWN.near_topics("computer vison") == ("Computer Vision",)


@given(st.text(max_size=30))
def test_a_name_is_folded_once(name: str) -> None:
    """Twice isn't further."""
    assert folded(folded(name)) == folded(name)
