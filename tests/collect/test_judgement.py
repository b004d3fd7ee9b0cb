"""What an article is worth, by published rules: each adjustment is in the file, and stories have one lead."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.collect.feed import Settings
from bot.collect.item import Item
from bot.collect.judgement.quality import quality_of
from bot.collect.judgement.words import first_match, text_words, topics_of
from bot.news.article import INSTANCE_SHELF, Picture, Seed
from bot.seedfile.seed import read_seed
from tests.collect.conftest import NOW
from tests.collect.feeds_by_hand import FEEDS, Written
from tests.collect.news_server import NewsServer
from tests.collect.newsroom import Newsroom
from tests.collect.town import Story, rss

LONG = "The council voted on Monday to reopen the old town pool after a repair of two years and a debate of three."


def item(**changes: object) -> Item:
    """An item that no rule adjusts."""
    values = {"url": "https://gazette.example/pool", "title": "Pool reopens", "excerpt": LONG} | changes
    return Item(**values)  # type: ignore[arg-type]  # a test's keywords


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, "feed 70"),
        ({"picture": Picture(url="https://gazette.example/p.jpg")}, "feed 70, +5 picture"),
        ({"excerpt": "Short."}, "feed 70, -10 short text"),
        ({"text_length": 1500}, "feed 70, +5 long text"),
        ({"title": "10 best phones of the year"}, "feed 70, -10 list"),
        ({"title": "Top 5 beaches"}, "feed 70, -10 list"),
        ({"title": "7 unexpected ways to save"}, "feed 70, -10 list"),
        ({"url": "https://www.prnewswire.com/news/1"}, "feed 70, -25 press release"),
        ({"excerpt": f"(BUSINESS WIRE) {LONG}"}, "feed 70, -25 press release"),
        ({"title": "Sponsored: a better pool"}, "feed 70, -40 sponsored"),
        ({"categories": ("Anzeige",)}, "feed 70, -40 sponsored"),
        ({"url": "https://gazette.example/sponsored/pool"}, "feed 70, -40 sponsored"),
        ({"title": "10 people hurt in the fire"}, "feed 70"),
        ({"title": "Sponsors leave the club"}, "feed 70"),
    ],
)
def test_each_rule_adds_what_it_says_and_is_named(changes: dict[str, object], why: str) -> None:
    """The figures of docs/collect.md."""
    quality = quality_of(item(**changes), 70)

    assert quality.why == why
    assert quality.score == 70 + sum(int(part.split()[0]) for part in why.split(", ")[1:])


def test_quality_is_never_negative() -> None:
    """A seed's reader would take it, an editor would wonder."""
    assert quality_of(item(title="Sponsored: 10 best things", excerpt=""), 20).score == 0


def story(paper: str, text: str, hours_ago: float, link: str = "") -> str:
    """A paper's feed with its report of the fire."""
    report = Story(
        title=f"Harbour Mill in Oakdale burns, says {paper}", text=text, hours_ago=hours_ago, link=link, now=NOW
    )
    return rss(paper, f"{paper.lower()}.example", [report])


async def test_best_report_leads_and_the_others_are_not_listed(server: NewsServer, newsroom: Newsroom) -> None:
    """Heat is quality and 10 for each other outlet."""
    for paper, quality, hours in (("Gazette", 70, 5), ("Courier", 80, 4), ("Herald", 70, 3)):
        text = f"Flames tore through the Harbour Mill in Oakdale, the {paper} learned from the fire brigade."
        newsroom.add(server.put(paper.lower(), story(paper, text, hours)), quality=quality)
    await newsroom.collect()
    by_paper = {str(values["title"]).rpartition(" ")[2]: values for values in newsroom.values()}

    assert by_paper["Courier"]["heat"] == 100
    assert "published" not in by_paper["Courier"]
    assert [by_paper[paper]["heat"] for paper in ("Gazette", "Herald")] == [-1, -1]
    assert [by_paper[paper]["published"] for paper in ("Gazette", "Herald")] == [False, False]
    assert all(len(list(values["related"])) == 2 for values in by_paper.values())  # type: ignore[arg-type]


async def test_heat_counts_five_other_outlets_at_most(server: NewsServer, newsroom: Newsroom) -> None:
    """A crowd doesn't outweigh everything."""
    for number in range(9):
        paper = f"Paper{number}"
        text = f"Flames tore through the Harbour Mill in Oakdale, {paper} learned from the fire brigade."
        newsroom.add(server.put(paper.lower(), story(paper, text, 5 - number / 10)))
    await newsroom.collect()

    assert max(values["heat"] for values in newsroom.values()) == 120  # type: ignore[type-var]
    assert sum(values["heat"] == -1 for values in newsroom.values()) == 8


async def test_files_follow_while_the_story_grows(server: NewsServer, newsroom: Newsroom) -> None:
    """The first report learns of the second."""
    newsroom.add(
        server.put(
            "gazette",
            story("Gazette", "Flames tore through the Harbour Mill in Oakdale overnight, nobody was hurt.", 5),
        )
    )
    await newsroom.collect()
    (path,) = newsroom.files()
    alone = path.read_text(encoding="utf-8")
    newsroom.add(
        server.put(
            "courier", story("Courier", "The Harbour Mill in Oakdale burned down, and the fire brigade was late.", 1)
        )
    )
    report = await newsroom.collect(after=timedelta(hours=1))

    assert "heat: 70  # quality, no other outlet" in alone
    assert "heat: 80  # quality 70, +10 for 1 other outlet" in path.read_text(encoding="utf-8")
    assert (len(report.added), len(report.changed)) == (1, 1)


async def test_story_is_followed_for_five_days(server: NewsServer, newsroom: Newsroom) -> None:
    """Then its first reports stay as they are, whatever is reported later."""
    changed = []
    for number, day in enumerate((0, 2, 4, 7)):
        newsroom.clock.advance((NOW + timedelta(days=day) - newsroom.clock.now()).total_seconds())
        now = newsroom.clock.now()
        paper = f"Paper{number}"
        text = f"Flames tore through the Harbour Mill in Oakdale, {paper} learned from the fire brigade."
        report = Story(title=f"Harbour Mill in Oakdale burns, says {paper}", text=text, hours_ago=1, now=now)
        newsroom.add(server.put(paper.lower(), rss(paper, f"{paper.lower()}.example", [report])))
        changed.append(len((await newsroom.collect()).changed))
    first = newsroom.titled("Harbour Mill in Oakdale burns, says Paper0")

    assert changed == [0, 1, 2, 1]
    assert isinstance(first["related"], list)
    assert sorted(str(each["title"])[-6:] for each in first["related"] if isinstance(each, dict)) == [
        "Paper1",
        "Paper2",
    ]


async def test_report_that_links_to_another_is_related_to_it(server: NewsServer, newsroom: Newsroom) -> None:
    """Although its words have nothing in common."""
    newsroom.add(
        server.put(
            "gazette",
            story("Gazette", "Flames tore through the Harbour Mill in Oakdale.", 5, "https://gazette.example/fire"),
        )
    )
    blog = Story(
        title="My week",
        text="I read <a href='https://www.gazette.example/fire?utm_source=x'>this</a> and wept.",
        hours_ago=1,
        now=NOW,
    )
    newsroom.add(server.put("blog", rss("Blog", "blog.example", [blog])))
    await newsroom.collect()
    related = newsroom.titled("Harbour Mill in Oakdale burns, says Gazette")["related"]

    assert isinstance(related, list)
    assert [each["title"] for each in related if isinstance(each, dict)] == ["My week"]


async def test_copied_text_is_rated_lower_than_the_first(server: NewsServer, newsroom: Newsroom) -> None:
    """An agency's text leads where it was first."""
    for paper, hours in (("Gazette", 5), ("Courier", 4)):
        newsroom.add(
            server.put(
                paper.lower(),
                story(
                    paper,
                    "Flames tore through the Harbour Mill in Oakdale overnight, and nobody was hurt in the fire.",
                    hours,
                ),
            )
        )
    await newsroom.collect()

    assert sorted(str(values["quality"]) for values in newsroom.values()) == ["50", "70"]
    assert "-20 same text as an earlier report" in newsroom.files()[1].read_text(encoding="utf-8") + newsroom.files()[
        0
    ].read_text(encoding="utf-8")


def test_topics_are_the_feeds_and_those_whose_words_match() -> None:
    """Phrases word by word, in any case; each topic once."""
    words = {"Water": ("pool", "swimming bath"), "Law": ("council voted",), "AI": ("machine learning",)}

    assert topics_of(item(), ("Town", "Water"), words) == ("Town", "Water", "Law")
    assert first_match(text_words(item(title="Carpool", excerpt="")), ("pool",)) == ""
    assert first_match(text_words(item(title="The council", excerpt="voted")), ("council voted",)) == ""


@pytest.mark.parametrize("written", FEEDS, ids=lambda written: written.name.replace(" ", "-"))
async def test_every_item_of_every_format_reads_back_as_it_was_written(
    server: NewsServer, newsroom: Newsroom, written: Written
) -> None:
    """By the bot's own reader, without a problem or a note, equal to what the feed said."""
    kind = f"application/xml; charset={written.charset}" if written.charset else "application/octet-stream"
    newsroom.add(server.put("gazette", written.body, content_type=kind))
    newsroom.settings = Settings(pages=False, max_age_days=400)
    await newsroom.collect()

    read = [
        read_seed(path.read_bytes(), path=path.name, shelf=INSTANCE_SHELF, now=newsroom.clock.now())
        for path in newsroom.files()
    ]
    assert {each.article.title for each in read if isinstance(each, Seed)} == set(written.titles)
    assert all(isinstance(each, Seed) and not each.notes for each in read)
    if written.excerpts:
        assert {each.article.excerpt for each in read if isinstance(each, Seed)} == set(written.excerpts)
