"""Whether a text has one of some words or phrases: for topics, and for what a feed's settings take and leave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.collect.item import Item
from bot.seedfile.article import MOST_TOPICS
from bot.text.words import words_of


def text_words(item: Item) -> tuple[str, ...]:
    """List the folded words of an item's title, excerpt and categories, with a gap between them."""
    gap = ("",)
    parts = (words_of(part) for part in (item.title, item.excerpt, *item.categories))
    return tuple(word for part in parts for word in (*part, *gap))


def first_match(words: tuple[str, ...], phrases: Iterable[str]) -> str:
    """Find the first phrase whose words follow each other in a text; empty for none.

    Args:
        words: As `text_words` gives them.
        phrases: Each of one or more words; one without any is never found.
    """
    present = set(words)
    for phrase in phrases:
        wanted = tuple(words_of(phrase))
        if wanted and present.issuperset(wanted) and _follow(words, wanted):
            return phrase
    return ""


def _follow(words: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    size = len(wanted)
    return any(words[start : start + size] == wanted for start in range(len(words) - size + 1))


def topics_of(item: Item, own: Iterable[str], topic_words: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """List an article's topics: its feed's, then those whose words match."""
    if not topic_words:
        return tuple(dict.fromkeys(own))[:MOST_TOPICS]
    words = text_words(item)
    matching = (topic for topic, phrases in topic_words.items() if first_match(words, phrases))
    return tuple(dict.fromkeys((*own, *matching)))[:MOST_TOPICS]
