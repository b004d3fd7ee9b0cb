"""Parse the query language into a `SearchQuery`; no input is an error.

Words; `"quotes"`; `-word` and `-"several words"` must not occur; `topic:`, `provider:` (quote several words), `before:`
and `after:` (`parsing/dates`), `quality:>=80`, `quality:80..`, `quality:50..90`. A plain `quality:80` is at least 80.

Ordinary text isn't a query language. A text of more than `FEW_WORDS` words beside its operators is a pasted headline:
its quotes, its `Topic: ` before the first word and its dashes before words that others follow are part of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from typing import Final, TypeVar

from bot.news.parsing.dates import find_moment
from bot.news.search import SearchQuery, Sort
from bot.text.links import domain_of, link_alone
from bot.text.pages import page_key
from bot.text.words import STOP_WORDS, fold, words_of

LONGEST_QUERY: Final = 300
"""Characters; the rest is ignored."""

MOST_WORDS: Final = 16
"""Words of a query, of a phrase, and excluded words."""

FEW_WORDS: Final = 4
"""Plain words up to which a query's operators are meant as operators wherever they are."""

MOST_PHRASES: Final = 4
MOST_NAMES: Final = 8
"""Topics, and providers."""

T = TypeVar("T", bound=str | tuple[str, ...])

_FIELDS: Final = ("topic", "provider", "before", "after", "quality")
_TOKEN: Final = re.compile(
    rf'(?P<minus>-(?!-))?(?:(?P<field>{"|".join(_FIELDS)}):(?P<gap>\s*))?(?:"(?P<quoted>[^"]*)"|(?P<bare>[^\s"]+))',
    re.IGNORECASE,
)
_QUOTES: Final = str.maketrans(dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\uff02", '"') | {"\u2265": ">="})
_GAP_IN_BOUND: Final = re.compile(r"(?<=[<>=])\s+(?=[0-9])")
_GAPS_IN_WORD: Final = re.compile(r"\b([a-z]{1,2}) & ([a-z])\b", re.IGNORECASE)
_BOUND: Final = re.compile(r"(>=|<=|>|<|=)?([0-9]{1,9})")
_SPAN: Final = re.compile(r"([0-9]{1,9})?\.\.([0-9]{1,9})?")


def read_query(
    text: str,
    *,
    sort: Sort = "relevance",
    topic: str = "",
    provider: str = "",
    after: str = "",
    before: str = "",
    now: datetime,
    zone: tzinfo = UTC,
) -> SearchQuery:
    """Parse a query; no text raises an exception.

    Args:
        text: The query; only the first `LONGEST_QUERY` characters are read.
        sort: The order of the results.
        topic: A command option, as `topic:` in the query; so are the next three. Empty means none.
        provider: As `provider:`.
        after: As `after:`.
        before: As `before:`.
        now: The reference for `today` and `7d`; aware.
        zone: The time zone in which days begin.

    Returns:
        The query; filters that could not be parsed are in `unusable`, parts that exceed a limit in `ignored`. Of more
        than `MOST_WORDS` words the longest are kept, stop words last: long words are rarer and distinguish articles
        better.
    """
    typed = text.encode(errors="ignore").decode()[:LONGEST_QUERY]
    reading = _Reading(now=now, zone=zone)
    if "://" in typed and (link := link_alone(typed)):
        reading.words += _words_of_link(link)
    else:
        for token in _as_text(list(_tokens(typed))):
            reading.take(token)
    for name, value in (("topic", topic), ("provider", provider), ("after", after), ("before", before)):
        if option := value.encode(errors="ignore").decode()[:LONGEST_QUERY].strip():
            reading.take_field(name, option)
    return reading.query(sort, typed)


def _words_of_link(link: str) -> list[str]:
    """Split a page's path, which is often its headline; its site if that has no words."""
    site, _, path = page_key(link).partition("?")[0].partition("/")
    return words_of(path) or words_of(site)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Token:
    """One part of a query.

    Attributes:
        typed: As it was typed.
        value: Without quotes, minus and field.
        field: Its field; empty for none.
        is_apart: A space follows the field.
    """

    typed: str
    value: str
    field: str = ""
    is_apart: bool = False
    is_excluded: bool = False
    is_quoted: bool = False

    @property
    def is_plain(self) -> bool:
        """True for words without any operator."""
        return not (self.field or self.is_excluded or self.is_quoted)

    def as_text(self) -> _Token:
        """Take the operators of the token as text."""
        return _Token(typed=self.typed, value=f"{self.field} {self.value}")


def _tokens(typed: str) -> Iterator[_Token]:
    typed = _GAPS_IN_WORD.sub(r"\1&\2", typed)
    for found in _TOKEN.finditer(_GAP_IN_BOUND.sub("", typed.translate(_QUOTES))):
        quoted = found["quoted"]
        yield _Token(
            typed=found[0],
            value=found["bare"] if quoted is None else quoted,
            field=(found["field"] or "").lower(),
            is_apart=bool(found["gap"]),
            is_excluded=found["minus"] is not None,
            is_quoted=quoted is not None,
        )


def _as_text(tokens: Sequence[_Token]) -> Iterator[_Token]:
    """Take the operators of a pasted headline as text; those of a query stay."""
    plain = [place for place, token in enumerate(tokens) if token.is_plain and words_of(token.value)]
    is_headline = len(plain) > FEW_WORDS
    for place, token in enumerate(tokens):
        if token.field:
            is_text = token.is_apart and not token.is_quoted
        else:
            is_text = token.is_quoted or place < plain[-1] if plain else False
        yield token.as_text() if is_headline and is_text and not token.is_plain else token


@dataclass(slots=True, kw_only=True)
class _Reading:
    """The parts parsed so far, in the order typed."""

    now: datetime
    zone: tzinfo
    words: list[str] = field(default_factory=list)
    phrases: list[tuple[str, ...]] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)
    providers: list[str] = field(default_factory=list)
    after: list[datetime] = field(default_factory=list)
    before: list[datetime] = field(default_factory=list)
    at_least: list[int] = field(default_factory=list)
    at_most: list[int] = field(default_factory=list)
    wordless: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    unusable: list[str] = field(default_factory=list)

    def take(self, token: _Token) -> None:
        """Parse one token; collect it in `unusable` if that fails."""
        words = tuple(words_of(token.value))
        if token.field and not token.is_excluded:
            self.take_field(token.field, token.value)
        elif token.field:
            self.unusable.append(token.typed)
        elif not words:
            self.wordless.append(token.typed)
        elif token.is_excluded:
            self.excluded.append(" ".join(words[:MOST_WORDS]))
        elif token.is_quoted:
            self.phrases.append(words[:MOST_WORDS])
        else:
            self.words.extend(words)

    def take_field(self, name: str, value: str) -> None:
        """Parse a field's value; collect both in `unusable` if that fails."""
        if not self._understands(name, value):
            self.unusable.append(f"{name}:{value}")

    def _understands(self, name: str, value: str) -> bool:
        if name == "quality":
            return self._understands_quality(value)
        if name in {"before", "after"}:
            moment = find_moment(value, now=self.now, zone=self.zone)
            if moment is not None:
                (self.before if name == "before" else self.after).append(moment)
            return moment is not None
        folded = " ".join(fold(domain_of(value) if "://" in value else value).split())
        if folded:
            (self.topics if name == "topic" else self.providers).append(folded)
        return bool(folded)

    def _understands_quality(self, value: str) -> bool:
        if span := _SPAN.fullmatch(value):
            low, high = span.groups()
            self.at_least += [int(low)] if low else []
            self.at_most += [int(high)] if high else []
            return bool(low or high)
        bound = _BOUND.fullmatch(value)
        if bound is None:
            return False
        sign, number = bound[1] or ">=", int(bound[2])
        if sign in {">=", ">", "="}:
            self.at_least.append(number + (sign == ">"))
        if sign in {"<=", "<", "="}:
            self.at_most.append(number - (sign == "<"))
        return True

    def query(self, sort: Sort, typed: str) -> SearchQuery:
        """Build the query from all parsed parts."""
        understood = SearchQuery(
            words=self._most_selective_words(),
            phrases=self._first(self.phrases, MOST_PHRASES),
            excluded=self._first(self.excluded, MOST_WORDS),
            topics=self._first(self.topics, MOST_NAMES),
            providers=self._first(self.providers, MOST_NAMES),
            after=max(self.after, default=None),
            before=min(self.before, default=None),
            min_quality=max(self.at_least, default=None),
            max_quality=min(self.at_most, default=None),
            sort=sort,
            link=link_alone(typed),
            typed=typed,
            unusable=tuple(dict.fromkeys(self.unusable)),
        )
        # A stray dash or emoji beside words is dropped silently; alone it is reported.
        is_unread = understood.is_empty and not understood.unusable and typed.strip()
        unread = [*self.ignored, *((self.wordless or [typed.strip()]) if is_unread else ())]
        return replace(understood, ignored=tuple(dict.fromkeys(unread)))

    def _most_selective_words(self) -> tuple[str, ...]:
        distinct = list(dict.fromkeys(self.words))
        kept = sorted(distinct, key=lambda word: (word in STOP_WORDS, -len(word)))[:MOST_WORDS]
        return tuple(word for word in distinct if word in kept)

    def _first(self, values: Sequence[T], most: int) -> tuple[T, ...]:
        distinct = list(dict.fromkeys(values))
        self.ignored += [value if isinstance(value, str) else " ".join(value) for value in distinct[most:]]
        return tuple(distinct[:most])
