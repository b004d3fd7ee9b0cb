"""Put back what an import replaced, from what was recorded of it (bot/store/sqlite/shelves/recording.py).

Articles that it added are removed, those that it changed become what they were. What was hidden since stays hidden, and
what was deleted since stays deleted. The index, topics and what stubs are follow from the articles.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from bot.store.sqlite.archive.names import save_topics, topics_of
from bot.store.sqlite.archive.rows import load_articles
from bot.store.sqlite.archive.save import drop_article_topics
from bot.store.sqlite.archive.stubs import drop_unnamed, keep_out, resolve_stubs, stubs_of
from bot.store.sqlite.batches.touched import Image, Touched, read_touched
from bot.store.sqlite.file.sql import as_list
from bot.store.sqlite.index.row_ids import RowIds
from bot.store.sqlite.index.text_index import drop_texts, index_texts
from bot.store.sqlite.shelves.recording import ARTICLE_COLUMNS

_ASIDE: Final = 1 << 60
"""Added to a row that gives way: beyond the row of any date."""

WITHDRAWN_KEPT: Final = 20_000
"""Articles that a rollback removed and that are remembered as removed: as many as a server may have."""

_REST: Final = tuple(name for name in ARTICLE_COLUMNS if name != "row_id")
_PUT_BACK: Final = (
    f"UPDATE article SET provider_id = ?, is_hidden = ?, {', '.join(f'{name} = ?' for name in _REST)} WHERE row_id = ?"
)
_INSERT: Final = f"""
    INSERT INTO article (article_id, shelf_id, row_id, provider_id, is_hidden, {", ".join(_REST)})
    VALUES (?, ?, ?, ?, ?, {", ".join("?" * len(_REST))})
"""
_ROWS: Final = """
    SELECT a.article_id, a.row_id FROM json_each(?) AS wanted CROSS JOIN article AS a ON a.article_id = wanted.value
"""
_NAMED: Final = """
    SELECT DISTINCT s.article_id FROM json_each(?1) AS wanted CROSS JOIN coverage AS c ON c.from_row = wanted.value
    CROSS JOIN article AS s ON s.row_id = c.to_row
    WHERE NOT EXISTS (SELECT 1 FROM undo_article AS u WHERE u.undo_id = ?2 AND u.article_id = s.article_id)
"""
_STOOD_FOR: Final = """
    SELECT s.article_id FROM json_each(?) AS wanted CROSS JOIN article AS s ON s.stands_for = wanted.value
"""
_NAMED_BY_NOBODY: Final = """
    SELECT s.row_id FROM json_each(?) AS wanted CROSS JOIN article AS s ON s.row_id = wanted.value
    WHERE NOT EXISTS (SELECT 1 FROM coverage WHERE coverage.to_row = s.row_id)
"""
_PROVIDER: Final = "SELECT provider_id FROM provider WHERE shelf_id = ? AND domain = ?"
_FORMER_PROVIDER: Final = """
    SELECT image FROM undo_name
    WHERE undo_id >= ? AND kind = 'provider' AND name = ? AND image IS NOT NULL ORDER BY undo_id LIMIT 1
"""
_ADD_PROVIDER: Final = """
    INSERT INTO provider (shelf_id, domain, name, named_at, picture_url, pictured_at) VALUES (?, ?, ?, ?, ?, ?)
"""
_DROP_CHILDREN: Final = (
    "DELETE FROM alias WHERE row_id = ?",
    "DELETE FROM former_stem WHERE row_id = ?",
    "DELETE FROM coverage WHERE from_row = ?",
    "DELETE FROM change WHERE row_id = ?",
)
_ADD_ALIAS: Final = "INSERT INTO alias (url_hash, row_id, is_current) VALUES (?, ?, ?)"
_ADD_STEM: Final = "INSERT INTO former_stem (shelf_id, stem, row_id) VALUES (?, ?, ?)"
_ADD_COVERAGE: Final = """
    INSERT INTO coverage (from_row, place, to_row, weight)
    SELECT ?, ?, row_id, ? FROM article WHERE article_id = ?
"""
_ADD_CHANGE: Final = """
    INSERT INTO change (row_id, shelf_id, seen_at, quality, heat, listed, published_at) VALUES (?, ?, ?, ?, ?, ?, ?)
"""
# A change that was inserted gave others their moment.
_REPLACED_AT: Final = "UPDATE change SET replaced_at = ? WHERE change_id = ?"
_TOPICS: Final = "SELECT folded, topic_id FROM topic WHERE shelf_id = ?"
_ADD_TOPIC: Final = "INSERT INTO article_topic (topic_id, row_id) VALUES (?, ?)"
_WITHDRAW: Final = """
    INSERT OR REPLACE INTO withdrawn (article_id)
    SELECT a.article_id FROM json_each(?) AS wanted CROSS JOIN article AS a ON a.row_id = wanted.value
"""
_FORGET_WITHDRAWN: Final = """
    DELETE FROM withdrawn WHERE withdrawn_id <= (SELECT max(withdrawn_id) FROM withdrawn) - ?
"""


@dataclass(slots=True, kw_only=True)
class Restoring:
    """One rollback, within a transaction on a server's file."""

    connection: sqlite3.Connection
    shelf_id: int
    undo_id: int

    def restore(self) -> None:
        """Put back all articles and stubs."""
        touched = read_touched(self.connection, self.undo_id)
        named = self._named_by([each for each in touched if each.is_removed or each.comes_back])
        stubs = self._remove([each for each in touched if each.is_removed and not each.is_stub])
        back = [each for each in touched if each.comes_back]
        # Also of those that lose the link by which a stub was one of them.
        stubs += self._stood_for([each for each in back if not each.is_stub])
        self._drop_texts(back)
        rows = self._put_back(back)
        for each in back:
            self._put_children(rows[each.article_id], each.was)
        self._remove_unnamed([each for each in touched if each.is_removed and each.is_stub])
        self._settle(rows, back, stubs)
        # Those that an earlier batch, rolled back since, had left to this one.
        drop_unnamed(self.connection, self._rows(named).values())

    def _named_by(self, articles: Sequence[Touched]) -> list[str]:
        """The ids of the stubs that these articles name, beyond those that the import touched."""
        rows = as_list(each.row_id for each in articles if each.row_id is not None)
        return [row[0] for row in self.connection.execute(_NAMED, (rows, self.undo_id))]

    def _remove(self, gone: Sequence[Touched]) -> list[str]:
        """Remove full articles that were added; return the ids of the stubs that they were."""
        stubs = self._stood_for(gone)
        self._withdraw([each.row_id for each in gone if each.row_id is not None])
        return stubs

    def _stood_for(self, articles: Sequence[Touched]) -> list[str]:
        """The ids of the stubs that these articles are now."""
        rows = as_list(each.row_id for each in articles if each.row_id is not None)
        return [row[0] for row in self.connection.execute(_STOOD_FOR, (rows,))]

    def _remove_unnamed(self, gone: Sequence[Touched]) -> None:
        """Remove those of these stubs that no article names."""
        rows = self._rows([each.article_id for each in gone]).values()
        self._withdraw([row[0] for row in self.connection.execute(_NAMED_BY_NOBODY, (as_list(rows),))])

    def _withdraw(self, rows: Collection[int]) -> None:
        """Delete articles, and remember that they are removed."""
        self.connection.execute(_WITHDRAW, (as_list(rows),))
        self.connection.execute(_FORGET_WITHDRAWN, (WITHDRAWN_KEPT,))
        drop_texts(self.connection, rows)
        self.connection.executemany("DELETE FROM article WHERE row_id = ?", [(row,) for row in rows])

    def _drop_texts(self, back: Sequence[Touched]) -> None:
        drop_texts(self.connection, [each.row_id for each in back if each.row_id is not None])

    def _put_back(self, back: Sequence[Touched]) -> dict[str, int]:
        """Write the rows of articles as they were; return them by article id."""
        for each in back:  # out of the way first: two may have changed places
            if each.row_id is not None and each.row_id != each.was.row_id:
                self._move(each.row_id, each.was.row_id + _ASIDE)
        rows: dict[str, int] = {}
        for each in back:
            row_id = rows[each.article_id] = self._free_row(each)
            values = (self._provider(each.was.domain), each.is_hidden_then, *each.was.columns[1:])
            if each.row_id is None:
                self.connection.execute(_INSERT, (each.article_id, self.shelf_id, row_id, *values))
            else:
                if each.row_id != each.was.row_id:
                    self._move(each.was.row_id + _ASIDE, row_id)
                self.connection.execute(_PUT_BACK, (*values, row_id))
        return rows

    def _move(self, row_id: int, to: int) -> None:
        self.connection.execute("UPDATE article SET row_id = ? WHERE row_id = ?", (to, row_id))

    def _free_row(self, each: Touched) -> int:
        """Return the row that an article had, or, if another one has it by now, the nearest one."""
        was = each.was.row_id
        if each.row_id == was:
            return was
        is_taken = self.connection.execute("SELECT 1 FROM article WHERE row_id = ?", (was,)).fetchone()
        return RowIds(self.connection).take(each.was.published_at) if is_taken else was

    def _provider(self, domain: str) -> int:
        """Find a provider by its domain, or bring it back with its former name."""
        found = self.connection.execute(_PROVIDER, (self.shelf_id, domain)).fetchone()
        if found is not None:
            return int(found[0])
        former = self.connection.execute(_FORMER_PROVIDER, (self.undo_id, domain)).fetchone()
        name, named_at, picture_url, pictured_at = json.loads(former[0]) if former else (domain, 0, None, None)
        row = (self.shelf_id, domain, name, named_at, picture_url, pictured_at)
        return int(self.connection.execute(_ADD_PROVIDER, row).lastrowid or 0)

    def _put_children(self, row_id: int, was: Image) -> None:
        """Write what belongs to an article as it was."""
        for statement in _DROP_CHILDREN:
            self.connection.execute(statement, (row_id,))
        self.connection.executemany(_ADD_ALIAS, [(url, row_id, is_current) for url, is_current in was.aliases])
        self.connection.executemany(_ADD_STEM, [(self.shelf_id, stem, row_id) for stem in was.former_stems])
        coverage = [(row_id, place, weight, stub) for place, stub, weight in was.coverage]
        self.connection.executemany(_ADD_COVERAGE, coverage)
        ends = []
        for seen_at, replaced_at, *said in was.changes:
            added = self.connection.execute(_ADD_CHANGE, (row_id, self.shelf_id, seen_at, *said))
            ends.append((replaced_at, added.lastrowid))
        self.connection.executemany(_REPLACED_AT, ends)

    def _settle(self, rows: dict[str, int], back: Sequence[Touched], stubs: Sequence[str]) -> None:
        """Bring up to date what follows from the articles: what stubs are, the index, and topics."""
        connection = self.connection
        texts = ((rows[each.article_id], each.was.title, each.was.excerpt, each.was.is_stub) for each in back)
        index_texts(connection, texts)
        full = [rows[each.article_id] for each in back if not each.was.is_stub]
        others = [*stubs, *(each.article_id for each in back if each.was.is_stub)]
        candidates = {*self._rows(others).values(), *stubs_of(connection, self.shelf_id, full)}
        resolve_stubs(connection, candidates)
        keep_out(connection, self.shelf_id, candidates)
        self._save_topics(full)

    def _save_topics(self, full: Sequence[int]) -> None:
        drop_article_topics(self.connection, full)
        shown = {
            row_id: article
            for row_id, article in zip(full, load_articles(self.connection, full), strict=True)
            if not article.is_hidden
        }
        ids = dict(self.connection.execute(_TOPICS, (self.shelf_id,)).fetchall())
        unknown = [article for article in shown.values() if not topics_of(article).keys() <= ids.keys()]
        ids |= save_topics(self.connection, self.shelf_id, unknown) if unknown else {}
        topics = [(ids[folded], row_id) for row_id, article in shown.items() for folded in topics_of(article)]
        self.connection.executemany(_ADD_TOPIC, topics)

    def _rows(self, articles: Sequence[str]) -> dict[str, int]:
        return dict(self.connection.execute(_ROWS, (as_list(articles),)).fetchall())
