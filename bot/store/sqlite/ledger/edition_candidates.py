"""Candidates of an edition: articles with their changes, and the coverage tied to them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from bot.news.article import Article, ArticleId
from bot.news.edition import Candidate, Change
from bot.store.sqlite.archive.echo import as_instances
from bot.store.sqlite.archive.lookup import find_now
from bot.store.sqlite.archive.rows import load_by_row
from bot.store.sqlite.archive.seen import articles_of, facts_of, keys_of
from bot.store.sqlite.archive.ties import find_ties
from bot.store.sqlite.file.moments import as_micros, as_moment
from bot.store.sqlite.file.sql import as_list, plain, storable
from bot.store.sqlite.index.view import Part, View

# One index has the changes valid at a moment, with their date and shelf: neither articles nor other changes are read.
_KNOWN: Final = "c.seen_at <= :as_of AND c.shelf_id = :shelf"
_VALID: Final = f"{_KNOWN} AND (c.replaced_at IS NULL OR c.replaced_at > :as_of)"

# As one JSON list, which the next statements take: creating a row for each of thousands takes longer than finding it.
_NEWEST: Final = f"""
    SELECT json_group_array(row_id), count(*), min(published_at) FROM (
        SELECT c.row_id, c.published_at FROM change AS c INDEXED BY change_by_publication
        WHERE c.published_at > :after AND {_VALID} ORDER BY c.published_at DESC LIMIT :limit
    )
"""
_AS_OLD: Final = f"""
    SELECT json_group_array(row_id) FROM (
        SELECT c.row_id FROM change AS c INDEXED BY change_by_publication
        CROSS JOIN article AS a ON a.row_id = c.row_id
        WHERE c.published_at = :oldest AND {_VALID} ORDER BY a.article_id LIMIT :limit
    )
"""
_ONCE_VALID: Final = f"""
    SELECT json_group_array(c.row_id) FROM change AS c INDEXED BY replaced_by_publication
    WHERE c.published_at > :after AND {_KNOWN} AND c.replaced_at <= :as_of
"""
_NEWEST_OF: Final = f"""
    SELECT json_group_array(row_id) FROM (
        SELECT c.row_id FROM json_each(:rows) AS wanted CROSS JOIN change AS c ON c.row_id = wanted.value
        CROSS JOIN article AS a ON a.row_id = c.row_id
        WHERE {_VALID} ORDER BY c.published_at DESC, a.article_id LIMIT :limit
    )
"""

# Only of articles with several changes; an article's only change has the same values as the article.
_CHANGES: Final = """
    SELECT change.row_id, seen_at, change_id, published_at, quality, heat, listed
    FROM json_each(:rows) AS wanted CROSS JOIN change ON change.row_id = wanted.value
    WHERE seen_at <= :as_of AND EXISTS (
        SELECT 1 FROM change AS replaced INDEXED BY replaced_by_article
        WHERE replaced.row_id = wanted.value AND replaced.replaced_at IS NOT NULL
    )
"""

_TAKEN_DOWN: Final = """
    SELECT a.article_id FROM json_each(:ids) AS wanted CROSS JOIN article AS a ON a.article_id = wanted.value
    LEFT JOIN article AS full_one ON full_one.row_id = a.stands_for
    WHERE a.shelf_id = :shelf AND (a.is_hidden OR a.is_kept_out OR full_one.is_hidden)
    UNION SELECT article_id FROM tombstone
    WHERE shelf_id = :shelf AND article_id IN (SELECT value FROM json_each(:ids))
    UNION SELECT article_id FROM withdrawn AS w WHERE article_id IN (SELECT value FROM json_each(:ids))
    AND NOT EXISTS (SELECT 1 FROM article WHERE article.article_id = w.article_id)
"""
_HIDDEN: Final = """
    SELECT a.row_id FROM json_each(?) AS wanted CROSS JOIN article AS a ON a.row_id = wanted.value WHERE a.is_hidden
"""


def read_candidates(
    view: View, *, as_of: datetime, published_after: datetime | None, limit: int
) -> tuple[Candidate, ...]:
    """Implement `DigestStore.candidates`."""
    candidates = [
        candidate
        for part in view.parts
        for candidate in _candidates_in(part, as_of=as_of, published_after=published_after, limit=limit)
    ]
    candidates.sort(key=lambda each: each.article.id)
    candidates.sort(key=lambda each: each.changes[-1].published_at, reverse=True)
    return tuple(candidates[: max(0, limit)])


def _candidates_in(part: Part, *, as_of: datetime, published_after: datetime | None, limit: int) -> Iterator[Candidate]:
    """Read one file's candidates: no other of its articles can be among the newest of all."""
    connection = part.connection
    rows = find_candidates(part, as_of=as_of, published_after=published_after, limit=limit)
    changes_by_row = _read_changes(connection, rows, as_of)
    for row_id, article in load_by_row(connection, rows).items():
        yield Candidate(article=article, changes=tuple(changes_by_row.get(row_id) or [_only_change(article)]))


def find_candidates(part: Part, *, as_of: datetime, published_after: datetime | None, limit: int) -> str:
    """Find the rows of `DigestStore.candidates` as a JSON list, in no order, possibly with a few more.

    These have the date at which the limit is reached; among them the ids of articles decide.
    """
    asked = {
        "as_of": as_micros(as_of),
        "after": -(2**63) if published_after is None else as_micros(published_after),
        "shelf": part.shelf_id,
        "limit": max(0, limit),
    }
    connection = part.connection
    found, number, oldest = connection.execute(_NEWEST, asked).fetchone()
    rows: list[int] = []
    if number >= limit:
        rows = _rows(connection, _AS_OLD, asked | {"oldest": oldest})
    # Without a bound every article is found above. With one, those that a later change moved out of it come last.
    elif published_after is not None and (once_valid := _rows(connection, _ONCE_VALID, asked)):
        put_back = set(once_valid).difference(json.loads(found))
        rows = _rows(connection, _NEWEST_OF, asked | {"rows": as_list(put_back), "limit": limit - number})
    return as_list({*json.loads(found), *rows}) if rows else str(found)


def _rows(connection: sqlite3.Connection, statement: str, asked: Mapping[str, object]) -> list[int]:
    rows: list[int] = json.loads(connection.execute(statement, asked).fetchone()[0])
    return rows


def _read_changes(connection: sqlite3.Connection, rows: str, as_of: datetime) -> Mapping[int, list[Change]]:
    """Read the changes up to a moment, oldest first, of those rows that ever changed."""
    changes_by_row: dict[int, list[Change]] = {}
    asked = {"rows": rows, "as_of": as_micros(as_of)}
    for row_id, seen_at, _, published_at, quality, heat, listed in sorted(plain(connection).execute(_CHANGES, asked)):
        change = Change(
            seen_at=as_moment(seen_at),
            quality=quality,
            heat=heat,
            listed=None if listed is None else bool(listed),
            published_at=as_moment(published_at),
        )
        changes_by_row.setdefault(row_id, []).append(change)
    return changes_by_row


def _only_change(article: Article) -> Change:
    return Change(
        seen_at=article.first_seen_at or article.published_at,
        quality=article.quality,
        heat=article.heat,
        listed=article.listed,
        published_at=article.published_at,
    )


def read_coverage(view: View, ids: Sequence[ArticleId], *, as_of: datetime) -> tuple[Article, ...]:
    """Implement `DigestStore.coverage_of`."""
    asked, moment = set(find_now(view, ids).values()), as_micros(as_of)
    ties = find_ties(view, asked)
    named = {tie.target for tie in ties if tie.source in asked}
    naming = {tie.source for tie in ties if tie.target in asked}
    facts = facts_of(view, (named | naming) - asked)
    # What an article names was known with it, at least as a stub, once it was published. An article that names it was
    # known from its own `first_seen_at` on.
    known = [
        (row["article_id"], key)
        for key, row in facts.items()
        if row["is_shown"]
        and (
            (key in named and row["published_at"] <= moment)
            or (key in naming and (row["first_seen_at"] or moment + 1) <= moment)
        )
    ]
    return articles_of(view, [key for _, key in sorted(known)])


def read_taken_down(view: View, ids: Sequence[ArticleId]) -> frozenset[ArticleId]:
    """Implement `DigestStore.taken_down`."""
    found: set[ArticleId] = set()
    for part in view.parts:
        rows = part.connection.execute(_TAKEN_DOWN, {"ids": as_list(map(storable, ids)), "shelf": part.shelf_id})
        found |= {ArticleId(row["article_id"]) for row in rows}
    return frozenset(found | _stubs_taken_down(view, ids))


def _stubs_taken_down(view: View, ids: Sequence[ArticleId]) -> set[ArticleId]:
    """Find the server's stubs of the instance's hidden articles."""
    named = {key: each for each, key in keys_of(view, ids).items()}
    known = as_instances(view, named)
    if not known or view.instance is None:
        return set()
    rows = view.instance.connection.execute(_HIDDEN, (as_list(view.instance.rows(known.values())),))
    hidden = {view.instance.key(row["row_id"]) for row in rows}
    return {ArticleId(named[stub]) for stub, key in known.items() if key in hidden}
