"""Aliases: the URLs of articles, looked up by a hash that all URLs of one page share."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Final

from bot.news.article import Article
from bot.text.links import alias_key

_SAVE: Final = """
    INSERT INTO alias (url_hash, row_id) VALUES (?, ?) ON CONFLICT DO UPDATE SET is_current = 1 WHERE is_current = 0
"""


def url_hash(url: str) -> int:
    """Hash a cleaned URL to 64 signed bits; URLs with the same `alias_key` have the same hash."""
    digest = hashlib.blake2b(alias_key(url).encode(errors="replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def url_hashes(article: Article) -> set[int]:
    """Hash all URLs of an article."""
    return {url_hash(url) for url in (article.url, *article.aliases)}


def save_urls(connection: sqlite3.Connection, hashes: Mapping[int, Iterable[int]]) -> None:
    """Add aliases of articles: hashes by row id."""
    connection.executemany(_SAVE, sorted((each, row_id) for row_id, of_row in hashes.items() for each in of_row))


def replace_urls(
    connection: sqlite3.Connection, hashes: Mapping[int, Iterable[int]], *, changed: Iterable[int]
) -> None:
    """Replace the aliases of articles: hashes by row id. The former URLs of `changed` rows remain as past aliases."""
    connection.executemany("UPDATE alias SET is_current = 0 WHERE row_id = ?", [(row_id,) for row_id in changed])
    save_urls(connection, hashes)
