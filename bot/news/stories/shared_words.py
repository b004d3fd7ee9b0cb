"""The words that two reports share and that distinguish an event: the reason shown to a reader."""

from __future__ import annotations

import re
from typing import Final

from bot.news.article import Article
from bot.news.stories.similarity import Frequencies, Vector
from bot.text.language.scripts import is_sign
from bot.text.words import stem, text_language, words_of

DISTINGUISHING: Final = 6.0
"""The weight in nats from which on a word distinguishes an event: about one text in 400 contains it."""

SHARED_WORDS: Final = 3
"""Words in a reason, at most."""

_WORD: Final = re.compile(r"\w+")


def distinguishing_words(
    vector: Vector, others: Vector, frequencies: Frequencies, *, written_in: Article
) -> tuple[str, ...]:
    """The heaviest words of at least `DISTINGUISHING` nats that two texts share.

    Args:
        vector: Of one text.
        others: Of the other.
        frequencies: How common words are.
        written_in: The article whose spelling is shown.

    Returns:
        At most `SHARED_WORDS`; none where the texts share only words that many articles use.
    """
    shared = [each for each in vector if each in others and frequencies.weight(each) >= DISTINGUISHING]
    heaviest = sorted(shared, key=lambda each: (-vector[each] * others[each], each))[:SHARED_WORDS]
    written: dict[str, str] = {}
    text = f"{written_in.title} {written_in.excerpt}"
    language = text_language(text)
    for run in _WORD.findall(text):
        if len(written) == len(heaviest):
            break
        for word in words_of(run):
            said = stem(word, language)
            if said in heaviest:
                written.setdefault(said, word if is_sign(word) else run)
    return tuple(written.get(each, each) for each in heaviest)
