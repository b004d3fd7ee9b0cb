"""Spelling suggestion for a query: unknown words are corrected to words of titles."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from bot.news.search import SearchQuery
from bot.store.sqlite.file.deadline import Deadline
from bot.store.sqlite.index.forms import find_forms
from bot.store.sqlite.index.spelling import near_spellings
from bot.store.sqlite.index.view import View
from bot.store.sqlite.search.query_words import Words
from bot.text.background import is_listed
from bot.text.words import stem, words_of

_WORD: Final = re.compile(r"\w+")


def suggest(view: View, query: SearchQuery, words: Words, deadline: Deadline) -> str:
    """Replace every unknown word of the query by the nearest known one; empty if there is none."""
    unknown = set(words.unknown)
    spelled: dict[str, str] = {}
    with deadline.on(*view.connections):
        for word in (*query.words, *(word for phrase in query.phrases for word in phrase)):
            # A word that is common in news is one that a small archive merely doesn't have.
            if stem(word) in unknown and not is_listed(stem(word)):
                spelled[word] = _nearest(view, word, words.languages)
    if deadline.has_passed or not any(spelled.values()):
        return ""
    return _WORD.sub(lambda found: spelled.get(" ".join(words_of(found[0]))) or found[0], query.typed)


def _nearest(view: View, word: str, languages: Sequence[str]) -> str:
    """Find the known word with the fewest edits, then in most articles, then first in the alphabet."""
    near = near_spellings(view, word)
    articles = {
        word: max(form.articles for form in of.values())
        for word, of in find_forms(view, (each.written for each in near), languages).items()
    }
    ordered = sorted(near, key=lambda each: (each.edits, -articles.get(each.written, 0), each.written))
    return ordered[0].written if ordered else ""
