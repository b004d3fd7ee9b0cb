"""What the owner of one feed can do to the others: nothing, whatever the feed and its server answer."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import fastfeedparser
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.collect.feed import Feed, Settings
from bot.collect.fetched import Fetched
from bot.collect.item import Document
from bot.collect.items import page as page_module
from bot.collect.items.document import NotAFeedError, read_document
from bot.collect.items.page import read_page
from bot.collect.running.paging import MOST_OF_A_SITE
from bot.collect.running.taking import MOST_OF_A_DAY, take_in
from bot.collect.state.memory import open_memory
from tests.collect.conftest import NOW
from tests.collect.news_server import NewsServer
from tests.collect.newsroom import Newsroom
from tests.collect.raw_server import answering
from tests.collect.town import Story, rss
from tests.support.clocks import ManualClock

HOUR = timedelta(hours=1)
POOL = Story(title="Pool reopens", text="The mayor was the first to jump into the water.", hours_ago=2, now=NOW)
GOOD = rss("The Gazette", "gazette.example", [POOL]).encode()
TRICK = 'x"\nquality: 999\n---\n\u2028quality: 999\x85quality: 999\r- !!python/object/apply:os.system ["id"]\n*a &a #'


def json_feed(**item: object) -> bytes:
    """A JSON Feed of one item."""
    values = {"id": "1", "url": "https://evil.example/1", "title": "T", **item}
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "E", "items": [values]}).encode()


def response(headers: bytes, body: bytes = GOOD, status: bytes = b"200 OK") -> bytes:
    """A whole answer."""
    length = str(len(body)).encode()
    return b"HTTP/1.1 " + status + b"\r\n" + headers + b"\r\nContent-Length: " + length + b"\r\n\r\n" + body


ANSWERS = {
    "validator that is no text": response(b'ETag: "\xff\xfe"\r\nLast-Modified: \xed\xa0\x80'),
    "validator of ten kilobytes": response(b'ETag: "' + b"a" * 10_000 + b'"'),
    "redirect that is no text": response(b"Location: http://\xff\xfe.example/\xed\xa0\x80", status=b"301 Moved"),
    "redirect with a terminal's codes": response(b"Location: http://a.example/\x1b[2J", status=b"302 Found"),
    "charset that is none": response(b"Content-Type: text/xml; charset=unicode_escape", b"\\ud800\xff"),
    "status that is none": response(b"X: y", status=b"999 \xff"),
    "no answer at all": b"",
    "header without an end": b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000,
    "negative length": b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n<rss/>",
    "id that is no text": response(b"X: y", json_feed(id="\ud800", tags=["\udfff"], summary="\ud800")),
    "id with a null": response(b"X: y", json_feed(id="a\0b", title="T\0")),
    "dates at the ends of time": response(b"X: y", json_feed(date_published="9999-12-31T23:59:59-14:00")),
    "values of other kinds": response(b"X: y", json_feed(id={}, title=[1], url=7, tags={"a": 1}, image=[], authors=0)),
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS.keys())
async def test_hostile_answer_neither_ends_a_pass_nor_the_next(tmp_path: Path, answer: bytes) -> None:
    """The good feed's article is written, and what was remembered of the other can be asked with again."""
    async with answering({"evil": answer, "good": response(b"X: y")}) as site:
        newsroom = Newsroom(folder=tmp_path, test_site=site, clock=ManualClock(NOW))
        newsroom.add([f"http://evil.{site}/feed", f"http://good.{site}/feed"])
        first = await newsroom.collect()
        second = await newsroom.collect(after=HOUR)

    assert [line.result for line in (*first.lines, *second.lines) if "good" in line.url] == ["new", "same"]
    assert "Pool reopens" in [values["title"] for values in newsroom.values()]
    assert newsroom.workplace.status_file.exists()


async def test_fault_in_reading_one_feed_leaves_the_others(
    server: NewsServer, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A library may answer anything for a document that nobody has thought of."""
    parse = fastfeedparser.parse
    monkeypatch.setattr(fastfeedparser, "parse", lambda text: {"entries": 5} if b"Odd" in text else parse(text))
    newsroom.add(server.put("odd", GOOD.replace(b"Gazette", b"Odd")))
    newsroom.add(server.put("gazette", GOOD))
    report = await newsroom.collect()

    assert {line.result for line in report.lines} == {"failed", "new"}
    assert len(newsroom.files()) == 1


async def test_fault_in_reading_one_page_leaves_its_item_as_the_feed_has_it(
    server: NewsServer, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The article is written without what its page would have said."""

    def fail(_text: str) -> None:
        raise RuntimeError("a fault of the library")

    monkeypatch.setattr(page_module, "LexborHTMLParser", fail)
    newsroom.settings = Settings(pages=True)
    link = server.put("gazette", "<html></html>", "/pool", content_type="text/html")
    story = Story(title="Pool reopens", text=POOL.text, hours_ago=2, link=link, now=NOW)
    newsroom.add(server.put("gazette", rss("G", "gazette.example", [story])))
    report = await newsroom.collect()

    assert report.pages == 1
    assert [values["title"] for values in newsroom.values()] == ["Pool reopens"]


ANY_TEXT = st.text(max_size=30) | st.just(TRICK) | st.just("\ud800")
ANY_VALUE = st.none() | ANY_TEXT | st.integers() | st.lists(ANY_TEXT, max_size=2) | st.just({"url": "x", "name": TRICK})
ITEM = st.dictionaries(
    st.sampled_from(
        ["id", "url", "title", "summary", "content_html", "content_text", "image", "tags", "date_published", "language"]
    ),
    ANY_VALUE,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ITEM, max_size=3))
def test_no_item_of_a_feed_can_not_be_remembered(tmp_path: Path, items: list[dict[str, object]]) -> None:
    """Whatever JSON can say: an item is left out, or is stored and read again."""
    items = [{"url": f"https://evil.example/{number}", "title": "T", **item} for number, item in enumerate(items)]
    body = json.dumps({"version": "https://jsonfeed.org/version/1", "items": items}).encode()
    try:
        document = read_document(Fetched(body=body, url="https://evil.example/feed"))
    except NotAFeedError:
        return
    path = tmp_path / "collect.sqlite3"
    with open_memory(path) as memory, memory.transaction():
        take_in(memory, Feed(url="https://evil.example/feed"), document, Settings(), now=NOW, is_first=True)
        stored = memory.dirty_entries()
    path.unlink()

    assert {entry.item.url for entry in stored} <= {item.url for item in document.items}


async def test_no_text_of_a_feed_becomes_a_field_of_its_file(server: NewsServer, newsroom: Newsroom) -> None:
    """Title, excerpt, provider and comments, as any YAML reader reads them; and the file is where it belongs."""
    body = json.loads(json_feed(title=f"../../etc/{TRICK}", content_text=TRICK, id="../../../../etc/passwd"))
    body["title"] = TRICK
    newsroom.add(server.put("evil", json.dumps(body), content_type="application/json"))
    newsroom.add(server.put("gazette", GOOD), name=TRICK, topics=(TRICK,))
    await newsroom.collect()

    for path in newsroom.files():
        values = yaml.safe_load(path.read_text(encoding="utf-8").split("---\n", 2)[1])
        assert set(values) <= {
            "title", "excerpt", "publishedDateTime", "webUrl", "type", "provider", "quality", "heat", "topics",
        }  # fmt: skip
        assert values["quality"] in {60, 70}
        assert path.resolve().is_relative_to(newsroom.news.resolve())
    assert len(newsroom.files()) == 2


async def test_name_of_a_better_report_is_no_line_of_a_file(server: NewsServer, newsroom: Newsroom) -> None:
    """It is in a comment, and a comment ends with its line."""
    for number, text in enumerate(("The mayor was the first to jump.", "The mayor jumped, and then swam a mile.")):
        newsroom.add(
            server.put(
                f"p{number}", rss("P", f"p{number}.example", [Story(title=POOL.title, text=text, hours_ago=1, now=NOW)])
            ),
            name=TRICK,
            quality=70 + 10 * number,
        )
    await newsroom.collect()

    assert sorted(int(str(values["quality"])) for values in newsroom.values()) == [60, 70]


async def test_pages_of_one_feed_are_few_however_many_sites_it_links_to(server: NewsServer, newsroom: Newsroom) -> None:
    """Nobody's feed sends the collector to a thousand sites in one pass."""
    newsroom.settings = Settings(pages=True)
    items = "".join(
        f"<item><title>Item {number}</title><link>{server.url(f'site{number}', f'/{number}')}</link>"
        "<pubDate>Fri, 17 May 2024 08:00:00 GMT</pubDate></item>"
        for number in range(3 * MOST_OF_A_SITE)
    )
    newsroom.add(server.put("evil", f"<rss version='2.0'><channel>{items}</channel></rss>"))
    counts = [(await newsroom.collect()).pages for _ in range(4)]

    assert counts == [MOST_OF_A_SITE, MOST_OF_A_SITE, MOST_OF_A_SITE, 0]


async def test_pages_of_many_names_of_one_publisher_are_few(server: NewsServer, newsroom: Newsroom) -> None:
    """Two feeds, and a name of its own for each page."""
    newsroom.settings = Settings(pages=True)
    for feed in range(2):
        items = "".join(
            f"<item><title>Item {number}</title><link>{server.url(f's{feed}x{number}', f'/{number}')}</link>"
            "<pubDate>Fri, 17 May 2024 08:00:00 GMT</pubDate></item>"
            for number in range(MOST_OF_A_SITE)
        )
        newsroom.add(server.put(f"evil{feed}", f"<rss version='2.0'><channel>{items}</channel></rss>"))

    assert (await newsroom.collect()).pages == MOST_OF_A_SITE


async def test_feed_adds_only_so_much_in_a_day(server: NewsServer, newsroom: Newsroom) -> None:
    """With 5,000 new items in every pass, taken or not, it would fill the disk; the next day it may again."""
    newsroom.add(server.url("evil"), leave=("item",))
    seen = []
    for number in range(3):
        items = "".join(
            f"<item><title>Item</title><link>https://evil.example/{number}x{item}</link></item>"
            for item in range(MOST_OF_A_DAY * 2 // 3)
        )
        server.put("evil", f"<rss version='2.0'><channel>{items}</channel></rss>")
        seen.append((await newsroom.collect(after=timedelta(hours=7))).lines[0])

    assert [line.left for line in seen] == [3333, 1667, 3333]
    assert "1666 over the most that a feed may add in a day" in seen[1].said


async def test_date_that_moves_on_with_every_pass_does_not_keep_an_article_new(
    server: NewsServer, newsroom: Newsroom
) -> None:
    """It was published when it was first seen, at the latest."""
    newsroom.add(server.url("evil"))
    for number in range(4):
        now = newsroom.clock.now()
        story = Story(title="Ours", text=f"{POOL.text} {number}", hours_ago=0, link="https://evil.example/1", now=now)
        server.put("evil", rss("E", "evil.example", [story]))
        await newsroom.collect(after=timedelta(days=1))

    assert newsroom.values()[0]["publishedDateTime"] == "2024-05-18T09:00:00Z"


def test_page_can_not_name_another_publishers_address_as_its_own() -> None:
    """Two sites below `co.uk` are two publishers."""
    page = b"<html><head><link rel='canonical' href='https://bbc.co.uk/news/1'></head></html>"

    assert read_page(Fetched(body=page, url="https://evil.co.uk/1")).canonical == ""
    assert read_page(Fetched(body=page, url="https://news.bbc.co.uk/1")).canonical == "https://bbc.co.uk/news/1"


def listed(feed: str, title: str, text: str = POOL.text) -> tuple[Feed, Document]:
    """A feed with one item: the Gazette's article under a title."""
    story = Story(title=title, text=text, hours_ago=2, link="https://www.gazette.example/pool", now=NOW)
    body = rss("F", "gazette.example", [story]).encode()
    return Feed(url=feed, leave=("horoscope",)), read_document(Fetched(body=body, url=feed))


@pytest.mark.parametrize(
    ("feeds", "titles"),
    [
        (["https://evil.example/feed", "https://feeds.gazette.example/all"], ["Scandal!", "Pool reopens"]),
        (["https://evil.example/feed", "https://feeds.gazette.example/all"], ["Scandal!", "Horoscope"]),
        (["https://feeds.gazette.example/all", "https://evil.example/feed"], ["Pool reopens", "Scandal!"]),
        (["https://links.example/feed", "https://evil.example/feed"], ["Pool reopens", "Scandal!"]),
    ],
    ids=["its own feed takes over", "unless it is left out there", "others don't", "nor from each other"],
)
def test_article_belongs_to_the_feed_of_its_own_publisher(tmp_path: Path, feeds: list[str], titles: list[str]) -> None:
    """Somebody else's words under a paper's name last until the paper's own feed is read."""
    with open_memory(tmp_path / "collect.sqlite3") as memory, memory.transaction():
        for feed, document in (*map(listed, feeds, titles), *map(listed, feeds, titles)):
            take_in(memory, feed, document, Settings(), now=NOW, is_first=True)
        (entry,) = memory.dirty_entries()

    taken_over = titles[1] == "Pool reopens"
    assert (entry.item.title, entry.feed) == (titles[taken_over], feeds[taken_over])
