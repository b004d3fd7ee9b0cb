"""Find the other spelling of words that are written together, apart or with a hyphen: "powerapps", "Power Apps".

A text keeps the spelling that it has. A query's word that hardly any article has is asked for as two words where some
article has these side by side; and two neighbouring words are asked for as one where some article has that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

from bot.store.sqlite.index.forms import Forms, find_forms
from bot.store.sqlite.index.spelling import near_spellings
from bot.store.sqlite.index.view import View, part_number
from bot.store.sqlite.index.word_code import encode_words, says
from bot.text.language.detection import ENGLISH
from bot.text.language.scripts import is_sign
from bot.text.term_frequencies import FIRST_CONTENT_WORD
from bot.text.words import STOP_WORDS

RARE: Final = 5
"""Articles up to which a word is looked for as two."""

LOOKED_AT: Final = 50
"""Newest articles with both words in which they are looked for side by side."""

SHORTEST: Final = 4
"""Letters of a word that may be two, if it has no digits."""

SHORTEST_STOP_WORD: Final = 3
"""Letters of each part, if one is a stop word and the other not a number: "ofice" is not "of ice"."""

_BOTH: Final = """
    SELECT held.row_id, w.words FROM (SELECT t.rowid AS row_id FROM article_text AS t WHERE t.article_text MATCH ?1
        ORDER BY t.rowid DESC LIMIT ?2) AS held
    CROSS JOIN article_words AS w ON w.row_id = held.row_id
"""


def written_apart(view: View, words: Sequence[str], known: Mapping[str, Forms]) -> dict[str, tuple[str, str]]:
    """Find the words of a query that articles write as two.

    Args:
        view: What is searched.
        words: Folded.
        known: Their stems in the archive.

    Returns:
        The two parts of each such word; words that more articles write in one are left out. One part may be a stop
        word if no article has the word.
    """
    rare = {word: count_articles(known.get(word, {})) for word in words if _may_be_two(word)}
    splits = {word: list(_splits(word)) for word, articles in rare.items() if articles <= RARE}
    if not splits:
        return {}
    parts = find_forms(view, {part for of in splits.values() for pair in of for part in pair}, [ENGLISH], is_wide=False)
    found: dict[str, tuple[str, str]] = {}
    for word, pairs in splits.items():
        tried = [
            pair
            for pair in pairs
            if STOP_WORDS.isdisjoint(pair) or (not rare[word] and _may_have_stop_word(view, word, pair, parts))
        ]
        together = {pair: _side_by_side(view, parts, pair) for pair in tried}
        best = max(together, key=lambda pair: together[pair], default=("", ""))
        if together.get(best, 0) > 0 and together[best] >= rare[word] - 2:
            found[word] = best
    return found


def written_together(view: View, words: Sequence[str]) -> dict[tuple[str, str], Forms]:
    """Find neighbouring words of a query that articles write as one: the stems of that one."""
    pairs = {pair: "".join(pair) for pair in pairwise(words) if not any(map(is_sign, pair))}
    forms = find_forms(view, pairs.values(), [ENGLISH], is_wide=False)
    return {pair: forms[word] for pair, word in pairs.items() if word in forms and word not in STOP_WORDS}


def count_articles(forms: Forms) -> int:
    """Sum the articles that each stem of a word is in."""
    return sum(form.articles for form in forms.values())


def _may_be_two(word: str) -> bool:
    is_long = len(word) >= SHORTEST or any(_is_boundary(word, place) for place in range(1, len(word)))
    return is_long and not word.isdecimal() and not is_sign(word)


def _splits(word: str) -> Iterator[tuple[str, str]]:
    """Split a word in two; one letter may only be beside a digit, or beside at least three: "oreilly", "spacex"."""
    for place in range(1, len(word)):
        first, second = word[:place], word[place:]
        shorter, longer = sorted((len(first), len(second)))
        if shorter > 1 or longer >= SHORTEST - 1 or _is_boundary(word, place):
            yield first, second


def _is_boundary(word: str, place: int) -> bool:
    """Whether a letter and a digit meet: "F-35", "3-D"."""
    return word[place - 1].isdecimal() != word[place].isdecimal()


def _may_have_stop_word(view: View, word: str, pair: tuple[str, str], parts: Mapping[str, Forms]) -> bool:
    """Whether a word is two with a stop word in them ("You Tube") rather than a misspelling ("overal")."""
    return (
        (min(map(len, pair)) >= SHORTEST_STOP_WORD or pair[1].isdecimal())
        and all(part in parts for part in pair)
        and not near_spellings(view, word)
    )


def _side_by_side(view: View, forms: Mapping[str, Forms], pair: tuple[str, str]) -> int:
    """Count the articles, among the newest with both words, that have them side by side."""
    if not all(part in forms for part in pair):
        return 0
    ids = [next(iter(forms[part].values())).id for part in pair]
    content = [each for each in ids if each >= FIRST_CONTENT_WORD]
    if not content:
        return 0
    texts = view.newest(_BOTH, lambda token: " AND ".join(f'"{token(each)}"' for each in content), LOOKED_AT)
    phrases = {part.number: encode_words(map(part.own_number, ids)) for part in view.parts}
    return sum(isinstance(words, bytes) and says(words, phrases[part_number(key)]) for key, words in texts)
