"""Whatever a feed says, in whatever format: what is written is read back equal by the bot's own reader."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.collect.feed import Feed
from bot.collect.fetched import Fetched
from bot.collect.item import Item
from bot.collect.items.document import NotAFeedError, read_document
from bot.collect.records.record import Judgement, Report, record_of
from bot.collect.records.yaml_text import seed_text
from bot.collect.running.provider import provider_of
from bot.news.article import EARLIEST_DATE, INSTANCE_SHELF, RefusedSeed, Seed
from bot.seedfile.seed import read_seed
from tests.collect.conftest import NOW
from tests.collect.feeds_by_hand import BASE, FEEDS, Written

SITE = "https://gazette.example"
XML_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=40)
SNIPPETS = [
    "<b>bold</b> &amp; <i>more</i>", "&lt;p&gt;twice&lt;/p&gt;", "- a\n- b: c", "---\nquality: 1\n---", "{a: [b",
    "'\"\\", "!!python/name:os", "\u202egnp.exe", "yes", "null", "2024-01-01", "1e3", "#", ": ", "\u2028x\u0085y",
    "\U0001f468\u200d\U0001f469", "The post X appeared first on Y.", "e" + 5 * "\u0301", "\ufeff", "a" * 700,
]  # fmt: skip
TEXT = XML_TEXT | st.lists(st.sampled_from(SNIPPETS), max_size=3).map(" ".join)
LINK = st.sampled_from(
    ["/1", "2?utm_source=x&a=b", f"{SITE}/\u00fc(1)?q=\u65e5#x", "https://m\u00fcnchen.example/\u00e4 b"]
)
MOMENT = st.datetimes(datetime(2000, 1, 1), datetime(2024, 5, 1)).map(  # noqa: DTZ001 - made aware
    lambda moment: moment.replace(microsecond=0, tzinfo=UTC).isoformat()
)
STORY = st.fixed_dictionaries({"title": TEXT, "text": TEXT, "link": LINK, "date": MOMENT, "picture": LINK})
Form = Callable[[dict[str, str]], str]


def rss(story: dict[str, str]) -> str:
    """RSS 2.0 with the modules that blogs use."""
    return (
        "<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:media='http://search.yahoo.com/mrss/'>"
        f"<channel><title>{escape(story['title'])}</title><link>{SITE}</link><item><title>{escape(story['title'])}</title>"
        f"<link>{escape(story['link'])}</link><description>{escape(story['text'])}</description>"
        f"<dc:date>{story['date']}</dc:date><media:content medium='image' width='9' url={quoteattr(story['picture'])}/>"
        "</item></channel></rss>"
    )


def rdf(story: dict[str, str]) -> str:
    """RSS 1.0."""
    return (
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'"
        f" xmlns:dc='http://purl.org/dc/elements/1.1/'><channel><title>G</title><link>{SITE}</link></channel>"
        f"<item><title>{escape(story['title'])}</title><link>{escape(story['link'])}</link>"
        f"<description>{escape(story['text'])}</description><dc:date>{story['date']}</dc:date></item></rdf:RDF>"
    )


def atom(story: dict[str, str]) -> str:
    """Atom 1.0."""
    return (
        f"<feed xmlns='http://www.w3.org/2005/Atom'><title>G</title><link href='{SITE}'/><entry><id>1</id>"
        f"<title type='html'>{escape(story['title'])}</title><link href={quoteattr(story['link'])}/>"
        f"<published>{story['date']}</published><summary type='html'>{escape(story['text'])}</summary></entry></feed>"
    )


def json_feed(story: dict[str, str]) -> str:
    """JSON Feed 1.1."""
    item = {
        "id": story["title"],
        "url": story["link"],
        "title": story["title"],
        "content_html": story["text"],
        "image": story["picture"],
        "date_published": story["date"],
    }
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": story["text"], "items": [item]})


def assert_read_back(item: Item, feed_title: str) -> None:
    """Write an item as the collector does, and read it as the bot does: each value is what was written."""
    provider = provider_of(item, Feed(url=BASE), title=feed_title, site=SITE)
    published_at = max(item.published_at or NOW, EARLIEST_DATE)
    report = Report(item=item, provider=provider, published_at=published_at)
    judgement = Judgement(quality=65, heat=75, topics=("Town",), quality_why=item.title, heat_why=provider.name)
    record = record_of(report, judgement)
    read = read_seed(seed_text(record).encode(), path="2024-05/x.md", shelf=INSTANCE_SHELF, now=NOW)

    if not any(char.isprintable() and not char.isspace() for char in item.title):
        assert isinstance(read, RefusedSeed)  # the collector leaves it out, with this reason
        return
    assert isinstance(read, Seed)
    assert read.notes == ()
    article, fields = read.article, record.fields
    assert (article.title, article.excerpt) == (fields["title"], fields.get("excerpt", ""))
    assert (article.title, article.url) == (item.title, item.url)
    assert article.excerpt in {item.excerpt, ""} or item.excerpt.startswith(article.excerpt)
    assert article.published_at == published_at.replace(microsecond=0)
    assert article.provider == provider
    assert article.pictures == ((item.picture,) if item.picture else ())
    assert (article.quality, article.heat, article.topics) == (65, 75, ("Town",))


@pytest.mark.parametrize("written", FEEDS, ids=lambda written: written.name.replace(" ", "-"))
def test_every_item_written_by_hand_is_read_back_equal(written: Written) -> None:
    """Twenty-five documents of all formats."""
    document = read_document(Fetched(body=written.body, url=BASE, charset=written.charset))

    for item in document.items:
        assert_read_back(item, document.title)


@settings(max_examples=80)
@given(st.sampled_from([rss, rdf, atom, json_feed]), STORY)
def test_any_item_of_any_format_is_read_back_equal(form: Form, story: dict[str, str]) -> None:
    """Whatever its texts would be in YAML, in XML, in HTML, or on a terminal."""
    try:
        document = read_document(Fetched(body=form(story).encode(), url=BASE))
    except NotAFeedError:
        return

    for item in document.items:
        assert_read_back(item, document.title)
