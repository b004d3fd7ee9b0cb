"""Every format becomes the same items, and feedparser as a second opinion agrees."""

from __future__ import annotations

from contextlib import suppress

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.collect.fetched import Fetched
from bot.collect.item import Document
from bot.collect.items.document import MOST_ITEMS, NotAFeedError, read_document
from tests.collect.feeds_by_hand import BASE, FEEDS, Written


def read(written: Written) -> Document:
    """Read a document as if it had been fetched."""
    return read_document(Fetched(body=written.body, url=BASE, charset=written.charset))


def read_text(text: str) -> Document:
    """Read a document of text."""
    return read_document(Fetched(body=text.encode(), url=BASE))


def of(kind: str) -> list[Written]:
    """The documents for which a test says something."""
    return [written for written in FEEDS if getattr(written, kind)]


def name(written: Written) -> str:
    """For the test's name."""
    return written.name.replace(" ", "-")


def test_there_are_twenty_five() -> None:
    """RSS 0.90, 0.91, 0.92, 1.0 and 2.0, Atom 0.3 and 1.0, JSON Feed 1.0 and 1.1."""
    assert len(FEEDS) == 25


@pytest.mark.parametrize("written", FEEDS, ids=name)
def test_titles_and_links_are_read(written: Written) -> None:
    """As plain text, absolute and without tracking."""
    items = read(written).items

    assert tuple(item.title for item in items) == written.titles
    assert tuple(item.url for item in items) == written.links


@pytest.mark.parametrize("written", of("dates"), ids=name)
def test_dates_are_read_in_utc(written: Written) -> None:
    """A naive one is UTC; one that can't be read is none."""
    dates = [item.published_at.isoformat() if item.published_at else "" for item in read(written).items]

    assert tuple(dates) == written.dates


@pytest.mark.parametrize("written", of("excerpts"), ids=name)
def test_excerpts_are_plain_text(written: Written) -> None:
    """No tags, entities decoded, scripts left out."""
    assert tuple(item.excerpt for item in read(written).items) == written.excerpts


@pytest.mark.parametrize("written", of("is_like_feedparser"), ids=name)
def test_feedparser_reads_the_same_items(written: Written) -> None:
    """The number of items, and their links."""
    second = feedparser.parse(written.body)

    assert [entry.get("link") for entry in second.entries] == [item.url for item in read(written).items]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the document is empty"),
        ("  \n ", "the document is empty"),
        ("<!DOCTYPE html><html><body>Not found</body></html>", "a web page instead of a feed"),
        ("<!-- x --><html><head></head></html>", "a web page instead of a feed"),
        ("hello", "neither RSS, Atom nor JSON Feed"),
        ("<opml version='2.0'><body/></opml>", "neither RSS, Atom nor JSON Feed"),
        ("{}", "neither RSS, Atom nor JSON Feed"),
        ('{"a": ', "neither RSS, Atom nor JSON Feed"),
        (
            "<!DOCTYPE r [<!ENTITY a 'x'>]><rss version='2.0'><channel><item><title>&a;</title></item></channel></rss>",
            "it defines entities of its own, which are not read",
        ),
    ],
)
def test_anything_else_is_named(text: str, reason: str) -> None:
    """Why a feed failed is what an operator reads."""
    with pytest.raises(NotAFeedError) as caught:
        read_text(text)

    assert caught.value.message == reason


def test_file_of_this_machine_is_not_read_through_an_entity() -> None:
    """An external entity is refused with the others."""
    comment = f"<!-- {'x' * 100_000} -->"
    definition = f"{comment}<!DOCTYPE r [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"
    attack = f"{definition}<rss><channel><item><title>&a;</title></item></channel></rss>"
    with pytest.raises(NotAFeedError):
        read_text(attack)


def test_five_thousand_items_are_read() -> None:
    """And not more."""
    items = "".join(
        f"<item><title>Item {number}</title><link>https://gazette.example/{number}</link></item>"
        for number in range(MOST_ITEMS + 10)
    )
    document = read_text(f"<rss version='2.0'><channel><title>G</title>{items}</channel></rss>")

    assert len(document.items) == MOST_ITEMS


def test_items_without_a_title_or_link_are_counted() -> None:
    """They can't become an article."""
    document = read_text(
        "<rss version='2.0'><channel><title>G</title><item><title>No link</title></item>"
        "<item><link>https://gazette.example/1</link></item>"
        "<item><title>Script</title><link>javascript:alert(1)</link></item></channel></rss>"
    )

    assert (document.items, document.unusable) == ((), 3)


def test_id_that_several_items_share_is_not_one() -> None:
    """Some software writes the site's address as the id of each."""
    item = (
        "<item><title>{0}</title><link>https://gazette.example/{0}</link><guid isPermaLink='false'>same</guid></item>"
    )
    document = read_text(f"<rss version='2.0'><channel>{item.format(1)}{item.format(2)}</channel></rss>")

    assert [item.guid for item in document.items] == ["", ""]


def test_wish_to_be_left_alone_is_read() -> None:
    """`ttl`, `skipHours`, and the module of RSS 1.0."""
    head = "<ttl>90</ttl><skipHours><hour>2</hour><hour>24</hour></skipHours>"
    document = read_text(f"<rss version='2.0'><channel>{head}<title>G</title></channel></rss>")
    assert (document.ttl_s, document.skip_hours) == (5400, frozenset({0, 2}))

    head = "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>"
    document = read_text(
        f"<rss version='2.0' xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'><channel>{head}</channel></rss>"
    )
    assert document.ttl_s == 21_600


@pytest.mark.parametrize(
    ("inside", "url"),
    [
        (
            (
                "<media:content url='https://p.example/s.jpg' width='90'/>"
                "<media:content url='https://p.example/l.jpg' width='900'/>"
            ),
            "l.jpg",
        ),
        (
            "<media:content url='https://p.example/film.mp4' type='video/mp4'/><media:thumbnail url='https://p.example/t.jpg'/>",
            "t.jpg",
        ),
        ("<enclosure url='https://p.example/e.png' type='image/png' length='1'/>", "e.png"),
        ('<description>&lt;img src="https://p.example/d.jpg?a=1&amp;amp;b=2"&gt; Text</description>', "d.jpg?a=1&b=2"),
    ],
)
def test_picture_is_found(inside: str, url: str) -> None:
    """The widest of the media, else an enclosure, else the first in the text."""
    document = read_text(
        "<rss version='2.0' xmlns:media='http://search.yahoo.com/mrss/'><channel><item><title>One</title>"
        f"<link>https://gazette.example/1</link>{inside}</item></channel></rss>"
    )

    picture = document.items[0].picture
    assert picture is not None
    assert picture.url == f"https://p.example/{url}"


@settings(max_examples=300)
@given(st.binary(max_size=400) | st.text(max_size=300).map(str.encode))
def test_no_bytes_raise_anything_else(body: bytes) -> None:
    """One feed of garbage must not end a pass."""
    with suppress(NotAFeedError):
        read_document(Fetched(body=body, url=BASE))


@settings(max_examples=300)
@given(st.sampled_from(FEEDS), st.integers(0, 2_000), st.binary(max_size=6))
def test_no_damaged_feed_raises_anything_else(written: Written, place: int, damage: bytes) -> None:
    """A real feed with a few wrong bytes."""
    body = written.body[:place] + damage + written.body[place + len(damage) :]
    with suppress(NotAFeedError):
        read_document(Fetched(body=body, url=BASE, charset=written.charset))
