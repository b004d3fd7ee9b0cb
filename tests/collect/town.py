"""A week of news in a small town, written by hand as feeds of all formats; dates are relative to now."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape

from tests.collect.news_server import NewsServer


@dataclass(frozen=True, kw_only=True)
class Story:
    """One item as its site has it."""

    title: str
    text: str
    hours_ago: float
    link: str = ""
    now: datetime | None = None

    @property
    def at(self) -> datetime:
        """When it was published."""
        return ((self.now or datetime.now(UTC)) - timedelta(hours=self.hours_ago)).replace(microsecond=0)


def rss(title: str, site: str, stories: list[Story], *, head: str = "") -> str:
    """RSS 2.0."""
    items = "".join(
        f"<item><title>{escape(each.title)}</title><link>{each.link or _link(site, each)}</link>"
        f"<guid isPermaLink='false'>{site}-{number}</guid><pubDate>{format_datetime(each.at)}</pubDate>"
        f"<description>{escape(f'<p>{each.text}</p>')}</description></item>"
        for number, each in enumerate(stories)
    )
    return (
        f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>{escape(title)}</title>"
        f"<link>https://{site}/</link>{head}{items}</channel></rss>"
    )


def atom(title: str, site: str, stories: list[Story]) -> str:
    """Atom 1.0 with relative links."""
    entries = "".join(
        f"<entry><title>{escape(each.title)}</title><link href='{_path(each)}'/><id>tag:{site},{number}</id>"
        f"<published>{each.at.isoformat()}</published><updated>{each.at.isoformat()}</updated>"
        f"<summary type='html'>{escape(each.text)}</summary></entry>"
        for number, each in enumerate(stories)
    )
    return (
        f"<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://{site}/'><title>{escape(title)}</title>"
        f"<link rel='alternate' href='https://{site}/'/>{entries}</feed>"
    )


def rdf(title: str, site: str, stories: list[Story]) -> str:
    """RSS 1.0."""
    items = "".join(
        f"<item rdf:about='{_link(site, each)}'><title>{escape(each.title)}</title><link>{_link(site, each)}</link>"
        f"<description>{escape(each.text)}</description><dc:date>{each.at.isoformat()}</dc:date></item>"
        for each in stories
    )
    return (
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'"
        " xmlns:dc='http://purl.org/dc/elements/1.1/'>"
        f"<channel rdf:about='https://{site}/'><title>{escape(title)}</title><link>https://{site}/</link></channel>"
        f"{items}</rdf:RDF>"
    )


def json_feed(title: str, site: str, stories: list[Story]) -> str:
    """JSON Feed 1.1."""
    items = [
        {
            "id": f"{site}-{number}",
            "url": _link(site, each),
            "title": each.title,
            "content_html": f"<p>{each.text}</p>",
            "date_published": each.at.isoformat(),
        }
        for number, each in enumerate(stories)
    ]
    home = f"https://{site}/"
    version = "https://jsonfeed.org/version/1.1"
    return json.dumps({"version": version, "title": title, "home_page_url": home, "items": items})


def _path(story: Story) -> str:
    return "-".join("".join(char if char.isalnum() else " " for char in story.title.lower()).split())


def _link(site: str, story: Story) -> str:
    return f"https://{site}/{_path(story)}"


FIRE = "Fire destroys the old Harbour Mill in Oakdale"
"""The event that most outlets report."""


def put_week(server: NewsServer) -> list[str]:
    """Serve a week of five outlets: the fire is reported by four, a strike by two, the rest by one each."""
    gazette = [
        Story(
            title=FIRE, text="Flames tore through the Harbour Mill in Oakdale overnight; nobody was hurt.", hours_ago=30
        ),
        Story(
            title="Library opens its new reading room",
            text="The reading room has forty seats and a view of the park.",
            hours_ago=50,
        ),
    ]
    courier = [
        Story(
            title="Harbour Mill in Oakdale burns down",
            text="The Oakdale fire brigade fought the mill blaze for six hours.",
            hours_ago=28,
        ),
        Story(
            title="Bus drivers begin strike",
            text="Bus drivers walked out over pay on Tuesday, the union said.",
            hours_ago=70,
        ),
    ]
    herald = [
        Story(
            title="Blaze at Oakdale's Harbour Mill was arson, police say",
            text="Investigators found fuel at the burnt Harbour Mill in Oakdale.",
            hours_ago=10,
        ),
        Story(
            title="Bus drivers' strike enters second day",
            text="No buses ran as the drivers' strike over pay continued.",
            hours_ago=48,
        ),
    ]
    post = [
        Story(
            title="Mayor promises to rebuild Harbour Mill after the fire",
            text="The Harbour Mill of Oakdale will be rebuilt after the blaze, the mayor said.",
            hours_ago=5,
        ),
        Story(
            title="School choir wins the county prize",
            text="Thirty pupils sang in Milton and came home with a cup.",
            hours_ago=90,
        ),
    ]
    blog = [
        Story(
            title="How I bake rye bread",
            text="Rye needs time, water and a very hot oven to become bread.",
            hours_ago=20,
        )
    ]
    return [
        server.put("gazette", rss("The Gazette", "gazette.example", gazette)),
        server.put("courier", atom("Courier", "courier.example", courier)),
        server.put("herald", rdf("Herald", "herald.example", herald)),
        server.put("post", json_feed("Post", "post.example", post), content_type="application/feed+json"),
        server.put("blog", rss("Bread", "bread.example", blog)),
    ]


def feeds_toml(urls: list[str], *, top: str = "pages = false\n", each: str = "") -> str:
    """A feeds.toml with these addresses."""
    return top + "".join(f'\n[[feed]]\nurl = "{url}"\n{each}' for url in urls)
