"""Insert or update a batch of seeds: one pass over each table, whatever the number of seeds."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from bot.news.article import ArticleId, Seed, ShelfId
from bot.news.content import text_bytes
from bot.store.port.article import PutReport
from bot.store.sqlite.archive.aliases import replace_urls, url_hashes
from bot.store.sqlite.archive.names import find_shelf, save_shelf
from bot.store.sqlite.archive.save import (
    PendingTexts,
    Record,
    drop_article_topics,
    save_article_topics,
    save_records,
    stored_row,
)
from bot.store.sqlite.archive.stubs import resolve_stubs, save_coverage, stubs_of
from bot.store.sqlite.file.moments import as_micros
from bot.store.sqlite.file.sql import as_list
from bot.store.sqlite.index.row_ids import RowIds
from bot.store.sqlite.index.text_index import index_texts

_KNOWN: Final = """
    SELECT article_id, row_id, content_hash, published_at, first_seen_at, quality, heat, listed, is_hidden FROM article
    WHERE article_id IN (SELECT value FROM json_each(?))
"""
_TOMBSTONES: Final = """
    SELECT article_id FROM tombstone WHERE shelf_id = ? AND article_id IN (SELECT value FROM json_each(?))
"""
_HIDDEN: Final = "SELECT row_id FROM article WHERE is_hidden = 1 AND row_id IN (SELECT value FROM json_each(?))"
_SAVE_CHANGE: Final = """
    INSERT INTO change (shelf_id, row_id, seen_at, quality, heat, listed, published_at) VALUES (?, ?, ?, ?, ?, ?, ?)
"""


def put_batch(
    connection: sqlite3.Connection, shelf: ShelfId, seeds: Sequence[Seed], *, seen_at: datetime, is_first_import: bool
) -> PutReport:
    """Implement `ArticleStore.put_seeds`; of several seeds with one stem the last one counts.

    Raises:
        ValueError: a seed is of another shelf.
    """
    shelf_id = save_shelf(connection, shelf)
    batch, known, report = _compare(connection, shelf, shelf_id, seeds)
    fresh = {article: batch[article] for article in (*report.added, *report.changed)}
    if fresh:
        _put(connection, shelf_id, fresh, known, as_micros(seen_at), is_first_import=is_first_import)
    return report


def compare_batch(connection: sqlite3.Connection, shelf: ShelfId, seeds: Sequence[Seed]) -> PutReport:
    """Implement `ArticleStore.compare_seeds`.

    Raises:
        ValueError: a seed is of another shelf.
    """
    return _compare(connection, shelf, find_shelf(connection, shelf), seeds)[2]


def _compare(
    connection: sqlite3.Connection, shelf: ShelfId, shelf_id: int | None, seeds: Sequence[Seed]
) -> tuple[Mapping[ArticleId, Seed], Mapping[str, sqlite3.Row], PutReport]:
    """Return the seeds that count, the stored rows of their articles, and the report."""
    batch = {seed.article.id: seed for seed in seeds}
    _require_shelf(shelf, batch)
    kept_out = {row[0] for row in connection.execute(_TOMBSTONES, (shelf_id, as_list(batch)))}
    known = {row["article_id"]: row for row in connection.execute(_KNOWN, (as_list(batch),))}
    return batch, known, _report(batch, kept_out, known)


def _put(
    connection: sqlite3.Connection,
    shelf_id: int,
    seeds: Mapping[ArticleId, Seed],
    known: Mapping[str, sqlite3.Row],
    seen_at: int,
    *,
    is_first_import: bool,
) -> None:
    row_ids, texts = RowIds(connection), PendingTexts()
    records = [_record(seed, known.get(article), seen_at, is_first_import) for article, seed in seeds.items()]
    rows = save_records(connection, shelf_id, row_ids, records, texts)
    changed = [rows[record.article.id] for record in records if record.was]
    by_row = {rows[article]: seed for article, seed in seeds.items()}
    _save_changes(connection, shelf_id, rows, records, known, seen_at)
    hashes = {row_id: url_hashes(seed.article) for row_id, seed in by_row.items()}
    replace_urls(connection, hashes, changed=changed)
    named = save_coverage(connection, shelf_id, row_ids, by_row, changed=changed, texts=texts)
    index_texts(connection, texts)
    resolve_stubs(connection, named | stubs_of(connection, shelf_id, by_row))
    hidden = {row[0] for row in connection.execute(_HIDDEN, (as_list(by_row),))}
    drop_article_topics(connection, changed)
    shown = {row_id: seed.article for row_id, seed in by_row.items() if row_id not in hidden}
    save_article_topics(connection, shelf_id, shown)
    connection.execute("UPDATE shelf SET has_held_seed = 1, revision = revision + 1 WHERE shelf_id = ?", (shelf_id,))


def _report(batch: Mapping[ArticleId, Seed], kept_out: set[str], known: Mapping[str, sqlite3.Row]) -> PutReport:
    entering = [article for article in batch if article not in kept_out]
    stored = [article for article in entering if article in known]
    unchanged = {article for article in stored if batch[article].content_hash == known[article]["content_hash"]}
    return PutReport(
        added=tuple(article for article in entering if article not in known),
        changed=tuple(article for article in stored if article not in unchanged),
        unchanged=tuple(article for article in stored if article in unchanged),
        kept_out=tuple(article for article in batch if article in kept_out),
    )


def _record(seed: Seed, was: sqlite3.Row | None, seen_at: int, is_first_import: bool) -> Record:  # noqa: FBT001
    published_at = as_micros(seed.article.published_at)
    first_seen_at = published_at if is_first_import else seen_at
    return Record(
        article=seed.article,
        was=None if was is None else stored_row(was),
        content_hash=seed.content_hash,
        first_seen_at=first_seen_at if was is None else was["first_seen_at"],
        text_bytes=sum(map(text_bytes, (seed.article, *seed.coverage))),
    )


def _save_changes(
    connection: sqlite3.Connection,
    shelf_id: int,
    rows: Mapping[str, int],
    records: Sequence[Record],
    known: Mapping[str, sqlite3.Row],
    seen_at: int,
) -> None:
    changes = []
    for record in records:
        article = record.article
        said = (article.quality, article.heat, article.listed, as_micros(article.published_at))
        was = known.get(article.id)
        if was is None:
            changes.append((shelf_id, rows[article.id], record.first_seen_at, *said))
        elif said != (was["quality"], was["heat"], was["listed"], was["published_at"]):
            changes.append((shelf_id, rows[article.id], seen_at, *said))
    connection.executemany(_SAVE_CHANGE, changes)


def _require_shelf(shelf: ShelfId, batch: Mapping[ArticleId, Seed]) -> None:
    for seed in batch.values():
        for article in (seed.article, *seed.coverage):
            if article.shelf != shelf:
                raise ValueError(f"{article.id} belongs to the shelf {article.shelf}, not to {shelf}")
