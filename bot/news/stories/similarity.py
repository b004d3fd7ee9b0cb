"""How similar articles' texts are: cosines of weighted vectors over title and excerpt.

A measure that a reader can check by hand: title words count double, and a word weighs more the rarer it is, both in the
archive and in English news. `bot.text.likeness.comparison` compares many texts at once, for stories.
Every sum runs in sorted order: the same texts give the same numbers, to the last bit, in any process.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from bot.news.article import Article
from bot.text.background import background_share, is_listed
from bot.text.language.detection import ENGLISH
from bot.text.likeness.comparison import Likeness, direct_likeness, story_likeness
from bot.text.likeness.lone_titles import EMPHASIS, TITLE_WORDS, compare_lone
from bot.text.likeness.titles import Title, discount_equal_titles, part_equal_sources
from bot.text.words import stems_of, text_language, words_of

Vector = Mapping[str, float]
"""A text's stems, sorted, with weights whose squares add up to 1, or less for a short text; empty without a word."""

TITLE_WEIGHT: Final = 2
"""How often a title's word counts for one in the excerpt."""

PSEUDO_TEXTS: Final = 1_000
"""The background table counts as this many texts of the archive."""

EVERYBODYS: Final = 0.3
"""The share of the archive from which on a word says nothing; from half of it on it says less. Such words are the
archive's own subject."""

SHARE_PRIOR: Final = 50
"""Texts added to the archive when that share is measured: in a few texts a frequent word is an event, not a subject."""

FEWEST_WORDS: Final = 6
"""A text of fewer words counts as one of this many, so that one shared word doesn't make it the same text."""

COMMON: Final = 4.0
"""Nats below which a word may be a function word of any language."""

FAMILIAR: Final = 0.3
"""The share of a title's other words that the table of English news lists, from which on it knows the language."""

SHORT_WORD: Final = 3
LEAST_IN_LOWER_CASE: Final = 2
"""A title with this many longer words in lower case capitalises names only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frequencies:
    """How common words are: "week" is common, "facial" is rare.

    Attributes:
        total: The number of texts counted, at least 0.
        counts: The number of texts that contain each stem; 0 for a missing one.
    """

    total: int
    counts: Mapping[str, int]

    def weight(self, stem: str) -> float:
        """How much a stem says, in nats, at least 0.

        It is -ln of the geometric mean of two shares of texts that contain the stem, in the archive and in English
        news (`bot.text.background`); the first leans on the second while the archive is small.
        """
        count = self.counts.get(stem, 0)
        total = max(self.total, count)
        background = background_share(stem)
        share = (count + PSEUDO_TEXTS * background) / (total + PSEUDO_TEXTS)
        fade = min(1.0, max(0.0, 2 - 2 * count / (total + SHARE_PRIOR) / EVERYBODYS))
        return -0.5 * math.log(share * background) * fade


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSimilarity:
    """Which articles' texts report one event.

    Attributes:
        frequencies: Of a larger collection; None counts the articles at hand.
    """

    frequencies: Frequencies | None = None

    def __call__(self, articles: Sequence[Article]) -> Likeness:
        """The likeness of each two articles, as `multiples`, and `inf` for neighbours that a link or a title ties.

        Args:
            articles: First to report first.
        """
        texts = self._texts(articles)
        likeness = _multiples(texts)
        for a, b in _ties(texts):
            likeness[a, b] = likeness[b, a] = math.inf
        return likeness

    def multiples(self, articles: Sequence[Article]) -> Likeness:
        """The likeness of each two articles by their texts: 1.0 is just enough for one story, 0 is nothing in common.

        Args:
            articles: First to report first.
        """
        return _multiples(self._texts(articles))

    def direct(self, articles: Sequence[Article]) -> Callable[[int, int], float]:
        """Compare a few articles pair by pair, by their places: the direct likeness, regardless of provider and date.

        For some pairs of long texts this takes a fraction of the time of a whole matrix.
        """
        texts = self._texts(articles)
        return lambda one, other: texts[one].direct_likeness_to(texts[other])

    def _texts(self, articles: Sequence[Article]) -> list[_Text]:
        frequencies = self.frequencies or count_frequencies(articles)
        written = [article_stems(article) for article in articles]
        counted = [_without_own_name(article, counts) for article, counts in zip(articles, written, strict=True)]
        stems = set().union(*written)
        weights = {stem: frequencies.weight(stem) for stem in stems}
        return [_Text.of(article, counts, weights) for article, counts in zip(articles, counted, strict=True)]


def article_stems(article: Article) -> Mapping[str, int]:
    """The stems of title and excerpt with their counts, a title's counted `TITLE_WEIGHT` times."""
    return _counted(article.title, article.excerpt)


@lru_cache(maxsize=1_024)  # coverage counts the words of each of its articles three times
def _counted(title: str, excerpt: str) -> Mapping[str, int]:
    language = _language(title, excerpt)
    counts = Counter(stems_of(excerpt, language))
    for stem in stems_of(title, language):
        counts[stem] += TITLE_WEIGHT
    return MappingProxyType(counts)


def _evidence_stems(article: Article) -> Mapping[str, int]:
    """The stems that say which event an article reports."""
    return _without_own_name(article, article_stems(article))


def _without_own_name(article: Article, counts: Mapping[str, int]) -> Mapping[str, int]:
    """The stems of an article without its own site's name: "Acme" says nothing about which post of acme.com this is."""
    *_, name, _ = ("", *article.provider.domain.split("."))
    own = set(stems_of(name, _language_of(article))) & counts.keys()
    return {each: count for each, count in counts.items() if each not in own} if own else counts


def _language_of(article: Article) -> str:
    return _language(article.title, article.excerpt)


@lru_cache(maxsize=8_192)  # asked for the whole text, the title and the excerpt
def _language(title: str, excerpt: str) -> str:
    return text_language(f"{title} {excerpt}")


def links_of(article: Article) -> frozenset[str]:
    """Every URL of an article."""
    return frozenset((article.url, *article.aliases)) - {""}


def have_equal_identifying_titles(one: Article, other: Article, frequencies: Frequencies) -> bool:
    """True where two articles have the same title and it says enough to identify an event."""
    if words_of(one.title) != words_of(other.title):
        return False
    return _title(one, {stem: frequencies.weight(stem) for stem in _title_stems(one)}).is_identifying


def _title_stems(article: Article) -> list[str]:
    return stems_of(article.title, _language_of(article))


def count_frequencies(articles: Iterable[Article]) -> Frequencies:
    """The frequencies of the articles' own stems, for when no larger collection is known."""
    counts: Counter[str] = Counter()
    total = 0
    for article in articles:
        counts.update(article_stems(article).keys())
        total += 1
    return Frequencies(total=total, counts=counts)


def text_vector(article: Article, frequencies: Frequencies) -> Vector:
    """The vector of an article's text."""
    counts = _evidence_stems(article)
    return _weighed(counts, {stem: frequencies.weight(stem) for stem in counts})


def cosine(a: Vector, b: Vector) -> float:
    """The cosine of two texts: 0 (no word in common) to 1 (the same words); at most 1, less for short texts."""
    shorter, longer = sorted((a, b), key=len)
    return min(1.0, sum(weight * longer[stem] for stem, weight in shorter.items() if stem in longer))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Text:
    """An article prepared for comparison."""

    article: Article
    title: Title
    vector: Vector
    weights: Mapping[str, float]

    @classmethod
    def of(cls, article: Article, counts: Mapping[str, int], weights: Mapping[str, float]) -> _Text:
        return cls(article=article, title=_title(article, weights), vector=_weighed(counts, weights), weights=weights)

    def direct_likeness_to(self, other: _Text) -> float:
        """As `_direct` gives it."""
        if self.title.words == other.title.words and not self.title.is_identifying:
            return _damped_cosine(self.excerpt, other.excerpt)
        return _damped_cosine(self.vector, other.vector)

    @property
    def is_title_alone(self) -> bool:
        """It says nothing but its title."""
        return not self.article.excerpt

    @property
    def lone_vector(self) -> Vector:
        """The vector of a title alone."""
        weights = {stem: self.weights[stem] ** EMPHASIS for stem in self.vector}
        counts = {stem: TITLE_WEIGHT * count for stem, count in Counter(self.title.sequence).items() if stem in weights}
        return _weighed(counts, weights, fewest=TITLE_WORDS)

    @property
    def excerpt(self) -> Vector:
        """The vector of its excerpt alone."""
        return _weighed(Counter(stems_of(self.article.excerpt, _language_of(self.article))), self.weights)


def _title(article: Article, weights: Mapping[str, float]) -> Title:
    sequence = tuple(_title_stems(article))
    said = {stem: weights[stem] for stem in sequence}
    telling = [stem for stem, weight in said.items() if weight >= COMMON]
    return Title(
        source=article.provider.domain,
        words=tuple(words_of(article.title)),
        weights={stem: weight for stem, weight in said.items() if weight},
        sequence=sequence,
        names=frozenset(_names(article.title)),
        is_familiar=_language_of(article) == ENGLISH and sum(map(is_listed, telling)) >= FAMILIAR * len(telling),
    )


def _names(title: str) -> Iterator[str]:
    """The words that are capitalised within a title that isn't capitalised throughout."""
    _, *words = title.split() or [""]
    if sum(word[0].islower() and len(word) > SHORT_WORD for word in words) >= LEAST_IN_LOWER_CASE:
        for word in words:
            if word[0].isupper():
                yield from words_of(word)


def _damped_cosine(a: Vector, b: Vector) -> float:
    """The cosine times s / (s + 1) for s shared stems."""
    shared = len(a.keys() & b.keys())
    return cosine(a, b) * shared / (shared + 1)


def _direct(texts: Sequence[_Text]) -> Likeness:
    direct = direct_likeness([text.vector for text in texts])
    discount_equal_titles(direct, [text.title for text in texts], excerpt=lambda place: texts[place].excerpt)
    return direct


def _multiples(texts: Sequence[_Text]) -> Likeness:
    direct = _direct(texts)
    part_equal_sources(direct, [text.title for text in texts])
    lone = _lone(direct, texts)
    moments_s = [text.article.published_at.timestamp() for text in texts]
    return story_likeness(direct, [len(text.vector) for text in texts], moments_s, lone=lone)


def _lone(direct: Likeness, texts: Sequence[_Text]) -> Likeness | None:
    """Compare texts without excerpts by what their titles alone say; None if there are no two of them.

    Args:
        direct: The direct likeness; where titles are doubted it is changed in place.
        texts: All of them.
    """
    places = [place for place, text in enumerate(texts) if text.is_title_alone]
    if len(places) < 2:  # noqa: PLR2004 - a pair
        return None
    titles = [texts[place].title for place in places]
    return compare_lone(direct, titles, [texts[place].lone_vector for place in places], places)


def _ties(texts: Sequence[_Text]) -> Iterator[tuple[int, int]]:
    """Neighbours in time with a URL or an identifying title in common."""
    holders: dict[str | tuple[str, ...], list[int]] = defaultdict(list)
    for place, text in enumerate(texts):
        if text.title.is_identifying:
            holders[text.title.words].append(place)
        for link in links_of(text.article):
            holders[link].append(place)
    for places in holders.values():
        yield from pairwise(places)


def _weighed(counts: Mapping[str, int], weights: Mapping[str, float], *, fewest: int = FEWEST_WORDS) -> Vector:
    worth = {stem: math.log1p(counts[stem]) * weights[stem] for stem in sorted(counts) if weights[stem]}
    squares = sum(weight * weight for weight in worth.values())
    norm = math.sqrt(squares * max(1.0, fewest / len(worth))) if worth else 0.0
    return {stem: weight / norm for stem, weight in worth.items()} if norm else {}
