"""The tables of the collector's memory."""

from __future__ import annotations

from typing import Final

VERSION: Final = 2

SCHEMA: Final = """
CREATE TABLE feeds (
    url TEXT PRIMARY KEY,
    etag TEXT NOT NULL DEFAULT '',
    last_modified TEXT NOT NULL DEFAULT '',
    body_hash TEXT NOT NULL DEFAULT '',
    title TEXT NOT NULL DEFAULT '',
    site TEXT NOT NULL DEFAULT '',
    ttl_s INTEGER NOT NULL DEFAULT 0,
    skip_hours TEXT NOT NULL DEFAULT '',
    due_at REAL NOT NULL DEFAULT 0,
    asked_at REAL,
    succeeded_at REAL,
    failures INTEGER NOT NULL DEFAULT 0,
    failing_since REAL,
    trouble TEXT NOT NULL DEFAULT '',
    is_gone INTEGER NOT NULL DEFAULT 0,
    moved_to TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE TABLE items (
    id INTEGER PRIMARY KEY,
    feed TEXT NOT NULL,
    guid TEXT NOT NULL,
    page TEXT NOT NULL UNIQUE,
    digest TEXT NOT NULL,
    title TEXT NOT NULL,
    verdict TEXT NOT NULL,
    seen_at REAL NOT NULL,
    published_at REAL NOT NULL,
    item TEXT NOT NULL,
    is_dirty INTEGER NOT NULL,
    page_state INTEGER NOT NULL DEFAULT 0,
    file TEXT NOT NULL DEFAULT '',
    written TEXT,
    planned TEXT
) STRICT;
CREATE UNIQUE INDEX items_by_guid ON items (feed, guid) WHERE guid <> '';
CREATE INDEX items_dirty ON items (is_dirty) WHERE is_dirty;
CREATE INDEX items_by_date ON items (published_at) WHERE verdict = '';
CREATE INDEX items_by_day ON items (feed, seen_at);
"""
"""`verdict` is empty for an item that is taken, else the reason why it isn't. `is_dirty`: its file has yet to be
written. `page_state`: 0 not fetched, 1 fetched or not needed. `written` and `planned` are its file's values as JSON, as
last written and as about to be written: after a crash between the two, the file has either."""

FROM_1: Final = """
DROP INDEX items_by_day;
CREATE INDEX items_by_day ON items (feed, seen_at);
"""
"""From version 1, whose index by day had the items alone that were taken."""
