"""Find the stems of a query's words in the languages of the archive.

A query is too short to show its language. So each word is stemmed in every language that the archive has, and in all
others if none of those stems is in an article: what an article writes is found as it is written, whatever the language
that its article was taken for. Then an article must have the very word: to a Finnish stemmer "casey" is "case". The
archive's languages show in two function words each, the one first that other languages' texts have more seldom.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from bot.store.sqlite.index.view import Match, View
from bot.store.sqlite.index.vocabulary import Word
from bot.text.language.detection import ENGLISH
from bot.text.language.kindred import kindred_of
from bot.text.language.stemming import ALGORITHMS
from bot.text.transliteration import contracted, is_written_so, spelled_out
from bot.text.words import stem, words_of

ONE_IN: Final = 1_000
"""A language is one of the archive's if each of its two words is in one of this many articles."""

READ: Final = 5
"""Newest articles with a word that are looked at."""

_TEXTS: Final = """
    SELECT a.row_id, a.title || ' ' || a.excerpt FROM (SELECT t.rowid AS row_id FROM article_text AS t
        WHERE t.article_text MATCH ?1 ORDER BY t.rowid DESC LIMIT ?2) AS held
    CROSS JOIN article AS a ON a.row_id = held.row_id
"""

FEWEST: Final = 2
"""Articles, at least, that each is in."""

_SHOWN_BY: Final = {
    "de": ("nicht", "und"),
    "nl": ("niet", "het"),
    "sv": ("och", "att"),
    "da": ("og", "af"),
    "no": ("og", "av"),
    "fi": ("etta", "ja"),
    "fr": ("dans", "les"),
    "es": ("una", "los"),
    "pt": ("uma", "nao"),
    "it": ("della", "che"),
    "ro": ("pentru", "din"),
    "pl": ("przez", "jest"),
    "cs": ("jsou", "ktery"),
    "hu": ("hogy", "nem"),
    "tr": ("bir", "icin"),
}
_MARKERS: Final = {language: tuple(stem(word, language) for word in words) for language, words in _SHOWN_BY.items()}

Forms = Mapping[str, Word]
"""The stems of one word that some article has. First is one with the very word, or the longest, which has the fewest
other words; forms of other words (`kindred_of`) are last."""


def archive_languages(view: View) -> tuple[str, ...]:
    """Find the languages of the archive, English first."""
    least = max(FEWEST, view.totals().articles / ONE_IN)
    shown = list(_MARKERS)
    for place in (0, 1):  # few languages are left for the second
        known = view.find_listed(tuple(_MARKERS[language][place] for language in shown))
        common = {each for each, word in known.items() if word.articles >= least}
        shown = [language for language in shown if _MARKERS[language][place] in common]
        if not shown:
            break
    return (ENGLISH, *shown)


def find_forms(view: View, words: Iterable[str], languages: Sequence[str], *, is_wide: bool = True) -> dict[str, Forms]:
    """Find the stems of folded words in the archive; words without one are left out.

    Args:
        view: What is searched.
        words: Folded.
        languages: Those whose stems are looked for.
        is_wide: A word without a stem in these is looked for, as it is written, among the stems of all others.
    """
    asked = list(dict.fromkeys(words))
    found = _find(view, asked, languages) if asked else {}
    missing = [word for word in asked if word not in found] if is_wide else []
    if not missing:
        return found
    wide = _find(view, missing, tuple(ALGORITHMS))
    written = {
        word: {each: of for each, of in forms.items() if _is_written(view, word, of)} for word, forms in wide.items()
    }
    return found | {word: forms for word, forms in written.items() if forms}


def newest_texts(view: View, match: Match) -> Iterator[str]:
    """Yield titles and excerpts of the newest `READ` articles that match an FTS5 query of tokens."""
    return (str(text) for _, text in view.newest(_TEXTS, match, READ))


def _is_written(view: View, word: str, stemmed: Word) -> bool:
    """True if one of the newest articles with a stem has a folded word itself."""
    return any(word in words_of(text) for text in newest_texts(view, _holding(stemmed)))


def find_spellings(view: View, typed: str, words: Iterable[str], languages: Sequence[str]) -> dict[str, Forms]:
    """Find the stems of words with letters that are also written as two ("Mueller", "Müller"), in the archive.

    Args:
        view: What is searched.
        typed: The query as typed.
        words: Its words, folded.
        languages: Those of the archive.

    Returns:
        By word the stems of its other spelling; words without one are left out.
    """
    as_two = spelled_out(typed)
    others = {word: {as_two[word]} if word in as_two else contracted(word) for word in dict.fromkeys(words)}
    asked = {other for of in others.values() for other in of}
    forms = _find(view, asked, languages) if asked else {}
    found: dict[str, dict[str, Word]] = {}
    for word, of in others.items():
        for each, known in ((each, known) for other in of for each, known in forms.get(other, {}).items()):
            texts = newest_texts(view, _holding(known))
            if word in as_two or any(is_written_so(text, word) for text in texts):
                found.setdefault(word, {})[each] = known
    return dict(found)


def _find(view: View, words: Iterable[str], languages: Iterable[str]) -> dict[str, Forms]:
    stems = {word: {stem(word, language) for language in languages} for word in words}
    kindred = {word: {stem(other): (other, is_exact) for other, is_exact in kindred_of(word)} for word in stems}
    known = view.find_words(each for of in (*stems.values(), *kindred.values()) for each in of)
    found: dict[str, Forms] = {}
    for word, own in stems.items():
        forms = _in_order(view, word, {each: known[each] for each in own if each in known})
        for each, (other, is_exact) in kindred[word].items():
            if each in known and each not in forms and (not is_exact or _is_written(view, other, known[each])):
                forms[each] = known[each]
        if forms:
            found[word] = forms
    return found


def _in_order(view: View, word: str, forms: Forms) -> dict[str, Word]:
    """Sort the stems of a word: that of an article that has the very word first, and then the longest."""
    stems = sorted(forms, key=lambda each: (-len(each), each))
    if len(stems) > 1:
        first = next((each for each in stems if _is_written(view, word, forms[each])), stems[0])
        stems.sort(key=lambda each: each != first)
    return {each: forms[each] for each in stems}


def _holding(word: Word) -> Match:
    return lambda token: f'"{token(word.id)}"'
