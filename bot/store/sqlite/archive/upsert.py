"""Insert or update a batch of seeds: one pass over each table, whatever the number of seeds."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from bot.news.article import ArticleId, Seed, ShelfId
from bot.news.content import seed_bytes
from bot.store.port.article import NO_FATES, Fate, PutReport, Rival
from bot.store.sqlite.archive.aliases import replace_urls, url_hashes
from bot.store.sqlite.archive.identity import Match, Matches, find_rivals, match_seeds
from bot.store.sqlite.archive.import_log import forget_stamps
from bot.store.sqlite.archive.names import find_shelf, save_shelf
from bot.store.sqlite.archive.rows import load_articles
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
from bot.store.sqlite.file.sql import as_list, storable
from bot.store.sqlite.index.row_ids import RowIds
from bot.store.sqlite.index.text_index import index_texts

MOST_FORMER_STEMS: Final = 16
"""Former names of an article's file that go on answering; a file may be renamed with each upload."""

_HIDDEN: Final = "SELECT row_id FROM article WHERE is_hidden = 1 AND row_id IN (SELECT value FROM json_each(?))"
_LEAVE: Final = "UPDATE article SET place_key = NULL, file_path = NULL WHERE row_id = ?"
_MOVE: Final = "UPDATE article SET place_key = ?, file_path = ? WHERE row_id = ?"
_SAVE_FORMER_STEM: Final = f"""
    INSERT OR IGNORE INTO former_stem (shelf_id, stem, row_id)
    SELECT ?1, ?2, ?3 WHERE (SELECT count(*) FROM former_stem WHERE row_id = ?3) < {MOST_FORMER_STEMS}
"""
_SEEN_AT: Final = (
    "UPDATE article SET first_seen_at = :at WHERE first_seen_at = :was AND shelf_id = :shelf AND is_stub = 0",
    "UPDATE change SET seen_at = :at WHERE seen_at = :was AND shelf_id = :shelf",
    "UPDATE change SET replaced_at = :at WHERE replaced_at = :was AND shelf_id = :shelf",
)
_SAVE_CHANGE: Final = """
    INSERT INTO change (shelf_id, row_id, seen_at, quality, heat, listed, published_at) VALUES (?, ?, ?, ?, ?, ?, ?)
"""


def put_batch(
    connection: sqlite3.Connection,
    shelf: ShelfId,
    seeds: Sequence[Seed],
    *,
    seen_at: datetime,
    is_first_import: bool,
    fates: Mapping[str, Fate] = NO_FATES,
) -> PutReport:
    """Implement `ArticleStore.put_seeds`; of several seeds at one place the last one counts.

    Raises:
        ValueError: a seed is of another shelf.
    """
    _require_shelf(shelf, seeds)
    shelf_id = save_shelf(connection, shelf)
    matches = match_seeds(connection, shelf, shelf_id, seeds, fates=fates)
    connection.executemany(_LEAVE, [(row_id,) for row_id in sorted(matches.orphans)])
    fresh, same = _split(matches)
    sizes = _sizes(fresh)
    if fresh:
        _put(connection, shelf_id, fresh, sizes, as_micros(seen_at), is_first_import=is_first_import)
    moved = [
        (*_place(match), match.row["row_id"])
        for match in same
        if match.row and match.row["place_key"] != match.asked.key
    ]
    connection.executemany(_MOVE, moved)
    forget_stamps(connection, [copy.path for copy in matches.copies])
    return _report(matches, sizes)


def mark_as_seen(connection: sqlite3.Connection, shelf: ShelfId, was: datetime, at: datetime) -> None:
    """Implement `ArticleStore.mark_as_seen`."""
    moments = {"shelf": find_shelf(connection, shelf), "was": as_micros(was), "at": as_micros(at)}
    for statement in _SEEN_AT:
        connection.execute(statement, moments)


def compare_batch(
    connection: sqlite3.Connection, shelf: ShelfId, seeds: Sequence[Seed], *, fates: Mapping[str, Fate] = NO_FATES
) -> PutReport:
    """Implement `ArticleStore.compare_seeds`.

    Raises:
        ValueError: a seed is of another shelf.
    """
    _require_shelf(shelf, seeds)
    matches = match_seeds(connection, shelf, find_shelf(connection, shelf), seeds, fates=fates)
    return _report(matches, _sizes(_split(matches)[0]))


def read_rivals(connection: sqlite3.Connection, shelf: ShelfId, seeds: Sequence[Seed]) -> tuple[Rival, ...]:
    """Implement `ArticleStore.rivals`."""
    rows = find_rivals(connection, shelf, seeds)
    articles = load_articles(connection, [row["row_id"] for row in rows])
    return tuple(
        Rival(key=row["place_key"], path=row["file_path"] or row["place_key"], article=article)
        for row, article in zip(rows, articles, strict=True)
    )


def _put(
    connection: sqlite3.Connection,
    shelf_id: int,
    matches: Sequence[Match],
    sizes: Mapping[ArticleId, int],
    seen_at: int,
    *,
    is_first_import: bool,
) -> None:
    row_ids, texts = RowIds(connection), PendingTexts()
    records = [_record(match, sizes[match.article], seen_at, is_first_import) for match in matches]
    rows = save_records(connection, shelf_id, row_ids, records, texts)
    changed = [rows[record.article.id] for record in records if record.was]
    by_row = {rows[match.article]: match.seed for match in matches}
    known = {match.article: match.row for match in matches if match.row is not None}
    _save_changes(connection, shelf_id, rows, records, known, seen_at)
    _save_former_stems(connection, shelf_id, rows, records, known)
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


def _split(matches: Matches) -> tuple[list[Match], list[Match]]:
    """Split matches into those to write and those whose content is stored already."""
    fresh: list[Match] = []
    same: list[Match] = []
    for match in matches.by_id.values():
        (same if match.asked.is_unchanged(match.row) else fresh).append(match)
    return fresh, same


def _report(matches: Matches, sizes: Mapping[ArticleId, int]) -> PutReport:
    fresh, same = _split(matches)
    return PutReport(
        added=tuple(match.article for match in fresh if match.row is None),
        changed=tuple(match.article for match in fresh if match.row is not None),
        unchanged=tuple(match.article for match in same),
        kept_out=tuple(matches.kept_out),
        copies=tuple(matches.copies),
        text_bytes=sum(sizes.values()),
        paths={match.seed.path: match.article for match in fresh},
    )


def _sizes(matches: Sequence[Match]) -> dict[ArticleId, int]:
    """Measure the text of each seed, that of its stubs included."""
    return {match.article: seed_bytes(match.asked.seed) for match in matches}


def _place(match: Match) -> tuple[str, str | None]:
    """Encode a place as the columns `place_key` and `file_path`."""
    key, path = match.asked.key, match.asked.path
    return key, None if path == key else path


def _record(match: Match, size: int, seen_at: int, is_first_import: bool) -> Record:  # noqa: FBT001
    seed, was = match.seed, match.row
    published_at = as_micros(seed.article.published_at)
    first_seen_at = published_at if is_first_import else seen_at
    place_key, file_path = _place(match)
    return Record(
        article=seed.article,
        was=None if was is None else stored_row(was),
        content_hash=seed.content_hash,
        first_seen_at=first_seen_at if was is None else was["first_seen_at"],
        text_bytes=size,
        place_key=place_key,
        file_path=file_path,
    )


def _save_former_stems(
    connection: sqlite3.Connection,
    shelf_id: int,
    rows: Mapping[str, int],
    records: Sequence[Record],
    known: Mapping[ArticleId, sqlite3.Row],
) -> None:
    """Remember the names that files had before they were renamed."""
    renamed = [
        (shelf_id, was["stem"], rows[record.article.id])
        for record in records
        if (was := known.get(record.article.id)) is not None and was["stem"] != storable(record.article.stem)
    ]
    connection.executemany(_SAVE_FORMER_STEM, renamed)


def _save_changes(
    connection: sqlite3.Connection,
    shelf_id: int,
    rows: Mapping[str, int],
    records: Sequence[Record],
    known: Mapping[ArticleId, sqlite3.Row],
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


def _require_shelf(shelf: ShelfId, seeds: Sequence[Seed]) -> None:
    for seed in seeds:
        for article in (seed.article, *seed.coverage):
            if article.shelf != shelf:
                raise ValueError(f"{article.id} belongs to the shelf {article.shelf}, not to {shelf}")
