"""Choose an edition's stories by the default rule, line by line as in docs/editorial.md, The default rule.

Choosing is pure: the same candidates, coverage, schedule, window and earlier stories give the same edition, byte for
byte, in any order of the input. The rules for a single article are in `eligibility`, what was told before in `repeats`,
the score in `score` and the places in `places`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from bot.news.article import Article, ArticleId
from bot.news.choosing.eligibility import Refusal, as_it_stood, ineligible, not_new, shut_out, was_new_before
from bot.news.choosing.places import Bid, best_bid_first, fill_places, newest_week_first
from bot.news.choosing.repeats import Memory, is_repeat
from bot.news.edition import Candidate, Choice, Reason, ToldStory, Verdict, Window
from bot.news.schedules.breaking import BREAKING_SCORE
from bot.news.schedules.schedule import EmptyPolicy, Schedule
from bot.news.stories.similarity import Frequencies, TextSimilarity
from bot.news.stories.story import Edge, Story, best_first, group_stories
from bot.news.stories.story_ids import KnownStory, StoryId, name_stories

UPDATE_PROVIDERS: Final = 2
"""A story from an earlier edition returns as an update when this many providers have joined it,"""
UPDATE_SCORE: Final = 20
"""or when a candidate scores at least this much more than its last pick."""

_NO_FREQUENCIES: Final = Frequencies(total=0, counts={})

_ComesBack = Callable[[Story, Article, Sequence[ToldStory]], str]
"""Returns why a story from an earlier edition returns with this pick; empty if it doesn't."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """A candidate at the cutoff.

    Attributes:
        is_known: True if it had been imported by then.
        refusal: Why it is excluded regardless of stories; None if it is eligible and new.
    """

    article: Article
    is_known: bool
    refusal: Refusal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    """A story with its id.

    Attributes:
        names: Its id and aliases from before this edition; a story first named now was never in an edition.
    """

    id: StoryId
    story: Story
    names: frozenset[StoryId]


def choose_edition(
    candidates: Sequence[Candidate],
    coverage: Sequence[Article],
    edges: Sequence[Edge],
    schedule: Schedule,
    *,
    window: Window,
    told: Sequence[ToldStory] = (),
    named: Sequence[KnownStory] = (),
    frequencies: Frequencies | None = None,
) -> Choice:
    """Choose an edition by the default rule.

    Args:
        candidates: The articles visible to the schedule, distinct, with their history. Include articles older than the
            window: they show which stories the new ones continue.
        coverage: Stubs and other articles that belong to stories but are never picked.
        edges: Explicit coverage among all of them.
        schedule: Sets the count, filters, and the policy for an edition without stories.
        window: Ends at the cutoff; without a start it is that of a first edition.
        told: The stories of earlier editions of the schedule and its channel, oldest first.
        named: Stories with their ids, oldest first: earlier editions count for a story as it is now. They don't affect
            grouping.
        frequencies: How common words are, for grouping and to recognize nearly equal texts; None counts the articles at
            hand for grouping, and relies on English news to recognize a text.

    Returns:
        The picks in order, and exactly one verdict for each candidate.
    """
    judged = [_judge(candidate, schedule, window) for candidate in candidates]
    similarity = TextSimilarity(frequencies=frequencies)
    groups = group_stories(_members(judged, coverage, schedule, window), edges, similarity=similarity)
    stories = _name(groups, named)
    frequencies = frequencies or _NO_FREQUENCIES
    memory = Memory(told, frequencies)
    is_first = window.start is None
    bids, verdicts = _bids(judged, stories, memory, comes_back=_comeback)
    earlier = (each.article.id for each in candidates if was_new_before(each, schedule, window))
    carried = _carried(earlier, stories, memory, bids) if told else ()
    order = newest_week_first if is_first else best_bid_first
    picks, placed = fill_places(bids, carried, schedule, order=order, frequencies=frequencies)
    if picks or is_first or schedule.empty_policy is not EmptyPolicy.ARCHIVE:
        return Choice(window=window, picks=picks, verdicts=_by_id({**verdicts, **placed}), is_first=is_first)
    judged = [_judge(candidate, schedule, Window(start=None, end=window.end)) for candidate in candidates]
    bids, verdicts = _bids(judged, stories, memory, comes_back=_never)
    picks, placed = fill_places(bids, (), schedule, order=best_bid_first, frequencies=frequencies)
    return Choice(window=window, picks=picks, verdicts=_by_id({**verdicts, **placed}), is_archive=bool(picks))


def choose_breaking(
    candidates: Sequence[Candidate],
    coverage: Sequence[Article],
    edges: Sequence[Edge],
    schedule: Schedule,
    *,
    window: Window,
    told: Sequence[ToldStory] = (),
    named: Sequence[KnownStory] = (),
    frequencies: Frequencies | None = None,
) -> Choice:
    """Choose the story that is breaking news: enough outlets reported it within the window, and it scores enough.

    A story that was sent before is not, however much it has grown: the digest has its updates.

    Args:
        candidates: As for `choose_edition`.
        coverage: As for `choose_edition`.
        edges: As for `choose_edition`.
        schedule: Sets what breaking news is, and the filters.
        window: The hours up to now.
        told: As for `choose_edition`.
        named: As for `choose_edition`.
        frequencies: As for `choose_edition`.

    Returns:
        One pick or none, and one verdict for each candidate.
    """
    bar = BREAKING_SCORE if schedule.min_score is None else schedule.min_score
    schedule = replace(schedule, min_score=None, max_age=timedelta(0), count=1, also=0)
    judged = [_judge(candidate, schedule, window) for candidate in candidates]
    similarity = TextSimilarity(frequencies=frequencies)
    groups = group_stories(_members(judged, coverage, schedule, window), edges, similarity=similarity)
    frequencies = frequencies or _NO_FREQUENCIES
    bids, verdicts = _bids(judged, _name(groups, named), Memory(told, frequencies), comes_back=_never)
    short = {bid.pick.id: _falls_short(bid, schedule, window, bar) for bid in bids}
    verdicts |= {
        article_id: Verdict(article_id=article_id, reason=Reason.BELOW_BAR, detail=detail)
        for article_id, detail in short.items()
    }
    enough = [bid for bid in bids if not short[bid.pick.id]]
    picks, placed = fill_places(enough, (), schedule, order=best_bid_first, frequencies=frequencies)
    return Choice(window=window, picks=picks, verdicts=_by_id({**verdicts, **placed}))


def _falls_short(bid: Bid, schedule: Schedule, window: Window, bar: int) -> str:
    """Say what a story lacks to be breaking news; nothing if it is."""
    outlets = {article.provider.domain for article in bid.story.articles if article.published_at in window}
    wanted = schedule.breaking
    if len(outlets) < wanted.outlets:
        return f"outlets within {wanted.hours} hours: {len(outlets)}, breaking news needs {wanted.outlets}"
    return f"{bid.score_in_words}, breaking news needs {bar}" if bid.score < bar else ""


def _by_id(verdicts: Mapping[ArticleId, Verdict]) -> tuple[Verdict, ...]:
    return tuple(verdicts[article_id] for article_id in sorted(verdicts))


def _judge(candidate: Candidate, schedule: Schedule, window: Window) -> _Judged:
    """Check hidden, muted, outside the window, led by another, unlisted, below the bar; the first that applies wins."""
    stood = as_it_stood(candidate, window.end)
    article = stood or candidate.article
    refusal = shut_out(article, schedule) or not_new(candidate, schedule, window) or ineligible(article, schedule)
    return _Judged(article=article, is_known=stood is not None, refusal=refusal)


def _members(
    judged: Iterable[_Judged], coverage: Iterable[Article], schedule: Schedule, window: Window
) -> list[Article]:
    """List the articles that form stories: visible and published by the cutoff, eligible or not."""
    own = {each.article.id for each in judged}
    others = {article.id: article for article in coverage if article.id not in own}
    known = [*(each.article for each in judged if each.is_known), *others.values()]
    return [each for each in known if each.published_at <= window.end and shut_out(each, schedule) is None]


def _name(groups: Sequence[Story], named: Sequence[KnownStory]) -> list[_Named]:
    """Give each story the id of the earlier story that it continues, or a new one."""
    before = {name for story in named for name in story.names}
    names = name_stories(([article.id for article in group.articles] for group in groups), named)
    return [
        _Named(id=each.id, story=group, names=frozenset(before.intersection(each.names)))
        for group, each in zip(groups, names, strict=True)
    ]


def _bids(
    judged: Sequence[_Judged], stories: Sequence[_Named], memory: Memory, *, comes_back: _ComesBack
) -> tuple[list[Bid], dict[ArticleId, Verdict]]:
    """Find the stories that compete for places, and the verdicts for all candidates except their picks."""
    verdicts = {each.article.id: each.refusal.of(each.article) for each in judged if each.refusal is not None}
    new = {each.article.id for each in judged if each.refusal is None}
    bids: list[Bid] = []
    for named in stories:
        rivals = sorted((article for article in named.story.articles if article.id in new), key=best_first)
        if rivals:
            before = memory.of_story(named.story, named.names, rivals)
            bid = _bid(named, rivals, before, comes_back)
            verdicts |= {verdict.article_id: verdict for verdict in _story_verdicts(rivals, before, bid)}
            bids += [bid] if bid else []
    return bids, verdicts


def _carried(
    earlier: Iterable[ArticleId], stories: Sequence[_Named], memory: Memory, bids: Iterable[Bid]
) -> Iterator[Bid]:
    """Find the stories of the last edition's period that were in no edition and that have nothing new.

    Args:
        earlier: The articles that were new in that period.
        stories: All stories.
        memory: Earlier editions.
        bids: The stories with something new.
    """
    was_new = set(earlier)
    has_news = {bid.pick.id for bid in bids}
    for named in stories:
        rivals = sorted((article for article in named.story.articles if article.id in was_new), key=best_first)
        if not rivals or not has_news.isdisjoint(article.id for article in named.story.articles):
            continue
        if not memory.of_story(named.story, named.names, rivals):
            yield Bid(id=named.id, story=named.story, pick=rivals[0], rivals=len(rivals))


def _bid(named: _Named, rivals: Sequence[Article], before: Sequence[ToldStory], comes_back: _ComesBack) -> Bid | None:
    """Pick a story's best eligible new candidate, if the story is new or returns; no page is picked twice."""
    pick = next((article for article in rivals if not is_repeat(article, before)), None)
    if pick is None:
        return None
    comeback = comes_back(named.story, pick, before) if before else ""
    if before and not comeback:
        return None
    return Bid(id=named.id, story=named.story, pick=pick, rivals=len(rivals), comeback=comeback)


def _comeback(story: Story, pick: Article, before: Sequence[ToldStory]) -> str:
    gained = set(story.providers).difference(*(telling.providers for telling in before))
    if len(gained) >= UPDATE_PROVIDERS:
        return f"{len(gained)} new providers since it was sent"
    if pick.score >= before[-1].score + UPDATE_SCORE:
        return f"score {pick.score}, up from {before[-1].score}"
    return ""


def _never(_story: Story, _pick: Article, _before: Sequence[ToldStory]) -> str:
    """Never return a story: an edition from the archive has only unsent ones."""
    return ""


def _story_verdicts(rivals: Sequence[Article], before: Sequence[ToldStory], bid: Bid | None) -> Iterator[Verdict]:
    """Judge a story's new candidates other than its pick: already sent, or led by another article of the story."""
    for article in rivals:
        if bid is None or is_repeat(article, before):
            yield Verdict(article_id=article.id, reason=Reason.ALREADY_TOLD, detail=_told_in_words(article, before))
        elif article.id != bid.pick.id:
            leader = f"{bid.pick.provider.domain} leads its story with score {bid.pick.score}, this has {article.score}"
            yield Verdict(article_id=article.id, reason=Reason.LED_IN_STORY, detail=leader)


def _told_in_words(article: Article, before: Sequence[ToldStory]) -> str:
    last = before[-1].score
    if any(article.id == telling.pick_id for telling in before):
        return f"sent in an earlier edition, with score {last}"
    if is_repeat(article, before):
        return f"its link was sent in an earlier edition, with score {last}"
    return (
        f"its story was sent with score {last}; it returns with {UPDATE_PROVIDERS} new providers or a score of "
        f"{last + UPDATE_SCORE}, this has {article.score}"
    )
