"""SQLite implementation of `StoryStore`: one row per story, per article of a story and per alias."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from typing_extensions import override

from bot.news.article import INSTANCE_SHELF, Article, ArticleId, ShelfId
from bot.news.stories.story_ids import KnownStory, StoryId
from bot.store.port.story import Crowd, StoryStore, Surroundings
from bot.store.sqlite.archive.rows import SHOWN, load_articles, shelf_ids
from bot.store.sqlite.file.files import StoreFiles
from bot.store.sqlite.file.moments import as_micros
from bot.store.sqlite.file.sql import as_list, storable
from bot.store.sqlite.index.row_ids import PER_SECOND, first_row_id

JOINED, GROUPED, SETTLED = 0, 1, 2
"""Standing of an article in its story: until the next grouping; grouped; grouped with all articles near it."""

_SLACK: Final = 60 * PER_SECOND
"""Row ids of articles of a crowded second may be some seconds later than the publication."""

# The server's shelf if it has articles of its own, else the instance's.
_OWN: Final = """
    SELECT shelf_id FROM shelf
    WHERE name IN (SELECT value FROM json_each(:shelves)) AND (has_held_seed OR name = :instance)
    ORDER BY name = :instance LIMIT 1
"""
_INSTANCE: Final = "SELECT shelf_id FROM shelf WHERE name = ?"

# The plus signs keep SQLite from scanning a whole shelf if an id or a date finds a few rows.
_KEYS_OF: Final = """
    SELECT story_key FROM json_each(:ids) AS wanted CROSS JOIN article AS a ON a.article_id = wanted.value
    CROSS JOIN story_article AS s ON s.shelf_id = :own AND s.row_id = a.row_id
    UNION
    SELECT story_key FROM json_each(:ids) AS wanted CROSS JOIN article AS a ON a.article_id = wanted.value
    CROSS JOIN article AS stub ON stub.stands_for = a.row_id
    CROSS JOIN story_article AS s ON s.shelf_id = :own AND s.row_id = stub.row_id
    UNION
    SELECT story_key FROM json_each(:ids) AS wanted
    CROSS JOIN story ON rtrim(story.story_id, '+') = wanted.value AND +story.shelf_id = :own
    UNION
    SELECT story_key FROM json_each(:ids) AS wanted
    CROSS JOIN story_alias AS s ON rtrim(s.alias, '+') = wanted.value AND +s.shelf_id = :own
"""
_STORIES: Final = """
    SELECT story.story_key, story_id FROM json_each(?) AS wanted CROSS JOIN story ON story_key = wanted.value
    ORDER BY story_key
"""
_ARTICLES: Final = """
    SELECT s.story_key, ifnull(f.article_id, a.article_id) AS article_id
    FROM json_each(?) AS wanted CROSS JOIN story_article AS s ON s.story_key = wanted.value
    CROSS JOIN article AS a ON a.row_id = s.row_id LEFT JOIN article AS f ON f.row_id = a.stands_for
    ORDER BY a.stands_for IS NOT NULL, s.story_key
"""
_ALIASES: Final = """
    SELECT s.story_key, alias FROM json_each(?) AS wanted CROSS JOIN story_alias AS s ON s.story_key = wanted.value
    ORDER BY s.story_key, place
"""
_SETTLED: Final = f"""
    SELECT a.article_id FROM json_each(:ids) AS wanted CROSS JOIN article AS a ON a.article_id = wanted.value
    CROSS JOIN story_article AS s ON s.shelf_id = :own AND s.row_id = a.row_id WHERE standing = {SETTLED}
"""
_BETWEEN: Final = f"""
    FROM article AS a LEFT JOIN story_article AS s ON s.shelf_id = :own AND s.row_id = a.row_id
    WHERE a.row_id >= :first AND a.row_id < :last AND a.published_at BETWEEN :start AND :end
    AND a.shelf_id IN (SELECT value FROM json_each(:shelves)) AND {SHOWN}
"""
_CROWD: Final = f"""
    SELECT count(*) AS articles, ifnull(sum(is_fresh), 0) AS fresh
    FROM (SELECT ifnull(standing, {JOINED}) = {JOINED} AS is_fresh {_BETWEEN} LIMIT :limit)
"""
_AROUND: Final = f"""
    WITH near AS (SELECT a.row_id, s.story_key {_BETWEEN})
    SELECT row_id FROM near
    UNION
    SELECT a.row_id FROM (SELECT DISTINCT story_key FROM near WHERE story_key IS NOT NULL) AS told
    CROSS JOIN story_article AS s ON s.story_key = told.story_key CROSS JOIN article AS a ON a.row_id = s.row_id
    WHERE a.shelf_id IN (SELECT value FROM json_each(:shelves)) AND {SHOWN}
"""
_NOT_FRESH: Final = f"""
    SELECT a.article_id FROM json_each(:rows) AS wanted CROSS JOIN article AS a ON a.row_id = wanted.value
    CROSS JOIN story_article AS s ON s.shelf_id = :own AND s.row_id = a.row_id WHERE standing <> {JOINED}
"""
_NEWCOMERS: Final = f"""
    SELECT a.row_id FROM article AS a
    WHERE a.row_id >= :first AND +a.is_stub = 0 AND +a.shelf_id IN (SELECT value FROM json_each(:shelves)) AND {SHOWN}
    AND NOT EXISTS (SELECT 1 FROM story_article AS s WHERE s.shelf_id = :own AND s.row_id = a.row_id)
    ORDER BY a.row_id DESC LIMIT :limit
"""
_ROWS: Final = """
    SELECT a.article_id, a.row_id, a.published_at, s.standing FROM json_each(?2) AS wanted
    CROSS JOIN article AS a ON a.article_id = wanted.value
    LEFT JOIN story_article AS s ON s.shelf_id = ?1 AND s.row_id = a.row_id
"""
_SAVE: Final = """
    INSERT INTO story (shelf_id, story_id, last_at, grouped_at) VALUES (?, ?, ?, ?)
    ON CONFLICT (shelf_id, story_id) DO UPDATE SET last_at = excluded.last_at, grouped_at = excluded.grouped_at
    RETURNING story_key
"""
_SAVE_ARTICLE: Final = """
    INSERT INTO story_article (shelf_id, row_id, story_key, standing) VALUES (?, ?, ?, ?)
    ON CONFLICT (shelf_id, row_id) DO UPDATE SET story_key = excluded.story_key, standing = excluded.standing
"""
_SAVE_ALIAS: Final = "INSERT OR REPLACE INTO story_alias (shelf_id, alias, story_key, place) VALUES (?, ?, ?, ?)"
_DROP: Final = "DELETE FROM story WHERE shelf_id = ? AND story_id = ?"
_DROP_EMPTY: Final = """
    DELETE FROM story WHERE story_key IN (SELECT value FROM json_each(?))
    AND NOT EXISTS (SELECT 1 FROM story_article AS s WHERE s.story_key = story.story_key)
"""
_HOMES: Final = """
    SELECT DISTINCT story_key FROM story_article WHERE shelf_id = ? AND row_id IN (SELECT value FROM json_each(?))
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
        self._database = files.archive
        self._ledger = files.ledger

    @override
    async def known_stories(
        self, shelves: Sequence[ShelfId], articles: Collection[ArticleId]
    ) -> tuple[KnownStory, ...]:
        return await self._database.read(lambda connection: _read_known(connection, shelves, articles))

    @override
    async def settled(self, shelves: Sequence[ShelfId], articles: Collection[ArticleId]) -> frozenset[ArticleId]:

        def work(connection: sqlite3.Connection) -> frozenset[ArticleId]:
            asked = {"ids": as_list(map(storable, articles)), "own": _own(connection, shelves)}
            return frozenset(ArticleId(row[0]) for row in connection.execute(_SETTLED, asked))

        return await self._database.read(work)

    @override
    async def crowd(self, shelves: Sequence[ShelfId], start: datetime, end: datetime, *, limit: int) -> Crowd:

        def work(connection: sqlite3.Connection) -> Crowd:
            row = connection.execute(_CROWD, _span(connection, shelves, start, end) | {"limit": limit}).fetchone()
            return Crowd(articles=row["articles"], fresh=row["fresh"])

        return await self._database.read(work)

    @override
    async def surroundings(self, shelves: Sequence[ShelfId], start: datetime, end: datetime) -> Surroundings:
        return await self._database.read(lambda connection: _read_surroundings(connection, shelves, start, end))

    @override
    async def newcomers(self, shelves: Sequence[ShelfId], since: datetime, *, limit: int) -> tuple[Article, ...]:

        def work(connection: sqlite3.Connection) -> tuple[Article, ...]:
            asked = _span(connection, shelves, since, since) | {"limit": limit}
            return load_articles(connection, [row[0] for row in connection.execute(_NEWCOMERS, asked)])

        return await self._database.read(work)

    @override
    async def save_stories(
        self,
        shelves: Sequence[ShelfId],
        stories: Sequence[KnownStory],
        *,
        settled: Collection[ArticleId] = (),
        joined: Collection[ArticleId] = (),
        at: datetime,
    ) -> None:
        standing = dict.fromkeys(settled, SETTLED) | dict.fromkeys(joined, JOINED)

        def work(connection: sqlite3.Connection) -> None:
            own = _own(connection, shelves)
            if own is not None:
                _save(connection, own, stories, standing, as_micros(at))

        await self._database.write(work)

    @override
    async def forget_stories(self, before: datetime, *, limit: int = 500) -> int:

        moment, after, keys = as_micros(before), 0, list[int]()
        while len(keys) < limit:
            asked = {"after": after, "before": moment, "limit": limit}
            names = await self._database.read(partial(_old_stories, asked=asked))
            if not names:
                break
            told = await self._ledger.read(partial(_told, names=names))
            keys += [key for key, of_story in names.items() if not told.intersection(of_story)]
            after = max(names)
        wanted = {"keys": as_list(keys[:limit]), "before": moment}
        return await self._database.write(lambda connection: connection.execute(_FORGET, wanted).rowcount)


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


def _own(connection: sqlite3.Connection, shelves: Sequence[ShelfId]) -> int | None:
    """Find the shelf whose stories readers of these shelves see; None if there are no articles."""
    row = connection.execute(_OWN, {"shelves": as_list(shelves), "instance": INSTANCE_SHELF}).fetchone()
    return None if row is None else int(row[0])


def _span(
    connection: sqlite3.Connection, shelves: Sequence[ShelfId], start: datetime, end: datetime
) -> dict[str, object]:
    return {
        "own": _own(connection, shelves),
        "shelves": as_list(shelf_ids(connection, shelves)),
        "start": as_micros(start),
        "end": as_micros(end),
        "first": first_row_id(as_micros(start)),
        "last": first_row_id(as_micros(end)) + _SLACK,
    }


def _read_known(
    connection: sqlite3.Connection, shelves: Sequence[ShelfId], articles: Collection[ArticleId]
) -> tuple[KnownStory, ...]:
    own = _own(connection, shelves)
    stories = _stories_of(connection, own, articles)
    instance = connection.execute(_INSTANCE, (INSTANCE_SHELF,)).fetchone()
    if instance is None or instance[0] == own:
        return stories
    return (*_not_yet_grouped(_stories_of(connection, instance[0], articles), stories, articles), *stories)


def _not_yet_grouped(
    theirs: Iterable[KnownStory], ours: Sequence[KnownStory], articles: Collection[ArticleId]
) -> list[KnownStory]:
    """Select the instance's stories with articles that no story of the server has, without ids that the server uses."""
    grouped = {article for story in ours for article in story.articles}
    used = {name for story in ours for name in story.names}
    wanted = set(articles)
    left = [
        KnownStory(
            id=each.id, articles=each.articles - grouped, aliases=tuple(n for n in each.aliases if n not in used)
        )
        for each in theirs
        if each.id not in used
    ]
    return [story for story in left if story.articles & wanted]


def _stories_of(
    connection: sqlite3.Connection, own: int | None, articles: Collection[ArticleId]
) -> tuple[KnownStory, ...]:
    asked = {"own": own, "ids": as_list(map(storable, articles))}
    keys = as_list(row[0] for row in connection.execute(_KEYS_OF, asked))
    homes: dict[ArticleId, int] = {}
    for row in connection.execute(_ARTICLES, (keys,)):
        homes.setdefault(ArticleId(row["article_id"]), row["story_key"])
    members: dict[int, set[ArticleId]] = {}
    for article, key in homes.items():
        members.setdefault(key, set()).add(article)
    aliases: dict[int, list[StoryId]] = {}
    for row in connection.execute(_ALIASES, (keys,)):
        aliases.setdefault(row["story_key"], []).append(StoryId(row["alias"]))
    return tuple(
        KnownStory(
            id=StoryId(row["story_id"]),
            articles=frozenset(members[row["story_key"]]),
            aliases=tuple(aliases.get(row["story_key"], ())),
        )
        for row in connection.execute(_STORIES, (keys,))
        if row["story_key"] in members
    )


def _read_surroundings(
    connection: sqlite3.Connection, shelves: Sequence[ShelfId], start: datetime, end: datetime
) -> Surroundings:
    asked = _span(connection, shelves, start, end)
    rows = [row[0] for row in connection.execute(_AROUND, asked)]
    articles = sorted(load_articles(connection, rows), key=lambda article: (article.published_at, article.id))
    ids = [article.id for article in articles]
    asked |= {"rows": as_list(rows)}
    grouped = {row[0] for row in connection.execute(_NOT_FRESH, asked)}
    return Surroundings(
        articles=tuple(articles),
        known=_read_known(connection, shelves, ids),
        fresh=frozenset(each for each in ids if each not in grouped),
    )


def _save(
    connection: sqlite3.Connection,
    own: int,
    stories: Sequence[KnownStory],
    standing: Mapping[ArticleId, int],
    at: int,
) -> None:
    wanted = as_list(storable(article) for story in stories for article in story.articles)
    found = {row["article_id"]: row for row in connection.execute(_ROWS, (own, wanted))}
    homes = [row[0] for row in connection.execute(_HOMES, (own, as_list(row["row_id"] for row in found.values())))]
    connection.executemany(_DROP, [(own, alias) for story in stories for alias in story.aliases])
    for story in stories:
        rows = [found[article] for article in sorted(story.articles) if article in found]
        if not rows:
            continue
        last_at = max(row["published_at"] for row in rows)
        (key,) = connection.execute(_SAVE, (own, storable(story.id), last_at, at)).fetchone()
        standings = _standings(rows, standing)
        connection.executemany(_SAVE_ARTICLE, [(own, row["row_id"], key, standings[row["row_id"]]) for row in rows])
        connection.execute("DELETE FROM story_alias WHERE story_key = ?", (key,))
        connection.executemany(
            _SAVE_ALIAS, [(own, storable(alias), key, place) for place, alias in enumerate(story.aliases)]
        )
    connection.execute(_DROP_EMPTY, (as_list(homes),))


def _standings(rows: Sequence[sqlite3.Row], standing: Mapping[ArticleId, int]) -> dict[int, int]:
    """Compute the new standings of a story's articles, by row: settled ones stay so unless the story has news."""
    given = {row["row_id"]: standing.get(ArticleId(row["article_id"])) for row in rows}
    before = {row["row_id"]: row["standing"] or JOINED for row in rows}
    has_news = any(before[row_id] == JOINED and given[row_id] != SETTLED for row_id in given)
    left = dict.fromkeys(before, GROUPED) if has_news else before
    return {row_id: left[row_id] if new is None else new for row_id, new in given.items()}
