"""Stubs: articles that seeds only name as related, the full articles they turn out to be, and when they are deleted.

A stub's row stays when a full article with one of its URLs is put; `stands_for` then refers to that article, so that
the stub's id and edges keep working, in whatever order the two were put. Which article that is follows from the URLs
alone: one of the stub's own shelf before one of the instance's, a current URL before a former one, then the newest.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot.news.article import INSTANCE_SHELF, Article, ArticleId, Seed
from bot.store.sqlite.archive.aliases import MOST_HASHES, hashes_by_row, hashes_of, save_urls, url_hashes
from bot.store.sqlite.archive.names import find_shelf
from bot.store.sqlite.archive.rows import load_articles
from bot.store.sqlite.archive.save import PendingTexts, Record, StoredRow, save_records, set_hidden, stored_row
from bot.store.sqlite.file.moments import as_micros
from bot.store.sqlite.file.sql import as_list
from bot.store.sqlite.index.row_ids import RowIds
from bot.store.sqlite.index.text_index import drop_texts

MOST_SHARING: Final = 8
"""Stubs of a server's shelf that have one URL; a real archive has one, seldom two."""

_KNOWN: Final = """
    SELECT article_id, row_id, published_at, is_hidden, said_by, said_at, is_stub, shelf_id FROM article
    WHERE article_id IN (SELECT value FROM json_each(?))
"""
_KEEP_OUT: Final = """
    UPDATE article SET is_kept_out = 1 WHERE row_id IN (SELECT value FROM json_each(?)) AND is_stub = 1
    AND EXISTS (SELECT 1 FROM alias JOIN tombstone_url AS t USING (url_hash)
                WHERE alias.row_id = article.row_id AND t.shelf_id = article.shelf_id)
"""
_STUBS_SHARING_URLS: Final = """
    SELECT DISTINCT s.row_id FROM json_each(?1) AS wanted CROSS JOIN alias AS theirs ON theirs.row_id = wanted.value
    CROSS JOIN alias ON alias.url_hash = theirs.url_hash
    CROSS JOIN article AS s ON s.row_id = alias.row_id WHERE s.is_stub = 1 AND (s.shelf_id = ?2 OR ?3)
"""
_URLS_OF_STUBS: Final = """
    SELECT s.row_id, s.shelf_id, s.stands_for, alias.url_hash
    FROM json_each(?1) AS wanted CROSS JOIN article AS s ON s.row_id = wanted.value
    LEFT JOIN alias INDEXED BY alias_by_article ON alias.row_id = s.row_id
"""
_HAVING_URLS: Final = """
    SELECT theirs.url_hash, f.shelf_id, f.row_id
    FROM json_each(?1) AS wanted CROSS JOIN alias AS theirs ON theirs.url_hash = wanted.value
    CROSS JOIN article AS f ON f.row_id = theirs.row_id WHERE f.is_stub = 0
    ORDER BY theirs.is_current DESC, f.published_at DESC, f.article_id
"""
_SHARING: Final = """
    SELECT alias.url_hash, count(*) FROM json_each(?1) AS wanted CROSS JOIN alias ON alias.url_hash = wanted.value
    CROSS JOIN article AS s ON s.row_id = alias.row_id WHERE s.is_stub = 1 AND s.shelf_id = ?2 GROUP BY alias.url_hash
"""
_TAKEN_DOWN: Final = """
    SELECT DISTINCT s.stands_for FROM json_each(?) AS wanted CROSS JOIN article AS s ON s.row_id = wanted.value
    CROSS JOIN article AS f ON f.row_id = s.stands_for AND f.shelf_id = s.shelf_id
    WHERE s.is_hidden = 1 AND f.is_hidden = 0
"""
_NAMED_BY_NOBODY: Final = """
    SELECT s.row_id FROM json_each(?) AS wanted CROSS JOIN article AS s ON s.row_id = wanted.value
    WHERE s.is_stub = 1 AND s.stands_for IS NULL
    AND NOT EXISTS (SELECT 1 FROM coverage WHERE coverage.to_row = s.row_id)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A stub as one seed names it. Of several seeds the one published last counts, then the higher id."""

    stub: Article
    said_at: int
    said_by: str

    @property
    def weight(self) -> tuple[int, str]:
        """The sort key of mentions."""
        return self.said_at, self.said_by

    def replaces(self, stored: sqlite3.Row) -> bool:
        """Return True if this mention is by the stored one's seed or by a later one."""
        return self.said_by == stored["said_by"] or self.weight > (stored["said_at"], stored["said_by"])


def save_coverage(
    connection: sqlite3.Connection,
    shelf_id: int,
    row_ids: RowIds,
    seeds: Mapping[int, Seed],
    *,
    changed: Sequence[int],
    texts: PendingTexts,
) -> set[int]:
    """Replace the coverage that seeds name; return the rows of all stubs that they name.

    Args:
        connection: Within a transaction.
        shelf_id: The seeds' shelf.
        row_ids: Of this transaction.
        seeds: By the row of the article.
        changed: The rows of those articles that may have coverage already.
        texts: Gets the texts of the stubs.
    """
    before = _named_by(connection, changed)
    _drop_edges(connection, changed)
    hashes: dict[str, dict[int, None]] = {}
    for seed in seeds.values():
        for stub in seed.coverage:
            of_stub = hashes.setdefault(stub.id, {})
            of_stub.update(dict.fromkeys(sorted(hashes_of(stub.url))))
            of_stub.update(dict.fromkeys(sorted(url_hashes(stub))))
    rows = _save_stubs(connection, shelf_id, row_ids, _latest_mentions(seeds.values()), texts)
    urls = {rows[stub]: tuple(of_stub)[:MOST_HASHES] for stub, of_stub in hashes.items() if stub in rows}
    save_urls(connection, _with_room(connection, shelf_id, urls))
    keep_out(connection, shelf_id, rows.values())
    _save_edges(connection, seeds, rows)
    drop_unnamed(connection, before - set(rows.values()))
    return set(rows.values())


def _with_room(
    connection: sqlite3.Connection, shelf_id: int, hashes: Mapping[int, Sequence[int]]
) -> dict[int, list[int]]:
    """Leave out URLs that many stubs of a server's shelf have already, and those of stubs that have many.

    Otherwise thousands of uploaded stubs of one page would all be worked on at each correction of its article.
    """
    if shelf_id == _instance_shelf(connection):
        return {row_id: list(of_row) for row_id, of_row in hashes.items()}
    wanted = as_list({each for of_row in hashes.values() for each in of_row})
    sharing = dict(connection.execute(_SHARING, (wanted, shelf_id)).fetchall())
    known = hashes_by_row(connection, hashes)
    kept: dict[int, list[int]] = {}
    for row_id, of_row in hashes.items():
        new = [each for each in of_row if each not in known[row_id] and sharing.get(each, 0) < MOST_SHARING]
        kept[row_id] = new[: max(0, MOST_HASHES - len(known[row_id]))]
        for each in kept[row_id]:
            sharing[each] = sharing.get(each, 0) + 1
    return kept


def stubs_of(connection: sqlite3.Connection, shelf_id: int, articles: Iterable[int]) -> set[int]:
    """Find the stubs that these articles of a shelf may be or were, on every shelf for the instance's articles."""
    is_instance = shelf_id == _instance_shelf(connection)
    return {row[0] for row in connection.execute(_STUBS_SHARING_URLS, (as_list(articles), shelf_id, is_instance))}


def resolve_stubs(connection: sqlite3.Connection, stubs: Collection[int]) -> None:
    """Decide again which full articles these stubs, by row, are; an article is hidden if its stub was."""
    urls = connection.execute(_URLS_OF_STUBS, (as_list(stubs),)).fetchall()
    full = _full_articles(connection, {row["url_hash"] for row in urls if row["url_hash"] is not None})
    instance = _instance_shelf(connection)
    found: dict[int, tuple[bool, int, int]] = {}
    for row in urls:
        for shelf_id in (row["shelf_id"], instance):
            best = full.get((row["url_hash"], shelf_id))
            if best is not None:
                rank = (shelf_id == instance, *best)
                found[row["row_id"]] = min(rank, found.get(row["row_id"], rank))
    was = {row["row_id"]: row["stands_for"] for row in urls}
    is_now = {row_id: found[row_id][-1] if row_id in found else None for row_id in was}
    moved = [row_id for row_id, stands_for in was.items() if is_now[row_id] != stands_for]
    connection.executemany(
        "UPDATE article SET stands_for = ? WHERE row_id = ?",
        [(is_now[row_id], row_id) for row_id in moved],
    )
    turned = [row_id for row_id in moved if was[row_id] is None]
    set_hidden(connection, [row[0] for row in connection.execute(_TAKEN_DOWN, (as_list(turned),))], hidden=True)


def _full_articles(
    connection: sqlite3.Connection, hashes: Iterable[int]
) -> dict[tuple[int, int | None], tuple[int, int]]:
    """Find the best full article with each URL on each shelf: its rank among all that were found, and its row.

    Once for all stubs: thousands of them may have one URL.
    """
    best: dict[tuple[int, int | None], tuple[int, int]] = {}
    for rank, row in enumerate(connection.execute(_HAVING_URLS, (as_list(hashes),))):
        best.setdefault((row["url_hash"], row["shelf_id"]), (rank, row["row_id"]))
    return best


def keep_out(connection: sqlite3.Connection, shelf_id: int, stubs: Iterable[int]) -> None:
    """Block those of these stubs, by row, whose article was deleted."""
    # Usually nothing was ever deleted: then thousands of stubs needn't be checked.
    if connection.execute("SELECT 1 FROM tombstone_url WHERE shelf_id = ? LIMIT 1", (shelf_id,)).fetchone():
        connection.execute(_KEEP_OUT, (as_list(stubs),))


def drop_unnamed(connection: sqlite3.Connection, stubs: Iterable[int]) -> None:
    """Delete those of these stubs, by row, that no seed names and that are not a full article."""
    gone = [row[0] for row in connection.execute(_NAMED_BY_NOBODY, (as_list(stubs),))]
    drop_texts(connection, gone)
    connection.executemany("DELETE FROM article WHERE row_id = ?", [(row_id,) for row_id in gone])


def _latest_mentions(seeds: Iterable[Seed]) -> list[Mention]:
    """Choose one mention of each stub that these seeds name."""
    latest: dict[ArticleId, Mention] = {}
    for seed in seeds:
        for stub in seed.coverage:
            mention = Mention(stub=stub, said_at=as_micros(seed.article.published_at), said_by=seed.article.id)
            known = latest.get(stub.id)
            if known is None or mention.weight > known.weight:
                latest[stub.id] = mention
    return list(latest.values())


def _save_stubs(
    connection: sqlite3.Connection, shelf_id: int, row_ids: RowIds, mentions: Sequence[Mention], texts: PendingTexts
) -> dict[str, int]:
    """Write the stubs that are new or changed; return the rows of all of them by article id."""
    known = {
        row["article_id"]: row for row in connection.execute(_KNOWN, (as_list(each.stub.id for each in mentions),))
    }
    # An id is a hash that somebody may have chosen their URLs for: it never gives them a row that is not their own.
    taken = {each for each, row in known.items() if row["shelf_id"] != shelf_id or not row["is_stub"]}
    mentions = [each for each in mentions if each.stub.id not in taken]
    known = {each: row for each, row in known.items() if each not in taken}
    said = dict(zip(known, load_articles(connection, [row["row_id"] for row in known.values()]), strict=True))
    fresh, same = [], []
    for mention in mentions:
        was = known.get(mention.stub.id)
        if was is None:
            fresh.append(_record(mention, None))
        elif mention.replaces(was):
            if replace(said[mention.stub.id], is_hidden=False) == mention.stub:
                same.append((*mention.weight, was["row_id"]))
            else:
                fresh.append(_record(mention, stored_row(was)))
    connection.executemany("UPDATE article SET said_at = ?, said_by = ? WHERE row_id = ?", same)
    rows = {stub: int(row["row_id"]) for stub, row in known.items()}
    return rows | save_records(connection, shelf_id, row_ids, fresh, texts)


def _record(mention: Mention, was: StoredRow | None) -> Record:
    return Record(article=mention.stub, was=was, said_by=mention.said_by, said_at=mention.said_at)


def _named_by(connection: sqlite3.Connection, articles: Iterable[int]) -> set[int]:
    rows = connection.execute(
        "SELECT to_row FROM coverage WHERE from_row IN (SELECT value FROM json_each(?))", (as_list(articles),)
    )
    return {row[0] for row in rows}


def _drop_edges(connection: sqlite3.Connection, articles: Iterable[int]) -> None:
    connection.executemany("DELETE FROM coverage WHERE from_row = ?", [(row_id,) for row_id in articles])


def _save_edges(connection: sqlite3.Connection, seeds: Mapping[int, Seed], rows: Mapping[str, int]) -> None:
    connection.executemany(
        "INSERT INTO coverage (from_row, place, to_row) VALUES (?, ?, ?)",
        [
            (from_row, place, rows[stub])
            for from_row, seed in seeds.items()
            for place, stub in enumerate(dict.fromkeys(each.id for each in seed.coverage))
            if stub in rows
        ],
    )


def _instance_shelf(connection: sqlite3.Connection) -> int | None:
    return find_shelf(connection, INSTANCE_SHELF)
