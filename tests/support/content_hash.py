"""The content of a server's file as one hash: whatever could be read of its articles, without numbers of its own."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Final

from bot.store.sqlite.index.word_code import decode_texts

_ROWS: Final = {
    "articles": """
        SELECT a.row_id, a.article_id, a.stem, a.is_stub, a.is_hidden, a.is_kept_out, f.article_id, p.domain,
            a.published_at, a.first_seen_at, a.quality, a.heat, a.listed, a.score, a.kind, a.category, a.title,
            a.excerpt, a.url, a.aliases, a.topics, a.pictures, a.content_hash, a.text_bytes, a.said_by, a.said_at,
            a.place_key, a.file_path
        FROM article AS a JOIN provider AS p USING (provider_id) LEFT JOIN article AS f ON f.row_id = a.stands_for
    """,
    "providers": "SELECT domain, name, named_at, picture_url, pictured_at FROM provider",
    "topics": "SELECT folded, label, named_at FROM topic",
    "topics of articles": "SELECT folded, row_id FROM article_topic JOIN topic USING (topic_id)",
    "names": "SELECT stem, row_id FROM former_stem",
    "links": "SELECT url_hash, row_id, is_current FROM alias",
    "coverage": "SELECT from_row, place, to_row, weight FROM coverage",
    "changes": """
        SELECT row_id, row_number() OVER (PARTITION BY row_id ORDER BY seen_at, change_id), seen_at, replaced_at,
            quality, heat, listed, published_at
        FROM change
    """,
    "deleted": "SELECT article_id, place_key, title FROM tombstone",
    "deleted links": "SELECT url_hash FROM tombstone_url",
    "problems": "SELECT kind, origin, path, line, field, reason, cure, seen_at FROM problem",
    "words": "SELECT stem, articles FROM word",
    "texts": "SELECT articles, words FROM text_total",
    "spellings": "SELECT written FROM spelling",
    "deletions": "SELECT hash, written FROM deletion JOIN spelling USING (spelling_id)",
    "titles": "SELECT rowid FROM title_text WHERE title_text MATCH 'title OR of OR the OR town'",
}


def content_of(path: Path) -> dict[str, list[str]]:
    """Read all rows, by what they are."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        rows = {kind: sorted(map(repr, connection.execute(sql))) for kind, sql in _ROWS.items()}
        return rows | {"indexed": sorted(_indexed(connection))}


def content_hash(path: Path) -> str:
    """Hash the content of a server's file."""
    return hashlib.sha256(repr(content_of(path)).encode()).hexdigest()


def _indexed(connection: sqlite3.Connection) -> Iterator[str]:
    """The words of each text, and those by which it is found."""
    stems = dict(connection.execute("SELECT word_id, stem FROM word").fetchall())
    rows = connection.execute("SELECT row_id, words FROM article_words ORDER BY row_id").fetchall()
    if not rows:
        return
    words, starts, lengths = decode_texts([row[1] for row in rows])
    for (row_id, _), (start, end), length in zip(rows, pairwise(starts.tolist()), lengths.tolist(), strict=True):
        yield repr((row_id, length, [stems.get(word, word) for word in words[start:end].tolist()]))
    for word_id, stem in stems.items():
        found = connection.execute("SELECT rowid FROM article_text WHERE article_text MATCH ?", (f'"{word_id:x}"',))
        yield repr((stem, sorted(row[0] for row in found)))
