"""Order the reports of a story by the bot's own related ranking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.news.article import Article, ArticleId
from bot.news.stories.similarity import Frequencies
from bot.text.related_ranking import rank_related
from bot.text.term_frequencies import FIRST_CONTENT_WORD, Texts, Totals
from bot.text.words import STOP_WORDS, stems_of, text_language

_WORDS_OF_A_TEXT: Final = 30


class StoryRanking:
    """The texts of a story's articles, ready to be ranked against any of them."""

    def __init__(self, articles: Sequence[Article], frequencies: Frequencies) -> None:
        self._articles = articles
        self._places = {article.id: place for place, article in enumerate(articles)}
        stems: dict[str, int] = {}
        self._texts = _texts(articles, stems)
        self._counts = np.array([1, *(frequencies.counts.get(stem, 1) for stem in stems)], dtype=np.float64)
        self._totals = Totals(articles=frequencies.total, words=frequencies.total * _WORDS_OF_A_TEXT)

    def others(self, asked: Article) -> Sequence[Article]:
        """List the other articles, the most related first; of equal ones the first to report."""
        relevance = self._relevance(asked)
        others = [article for article in self._articles if article.id != asked.id]
        return sorted(others, key=lambda each: (-relevance[each.id], each.published_at, each.id))

    def _relevance(self, asked: Article) -> Mapping[ArticleId, float]:
        place = self._places[asked.id]
        rest = np.array([other for other in range(len(self._articles)) if other != place], dtype=np.intp)
        ranked = rank_related(
            self._texts.select(np.array([place])),
            self._texts.select(rest),
            totals=self._totals,
            count=self._count,
            is_dated=True,
        )
        return {self._articles[other].id: float(much) for other, much in zip(rest, ranked, strict=True)}

    def _count(self, words: NDArray[np.int32]) -> NDArray[np.float64]:
        return np.asarray(self._counts[np.maximum(0, words - FIRST_CONTENT_WORD + 1)], dtype=np.float64)


def _texts(articles: Sequence[Article], stems: dict[str, int]) -> Texts:
    """Number the stems of some articles; `stems` gets the number of each, in order."""
    words: list[int] = []
    starts, titles = [0], []
    for article in articles:
        language = text_language(f"{article.title} {article.excerpt}")
        title = _numbers(stems_of(article.title, language), stems)
        words += title + _numbers(stems_of(article.excerpt, language), stems)
        titles.append(len(title))
        starts.append(len(words))
    return Texts(
        keys=np.arange(len(articles), dtype=np.int64),
        words=np.array(words, dtype=np.int32),
        starts=np.array(starts, dtype=np.int64),
        title_lengths=np.array(titles, dtype=np.int32),
        moments_s=np.array([article.published_at.timestamp() for article in articles], dtype=np.float64),
    )


def _numbers(found: list[str], stems: dict[str, int]) -> list[int]:
    return [FIRST_CONTENT_WORD + stems.setdefault(stem, len(stems)) for stem in found if stem not in STOP_WORDS]
