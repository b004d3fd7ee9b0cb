"""An archive from before places were known: its articles keep their ids."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from bot.news.article import INSTANCE_SHELF, article_id
from bot.store.sqlite.file.migrate import shipped_migrations
from tests.support.clocks import ManualClock
from tests.support.newsroom import Newsroom, counts, reopen_newsroom
from tests.support.single_file import join_files

OLD = next(step.number for step in shipped_migrations("single") if "places" in step.name) - 1
NAMES = ("top.md", "may/below.md", "caf\u00e9.md", "cafe\u0301s.md")


def _age(path: Path, *, has_stamps: bool) -> None:
    """Take away what the migration and later ones add, and give each article the id that its stem alone makes."""
    join_files(path)
    connection = sqlite3.connect(path, isolation_level=None)
    for stem, row_id in connection.execute("SELECT stem, row_id FROM article WHERE is_stub = 0").fetchall():
        connection.execute(
            "UPDATE article SET article_id = ? WHERE row_id = ?", (article_id(INSTANCE_SHELF, stem), row_id)
        )
    if not has_stamps:
        connection.execute("DELETE FROM file_mark")
    connection.executescript(f"""
        DROP INDEX article_by_place; DROP TABLE former_stem;
        ALTER TABLE article DROP COLUMN place_key; ALTER TABLE article DROP COLUMN file_path;
        ALTER TABLE tombstone DROP COLUMN place_key; ALTER TABLE tombstone DROP COLUMN title;
        DROP INDEX pick_by_article;
        ALTER TABLE delivery DROP COLUMN asked_at; ALTER TABLE delivery DROP COLUMN drawn_at;
        PRAGMA user_version = {OLD};
    """)
    connection.close()


async def _ids(newsroom: Newsroom) -> dict[str, str]:
    links = {name: f"https://example.com/{Path(name).stem}" for name in NAMES}
    found = {name: await newsroom.store.find_by_url((INSTANCE_SHELF,), link) for name, link in links.items()}
    return {name: articles[0].id for name, articles in found.items()}


@pytest.mark.parametrize("has_stamps", [True, False])
async def test_articles_keep_their_ids(tmp_path: Path, clock: ManualClock, *, has_stamps: bool) -> None:
    """Whether the database knows their files or they are recognised by their link when they are read again."""
    (tmp_path / "seeds").mkdir()
    async with reopen_newsroom(tmp_path, clock) as newsroom:
        for name in NAMES:
            newsroom.write(name)
        await newsroom.look()
    _age(tmp_path / "newsdesk.db", has_stamps=has_stamps)

    async with reopen_newsroom(tmp_path, clock) as newsroom:
        before = await _ids(newsroom)
        report = await newsroom.look(full=True)

        assert (counts(report), await _ids(newsroom)) == ((0, 0, 4, 0), before)
        assert before["may/below.md"] == article_id(INSTANCE_SHELF, "below")


async def test_a_second_file_with_an_old_articles_link_is_its_own(tmp_path: Path, clock: ManualClock) -> None:
    """The old article's file is known from its stamp, though it isn't read again."""
    (tmp_path / "seeds").mkdir()
    async with reopen_newsroom(tmp_path, clock) as newsroom:
        newsroom.write("top.md")
        await newsroom.look()
    _age(tmp_path / "newsdesk.db", has_stamps=True)

    async with reopen_newsroom(tmp_path, clock) as newsroom:
        newsroom.write("second.md", title="Second", webUrl="https://example.com/top")

        assert counts(await newsroom.look()) == (1, 0, 1, 0)
