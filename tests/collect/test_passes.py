"""Pass after pass: what is asked, what is taken, what is written, and above all what isn't."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

from aiohttp import web

from bot.collect.feed import Settings
from tests.collect.conftest import NOW
from tests.collect.feeds_by_hand import FEEDS
from tests.collect.news_server import NewsServer
from tests.collect.newsroom import Newsroom
from tests.collect.town import Story, atom, json_feed, rss

HOUR = timedelta(hours=1)
POOL = Story(title="Pool reopens", text="The mayor was the first to jump into the water.", hours_ago=2, now=NOW)
BANK = Story(title="Bank robbed", text="Two masked men fled with a bag of coins on Friday.", hours_ago=3, now=NOW)


def gazette(*stories: Story, head: str = "") -> str:
    """The Gazette's feed."""
    return rss("The Gazette", "gazette.example", list(stories), head=head)


async def test_second_pass_asks_with_validators_and_writes_nothing(server: NewsServer, newsroom: Newsroom) -> None:
    """An unchanged feed costs a request without a body."""
    newsroom.add([server.put(f"site{number}", gazette(POOL, BANK)) for number in range(3)])
    first = await newsroom.collect()
    looks = {path: path.stat().st_mtime_ns for path in newsroom.files()}
    server.requests.clear()

    second = await newsroom.collect(after=HOUR)

    assert len(first.added) == 2
    assert (second.added, second.changed) == ([], [])
    assert [request.has_validator for request in server.requests] == [True, True, True]
    assert {path: path.stat().st_mtime_ns for path in newsroom.files()} == looks


async def test_same_document_without_a_validator_is_not_read_again(server: NewsServer, newsroom: Newsroom) -> None:
    """Its bytes are the same."""
    newsroom.add(server.put("gazette", gazette(POOL), has_etag=False))
    await newsroom.collect()
    second = await newsroom.collect(after=HOUR)

    assert [line.result for line in second.lines] == ["same"]


async def test_same_article_in_three_feeds_is_written_once(server: NewsServer, newsroom: Newsroom) -> None:
    """However its link is spelled."""
    links = (
        "https://gazette.example/pool",
        "http://www.gazette.example/pool?utm_source=x",
        "https://gazette.example/pool/",
    )
    for number, link in enumerate(links):
        story = Story(title="Pool reopens", text=POOL.text, hours_ago=2, link=link.replace("&", "&amp;"), now=NOW)
        newsroom.add(server.put(f"site{number}", rss("Site", f"site{number}.example", [story])))
    await newsroom.collect()

    assert [values["title"] for values in newsroom.values()] == ["Pool reopens"]


async def test_item_edited_five_times_is_one_file_with_the_last_text(server: NewsServer, newsroom: Newsroom) -> None:
    """Its name stays, too."""
    newsroom.add(server.url("gazette"))
    names = set()
    for number in range(5):
        story = Story(
            title=f"Pool reopens, part {number}",
            text=f"{POOL.text} {number}",
            hours_ago=2,
            link="https://gazette.example/p",
            now=NOW,
        )
        server.put("gazette", gazette(story))
        await newsroom.collect(after=HOUR)
        names |= {path.name for path in newsroom.files()}

    assert len(names) == 1
    assert newsroom.values()[0]["title"] == "Pool reopens, part 4"


async def test_item_whose_address_changes_stays_one_file(server: NewsServer, newsroom: Newsroom) -> None:
    """The feed's own id of it is the same."""
    newsroom.add(server.url("gazette"))
    for link in ("https://gazette.example/draft", "https://gazette.example/final"):
        server.put("gazette", gazette(Story(title="Pool", text=POOL.text, hours_ago=2, link=link, now=NOW)))
        await newsroom.collect(after=HOUR)

    assert [values["webUrl"] for values in newsroom.values()] == ["https://gazette.example/final"]


async def test_one_of_each_format_is_written_alike(server: NewsServer, newsroom: Newsroom) -> None:
    """What was read doesn't depend on what it was wrapped in."""
    for number, form in enumerate((rss, atom, json_feed)):
        body = form(f"Paper {number}", f"paper{number}.example", [POOL])
        newsroom.add(server.put(f"paper{number}", body), quality=70)
    await newsroom.collect()

    values = newsroom.values()
    assert len(values) == 3
    assert {(each["title"], each["excerpt"], each["publishedDateTime"]) for each in values} == {
        ("Pool reopens", POOL.text, "2024-05-17T07:00:00Z")
    }


async def test_site_that_is_too_busy_is_left_alone_as_long_as_it_asks(server: NewsServer, newsroom: Newsroom) -> None:
    """429 with Retry-After; the minutes of back-off are shorter than that."""
    newsroom.add(server.put_status("busy", 429, headers={"Retry-After": "7200"}))
    results = [(await newsroom.collect(after=after)).lines[0].result for after in (HOUR, HOUR, HOUR)]

    assert results == ["failed", "waiting", "failed"]


async def test_failures_wait_ever_longer_and_at_most_a_day(server: NewsServer, newsroom: Newsroom) -> None:
    """A month of failures is fifty requests, not seven hundred."""
    newsroom.add(server.put_status("down", 500))
    for _ in range(24 * 30):
        await newsroom.collect(after=HOUR)

    assert 25 < len(server.requests) < 70


async def test_feed_recovers(server: NewsServer, newsroom: Newsroom) -> None:
    """The next success ends the waiting."""
    newsroom.add(server.put_status("gazette", 500))
    await newsroom.collect()
    server.put("gazette", gazette(POOL))
    report = await newsroom.collect(after=HOUR)

    assert [line.result for line in report.lines] == ["new"]
    with newsroom.memory() as memory:
        assert memory.feed(newsroom.feeds[0].url).failures == 0


async def test_feed_that_is_gone_is_not_asked_again(server: NewsServer, newsroom: Newsroom) -> None:
    """410 is meant."""
    newsroom.add(server.put_status("old", 410))
    results = [(await newsroom.collect(after=timedelta(days=3))).lines[0].result for _ in range(3)]

    assert results == ["gone", "gone", "gone"]
    assert len(server.requests) == 1


async def test_server_that_gives_a_time_is_left_alone_until_then(server: NewsServer, newsroom: Newsroom) -> None:
    """Cache-Control, a day at most."""
    newsroom.add(server.put("gazette", gazette(POOL), headers={"Cache-Control": "public, max-age=7200"}))
    newsroom.add(server.put("year", gazette(BANK), headers={"Cache-Control": "max-age=31536000"}))
    counts = []
    for after in (timedelta(0), HOUR, HOUR, timedelta(hours=23)):
        await newsroom.collect(after=after)
        counts.append(len(server.requests))

    assert counts == [2, 2, 3, 5]


async def test_document_that_gives_a_time_is_left_alone_until_then(server: NewsServer, newsroom: Newsroom) -> None:
    """`ttl` in minutes, also after an answer of 304."""
    newsroom.add(server.put("gazette", gazette(POOL, head="<ttl>90</ttl>")))
    for _ in range(7):
        await newsroom.collect(after=HOUR / 2)

    assert len(server.requests) == 3


async def test_hours_to_skip_are_skipped(server: NewsServer, newsroom: Newsroom) -> None:
    """From 10 to 12 UTC nobody asks."""
    newsroom.add(server.put("gazette", gazette(POOL, head="<skipHours><hour>10</hour><hour>11</hour></skipHours>")))
    asked = []
    for _ in range(5):
        before = len(server.requests)
        await newsroom.collect(after=HOUR)  # the first at 10: nobody knows yet
        asked.append(len(server.requests) > before)

    assert asked == [True, False, True, True, True]


async def test_feed_that_has_moved_gets_its_new_address(server: NewsServer, newsroom: Newsroom) -> None:
    """In feeds.toml, beside the comments that are there."""
    new = server.put("gazette", gazette(POOL), "/feed2")
    old = server.put_redirect("gazette", "/feed2")
    newsroom.add(old)
    file = newsroom.workplace.feeds_file
    file.write_text(f'# mine\n[[feed]]\nurl = "{old}"  # the best\nquality = 90\n', encoding="utf-8")
    await newsroom.collect()

    assert file.read_text(encoding="utf-8") == f'# mine\n[[feed]]\nurl = "{new}"  # the best\nquality = 90\n'
    with newsroom.memory() as memory:
        assert memory.feed(new).succeeded_at is not None


async def test_address_that_can_not_be_rewritten_is_remembered(server: NewsServer, newsroom: Newsroom) -> None:
    """The old one is not asked again."""
    server.put("gazette", gazette(POOL), "/feed2")
    newsroom.add(server.put_redirect("gazette", "/feed2"))
    await newsroom.collect()
    server.requests.clear()
    await newsroom.collect(after=HOUR)

    assert [request.path for request in server.requests] == ["/feed2"]


async def test_words_decide_what_is_taken(server: NewsServer, newsroom: Newsroom) -> None:
    """Whole words and phrases, in any case."""
    stories = [
        Story(title="City COUNCIL votes", text="On the budget.", hours_ago=1, now=NOW),
        Story(title="Councillor resigns", text="For health reasons.", hours_ago=1, now=NOW),
        Story(title="Town hall painted", text="In a council of colours.", hours_ago=1, now=NOW),
    ]
    newsroom.add(server.put("gazette", gazette(*stories)), take=("council",), leave=("town hall",))
    await newsroom.collect()

    assert [values["title"] for values in newsroom.values()] == ["City COUNCIL votes"]


async def test_limit_of_a_day_holds_over_passes(server: NewsServer, newsroom: Newsroom) -> None:
    """The next day counts from zero."""
    newsroom.add(server.url("gazette"), per_day=2)
    counts = []
    for number in range(4):
        stories = [
            Story(
                title=f"Story {number} {letter}",
                text=POOL.text,
                hours_ago=0,
                link=f"https://gazette.example/{number}{letter}",
                now=NOW,
            )
            for letter in "abc"
        ]
        items = "".join(
            f"<item><title>{each.title}</title><link>{each.link}</link>"
            "<pubDate>Fri, 17 May 2024 08:00:00 GMT</pubDate></item>"
            for each in stories
        )
        server.put("gazette", f"<rss version='2.0'><channel><title>G</title>{items}</channel></rss>")
        await newsroom.collect(after=timedelta(hours=6))
        counts.append(len(newsroom.files()))

    assert counts == [2, 2, 4, 4]


async def test_old_items_are_left_out(server: NewsServer, newsroom: Newsroom) -> None:
    """An archive is not news."""
    old = Story(title="Long ago", text="It was a different time, and a different pool.", hours_ago=24 * 31, now=NOW)
    newsroom.add(server.put("gazette", gazette(POOL, old)))
    report = await newsroom.collect()

    assert (report.lines[0].taken, report.lines[0].left) == (1, 1)


async def test_undated_items_of_a_new_feed_are_not_all_news(server: NewsServer, newsroom: Newsroom) -> None:
    """Five of them; what comes later is dated when it is first seen."""
    items = [
        f"<item><title>Item {number}</title><link>https://gazette.example/{number}</link></item>" for number in range(9)
    ]
    server.put("gazette", f"<rss version='2.0'><channel>{''.join(items)}</channel></rss>")
    newsroom.add(server.url("gazette"))
    await newsroom.collect()
    first = len(newsroom.files())
    more = "<item><title>Later</title><link>https://gazette.example/later</link></item>"
    server.put("gazette", f"<rss version='2.0'><channel>{more}{''.join(items)}</channel></rss>")
    await newsroom.collect(after=HOUR)

    assert first == 5
    assert newsroom.titled("Later")["publishedDateTime"] == "2024-05-17T10:00:00Z"


async def test_date_ahead_counts_as_now(server: NewsServer, newsroom: Newsroom) -> None:
    """A scheduled post, or a clock that is wrong."""
    newsroom.add(server.put("gazette", gazette(Story(title="Soon", text=POOL.text, hours_ago=-40, now=NOW))))
    await newsroom.collect()

    assert newsroom.values()[0]["publishedDateTime"] == "2024-05-17T09:00:00Z"


async def test_broken_feeds_do_not_keep_the_others_from_being_read(server: NewsServer, newsroom: Newsroom) -> None:
    """Each is named with its reason."""
    newsroom.add(server.put("page", "<!DOCTYPE html><html><body>Sorry</body></html>", content_type="text/html"))
    newsroom.add(server.put("binary", bytes(range(256))))
    newsroom.add("http://gazette.news.test:1/feed")
    newsroom.add(server.put("gazette", gazette(POOL)))
    report = await newsroom.collect()

    said = {
        line.url.split(".")[0].removeprefix("http://"): line.said for line in report.lines if line.result == "failed"
    }
    assert said["page"] == "a web page instead of a feed"
    assert len(said) == 3
    assert len(newsroom.files()) == 1


async def test_page_completes_an_item_once(server: NewsServer, newsroom: Newsroom) -> None:
    """Picture, excerpt, site name and canonical address, from one request."""
    newsroom.settings = Settings(pages=True)
    page = (
        "<html><head><meta property='og:title' content='Pool'>"
        "<meta property='og:description' content='The mayor &amp;amp; co.'>"
        "<meta property='og:image' content='/pool.jpg'><meta property='og:image:width' content='800'>"
        "<link rel='canonical' href='/news/pool'><script type='application/ld+json'>"
        '{"@type": "NewsArticle", "datePublished": "2024-05-16T10:00:00+02:00"}</script></head></html>'
    )
    link = server.put("gazette", page, "/pool?id=3", content_type="text/html")
    item = f"<item><title>Pool</title><link>{link}</link></item>"
    newsroom.add(server.put("gazette", f"<rss version='2.0'><channel><title>Gazette</title>{item}</channel></rss>"))
    report = await newsroom.collect()
    await newsroom.collect(after=HOUR)

    values = newsroom.values()[0]
    assert report.pages == 1
    assert [request.path for request in server.requests] == ["/feed", "/robots.txt", "/pool?id=3", "/feed"]
    assert values["excerpt"] == "The mayor & co."
    assert values["publishedDateTime"] == "2024-05-16T08:00:00Z"
    assert values["images"] == [{"url": server.url("gazette", "/pool.jpg"), "width": 800}]
    assert values["webUrl"] == server.url("gazette", "/news/pool")


async def test_page_is_not_asked_for_against_robots_txt(server: NewsServer, newsroom: Newsroom) -> None:
    """The feed itself is offered to programs."""
    newsroom.settings = Settings(pages=True)
    server.put("gazette", "User-agent: *\nDisallow: /", "/robots.txt", content_type="text/plain")
    item = f"<item><title>Pool</title><link>{server.url('gazette', '/pool')}</link></item>"
    newsroom.add(server.put("gazette", f"<rss version='2.0'><channel>{item}</channel></rss>"))
    report = await newsroom.collect()

    assert report.pages == 0
    assert len(newsroom.files()) == 1


async def test_whole_items_need_no_page(server: NewsServer, newsroom: Newsroom) -> None:
    """With an excerpt, a date and a picture."""
    newsroom.settings = Settings(pages=True)
    item = (
        f"<item><title>Pool</title><link>{server.url('gazette', '/pool')}</link><description>Text.</description>"
        "<pubDate>Fri, 17 May 2024 08:00:00 GMT</pubDate>"
        "<enclosure url='https://gazette.example/p.jpg' type='image/jpeg'/></item>"
    )
    newsroom.add(server.put("gazette", f"<rss version='2.0'><channel>{item}</channel></rss>"))

    assert (await newsroom.collect()).pages == 0


async def test_canonical_page_that_is_known_is_no_second_article(server: NewsServer, newsroom: Newsroom) -> None:
    """Two feeds link to two addresses of one page, and only the page says so."""
    newsroom.settings = Settings(pages=True)
    page = "<html><head><link rel='canonical' href='/news/pool'></head></html>"
    server.put("gazette", page, "/short", content_type="text/html")
    for number, path in enumerate(("/news/pool", "/short")):
        item = f"<item><title>Pool</title><link>{server.url('gazette', path)}</link></item>"
        newsroom.add(server.put("gazette", f"<rss version='2.0'><channel>{item}</channel></rss>", f"/feed{number}"))
        await newsroom.collect(after=HOUR)

    assert len(newsroom.files()) == 1


async def test_status_names_feeds_that_have_failed_for_a_week(server: NewsServer, newsroom: Newsroom) -> None:
    """Not those of yesterday."""
    newsroom.add(server.put_status("down", 500))
    await newsroom.collect()
    newsroom.add(server.put_status("late", 500))
    await newsroom.collect(after=timedelta(days=7))
    status = json.loads(newsroom.workplace.status_file.read_text(encoding="utf-8"))

    assert [each["url"] for each in status["named"]] == [server.url("down")]
    assert (status["feeds"], status["failing"]) == (2, 2)


async def test_slow_site_does_not_hold_up_the_others(server: NewsServer, newsroom: Newsroom) -> None:
    """Requests to different hosts run at the same time."""
    order: list[str] = []

    async def slow(_request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.5)
        order.append("slow")
        return web.Response(body=gazette(POOL).encode())

    async def quick(_request: web.Request) -> web.StreamResponse:
        order.append("quick")
        return web.Response(body=gazette(BANK).encode())

    newsroom.add([server.put_answer("slow", slow), server.put_answer("quick", quick)])
    await newsroom.collect()

    assert order == ["quick", "slow"]


async def test_all_formats_are_read_once_and_never_again_without_a_validator(
    server: NewsServer, newsroom: Newsroom
) -> None:
    """Twenty-five feeds of one server, pages included: the second run writes no file."""
    newsroom.settings = Settings(pages=True, max_age_days=400)
    for number, written in enumerate(FEEDS):
        kind = f"application/xml; charset={written.charset}" if written.charset else "application/octet-stream"
        newsroom.add(server.put(f"site{number}", written.body, content_type=kind))
    first = await newsroom.collect()
    looks = {path: (path.stat().st_ino, path.read_bytes()) for path in newsroom.files()}
    server.requests.clear()
    second = await newsroom.collect(after=HOUR)

    assert {line.result for line in first.lines} == {"new"}
    assert len(looks) == len(first.added) > 10
    assert [request.has_validator for request in server.requests] == [True] * len(FEEDS)
    assert second.added == second.changed == []
    assert {path: (path.stat().st_ino, path.read_bytes()) for path in newsroom.files()} == looks


async def test_feeds_of_one_host_are_asked_one_after_the_other(server: NewsServer, newsroom: Newsroom) -> None:
    """Also where a redirect leads to it."""

    async def slow(_request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.05)
        return web.Response(body=gazette(POOL).encode())

    newsroom.add([server.put_answer("gazette", slow, f"/feed{number}") for number in range(4)])
    newsroom.add([server.put_redirect(f"old{n}", server.url("gazette", f"/feed{n}")) for n in range(4)])
    await newsroom.collect()

    assert server.most_at_once["gazette.news.test"] == 1
    assert len(server.feeds_asked()) == 12
