"""Stories with stable ids.

The instance's stories, which all servers without articles of their own see, are stored when articles arrive and at no
other time: `take_in` groups the newest ones after each import. A question never changes them, or what one server asks
would change ids that another one reads. What a question needs beyond them (the years of a first import, which costs
nothing) is grouped for its answer alone, from the archive and the stored stories: the same for everybody, whatever was
asked before. The last of these results are kept in memory; whether one is found there changes no answer.

A server with articles of its own has stories of its own, in its own file. There a request for the best of a week, for
an edition or for the coverage of an article groups the articles around it and stores that: only that server's own
requests and imports, and the instance's imports, matter. Between two groupings a new article joins the story that it is
most similar to. If grouping would take too long because too many articles are around, they join stories one by one.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from bot.clock import Clock
from bot.errors import StoreError
from bot.news.article import INSTANCE_SHELF, Article, ArticleId, ShelfId
from bot.news.search import SearchQuery
from bot.news.stories.evidence import TiedStory, bonds_of, likeness_to
from bot.news.stories.regroup import Regrouped, Span, halves_of, regroup, spans_around
from bot.news.stories.similarity import Frequencies, TextSimilarity, article_stems
from bot.news.stories.story import MOST_AT_ONCE, STORY_SPAN_DAYS, Edge, story_of
from bot.news.stories.story_ids import KnownStory, StoryId, with_newcomer
from bot.news.stories.top_story import TopStory
from bot.store.port import Store
from bot.store.port.story import Surroundings
from bot.text.words import fold
from bot.threads import WorksFor, compute, works_for

log = structlog.get_logger(__name__)

REACH: Final = timedelta(days=STORY_SPAN_DAYS)
"""The longest time between two reports of one story."""

MOST_WHILE_WAITING: Final = 1_000
"""Articles grouped while a reader waits for the coverage of one: 0.2 s."""

MOST_JOINING: Final = 50
"""New articles that join stories one by one, in 20 to 60 ms each; more wait until they are grouped."""

MOST_NEAR: Final = 50
"""The most similar reports that are compared if an article joins a story or is to be explained."""

KEPT_DAYS: Final = 180
"""A story that was neither reported nor grouped for this long is forgotten, unless an edition contains it."""

ARRIVES_DAYS: Final = 35
"""Articles published within this many days are grouped when they arrive: those of a month's edition."""

RESULTS_KEPT: Final = 8
"""Groupings that were made for an answer, kept in memory: of some thousand articles one takes a second."""

_LONG_AGO: Final = datetime(1, 1, 1, tzinfo=UTC)
_LOOKED_AT: Final = 5
_MOST_LOOKED_AT: Final = 1_600
"""Articles read to find the best stories: at first `_LOOKED_AT` for each story, at most `_MOST_LOOKED_AT`."""


class Stories:
    """What readers, editions and imports ask of stories. One for a process: it groups one thing of a server at once."""

    def __init__(self, store: Store, clock: Clock, *, keeps: bool = True) -> None:
        """See the class.

        Args:
            store: Articles, coverage and the stories themselves.
            clock: When something was grouped.
            keeps: False for a read-only store: stories are returned and not kept.
        """
        self._store = store
        self._clock = clock
        self._keeps = keeps
        self._grouping = defaultdict[tuple[ShelfId, ...], asyncio.Lock](asyncio.Lock)
        self._others = defaultdict[tuple[ShelfId, ...], asyncio.Lock](asyncio.Lock)
        self._arriving = asyncio.Lock()
        self._results: OrderedDict[tuple[object, ...], Regrouped] = OrderedDict()

    @asynccontextmanager
    async def _alone(self, shelves: Sequence[ShelfId]) -> AsyncIterator[None]:
        """Group while nobody else of the server does; work for an edition waits for two others at most."""
        seen = tuple(shelves)
        if seen == (INSTANCE_SHELF,):  # a question stores nothing: it needn't wait for another person's
            yield
            return
        async with nullcontext() if works_for() is WorksFor.EDITIONS else self._others[seen], self._grouping[seen]:
            yield

    async def known(self, shelves: Sequence[ShelfId], articles: Sequence[ArticleId]) -> tuple[KnownStory, ...]:
        """The stories of some articles as they are named now, oldest first; nothing is grouped."""
        return await self._store.stories.known_stories(shelves, articles)

    async def named(
        self, shelves: Sequence[ShelfId], articles: Sequence[Article], *, most: int = MOST_AT_ONCE
    ) -> Mapping[ArticleId, KnownStory]:
        """The stories of some articles, regrouped if a new article may belong to them.

        Args:
            shelves: Those that the person or the schedule sees.
            articles: The most important first: they are grouped as long as there is room.
            most: How many articles are compared for it, at most; those that are left join stories one by one.

        Returns:
            Each article's story, by its id; a few may be left out where there was too much.
        """
        articles = [article for article in articles if article.is_dated]
        ids = [article.id for article in articles]
        async with self._alone(shelves):
            fresh = await self._settle(shelves, articles, most)
            known = _by_article(await self.known(shelves, ids)) | fresh
            missing = [article for article in articles if article.id not in known]
            known |= await self._join(shelves, missing[:MOST_JOINING])
        return {each: known[each] for each in ids if each in known}

    async def tied(self, shelves: Sequence[ShelfId], article: Article) -> TiedStory | None:
        """The story of an article, and what ties each other report to it; None where it is alone."""
        named = await self._story_now(shelves, article)
        if named is None:
            return None
        found = await self._store.articles.find_articles(shelves, sorted(named.articles))
        members = {each.id: each for each in (*found, article)}
        if len(members) == 1:
            return None
        near = [each for each in await self._near(shelves, article) if each.id not in members]
        frequencies = await self._frequencies(shelves, [*near, *members.values()])
        edges = await self._store.related.edges_among(shelves, sorted(members))
        story = story_of(members.values())
        bonds = await compute(
            lambda: bonds_of(article, story.articles, edges=edges, frequencies=frequencies, near=near)
        )
        return TiedStory(id=named.id, story=story, bonds=bonds)

    async def top(
        self, shelves: Sequence[ShelfId], *, days: int | None = None, topic: str = "", limit: int = 5
    ) -> tuple[TopStory, ...]:
        """The best stories, each once, by the score of its best article.

        Args:
            shelves: Those that the person sees.
            days: Only articles of this many past days; None for all time.
            topic: Of articles on this topic alone, in any case; empty for all.
            limit: Stories at most.
        """
        looked_at = _LOOKED_AT * limit
        while True:
            articles = await self._best(shelves, days=days, topic=topic, limit=looked_at)
            shown = [each for each in articles if each.is_dated and each.published_at <= self._clock.now()]
            named = await self.named(shelves, shown)
            firsts = _firsts(shown, named)
            if len(firsts) >= limit or len(articles) < looked_at or looked_at >= _MOST_LOOKED_AT:
                return await self._with_others(shelves, firsts[:limit], named)
            looked_at *= 4

    async def take_in(self, shelves: Sequence[ShelfId]) -> int:
        """Group the newest articles, after an import; those of a server's own join stories until somebody asks.

        Returns:
            The number of articles considered: 0 if more than `MOST_JOINING` of a server's are new, which are grouped
            together faster.
        """
        if tuple(shelves) == (INSTANCE_SHELF,):
            async with self._arriving:
                return await self._take_in_instances(shelves)
        async with self._alone(shelves):
            since = self._clock.now() - REACH
            new = await self._store.stories.newcomers(shelves, since, limit=MOST_JOINING + 1)
            if len(new) > MOST_JOINING:
                return 0
            await self._join(shelves, new[::-1], is_arrival=True)
            return len(new)

    async def _take_in_instances(self, shelves: Sequence[ShelfId]) -> int:
        since = self._clock.now() - timedelta(days=ARRIVES_DAYS)
        new = [
            each
            for each in await self._store.stories.newcomers(shelves, since, limit=MOST_AT_ONCE)
            if each.is_dated and each.published_at <= self._clock.now() + REACH
        ]
        await self._settle(shelves, new, MOST_AT_ONCE, is_arrival=True)
        left = await self._store.stories.newcomers(shelves, since, limit=MOST_JOINING + 1)
        if len(left) <= MOST_JOINING:
            await self._join(shelves, left[::-1], is_arrival=True)
        return len(new)

    async def forget_old(self) -> int:
        """Drop some of the stories that nobody will ask for; how many."""
        return await self._store.stories.forget_stories(self._clock.now() - timedelta(days=KEPT_DAYS))

    async def _story_now(self, shelves: Sequence[ShelfId], article: Article) -> KnownStory | None:
        """The story of one article; as it was, where something else is being grouped just now."""
        if tuple(shelves) in self._grouping and self._grouping[tuple(shelves)].locked():
            known = _by_article(await self.known(shelves, [article.id]))
            if article.id in known:
                return known[article.id]
        return (await self.named(shelves, [article], most=MOST_WHILE_WAITING)).get(article.id)

    async def _best(
        self, shelves: Sequence[ShelfId], *, days: int | None, topic: str, limit: int
    ) -> tuple[Article, ...]:
        now = self._clock.now()
        after = _LONG_AGO if days is None else now - timedelta(days=days)
        folded = " ".join(fold(topic).split())
        query = SearchQuery(topics=(folded,) if folded else (), after=after, sort="score")
        return (await self._store.search.search(shelves, query, now=now, limit=limit)).articles

    async def _with_others(
        self, shelves: Sequence[ShelfId], firsts: Sequence[Article], named: Mapping[ArticleId, KnownStory]
    ) -> tuple[TopStory, ...]:
        members = {each for first in firsts if first.id in named for each in named[first.id].articles}
        found = {each.id: each for each in await self._store.articles.find_articles(shelves, sorted(members))}
        return tuple(_top_story(first, named.get(first.id), found) for first in firsts)

    async def _settle(
        self, shelves: Sequence[ShelfId], articles: Sequence[Article], most: int, *, is_arrival: bool = False
    ) -> dict[ArticleId, KnownStory]:
        """Group what lies around articles, where it isn't yet and as long as there is room."""
        stories = self._store.stories
        settled = await stories.settled(shelves, [article.id for article in articles])
        grouped: dict[ArticleId, KnownStory] = {}
        spans = spans_around(articles, REACH)
        while spans and most > 0:
            span = spans.pop(0)
            crowd = await stories.crowd(shelves, span.start - REACH, span.end + REACH, limit=most + 1)
            if crowd.articles > most:
                parts = halves_of(span, articles) if len(span.articles) > 1 else []
                spans = sorted([*spans, *parts], key=lambda each: each.rank)
            elif crowd.fresh or not settled >= span.ids:
                most -= crowd.articles
                grouped |= await self._group(shelves, span, is_arrival=is_arrival)
        return grouped

    async def _group(self, shelves: Sequence[ShelfId], span: Span, *, is_arrival: bool) -> dict[ArticleId, KnownStory]:
        around = await self._store.stories.surroundings(shelves, span.start - REACH, span.end + REACH)
        edges = await self._store.related.edges_among(shelves, [article.id for article in around.articles])
        frequencies = await self._frequencies(shelves, around.articles)
        done = await self._regroup(around, edges, span, frequencies)
        log.debug("stories were grouped", articles=len(around.articles), stories=len(done.stories))
        for gone, kept in done.merged.items():
            log.debug("two stories became one", kept=kept, gone=gone)
        await self._keep(shelves, done.stories, settled=done.settled, is_arrival=is_arrival)
        return _by_article(done.stories)

    async def _regroup(
        self, around: Surroundings, edges: Sequence[Edge], span: Span, frequencies: Frequencies
    ) -> Regrouped:
        counts = frozenset(frequencies.counts.items())
        # All that the result depends on.
        asked = (span, around.articles, around.known, around.fresh, tuple(edges), frequencies.total, counts)
        known = self._results.get(asked)
        if known is None:
            similarity = TextSimilarity(frequencies=frequencies)
            # Comparing some thousand articles takes a second: the event loop must stay free for answers.
            known = await compute(
                lambda: regroup(
                    around.articles, around.known, edges, span=span, fresh=around.fresh, similarity=similarity
                )
            )
            self._results[asked] = known
        self._results.move_to_end(asked)
        while len(self._results) > RESULTS_KEPT:
            self._results.popitem(last=False)
        return known

    async def _join(
        self, shelves: Sequence[ShelfId], articles: Sequence[Article], *, is_arrival: bool = False
    ) -> dict[ArticleId, KnownStory]:
        """Let each article join the story that it is most like, or begin one."""
        changed: dict[StoryId, KnownStory] = {}
        for article in articles:
            likeness = await self._likeness_to(shelves, article)
            known = await self.known(shelves, [article.id, *likeness])
            others = [each for each in known if each.id not in changed]
            story = with_newcomer(article.id, likeness, [*others, *changed.values()])
            changed[story.id] = story
        if changed:
            joined = [article.id for article in articles]
            await self._keep(shelves, [*changed.values()], joined=joined, is_arrival=is_arrival)
        return _by_article(changed.values())

    async def _keep(
        self,
        shelves: Sequence[ShelfId],
        stories: Sequence[KnownStory],
        *,
        settled: Collection[ArticleId] = (),
        joined: Collection[ArticleId] = (),
        is_arrival: bool,
    ) -> None:
        if not self._keeps:
            return
        try:
            await self._store.stories.save_stories(
                shelves, stories, settled=settled, joined=joined, at=self._clock.now(), is_arrival=is_arrival
            )
        except StoreError as error:
            # The caller has an answer all the same, and the next one groups it again.
            log.warning("stories could not be kept", stories=len(stories), error=str(error))

    async def _likeness_to(self, shelves: Sequence[ShelfId], article: Article) -> Mapping[ArticleId, float]:
        near = await self._near(shelves, article)
        edges = await self._store.related.edges_among(shelves, [article.id])
        frequencies = await self._frequencies(shelves, [article, *near])
        return await compute(lambda: likeness_to(article, near, edges=edges, frequencies=frequencies))

    async def _near(self, shelves: Sequence[ShelfId], article: Article) -> list[Article]:
        """Find articles that share words with an article and are near enough in time to be of one story."""
        similar = await self._store.related.similar(shelves, article, limit=MOST_NEAR)
        return [each for each in similar.articles if abs(each.published_at - article.published_at) <= REACH]

    async def _frequencies(self, shelves: Sequence[ShelfId], articles: Iterable[Article]) -> Frequencies:
        """Read the document frequencies of the articles' words on these shelves."""
        stems = await compute(_stems_of, tuple(articles))
        total, counts = await self._store.related.word_counts(shelves, stems)
        return Frequencies(total=total, counts=counts)


def _stems_of(articles: Sequence[Article]) -> list[str]:
    return sorted({stem for article in articles for stem in article_stems(article)})


def _by_article(stories: Iterable[KnownStory]) -> dict[ArticleId, KnownStory]:
    """Each article's story."""
    return {article: story for story in stories for article in story.articles}


def _firsts(articles: Iterable[Article], named: Mapping[ArticleId, KnownStory]) -> list[Article]:
    """The first article of each story; what belongs to none that is known is one by itself."""
    firsts: dict[str, Article] = {}
    for article in articles:
        story = named.get(article.id)
        firsts.setdefault(story.id if story else f"alone {article.id}", article)
    return list(firsts.values())


def _top_story(first: Article, story: KnownStory | None, found: Mapping[ArticleId, Article]) -> TopStory:
    ids = story.articles if story else frozenset()
    others = [found[each] for each in ids if each in found and each != first.id]
    return TopStory(article=first, more=len(others), outlets=len({each.provider.domain for each in (first, *others)}))
