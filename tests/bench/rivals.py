"""What somebody would take instead of the bot's own search, each asked the same questions over the same articles.

SQLite's FTS5 with its own ranking (any of the words, and all of them, as feed readers do), the feed reader library
`reader`, the search engine library tantivy, and bm25s, which ranks with arrays in memory. Each is used as its own
documentation shows.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Final, Protocol
from xml.sax.saxutils import escape

import bm25s
import reader
import tantivy

FOUND: Final = 10
"""Articles of an answer."""

_WORD: Final = re.compile(r"\w+")
_A_FEED: Final = 1_000
"""Entries of a feed: a publisher's largest have about as many."""

_MEMORY_OF_TANTIVY: Final = 128 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """An article as the rivals know it."""

    id: str
    title: str
    excerpt: str
    published_at: datetime


class Rival(Protocol):
    """Something that finds articles by words."""

    @property
    def most(self) -> int:
        """Articles up to which it is measured: beyond, it would take an hour to fill."""
        ...

    def fill(self, texts: Sequence[Text]) -> None:
        """Take all articles."""
        ...

    def add(self, text: Text) -> None:
        """Take one more, so that it is found."""
        ...

    def search(self, typed: str) -> Sequence[str]:
        """The ids of the best `FOUND` articles."""
        ...


class Fts5:
    """SQLite's FTS5 with porter stems, the best by its `bm25()`."""

    most = 1_000_000

    def __init__(self, folder: Path, *, joined_by: str) -> None:
        self._joined_by = joined_by
        self._connection = sqlite3.connect(folder / "fts5.db", isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("CREATE VIRTUAL TABLE news USING fts5 (id UNINDEXED, title, excerpt, tokenize=porter)")

    def fill(self, texts: Sequence[Text]) -> None:
        """See `Rival.fill`."""
        self._connection.execute("BEGIN")
        rows = ((text.id, text.title, text.excerpt) for text in texts)
        self._connection.executemany("INSERT INTO news VALUES (?, ?, ?)", rows)
        self._connection.execute("COMMIT")

    def add(self, text: Text) -> None:
        """See `Rival.add`."""
        self.fill([text])

    def search(self, typed: str) -> Sequence[str]:
        """See `Rival.search`."""
        match = self._joined_by.join(f'"{word}"' for word in _WORD.findall(typed))
        rows = self._connection.execute(
            "SELECT id FROM news WHERE news MATCH ? ORDER BY bm25(news) LIMIT ?", (match, FOUND)
        )
        return [row[0] for row in rows]


class FeedReader:
    """The library `reader`: feeds are updated, its search is updated, entries are searched."""

    most = 10_000  # 100,000 take it a quarter of an hour

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "feeds"
        self._folder.mkdir()
        self._reader = reader.make_reader(str(folder / "reader.db"), feed_root=str(self._folder))
        self._reader.enable_search()

    def fill(self, texts: Sequence[Text]) -> None:
        """See `Rival.fill`; the feeds are files, so nothing waits for a network."""
        for start in range(0, len(texts), _A_FEED):
            self._add_feed(texts[start : start + _A_FEED])
        self._update()

    def add(self, text: Text) -> None:
        """See `Rival.add`."""
        self._add_feed([text])
        self._update()

    def search(self, typed: str) -> Sequence[str]:
        """See `Rival.search`."""
        query = " ".join(f'"{word}"' for word in _WORD.findall(typed))
        return [result.id for result in self._reader.search_entries(query, limit=FOUND)]

    def _add_feed(self, texts: Sequence[Text]) -> None:
        name = f"{texts[0].id}.xml"
        (self._folder / name).write_text("".join(_rss(texts)), encoding="utf-8")
        self._reader.add_feed(name)

    def _update(self) -> None:
        self._reader.update_feeds(new=True)
        self._reader.update_search()


class Tantivy:
    """tantivy with its English stems, any of the words, the best by its BM25."""

    most = 1_000_000

    def __init__(self, folder: Path) -> None:
        place = folder / "tantivy"
        place.mkdir()
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("id", stored=True, tokenizer_name="raw")
        builder.add_text_field("title", tokenizer_name="en_stem")
        builder.add_text_field("excerpt", tokenizer_name="en_stem")
        self._index = tantivy.Index(builder.build(), path=str(place))
        self._writer = self._index.writer(_MEMORY_OF_TANTIVY)

    def fill(self, texts: Sequence[Text]) -> None:
        """See `Rival.fill`."""
        for text in texts:
            self._writer.add_document(tantivy.Document(id=text.id, title=text.title, excerpt=text.excerpt))
        self._writer.commit()
        self._index.reload()

    def add(self, text: Text) -> None:
        """See `Rival.add`."""
        self.fill([text])

    def search(self, typed: str) -> Sequence[str]:
        """See `Rival.search`."""
        query = self._index.parse_query(" ".join(_WORD.findall(typed)), ["title", "excerpt"])
        searcher = self._index.searcher()
        return [searcher.doc(address)["id"][0] for _, address in searcher.search(query, FOUND).hits]


class Bm25s:
    """bm25s in memory; it can't take one more article, but must index all of them again."""

    most = 1_000_000

    def __init__(self, _folder: Path) -> None:
        self._texts: list[Text] = []
        self._index: Any = None

    def fill(self, texts: Sequence[Text]) -> None:
        """See `Rival.fill`."""
        self._texts = list(texts)
        corpus = [f"{text.title} {text.excerpt}" for text in self._texts]
        self._index = bm25s.BM25()
        self._index.index(bm25s.tokenize(corpus, stopwords="en", show_progress=False), show_progress=False)

    def add(self, text: Text) -> None:
        """See `Rival.add`."""
        self.fill([*self._texts, text])

    def search(self, typed: str) -> Sequence[str]:
        """See `Rival.search`."""
        asked = bm25s.tokenize([typed], stopwords="en", show_progress=False)
        places, scores = self._index.retrieve(asked, k=min(FOUND, len(self._texts)), show_progress=False)
        return [self._texts[place].id for place, score in zip(places[0], scores[0], strict=True) if score > 0]


def _rss(texts: Sequence[Text]) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>News</title>'
    for text in texts:
        yield f'<item><guid isPermaLink="false">{escape(text.id)}</guid><title>{escape(text.title)}</title>'
        yield f"<description>{escape(text.excerpt)}</description>"
        yield f"<pubDate>{format_datetime(text.published_at)}</pubDate></item>"
    yield "</channel></rss>"
