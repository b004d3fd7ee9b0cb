"""Write stories to the file of the shelf whose readers see them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Final

from bot.news.article import ArticleId, ShelfId
from bot.news.stories.story_ids import KnownStory
from bot.store.sqlite.file.sql import as_list, storable
from bot.store.sqlite.index.view import shelf_key
from bot.store.sqlite.stories.reading import GROUPED, JOINED, SETTLED, STANDINGS

_SAVE: Final = """
    INSERT INTO story (shelf_id, story_id, last_at, grouped_at) VALUES (?, ?, ?, ?)
    ON CONFLICT (shelf_id, story_id) DO UPDATE SET last_at = excluded.last_at, grouped_at = excluded.grouped_at
    RETURNING story_key
"""
_SAVE_ARTICLE: Final = """
    INSERT INTO story_article (shelf_id, article_id, story_key, standing, touched) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (shelf_id, article_id) DO UPDATE
    SET story_key = excluded.story_key, standing = excluded.standing, touched = excluded.touched
"""
_SAVE_ALIAS: Final = "INSERT OR REPLACE INTO story_alias (shelf_id, alias, story_key, place) VALUES (?, ?, ?, ?)"
_DROP: Final = "DELETE FROM story WHERE shelf_id = ? AND story_id = ?"
_DROP_EMPTY: Final = """
    DELETE FROM story WHERE story_key IN (SELECT value FROM json_each(?))
    AND NOT EXISTS (SELECT 1 FROM story_article AS s WHERE s.story_key = story.story_key)
"""
_HOMES: Final = """
    SELECT DISTINCT story_key FROM story_article WHERE shelf_id = ? AND article_id IN (SELECT value FROM json_each(?))
"""


def save_stories(
    connection: sqlite3.Connection,
    shelf: ShelfId,
    stories: Sequence[KnownStory],
    facts: Mapping[str, sqlite3.Row],
    standing: Mapping[ArticleId, int],
    at: int,
) -> None:
    """Implement `StoryStore.save_stories` within the caller's transaction.

    Args:
        connection: To the file.
        shelf: The one whose readers see them.
        stories: As there.
        facts: By id, the rows of `seen.facts_of` of those of their articles that exist.
        standing: By id, the new standings of articles that don't get them from their story.
        at: When they were grouped, in microseconds.
    """
    own = shelf_key(connection, shelf)
    if own is None:
        return
    before = {row["article_id"]: row for row in connection.execute(STANDINGS, (own, as_list(facts)))}
    homes = [row[0] for row in connection.execute(_HOMES, (own, as_list(facts)))]
    connection.executemany(_DROP, [(own, alias) for story in stories for alias in story.aliases])
    for story in stories:
        rows = [facts[article] for article in sorted(story.articles) if article in facts]
        if not rows:
            continue
        last_at = max(row["published_at"] for row in rows)
        (key,) = connection.execute(_SAVE, (own, storable(story.id), last_at, at)).fetchone()
        standings = _standings(rows, before, standing)
        connection.executemany(
            _SAVE_ARTICLE,
            [(own, row["article_id"], key, standings[row["article_id"]], row["touched"]) for row in rows],
        )
        connection.execute("DELETE FROM story_alias WHERE story_key = ?", (key,))
        connection.executemany(
            _SAVE_ALIAS, [(own, storable(alias), key, place) for place, alias in enumerate(story.aliases)]
        )
    connection.execute(_DROP_EMPTY, (as_list(homes),))


def _standings(
    rows: Sequence[sqlite3.Row], stored: Mapping[str, sqlite3.Row], standing: Mapping[ArticleId, int]
) -> dict[str, int]:
    """Compute the new standings of a story's articles, by id: settled ones stay so unless the story has news."""
    given = {row["article_id"]: standing.get(ArticleId(row["article_id"])) for row in rows}
    before = {row["article_id"]: _standing_before(row, stored.get(row["article_id"])) for row in rows}
    has_news = any(before[each] == JOINED and given[each] != SETTLED for each in given)
    left = dict.fromkeys(before, GROUPED) if has_news else before
    return {each: left[each] if new is None else new for each, new in given.items()}


def _standing_before(article: sqlite3.Row, stored: sqlite3.Row | None) -> int:
    is_as_it_was = stored is not None and stored["touched"] == article["touched"]
    return int(stored["standing"]) if stored is not None and is_as_it_was else JOINED
