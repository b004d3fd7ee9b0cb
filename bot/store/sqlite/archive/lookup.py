"""Look up articles by id, URL or file stem. A stub that became a full article is returned as that."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.news.article import Article, ArticleId, ShelfId
from bot.news.content import TOP_NAMES, WEEKS_SHOWN, ShelfOverview
from bot.store.sqlite.archive.aliases import hashes_of
from bot.store.sqlite.archive.echo import as_instances
from bot.store.sqlite.archive.names import find_shelf
from bot.store.sqlite.archive.rows import load_articles
from bot.store.sqlite.archive.seen import articles_of, facts_of, keys_of
from bot.store.sqlite.file.moments import as_micros
from bot.store.sqlite.file.sql import as_list, plain, storable
from bot.store.sqlite.index.view import View
from bot.text.links import clean_url

# An article that once had the URL comes after those that have it now; a stub's URL belongs to its article.
_BY_URL: Final = """
    SELECT ifnull(named.stands_for, named.row_id) AS row_id, max(alias.is_current AND named.stands_for IS NULL)
    FROM alias CROSS JOIN article AS named ON named.row_id = alias.row_id
    WHERE alias.url_hash IN (SELECT value FROM json_each(?1)) AND named.shelf_id = ?2
    GROUP BY 1
"""
_STANDS_FOR: Final = """
    SELECT a.row_id, a.stands_for FROM json_each(?) AS wanted CROSS JOIN article AS a ON a.row_id = wanted.value
    WHERE a.stands_for IS NOT NULL
"""
_BY_STEM: Final = """
    SELECT row_id, coalesce(file_path, place_key, '') FROM article WHERE shelf_id = ? AND stem = ? AND is_stub = 0
    ORDER BY published_at DESC, article_id
"""
_BY_FORMER_STEM: Final = """
    SELECT a.row_id, coalesce(a.file_path, a.place_key, '') FROM former_stem AS f CROSS JOIN article AS a USING (row_id)
    WHERE f.shelf_id = ? AND f.stem = ? ORDER BY a.published_at DESC, a.article_id
"""

_HIDDEN: Final = """
    SELECT row_id FROM article WHERE shelf_id = ? AND is_hidden = 1 AND is_kept_out = 0 AND stands_for IS NULL
    ORDER BY published_at DESC, article_id
"""

_WEEK: Final = 7 * 24 * 3600 * 1_000_000
_WEEKS: Final = """
    SELECT (?2 - published_at) / ?3 AS week, count(*) FROM article
    WHERE shelf_id = ?1 AND is_stub = 0 AND is_hidden = 0 AND published_at <= ?2 AND published_at > ?2 - ?3 * ?4
    GROUP BY week
"""
_TOP_TOPICS: Final = """
    SELECT label, count(*) FROM topic JOIN article_topic USING (topic_id) WHERE shelf_id = ?
    GROUP BY topic_id ORDER BY count(*) DESC, label LIMIT ?
"""
_TOP_PROVIDERS: Final = """
    SELECT p.name, count(*) FROM article AS a JOIN provider AS p USING (provider_id)
    WHERE a.shelf_id = ? AND a.is_stub = 0 AND a.is_hidden = 0
    GROUP BY provider_id ORDER BY count(*) DESC, p.name LIMIT ?
"""
_NEWEST: Final = """
    SELECT row_id FROM article WHERE shelf_id = ? AND is_stub = 0 AND is_hidden = 0
    ORDER BY published_at DESC, article_id LIMIT 1
"""


def find_now(view: View, ids: Sequence[ArticleId]) -> dict[str, int]:
    """Find the rows of articles by id, visible or not, as asked; a stub's is that of the article that it became."""
    named = keys_of(view, ids)
    stands_for = {
        part.key(row_id): part.key(full)
        for part in view.parts
        for row_id, full in plain(part.connection).execute(_STANDS_FOR, (as_list(part.rows(named.values())),))
    }
    now = {each: stands_for.get(key, key) for each, key in named.items()}
    known = as_instances(view, now.values())
    asked = dict.fromkeys(map(storable, ids))
    return {each: known.get(now[each], now[each]) for each in asked if each in now}


def read_articles(view: View, ids: Sequence[ArticleId]) -> tuple[Article, ...]:
    """Implement `ArticleStore.find_articles`; each article once."""
    return articles_of(view, _visible(view, list(dict.fromkeys(find_now(view, ids).values()))))


def read_by_url(view: View, url: str) -> tuple[Article, ...]:
    """Implement `ArticleStore.find_by_url`; empty for text that is not a URL."""
    cleaned = clean_url(url)
    if cleaned is None:
        return ()
    hashes = as_list(hashes_of(cleaned))
    has_it_now: dict[int, bool] = {}
    for part in view.parts:
        for row_id, has_it in plain(part.connection).execute(_BY_URL, (hashes, part.shelf_id)):
            has_it_now[part.key(row_id)] = bool(has_it)
    for stub, key in as_instances(view, list(has_it_now)).items():
        del has_it_now[stub]
        has_it_now.setdefault(key, False)
    facts = facts_of(view, has_it_now)
    found = [key for key in has_it_now if key in facts and facts[key]["is_shown"]]
    found.sort(key=lambda key: str(facts[key]["article_id"]))
    found.sort(key=lambda key: (facts[key]["is_stub"], not has_it_now[key], -facts[key]["published_at"]))
    return articles_of(view, found)


def _visible(view: View, keys: Sequence[int]) -> list[int]:
    facts = facts_of(view, keys)
    return [key for key in keys if key in facts and facts[key]["is_shown"]]


def read_named(connection: sqlite3.Connection, shelf: ShelfId, stem: str) -> tuple[tuple[Article, str], ...]:
    """Implement `ArticleStore.find_named`."""
    wanted = (find_shelf(connection, shelf), storable(stem))
    rows = connection.execute(_BY_STEM, wanted).fetchall() or connection.execute(_BY_FORMER_STEM, wanted).fetchall()
    return tuple(zip(load_articles(connection, [row[0] for row in rows]), [row[1] for row in rows], strict=True))


def read_hidden(connection: sqlite3.Connection, shelf: ShelfId) -> tuple[Article, ...]:
    """Implement `ArticleStore.find_hidden`."""
    rows = connection.execute(_HIDDEN, (find_shelf(connection, shelf),)).fetchall()
    return load_articles(connection, [row["row_id"] for row in rows])


def read_overview(connection: sqlite3.Connection, shelf: ShelfId, now: datetime) -> ShelfOverview:
    """Implement `ArticleStore.overview`."""
    shelf_id, at = find_shelf(connection, shelf), as_micros(now)
    weeks = dict(connection.execute(_WEEKS, (shelf_id, at, _WEEK, WEEKS_SHOWN)).fetchall())
    newest = [row[0] for row in connection.execute(_NEWEST, (shelf_id,))]
    return ShelfOverview(
        weeks=tuple(weeks.get(week, 0) for week in reversed(range(WEEKS_SHOWN))),
        topics=tuple((label, count) for label, count in connection.execute(_TOP_TOPICS, (shelf_id, TOP_NAMES))),
        providers=tuple((name, count) for name, count in connection.execute(_TOP_PROVIDERS, (shelf_id, TOP_NAMES))),
        newest=next(iter(load_articles(connection, newest)), None),
    )
