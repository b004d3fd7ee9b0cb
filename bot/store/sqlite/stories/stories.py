"""SQLite implementation of `StoryStore`: one row per story, per article of a story and per alias."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Final

from typing_extensions import override

from bot.news.article import INSTANCE_SHELF, Article, ArticleId, ShelfId
from bot.news.stories.story_ids import KnownStory
from bot.store.port.story import Crowd, StoryStore, Surroundings
from bot.store.sqlite.archive.seen import articles_of, facts_of, keys_of
from bot.store.sqlite.file.moments import as_micros
from bot.store.sqlite.file.sql import as_list
from bot.store.sqlite.index.view import View
from bot.store.sqlite.shelves.files import StoreFiles
from bot.store.sqlite.shelves.troubles import UnreadableShelfError
from bot.store.sqlite.stories.reading import (
    JOINED,
    SETTLED,
    between,
    find_newcomers,
    home_of,
    read_known,
    read_surroundings,
    standings_of,
)
from bot.store.sqlite.stories.saving import save_stories

_ALIASES: Final = """
    SELECT s.story_key, alias FROM json_each(?) AS wanted CROSS JOIN story_alias AS s ON s.story_key = wanted.value
    ORDER BY s.story_key, place
"""
_OLD: Final = """
    SELECT story_key, story_id FROM story WHERE story_key > :after AND last_at < :before AND grouped_at < :before
    ORDER BY story_key LIMIT :limit
"""
_TOLD: Final = """
    SELECT wanted.value FROM json_each(?) AS wanted WHERE EXISTS (SELECT 1 FROM pick WHERE pick.story_id = wanted.value)
"""
_FORGET: Final = """
    DELETE FROM story WHERE story_key IN (SELECT value FROM json_each(:keys))
    AND last_at < :before AND grouped_at < :before
"""


class SqliteStoryStore(StoryStore):
    """SQLite implementation of `StoryStore`."""

    def __init__(self, files: StoreFiles) -> None:
        self._shelves = files.shelves
        self._ledger = files.ledger

    @override
    async def known_stories(
        self, shelves: Sequence[ShelfId], articles: Collection[ArticleId]
    ) -> tuple[KnownStory, ...]:
        return await self._shelves.read(shelves, lambda view: read_known(view, articles))

    @override
    async def settled(self, shelves: Sequence[ShelfId], articles: Collection[ArticleId]) -> frozenset[ArticleId]:

        def work(view: View) -> frozenset[ArticleId]:
            facts = facts_of(view, list(keys_of(view, articles).values()))
            return frozenset(each for each, standing in standings_of(view, facts).items() if standing == SETTLED)

        return await self._shelves.read(shelves, work)

    @override
    async def crowd(self, shelves: Sequence[ShelfId], start: datetime, end: datetime, *, limit: int) -> Crowd:

        def work(view: View) -> Crowd:
            facts = facts_of(view, between(view, start, end, limit)[:limit])
            standings = standings_of(view, facts)
            grouped = sum(standing != JOINED for standing in standings.values())
            return Crowd(articles=len(facts), fresh=len(facts) - grouped)

        return await self._shelves.read(shelves, work)

    @override
    async def surroundings(self, shelves: Sequence[ShelfId], start: datetime, end: datetime) -> Surroundings:
        return await self._shelves.read(shelves, lambda view: read_surroundings(view, start, end))

    @override
    async def newcomers(self, shelves: Sequence[ShelfId], since: datetime, *, limit: int) -> tuple[Article, ...]:
        return await self._shelves.read(shelves, lambda view: articles_of(view, find_newcomers(view, since, limit)))

    @override
    async def save_stories(
        self,
        shelves: Sequence[ShelfId],
        stories: Sequence[KnownStory],
        *,
        settled: Collection[ArticleId] = (),
        joined: Collection[ArticleId] = (),
        at: datetime,
        is_arrival: bool,
    ) -> None:
        standing = dict.fromkeys(settled, SETTLED) | dict.fromkeys(joined, JOINED)
        articles = [article for story in stories for article in story.articles]

        def look(view: View) -> tuple[ShelfId | None, dict[str, sqlite3.Row]]:
            home = home_of(view)
            if home is None or (home.shelf == INSTANCE_SHELF and not is_arrival):
                return None, {}
            facts = facts_of(view, list(keys_of(view, articles).values()))
            return home.shelf, {row["article_id"]: row for row in facts.values()}

        # Two files: an article that changes in between has another `touched`, and is looked at again.
        home, facts = await self._shelves.read(shelves, look)
        if home is not None:
            await self._shelves.write(
                home, lambda connection: save_stories(connection, home, stories, facts, standing, as_micros(at))
            )

    @override
    async def forget_stories(self, before: datetime, *, limit: int = 500) -> int:
        forgotten = 0
        for shelf in (INSTANCE_SHELF, *self._shelves.servers()):
            with suppress(UnreadableShelfError):
                forgotten += await self._forget(shelf, as_micros(before), limit - forgotten)
        return forgotten

    async def _forget(self, shelf: ShelfId, moment: int, limit: int) -> int:
        after, keys = 0, list[int]()
        while len(keys) < limit:
            asked = {"after": after, "before": moment, "limit": limit}
            names = await self._shelves.read_file(shelf, partial(_old_stories, asked=asked))
            if not names:
                break
            told = await self._ledger.read(partial(_told, names=names))
            keys += [key for key, of_story in names.items() if not told.intersection(of_story)]
            after = max(names)
        wanted = {"keys": as_list(keys[:limit]), "before": moment}
        if not keys:
            return 0
        return await self._shelves.write(shelf, lambda connection: connection.execute(_FORGET, wanted).rowcount)


def _old_stories(connection: sqlite3.Connection, asked: Mapping[str, int]) -> dict[int, list[str]]:
    """Read the ids and aliases of some old stories by key, in the order of keys."""
    names = {row["story_key"]: [row["story_id"]] for row in connection.execute(_OLD, asked)}
    for row in connection.execute(_ALIASES, (as_list(names),)):
        names[row["story_key"]].append(row["alias"])
    return names


def _told(ledger: sqlite3.Connection, names: Mapping[int, Sequence[str]]) -> frozenset[str]:
    """Find which of these story ids some edition names."""
    ids = as_list(name for of_story in names.values() for name in of_story)
    return frozenset(row[0] for row in ledger.execute(_TOLD, (ids,)))
