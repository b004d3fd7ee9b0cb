"""Choose an edition's stories by the default rule, line by line as in docs/editorial.md, The default rule.

Choosing is pure: the same candidates, coverage, schedule, window and earlier stories give the same edition, byte for
byte, in any order of the input. The rules for a single article are in `eligibility`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.news.article import Article, ArticleId
from bot.news.choosing.eligibility import Refusal, as_it_stood, ineligible, not_new, shut_out
from bot.news.edition import Candidate, Choice, Pick, Reason, ToldStory, Verdict, Window
from bot.news.schedule import EmptyPolicy, Schedule
from bot.news.stories.story import Edge, PairSimilarity, Story, best_first, group_stories
from bot.news.stories.story_ids import KnownStory, StoryId, name_stories

UPDATE_PROVIDERS: Final = 2
"""A story from an earlier edition returns as an update when this many providers have joined it,"""
UPDATE_SCORE: Final = 20
"""or when a candidate scores at least this much more than its last pick."""

_Order = Callable[[Article], tuple[float | str, ...]]
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bid:
    """A story that competes for a slot in the edition, with its pick.

    Attributes:
        rivals: The number of the story's new candidates.
        comeback: Why a story from an earlier edition returns; empty for a new story.
    """

    id: StoryId
    story: Story
    pick: Article
    rivals: int
    comeback: str


def choose_edition(
    candidates: Sequence[Candidate],
    coverage: Sequence[Article],
    edges: Sequence[Edge],
    schedule: Schedule,
    *,
    window: Window,
    told: Sequence[ToldStory] = (),
    named: Sequence[KnownStory] = (),
    similarity: PairSimilarity | None = None,
) -> Choice:
    """Choose an edition by the default rule.

    Args:
        candidates: The articles visible to the schedule, distinct, with their history. Include articles older than the
            window: they show which stories the new ones continue.
        coverage: Stubs and other articles that belong to stories but are never picked.
        edges: Explicit coverage among all of them.
        schedule: Sets the count, filters, and the policy for an edition without stories.
        window: Ends at the cutoff; without a start it is that of a first edition.
        told: The stories of the schedule's earlier editions, oldest first.
        named: Stories with their ids, oldest first: earlier editions count for a story as it is now. They don't affect
            grouping.
        similarity: As in `group_stories`.

    Returns:
        The picks in order, and exactly one verdict for each candidate.
    """
    judged = [_judge(candidate, schedule, window) for candidate in candidates]
    groups = group_stories(_members(judged, coverage, schedule, window), edges, similarity=similarity)
    stories = _name(groups, named)
    is_first = window.start is None
    bids, verdicts = _bids(judged, stories, told, comes_back=_comeback)
    picks = _fill_slots(bids, schedule, verdicts, order=_newest_week_first if is_first else best_first)
    if picks or is_first or schedule.empty_policy is not EmptyPolicy.ARCHIVE:
        return Choice(window=window, picks=picks, verdicts=_by_id(verdicts), is_first=is_first)
    judged = [_judge(candidate, schedule, Window(start=None, end=window.end)) for candidate in candidates]
    bids, verdicts = _bids(judged, stories, told, comes_back=_never)
    picks = _fill_slots(bids, schedule, verdicts, order=best_first)
    return Choice(window=window, picks=picks, verdicts=_by_id(verdicts), is_archive=bool(picks))


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
    judged: Sequence[_Judged], stories: Sequence[_Named], told: Sequence[ToldStory], *, comes_back: _ComesBack
) -> tuple[list[_Bid], dict[ArticleId, Verdict]]:
    """Find the stories that compete for slots, and the verdicts for all candidates except their picks."""
    verdicts = {each.article.id: each.refusal.of(each.article) for each in judged if each.refusal is not None}
    new = {each.article.id for each in judged if each.refusal is None}
    bids: list[_Bid] = []
    for named, before in _with_past(stories, told):
        rivals = sorted((article for article in named.story.articles if article.id in new), key=best_first)
        bid = _bid(named, rivals, before, comes_back)
        verdicts |= {verdict.article_id: verdict for verdict in _story_verdicts(rivals, before, bid)}
        bids += [bid] if bid else []
    return bids, verdicts


def _with_past(stories: Iterable[_Named], told: Sequence[ToldStory]) -> Iterator[tuple[_Named, tuple[ToldStory, ...]]]:
    """Pair each story with its earlier appearances in editions, oldest first.

    A story that shares an article with an earlier one continues it, even if the earlier one was split, which ids can't
    express. One that has the earlier one's id, or took it over, continues it too, even if none of those articles exist
    any more.
    """
    by_article: dict[ArticleId, set[int]] = defaultdict(set)
    for number, before in enumerate(told):
        for article_id in before.article_ids | {before.pick_id}:
            by_article[article_id].add(number)
    by_name: dict[StoryId, set[int]] = defaultdict(set)
    for number, before in enumerate(told):
        if before.story_id is not None:
            by_name[before.story_id].add(number)
    for named in stories:
        shared = (by_article.get(article.id, set()) for article in named.story.articles)
        numbers = set().union(*shared, *(by_name.get(name, set()) for name in named.names))
        yield named, tuple(told[number] for number in sorted(numbers))


def _bid(named: _Named, rivals: Sequence[Article], before: Sequence[ToldStory], comes_back: _ComesBack) -> _Bid | None:
    """Pick a story's best eligible new candidate, if the story is new or returns; no article is picked twice."""
    picked = {telling.pick_id for telling in before}
    pick = next((article for article in rivals if article.id not in picked), None)
    if pick is None:
        return None
    comeback = comes_back(named.story, pick, before) if before else ""
    if before and not comeback:
        return None
    return _Bid(id=named.id, story=named.story, pick=pick, rivals=len(rivals), comeback=comeback)


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


def _story_verdicts(rivals: Sequence[Article], before: Sequence[ToldStory], bid: _Bid | None) -> Iterator[Verdict]:
    """Judge a story's new candidates other than its pick: already sent, or led by another article of the story."""
    picked = {telling.pick_id for telling in before}
    for article in rivals:
        if bid is None or article.id in picked:
            yield Verdict(article_id=article.id, reason=Reason.ALREADY_TOLD, detail=_told_in_words(article, before))
        elif article.id != bid.pick.id:
            leader = f"{bid.pick.provider.domain} leads its story with score {bid.pick.score}, this has {article.score}"
            yield Verdict(article_id=article.id, reason=Reason.LED_IN_STORY, detail=leader)


def _told_in_words(article: Article, before: Sequence[ToldStory]) -> str:
    last = before[-1].score
    if any(article.id == telling.pick_id for telling in before):
        return f"sent in an earlier edition, with score {last}"
    return (
        f"its story was sent with score {last}; it returns with {UPDATE_PROVIDERS} new providers or a score of "
        f"{last + UPDATE_SCORE}, this has {article.score}"
    )


def _fill_slots(
    bids: Iterable[_Bid], schedule: Schedule, verdicts: dict[ArticleId, Verdict], *, order: _Order
) -> tuple[Pick, ...]:
    """Fill the slots with the best bids, up to the cap for each provider, and add a verdict for each bid."""
    picks: list[Pick] = []
    taken: Counter[str] = Counter()
    for rank, bid in enumerate(sorted(bids, key=lambda bid: order(bid.pick)), start=1):
        domain = bid.pick.provider.domain
        if taken[domain] >= schedule.provider_cap:
            reason, detail = Reason.PROVIDER_CAP, f"the limit is {schedule.provider_cap} from {domain}"
        elif len(picks) >= schedule.count:
            reason, detail = Reason.OVER_COUNT, f"rank {rank}, the limit is {schedule.count}"
        else:
            reason, detail = Reason.PICKED, _why(bid, len(picks) + 1)
            taken[domain] += 1
            is_update = bool(bid.comeback)
            picks.append(Pick(article=bid.pick, story=bid.story, is_update=is_update, why=detail, story_id=bid.id))
        verdicts[bid.pick.id] = Verdict(article_id=bid.pick.id, reason=reason, detail=detail)
    return tuple(picks)


def _why(bid: _Bid, rank: int) -> str:
    best = f", the best of {bid.rivals} new reports of its story" if bid.rivals > 1 else ""
    update = f"; update: {bid.comeback}" if bid.comeback else ""
    return f"rank {rank}, score {bid.pick.score}{best}{update}"


def _newest_week_first(article: Article) -> tuple[float | str, ...]:
    """Sort key of a first edition: the newest ISO week (UTC) first, best first within a week."""
    day = article.published_at.date()
    return (day.weekday() - day.toordinal(), *best_first(article))
