"""The words of articles in the two text indexes, made by `bot.news.words` and by nothing else.

`article_text` holds the stems of titles and excerpts, of stubs too: what search and related coverage look through.
`title_text` holds the folded words of full articles' titles as they are written: for completion and spelling. SQLite's
own stemmer is not used, so that a stem counted here is the stem that `bot.news` counts with, whatever the version of
Python or SQLite; an index that other rules made is made anew when the database is opened.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable
from typing import Final

from bot.news.words import stem, words_of
from bot.store.sqlite.vocabulary import count_in, count_out, forget_all

# Every rule of folding and stemming is met here at least once; another answer means another index.
_SAMPLE: Final = (
    "Boston's \uff22\uff21\uff2e\uff33 banned, banning; cities carried Ångström naïve ﬁ straße İstanbul classes passed "
    "rolling seemingly allegedly police use_of faces' glass 3.5% 2021-05-07 機械学習 нейросети ذكاء the and"
)
_REBUILT_AT_ONCE: Final = 500
_STEMS_OF: Final = "SELECT title || ' ' || excerpt AS stems FROM article_text WHERE rowid = ?"


def index_texts(connection: sqlite3.Connection, texts: Iterable[tuple[int, str, str, bool]]) -> None:
    """Add articles to the indexes: row id, title, excerpt, and whether it is a stub. None of them may be in there."""
    articles, titles, counted = [], [], []
    for row_id, title, excerpt, is_stub in texts:
        words = words_of(title)
        in_title, in_excerpt = list(map(stem, words)), list(map(stem, words_of(excerpt)))
        articles.append((row_id, " ".join(in_title), " ".join(in_excerpt)))
        counted.append(in_title + in_excerpt)
        if not is_stub:
            titles.append((row_id, " ".join(words)))
    # In the order of rows, as FTS5 wants it: otherwise it writes out what it holds at every step back.
    connection.executemany("INSERT INTO article_text (rowid, title, excerpt) VALUES (?, ?, ?)", sorted(articles))
    connection.executemany("INSERT INTO title_text (rowid, title) VALUES (?, ?)", sorted(titles))
    count_in(connection, counted)


def drop_texts(connection: sqlite3.Connection, row_ids: Iterable[int]) -> None:
    """Take articles out of the indexes; those that aren't in there are passed over."""
    keys = [(row_id,) for row_id in row_ids]
    leaving = [connection.execute(_STEMS_OF, key).fetchone() for key in keys]
    count_out(connection, [row["stems"].split() for row in leaving if row])
    connection.executemany("DELETE FROM article_text WHERE rowid = ?", keys)
    connection.executemany("DELETE FROM title_text WHERE rowid = ?", keys)


def is_index_current(connection: sqlite3.Connection) -> bool:
    """True where the indexes were made by the rules that this program has."""
    row = connection.execute("SELECT made_by FROM text_index").fetchone()
    return row is not None and row["made_by"] == _rules()


def rebuild_index(connection: sqlite3.Connection) -> None:
    """Make both indexes anew from the articles; some seconds for ten thousand."""
    connection.execute("DELETE FROM article_text")
    connection.execute("DELETE FROM title_text")
    forget_all(connection)
    cursor = connection.execute("SELECT row_id, title, excerpt, is_stub FROM article ORDER BY row_id")
    while rows := cursor.fetchmany(_REBUILT_AT_ONCE):
        index_texts(connection, [(row["row_id"], row["title"], row["excerpt"], row["is_stub"]) for row in rows])
    connection.execute("DELETE FROM text_index")
    connection.execute("INSERT INTO text_index (made_by) VALUES (?)", (_rules(),))


def _rules() -> str:
    words = words_of(_SAMPLE)
    return hashlib.sha256(" ".join((*words, *map(stem, words))).encode()).hexdigest()[:16]
