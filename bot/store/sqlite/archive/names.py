"""Shelves, providers and topics: stored once for many articles; each shelf has names of its own.

A provider's name, its picture and a topic's label are those of the latest published article, in whatever order they
were put; of two articles published at the same moment, those of the one that was put last.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from bot.news.article import Article, ShelfId
from bot.store.sqlite.file.moments import as_micros
from bot.store.sqlite.file.sql import as_list, storable
from bot.text.words import fold

_SAVE_PROVIDER: Final = """
    INSERT INTO provider (shelf_id, domain, name, named_at) VALUES (?, ?, ?, ?)
    ON CONFLICT (shelf_id, domain) DO UPDATE SET name = excluded.name, named_at = excluded.named_at
    WHERE excluded.named_at >= named_at
"""
_SAVE_PICTURE: Final = """
    UPDATE provider SET picture_url = ?3, pictured_at = ?4
    WHERE shelf_id = ?1 AND domain = ?2 AND ifnull(pictured_at, ?4) <= ?4
"""
_SAVE_TOPIC: Final = """
    INSERT INTO topic (shelf_id, folded, label, named_at) VALUES (?, ?, ?, ?)
    ON CONFLICT (shelf_id, folded) DO UPDATE SET label = excluded.label, named_at = excluded.named_at
    WHERE excluded.named_at >= named_at
"""
_PROVIDERS: Final = """
    SELECT domain, provider_id FROM provider WHERE shelf_id = ? AND domain IN (SELECT value FROM json_each(?))
"""
_TOPICS: Final = "SELECT folded, topic_id FROM topic WHERE shelf_id = ? AND folded IN (SELECT value FROM json_each(?))"

_DROP_UNUSED: Final = (
    """
    DELETE FROM provider WHERE shelf_id = ?
    AND NOT EXISTS (SELECT 1 FROM article WHERE article.provider_id = provider.provider_id)
    """,
    """
    DELETE FROM topic WHERE shelf_id = ?
    AND NOT EXISTS (SELECT 1 FROM article_topic WHERE article_topic.topic_id = topic.topic_id)
    """,
)

Row = tuple[str, str, int]
"""A key, its name, and when the article that gives the name was published (microseconds)."""


def save_shelf(connection: sqlite3.Connection, shelf: ShelfId) -> int:
    """Return the inner id of a shelf, created if missing."""
    connection.execute("INSERT INTO shelf (name) VALUES (?) ON CONFLICT DO NOTHING", (shelf,))
    shelf_id: int = connection.execute("SELECT shelf_id FROM shelf WHERE name = ?", (shelf,)).fetchone()[0]
    return shelf_id


def find_shelf(connection: sqlite3.Connection, shelf: ShelfId) -> int | None:
    """Find the inner id of a shelf; None if nothing was ever put on it."""
    row = connection.execute("SELECT shelf_id FROM shelf WHERE name = ?", (shelf,)).fetchone()
    return None if row is None else int(row[0])


def save_providers(connection: sqlite3.Connection, shelf_id: int, articles: Sequence[Article]) -> Mapping[str, int]:
    """Save the articles' providers; return their inner ids by domain."""
    names, pictures = [], []
    for article in articles:
        provider, published_at = article.provider, as_micros(article.published_at)
        names.append((provider.domain, provider.name, published_at))
        if provider.picture_url is not None:
            pictures.append((provider.domain, provider.picture_url, published_at))
    connection.executemany(_SAVE_PROVIDER, [(shelf_id, *row) for row in _newest(names)])
    connection.executemany(_SAVE_PICTURE, [(shelf_id, *row) for row in _newest(pictures)])
    wanted = (shelf_id, as_list({storable(domain) for domain, _, _ in names}))
    return dict(connection.execute(_PROVIDERS, wanted).fetchall())


def save_topics(connection: sqlite3.Connection, shelf_id: int, articles: Sequence[Article]) -> Mapping[str, int]:
    """Save the articles' topics; return their inner ids by folded label."""
    labels = [
        (folded, label, as_micros(article.published_at))
        for article in articles
        for folded, label in topics_of(article).items()
    ]
    connection.executemany(_SAVE_TOPIC, [(shelf_id, *row) for row in _newest(labels)])
    wanted = (shelf_id, as_list({folded for folded, _, _ in labels}))
    return dict(connection.execute(_TOPICS, wanted).fetchall())


def drop_unused_names(connection: sqlite3.Connection, shelf_id: int) -> None:
    """Drop a shelf's providers without articles, and its topics that no visible article has."""
    for statement in _DROP_UNUSED:
        connection.execute(statement, (shelf_id,))


def topics_of(article: Article) -> dict[str, str]:
    """Map the article's topics: folded label → label."""
    return {folded: label for label in article.topics if (folded := folded_label(label))}


@lru_cache(maxsize=4_096)  # many articles have the same few topics
def folded_label(label: str) -> str:
    """Fold a topic's label for comparison: without case, diacritics and extra spaces."""
    return storable(" ".join(fold(label).split()))


def _newest(rows: Iterable[Row]) -> list[Row]:
    """Reduce rows to the latest per key; of equal moments the last row."""
    newest: dict[str, Row] = {}
    for row in rows:
        known = newest.get(row[0])
        if known is None or row[2] >= known[2]:
            newest[row[0]] = (storable(row[0]), storable(row[1]), row[2])
    return list(newest.values())
