"""What the rules choose from is read, and the schedule's rule is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from bot.news.article import Article, ArticleId, ShelfId, shelves_seen_by
from bot.news.choosing.digest import choose_edition
from bot.news.choosing.eligibility import max_age_of
from bot.news.choosing.upstream import UPSTREAM_WINDOW, choose_upstream
from bot.news.edition import Candidate, Choice, ToldStory, Window
from bot.news.schedule import EmptyPolicy, Schedule
from bot.news.stories.similarity import Frequencies, TextSimilarity, article_stems
from bot.news.stories.story import STORY_SPAN_DAYS, Edge
from bot.news.stories.story_ids import KnownStory
from bot.store.port.digest import DigestStore
from bot.store.port.related import RelatedStore

NEWEST_OF_ARCHIVE: Final = 2_000
"""A first edition, and one from the archive, are chosen from so many of the newest seeds."""


class StoryNames(Protocol):
    """Where stories have their ids from."""

    async def known(self, shelves: Sequence[ShelfId], articles: Sequence[ArticleId]) -> tuple[KnownStory, ...]:
        """The stories of some articles as they are named now, oldest first; nothing is grouped."""
        ...

    async def named(self, shelves: Sequence[ShelfId], articles: Sequence[Article]) -> Mapping[ArticleId, KnownStory]:
        """The stories of some articles, grouped anew where something came that may belong to them."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A choice, and what it was made from."""

    choice: Choice
    candidates: tuple[Candidate, ...]


async def choose(
    digest_store: DigestStore,
    related_store: RelatedStore,
    schedule: Schedule,
    *,
    cutoff: datetime,
    stories: StoryNames | None = None,
) -> Choice:
    """Choose the edition of a schedule whose cutoff is `cutoff`, from what was known then; nothing is planned.

    Args:
        digest_store: Candidates and what was told.
        related_store: Coverage among them.
        schedule: Whose edition it is.
        cutoff: The moment when it was or would be due; its window begins at the cutoff before.
        stories: Their ids, by which a told story is known again; None goes by its articles alone.
    """
    return (await choose_from_store(digest_store, related_store, schedule, cutoff=cutoff, stories=stories)).choice


async def choose_from_store(
    digest_store: DigestStore,
    related_store: RelatedStore,
    schedule: Schedule,
    *,
    cutoff: datetime,
    stories: StoryNames | None,
) -> Chosen:
    """As `choose`, with the candidates that the choice was made from."""
    window = await window_of(digest_store, schedule, cutoff)
    told = await digest_store.told(schedule.id, before=cutoff)
    shelves = shelves_seen_by(schedule.guild_id)
    return await _choose(digest_store, related_store, schedule, shelves, window, told, stories)


async def choose_between(
    digest_store: DigestStore,
    related_store: RelatedStore,
    schedule: Schedule,
    shelves: Sequence[ShelfId],
    *,
    start: datetime | None,
    cutoff: datetime,
) -> Choice:
    """Choose an edition of any window, as if nothing had been told: for trying a rule out.

    Args:
        digest_store: Candidates.
        related_store: Coverage among them.
        schedule: Need not be stored.
        shelves: Whose articles.
        start: The cutoff before; None for a first edition.
        cutoff: The window's end.
    """
    window = Window(start=start, end=cutoff)
    return (await _choose(digest_store, related_store, schedule, shelves, window, ())).choice


async def window_of(digest_store: DigestStore, schedule: Schedule, cutoff: datetime) -> Window:
    """From the schedule's last cutoff to this one, so that a missed week is caught up."""
    return Window(start=await digest_store.last_cutoff(schedule.id, before=cutoff), end=cutoff)


async def _choose(
    digest_store: DigestStore,
    related_store: RelatedStore,
    schedule: Schedule,
    shelves: Sequence[ShelfId],
    window: Window,
    told: Sequence[ToldStory],
    stories: StoryNames | None = None,
) -> Chosen:
    if schedule.rule == "upstream":
        since = window.end - UPSTREAM_WINDOW
        candidates = await digest_store.candidates(shelves, as_of=window.end, published_after=since)
        return Chosen(choice=choose_upstream(candidates, schedule, window_end=window.end), candidates=candidates)

    async def by_default_rule(published_after: datetime | None) -> Chosen:
        material = await _read(digest_store, related_store, shelves, window, published_after)
        named = await stories.known(shelves, material.ids) if stories and told else ()
        # Grouping some thousand articles takes a second: the event loop must stay free for answers.
        choice = await asyncio.to_thread(material.choice_of(schedule, window, told, named))
        return Chosen(choice=choice, candidates=material.candidates)

    chosen = await by_default_rule(_oldest_needed(schedule, window))
    has_news = bool(chosen.choice.picks) and not chosen.choice.is_archive
    if has_news or window.start is None or schedule.empty_policy is not EmptyPolicy.ARCHIVE:
        return chosen
    return await by_default_rule(None)


def _oldest_needed(schedule: Schedule, window: Window) -> datetime | None:
    """New ones, and as far back as stories reach that they may continue."""
    if window.start is None:
        return None
    return window.start - max_age_of(schedule) - timedelta(days=STORY_SPAN_DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Material:
    candidates: tuple[Candidate, ...]
    coverage: tuple[Article, ...]
    edges: tuple[Edge, ...]
    frequencies: Frequencies

    @property
    def ids(self) -> list[ArticleId]:
        """Of all that is grouped."""
        return [*(candidate.article.id for candidate in self.candidates), *(article.id for article in self.coverage)]

    def choice_of(
        self, schedule: Schedule, window: Window, told: Sequence[ToldStory], named: Sequence[KnownStory]
    ) -> Callable[[], Choice]:
        """The choosing, ready to be done elsewhere."""
        similarity = TextSimilarity(frequencies=self.frequencies)
        return lambda: choose_edition(
            self.candidates,
            self.coverage,
            self.edges,
            schedule,
            window=window,
            told=told,
            named=named,
            similarity=similarity,
        )


async def _read(
    digest_store: DigestStore,
    related_store: RelatedStore,
    shelves: Sequence[ShelfId],
    window: Window,
    published_after: datetime | None,
) -> _Material:
    if published_after is None:
        candidates = await digest_store.candidates(
            shelves, as_of=window.end, published_after=None, limit=NEWEST_OF_ARCHIVE
        )
    else:
        candidates = await digest_store.candidates(shelves, as_of=window.end, published_after=published_after)
    ids = [candidate.article.id for candidate in candidates]
    coverage = await digest_store.coverage_of(shelves, ids, as_of=window.end)
    return _Material(
        candidates=candidates,
        coverage=coverage,
        edges=await related_store.edges_among(shelves, ids),
        frequencies=await frequencies_of(related_store, [*(each.article for each in candidates), *coverage]),
    )


async def frequencies_of(related_store: RelatedStore, articles: Sequence[Article]) -> Frequencies:
    """How common the articles' words are in the whole index: it tells more than the few texts at hand."""
    total, counts = await related_store.word_counts(await asyncio.to_thread(_stems_of, articles))
    return Frequencies(total=total, counts=counts)


def _stems_of(articles: Sequence[Article]) -> list[str]:
    return sorted({stem for article in articles for stem in article_stems(article)})
