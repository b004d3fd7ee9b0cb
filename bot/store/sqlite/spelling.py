"""The nearest spelling of a query: words that occur nowhere are looked up among the words of titles."""

from __future__ import annotations

import re
import sqlite3
from typing import Final

from bot.news.search import SearchQuery
from bot.news.spelling import distance, one_edit_away
from bot.news.words import stem, words_of
from bot.store.sqlite.deadline import Deadline
from bot.store.sqlite.query_words import SPELLED_TO, Words
from bot.store.sqlite.rows import as_list
from bot.store.sqlite.vocabulary import LAST, count_stems

SHORTEST: Final = 4
"""Letters; shorter words are near too many others."""

LONG: Final = 7
"""Letters from which a word may be two edits away."""

_NEAR: Final = """
    SELECT term, doc FROM title_vocabulary WHERE term >= ?1 AND term < ?2 AND length(term) BETWEEN ?3 AND ?4
"""
_WRITTEN: Final = """
    SELECT v.term FROM json_each(?) AS wanted CROSS JOIN title_vocabulary AS v ON v.term = wanted.value
    ORDER BY v.doc DESC, v.term LIMIT 1
"""
_WORD: Final = re.compile(r"\w+")


def suggest(connection: sqlite3.Connection, query: SearchQuery, words: Words, deadline: Deadline) -> str:
    """What was typed with every unknown word spelled as the nearest known one; empty where there is none."""
    unknown = set(words.unknown)
    spelled: dict[str, str] = {}
    with deadline.on(connection):
        for word in (*query.words, *(word for phrase in query.phrases for word in phrase)):
            if stem(word) in unknown and len(word) >= SHORTEST and not word.isdecimal():
                spelled[word] = _nearest(connection, word)
    if deadline.has_passed or not any(spelled.values()):
        return ""
    return _WORD.sub(lambda found: spelled.get(" ".join(words_of(found[0]))) or found[0], query.typed)


def _nearest(connection: sqlite3.Connection, word: str) -> str:
    """The known word with the fewest edits; of several the most frequent, then the first by letters."""
    edits = sorted(one_edit_away(word)) if len(word) <= SPELLED_TO else []
    known = count_stems(connection, map(stem, edits))
    asked = as_list(each for each in edits if known[stem(each)])
    for row in connection.execute(_WRITTEN, (asked,)):
        return str(row["term"])
    far = 2 if len(word) >= LONG else 1
    # Nobody mistypes the first letter often enough to read the whole vocabulary for it.
    span = (word[0], word[0] + LAST, len(word) - far, len(word) + far)
    near = [(distance(word, term, far), -articles, term) for term, articles in connection.execute(_NEAR, span)]
    return min((each for each in near if each[0] <= far), default=(0, 0, ""))[2]
