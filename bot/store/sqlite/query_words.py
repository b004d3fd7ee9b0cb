"""A query's words as the text index is asked for them: groups of alternatives, phrases, and what must not occur.

Only words of `bot.news.words` get in here, each in quotes: nothing that a person types reaches FTS5 as an operator.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.news.relevance import Group
from bot.news.search import SearchQuery
from bot.news.words import STOP_WORDS, stem
from bot.store.sqlite.vocabulary import count_begun, count_stems

PREFIX_FROM: Final = 3
"""Letters from which the last word also stands for the words that it begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What is looked for.

    Attributes:
        groups: One for each word that tells something; stop words only where there is nothing else.
        phrases: Stems that must stand together, each in FTS5's language.
        excluded: Words and phrases that must not occur, in FTS5's language.
        ranked: The groups, and the words of the phrases.
    """

    groups: Sequence[Group]
    phrases: Sequence[str]
    excluded: Sequence[str]
    ranked: Sequence[Group]

    def all_of(self) -> str:
        """The expression for articles with all the words."""
        return self.match(self.groups)

    def match(self, groups: Iterable[Group]) -> str:
        """The expression for articles with these words, all phrases, and nothing that is excluded."""
        wanted = " AND ".join([*map(_expression, groups), *self.phrases])
        return f"({wanted}) NOT ({self.but()})" if self.excluded else wanted

    def but(self) -> str:
        """The expression for what must not occur; empty for nothing."""
        return " OR ".join(self.excluded)

    def by_rarity(self) -> list[Group]:
        """The groups, the rarest first."""
        return sorted(self.groups, key=lambda group: group.articles)


def read_words(connection: sqlite3.Connection, query: SearchQuery) -> Words:
    """A query's words, with how common they are."""
    telling = [word for word in query.words if word not in STOP_WORDS] or list(query.words)
    stems = list(dict.fromkeys(map(stem, telling)))
    of_phrases = [stem(word) for phrase in query.phrases for word in phrase]
    counts = count_stems(connection, [*stems, *of_phrases])
    groups = [Group(stem=each, articles=counts[each]) for each in stems]
    last = query.words[-1] if query.words else ""
    if len(last) >= PREFIX_FROM and last in telling:
        begun = count_begun(connection, last, but=stem(last))
        place = stems.index(stem(last))
        groups[place] = Group(stem=stem(last), prefix=last, articles=counts[stem(last)] + begun)
    others = [Group(stem=each, articles=counts[each]) for each in dict.fromkeys(of_phrases) if each not in stems]
    return Words(
        groups=groups,
        phrases=[_phrase(phrase) for phrase in query.phrases],
        excluded=[_phrase(words.split()) for words in query.excluded],
        ranked=[*groups, *others],
    )


def _expression(group: Group) -> str:
    return f'("{group.stem}" OR "{group.prefix}" *)' if group.prefix else f'"{group.stem}"'


def _phrase(words: Iterable[str]) -> str:
    return f'"{" ".join(map(stem, words))}"'
