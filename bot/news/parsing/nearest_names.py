"""Rewrite a query that finds nothing: by the nearest topic or provider that the archive has, or as a date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from bot.news.parsing.dates import find_moment
from bot.news.parsing.names import KnownNames, domain_in, folded
from bot.news.search import SearchQuery
from bot.text.words import words_of

_FIELD: Final = r'\b{field}:\s*(?:"[^"]*"?|\S+)'


def nearest_query(query: SearchQuery, known: KnownNames, *, now: datetime) -> str:
    """Write a query with the nearest known name instead of each unknown one; empty if no name is near.

    A query without filters whose words are the name of a provider, or a date, becomes that filter.

    Args:
        query: A query that found nothing, or nothing with its filters.
        known: The topics and providers that the member can see.
        now: The time of the search.
    """
    if query.has_text and not query.has_filters:
        domain = next(iter(_domains_called(query.typed, known)), "")
        is_date = not domain and find_moment(query.typed, now=now)
        return f"provider:{domain}" if domain else _filter("after", query.typed) if is_date else ""
    text = query.typed
    for field, name in _meant(query, known):
        typed = re.search(_FIELD.format(field=field), text, re.IGNORECASE)
        # What a command's option says is not in the text.
        text = f"{text[: typed.start()]}{name}{text[typed.end() :]}" if typed else f"{name} {text}"
    return "" if text == query.typed else text.strip()


def _domains_called(text: str, known: KnownNames) -> tuple[str, ...]:
    domain = domain_in(text)
    return (domain,) if domain in known.providers else known.domains_named(text)


def _meant(query: SearchQuery, known: KnownNames) -> Iterator[tuple[str, str]]:
    """Yield the field of each single unknown name, and the filter that was meant."""
    if len(query.topics) == 1 and query.topics[0] not in known.topics:
        for label in known.near_topics(query.topics[0])[:1]:
            yield "topic", _filter("topic", label)
    if len(query.providers) == 1 and not _is_provider(query.providers[0], known):
        for label in known.near_providers(query.providers[0])[:1]:
            yield "provider", f"provider:{domain_in(label)}"


def _filter(field: str, value: str) -> str:
    """Write a filter as it is typed: a value of several words in quotes."""
    value = " ".join(value.split())
    return f'{field}:"{value}"' if " " in value else f"{field}:{value}"


def _is_provider(asked: str, known: KnownNames) -> bool:
    words = set(words_of(asked))
    return asked in known.providers or any(words <= set(words_of(folded(name))) for name in known.providers.values())
