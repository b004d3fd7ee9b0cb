"""Documents made to hurt: five megabytes of anything are read, or refused, within seconds and without a crash."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from bot.collect.feeds.opml import is_opml
from bot.collect.fetch.client import LARGEST_FEED, LARGEST_PAGE
from bot.collect.fetched import Fetched
from bot.collect.items.document import NotAFeedError, read_document
from bot.collect.items.page import read_page
from tests.support.command_line import run_python

LONGEST_S = 20.0

PIECES = {
    "spaces": " ",
    "line breaks": "\n",
    "open xhtml titles": "<title type='xhtml'>",
    "open doctypes": "<!DOCTYPE a ",
    "open cdata": "<![CDATA[",
    "open comments": "<!-- ",
    "open skip hours": "<skipHours>",
    "ampersands": "&",
    "half entities": "&am",
    "entities": "&nbsp;",
    "deep elements": "<a>",
    "deep items": "<item>",
    "attributes": "<a b='",
    "thumbnails": "<media:thumbnail ",
    "angle brackets": "<",
    "deep json": "[",
    "deep objects": '{"a":',
    "instructions": "<?xml ",
}
IN_TEXT = {
    "open pictures": "<img ",
    "open links": "<a href=",
    "escaped ampersands": "&amp;amp;",
    "scripts": "<script>",
    "footers": "The post a appeared ",
    "read more": "Read more ",
    "marks": "a\u0301\u0301\u0301\u0301",
    "mojibake": "\u00c3\u00a9",
}


def filled(head: str, piece: str, size: int) -> bytes:
    """A document of one piece, repeated to the largest size."""
    data = head + piece * (size // len(piece.encode()))
    return data.encode()[:size]


def read(body: bytes) -> float:
    """Seconds of CPU that a document takes."""
    began = time.process_time()
    with suppress(NotAFeedError):
        read_document(Fetched(body=body, url="https://gazette.example/feed"))
    return time.process_time() - began


@pytest.mark.parametrize("head", ["", "<rss version='2.0'><channel>", "<feed xmlns='http://www.w3.org/2005/Atom'>"])
@pytest.mark.parametrize("piece", PIECES.values(), ids=PIECES.keys())
def test_document_of_one_piece_is_read_in_seconds(head: str, piece: str) -> None:
    """No pattern takes the square of its length."""
    assert read(filled(head, piece, LARGEST_FEED)) < LONGEST_S


@pytest.mark.parametrize("piece", IN_TEXT.values(), ids=IN_TEXT.keys())
def test_text_of_one_piece_is_read_in_seconds(piece: str) -> None:
    """In an item's description."""
    head = "<rss version='2.0'><channel><item><title>T</title><link>https://a.example/1</link><description><![CDATA["
    tail = b"]]></description></item></channel></rss>"

    assert read(filled(head, piece, LARGEST_FEED - len(tail)) + tail) < LONGEST_S


@pytest.mark.parametrize("piece", (PIECES | IN_TEXT).values(), ids=(PIECES | IN_TEXT).keys())
def test_page_of_one_piece_is_read_in_seconds(piece: str) -> None:
    """Also where its metadata is."""
    for head in ("<html><head><meta property='og:title' content='", "<script type='application/ld+json'>", "<html>"):
        began = time.process_time()
        read_page(Fetched(body=filled(head, piece, LARGEST_PAGE), url="https://gazette.example/1"))
        assert time.process_time() - began < LONGEST_S


def test_start_of_opml_is_found_in_seconds() -> None:
    """Whatever a file begins with."""
    for piece in PIECES.values():
        began = time.process_time()
        is_opml(filled("", piece, LARGEST_FEED))
        assert time.process_time() - began < 1


@pytest.mark.parametrize("head", ["", "<rss><channel><item>"])
@pytest.mark.parametrize("piece", ["<a>", "[", '{"a":', "<item>"])
def test_deep_document_does_not_end_the_process(head: str, piece: str) -> None:
    """A stack that overflows in C would take the whole pass with it."""
    code = (
        "from bot.collect.fetched import Fetched\nfrom bot.collect.items.document import *\n"
        f"try: read_document(Fetched(body={head!r}.encode() + {piece!r}.encode() * 1_000_000, url='https://a.example/f'))\n"
        "except NotAFeedError: pass\nprint('alive')"
    )

    assert run_python("-c", code).out == "alive\n"
