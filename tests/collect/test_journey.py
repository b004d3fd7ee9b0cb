"""From an empty folder to an edition: feeds.toml, `newsdesk collect --once`, `newsdesk ingest`, `digest preview`."""

from __future__ import annotations

import json
from pathlib import Path

from tests.collect.news_server import NewsServer
from tests.collect.town import feeds_toml, put_week
from tests.support.command_line import Run


def test_empty_folder_becomes_an_edition_led_by_the_event_with_the_most_outlets(
    tmp_path: Path, server: NewsServer, newsdesk: Run
) -> None:
    """What a new operator does on the first evening."""
    (tmp_path / "feeds.toml").write_text(feeds_toml(put_week(server)), encoding="utf-8")

    collected = newsdesk("collect", "--once")
    assert (collected.status, collected.out) == (0, "5 feeds: 9 files written, 0 changed\n")
    checked = newsdesk("check", "--strict", "news")
    assert (checked.status, checked.out) == (0, "9 articles, 0 problems, 0 notes\n")
    assert newsdesk("ingest").status == 0
    preview = json.loads(newsdesk("digest", "preview", "--json").out)

    first = preview["picks"][0]
    assert "Harbour Mill" in json.dumps(first)
