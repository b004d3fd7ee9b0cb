"""Judge new articles, and again the others of their stories: quality, heat, topics, related coverage."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.collect.feed import Feed
from bot.collect.judgement.neighbourhood import Neighbourhoods
from bot.collect.judgement.quality import Quality, quality_of
from bot.collect.judgement.similar_first import StoryRanking
from bot.collect.judgement.words import topics_of
from bot.collect.records.record import Judgement, Report
from bot.collect.state.values import Entry
from bot.news.article import INSTANCE_SHELF, Article, ArticleId, Provider
from bot.news.stories.similarity import TextSimilarity, count_frequencies
from bot.news.stories.story import STORY_SPAN_DAYS, Edge, group_stories
from bot.text.pages import page_key
from bot.text.words import words_of

WINDOW: Final = timedelta(days=2 * STORY_SPAN_DAYS)
"""How far back articles are compared: a story that is five days old may have begun five days before."""

OUTLET_HEAT: Final = 10
MOST_OUTLET_HEAT: Final = 50
"""What each other outlet of a story adds to its lead's heat, and the most that they add together."""

_SHORTEST_COPY: Final = 8
"""Words from which on equal texts are copies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """An entry with what it is worth."""

    entry: Entry
    report: Report
    judgement: Judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Judges by the feeds' settings.

    Attributes:
        feed_of: Finds the settings of an entry's feed.
        provider_of: Finds an entry's provider.
        topic_words: As in `FeedList`.
    """

    feed_of: Callable[[Entry], Feed]
    provider_of: Callable[[Entry], Provider]
    topic_words: Mapping[str, tuple[str, ...]]

    def judge(self, entries: Sequence[Entry]) -> Iterator[Judged]:
        """Judge the dirty entries, and those that may be of a story with one.

        Args:
            entries: All that were published within `WINDOW`, and all dirty ones; no two of one id.
        """
        copies = _copies(entries)
        judged = {_id_of(entry): _Rated.of(self, entry, is_copy=entry.id in copies) for entry in entries}
        articles = [each.article for each in judged.values()]
        edges = tuple(_edges(entries))
        frequencies = count_frequencies(articles)
        similarity = TextSimilarity(frequencies=frequencies)
        near = Neighbourhoods(articles, frequencies, edges)
        for group in near.around([_id_of(entry) for entry in entries if entry.is_dirty]):
            within = {article.id for article in group}
            inner = [edge for edge in edges if edge.a in within and edge.b in within]
            for story in group_stories(group, inner, similarity=similarity) if len(group) > 1 else ():
                ranking = StoryRanking(story.articles, frequencies) if len(story.articles) > 1 else None
                yield from self._story(story.articles, judged, ranking, inner)
            if len(group) == 1:
                yield from self._story(group, judged, None, inner)

    def _story(
        self,
        articles: Sequence[Article],
        rated: Mapping[ArticleId, _Rated],
        ranking: StoryRanking | None,
        edges: Sequence[Edge],
    ) -> Iterator[Judged]:
        lead = min(articles, key=lambda each: (-rated[each.id].quality.score, each.published_at, each.id))
        outlets = {article.provider.domain for article in articles}
        for article in articles:
            own = rated[article.id]
            others = ranking.others(article) if ranking is not None else ()
            listed = {each.id for each in (article, *others)}
            naming = [end for edge in edges if edge.b == article.id for end in (edge.a,) if end not in listed]
            heat, why = _heat(article, own.quality.score, lead, outlets)
            yield Judged(
                entry=own.entry,
                report=own.report,
                judgement=Judgement(
                    quality=own.quality.score,
                    heat=heat,
                    topics=topics_of(own.entry.item, self.feed_of(own.entry).topics, self.topic_words),
                    related=[rated[each].report for each in (*(each.id for each in others), *naming)],
                    quality_why=own.quality.why,
                    heat_why=why,
                ),
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rated:
    """An entry, prepared for comparison."""

    entry: Entry
    report: Report
    quality: Quality
    article: Article

    @classmethod
    def of(cls, judge: Judge, entry: Entry, *, is_copy: bool) -> _Rated:
        provider = judge.provider_of(entry)
        quality = quality_of(entry.item, judge.feed_of(entry).quality, is_copy=is_copy)
        item = entry.item
        article = Article(
            id=_id_of(entry),
            shelf=INSTANCE_SHELF,
            title=item.title,
            excerpt=item.excerpt,
            published_at=entry.published_at,
            provider=provider,
            url=item.url,
            aliases=item.aliases,
            quality=quality.score,
        )
        report = Report(item=item, provider=provider, published_at=entry.published_at)
        return cls(entry=entry, report=report, quality=quality, article=article)


def _id_of(entry: Entry) -> ArticleId:
    """Number an article so that sorting by id is sorting by age."""
    return ArticleId(f"{entry.id:012}")


def _heat(article: Article, quality: int, lead: Article, outlets: set[str]) -> tuple[int, str]:
    if article.id != lead.id:
        return -1, f"a better report leads: {lead.provider.name}"
    others = len(outlets - {article.provider.domain})
    if not others:
        return quality, "quality, no other outlet"
    bonus = min(MOST_OUTLET_HEAT, OUTLET_HEAT * others)
    return quality + bonus, f"quality {quality}, +{bonus} for {others} other outlet{'s' if others > 1 else ''}"


def _edges(entries: Sequence[Entry]) -> Iterator[Edge]:
    """Yield which entries' texts link to which others' pages."""
    by_page = {key: entry for entry in entries for key in (entry.page, page_key(entry.item.url))}
    for entry in entries:
        for link in entry.item.links:
            named = by_page.get(link)
            if named is not None and named.id != entry.id:
                yield Edge(a=_id_of(entry), b=_id_of(named))


def _copies(entries: Sequence[Entry]) -> frozenset[int]:
    """Find the entries whose text an earlier one has word for word."""
    first: dict[tuple[str, ...], int] = {}
    copies: set[int] = set()
    for entry in sorted(entries, key=lambda each: (each.published_at, each.id)):
        words = tuple(words_of(entry.item.excerpt))
        if len(words) >= _SHORTEST_COPY and first.setdefault(words, entry.id) != entry.id:
            copies.add(entry.id)
    return frozenset(copies)
