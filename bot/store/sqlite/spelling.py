"""The nearest spelling of a query: words that occur nowhere are looked up among the words of titles."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from typing import Final

from bot.news.search import SearchQuery
from bot.news.spelling import distance
from bot.news.words import stem, words_of
from bot.store.sqlite.deadline import Deadline
from bot.store.sqlite.query_words import PREFIX_FROM
from bot.store.sqlite.vocabulary import LAST, count_begun, count_stems

SHORTEST: Final = 4
"""Letters; shorter words are near too many others."""

LONG: Final = 7
"""Letters from which a word may be two edits away."""

_NEAR: Final = """
    SELECT term, doc FROM title_vocabulary WHERE term >= ?1 AND term < ?2 AND length(term) BETWEEN ?3 AND ?4
"""
_WORD: Final = re.compile(r"\w+")


def suggest(connection: sqlite3.Connection, query: SearchQuery, deadline: Deadline) -> str:
    """What was typed with every unknown word spelled as the nearest known one; empty where there is none."""
    words = [*query.words, *(word for phrase in query.phrases for word in phrase)]
    spelled: dict[str, str] = {}
    with deadline.on(connection):
        for word in _unknown(connection, words, query.words[-1:]):
            if nearest := _nearest(connection, word):
                spelled[word] = nearest
    if deadline.has_passed or not spelled:
        return ""
    return _WORD.sub(lambda found: _replaced(found[0], spelled), query.typed)


def _replaced(typed: str, spelled: dict[str, str]) -> str:
    return spelled.get(" ".join(words_of(typed)), typed)


def _unknown(connection: sqlite3.Connection, words: Iterable[str], last: Iterable[str]) -> list[str]:
    distinct = [word for word in dict.fromkeys(words) if len(word) >= SHORTEST and not word.isdecimal()]
    counts = count_stems(connection, map(stem, distinct))
    begins = {word for word in last if len(word) >= PREFIX_FROM and count_begun(connection, word, but="")}
    return [word for word in distinct if not counts[stem(word)] and word not in begins]


def _nearest(connection: sqlite3.Connection, word: str) -> str:
    """The known word with the fewest edits; of several the most frequent, then the first by letters."""
    far = 2 if len(word) >= LONG else 1
    # Nobody mistypes the first letter often enough to read the whole vocabulary for it.
    span = (word[0], word[0] + LAST, len(word) - far, len(word) + far)
    near = [(distance(word, term, far), -articles, term) for term, articles in connection.execute(_NEAR, span)]
    return min((each for each in near if each[0] <= far), default=(0, 0, ""))[2]
