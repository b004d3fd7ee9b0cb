"""The collector's memory: feeds and items in a SQLite file of its own, which one process at a time uses.

A feed's validators and its new items are stored in one transaction, before any file is written. So a pass that is
killed anywhere loses nothing: what was not stored is fetched again, and what was stored but not written is still
marked, and is written by the next pass.
"""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from bot.collect.fetched import Validators
from bot.collect.state.schema import FROM_1, SCHEMA, VERSION
from bot.collect.state.values import Entry, FeedState, Fields, item_json, item_of
from bot.errors import SchemaTooNewError, StoreError, StoreLockedError

_FEED: Final = (
    "url, etag, last_modified, body_hash, title, site, ttl_s, skip_hours, due_at, asked_at, succeeded_at, failures,"
    " failing_since, trouble, is_gone, moved_to"
)
_ENTRY: Final = (
    "id, feed, page, digest, item, verdict, seen_at, published_at, is_dirty, page_state, file, written, planned"
)


class Memory:
    """The open file; created by `open_memory`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Store everything that is done inside, or nothing of it."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._roll_back()
            raise
        try:
            self._db.execute("COMMIT")
        except sqlite3.Error:
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        """End a transaction, unless SQLite has done so itself, as for a full disk."""
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    def feed(self, url: str) -> FeedState:
        """Get what is remembered of a feed; of a new one, nothing."""
        row = self._db.execute(f"SELECT {_FEED} FROM feeds WHERE url = ?", (url,)).fetchone()
        return FeedState(url=url) if row is None else _feed(row)

    def feeds(self) -> tuple[FeedState, ...]:
        """List what is remembered of all feeds."""
        return tuple(map(_feed, self._db.execute(f"SELECT {_FEED} FROM feeds ORDER BY url")))

    def keep_feed(self, feed: FeedState) -> None:
        """Store what is known of a feed."""
        hours = ",".join(map(str, sorted(feed.skip_hours)))
        values = (
            feed.url, feed.validators.etag, feed.validators.last_modified, feed.body_hash, feed.title, feed.site,
            feed.ttl_s, hours, feed.due_at.timestamp(), _seconds(feed.asked_at), _seconds(feed.succeeded_at),
            feed.failures, _seconds(feed.failing_since), feed.trouble, int(feed.is_gone), feed.moved_to,
        )  # fmt: skip
        self._db.execute(f"INSERT OR REPLACE INTO feeds ({_FEED}) VALUES ({','.join('?' * len(values))})", values)

    def rename_feed(self, old: str, new: str) -> None:
        """Remember everything of a feed under its new address."""
        self._db.execute("DELETE FROM feeds WHERE url = ?", (new,))
        self._db.execute("UPDATE feeds SET url = ?, moved_to = '' WHERE url = ?", (new, old))
        self._db.execute("UPDATE OR IGNORE items SET feed = ? WHERE feed = ?", (new, old))

    def forget_feed(self, url: str) -> None:
        """Forget a feed that was removed; its items stay known."""
        self._db.execute("DELETE FROM feeds WHERE url = ?", (url,))

    def find_entry(self, feed: str, guid: str, page: str) -> Entry | None:
        """Find an item by its feed's id of it, else by its page."""
        if guid:
            # The index has no empty ids: SQLite uses it only for a query that can't ask for one.
            query = f"SELECT {_ENTRY} FROM items WHERE feed = ? AND guid = ? AND guid <> ''"
            row = self._db.execute(query, (feed, guid)).fetchone()
            if row is not None:
                return _entry(row)
        return self.entry_of_page(page)

    def entry_of_page(self, page: str) -> Entry | None:
        """Find an item by its page's key."""
        row = self._db.execute(f"SELECT {_ENTRY} FROM items WHERE page = ?", (page,)).fetchone()
        return None if row is None else _entry(row)

    def entries_titled(self, words: str, limit: int) -> tuple[Entry, ...]:
        """Find items whose titles contain a text, the newest first."""
        pattern = "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        rows = self._db.execute(
            f"SELECT {_ENTRY} FROM items WHERE title LIKE ? ESCAPE '\\' ORDER BY seen_at DESC LIMIT ?", (pattern, limit)
        )
        return tuple(map(_entry, rows))

    def add_entry(self, entry: Entry) -> None:
        """Store a new item; one whose page is known already is left out."""
        self._db.execute(
            "INSERT OR IGNORE INTO items (feed, guid, page, digest, title, verdict, seen_at, published_at, item,"
            " is_dirty, page_state, file, written, planned) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (
                entry.feed, entry.item.guid, entry.page, entry.digest, entry.item.title, entry.verdict,
                entry.seen_at.timestamp(), entry.published_at.timestamp(), item_json(entry.item),
                int(entry.is_dirty), int(entry.is_page_done), entry.file, _json(entry.written), _json(entry.planned),
            ),
        )  # fmt: skip

    def change_entry(self, entry: Entry) -> None:
        """Store what has changed of an item; its page changes only if no other item has that page."""
        self._db.execute(
            "UPDATE items SET digest=?, title=?, verdict=?, published_at=?, item=?, is_dirty=?, page_state=?, file=?,"
            " written=?, planned=? WHERE id=?",
            (
                entry.digest, entry.item.title, entry.verdict, entry.published_at.timestamp(), item_json(entry.item),
                int(entry.is_dirty), int(entry.is_page_done), entry.file, _json(entry.written), _json(entry.planned),
                entry.id,
            ),
        )  # fmt: skip
        self._db.execute("UPDATE OR IGNORE items SET page=? WHERE id=? AND page<>?", (entry.page, entry.id, entry.page))

    def hand_over(self, number: int, feed: str, guid: str) -> None:
        """Give an item to another feed, which has its own id of it."""
        self._db.execute("UPDATE OR IGNORE items SET feed=?, guid=? WHERE id=?", (feed, guid, number))

    def dirty_entries(self) -> tuple[Entry, ...]:
        """List the items whose files have yet to be written."""
        return tuple(map(_entry, self._db.execute(f"SELECT {_ENTRY} FROM items WHERE is_dirty AND verdict = ''")))

    def entries_since(self, moment: datetime) -> tuple[Entry, ...]:
        """List the taken items that were published at or after a moment, by date."""
        rows = self._db.execute(
            f"SELECT {_ENTRY} FROM items WHERE verdict = '' AND published_at >= ? ORDER BY published_at, id",
            (moment.timestamp(),),
        )
        return tuple(map(_entry, rows))

    def entries_without_page(self, since: datetime) -> tuple[Entry, ...]:
        """List the taken items since a moment whose pages have not been looked at, the newest first."""
        rows = self._db.execute(
            f"SELECT {_ENTRY} FROM items WHERE verdict = '' AND page_state = 0 AND published_at >= ?"
            " ORDER BY published_at DESC",
            (since.timestamp(),),
        )
        return tuple(map(_entry, rows))

    def taken_since(self, feed: str, moment: datetime) -> int:
        """Count the items of a feed that were taken since a moment."""
        (count,) = self._db.execute(
            "SELECT count(*) FROM items WHERE verdict = '' AND feed = ? AND seen_at >= ?", (feed, moment.timestamp())
        ).fetchone()
        return int(count)

    def seen_since(self, feed: str, moment: datetime) -> int:
        """Count the items of a feed that were first seen since a moment, taken or not."""
        query = "SELECT count(*) FROM items WHERE feed = ? AND seen_at >= ?"
        (count,) = self._db.execute(query, (feed, moment.timestamp())).fetchone()
        return int(count)

    def count_entries(self) -> int:
        """Count the items that were taken."""
        (count,) = self._db.execute("SELECT count(*) FROM items WHERE verdict = ''").fetchone()
        return int(count)

    def forget_entries(self, before: datetime) -> None:
        """Forget items that were first seen before a moment; their files stay."""
        self._db.execute("DELETE FROM items WHERE seen_at < ? AND published_at < ?", (before.timestamp(),) * 2)


@contextmanager
def open_memory(path: Path, *, read_only: bool = False) -> Iterator[Memory]:
    """Open the collector's file, and create it where there is none.

    Args:
        path: The file; a lock is beside it.
        read_only: Don't lock, for commands that only look.

    Raises:
        StoreLockedError: Another process collects with it.
        StoreError: It can't be used.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _lock(path) if not read_only else _unlocked():
            connection = sqlite3.connect(path, isolation_level=None)
            try:
                _prepare(connection)
                yield Memory(connection)
            finally:
                connection.close()
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"{path} can't be used: {error}.", cure="Check its folder's permissions and space.") from error


@contextmanager
def open_copy(path: Path) -> Iterator[Memory]:
    """Open a copy that is forgotten afterwards, for a pass that shows what another would do.

    Raises:
        StoreError: The file can't be read.
    """
    copy = sqlite3.connect(":memory:", isolation_level=None)
    try:
        if path.exists():
            source = sqlite3.connect(path)
            try:
                source.backup(copy)
            finally:
                source.close()
        _prepare(copy)
        yield Memory(copy)
    except sqlite3.Error as error:
        raise StoreError(f"{path} can't be used: {error}.") from error
    finally:
        copy.close()


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA busy_timeout = 5000")
    connection.execute("PRAGMA journal_mode = WAL")
    # A crash of the machine may undo the last transactions, which only means that feeds are fetched once more.
    connection.execute("PRAGMA synchronous = NORMAL")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        raise SchemaTooNewError("The collector's file was written by a newer Newsdesk.", cure="Upgrade Newsdesk.")
    if version == 1:
        connection.executescript(f"BEGIN IMMEDIATE;{FROM_1}PRAGMA user_version = {VERSION};COMMIT;")
    if version == 0:
        connection.executescript(f"BEGIN IMMEDIATE;{SCHEMA}PRAGMA user_version = {VERSION};COMMIT;")


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    """Keep other collectors out; the system releases the lock with the process."""
    descriptor = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            cure = "`newsdesk run` starts one itself where `feeds` is configured."
            raise StoreLockedError("Another process collects with this configuration.", cure=cure) from None
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _unlocked() -> Iterator[None]:
    yield


def _feed(row: tuple[Any, ...]) -> FeedState:
    (
        url,
        etag,
        modified,
        body_hash,
        title,
        site,
        ttl,
        hours,
        due,
        asked,
        succeeded,
        failures,
        since,
        trouble,
        gone,
        moved,
    ) = row
    return FeedState(
        url=url,
        validators=Validators(etag=etag, last_modified=modified),
        body_hash=body_hash,
        title=title,
        site=site,
        ttl_s=ttl,
        skip_hours=frozenset(map(int, filter(None, hours.split(",")))),
        due_at=datetime.fromtimestamp(due, UTC),
        asked_at=_moment(asked),
        succeeded_at=_moment(succeeded),
        failures=failures,
        failing_since=_moment(since),
        trouble=trouble,
        is_gone=bool(gone),
        moved_to=moved,
    )


def _entry(row: tuple[Any, ...]) -> Entry:
    number, feed, page, digest, item, verdict, seen, published, dirty, page_state, file, written, planned = row
    return Entry(
        id=number,
        feed=feed,
        page=page,
        digest=digest,
        item=item_of(item),
        verdict=verdict,
        seen_at=datetime.fromtimestamp(seen, UTC),
        published_at=datetime.fromtimestamp(published, UTC),
        is_dirty=bool(dirty),
        is_page_done=bool(page_state),
        file=file,
        written=_fields(written),
        planned=_fields(planned),
    )


def _fields(text: str | None) -> Fields | None:
    if text is None:
        return None
    fields: Fields = json.loads(text)
    return fields


def _json(fields: Fields | None) -> str | None:
    return None if fields is None else json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def _seconds(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
