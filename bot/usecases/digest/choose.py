"""Read an edition's candidates from the store and apply the schedule's rule to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

import structlog

from bot.news.article import Article, ArticleId, ShelfId, shelves_seen_by
from bot.news.choosing.digest import choose_breaking, choose_edition
from bot.news.choosing.eligibility import max_age_of
from bot.news.choosing.score import rated
from bot.news.choosing.soundness import broken_verdict, sound_records, without_broken
from bot.news.choosing.upstream import UPSTREAM_WINDOW, choose_upstream
from bot.news.edition import Candidate, Choice, Pick, ToldStory, Verdict, Window
from bot.news.schedules.schedule import MOST_COUNT, EmptyPolicy, Schedule
from bot.news.stories.similarity import Frequencies, article_stems
from bot.news.stories.story import STORY_SPAN_DAYS, Edge
from bot.news.stories.story_ids import KnownStory
from bot.store.port import Store
from bot.threads import compute
from bot.usecases.digest.best_of import choose_best_of_posted

log = structlog.get_logger(__name__)

NEWEST_OF_ARCHIVE: Final = 2_000
"""A first edition, and one from the archive, is chosen from at most this many of the newest seeds."""

_EVER: Final = datetime.max.replace(tzinfo=UTC)


class StoryNames(Protocol):
    """Looks up the ids of stories."""

    async def known(self, shelves: Sequence[ShelfId], articles: Sequence[ArticleId]) -> tuple[KnownStory, ...]:
        """Find the stories of these articles under their current ids, oldest first, without grouping anything."""
        ...

    async def named(self, shelves: Sequence[ShelfId], articles: Sequence[Article]) -> Mapping[ArticleId, KnownStory]:
        """Find the stories of these articles, regrouped if articles came in that may belong to them."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A choice and the candidates it was made from."""

    choice: Choice
    candidates: tuple[Candidate, ...]


async def choose(
    store: Store,
    schedule: Schedule,
    *,
    cutoff: datetime,
    stories: StoryNames | None = None,
) -> Choice:
    """Choose a schedule's edition for one cutoff from what was known then; nothing is planned.

    Args:
        store: The database.
        schedule: The schedule of the edition.
        cutoff: The moment when it was or would be due; its window begins at the previous cutoff.
        stories: Story ids, by which an already posted story is recognized; None compares its articles only.
    """
    return (await choose_from_store(store, schedule, cutoff=cutoff, stories=stories)).choice


async def choose_from_store(
    store: Store,
    schedule: Schedule,
    *,
    cutoff: datetime,
    stories: StoryNames | None,
    told_before: datetime | None = None,
) -> Chosen:
    """Choose as `choose` does, and keep the candidates; a "best of" has none.

    If `told_before` is None, the past counts as it was before the cutoff. Otherwise the window begins at the last
    cutoff before `told_before`, and what any edition has told is not repeated: it may have a cutoff far ahead, planned
    while the clock was wrong.
    """
    if schedule.rule == "best-of":
        choice = await choose_best_of_posted(store, schedule, cutoff=cutoff, before=told_before or cutoff)
        return Chosen(choice=choice, candidates=())
    window = await window_of(store, schedule, cutoff, told_before)
    before = cutoff if told_before is None else _EVER
    told = await store.digest.told(schedule.id, schedule.channel_id, before=before)
    shelves = shelves_seen_by(schedule.guild_id)
    return await _credited(store, schedule, await _choose(store, schedule, shelves, window, told, stories))


async def choose_others(
    store: Store, schedule: Schedule, *, window: Window, stories: StoryNames | None = None
) -> tuple[Pick, ...]:
    """Choose the best stories of a window that no edition has, up to `MOST_COUNT`; nothing is planned.

    Args:
        store: The database.
        schedule: The schedule; its count doesn't matter.
        window: Ends at the cutoff.
        stories: As for `choose`.
    """
    told = await store.digest.told(schedule.id, schedule.channel_id, before=_EVER)
    wide = replace(schedule, count=MOST_COUNT, also=0, empty_policy=EmptyPolicy.SKIP)
    chosen = await _choose(store, wide, shelves_seen_by(schedule.guild_id), window, told, stories)
    chosen = await _credited(store, schedule, chosen)
    return await with_story_ids(chosen.choice.picks, schedule, stories)


async def _credited(store: Store, schedule: Schedule, chosen: Chosen) -> Chosen:
    """Name the members who suggested the picks, if they wanted that."""
    ids = [pick.article.id for pick in chosen.choice.picks]
    names = await store.suggestions.credits(schedule.guild_id, ids) if ids else {}
    if not names:
        return chosen
    picks = tuple(replace(pick, suggested_by=names.get(pick.article.id, "")) for pick in chosen.choice.picks)
    return replace(chosen, choice=replace(chosen.choice, picks=picks))


async def with_story_ids(picks: Sequence[Pick], schedule: Schedule, stories: StoryNames | None) -> tuple[Pick, ...]:
    """Give the picks the ids under which their stories are kept, by which the next edition recognizes them."""
    if stories is None or not picks:
        return tuple(picks)
    try:
        named = await stories.named(shelves_seen_by(schedule.guild_id), [pick.article for pick in picks])
    except Exception:  # ids only help the next edition to recognize stories: this one must not be lost for them
        log.exception("the stories of an edition could not be named", schedule=schedule.id)
        return tuple(picks)
    return tuple(
        replace(pick, story_id=named[pick.article.id].id) if pick.article.id in named else pick for pick in picks
    )


async def choose_between(
    store: Store,
    schedule: Schedule,
    shelves: Sequence[ShelfId],
    *,
    start: datetime | None,
    cutoff: datetime,
) -> Choice:
    """Choose an edition for any window, as if nothing had been posted before: for trying out a rule.

    Args:
        store: The database.
        schedule: A schedule, stored or not.
        shelves: The shelves whose articles are candidates.
        start: The previous cutoff; None for a first edition.
        cutoff: The window's end.
    """
    window = Window(start=start, end=cutoff)
    return (await _choose(store, schedule, shelves, window, ())).choice


async def window_of(store: Store, schedule: Schedule, cutoff: datetime, told_before: datetime | None = None) -> Window:
    """Compute the window from the schedule's last cutoff to this one, so that a missed week is caught up.

    It is empty if an edition before `told_before` had a later cutoff.
    """
    return Window(start=await store.digest.last_cutoff(schedule.id, before=told_before or cutoff), end=cutoff)


async def _choose(
    store: Store,
    schedule: Schedule,
    shelves: Sequence[ShelfId],
    window: Window,
    told: Sequence[ToldStory],
    stories: StoryNames | None = None,
) -> Chosen:
    if schedule.rule == "upstream":
        since = window.end - UPSTREAM_WINDOW
        candidates = await store.digest.candidates(shelves, as_of=window.end, published_after=since)
        return Chosen(choice=choose_upstream(candidates, schedule, window_end=window.end), candidates=candidates)

    if schedule.rule == "breaking":
        window = Window(start=window.end - timedelta(hours=schedule.breaking.hours), end=window.end)

    async def by_default_rule(published_after: datetime | None) -> Chosen:
        material = await _read(store, shelves, window, published_after)
        named = await stories.known(shelves, material.ids) if stories and told else ()
        # Grouping a few thousand articles takes a second: the event loop must stay free for answers.
        choice = await compute(material.choose, schedule, window, told, named)
        return Chosen(choice=choice, candidates=material.candidates)

    chosen = await by_default_rule(_oldest_needed(schedule, window))
    has_news = bool(chosen.choice.picks) and not chosen.choice.is_archive
    if (
        has_news
        or schedule.rule == "breaking"
        or window.start is None
        or schedule.empty_policy is not EmptyPolicy.ARCHIVE
    ):
        return chosen
    return await by_default_rule(None)


def _oldest_needed(schedule: Schedule, window: Window) -> datetime | None:
    """The oldest publication time needed: new articles, and as far back as the stories they may continue can reach."""
    if window.start is None:
        return None
    return window.start - max_age_of(schedule) - timedelta(days=STORY_SPAN_DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Material:
    candidates: tuple[Candidate, ...]
    coverage: tuple[Article, ...]
    edges: tuple[Edge, ...]
    frequencies: Frequencies
    verdicts: tuple[Verdict, ...]

    @property
    def ids(self) -> list[ArticleId]:
        """The ids of all articles to be grouped."""
        return [*(candidate.article.id for candidate in self.candidates), *(article.id for article in self.coverage)]

    def choose(
        self, schedule: Schedule, window: Window, told: Sequence[ToldStory], named: Sequence[KnownStory]
    ) -> Choice:
        """Choose by the schedule's rule; records that break it are left out and named in the log."""

        def work(records: Sequence[Candidate | Article]) -> Choice:
            rule = choose_breaking if schedule.rule == "breaking" else choose_edition
            return rule(
                [each for each in records if isinstance(each, Candidate)],
                [each for each in records if isinstance(each, Article)],
                self.edges,
                schedule,
                window=window,
                told=told,
                named=named,
                frequencies=self.frequencies,
            )

        every: list[Candidate | Article] = [*self.candidates, *self.coverage]
        choice, broken = without_broken(every, work)
        for each in broken:
            log_broken(each.article if isinstance(each, Candidate) else each)
        verdicts = [broken_verdict(each) for each in broken if isinstance(each, Candidate)]
        verdicts += [*choice.verdicts, *self.verdicts]
        return replace(choice, verdicts=tuple(sorted(verdicts, key=lambda verdict: verdict.article_id)))


def log_broken(article: Article) -> None:
    """Name a record in the log that was left out because work with it failed."""
    log.error("a record was left out: work with it fails", article=article.id, title=article.title, shelf=article.shelf)


async def _read(
    store: Store,
    shelves: Sequence[ShelfId],
    window: Window,
    published_after: datetime | None,
) -> _Material:
    if published_after is None:
        candidates = await store.digest.candidates(
            shelves, as_of=window.end, published_after=None, limit=NEWEST_OF_ARCHIVE
        )
    else:
        candidates = await store.digest.candidates(shelves, as_of=window.end, published_after=published_after)
    ids = [candidate.article.id for candidate in candidates]
    coverage = await store.digest.coverage_of(shelves, ids, as_of=window.end)
    sound = sound_records((rated(each, store.digest.qualities) for each in candidates), coverage)
    return _Material(
        candidates=sound.candidates,
        coverage=sound.coverage,
        edges=await store.related.edges_among(shelves, ids),
        frequencies=await frequencies_of(
            store, shelves, [*(each.article for each in sound.candidates), *sound.coverage]
        ),
        verdicts=sound.verdicts,
    )


async def frequencies_of(store: Store, shelves: Sequence[ShelfId], articles: Sequence[Article]) -> Frequencies:
    """Read how common the articles' words are on these shelves, a better measure than the few texts at hand."""
    total, counts = await store.related.word_counts(shelves, await compute(_stems_of, articles))
    return Frequencies(total=total, counts=counts)


def _stems_of(articles: Sequence[Article]) -> list[str]:
    return sorted({stem for article in articles for stem in article_stems(article)})
