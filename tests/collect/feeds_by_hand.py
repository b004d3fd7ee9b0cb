"""Twenty-five documents of all formats, written by hand, with what is to be read from each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

BASE: Final = "https://gazette.example/feed"


@dataclass(frozen=True, kw_only=True)
class Written:
    """A document.

    Attributes:
        titles: Of its items, in order.
        links: Of its items.
        dates: Of its items, as `isoformat` gives them; empty for none.
        excerpts: Of its items, where the test says what they are.
        is_like_feedparser: feedparser reads the same titles and links.
    """

    name: str
    body: bytes
    titles: tuple[str, ...]
    links: tuple[str, ...]
    dates: tuple[str, ...] = ()
    excerpts: tuple[str, ...] = ()
    charset: str = ""
    is_like_feedparser: bool = True


def _rss(items: str, *, version: str = "2.0", head: str = "", declaration: str = "") -> str:
    return (
        f"{declaration}<rss version='{version}'><channel><title>Gazette</title>"
        f"<link>https://gazette.example/</link>{head}{items}</channel></rss>"
    )


FEEDS: Final = (
    Written(
        name="rss 0.91",
        body=_rss(
            "<item><title>Pool reopens</title><link>https://gazette.example/pool</link>"
            "<description>The mayor jumped in.</description></item>",
            version="0.91",
        ).encode(),
        titles=("Pool reopens",),
        links=("https://gazette.example/pool",),
        dates=("",),
        excerpts=("The mayor jumped in.",),
    ),
    Written(
        name="rss 0.92 with an enclosure",
        body=_rss(
            "<item><title>Pool</title><link>https://gazette.example/pool</link>"
            "<enclosure url='https://gazette.example/pool.jpg' length='1' type='image/jpeg'/></item>",
            version="0.92",
        ).encode(),
        titles=("Pool",),
        links=("https://gazette.example/pool",),
    ),
    Written(
        name="rss 2.0 with html",
        body=_rss(
            "<item><title>A &amp;amp; B &amp;lt; C</title><link>https://gazette.example/ab</link>"
            "<pubDate>Wed, 17 Jan 2024 09:00:00 +0100</pubDate>"
            "<description>&lt;p&gt;One &lt;b&gt;bold&lt;/b&gt; word.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;</description>"
            "</item>"
        ).encode(),
        titles=("A & B < C",),
        links=("https://gazette.example/ab",),
        dates=("2024-01-17T08:00:00+00:00",),
        excerpts=("One bold word. Two.",),
    ),
    Written(
        name="rss 2.0 with cdata",
        body=_rss(
            '<item><title><![CDATA[Mayor\'s "plan" <em>fails</em>]]></title><link>https://gazette.example/plan</link>'
            "<description><![CDATA[<p>It failed&nbsp;twice.</p><script>alert(1)</script>]]></description></item>"
        ).encode(),
        titles=('Mayor\'s "plan" fails',),
        links=("https://gazette.example/plan",),
        excerpts=("It failed twice.",),
    ),
    Written(
        name="rss 2.0 with relative links and tracking",
        body=_rss(
            "<item><title>One</title><link>/one?utm_source=rss&amp;id=7</link></item>"
            "<item><title>Two</title><link>two?fbclid=abc#top</link></item>"
        ).encode(),
        titles=("One", "Two"),
        links=("https://gazette.example/one?id=7", "https://gazette.example/two#top"),
        is_like_feedparser=False,
    ),
    Written(
        name="rss 2.0 with a permalink as its only link",
        body=_rss("<item><title>One</title><guid>https://gazette.example/one</guid></item>").encode(),
        titles=("One",),
        links=("https://gazette.example/one",),
        is_like_feedparser=False,
    ),
    Written(
        name="rss 2.0 with odd dates",
        body=_rss(
            "<item><title>Naive</title><link>https://gazette.example/1</link>"
            "<pubDate>2024-01-17 09:00:00</pubDate></item>"
            "<item><title>Words</title><link>https://gazette.example/2</link>"
            "<pubDate>17 Jan 2024 9:00 GMT</pubDate></item>"
            "<item><title>Zone</title><link>https://gazette.example/3</link>"
            "<pubDate>Wed, 17 Jan 2024 04:00:00 EST</pubDate></item>"
            "<item><title>Nonsense</title><link>https://gazette.example/4</link><pubDate>yesterday-ish</pubDate></item>"
            "<item><title>Empty</title><link>https://gazette.example/5</link><pubDate/></item>"
        ).encode(),
        titles=("Naive", "Words", "Zone", "Nonsense", "Empty"),
        links=tuple(f"https://gazette.example/{number}" for number in range(1, 6)),
        dates=(*["2024-01-17T09:00:00+00:00"] * 3, "", ""),
    ),
    Written(
        name="rss 2.0 in latin-1, as declared",
        body=_rss(
            "<item><title>Caf\u00e9 ferm\u00e9</title><link>https://gazette.example/cafe</link></item>",
            declaration="<?xml version='1.0' encoding='iso-8859-1'?>",
        ).encode("iso-8859-1"),
        titles=("Caf\u00e9 ferm\u00e9",),
        links=("https://gazette.example/cafe",),
    ),
    Written(
        name="rss 2.0 in utf-8 that claims latin-1",
        body=_rss(
            "<item><title>Caf\u00e9 \u2013 \u201cferm\u00e9\u201d</title><link>https://gazette.example/cafe</link></item>",
            declaration="<?xml version='1.0' encoding='iso-8859-1'?>",
        ).encode(),
        titles=("Caf\u00e9 \u2013 \u201cferm\u00e9\u201d",),
        links=("https://gazette.example/cafe",),
        is_like_feedparser=False,
    ),
    Written(
        name="rss 2.0 in windows-1252 that claims utf-8",
        body=_rss(
            "<item><title>It\u2019s \u201copen\u201d</title><link>https://gazette.example/open</link></item>",
            declaration="<?xml version='1.0' encoding='utf-8'?>",
        ).encode("cp1252"),
        titles=("It\u2019s \u201copen\u201d",),
        links=("https://gazette.example/open",),
    ),
    Written(
        name="rss 2.0 in windows-1251 by the server's word",
        body=_rss(
            "<item><title>\u041d\u043e\u0432\u043e\u0441\u0442\u0438</title><link>https://gazette.example/ru</link></item>"
        ).encode("cp1251"),
        charset="windows-1251",
        titles=("\u041d\u043e\u0432\u043e\u0441\u0442\u0438",),
        links=("https://gazette.example/ru",),
        is_like_feedparser=False,
    ),
    Written(
        name="rss 2.0 in utf-16",
        body=_rss("<item><title>\u4eca\u65e5</title><link>https://gazette.example/ja</link></item>").encode("utf-16"),
        titles=("\u4eca\u65e5",),
        links=("https://gazette.example/ja",),
        is_like_feedparser=False,
    ),
    Written(
        name="rss 2.0 with a byte order mark and a blank line",
        body=b"\xef\xbb\xbf\n"
        + _rss(
            "<item><title>One</title><link>https://gazette.example/1</link></item>",
            declaration="<?xml version='1.0'?>",
        ).encode(),
        titles=("One",),
        links=("https://gazette.example/1",),
    ),
    Written(
        name="rss 2.0 with html entities that xml lacks",
        body=_rss(
            "<item><title>Caf&eacute; &nbsp;&mdash; open</title><link>https://gazette.example/cafe</link></item>"
        ).encode(),
        titles=("Caf\u00e9 \u2014 open",),
        links=("https://gazette.example/cafe",),
    ),
    Written(
        name="rss 2.0 with a bare ampersand",
        body=_rss("<item><title>Bread & butter</title><link>https://gazette.example/b?a=1&b=2</link></item>").encode(),
        titles=("Bread & butter",),
        links=("https://gazette.example/b?a=1&b=2",),
        is_like_feedparser=False,
    ),
    Written(
        name="rss 2.0 that breaks off",
        body=_rss(
            "<item><title>Whole</title><link>https://gazette.example/1</link></item><item><title>Broken</title><link>https://ga"
        ).encode()[: -len("</channel></rss>")],
        titles=("Whole",),
        links=("https://gazette.example/1",),
        is_like_feedparser=False,
    ),
    Written(
        name="rss 2.0 with a control character",
        body=_rss("<item><title>Bell\x07 rings</title><link>https://gazette.example/1</link></item>").encode(),
        titles=("Bell rings",),
        links=("https://gazette.example/1",),
        is_like_feedparser=False,
    ),
    Written(
        name="rss 2.0 with the modules of blogs",
        body=_rss(
            "<item><title>One</title><link>https://gazette.example/1</link><dc:date>2024-01-17T09:00:00Z</dc:date>"
            "<content:encoded><![CDATA[<p>All of the text.</p>]]></content:encoded></item>"
        )
        .replace(
            "<rss ",
            "<rss xmlns:dc='http://purl.org/dc/elements/1.1/'"
            " xmlns:content='http://purl.org/rss/1.0/modules/content/' ",
        )
        .encode(),
        titles=("One",),
        links=("https://gazette.example/1",),
        dates=("2024-01-17T09:00:00+00:00",),
        excerpts=("All of the text.",),
    ),
    Written(
        name="rss 1.0",
        body=b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'"
        b" xmlns:dc='http://purl.org/dc/elements/1.1/'><channel rdf:about='https://gazette.example/'>"
        b"<title>Gazette</title><link>https://gazette.example/</link></channel>"
        b"<item rdf:about='https://gazette.example/1'><title>One</title><link>https://gazette.example/1</link>"
        b"<description>Text.</description><dc:date>2024-01-17T09:00:00+00:00</dc:date></item></rdf:RDF>",
        titles=("One",),
        links=("https://gazette.example/1",),
        dates=("2024-01-17T09:00:00+00:00",),
        excerpts=("Text.",),
    ),
    Written(
        name="rss 0.90",
        body=b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://my.netscape.com/rdf/simple/0.9/'>"
        b"<channel><title>Gazette</title><link>https://gazette.example/</link></channel>"
        b"<item><title>One</title><link>https://gazette.example/1</link></item></rdf:RDF>",
        titles=("One",),
        links=("https://gazette.example/1",),
        is_like_feedparser=False,
    ),
    Written(
        name="atom 1.0",
        body=b"<feed xmlns='http://www.w3.org/2005/Atom'><title>Gazette</title><link href='https://gazette.example/'/>"
        b"<entry><title type='html'>One &amp;amp; two</title><id>tag:1</id>"
        b"<link rel='edit' href='https://gazette.example/edit/1'/><link rel='alternate' href='https://gazette.example/1'/>"
        b"<published>2024-01-17T10:00:00+01:00</published><updated>2024-02-01T00:00:00Z</updated>"
        b"<summary>Text.</summary></entry></feed>",
        titles=("One & two",),
        links=("https://gazette.example/1",),
        dates=("2024-01-17T09:00:00+00:00",),
        excerpts=("Text.",),
    ),
    Written(
        name="atom 1.0 with xhtml and a base",
        body=b"<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://gazette.example/news/'><title>Gazette</title>"
        b"<entry><title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>One <b>two</b> &amp; more</div></title>"
        b"<id>tag:1</id><link href='1.html'/><updated>2024-01-17T09:00:00Z</updated>"
        b"<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>Text &lt;5.</p></div></content>"
        b"</entry></feed>",
        titles=("One two & more",),
        links=("https://gazette.example/news/1.html",),
        dates=("2024-01-17T09:00:00+00:00",),
        excerpts=("Text <5.",),
    ),
    Written(
        name="atom 0.3",
        body=b"<feed version='0.3' xmlns='http://purl.org/atom/ns#'><title>Gazette</title>"
        b"<link rel='alternate' type='text/html' href='https://gazette.example/'/>"
        b"<entry><title>One</title><link rel='alternate' type='text/html' href='https://gazette.example/1'/>"
        b"<id>tag:1</id><issued>2024-01-17T09:00:00Z</issued><modified>2024-01-18T09:00:00Z</modified></entry></feed>",
        titles=("One",),
        links=("https://gazette.example/1",),
    ),
    Written(
        name="json feed 1.0",
        body=b'{"version": "https://jsonfeed.org/version/1", "title": "Gazette", "home_page_url": "https://gazette.example/",'
        b' "items": [{"id": 1, "url": "https://gazette.example/1", "title": "One", "content_text": "Text.",'
        b' "date_published": "2024-01-17T10:00:00+01:00"}]}',
        titles=("One",),
        links=("https://gazette.example/1",),
        dates=("2024-01-17T09:00:00+00:00",),
        excerpts=("Text.",),
        is_like_feedparser=False,
    ),
    Written(
        name="json feed 1.1 of a microblog",
        body='{"version": "https://jsonfeed.org/version/1.1", "title": "Gazette", "items": [{"id": "a",'
        ' "url": "/1", "content_html": "<p>No title, only a text \u2013 in html.</p>"}]}'.encode(),
        titles=("No title, only a text \u2013 in html.",),
        links=("https://gazette.example/1",),
        is_like_feedparser=False,
    ),
)
