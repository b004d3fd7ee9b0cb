"""Turn foreign markup into the one line of text that a seed's reader leaves unchanged."""

from __future__ import annotations

from typing import Final

from bot.seedfile.fields import text_of
from bot.text.clean import clean, is_visible

LONGEST_MARKUP: Final = 64 * 1024
"""Characters of markup that are read."""

_MOST_PASSES: Final = 6


def plain(markup: str) -> str:
    """Convert markup to one line of text: tags stripped, entities decoded, nothing invisible.

    A seed's reader strips markup as well; the result is what it leaves unchanged, so a file says what is read from it.
    Empty if nothing of it would be seen.
    """
    text = markup[:LONGEST_MARKUP]
    for _ in range(_MOST_PASSES):
        once = clean(text_of(text))
        if once == text:
            break
        text = once
    return text if is_visible(text) else ""
