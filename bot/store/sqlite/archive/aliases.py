"""URLs of articles as the store looks them up: the hash of what a page's URLs have in common."""

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
    """The hash of a cleaned URL, 64 bits with a sign: the same for all URLs of which `alias_key` says so."""
    digest = hashlib.blake2b(alias_key(url).encode(errors="replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def url_hashes(article: Article) -> set[int]:
    """The hashes of all of an article's URLs."""
    return {url_hash(url) for url in (article.url, *article.aliases)}


def save_urls(connection: sqlite3.Connection, hashes: Mapping[int, Iterable[int]]) -> None:
    """Let articles answer to these URLs too: hashes by row id."""
    connection.executemany(_SAVE, sorted((each, row_id) for row_id, of_row in hashes.items() for each in of_row))


def replace_urls(
    connection: sqlite3.Connection, hashes: Mapping[int, Iterable[int]], *, changed: Iterable[int]
) -> None:
    """Let articles answer to these URLs, hashes by row id; `changed` ones, after others, to those they had too."""
    connection.executemany("UPDATE alias SET is_current = 0 WHERE row_id = ?", [(row_id,) for row_id in changed])
    save_urls(connection, hashes)
