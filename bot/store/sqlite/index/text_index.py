"""The two text indexes. Only `bot.text.words` decides what a word is.

`article_words` has the text of every article and stub as word ids, `article_text` the articles with each content word
(not a stop word): for search and related coverage. `title_text` has the folded words of full articles' titles,
unstemmed: for completion. SQLite's own stemmer is not used, so that a stem counted here is the stem that `bot.text`
ranks by, whatever the version of Python or SQLite; an index that other rules made is rebuilt (`rebuild`).

The indexes are contentless: to delete a text from them, its words are given again, from `article_words` and `article`.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain, pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.store.sqlite.file.sql import as_list
from bot.store.sqlite.index.spelling import (
    SMALL,
    add_spellings,
    drop_all_spellings,
    drop_spellings,
    resize_spellings,
)
from bot.store.sqlite.index.vocabulary import STOP_IDS, count_in, count_out, drop_all_words, read_totals
from bot.store.sqlite.index.word_code import decode_texts, encode_texts
from bot.text.language.detection import language_of
from bot.text.language.stemming import ALGORITHMS
from bot.text.term_frequencies import FIRST_CONTENT_WORD, STOP_STEMS
from bot.text.words import stem, text_language, words_of

# Exercises every rule of folding and stemming at least once; another result means another index.
_SAMPLE: Final = (
    "Boston's \uff22\uff21\uff2e\uff33 banned, banning; cities carried Ångström naïve ﬁ straße İstanbul classes passed "
    "rolling seemingly allegedly police use_of faces' glass 3.5% 2021-05-07 機械学習 нейросети ذكاء the and U.S. "
    "C# R&D 100,000 Wahlen Häuser überall huizen nyheterna presidente información elezioni fundações пожары 🎉 "
    "삼성전자 กรุงเทพ मंत्रियों κυβερνήσεις şehirlerde választások Übersee aufgehoben kansalaisten ustawodawstwa "
    "R & D \u21165 TV\u2122 हिन्दी चाँद والحكومة الحكومه"
)
_SAMPLES: Final = (
    "Der Bundestag hat über das Gesetz nicht abgestimmt", "De gemeente wil meer huizen in de stad bouwen",
    "Regeringen vill att skolan ska vara bättre", "Le président de la République dans les rues",
    "El gobierno de la ciudad no quiere los coches", "O governo não quer uma nova lei da água",
    "Il presidente della Repubblica non è in una città", "Hallitus ei ole ja se on uusi", "The mayor of the city",
)  # fmt: skip
Text = tuple[int, str, str, bool]
"""Row id, title and excerpt of an article or a stub, and whether it is a stub."""

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


def index_texts(connection: sqlite3.Connection, texts: Iterable[Text], *, is_spelled: bool = True) -> None:
    """Add articles to the indexes.

    Args:
        connection: Within a transaction.
        texts: None of them may be indexed already.
        is_spelled: False if `add_missing_spellings` is called after all texts, which takes a quarter of the time.
    """
    stems: dict[str, int] = {}
    numbers: dict[str, _StemNumbers] = {}
    written: list[int] = []
    rows, ends, title_lengths, titles = [], [0], [], []
    in_titles: list[str] = []
    # In the order of rows: FTS5 flushes its buffer at every step back. The words are not kept as lists of strings: a
    # million short strings take longer to manage than to create.
    for row_id, title, excerpt, is_stub in sorted(texts):
        words, others = words_of(title), words_of(excerpt)
        language = language_of(f"{title} {excerpt}", chain(words, others))
        number_of = numbers.setdefault(language, _StemNumbers(stems, language)).__getitem__
        rows.append(row_id)
        title_lengths.append(len(words))
        written += map(number_of, words)
        written += map(number_of, others)
        ends.append(len(written))
        if not is_stub:
            titles.append((row_id, " ".join(words)))
            if is_spelled:
                in_titles += dict.fromkeys(words)
    before = read_totals(connection).articles
    new = _add_words(connection, rows, list(stems), written, np.array(ends), np.array(title_lengths, np.int64))
    connection.executemany(_ADD_TITLE, titles)
    if is_spelled:
        add_spellings(
            connection, Counter(in_titles), is_first=lambda word: any(stem(word, each) in new for each in numbers)
        )
    resize_spellings(connection, before=before)


def _add_words(
    connection: sqlite3.Connection,
    rows: Sequence[int],
    stems: Sequence[str],
    written: Sequence[int],
    starts: NDArray[np.int64],
    title_lengths: NDArray[np.int64],
) -> frozenset[str]:
    """Add the words of texts to `article_words` and `article_text`.

    Args:
        connection: Within a transaction.
        rows: The row id of each text.
        stems: All stems of these texts.
        written: The words of all texts one after the other, each as the index of its stem in `stems`.
        starts: The index in `written` where each text begins, and where the last ends.
        title_lengths: The number of words of each title.

    Returns:
        The stems that were in no text before.
    """
    words = np.array(written, np.int64)
    many = len(stems) or 1
    # Each text's distinct words: the index of the text and that of the stem combined in one number.
    once = np.sort(np.repeat(np.arange(len(rows)) * many, np.diff(starts)) + words)
    once = once[np.diff(once, prepend=-1) > 0]
    counts = np.bincount(once % many, minlength=len(stems)).tolist()
    is_content = np.array([each not in STOP_IDS for each in stems], dtype=bool)
    content_words = int(np.count_nonzero(is_content[words]))
    ids, new = count_in(connection, dict(zip(stems, counts, strict=True)), articles=len(rows), words=content_words)
    id_at = [ids[each] for each in stems]
    texts = encode_texts(np.array(id_at, np.int64)[words], starts, title_lengths)
    connection.executemany(_KEEP_WORDS, zip(rows, texts, strict=True))
    once = once[is_content[once % many]]
    tokens = list(map(token_of, id_at))
    held = list(map(tokens.__getitem__, (once % many).tolist()))
    bounds = np.searchsorted(once, np.arange(len(rows) + 1) * many).tolist()
    connection.executemany(
        _ADD_TEXT,
        [(row_id, " ".join(held[start:end])) for row_id, (start, end) in zip(rows, pairwise(bounds), strict=True)],
    )
    return new


class _StemNumbers(dict[str, int]):
    """Maps each word of a language to the index of its stem in `stems`, adding missing stems."""

    def __init__(self, stems: dict[str, int], language: str) -> None:
        super().__init__()
        self._stems = stems
        self._language = language

    def __missing__(self, word: str) -> int:
        number = self[word] = self._stems.setdefault(stem(word, self._language), len(self._stems))
        return number


def drop_texts(connection: sqlite3.Connection, row_ids: Iterable[int]) -> None:
    """Remove articles from the indexes while their rows in `article` are unchanged; rows not indexed are skipped."""
    rows = connection.execute(_INDEXED, (as_list(sorted(set(row_ids))),)).fetchall()
    if not rows:
        return
    words, starts, _ = decode_texts([row["words"] for row in rows])
    texts = [words[start:end].tolist() for start, end in pairwise(starts.tolist())]
    held = [
        (row["row_id"], " ".join([token_of(word) for word in set(text) if word >= FIRST_CONTENT_WORD]))
        for row, text in zip(rows, texts, strict=True)
    ]
    connection.executemany(_DROP_TEXT, held)
    titles = [(row["row_id"], words_of(row["title"])) for row in rows if not row["is_stub"]]
    connection.executemany(_DROP_TITLE, [(row_id, " ".join(title)) for row_id, title in titles])
    connection.executemany(_DROP_WORDS, [(row["row_id"],) for row in rows])
    before = read_totals(connection).articles
    count_out(connection, texts)
    drop_spellings(connection, (word for _, title in titles for word in title))
    resize_spellings(connection, before=before)


def drop_all_texts(connection: sqlite3.Connection) -> None:
    """Empty the indexes."""
    connection.execute("DELETE FROM article_words")
    connection.execute("INSERT INTO article_text (article_text) VALUES ('delete-all')")
    connection.execute("INSERT INTO title_text (title_text) VALUES ('delete-all')")
    drop_all_words(connection)
    drop_all_spellings(connection)


def token_of(word: int) -> str:
    """Return the token of one of the file's own word ids in `article_text`."""
    return f"{word:x}"


def index_rules() -> str:
    """Hash the rules that the indexes depend on."""
    words = words_of(_SAMPLE)
    stems = [stem(word, language) for language in ALGORITHMS for word in words]
    languages = [text_language(text) for text in _SAMPLES]
    return hashlib.sha256(" ".join((*words, *stems, *languages, *STOP_STEMS, str(SMALL))).encode()).hexdigest()[:16]
