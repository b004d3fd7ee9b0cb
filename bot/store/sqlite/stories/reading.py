"""Read the stories of a view: they are in one file, that of the shelf whose readers see them, their articles in two."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from bot.news.article import ArticleId
from bot.news.stories.story_ids import KnownStory, StoryId
from bot.store.port.story import Surroundings
from bot.store.sqlite.archive.echo import as_instances, stubs_of_instances
from bot.store.sqlite.archive.lookup import find_now
from bot.store.sqlite.archive.rows import SHOWN
from bot.store.sqlite.archive.seen import articles_of, facts_of, ids_of, keys_of
from bot.store.sqlite.file.moments import as_micros
from bot.store.sqlite.file.sql import as_list, plain, storable
from bot.store.sqlite.index.row_ids import PER_SECOND, first_row_id
from bot.store.sqlite.index.view import Part, View

JOINED, GROUPED, SETTLED = 0, 1, 2
"""Standing of an article in its story: until the next grouping; grouped; grouped with all articles near it."""

_SLACK: Final = 60 * PER_SECOND
"""Row ids of articles of a crowded second may be some seconds later than the publication."""

_AT_ONCE: Final = 500
"""Articles whose stories are looked up together."""

# The server's shelf if it has articles of its own, else the instance's.
_HAS_SEEDS: Final = "SELECT has_held_seed FROM shelf WHERE shelf_id = ?"

_STUBS_OF: Final = """
    SELECT stub.article_id FROM json_each(?) AS wanted CROSS JOIN article AS stub ON stub.stands_for = wanted.value
"""
# The plus signs keep SQLite from scanning a whole shelf if an id finds a few rows.
_KEYS_OF: Final = """
    SELECT story_key FROM json_each(:members) AS wanted
    CROSS JOIN story_article AS s ON s.shelf_id = :own AND s.article_id = wanted.value
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
    SELECT s.story_key, s.article_id FROM json_each(?) AS wanted
    CROSS JOIN story_article AS s ON s.story_key = wanted.value ORDER BY s.story_key, s.article_id
"""
_ALIASES: Final = """
    SELECT s.story_key, alias FROM json_each(?) AS wanted CROSS JOIN story_alias AS s ON s.story_key = wanted.value
    ORDER BY s.story_key, place
"""
STANDINGS: Final = """
    SELECT s.article_id, s.story_key, s.standing, s.touched FROM json_each(?2) AS wanted
    CROSS JOIN story_article AS s ON s.shelf_id = ?1 AND s.article_id = wanted.value
"""
_BETWEEN: Final = f"""
    SELECT a.row_id, a.is_stub FROM article AS a
    WHERE a.row_id >= :first AND a.row_id < :last AND a.published_at BETWEEN :start AND :end
    AND a.shelf_id = :shelf AND {SHOWN} LIMIT :limit
"""
_SINCE: Final = f"""
    SELECT a.row_id, a.article_id, a.touched FROM article AS a
    WHERE a.row_id >= ?1 AND +a.is_stub = 0 AND +a.shelf_id = ?2 AND {SHOWN} ORDER BY a.row_id DESC
"""


def home_of(view: View) -> Part | None:
    """Find the file whose stories readers of a view see; None if there are no articles."""
    own, instance = view.own, view.instance
    if own is not None and own.shelf_id is not None:
        has_seeds = own.connection.execute(_HAS_SEEDS, (own.shelf_id,)).fetchone()[0]
        if has_seeds:
            return own
    return instance if instance is not None and instance.shelf_id is not None else None


def between(view: View, start: datetime, end: datetime, limit: int) -> list[int]:
    """Find the visible articles and stubs of a span of time, `limit` of each file at most."""
    asked = {
        "start": as_micros(start),
        "end": as_micros(end),
        "first": first_row_id(as_micros(start)),
        "last": first_row_id(as_micros(end)) + _SLACK,
        "limit": limit,
    }
    found, stubs = list[int](), list[int]()
    for part in view.parts:
        for row_id, is_stub in plain(part.connection).execute(_BETWEEN, asked | {"shelf": part.shelf_id}):
            (stubs if is_stub else found).append(part.key(row_id))
    known = as_instances(view, stubs)
    return [*found, *(key for key in stubs if key not in known)]


def standings_of(view: View, facts: Mapping[int, sqlite3.Row]) -> dict[ArticleId, int]:
    """Read the standing of those of these articles that are in stories: `JOINED` for one that has changed since."""
    home = home_of(view)
    if home is None:
        return {}
    touched = {row["article_id"]: row["touched"] for row in facts.values()}
    rows = home.connection.execute(STANDINGS, (home.shelf_id, as_list(touched)))
    return {
        ArticleId(row["article_id"]): row["standing"] if touched[row["article_id"]] == row["touched"] else JOINED
        for row in rows
    }


def find_newcomers(view: View, since: datetime, limit: int) -> list[int]:
    """Find the newest full articles since a moment that are in no story, or say something else than they did then."""
    home, found = home_of(view), list[int]()
    for part in view.parts:
        rows = plain(part.connection).execute(_SINCE, (first_row_id(as_micros(since)), part.shelf_id))
        of_part = list[int]()
        while len(of_part) < limit and (some := rows.fetchmany(_AT_ONCE)):
            asked = (home and home.shelf_id, as_list(each for _, each, _ in some))
            standings = home.connection.execute(STANDINGS, asked).fetchall() if home else []
            known = {(row["article_id"], row["touched"]) for row in standings}
            of_part += [part.key(row_id) for row_id, each, touched in some if (each, touched) not in known]
        found += of_part[:limit]
    return sorted(found, reverse=True)[:limit]


def read_known(view: View, articles: Collection[ArticleId]) -> tuple[KnownStory, ...]:
    """Implement `StoryStore.known_stories`."""
    home, instance = home_of(view), view.instance
    stories = () if home is None else _stories_of(view, home, articles)
    if instance is None or instance.shelf_id is None or instance is home:
        return stories
    return (*_not_yet_grouped(_stories_of(view, instance, articles), stories, articles), *stories)


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


def _stories_of(view: View, home: Part, articles: Collection[ArticleId]) -> tuple[KnownStory, ...]:
    members_asked = as_list([*map(storable, articles), *_stubs_of(view, articles)])
    asked = {"own": home.shelf_id, "members": members_asked, "ids": as_list(map(storable, articles))}
    keys = as_list(row[0] for row in home.connection.execute(_KEYS_OF, asked))
    rows = home.connection.execute(_ARTICLES, (keys,)).fetchall()
    is_now = _ids_now(view, [ArticleId(row["article_id"]) for row in rows])
    homes: dict[ArticleId, int] = {}
    # A stub that turned out to be an article comes after that article.
    for row in sorted(rows, key=lambda row: is_now.get(row["article_id"]) != row["article_id"]):
        if row["article_id"] in is_now:
            homes.setdefault(is_now[row["article_id"]], row["story_key"])
    members: dict[int, set[ArticleId]] = {}
    for article, key in homes.items():
        members.setdefault(key, set()).add(article)
    aliases: dict[int, list[StoryId]] = {}
    for row in home.connection.execute(_ALIASES, (keys,)):
        aliases.setdefault(row["story_key"], []).append(StoryId(row["alias"]))
    return tuple(
        KnownStory(
            id=StoryId(row["story_id"]),
            articles=frozenset(members[row["story_key"]]),
            aliases=tuple(aliases.get(row["story_key"], ())),
        )
        for row in home.connection.execute(_STORIES, (keys,))
        if row["story_key"] in members
    )


def _stubs_of(view: View, articles: Collection[ArticleId]) -> list[str]:
    """Find the ids of the stubs that turned out to be one of these articles."""
    keys = list(keys_of(view, articles).values())
    found = [row[0] for part in view.parts for row in part.connection.execute(_STUBS_OF, (as_list(part.rows(keys)),))]
    return [*found, *ids_of(view, list(stubs_of_instances(view, keys)))]


def _ids_now(view: View, ids: Collection[ArticleId]) -> dict[str, ArticleId]:
    """Map ids to those of the articles that they are now; those of articles that are gone are left out."""
    now = find_now(view, list(ids))
    facts = facts_of(view, set(now.values()))
    return {each: ArticleId(facts[key]["article_id"]) for each, key in now.items() if key in facts}


def read_surroundings(view: View, start: datetime, end: datetime) -> Surroundings:
    """Implement `StoryStore.surroundings`."""
    near = between(view, start, end, -1)
    facts = facts_of(view, near)
    keys = list(dict.fromkeys([*near, *_in_their_stories(view, facts)]))
    articles = sorted(articles_of(view, keys), key=lambda article: (article.published_at, article.id))
    ids = [article.id for article in articles]
    standings = standings_of(view, facts_of(view, keys))
    grouped = {each for each, standing in standings.items() if standing != JOINED}
    return Surroundings(
        articles=tuple(articles),
        known=read_known(view, ids),
        fresh=frozenset(each for each in ids if each not in grouped),
    )


def _in_their_stories(view: View, facts: Mapping[int, sqlite3.Row]) -> list[int]:
    """Find the visible articles in the stories that any of these articles is in."""
    home = home_of(view)
    if home is None:
        return []
    ids = as_list(row["article_id"] for row in facts.values())
    keys = {row["story_key"] for row in home.connection.execute(STANDINGS, (home.shelf_id, ids))}
    members = [ArticleId(row["article_id"]) for row in home.connection.execute(_ARTICLES, (as_list(keys),))]
    found = list(keys_of(view, members).values())
    known = as_instances(view, found)
    shown = facts_of(view, [key for key in found if key not in known])
    return [key for key, row in shown.items() if row["is_shown"]]
