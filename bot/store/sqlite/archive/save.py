"""Write rows of `article`, with their providers, topics and texts to index."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.news.article import Article
from bot.store.sqlite.archive.columns import WRITTEN_COLUMNS, article_values
from bot.store.sqlite.archive.names import save_providers, save_shelf, save_topics, topics_of
from bot.store.sqlite.archive.rows import load_articles
from bot.store.sqlite.file.moments import as_micros
from bot.store.sqlite.file.sql import storable
from bot.store.sqlite.index.row_ids import RowIds, first_row_id
from bot.store.sqlite.index.text_index import Text, drop_texts

_COLUMNS: Final = (
    "row_id", "shelf_id", "provider_id", "first_seen_at", "score", "content_hash", "text_bytes", "said_by", "said_at",
    "place_key", "file_path", *WRITTEN_COLUMNS,
)  # fmt: skip
_INSERT: Final = f"INSERT INTO article ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
_UPDATE: Final = f"UPDATE article SET {', '.join(f'{column} = ?' for column in _COLUMNS)} WHERE row_id = ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRow:
    """The columns of an article's stored row that an update compares; moments in microseconds."""

    row_id: int
    published_at: int
    is_hidden: bool


def stored_row(row: sqlite3.Row) -> StoredRow:
    """Build a `StoredRow` from a row with its columns."""
    return StoredRow(row_id=row["row_id"], published_at=row["published_at"], is_hidden=bool(row["is_hidden"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One article to write.

    Attributes:
        was: Its stored row; None for a new article.
        content_hash: The seed's; empty for a stub.
        first_seen_at: Microseconds; None for a stub.
        text_bytes: Counted for the shelf's size; 0 for a stub.
        place_key, file_path: The key and the path of its seed file's place; None for a stub. `file_path` is also None
            if both are equal.
        said_by, said_at: For a stub: the article whose seed gives its text, and when that was published (microseconds).
    """

    article: Article
    was: StoredRow | None
    content_hash: str = ""
    first_seen_at: int | None = None
    text_bytes: int = 0
    place_key: str | None = None
    file_path: str | None = None
    said_by: str | None = None
    said_at: int | None = None


class PendingTexts(list[Text]):
    """Texts that a transaction has yet to index: indexing them all at once is faster."""


def save_records(
    connection: sqlite3.Connection, shelf_id: int, row_ids: RowIds, records: Sequence[Record], texts: PendingTexts
) -> dict[str, int]:
    """Insert or replace articles, each at most once; return their row ids by article id. Their texts go to `texts`."""
    articles = [record.article for record in records]
    providers = save_providers(connection, shelf_id, articles)
    row_ids.look_up(as_micros(article.published_at) for article in articles)
    rows: dict[str, int] = {record.article.id: _row_id(record, row_ids) for record in records}
    drop_texts(connection, [record.was.row_id for record in records if record.was])
    inserted, updated = [], []
    for record in records:
        article = record.article
        values = _values(record, rows[article.id], shelf_id, providers[storable(article.provider.domain)])
        if record.was is None:
            inserted.append(values)
        else:
            updated.append((*values, record.was.row_id))
    connection.executemany(_UPDATE, updated)
    inserted.sort()  # by row id: neighbours are on one page
    connection.executemany(_INSERT, inserted)
    texts += ((rows[each.id], each.title, each.excerpt, each.is_stub) for each in articles)
    return rows


def set_hidden(connection: sqlite3.Connection, row_ids: Sequence[int], *, hidden: bool) -> None:
    """Hide or unhide articles and stubs."""
    connection.executemany("UPDATE article SET is_hidden = ? WHERE row_id = ?", [(hidden, each) for each in row_ids])
    if hidden:
        drop_article_topics(connection, row_ids)
        return
    for row_id, article in zip(row_ids, load_articles(connection, row_ids), strict=True):
        if not article.is_stub:
            save_article_topics(connection, save_shelf(connection, article.shelf), {row_id: article})


def save_article_topics(connection: sqlite3.Connection, shelf_id: int, shown: Mapping[int, Article]) -> None:
    """Add these full articles, by row id, to their topics."""
    topic_ids = save_topics(connection, shelf_id, list(shown.values()))
    connection.executemany(
        "INSERT INTO article_topic (topic_id, row_id) VALUES (?, ?)",
        [(topic_ids[folded], row_id) for row_id, article in shown.items() for folded in topics_of(article)],
    )


def drop_article_topics(connection: sqlite3.Connection, row_ids: Iterable[int]) -> None:
    """Remove these articles from their topics: they aren't visible."""
    connection.executemany("DELETE FROM article_topic WHERE row_id = ?", [(row_id,) for row_id in row_ids])


def _row_id(record: Record, row_ids: RowIds) -> int:
    published_at = as_micros(record.article.published_at)
    if record.was and first_row_id(record.was.published_at) == first_row_id(published_at):
        return record.was.row_id
    return row_ids.take(published_at)


def _values(record: Record, row_id: int, shelf_id: int, provider_id: int) -> tuple[object, ...]:
    """Encode the row in the order of `_COLUMNS`."""
    article = record.article
    return (
        row_id, shelf_id, provider_id, record.first_seen_at, article.score, record.content_hash, record.text_bytes,
        record.said_by, record.said_at, record.place_key, record.file_path, *article_values(article),
    )  # fmt: skip
