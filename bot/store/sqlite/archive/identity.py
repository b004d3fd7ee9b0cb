"""Find the articles that a batch of seeds are: those at their places, those renamed or moved, and new ones."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from bot.news.article import ArticleId, Place, Seed, ShelfId
from bot.news.identity import new_ids, same_title
from bot.store.port.article import NO_FATES, Copy, Fate
from bot.store.sqlite.archive.aliases import url_hashes
from bot.store.sqlite.archive.names import find_shelf
from bot.store.sqlite.file.sql import as_list, storable

MOST_SHARING: Final = 8
"""A link that more articles of a shelf have identifies none of them: it is a paper's front page, say."""

_COLUMNS: Final = """
    a.row_id, a.article_id, a.stem, a.title, a.place_key, a.file_path, a.content_hash, a.published_at, a.first_seen_at,
    a.quality, a.heat, a.listed, a.is_hidden
"""
_BY_PLACE: Final = f"""
    SELECT {_COLUMNS} FROM json_each(?2) AS wanted
    CROSS JOIN article AS a ON a.place_key = wanted.value WHERE a.shelf_id = ?1 AND a.place_key IS NOT NULL
"""
_BY_ID: Final = f"""
    SELECT {_COLUMNS}, a.shelf_id, a.is_stub
    FROM json_each(?) AS wanted CROSS JOIN article AS a ON a.article_id = wanted.value
"""
_BY_URL: Final = f"""
    SELECT wanted.value AS url_hash, {_COLUMNS} FROM json_each(?2) AS wanted
    CROSS JOIN article AS a ON a.row_id IN (
        SELECT alias.row_id FROM alias CROSS JOIN article AS f ON f.row_id = alias.row_id
        WHERE alias.url_hash = wanted.value AND alias.is_current AND f.is_stub = 0 AND f.shelf_id = ?1
        LIMIT {MOST_SHARING + 1})
"""
_URLS: Final = """
    SELECT row_id, url_hash FROM alias WHERE is_current AND row_id IN (SELECT value FROM json_each(?))
"""
_BURIED: Final = """
    SELECT article_id, place_key, title FROM tombstone
    WHERE shelf_id = ?1
    AND (article_id IN (SELECT value FROM json_each(?2)) OR place_key IN (SELECT value FROM json_each(?3)))
"""
_BURIED_URLS: Final = """
    SELECT url_hash FROM tombstone_url WHERE shelf_id = ?1 AND url_hash IN (SELECT value FROM json_each(?2))
"""
_IS_TAKEN: Final = """
    SELECT 1 WHERE EXISTS (SELECT 1 FROM article WHERE article_id = ?1)
    OR EXISTS (SELECT 1 FROM tombstone WHERE article_id = ?1)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A seed, the place of its file, and that place as the archive spells it."""

    seed: Seed
    place: Place
    key: str

    @property
    def path(self) -> str:
        """The file's path as the disk spells it."""
        return storable(self.place.path)

    def is_unchanged(self, row: sqlite3.Row | None) -> bool:
        """Return True if an article's row has this seed's content."""
        return row is not None and bool(row["content_hash"] == self.seed.content_hash)


@dataclass(slots=True, kw_only=True)
class Match:
    """A seed with the article that it is; `row` is the stored one, None for a new article."""

    asked: Asked
    article: ArticleId
    row: sqlite3.Row | None

    @property
    def seed(self) -> Seed:
        """The seed under its article's id."""
        seed = self.asked.seed
        if seed.article.id == self.article:
            return seed
        return replace(seed, article=replace(seed.article, id=self.article))


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """The articles of a batch.

    Attributes:
        by_id: The articles that are put.
        kept_out: Ids of seeds that would bring a deleted article back.
        copies: Files that have the name and link of another file.
        orphans: Rows of articles at whose place another article is now.
    """

    by_id: dict[ArticleId, Match] = field(default_factory=dict)
    kept_out: list[ArticleId] = field(default_factory=list)
    copies: list[Copy] = field(default_factory=list)
    orphans: set[int] = field(default_factory=set)


def match_seeds(
    connection: sqlite3.Connection,
    shelf: ShelfId,
    shelf_id: int | None,
    seeds: Sequence[Seed],
    *,
    fates: Mapping[str, Fate] = NO_FATES,
) -> Matches:
    """Find the article of each seed.

    Args:
        connection: Within a transaction, if the seeds are put afterwards.
        shelf: The seeds' shelf.
        shelf_id: Its inner id; None if nothing was ever put on it.
        seeds: In order; of several at one place the last one counts.
        fates: By the key of their place, what became of the files of rivals.
    """
    asked = _ask(seeds)
    return _Matcher(connection, shelf, _load(connection, shelf_id, asked), fates).match(asked)


def find_rivals(connection: sqlite3.Connection, shelf: ShelfId, seeds: Sequence[Seed]) -> list[sqlite3.Row]:
    """Find articles at other places that have a link of seeds whose own places don't say which articles they are."""
    asked = _ask(seeds)
    known = _load(connection, find_shelf(connection, shelf), asked, with_names=False)
    rivals = {
        row["row_id"]: row
        for each in asked
        if not known.is_at_home(each)
        for row in known.sharing(each)
        if row["place_key"] not in {None, each.key}
    }
    return list(rivals.values())


def _ask(seeds: Sequence[Seed]) -> list[Asked]:
    asked = {}
    for seed in seeds:
        place = seed.place or Place(file=seed.article.stem)
        key = storable(place.key)
        asked[key] = Asked(seed=seed, place=place, key=key)
    return list(asked.values())


def _first_id(asked: Asked) -> ArticleId:
    return next(new_ids(asked.seed.article.shelf, asked.place, asked.seed.article))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What the archive has at the places, under the ids and with the links of a batch."""

    shelf_id: int | None
    by_place: Mapping[str, sqlite3.Row]
    names: Mapping[str, tuple[ArticleId, ...]]
    by_id: Mapping[str, sqlite3.Row]
    by_url: Mapping[int, Sequence[sqlite3.Row]]
    hashes: Mapping[str, frozenset[int]]
    urls: Mapping[int, set[int]]
    buried: Sequence[sqlite3.Row]
    buried_urls: frozenset[int]

    def is_at_home(self, asked: Asked) -> bool:
        """Return True if the article at a seed's place is this seed's."""
        row = self.by_place.get(asked.key)
        return row is not None and self.is_same(asked, row)

    def is_same(self, asked: Asked, row: sqlite3.Row) -> bool:
        """Apply `identity.is_same_article` to a stored article."""
        if asked.is_unchanged(row) or same_title(storable(asked.seed.article.title), row["title"]):
            return True
        return not self.hashes[asked.key].isdisjoint(self.urls.get(row["row_id"], ()))

    def sharing(self, asked: Asked) -> list[sqlite3.Row]:
        """List the articles that share a link with a seed, most alike first."""
        rows = {row["row_id"]: row for url in self.hashes[asked.key] for row in self.by_url.get(url, ())}
        title, stem = storable(asked.seed.article.title), storable(asked.seed.article.stem)
        return sorted(
            rows.values(),
            key=lambda row: (not same_title(title, row["title"]), row["stem"] != stem, row["article_id"]),
        )

    def unplaced(self, asked: Asked) -> list[sqlite3.Row]:
        """List the articles from before places were known that have a seed's name, and its title or link."""
        named = (self.by_id.get(article) for article in self.names[asked.key])
        return [row for row in named if row is not None and self._is_unplaced(row) and self.is_same(asked, row)]

    def _is_unplaced(self, row: sqlite3.Row) -> bool:
        """Return False for a row that isn't this shelf's: an id is a hash that somebody may have found a match for."""
        return row["place_key"] is None and row["shelf_id"] == self.shelf_id and not row["is_stub"]

    def is_buried(self, asked: Asked) -> bool:
        """Return True if a seed is a deleted article: by a link, or by its title at its place."""
        if not self.buried_urls.isdisjoint(self.hashes[asked.key]):
            return True
        return any(
            (row["article_id"] in self.names[asked.key] if row["place_key"] is None else row["place_key"] == asked.key)
            and (row["title"] is None or same_title(row["title"], storable(asked.seed.article.title)))
            for row in self.buried
        )


def _load(
    connection: sqlite3.Connection, shelf_id: int | None, asked: Sequence[Asked], *, with_names: bool = True
) -> _Known:
    """Read what concerns a batch; of seeds that are unchanged at their places that is little.

    Args:
        connection: Within a transaction.
        shelf_id: The seeds' shelf.
        asked: The seeds.
        with_names: Look up their ids and the deleted articles, too.
    """
    places = connection.execute(_BY_PLACE, (shelf_id, as_list([each.key for each in asked])))
    by_place = {row["place_key"]: row for row in places}
    unclear = [each for each in asked if not each.is_unchanged(by_place.get(each.key))]
    named = unclear if with_names else ()
    names = {each.key: tuple(dict.fromkeys((each.seed.article.id, _first_id(each)))) for each in named}
    all_names = as_list({name for of_seed in names.values() for name in of_seed})
    by_id = {row["article_id"]: row for row in connection.execute(_BY_ID, (all_names,))}
    hashes = {each.key: frozenset(url_hashes(each.seed.article)) for each in unclear}
    wanted = as_list({url for urls in hashes.values() for url in urls})
    by_url: defaultdict[int, list[sqlite3.Row]] = defaultdict(list)
    for row in connection.execute(_BY_URL, (shelf_id, wanted)):
        by_url[row["url_hash"]].append(row)
    near = [by_place[each.key]["row_id"] for each in unclear if each.key in by_place]
    near += [row["row_id"] for row in by_id.values()]
    urls: defaultdict[int, set[int]] = defaultdict(set)
    for row_id, url in connection.execute(_URLS, (as_list(near),)):
        urls[row_id].add(url)
    return _Known(
        shelf_id=shelf_id,
        by_place=by_place,
        names=names,
        by_id=by_id,
        by_url={url: rows for url, rows in by_url.items() if len(rows) <= MOST_SHARING},
        hashes=hashes,
        urls=urls,
        buried=connection.execute(_BURIED, (shelf_id, all_names, as_list(list(names)))).fetchall(),
        buried_urls=frozenset(row[0] for row in connection.execute(_BURIED_URLS, (shelf_id, wanted))),
    )


class _Matcher:
    """Matches the seeds of one batch in their order."""

    def __init__(
        self, connection: sqlite3.Connection, shelf: ShelfId, known: _Known, fates: Mapping[str, Fate]
    ) -> None:
        self._connection = connection
        self._shelf = shelf
        self._known = known
        self._fates = fates
        self._done = Matches()
        self._new: defaultdict[int, list[Match]] = defaultdict(list)

    def match(self, asked: Sequence[Asked]) -> Matches:
        """Match all seeds; those whose place says what they are come first, so that no other takes their articles."""
        known, done = self._known, self._done
        strangers = []
        for each in asked:
            row = known.by_place.get(each.key)
            if row is not None and known.is_same(each, row):
                self._take(each, row)
            else:
                strangers.append(each)
                done.orphans.update(() if row is None else (row["row_id"],))
        for each in strangers:
            self._match_stranger(each)
        done.orphans.difference_update(match.row["row_id"] for match in done.by_id.values() if match.row is not None)
        return done

    def _match_stranger(self, asked: Asked) -> None:
        """Match a seed at a new place, or at the place of another article."""
        sharing = [
            row
            for row in self._known.sharing(asked)
            if self._fates.get(row["place_key"]) is not Fate.RELINKED and self._still_shares(asked, row)
        ]
        free = [row for row in sharing if self._is_free(row)]
        free += [row for row in self._known.unplaced(asked) if self._is_free(row)]
        if free:
            self._take(asked, free[0])
        elif not self._is_copy(asked, sharing):
            if self._known.is_buried(asked):
                self._done.kept_out.append(asked.seed.article.id)
            else:
                self._add(asked)

    def _still_shares(self, asked: Asked, row: sqlite3.Row) -> bool:
        """Return False if a seed of this batch gives an article other links."""
        match = self._done.by_id.get(row["article_id"])
        hashes = self._known.hashes.get(match.asked.key) if match else None
        return hashes is None or not hashes.isdisjoint(self._known.hashes[asked.key])

    def _is_free(self, row: sqlite3.Row) -> bool:
        """Return True if no file holds an article: its file was renamed, or isn't known."""
        if row["article_id"] in self._done.by_id:
            return False
        key = row["place_key"]
        return key is None or self._fates.get(key) is Fate.GONE or row["row_id"] in self._done.orphans

    def _is_copy(self, asked: Asked, sharing: Sequence[sqlite3.Row]) -> bool:
        """Note a file that has the name and link of another one; on disk, the path that sorts first is taken."""
        stem = asked.seed.article.stem
        for url in self._known.hashes[asked.key]:
            for match in self._new.get(url, ()):
                if match.asked.seed.article.stem == stem:
                    self._choose(asked, match)
                    return True
        for row in sharing:
            if row["stem"] != storable(stem):
                continue
            taken = self._done.by_id.get(row["article_id"])
            if taken is not None:
                self._choose(asked, taken)
            elif asked.place.is_on_disk and asked.key < row["place_key"]:
                self._take(asked, row)
                self._note(row["file_path"] or row["place_key"], asked.path, is_equal=asked.is_unchanged(row))
            else:
                self._note(asked.path, row["file_path"] or row["place_key"], is_equal=asked.is_unchanged(row))
            return True
        return False

    def _choose(self, asked: Asked, match: Match) -> None:
        """Of two files of one article in this batch, take one on disk, and the one whose path sorts first."""
        first, second = sorted((asked, match.asked), key=lambda each: (not each.place.is_on_disk, each.key))
        match.asked = first
        self._note(second.path, first.path, is_equal=first.seed.content_hash == second.seed.content_hash)

    def _note(self, path: str, of: str, *, is_equal: bool) -> None:
        self._done.copies.append(Copy(path=path, of=of, is_equal=is_equal))

    def _take(self, asked: Asked, row: sqlite3.Row) -> None:
        article = ArticleId(row["article_id"])
        self._done.by_id[article] = Match(asked=asked, article=article, row=row)

    def _add(self, asked: Asked) -> None:
        ids = new_ids(self._shelf, asked.place, asked.seed.article)
        article = next(each for each in ids if not self._is_taken(each, asked))
        match = Match(asked=asked, article=article, row=None)
        self._done.by_id[article] = match
        for url in self._known.hashes[asked.key]:
            self._new[url].append(match)

    def _is_taken(self, article: ArticleId, asked: Asked) -> bool:
        if article in self._done.by_id or article in self._known.by_id:
            return True
        if article in self._known.names[asked.key]:  # it was looked up for the whole batch
            return any(row["article_id"] == article for row in self._known.buried)
        return self._connection.execute(_IS_TAKEN, (article,)).fetchone() is not None
