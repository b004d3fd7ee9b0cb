"""Find the stems of a query's words in the languages of the archive.

A query is too short to show its language. So each word is stemmed in every language that the archive has, and in all
others if none of those stems is in an article: what an article writes is found as it is written, whatever the language
that its article was taken for. Then an article must have the very word: to a Finnish stemmer "casey" is "case". The
archive's languages show in two function words each.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from bot.store.sqlite.file.sql import plain
from bot.store.sqlite.index.text_index import token_of
from bot.store.sqlite.index.vocabulary import Word, find_words, read_totals
from bot.text.language.detection import ENGLISH
from bot.text.language.stemming import ALGORITHMS
from bot.text.words import stem, words_of

ONE_IN: Final = 1_000
"""A language is one of the archive's if each of its two words is in one of this many articles."""

READ: Final = 5
"""Newest articles with a word that are looked at."""

_TEXTS: Final = """
    SELECT a.title || ' ' || a.excerpt FROM (SELECT t.rowid AS row_id FROM article_text AS t
        WHERE t.article_text MATCH ?1 ORDER BY t.rowid DESC LIMIT ?2) AS held
    CROSS JOIN article AS a ON a.row_id = held.row_id
"""

FEWEST: Final = 2
"""Articles, at least, that each is in."""

_SHOWN_BY: Final = {
    "de": ("und", "nicht"),
    "nl": ("het", "niet"),
    "sv": ("och", "att"),
    "da": ("og", "af"),
    "no": ("og", "av"),
    "fi": ("ja", "etta"),
    "fr": ("les", "dans"),
    "es": ("los", "una"),
    "pt": ("uma", "nao"),
    "it": ("della", "che"),
    "ro": ("din", "pentru"),
    "pl": ("jest", "przez"),
    "cs": ("jsou", "ktery"),
    "hu": ("hogy", "nem"),
    "tr": ("bir", "icin"),
}
_MARKERS: Final = {language: tuple(stem(word, language) for word in words) for language, words in _SHOWN_BY.items()}

Forms = Mapping[str, Word]
"""The stems of one word that some article has, the longest first: it has the fewest other words."""


def archive_languages(connection: sqlite3.Connection) -> tuple[str, ...]:
    """Find the languages of the archive, English first."""
    least = max(FEWEST, read_totals(connection).articles / ONE_IN)
    shown = list(_MARKERS)
    for place in (0, 1):  # few languages are left for the second
        known = find_words(connection, (_MARKERS[language][place] for language in shown))
        common = {each for each, word in known.items() if word.articles >= least}
        shown = [language for language in shown if _MARKERS[language][place] in common]
        if not shown:
            break
    return (ENGLISH, *shown)


def find_forms(
    connection: sqlite3.Connection, words: Iterable[str], languages: Sequence[str], *, is_wide: bool = True
) -> dict[str, Forms]:
    """Find the stems of folded words in the archive; words without one are left out.

    Args:
        connection: Of the store.
        words: Folded.
        languages: Those whose stems are looked for.
        is_wide: A word without a stem in these is looked for, as it is written, among the stems of all others.
    """
    asked = list(dict.fromkeys(words))
    found = _find(connection, asked, languages) if asked else {}
    missing = [word for word in asked if word not in found] if is_wide else []
    if not missing:
        return found
    wide = _find(connection, missing, tuple(ALGORITHMS))
    written = {
        word: {each: of for each, of in forms.items() if _is_written(connection, word, of)}
        for word, forms in wide.items()
    }
    return found | {word: forms for word, forms in written.items() if forms}


def newest_texts(connection: sqlite3.Connection, match: str) -> Iterator[str]:
    """Yield titles and excerpts of the newest `READ` articles that match an FTS5 query of tokens."""
    return (text for (text,) in plain(connection).execute(_TEXTS, (match, READ)))


def _is_written(connection: sqlite3.Connection, word: str, stemmed: Word) -> bool:
    """True if one of the newest articles with a stem has a folded word itself."""
    return any(word in words_of(text) for text in newest_texts(connection, f'"{token_of(stemmed.id)}"'))


def _find(connection: sqlite3.Connection, words: Iterable[str], languages: Iterable[str]) -> dict[str, Forms]:
    stems = {word: {stem(word, language) for language in languages} for word in words}
    known = find_words(connection, (each for of in stems.values() for each in of))
    forms = {word: [(each, known[each]) for each in of if each in known] for word, of in stems.items()}
    return {word: dict(sorted(of, key=lambda each: (-len(each[0]), each[0]))) for word, of in forms.items() if of}
