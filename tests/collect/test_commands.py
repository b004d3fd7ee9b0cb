"""The commands of the feeds file: add, list, check, remove, import, export, packs, why; and `seed new`."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from bot.collect.feeds.file import LARGEST_FILE, read_feeds
from bot.collect.feeds.opml import read_opml
from bot.collect.feeds.starter_packs import pack_names, read_pack
from tests.collect.news_server import NewsServer
from tests.collect.test_kill import environment
from tests.collect.town import Story, feeds_toml, put_week, rss
from tests.support.command_line import Run

POOL = Story(title="Pool reopens", text="The mayor was the first to jump into the water.", hours_ago=2)


def gazette(server: NewsServer) -> str:
    """The Gazette's feed."""
    return server.put("gazette", rss("The Gazette", "gazette.example", [POOL], head="<language>en</language>"))


def test_feed_of_a_page_is_found_shown_and_written(tmp_path: Path, server: NewsServer, newsdesk: Run) -> None:
    """The feed of comments is not taken."""
    url = gazette(server)
    page = (
        "<html><head><link rel='alternate' type='application/rss+xml' title='Comments' href='/comments/feed'>"
        "<link rel='alternate' type='application/rss+xml' href='/feed'></head></html>"
    )
    home = server.put("gazette", page, "/", content_type="text/html")
    said = newsdesk("feeds", "add", home, "--topic", "Town", "--quality", "85")

    assert said.status == 0
    assert "Pool reopens" in said.out
    assert said.out.endswith(f"Added The Gazette to feeds.toml: {url}\n")
    (feed,) = read_feeds(tmp_path / "feeds.toml").feeds
    assert (feed.url, feed.name, feed.topics, feed.quality, feed.language) == (url, "The Gazette", ("Town",), 85, "en")


def test_feed_is_added_once(server: NewsServer, newsdesk: Run) -> None:
    """The second time it is named as known."""
    url = gazette(server)
    newsdesk("feeds", "add", url)
    said = newsdesk("feeds", "add", url)

    assert said.status == 1
    assert "already" in said.err


def test_page_without_a_feed_is_said_to_have_none(tmp_path: Path, server: NewsServer, newsdesk: Run) -> None:
    """Nothing is written."""
    said = newsdesk("feeds", "add", server.put("blog", "<html><body>Hi</body></html>", "/", content_type="text/html"))

    assert said.status == 1
    assert "No feed found" in said.err
    assert not (tmp_path / "feeds.toml").exists()


def test_address_of_this_machine_is_not_added(newsdesk: Run) -> None:
    """By hand as little as by a redirect."""
    said = newsdesk("feeds", "add", "http://127.0.0.1/feed")

    assert said.status == 1
    assert "is not a public web address" in said.err


def test_list_shows_the_state_of_each(tmp_path: Path, server: NewsServer, newsdesk: Run) -> None:
    """Read, failing, gone, not read yet."""
    urls = [gazette(server), server.put_status("down", 500), server.put_status("old", 410)]
    (tmp_path / "feeds.toml").write_text(feeds_toml(urls), encoding="utf-8")
    newsdesk("collect", "--once")
    with (tmp_path / "feeds.toml").open("a", encoding="utf-8") as file:
        file.write('\n[[feed]]\nurl = "https://new.example/feed"\n')
    lines = newsdesk("feeds", "list").out.splitlines()

    assert lines[0].startswith("The Gazette: last read ")
    assert "failing since" in lines[1]
    assert "status 500" in lines[1]
    assert "removed by its site" in lines[2]
    assert "not read yet" in lines[3]
    assert lines[4] == "4 feeds in feeds.toml"


def test_check_asks_all_and_fails_if_one_does(tmp_path: Path, server: NewsServer, newsdesk: Run) -> None:
    """Without a trace in the memory."""
    urls = [gazette(server), server.put("page", "<html></html>", content_type="text/html")]
    (tmp_path / "feeds.toml").write_text(feeds_toml(urls), encoding="utf-8")
    said = newsdesk("feeds", "check")

    assert said.status == 1
    assert "1 item, the newest of" in said.out
    assert "a web page instead of a feed" in said.out
    assert "2 feeds, 1 failed" in said.out
    assert not (tmp_path / "state" / "news-collect.sqlite3").exists()
    assert "Pool reopens" in newsdesk("feeds", "check", "gazette").out


def test_remove_leaves_the_rest_of_the_file_as_it_is(tmp_path: Path, newsdesk: Run) -> None:
    """Comments above and below, and other tables."""
    text = (
        '# mine\nfolder = "news"\n\n[[feed]]\nurl = "https://a.example/feed"\nname = "A"\n\n'
        '[[feed]]\nurl = "https://b.example/feed"  # B\n\n[topics]\nAI = ["robots"]\n'
    )
    (tmp_path / "feeds.toml").write_text(text, encoding="utf-8")
    assert newsdesk("feeds", "remove", "a.example/feed").status == 0

    assert (tmp_path / "feeds.toml").read_text(encoding="utf-8") == (
        '# mine\nfolder = "news"\n\n[[feed]]\nurl = "https://b.example/feed"  # B\n\n[topics]\nAI = ["robots"]\n'
    )


@pytest.mark.parametrize("text", ["example", "nothing-of-the-kind"])
def test_remove_of_several_or_none_is_refused(tmp_path: Path, newsdesk: Run, text: str) -> None:
    """Nothing is removed by guessing."""
    urls = ["https://a.example/feed", "https://b.example/feed"]
    (tmp_path / "feeds.toml").write_text(feeds_toml(urls), encoding="utf-8")

    assert newsdesk("feeds", "remove", text).status == 1
    assert len(read_feeds(tmp_path / "feeds.toml").feeds) == 2


def test_export_is_imported_as_it_was(tmp_path: Path, newsdesk: Run) -> None:
    """Names, topics and languages; a second import adds nothing."""
    text = '[[feed]]\nurl = "https://a.example/feed?x=1&y=2"\nname = "A \\"&\\""\n'
    text += 'topics = ["AI", "Law"]\nlanguage = "de"\n'
    (tmp_path / "feeds.toml").write_text(text, encoding="utf-8")
    before = read_feeds(tmp_path / "feeds.toml").feeds
    (tmp_path / "mine.opml").write_text(newsdesk("feeds", "export").out, encoding="utf-8")
    (tmp_path / "feeds.toml").unlink()

    assert newsdesk("feeds", "import", "mine.opml").out == "1 feed added to feeds.toml\n"
    assert read_feeds(tmp_path / "feeds.toml").feeds == before
    assert newsdesk("feeds", "import", "mine.opml").out == "0 feeds added to feeds.toml, 1 there already\n"


def test_opml_is_read_as_it_is(
    tmp_path: Path, server: NewsServer, newsdesk: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a reader exported it: folders become topics, and no entity is resolved."""
    opml = (
        "<!DOCTYPE opml [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
        f"<opml version='1.0'><body><outline text='Town'>"
        f"<outline text='G &x;' xmlUrl='{gazette(server)}'/></outline></body></opml>"
    )
    (tmp_path / "mine.opml").write_text(opml, encoding="utf-8")
    monkeypatch.setenv("NEWSDESK_FEEDS", str(tmp_path / "mine.opml"))
    said = newsdesk("collect", "--once")

    assert (said.status, said.out) == (0, "1 feed: 1 file written, 0 changed\n")
    (path,) = (tmp_path / "news").glob("*/*.md")
    assert 'topics: ["Town"]' in path.read_text(encoding="utf-8")


def test_there_are_twelve_packs_of_public_addresses(newsdesk: Run) -> None:
    """Each with feeds for an edition, no feed twice in a pack."""
    listed = newsdesk("feeds", "packs").out

    assert len(pack_names()) == 12
    for name in pack_names():
        feeds = read_pack(name)
        assert name in listed
        assert len({feed.url for feed in feeds}) == len(feeds) >= 6
        assert all(feed.url.startswith("https://") and feed.name and feed.topics for feed in feeds)


def test_pack_is_imported_by_its_name(tmp_path: Path, newsdesk: Run) -> None:
    """One command to a first supply."""
    assert newsdesk("feeds", "import", "space").out == "8 feeds added to feeds.toml\n"
    assert [feed.topics for feed in read_feeds(tmp_path / "feeds.toml").feeds] == [("Space",)] * 8
    assert "There are: artificial-intelligence" in newsdesk("feeds", "import", "cats").err


def test_import_of_a_folder_or_a_huge_file_is_refused_in_a_sentence(tmp_path: Path, newsdesk: Run) -> None:
    """A folder may have a pack's name."""
    (tmp_path / "space").mkdir()
    with (tmp_path / "huge.opml").open("wb") as file:
        file.truncate(LARGEST_FILE + 1)

    assert newsdesk("feeds", "import", "space").out == "8 feeds added to feeds.toml\n"
    assert newsdesk("feeds", "import", "huge.opml").err == "newsdesk: huge.opml is larger than 16 MiB.\n"


def test_why_names_the_one_reason(tmp_path: Path, server: NewsServer, newsdesk: Run) -> None:
    """By address and by words of the title, of what was taken and what was not."""
    old = Story(title="Long ago", text="It was a different time.", hours_ago=24 * 40)
    url = server.put("gazette", rss("The Gazette", "gazette.example", [POOL, old]))
    (tmp_path / "feeds.toml").write_text(feeds_toml([url]), encoding="utf-8")
    newsdesk("collect", "--once")

    assert "left out: older than 30 days" in newsdesk("feeds", "why", "long ago").out
    assert "taken: 20" in newsdesk("feeds", "why", "https://www.gazette.example/pool-reopens?utm_source=x").out
    assert newsdesk("feeds", "why", "unheard of").status == 1


def test_dry_run_shows_and_writes_nothing(tmp_path: Path, server: NewsServer, newsdesk: Run) -> None:
    """Also nothing in the memory: the next run does it."""
    (tmp_path / "feeds.toml").write_text(feeds_toml(put_week(server)), encoding="utf-8")
    said = newsdesk("collect", "--dry-run")

    assert said.out.endswith("5 feeds: 9 files to write, 0 changed\n")
    assert 'title: "How I bake rye bread"' in said.out
    assert not (tmp_path / "news").exists()
    assert newsdesk("collect", "--once").out == "5 feeds: 9 files written, 0 changed\n"


def test_one_line_a_feed_is_printed_where_nobody_watches(tmp_path: Path, server: NewsServer, newsdesk: Run) -> None:
    """To standard error; the summary is the answer."""
    (tmp_path / "feeds.toml").write_text(
        feeds_toml([gazette(server), server.put_status("down", 500)]), encoding="utf-8"
    )
    lines = sorted(newsdesk("collect", "--once").err.splitlines())

    assert lines == ["The Gazette: 1 new", f"{server.url('down')}: status 500"] or lines == [
        f"{server.url('down')}: status 500",
        "The Gazette: 1 new",
    ]


def test_bar_is_shown_where_a_person_watches(tmp_path: Path, server: NewsServer) -> None:
    """On a terminal, instead of a line for each feed."""
    (tmp_path / "feeds.toml").write_text(feeds_toml(put_week(server)), encoding="utf-8")
    watcher, shown = pty.openpty()
    subprocess.run(
        [sys.executable, "-m", "bot", "collect", "--once"],
        cwd=tmp_path,
        env=environment(tmp_path, server) | {"TERM": "xterm"},
        stdout=subprocess.PIPE,
        stderr=shown,
        check=True,
        timeout=60,
    )
    os.close(shown)
    seen = os.read(watcher, 65_536).decode()
    os.close(watcher)

    assert "feeds" in seen
    assert "100%" in seen
    assert "The Gazette" not in seen


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[[feed]]\nurl = "http://127.0.0.1/"\n', "feed 1 (http://127.0.0.1/): url: not a public web address"),
        ('[[feed]]\nurl = "https://a.example/f"\nqualty = 3\n', "qualty: unknown key"),
        ('[[feed]]\nname = "A"\n', "feed 1 (): url: missing"),
        ("every_minutes = 0\n", "every_minutes: '0' can't be used; expected a whole number from 1 to 1440"),
        ("nonsense", "not TOML"),
    ],
)
def test_wrong_feeds_file_is_named_with_place_and_expectation(
    tmp_path: Path, newsdesk: Run, text: str, problem: str
) -> None:
    """Exit status 78, as for the bot's configuration."""
    (tmp_path / "feeds.toml").write_text(text, encoding="utf-8")
    said = newsdesk("collect", "--once")

    assert said.status == 78
    assert problem in said.err


PAGE = (
    "<html><head><title>x</title><meta property='og:title' content='Pool reopens'>"
    "<meta property='og:site_name' content='The Gazette'>"
    "<meta name='description' content='The mayor jumped.'>"
    "<meta property='article:published_time' content='2024-05-01T10:00:00Z'>"
    "<link rel='canonical' href='https://gazette.example/pool'></head></html>"
)


def test_seed_of_a_saved_page_is_written_and_checked(tmp_path: Path, newsdesk: Run) -> None:
    """By hand, with the same code."""
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    said = newsdesk("seed", "new", "page.html")

    (path,) = (tmp_path / "news").glob("2024-05/*.md")
    assert said.out == f"Written: {path}\n"
    assert 'name: "The Gazette"' in path.read_text(encoding="utf-8")
    assert newsdesk("check", "--strict", "news").out == "1 article, 0 problems, 0 notes\n"
    assert newsdesk("seed", "new", "page.html").status == 1


def test_seed_of_an_address_is_printed(server: NewsServer, newsdesk: Run) -> None:
    """`--print` writes nothing."""
    url = server.put("gazette", PAGE, "/pool", content_type="text/html")
    said = newsdesk("seed", "new", url, "--print")

    assert said.out.startswith('---\ntitle: "Pool reopens"\n')


def test_page_that_names_no_address_makes_no_seed(tmp_path: Path, newsdesk: Run) -> None:
    """An article without a link is none."""
    (tmp_path / "page.html").write_text("<title>Pool</title>", encoding="utf-8")

    assert "doesn't name its own address" in newsdesk("seed", "new", "page.html").err


def test_written_opml_has_no_surprises() -> None:
    """It is read back by the code that reads anybody's."""
    assert read_opml(b"<opml><body><outline xmlUrl='feed://a.example/f'/></body></opml>")[0].url == "http://a.example/f"
