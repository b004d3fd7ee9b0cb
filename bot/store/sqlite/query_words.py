"""A query's words as the text index is asked for them: groups of alternatives, phrases, and what must not occur.

Only words of `bot.news.words` get in here, each in quotes: nothing that a person types reaches FTS5 as an operator.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.news.ranking import StemGroup
from bot.news.search import SearchQuery
from bot.news.spelling import one_edit_away
from bot.news.words import STOP_WORDS, stem
from bot.store.sqlite.vocabulary import begun_stems, count_stems

PREFIX_FROM: Final = 3
"""Letters from which the last word also stands for the words that it begins."""

MOST_BEGUN: Final = 10
BEGUN: Final = 0.5
BEGUN_BY_UNKNOWN: Final = 0.8
"""What such a word counts for; more where the word itself is nearly unknown."""

UNKNOWN_TO: Final = 2
"""Articles up to which a word may be a misspelling of another,"""

SPELLED_FROM, SPELLED_TO = 4, 19
"""if it has so many letters,"""

OVER: Final = 20
"""of one that is over so many times as frequent,"""

MOST_SPELLED: Final = 2
SPELLED: Final = 0.8
"""which then counts for so much: tried in SEARCH, 2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What is looked for.

    Attributes:
        groups: One for each word that tells something; stop words only where there is nothing else.
        phrases: Stems that must stand together, each in FTS5's language.
        excluded: Words and phrases that must not occur, in FTS5's language.
        ranked: The groups, and the words of the phrases.
        typed: The stems of all words, stop words included, in the order in which they were typed.
        unknown: Stems that are in no article, nor begin a word of one where the last word may be unfinished.
    """

    groups: Sequence[StemGroup]
    phrases: Sequence[str]
    excluded: Sequence[str]
    ranked: Sequence[StemGroup]
    typed: Sequence[str]
    unknown: Sequence[str]

    def all_of(self) -> str:
        """The expression for articles with all the words."""
        return self.match(self.groups)

    def match(self, groups: Iterable[StemGroup]) -> str:
        """The expression for articles with these words, all phrases, and nothing that is excluded."""
        wanted = " AND ".join([*map(_expression, groups), *self.phrases])
        return f"({wanted}) NOT ({self.but()})" if self.excluded else wanted

    def but(self) -> str:
        """The expression for what must not occur; empty for nothing."""
        return " OR ".join(self.excluded)

    def by_rarity(self) -> list[StemGroup]:
        """The groups, the rarest first."""
        return sorted(self.groups, key=lambda group: group.articles)


def read_words(connection: sqlite3.Connection, query: SearchQuery) -> Words:
    """A query's words, with what they may stand for and how common that is."""
    telling = [word for word in query.words if word not in STOP_WORDS] or list(query.words)
    words = {stem(word): word for word in reversed(telling)}
    stems = list(dict.fromkeys(map(stem, telling)))
    of_phrases = [stem(word) for phrase in query.phrases for word in phrase]
    counts = count_stems(connection, [*stems, *of_phrases])
    last = query.words[-1] if query.words else ""
    groups = [
        _group(connection, words[each], counts[each], is_last=last in telling and stem(last) == each) for each in stems
    ]
    others = [
        StemGroup(stem=each, alternatives={each: 1.0}, articles=counts[each])
        for each in dict.fromkeys(of_phrases)
        if each not in stems
    ]
    unknown = [each for each in counts if not counts[each]]
    if unknown and len(last) >= PREFIX_FROM and begun_stems(connection, last, 1):
        unknown = [each for each in unknown if each != stem(last)]
    return Words(
        groups=groups,
        phrases=[_phrase(phrase) for phrase in query.phrases],
        excluded=[_phrase(words.split()) for words in query.excluded],
        ranked=[*groups, *others],
        typed=[stem(word) for word in (*query.words, *(word for phrase in query.phrases for word in phrase))],
        unknown=unknown,
    )


def _group(connection: sqlite3.Connection, word: str, articles: int, *, is_last: bool) -> StemGroup:
    """A word with its alternatives: it may be misspelled; the last one may be unfinished."""
    own = stem(word)
    counts = {own: articles}
    alternatives = {own: 1.0}
    if articles <= UNKNOWN_TO and SPELLED_FROM <= len(word) <= SPELLED_TO and not word.isdecimal():
        near = _nearest(connection, word, articles)
        counts |= near
        alternatives |= dict.fromkeys(near, SPELLED)
    if is_last and len(word) >= PREFIX_FROM:
        begun = begun_stems(connection, word, MOST_BEGUN)
        weight = BEGUN if articles > UNKNOWN_TO else BEGUN_BY_UNKNOWN
        counts |= begun
        alternatives |= {each: max(weight, alternatives.get(each, 0.0)) for each in begun}
    return StemGroup(stem=own, alternatives=alternatives, articles=sum(counts.values()))


def _nearest(connection: sqlite3.Connection, word: str, articles: int) -> dict[str, int]:
    """The stems that a word was most likely meant to have, with the number of their articles."""
    counts = count_stems(connection, {stem(each) for each in one_edit_away(word)} - {stem(word)})
    frequent = sorted(
        (each for each in counts if counts[each] > OVER * max(1, articles)), key=lambda each: (-counts[each], each)
    )
    return {each: counts[each] for each in frequent[:MOST_SPELLED]}


def _expression(group: StemGroup) -> str:
    return "(" + " OR ".join(f'"{each}"' for each in group.alternatives) + ")"


def _phrase(words: Iterable[str]) -> str:
    return f'"{" ".join(map(stem, words))}"'
