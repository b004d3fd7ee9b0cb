"""Aliases: the URLs of articles, looked up by hashes that the URLs of one page share.

Each URL has two hashes, that of its page (`page_key`) and that of its own spelling (`alias_key`), often the same one.
The first finds a page by any link to it. The second is what databases of earlier versions hold of URLs that an article
once had and of deleted ones, whose text is gone: so these stay known. Articles from before the first are listed in
`unhashed` by the migration that brought it; `hash_pages` works that list off when the file is opened.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Final

from bot.news.article import Article
from bot.store.sqlite.file.sql import as_list, plain
from bot.text.links import alias_key
from bot.text.pages import page_key

STEP: Final = 3_000
"""Articles per transaction of `hash_pages`."""

MOST_HASHES: Final = 16
"""Hashes of an article: of eight URLs, each with its page and its spelling. A seed has four at most; the others are
those that it once had, or those by which other seeds name it."""

_URLS: Final = """
    SELECT a.row_id, a.url FROM json_each(?) AS wanted CROSS JOIN article AS a ON a.row_id = wanted.value
"""
_HASHES: Final = """
    SELECT alias.row_id, alias.url_hash FROM json_each(?) AS wanted
    CROSS JOIN alias INDEXED BY alias_by_article ON alias.row_id = wanted.value
"""
_UNHASHED: Final = """
    SELECT a.row_id, a.url, a.aliases FROM unhashed CROSS JOIN article AS a ON a.row_id = unhashed.row_id LIMIT ?
"""
_SAVE: Final = """
    INSERT INTO alias (url_hash, row_id) VALUES (?, ?) ON CONFLICT DO UPDATE SET is_current = 1 WHERE is_current = 0
"""

_DROP_PAST: Final = """
    DELETE FROM alias WHERE row_id = ?1 AND is_current = 0 AND url_hash IN (
        SELECT url_hash FROM alias WHERE row_id = ?1 ORDER BY is_current DESC, url_hash LIMIT -1 OFFSET ?2)
"""


@lru_cache(maxsize=8_192)  # an import asks three times for the URLs of a transaction: who has them, and to save them
def hashes_of(url: str) -> frozenset[int]:
    """Hash a cleaned URL's page and its own spelling to 64 signed bits each."""
    return frozenset([_hash(key) for key in {page_key(url), alias_key(url)}])


def _hash(key: str) -> int:
    digest = hashlib.blake2b(key.encode(errors="replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def url_hashes(article: Article) -> set[int]:
    """Hash all URLs of an article."""
    return set[int]().union(*map(hashes_of, (article.url, *article.aliases)))


def hash_pages(connection: sqlite3.Connection, *, at_most: int = STEP) -> int:
    """Hash the pages of some articles that an earlier version stored; return their number, 0 once all are done."""
    rows = plain(connection).execute(_UNHASHED, (at_most,)).fetchall()
    save_urls(connection, {row_id: _stored_hashes(url, aliases) for row_id, url, aliases in rows})
    connection.executemany("DELETE FROM unhashed WHERE row_id = ?", [(row_id,) for row_id, _, _ in rows])
    return len(rows)


def _stored_hashes(url: str, aliases: str) -> set[int]:
    """Hash an article's URLs as they are stored; damaged aliases are skipped, so that the file still opens."""
    try:
        others = [each for each in json.loads(aliases) if isinstance(each, str)]
    except (ValueError, TypeError):
        others = []
    return set().union(*map(hashes_of, (url, *others)))


def read_urls(connection: sqlite3.Connection, row_ids: Collection[int]) -> list[tuple[int, str]]:
    """Read the main URLs of articles, by row."""
    return plain(connection).execute(_URLS, (as_list(row_ids),)).fetchall()


def read_hashes(connection: sqlite3.Connection, row_ids: Collection[int]) -> list[tuple[int, int]]:
    """Read the hashes of articles: row id and hash."""
    return plain(connection).execute(_HASHES, (as_list(row_ids),)).fetchall()


def hashes_by_row(connection: sqlite3.Connection, row_ids: Iterable[int]) -> dict[int, set[int]]:
    """Read the hashes of articles, by row."""
    found: dict[int, set[int]] = {row_id: set() for row_id in row_ids}
    for row_id, url_hash in read_hashes(connection, found):
        found[row_id].add(url_hash)
    return found


def save_urls(connection: sqlite3.Connection, hashes: Mapping[int, Iterable[int]]) -> None:
    """Add aliases of articles: hashes by row id."""
    connection.executemany(_SAVE, sorted((each, row_id) for row_id, of_row in hashes.items() for each in of_row))


def replace_urls(
    connection: sqlite3.Connection, hashes: Mapping[int, Iterable[int]], *, changed: Collection[int]
) -> None:
    """Replace the aliases of articles: hashes by row id. The former URLs of `changed` rows remain as past aliases."""
    connection.executemany("UPDATE alias SET is_current = 0 WHERE row_id = ?", [(row_id,) for row_id in changed])
    save_urls(connection, hashes)
    connection.executemany(_DROP_PAST, [(row_id, MOST_HASHES) for row_id in changed])
