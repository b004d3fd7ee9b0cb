"""The words of articles in the two text indexes, made by `bot.news.words` and by nothing else.

`article_words` holds the text of every article and stub as word ids, `article_text` which of them hold a word that is
no stop word: what search and related coverage look through. `title_text` holds the folded words of full articles'
titles as they are written: for completion. SQLite's own stemmer is not used, so that a stem counted here is the stem
that `bot.news` counts with, whatever the version of Python or SQLite; an index that other rules made is made anew
(`index_rebuild`).

The indexes keep no text of their own: what is taken out is told to them, as it stands in `article_words` and `article`.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable
from itertools import pairwise
from typing import Final

from bot.news.texts import FIRST_TELLING, NO_WORD, STOP_STEMS
from bot.news.words import stem, words_of
from bot.store.sqlite.rows import as_list
from bot.store.sqlite.spelling import add_spellings, drop_spellings, forget_spellings
from bot.store.sqlite.vocabulary import count_in, count_out, forget_all
from bot.store.sqlite.word_code import decode_texts, encode_number

# Every rule of folding and stemming is met here at least once; another answer means another index.
_SAMPLE: Final = (
    "Boston's \uff22\uff21\uff2e\uff33 banned, banning; cities carried Ångström naïve ﬁ straße İstanbul classes passed "
    "rolling seemingly allegedly police use_of faces' glass 3.5% 2021-05-07 機械学習 нейросети ذكاء the and"
)
NOWHERE: Final = "\uffff"
"""A token that is in no text: it is no letter."""

_INDEXED: Final = """
    SELECT w.row_id, w.words, a.title, a.is_stub FROM json_each(?) AS wanted
    CROSS JOIN article_words AS w ON w.row_id = wanted.value CROSS JOIN article AS a ON a.row_id = w.row_id
"""
_KEEP_WORDS: Final = "INSERT INTO article_words (row_id, words) VALUES (?, ?)"
_DROP_WORDS: Final = "DELETE FROM article_words WHERE row_id = ?"
_ADD_TEXT: Final = "INSERT INTO article_text (rowid, words) VALUES (?, ?)"
_ADD_TITLE: Final = "INSERT INTO title_text (rowid, title) VALUES (?, ?)"
_DROP_TEXT: Final = "INSERT INTO article_text (article_text, rowid, words) VALUES ('delete', ?, ?)"
_DROP_TITLE: Final = "INSERT INTO title_text (title_text, rowid, title) VALUES ('delete', ?, ?)"


def index_texts(connection: sqlite3.Connection, texts: Iterable[tuple[int, str, str, bool]]) -> None:
    """Add articles to the indexes: row id, title, excerpt, and whether it is a stub. None of them may be in there."""
    # In the order of rows, as FTS5 wants it: otherwise it writes out what it holds at every step back.
    read = [(row_id, words_of(title), words_of(excerpt), is_stub) for row_id, title, excerpt, is_stub in sorted(texts)]
    stems = [list(map(stem, title + excerpt)) for _, title, excerpt, _ in read]
    ids = count_in(connection, stems)
    codes = {each: encode_number(word) for each, word in ids.items()}
    tokens = {each: token_of(word) for each, word in ids.items() if word >= FIRST_TELLING}
    words, held = [], []
    for (row_id, title, _, _), text in zip(read, stems, strict=True):
        words.append((row_id, encode_number(len(title)) + b"".join([codes[each] for each in text])))
        held.append((row_id, " ".join([tokens[each] for each in dict.fromkeys(text) if each in tokens])))
    connection.executemany(_KEEP_WORDS, words)
    connection.executemany(_ADD_TEXT, held)
    titles = [(row_id, title) for row_id, title, _, is_stub in read if not is_stub]
    connection.executemany(_ADD_TITLE, [(row_id, " ".join(title)) for row_id, title in titles])
    add_spellings(connection, (word for _, title in titles for word in title))


def drop_texts(connection: sqlite3.Connection, row_ids: Iterable[int]) -> None:
    """Take articles out of the indexes while they stand in `article` as they were; others are passed over."""
    rows = connection.execute(_INDEXED, (as_list(sorted(row_ids)),)).fetchall()
    if not rows:
        return
    words, starts, _ = decode_texts([row["words"] for row in rows])
    texts = [words[start:end].tolist() for start, end in pairwise(starts.tolist())]
    held = [
        (row["row_id"], " ".join([token_of(word) for word in set(text) if word >= FIRST_TELLING]))
        for row, text in zip(rows, texts, strict=True)
    ]
    connection.executemany(_DROP_TEXT, held)
    titles = [(row["row_id"], words_of(row["title"])) for row in rows if not row["is_stub"]]
    connection.executemany(_DROP_TITLE, [(row_id, " ".join(title)) for row_id, title in titles])
    connection.executemany(_DROP_WORDS, [(row["row_id"],) for row in rows])
    count_out(connection, texts)
    drop_spellings(connection, (word for _, title in titles for word in title))


def drop_all_texts(connection: sqlite3.Connection) -> None:
    """Empty the indexes."""
    connection.execute("DELETE FROM article_words")
    connection.execute("INSERT INTO article_text (article_text) VALUES ('delete-all')")
    connection.execute("INSERT INTO title_text (title_text) VALUES ('delete-all')")
    forget_all(connection)
    forget_spellings(connection)


def token_of(word: int) -> str:
    """How a word id stands in `article_text`; what is in no article stands nowhere."""
    return NOWHERE if word == NO_WORD else f"{word:x}"


def index_rules() -> str:
    """What the indexes depend on, as a short hash."""
    words = words_of(_SAMPLE)
    return hashlib.sha256(" ".join((*words, *map(stem, words), *STOP_STEMS)).encode()).hexdigest()[:16]
